//! The headers `Upload-Length` and `Upload-Metadata` of the tus protocol.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rostrum_api::v3::tus::announced;

fuzz_target!(|input: &str| {
    let (length, metadata) = input.split_once('|').unwrap_or((input, ""));
    match announced(Some(length), Some(metadata)) {
        Ok(file) => assert!(file.size_bytes.is_some_and(|bytes| bytes > 0) && !file.name.trim().is_empty()),
        Err(refusal) => assert!(refusal.param.is_some()),
    }
});
