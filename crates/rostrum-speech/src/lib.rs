//! Text to sound, with the exact time of every phoneme and every written word; and sound to the phonemes a mouth needs.
//!
//! A script is read as a person would ([`text`](self)), each word gets its sounds, the Kokoro network speaks them and
//! tells how long each lasts, and the result is brought to one loudness. [`listen`] goes the other way for uploaded
//! sound. All of it runs on the CPU and is deterministic: same text, voice and speed, same bytes.
//!
//! This crate does not fetch models, read the environment, keep a cache or know what a job is. It does not recognise
//! words.
//!
//! English and Mandarin are read here, [`japanese`] with the program MeCab, other languages by the program [`espeak`]; the
//! binary looks for the programs and hands them over. Without them these voices are not listed.
//!
//! To add a voice or a language of espeak-ng, see [`voices`]. To add a language that is read here, write its readings
//! beside `text::reader`, its sounds beside `phonemes`, and give its voices a `Reading` that picks them.

mod assembly;
mod at_once;
mod basic;
mod engine;
mod error;
pub mod espeak;
pub mod japanese;
mod kokoro;
pub mod listen;
mod loudness;
mod mandarin;
mod phonemes;
mod phrases;
pub mod piper;
mod process;
pub mod recipe;
mod resample;
#[cfg(test)]
mod tests;
mod text;
mod timeline;
pub mod voices;

pub use engine::{
    Delivery, ENGINE_VERSION, LEAD_S, Markup, Speaker, Speech, SpeechEngine, TAIL_S, Text, cache_key, check,
};
pub use error::SpeechError;
pub use espeak::Espeak;
pub use japanese::Mecab;
pub use kokoro::MODEL_FILE;
pub use loudness::{MAX_TRUE_PEAK_DB, TARGET_LUFS, integrated, normalise, true_peak_db};
pub use text::tags::{MAX_BREAK_S, MAX_BREAKS_TOTAL_S, Stretch, split as split_at_breaks};
pub use text::terms::{Respelled, check_pronunciation, respell};
pub use voices::{DEFAULT_VOICE_ID, VOICES, Voice};

/// Longest text spoken at once, in characters.
pub const MAX_TEXT_CHARS: usize = 5000;
/// Slowest speed, as a factor.
pub const MIN_SPEED: f32 = 0.5;
/// Fastest speed, as a factor.
pub const MAX_SPEED: f32 = 2.0;
/// Most that a voice is raised or lowered, in semitones: an octave, beyond which it is no voice any more.
pub const MAX_PITCH: f32 = 12.0;

/// The words that an English text is read as, in lower case and without marks: `"$5"` is read as `five dollars`. For
/// comparing what was written with what was heard.
pub fn reading(text: &str) -> Vec<String> {
    let plain =
        |word: &str| word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let script = text::read(text, &VOICES[0], &text::terms::Terms::default());
    let words = script.pieces.iter().filter_map(|piece| match piece {
        text::Piece::Word(word) => Some(plain(&word.text)),
        _ => None,
    });
    words.filter(|word: &String| !word.is_empty()).collect()
}
