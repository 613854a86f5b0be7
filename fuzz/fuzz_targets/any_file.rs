//! A whole file of whatever type its first bytes tell: told, then looked at.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rostrum_fuzz::inspects_alike;
use rostrum_media::sniff;

fuzz_target!(|bytes: &[u8]| {
    let sniffed = sniff(&bytes[..bytes.len().min(64 << 10)]);
    assert!(!sniffed.found().is_empty());
    if let Some(media_type) = sniffed.media_type() {
        inspects_alike(media_type, bytes);
    }
});
