//! Spoken words to sounds.
//!
//! The dictionary and the rules of heteronyms are misaki's, the alphabet is the one Kokoro was trained on. Words the
//! dictionary lacks are spelled when they look like initials, else guessed ([`guess`]). Words in other scripts go to a
//! [`Fallback`], where one is given; what nobody can pronounce is reported, never dropped in silence.

mod arpabet;
mod guess;
mod npz;
mod spelling;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

use misaki_rs::{G2P, Language};

use crate::error::SpeechError;
use crate::text::{How, Manner, Piece, Script, Spoken};
use crate::voices::Accent;
use guess::Guesser;

/// Pronounces words that English letters cannot: other scripts, signs.
pub(crate) trait Fallback: Send + Sync {
    /// Sounds of each word in the misaki alphabet, or nothing for those that this fallback cannot say either. All words
    /// of a sentence are asked for at once.
    fn phonemes(&self, words: &[&str], accent: Accent) -> Vec<Option<String>>;
}

/// What is to be sounded, in order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Unit {
    /// A word's sounds.
    Sound(Sound),
    /// Silence, in seconds.
    Break(f64),
    /// How it is spoken from here on.
    Manner(Manner),
}

/// Sounds of one spoken word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sound {
    /// Symbols of the misaki alphabet, with stress and length marks.
    pub(crate) symbols: String,
    /// Index of the written word.
    pub(crate) written: usize,
    /// Pause mark behind it.
    pub(crate) mark: Option<char>,
    /// Whether it is said in one with the word before it, as small words are in some languages.
    pub(crate) joined: bool,
}

/// What a script sounds like.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Pronunciation {
    pub(crate) units: Vec<Unit>,
    /// Written words of which something could not be pronounced.
    pub(crate) unspoken: BTreeSet<usize>,
}

/// What misaki writes for a word it does not know.
const UNKNOWN: char = '❓';
/// Longer words are not looked up.
const LONGEST_LOOKED_UP: usize = 45;
/// Capitals up to this many are initials when no dictionary knows them.
const MOST_INITIALS: usize = 5;

/// Dictionaries and networks of pronunciation; each dictionary is loaded when its accent is first used.
pub(crate) struct Pronouncer {
    american: OnceLock<G2P>,
    british: OnceLock<G2P>,
    guesser: Guesser,
    pub(crate) fallback: Option<Box<dyn Fallback>>,
}

impl Pronouncer {
    /// Loads what `speech_dir` holds for it.
    pub(crate) fn load(speech_dir: &Path) -> Result<Self, SpeechError> {
        Ok(Self {
            american: OnceLock::new(),
            british: OnceLock::new(),
            guesser: Guesser::load(&speech_dir.join("g2p-en.npz"))?,
            fallback: None,
        })
    }

    fn dictionary(&self, accent: Accent) -> &G2P {
        match accent {
            Accent::American => self.american.get_or_init(|| G2P::new(Language::EnglishUS)),
            Accent::British => self.british.get_or_init(|| G2P::new(Language::EnglishGB)),
        }
    }

    /// Sounds of a script. `known` tells the symbols the voice can sound; others are left out.
    pub(crate) fn pronounce(
        &self,
        script: &Script,
        accent: Accent,
        known: impl Fn(char) -> bool,
    ) -> Pronunciation {
        let mut out = Pronunciation::default();
        let mut sentence: Vec<&Spoken> = Vec::new();
        for piece in &script.pieces {
            match piece {
                Piece::Word(word) => {
                    sentence.push(word);
                    if matches!(word.mark, Some('.' | '!' | '?')) {
                        self.sentence(&std::mem::take(&mut sentence), accent, &known, &mut out);
                    }
                }
                Piece::Sounds(sounds) => {
                    self.sentence(&std::mem::take(&mut sentence), accent, &known, &mut out);
                    let symbols = sounds.symbols.chars().filter(|symbol| known(*symbol)).collect();
                    out.units.push(Unit::Sound(Sound {
                        symbols,
                        written: sounds.written,
                        mark: sounds.mark,
                        joined: false,
                    }));
                }
                Piece::Break(seconds) => {
                    self.sentence(&std::mem::take(&mut sentence), accent, &known, &mut out);
                    out.units.push(Unit::Break(*seconds));
                }
                Piece::Manner(manner) => {
                    self.sentence(&std::mem::take(&mut sentence), accent, &known, &mut out);
                    out.units.push(Unit::Manner(*manner));
                }
            }
        }
        self.sentence(&sentence, accent, &known, &mut out);
        out
    }

    /// Appends the sounds of what stands in a text of another language and is said as American voices say it: words in
    /// other letters, given sounds, breaks, manners.
    pub(crate) fn say_into(&self, pieces: Vec<Piece>, known: impl Fn(char) -> bool, out: &mut Pronunciation) {
        if pieces.is_empty() {
            return;
        }
        let said = self.pronounce(&Script { pieces, ..Script::default() }, Accent::American, known);
        out.units.extend(said.units);
        out.unspoken.extend(said.unspoken);
    }

    fn sentence(
        &self,
        words: &[&Spoken],
        accent: Accent,
        known: &impl Fn(char) -> bool,
        out: &mut Pronunciation,
    ) {
        let looked_up = self.look_up(words, accent);
        let mut foreign = self.foreign(words, accent).into_iter();
        for (word, found) in words.iter().zip(looked_up) {
            let symbols = match word.how {
                How::Letters => spelling::spell(&word.text, accent),
                How::Foreign => foreign.next().flatten().unwrap_or_default(),
                How::Word => found
                    .filter(|symbols| !symbols.is_empty() && !symbols.contains(UNKNOWN))
                    .unwrap_or_else(|| self.unknown_word(&word.text, accent)),
            };
            let symbols: String = symbols.chars().filter(|symbol| known(*symbol) && *symbol != ' ').collect();
            if symbols.chars().any(is_phoneme) {
                out.units.push(Unit::Sound(Sound {
                    symbols,
                    written: word.written,
                    mark: word.mark,
                    joined: false,
                }));
            } else {
                out.unspoken.insert(word.written);
                // Its pause is still made.
                if let (Some(mark), Some(Unit::Sound(last))) = (word.mark, out.units.last_mut()) {
                    last.mark = Some(mark);
                }
            }
        }
    }

    /// What the fallback says of the foreign words, in order.
    fn foreign(&self, words: &[&Spoken], accent: Accent) -> Vec<Option<String>> {
        let foreign: Vec<&str> =
            words.iter().filter(|word| word.how == How::Foreign).map(|word| word.text.as_str()).collect();
        match &self.fallback {
            Some(fallback) if !foreign.is_empty() => fallback.phonemes(&foreign, accent),
            _ => Vec::new(),
        }
    }

    /// What the dictionary says of each word, in the light of the whole sentence.
    fn look_up(&self, words: &[&Spoken], accent: Accent) -> Vec<Option<String>> {
        let mut text = String::new();
        let mut places = Vec::with_capacity(words.len());
        for word in words {
            if word.how == How::Foreign || word.text.len() > LONGEST_LOOKED_UP {
                places.push(None);
                continue;
            }
            if !text.is_empty() {
                text.push(' ');
            }
            places.push(Some(text.len()..text.len() + word.text.len()));
            text.push_str(&word.text);
            text.extend(word.mark);
        }
        let mut found: Vec<Option<String>> = vec![None; words.len()];
        let Ok((_, tokens)) = self.dictionary(accent).g2p(&text) else { return found };
        let mut offset = 0;
        for token in &tokens {
            let start = offset;
            offset += token.text.len() + token.whitespace.len();
            let place =
                places.iter().position(|place| place.as_ref().is_some_and(|place| place.contains(&start)));
            let (Some(place), Some(phonemes)) = (place, &token.phonemes) else { continue };
            found[place].get_or_insert_default().push_str(phonemes);
        }
        if offset != text.len() {
            // The tokens do not tell where they came from: take no word for another.
            for (word, found) in words.iter().zip(&mut found) {
                *found = if word.how == How::Word { self.alone(&word.text, accent) } else { None };
            }
        }
        found
    }

    /// What the dictionary says of a word by itself.
    fn alone(&self, word: &str, accent: Accent) -> Option<String> {
        if word.len() > LONGEST_LOOKED_UP {
            return None;
        }
        let (symbols, _) = self.dictionary(accent).g2p(word).ok()?;
        (!symbols.is_empty() && !symbols.contains(UNKNOWN)).then_some(symbols)
    }

    /// A word no dictionary has: its parts, its letters, or a guess.
    fn unknown_word(&self, word: &str, accent: Accent) -> String {
        if let Some(stem) = word.strip_suffix("'s") {
            let mut symbols = self.alone(stem, accent).unwrap_or_else(|| self.unknown_word(stem, accent));
            symbols.push_str(spelling::plural(&symbols));
            return symbols;
        }
        let parts = case_parts(word);
        if parts.len() > 1 {
            return parts
                .iter()
                .map(|part| self.alone(part, accent).unwrap_or_else(|| self.unknown_word(part, accent)))
                .collect();
        }
        let letters = word.chars().filter(char::is_ascii_alphabetic).count();
        let all_capitals = letters > 1 && !word.chars().any(|c| c.is_ascii_lowercase());
        let has_vowel = word.chars().any(|c| "aeiouyAEIOUY".contains(c));
        if (all_capitals || !has_vowel) && letters <= MOST_INITIALS {
            return spelling::spell(&word.to_ascii_uppercase(), accent);
        }
        self.guesser.guess(word, accent)
    }
}

/// Cuts a word where small letters meet capitals: `DuckDB` is Duck and DB.
fn case_parts(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let bytes = word.as_bytes();
    for position in 1..bytes.len() {
        if bytes[position - 1].is_ascii_lowercase() && bytes[position].is_ascii_uppercase() {
            parts.push(&word[start..position]);
            start = position;
        }
    }
    parts.push(&word[start..]);
    parts
}

/// Whether a symbol is a sound and not a mark of stress or length or a pause.
pub(crate) fn is_phoneme(symbol: char) -> bool {
    !matches!(
        symbol,
        'ˈ' | 'ˌ'
            | 'ː'
            | ' '
            | ';'
            | ':'
            | ','
            | '.'
            | '!'
            | '?'
            | '—'
            | '…'
            | '"'
            | '('
            | ')'
            | '“'
            | '”'
            | 'ʰ'
            | 'ʲ'
            | 'ᵝ'
            | 'ʷ'
            | 'ˤ'
            | '-'
            | '0'..='9'
            | '\u{300}'..='\u{36f}'
            | '↓'
            | '→'
            | '↗'
            | '↘'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_where_the_case_changes() {
        assert_eq!(case_parts("DuckDB"), ["Duck", "DB"]);
        assert_eq!(case_parts("word"), ["word"]);
        assert_eq!(case_parts(""), [""]);
    }
}
