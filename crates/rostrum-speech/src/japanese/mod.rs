//! Japanese: the program MeCab cuts a text into words and tells how they are spoken; here that becomes the sounds its
//! voices were trained on.
//!
//! Numbers with what they count are read here, words in other letters as English. Written words, which have times of
//! their own, are a word with the small letters behind it. A word of the program that lies in two of them is shared out
//! by their letters.

mod kana;
mod mecab;
mod numbers;
mod reader;

use crate::error::SpeechError;
use crate::phonemes::{Pronouncer, Pronunciation, Sound, Unit};
use crate::text::{How, Piece, Script, Spoken};
pub(crate) use mecab::needed;
use mecab::{MAX_LINE_BYTES, Morpheme};
pub use mecab::{Mecab, install, installed};
pub(crate) use reader::{read, tokens_of};

/// Stands in a line for a number, of which the sounds are known, and for a word in other letters.
const OTHER: char = 'X';

/// What is said in one: words up to a mark, or something that is no word.
enum Item<'a> {
    Clause(Vec<&'a Spoken>),
    Other(&'a Piece),
}

fn items(script: &Script) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    let mut open: Vec<&Spoken> = Vec::new();
    let mut bytes = 0;
    for piece in &script.pieces {
        let Piece::Word(word) = piece else {
            items.extend((!open.is_empty()).then(|| Item::Clause(std::mem::take(&mut open))));
            bytes = 0;
            items.push(Item::Other(piece));
            continue;
        };
        bytes += word.text.len();
        if bytes > MAX_LINE_BYTES && !open.is_empty() {
            items.push(Item::Clause(std::mem::take(&mut open)));
            bytes = word.text.len();
        }
        open.push(word);
        if word.mark.is_some() {
            items.push(Item::Clause(std::mem::take(&mut open)));
            bytes = 0;
        }
    }
    items.extend((!open.is_empty()).then_some(Item::Clause(open)));
    items
}

/// Whether the program is not asked how it is spoken.
fn is_other(word: &Spoken) -> bool {
    is_number(word) || !word.text.chars().any(reader::is_japanese)
}

fn is_number(word: &Spoken) -> bool {
    word.how == How::Letters && word.text.starts_with(kana::is_katakana)
}

/// A clause as the program gets it.
fn line(clause: &[&Spoken]) -> String {
    clause
        .iter()
        .flat_map(|word| if is_other(word) { vec![OTHER] } else { word.text.chars().collect() })
        .collect()
}

/// Sounds of a script. Words in other letters are said by `others`; `known` tells the symbols the voice can sound.
pub(crate) fn pronounce(
    program: &Mecab,
    script: &Script,
    others: &Pronouncer,
    known: impl Fn(char) -> bool,
) -> Result<Pronunciation, SpeechError> {
    let items = items(script);
    let lines: Vec<String> = items
        .iter()
        .filter_map(|item| if let Item::Clause(clause) = item { Some(line(clause)) } else { None })
        .collect();
    let mut words = if lines.is_empty() { Vec::new() } else { program.morphemes(&lines)? }.into_iter();
    let mut out = Pronunciation::default();
    for item in items {
        match item {
            Item::Clause(clause) => {
                say_clause(&clause, &words.next().unwrap_or_default(), others, &known, &mut out);
            }
            Item::Other(piece) => others.say_into(vec![piece.clone()], &known, &mut out),
        }
    }
    Ok(out)
}

fn say_clause(
    clause: &[&Spoken],
    morphemes: &[Morpheme],
    others: &Pronouncer,
    known: &impl Fn(char) -> bool,
    out: &mut Pronunciation,
) {
    // Which word each character of the line is of.
    let owners: Vec<usize> = clause
        .iter()
        .enumerate()
        .flat_map(|(place, word)| {
            let length = if is_other(word) { 1 } else { word.text.chars().count() };
            std::iter::repeat_n(place, length)
        })
        .collect();
    let mut sounded = vec![false; clause.len()];
    let first = out.units.len();
    let mut at = 0;
    let mut stops = false;
    for morpheme in morphemes {
        let length = morpheme.surface.chars().count();
        let own = owners.get(at..at + length).unwrap_or_default();
        at += length;
        if own.first().is_some_and(|place| is_other(clause[*place])) {
            // Several of them may be one word to the program.
            let mut places = own.to_vec();
            places.dedup();
            for place in places {
                let word = Spoken { mark: None, ..clause[place].clone() };
                sounded[place] = true;
                if is_number(&word) {
                    let kana: Vec<char> = word.text.chars().collect();
                    let symbols =
                        kana::sounds(&kana).concat().chars().filter(|symbol| known(*symbol)).collect();
                    let written = word.written;
                    out.units.push(Unit::Sound(Sound { symbols, written, mark: None, joined: false }));
                    continue;
                }
                others.say_into(vec![Piece::Word(word)], known, out);
            }
            stops = false;
            continue;
        }
        let kana: Vec<char> = match &morpheme.spoken {
            Some(spoken) => spoken.chars().collect(),
            None => morpheme.surface.chars().map(kana::katakana).collect(),
        };
        let kana: Vec<char> =
            kana.into_iter().map(kana::katakana).filter(|c| kana::is_katakana(*c)).collect();
        let mut joined = stops || kana.first().is_some_and(|first| matches!(first, 'ッ' | 'ー' | 'ン'));
        // A stop runs into the next word.
        stops = kana.last() == Some(&'ッ');
        for (place, symbols) in shared(&kana::sounds(&kana), own) {
            let symbols: String = symbols.chars().filter(|symbol| known(*symbol)).collect();
            if symbols.is_empty() {
                continue;
            }
            sounded[place] = true;
            out.units.push(Unit::Sound(Sound {
                symbols,
                written: clause[place].written,
                mark: None,
                joined,
            }));
            joined = true;
        }
    }
    for (word, _) in clause.iter().zip(&sounded).filter(|(_, sounded)| !**sounded) {
        out.unspoken.insert(word.written);
    }
    // A clause without sounds still makes its pause.
    let last = if out.units.len() > first { Some(out.units.len() - 1) } else { first.checked_sub(1) };
    let mark = clause.last().and_then(|word| word.mark);
    if let (Some(mark), Some(Unit::Sound(sound))) = (mark, last.and_then(|last| out.units.get_mut(last))) {
        sound.mark = Some(mark);
    }
}

/// The sounds of a word of the program by the written words its letters are of, in equal shares.
fn shared(sounds: &[String], owners: &[usize]) -> Vec<(usize, String)> {
    let mut shares: Vec<(usize, String)> = Vec::new();
    for (place, sound) in sounds.iter().enumerate() {
        let Some(owner) = owners.get(place * owners.len() / sounds.len()) else { continue };
        match shares.last_mut() {
            // What is with the sound before stays there.
            Some((last, symbols)) if last == owner || sound == "ː" || sound.is_empty() => {
                symbols.push_str(sound);
            }
            _ => shares.push((*owner, sound.clone())),
        }
    }
    shares
}

#[cfg(test)]
mod tests;
