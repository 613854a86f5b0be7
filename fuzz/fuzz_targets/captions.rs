//! SRT and WebVTT.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rostrum_media::subtitles;
use rostrum_model::asset::MediaType;

fuzz_target!(|bytes: &[u8]| {
    for media_type in [MediaType::Srt, MediaType::Vtt] {
        if let Ok(cues) = subtitles(media_type, bytes) {
            let text_bytes: usize = cues.iter().map(|cue| cue.text.len()).sum();
            // UTF-16 becomes at most three bytes for two.
            assert!(text_bytes <= bytes.len() * 2);
            assert!(cues.iter().all(|cue| cue.start_ms <= cue.end_ms && !cue.text.contains("\n\n")));
        }
    }
});
