//! Captions from word times, as SRT and WebVTT.

use rostrum_model::speech::WordSpan;

/// One caption as shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Caption {
    /// When it appears, in seconds.
    pub start_s: f64,
    /// When it goes, in seconds.
    pub end_s: f64,
    /// One or two lines.
    pub lines: Vec<String>,
}

/// Groups words into captions.
pub fn captions(words: &[WordSpan]) -> Vec<Caption> { let _ = words; unimplemented!() }
/// Writes captions as `SubRip`.
pub fn srt(words: &[WordSpan]) -> String { let _ = words; unimplemented!() }
/// Writes captions as `WebVTT`.
pub fn vtt(words: &[WordSpan]) -> String { let _ = words; unimplemented!() }
