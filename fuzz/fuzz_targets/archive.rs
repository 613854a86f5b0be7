//! ZIP archives.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rostrum_fuzz::inspects_alike;
use rostrum_model::asset::MediaType;

fuzz_target!(|bytes: &[u8]| inspects_alike(MediaType::Zip, bytes));
