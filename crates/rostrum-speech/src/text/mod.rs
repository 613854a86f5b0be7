//! Script to spoken words: everything a reader does before sounds come into it.
//!
//! Numbers, money, dates, times, units, addresses and abbreviations are written out, pause tags become pauses, and each
//! spoken word remembers the written word it came from. Which sounds a word has is not decided here. The readings are
//! English ([`reader`]), Mandarin ([`mandarin`]) and Japanese ([`japanese`]); of other languages the words are taken as they are written
//! ([`plain`]), and espeak-ng reads their numbers and signs.

mod abbreviations;
mod amounts;
mod calendar;
mod letters;
mod numbers;
mod plain;
mod reader;
pub(crate) mod ssml;
pub(crate) mod tags;
pub(crate) mod terms;
mod tokens;
mod units;
mod web;

use crate::voices::{Reading, Voice};
use crate::{japanese, mandarin};
pub(crate) use reader::read as read_english;
use terms::Terms;
pub(crate) use tokens::{Token, tokens};
pub(crate) use web::is_address;

/// Full-width letters, digits and signs as the usual ones.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '￥' => '¥',
        '−' => '-',
        c => c,
    }
}

/// A script made ready for pronunciation.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Script {
    /// The words as written, with their punctuation.
    pub(crate) written: Vec<String>,
    /// What is to be said, in order.
    pub(crate) pieces: Vec<Piece>,
    /// Pause tags that were no good and are read as nothing.
    pub(crate) ignored_tags: Vec<String>,
}

/// A spoken word or a silence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece {
    /// A word.
    Word(Spoken),
    /// A word whose sounds are given.
    Sounds(Sounds),
    /// Silence asked for by a tag, in seconds.
    Break(f64),
    /// How it is spoken from here on.
    Manner(Manner),
}

/// A word whose sounds are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sounds {
    /// In the misaki alphabet.
    pub(crate) symbols: String,
    /// Index of the written word.
    pub(crate) written: usize,
    /// The pause mark behind it.
    pub(crate) mark: Option<char>,
}

/// How it is spoken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Manner {
    /// How fast, as a factor beside the speed asked for.
    pub(crate) rate: f32,
    /// How loud beside the rest, in decibels.
    pub(crate) gain_db: f32,
    /// How much higher than the rest, in semitones.
    pub(crate) pitch: f32,
}

impl Default for Manner {
    fn default() -> Self {
        Self { rate: 1.0, gain_db: 0.0, pitch: 0.0 }
    }
}

/// One spoken word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spoken {
    /// Its letters.
    pub(crate) text: String,
    /// How they are to be read.
    pub(crate) how: How,
    /// Index of the written word it belongs to.
    pub(crate) written: usize,
    /// The pause mark behind it, one of `. , ! ? ; : … —`.
    pub(crate) mark: Option<char>,
}

/// How letters are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// As a word of ASCII letters and apostrophes.
    Word,
    /// Letter by letter; a final small `s` is a plural.
    Letters,
    /// Letters or signs of no known reading.
    Foreign,
}

/// Reads a script as this voice would that was told how these terms are said.
pub(crate) fn read(script: &str, voice: &Voice, terms: &Terms) -> Script {
    let mut out = Script::default();
    for stretch in tags::split(script) {
        match stretch {
            tags::Stretch::Break(seconds) => out.pieces.push(Piece::Break(seconds)),
            tags::Stretch::Malformed(tag) => out.ignored_tags.push(tag.to_owned()),
            tags::Stretch::Text(text) => {
                let tokens = tokens_of(text, voice.reading, &mut out.written);
                let pieces = terms.read(&tokens, &mut out.written, voice);
                out.pieces.extend(pieces);
            }
        }
    }
    out
}

/// Cuts a text without tags into tokens; the written words are appended to `written`.
fn tokens_of(text: &str, reading: Reading, written: &mut Vec<String>) -> Vec<Token> {
    match reading {
        Reading::English(_) => tokens::tokens(text, written),
        Reading::Espeak(language) => plain::tokens_of(text, language, written),
        Reading::Mandarin => plain::characters_of(text, written),
        Reading::Japanese => japanese::tokens_of(text, written),
    }
}

/// The spoken words of tokens.
fn words(tokens: &[Token], reading: Reading) -> Vec<Spoken> {
    match reading {
        Reading::English(accent) => reader::read(tokens, accent),
        Reading::Espeak(language) => plain::read(tokens, language),
        Reading::Mandarin => mandarin::read(tokens),
        Reading::Japanese => japanese::read(tokens),
    }
}

#[cfg(test)]
mod tests;
