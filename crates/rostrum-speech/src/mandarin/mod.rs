//! Mandarin: characters to the sounds its voices were trained on.
//!
//! Runs of characters are cut into words by how often those are seen, words are read by a dictionary of phrases, else
//! character by character, and tones change beside each other as they do in speech. The network heard words apart, so
//! words are apart here; written words, which have times of their own, are single characters.
//!
//! Dictionaries are other people's work and lie in the models folder; they are loaded when first needed.

mod lexicon;
mod numbers;
mod reader;
mod readings;
mod segment;
mod syllable;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::error::SpeechError;
use crate::espeak::is_han;
use crate::phonemes::{Pronouncer, Pronunciation, Sound, Unit};
use crate::text::{Piece, Script, Spoken};
use lexicon::Lexicon;
pub(crate) use reader::read;

/// The reader of Mandarin.
pub(crate) struct Mandarin {
    speech_dir: PathBuf,
    lexicon: OnceLock<Lexicon>,
}

impl Mandarin {
    /// With the dictionaries of this folder, which are not looked at yet.
    pub(crate) fn new(speech_dir: &Path) -> Self {
        Self { speech_dir: speech_dir.to_owned(), lexicon: OnceLock::new() }
    }

    /// Whether its dictionaries are there.
    pub(crate) fn is_there(&self) -> bool {
        Lexicon::is_there(&self.speech_dir)
    }

    fn lexicon(&self) -> Result<&Lexicon, SpeechError> {
        if let Some(lexicon) = self.lexicon.get() {
            return Ok(lexicon);
        }
        let lexicon = Lexicon::load(&self.speech_dir)?;
        Ok(self.lexicon.get_or_init(|| lexicon))
    }

    /// Sounds of a script. Words in other letters are said by `others`; `known` tells the symbols the voice can sound.
    pub(crate) fn pronounce(
        &self,
        script: &Script,
        others: &Pronouncer,
        known: impl Fn(char) -> bool,
    ) -> Result<Pronunciation, SpeechError> {
        let lexicon = self.lexicon()?;
        let mut out = Pronunciation::default();
        let mut run: Vec<&Spoken> = Vec::new();
        let mut foreign: Vec<Piece> = Vec::new();
        for piece in &script.pieces {
            match piece {
                Piece::Word(word) if word.text.starts_with(is_han) => {
                    others.say_into(std::mem::take(&mut foreign), &known, &mut out);
                    run.push(word);
                    if word.mark.is_some() {
                        say_run(lexicon, &mut run, &known, &mut out);
                    }
                }
                other => {
                    say_run(lexicon, &mut run, &known, &mut out);
                    foreign.push(other.clone());
                }
            }
        }
        others.say_into(std::mem::take(&mut foreign), &known, &mut out);
        say_run(lexicon, &mut run, &known, &mut out);
        Ok(out)
    }
}

/// Characters up to a mark, or up to something else.
fn say_run(
    lexicon: &Lexicon,
    run: &mut Vec<&Spoken>,
    known: &impl Fn(char) -> bool,
    out: &mut Pronunciation,
) {
    let run = std::mem::take(run);
    let chars: Vec<char> =
        run.iter().filter_map(|word| word.text.chars().next()).map(|c| lexicon.simplified(c)).collect();
    let segments = segment::segments(lexicon, &chars);
    let readings = readings::readings(lexicon, &segments);
    let starts = segments.iter().flat_map(|segment| (0..segment.length).map(|place| place == 0));
    let mut begins = true;
    for ((word, reading), starts_word) in run.iter().zip(readings.iter().flatten()).zip(starts) {
        begins |= starts_word;
        let symbols: String = reading
            .map(|syllable| syllable.symbols().chars().filter(|symbol| known(*symbol)).collect())
            .unwrap_or_default();
        if symbols.is_empty() {
            out.unspoken.insert(word.written);
            // Its pause is still made.
            if let (Some(mark), Some(Unit::Sound(last))) = (word.mark, out.units.last_mut()) {
                last.mark = Some(mark);
            }
            continue;
        }
        out.units.push(Unit::Sound(Sound {
            symbols,
            written: word.written,
            mark: word.mark,
            joined: !std::mem::take(&mut begins),
        }));
    }
}

#[cfg(test)]
mod tests;
