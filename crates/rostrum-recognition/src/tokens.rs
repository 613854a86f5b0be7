//! The pieces of words that the networks speak in: byte pairs, as GPT-2 has them, and marks.

use std::collections::HashMap;
use std::path::Path;

use serde_json::Value;

use crate::RecognitionError;

/// Languages whose words have no spaces between them.
const WITHOUT_SPACES: [&str; 7] = ["zh", "ja", "th", "lo", "my", "yue", "km"];

/// The vocabulary of a network.
pub(crate) struct Tokens {
    /// Bytes of each piece, by its number; empty for marks.
    pieces: Vec<Vec<u8>>,
    /// The number of each piece.
    numbers: HashMap<Vec<u8>, u32>,
    /// Which two pieces are joined, in which order, and to what.
    merges: HashMap<(u32, u32), (usize, u32)>,
    /// Ends a text.
    pub(crate) end: u32,
    /// Begins one.
    pub(crate) start: u32,
    /// Says that nobody speaks.
    pub(crate) no_speech: u32,
    transcribe: u32,
    no_timestamps: u32,
    /// The mark of each language and its code.
    pub(crate) languages: Vec<(u32, String)>,
    /// Whether the network speaks more than English, and wants to be told what.
    pub(crate) multilingual: bool,
}

impl Tokens {
    /// Reads a `tokenizer.json`.
    pub(crate) fn load(path: &Path) -> Result<Self, RecognitionError> {
        let bytes = std::fs::read(path)
            .map_err(|source| RecognitionError::ModelFile { path: path.to_owned(), source })?;
        let damaged = |what, source| RecognitionError::ModelDamaged { path: path.to_owned(), what, source };
        let json: Value =
            serde_json::from_slice(&bytes).map_err(|error| damaged("not JSON", Some(error.into())))?;
        Self::read(&json).ok_or_else(|| damaged("not a vocabulary of Whisper", None))
    }

    fn read(json: &Value) -> Option<Self> {
        let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
        let mut marks = HashMap::new();
        for mark in json["added_tokens"].as_array()? {
            marks.insert(mark["content"].as_str()?, number(&mark["id"])?);
        }
        let vocabulary = json["model"]["vocab"].as_object()?;
        let count = vocabulary.values().filter_map(number).max()? as usize + 1;
        let mut pieces = vec![Vec::new(); count];
        let mut numbers = HashMap::new();
        let bytes = byte_letters();
        for (piece, id) in vocabulary {
            if marks.contains_key(piece.as_str()) {
                continue;
            }
            let piece: Vec<u8> =
                piece.chars().map(|letter| bytes.get(&letter).copied()).collect::<Option<_>>()?;
            let id = number(id)?;
            numbers.insert(piece.clone(), id);
            pieces[id as usize] = piece;
        }
        let piece = |text: &str| {
            let piece: Vec<u8> = text.chars().filter_map(|letter| bytes.get(&letter).copied()).collect();
            numbers.get(&piece).copied()
        };
        let mut merges = HashMap::new();
        for (rank, merge) in json["model"]["merges"].as_array()?.iter().enumerate() {
            let (left, right) = match merge {
                Value::String(both) => both.split_once(' ')?,
                both => (both[0].as_str()?, both[1].as_str()?),
            };
            let joined = format!("{left}{right}");
            if let (Some(left), Some(right), Some(joined)) = (piece(left), piece(right), piece(&joined)) {
                merges.entry((left, right)).or_insert((rank, joined));
            }
        }
        let mark = |name: &str| marks.get(name).copied();
        let start = mark("<|startoftranscript|>")?;
        let translate = mark("<|translate|>")?;
        let mut languages: Vec<(u32, String)> = marks
            .iter()
            .filter(|(_, id)| (start + 1..translate).contains(id))
            .map(|(mark, id)| (*id, mark.trim_matches(['<', '|', '>']).to_owned()))
            .collect();
        languages.sort();
        Some(Self {
            pieces,
            numbers,
            merges,
            end: mark("<|endoftext|>")?,
            start,
            no_speech: mark("<|nocaptions|>").or_else(|| mark("<|nospeech|>"))?,
            transcribe: mark("<|transcribe|>")?,
            no_timestamps: mark("<|notimestamps|>")?,
            languages,
            // The vocabularies of one language are one piece shorter, and their first mark comes earlier.
            multilingual: mark("<|endoftext|>")? == 50_257,
        })
    }

    /// The mark of a language.
    pub(crate) fn language(&self, code: &str) -> Result<u32, RecognitionError> {
        let found = self.languages.iter().find(|(_, known)| known == code);
        found
            .map(|(mark, _)| *mark)
            .ok_or_else(|| RecognitionError::LanguageUnknown { code: code.to_owned() })
    }

    /// What stands before a text.
    pub(crate) fn prompt(&self, language: &str) -> Result<Vec<u32>, RecognitionError> {
        Ok(if self.multilingual {
            vec![self.start, self.language(language)?, self.transcribe, self.no_timestamps]
        } else {
            vec![self.start, self.no_timestamps]
        })
    }

    fn bytes<'t>(&'t self, tokens: &'t [u32]) -> impl Iterator<Item = u8> + 't {
        tokens.iter().flat_map(|token| self.pieces.get(*token as usize).into_iter().flatten().copied())
    }

    /// The text of some tokens; characters that are not whole become `�`.
    pub(crate) fn text(&self, tokens: &[u32]) -> String {
        String::from_utf8_lossy(&self.bytes(tokens).collect::<Vec<_>>()).into_owned()
    }

    /// The words of some tokens, each with the spaces before it, and how many tokens each has.
    pub(crate) fn words(&self, tokens: &[u32], language: &str) -> Vec<(String, usize)> {
        let mut words: Vec<(String, usize)> = Vec::new();
        let mut bytes = Vec::new();
        let mut count = 0;
        for token in tokens {
            bytes.extend(self.bytes(std::slice::from_ref(token)));
            count += 1;
            // Tokens may hold parts of characters.
            let Ok(text) = std::str::from_utf8(&bytes) else { continue };
            let mark = text.trim().chars().all(|c| !c.is_alphanumeric());
            let joins = if has_spaces(language) { !text.starts_with(' ') } else { mark };
            match words.last_mut() {
                Some((word, length)) if joins => {
                    word.push_str(text);
                    *length += count;
                }
                _ => words.push((text.to_owned(), count)),
            }
            bytes.clear();
            count = 0;
        }
        if count > 0 {
            words.push((String::from_utf8_lossy(&bytes).into_owned(), count));
        }
        words
    }

    /// The tokens of a word with the space before it.
    pub(crate) fn encode(&self, word: &str) -> Vec<u32> {
        runs(word).into_iter().flat_map(|run| self.encode_run(run)).collect()
    }

    fn encode_run(&self, run: &str) -> Vec<u32> {
        let byte = |byte: u8| self.numbers.get(&vec![byte]).copied();
        let mut tokens: Vec<u32> = run.bytes().filter_map(byte).collect();
        loop {
            let pairs = tokens.windows(2).enumerate();
            let ranked = pairs.filter_map(|(at, pair)| {
                self.merges.get(&(pair[0], pair[1])).map(|(rank, joined)| (*rank, at, *joined))
            });
            let Some((_, at, joined)) = ranked.min() else { return tokens };
            tokens.splice(at..at + 2, [joined]);
        }
    }
}

/// Whether words have spaces between them.
pub(crate) fn has_spaces(language: &str) -> bool {
    !WITHOUT_SPACES.contains(&language)
}

/// Letters, digits and other signs apart, each run with a space before it where there is one.
fn runs(word: &str) -> Vec<&str> {
    let kind = |c: char| match c {
        c if c.is_alphabetic() => 0,
        c if c.is_numeric() => 1,
        ' ' => 2,
        _ => 3,
    };
    let mut runs = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, c) in word.char_indices() {
        if before.is_some_and(|before| before != kind(c) && before != 2) {
            runs.push(&word[start..at]);
            start = at;
        }
        before = Some(kind(c));
    }
    if start < word.len() {
        runs.push(&word[start..]);
    }
    runs
}

/// The letter that stands for each byte in the vocabulary: the byte's own in Latin-1 where that can be printed, else one
/// from 256 on (`bytes_to_unicode` of GPT-2).
fn byte_letters() -> HashMap<char, u8> {
    let mut next = 256;
    (0..=255u8)
        .map(|byte| {
            if matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff) {
                return (char::from(byte), byte);
            }
            next += 1;
            (char::from_u32(next - 1).unwrap_or_default(), byte)
        })
        .collect()
}
