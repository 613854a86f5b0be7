//! The boxes of MP4, QuickTime, HEIC and AVIF.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rostrum_fuzz::inspects_alike;
use rostrum_model::asset::MediaType;

fuzz_target!(|bytes: &[u8]| {
    for media_type in [MediaType::Mp4, MediaType::Heic] {
        inspects_alike(media_type, bytes);
    }
});
