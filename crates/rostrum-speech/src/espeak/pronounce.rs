//! Scripts to sounds by way of the program.

use std::collections::{BTreeMap, BTreeSet};

use super::align::{self, Part};
use super::script::{is_han, is_written_in_another_script, reader_of};
use super::{Espeak, MAX_LINE_BYTES, installed, ipa, plain_line};
use crate::error::SpeechError;
use crate::phonemes::{Fallback, Pronunciation, Sound, Unit};
use crate::text::{Manner, Piece, Script, Sounds, Spoken};
use crate::voices::Accent;

/// Words of one clause; longer ones are cut.
const MAX_CLAUSE_WORDS: usize = 40;

/// Words said in one go by one of the program's languages. Only the last one may have a mark behind it.
#[derive(Debug)]
pub(crate) struct Clause<'a> {
    pub(crate) language: &'static str,
    pub(crate) words: Vec<&'a Spoken>,
}

impl Clause<'_> {
    /// The pause mark behind it.
    pub(crate) fn mark(&self) -> Option<char> {
        self.words.last().and_then(|word| word.mark)
    }

    /// Its words as the program reads them.
    pub(crate) fn line(&self) -> String {
        let mut line = String::new();
        for word in &self.words {
            let joins = line.ends_with(is_han) && word.text.starts_with(is_han);
            if !line.is_empty() && !joins {
                line.push(' ');
            }
            line.push_str(&plain_line(&word.text));
        }
        line
    }
}

/// A script in the pieces it is said in.
#[derive(Debug)]
pub(crate) enum Item<'a> {
    Clause(Clause<'a>),
    Sounds(&'a Sounds),
    Break(f64),
    Manner(Manner),
}

/// Cuts a script at its marks, where its letters change, and where tags stand.
pub(crate) fn items<'a>(script: &'a Script, language: &'static str) -> Vec<Item<'a>> {
    let mut items: Vec<Item<'a>> = Vec::new();
    let mut open: Option<Clause<'a>> = None;
    for piece in &script.pieces {
        if let Piece::Word(word) = piece {
            let reader = reader_of(&word.text, language);
            let full = |clause: &Clause<'_>| {
                let bytes: usize = clause.words.iter().map(|word| word.text.len() + 1).sum();
                clause.words.len() >= MAX_CLAUSE_WORDS || bytes + word.text.len() > MAX_LINE_BYTES
            };
            if open.as_ref().is_some_and(|clause| clause.language != reader || full(clause)) {
                items.extend(open.take().map(Item::Clause));
            }
            open.get_or_insert(Clause { language: reader, words: Vec::new() }).words.push(word);
            if word.mark.is_none() {
                continue;
            }
        }
        items.extend(open.take().map(Item::Clause));
        match piece {
            Piece::Word(_) => {}
            Piece::Sounds(sounds) => items.push(Item::Sounds(sounds)),
            Piece::Break(seconds) => items.push(Item::Break(*seconds)),
            Piece::Manner(manner) => items.push(Item::Manner(*manner)),
        }
    }
    items.extend(open.map(Item::Clause));
    items
}

/// The sounds of each clause among the items, in order. One run of the program for each language in them. `known` tells the
/// symbols that need no other in their place.
pub(crate) fn say(
    program: &Espeak,
    items: &[Item<'_>],
    known: &dyn Fn(char) -> bool,
) -> Result<Vec<Vec<Part>>, SpeechError> {
    let clauses: Vec<&Clause<'_>> = items
        .iter()
        .filter_map(|item| if let Item::Clause(clause) = item { Some(clause) } else { None })
        .collect();
    let languages: BTreeSet<&'static str> =
        clauses.iter().map(|clause| clause.language).filter(|language| program.speaks(language)).collect();
    let mut said = vec![Vec::new(); clauses.len()];
    for language in languages {
        let own = |clause: &&&Clause<'_>| clause.language == language;
        let words: BTreeSet<&str> = clauses
            .iter()
            .filter(own)
            .flat_map(|clause| clause.words.iter().map(|word| word.text.as_str()))
            .collect();
        let mut lines: Vec<String> = clauses.iter().filter(own).map(|clause| clause.line()).collect();
        let clause_count = lines.len();
        lines.extend(words.iter().map(|word| plain_line(word)));
        let answer: Vec<Vec<String>> =
            program.ipa(language, &lines)?.iter().map(|line| ipa::words(line, known)).collect();
        let (of_clauses, of_words) = answer.split_at(clause_count);
        let alone: BTreeMap<&str, &Vec<String>> = words.into_iter().zip(of_words).collect();
        let places = clauses.iter().enumerate().filter(|(_, clause)| clause.language == language);
        for ((place, clause), tokens) in places.zip(of_clauses) {
            let by_itself: Vec<Vec<String>> =
                clause.words.iter().map(|word| alone[word.text.as_str()].clone()).collect();
            said[place] = align::align(tokens, &by_itself);
        }
    }
    Ok(said)
}

/// Sounds of a script in another language than English, for the network. `known` tells the symbols the voice can sound.
pub(crate) fn pronounce(
    program: &Espeak,
    script: &Script,
    language: &'static str,
    known: impl Fn(char) -> bool,
) -> Result<Pronunciation, SpeechError> {
    let items = items(script, language);
    let mut said = say(program, &items, &known)?.into_iter();
    let mut out = Pronunciation::default();
    for item in &items {
        match item {
            Item::Clause(clause) => {
                let parts = said.next().unwrap_or_default();
                out.unspoken.extend(unspoken(clause, &parts));
                let mut before = None;
                let mut last = None;
                for part in parts {
                    let symbols: String = part.symbols.chars().filter(|symbol| known(*symbol)).collect();
                    let joined = before == Some(part.token);
                    before = Some(part.token);
                    if symbols.is_empty() {
                        continue;
                    }
                    last = Some(out.units.len());
                    let written = clause.words[part.word].written;
                    out.units.push(Unit::Sound(Sound { symbols, written, mark: None, joined }));
                }
                // A clause without sounds still makes its pause.
                let last = last.or(out.units.len().checked_sub(1));
                if let (Some(mark), Some(Unit::Sound(sound))) =
                    (clause.mark(), last.and_then(|last| out.units.get_mut(last)))
                {
                    sound.mark = Some(mark);
                }
            }
            Item::Sounds(sounds) => {
                let symbols = sounds.symbols.chars().filter(|symbol| known(*symbol)).collect();
                let Sounds { written, mark, .. } = **sounds;
                out.units.push(Unit::Sound(Sound { symbols, written, mark, joined: false }));
            }
            Item::Break(seconds) => out.units.push(Unit::Break(*seconds)),
            Item::Manner(manner) => out.units.push(Unit::Manner(*manner)),
        }
    }
    Ok(out)
}

/// Written words of a clause that got no sounds.
pub(crate) fn unspoken(clause: &Clause<'_>, parts: &[Part]) -> Vec<usize> {
    let silent = |place: &usize| parts.iter().all(|part| part.word != *place);
    (0..clause.words.len()).filter(silent).map(|place| clause.words[place].written).collect()
}

/// Words in other scripts inside English, by the program, where it is installed.
pub(crate) struct EspeakFallback;

impl Fallback for EspeakFallback {
    fn phonemes(&self, words: &[&str], _accent: Accent) -> Vec<Option<String>> {
        let mut found = vec![None; words.len()];
        let Some(program) = installed() else { return found };
        let mut by_reader: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (place, word) in words.iter().enumerate() {
            if is_written_in_another_script(word) {
                by_reader.entry(reader_of(word, "en-us")).or_default().push(place);
            }
        }
        for (reader, places) in by_reader {
            if !program.speaks(reader) {
                continue;
            }
            let lines: Vec<String> = places.iter().map(|place| plain_line(words[*place])).collect();
            match program.ipa(reader, &lines) {
                Ok(answer) => {
                    for (place, line) in places.into_iter().zip(answer) {
                        found[place] = Some(ipa::anglicised(&ipa::words(&line, &|_| false).concat()));
                    }
                }
                Err(error) => tracing::warn!(%error, "words in other scripts cannot be read"),
            }
        }
        found
    }
}
