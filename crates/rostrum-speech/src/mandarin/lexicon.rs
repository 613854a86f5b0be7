//! Words, how they are read, and the simplified form of traditional characters, from files in the models folder.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use super::syllable::Syllable;
use crate::error::SpeechError;
use crate::espeak::is_han;

/// Words with how often they are seen and their part of speech (jieba's dictionary).
const WORDS_FILE: &str = "zh-words.txt";
/// How phrases are read of which a character has several readings (pypinyin's).
const PHRASES_FILE: &str = "zh-phrases.json";
/// How characters are read, the usual reading first (pypinyin's).
const CHARACTERS_FILE: &str = "zh-characters.json";
/// Traditional characters with their simplified ones (`OpenCC`'s).
const SIMPLIFIED_FILE: &str = "zh-simplified.txt";

/// Characters of the longest word looked for.
pub(super) const LONGEST_WORD: usize = 16;

/// A word of the dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'a> {
    /// How often it was seen.
    pub(super) count: u32,
    /// Its part of speech: `n` a noun, `v` a verb, `d` an adverb, `m` a number and so on.
    pub(super) part: &'a str,
}

/// Words and readings of Mandarin. Loading takes up to 40 MiB.
pub(super) struct Lexicon {
    /// Lines of a word, its count and its part of speech.
    text: String,
    /// Where the lines begin, in the order of their words.
    lines: Vec<u32>,
    /// Of all counts.
    pub(super) sum: f64,
    phrases: HashMap<Box<str>, Box<[Syllable]>>,
    characters: HashMap<char, Syllable>,
    simplified: HashMap<char, char>,
}

impl Lexicon {
    /// Whether all its files are there.
    pub(super) fn is_there(speech_dir: &Path) -> bool {
        [WORDS_FILE, PHRASES_FILE, CHARACTERS_FILE, SIMPLIFIED_FILE]
            .iter()
            .all(|file| speech_dir.join(file).is_file())
    }

    pub(super) fn load(speech_dir: &Path) -> Result<Self, SpeechError> {
        let words = read(&speech_dir.join(WORDS_FILE))?;
        let (text, lines, sum) = index(words);
        Ok(Self {
            text,
            lines,
            sum,
            phrases: phrases(&speech_dir.join(PHRASES_FILE))?,
            characters: characters(&speech_dir.join(CHARACTERS_FILE))?,
            simplified: simplified(&read(&speech_dir.join(SIMPLIFIED_FILE))?),
        })
    }

    /// The simplified form of a character.
    pub(super) fn simplified(&self, c: char) -> char {
        self.simplified.get(&c).copied().unwrap_or(c)
    }

    /// How a character is usually read by itself.
    pub(super) fn character(&self, c: char) -> Option<Syllable> {
        self.characters.get(&c).copied()
    }

    /// How a phrase is read, a syllable for each character.
    pub(super) fn phrase(&self, phrase: &str) -> Option<&[Syllable]> {
        self.phrases.get(phrase).map(|syllables| &**syllables)
    }

    /// What the dictionary has of a word, and whether longer words begin like it.
    pub(super) fn word(&self, word: &str) -> (Option<Word<'_>>, bool) {
        let at = self.lines.partition_point(|line| self.key(*line) < word);
        let found = self.lines.get(at).map(|line| self.line(*line));
        let exact = found.and_then(|line| line.strip_prefix(word)?.strip_prefix(' '));
        let next = self.lines.get(at + usize::from(exact.is_some()));
        let goes_on = next.is_some_and(|line| self.key(*line).starts_with(word));
        let word = exact.and_then(|rest| {
            let (count, part) = rest.split_once(' ')?;
            Some(Word { count: count.parse().ok()?, part })
        });
        (word, goes_on)
    }

    fn line(&self, start: u32) -> &str {
        let rest = &self.text[start as usize..];
        rest.split('\n').next().unwrap_or(rest)
    }

    fn key(&self, start: u32) -> &str {
        key(&self.text, start)
    }
}

fn key(text: &str, start: u32) -> &str {
    let rest = &text[start as usize..];
    rest.split(' ').next().unwrap_or(rest)
}

/// The lines of Chinese words in their order, and the sum of their counts.
fn index(text: String) -> (String, Vec<u32>, f64) {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut sum = 0.0;
    for line in text.split('\n') {
        if line.starts_with(is_han)
            && let Ok(start) = u32::try_from(start)
        {
            lines.push(start);
            sum += line.split(' ').nth(1).and_then(|count| count.parse::<f64>().ok()).unwrap_or(0.0);
        }
        start += line.len() + 1;
    }
    lines.sort_unstable_by_key(|line| key(&text, *line));
    (text, lines, sum)
}

fn read(path: &Path) -> Result<String, SpeechError> {
    fs::read_to_string(path).map_err(|source| SpeechError::ModelFile { path: path.to_owned(), source })
}

fn not_readings(path: &Path) -> impl FnOnce(serde_json::Error) -> SpeechError {
    |error| SpeechError::ModelDamaged {
        path: path.to_owned(),
        what: "not readings",
        source: Some(error.into()),
    }
}

/// Phrases whose readings are not one syllable a character are left out.
fn phrases(path: &Path) -> Result<HashMap<Box<str>, Box<[Syllable]>>, SpeechError> {
    let phrases: HashMap<Box<str>, Vec<Vec<String>>> =
        serde_json::from_str(&read(path)?).map_err(not_readings(path))?;
    let syllables = |readings: &[Vec<String>]| -> Option<Box<[Syllable]>> {
        readings.iter().map(|reading| Syllable::parse(reading.first()?)).collect()
    };
    let read = phrases.into_iter().filter_map(|(phrase, readings)| {
        let syllables = syllables(&readings)?;
        (phrase.chars().count() == syllables.len()).then_some((phrase, syllables))
    });
    Ok(read.collect())
}

fn characters(path: &Path) -> Result<HashMap<char, Syllable>, SpeechError> {
    let characters: HashMap<String, String> =
        serde_json::from_str(&read(path)?).map_err(not_readings(path))?;
    let read = characters.iter().filter_map(|(code, readings)| {
        let c = char::from_u32(code.parse().ok()?)?;
        Some((c, readings.split(',').find_map(Syllable::parse)?))
    });
    Ok(read.collect())
}

fn simplified(table: &str) -> HashMap<char, char> {
    let rows = table.lines().filter(|row| !row.starts_with('#'));
    rows.filter_map(|row| {
        let (traditional, simplified) = row.split_once('\t')?;
        Some((traditional.chars().next()?, simplified.chars().next()?))
    })
    .filter(|(traditional, simplified)| traditional != simplified)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon() -> Lexicon {
        let (text, lines, sum) = index("中国人 3 n\n中 5 f\nAT&T 3 nz\n中国 20 ns\n人 7 n".to_owned());
        let simplified = simplified("# a table\n國\t国\n乾\t干 乾\n干\t干\n");
        Lexicon { text, lines, sum, phrases: HashMap::new(), characters: HashMap::new(), simplified }
    }

    #[test]
    fn a_word_is_found_and_whether_longer_ones_begin_like_it() {
        let lexicon = lexicon();
        assert_eq!(lexicon.word("中国"), (Some(Word { count: 20, part: "ns" }), true));
        assert_eq!(lexicon.word("中国人"), (Some(Word { count: 3, part: "n" }), false));
        assert_eq!(lexicon.word("国"), (None, false));
        assert_eq!(lexicon.word("人"), (Some(Word { count: 7, part: "n" }), false));
        assert_eq!((lexicon.sum, lexicon.lines.len()), (35.0, 4));
    }

    #[test]
    fn traditional_characters_have_their_simplified_ones() {
        let lexicon = lexicon();
        assert_eq!(['國', '乾', '干', '人'].map(|c| lexicon.simplified(c)), ['国', '干', '干', '人']);
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = Lexicon::load(Path::new("/nonexistent")).err().unwrap();
        assert!(error.to_string().contains("zh-words.txt"), "{error}");
        assert!(!Lexicon::is_there(Path::new("/nonexistent")));
    }
}
