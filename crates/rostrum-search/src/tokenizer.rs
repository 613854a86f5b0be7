//! Texts as the numbered pieces of words that the network knows.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words longer than this are one unknown piece, as in the network's training.
const MAX_WORD_CHARS: usize = 100;

/// Cuts texts into the pieces of a vocabulary.
#[derive(Debug)]
pub(crate) struct Tokenizer {
    pieces: HashMap<String, u32>,
    unknown: u32,
    first: u32,
    last: u32,
}

impl Tokenizer {
    /// From a vocabulary with one piece a line, numbered from 0; `None` when the marks it needs are missing.
    pub(crate) fn new(vocabulary: &str) -> Option<Self> {
        let pieces: HashMap<String, u32> =
            vocabulary.lines().zip(0..).map(|(piece, id)| (piece.to_owned(), id)).collect();
        let [unknown, first, last] = ["[UNK]", "[CLS]", "[SEP]"].map(|mark| pieces.get(mark).copied());
        Some(Self { unknown: unknown?, first: first?, last: last?, pieces })
    }

    /// The pieces of a text between the marks for start and end; what does not fit into `most` is left out.
    pub(crate) fn encode(&self, text: &str, most: usize) -> Vec<u32> {
        let mut ids = vec![self.first];
        for word in basic_words(text) {
            if ids.len() >= most {
                break;
            }
            self.push_word(&word, &mut ids);
        }
        ids.truncate(most - 1);
        ids.push(self.last);
        ids
    }

    /// Greedily from the left, the longest known piece each time.
    fn push_word(&self, word: &[char], ids: &mut Vec<u32>) {
        let before = ids.len();
        let mut start = 0;
        while start < word.len() {
            let prefix = if start == 0 { "" } else { "##" };
            let longest = (start + 1..=word.len()).rev().find_map(|end| {
                let piece: String = prefix.chars().chain(word[start..end].iter().copied()).collect();
                self.pieces.get(&piece).map(|id| (*id, end))
            });
            let Some((id, end)) = longest.filter(|_| word.len() <= MAX_WORD_CHARS) else {
                ids.truncate(before);
                ids.push(self.unknown);
                return;
            };
            ids.push(id);
            start = end;
        }
    }
}

/// Small letters without accents, split at spaces; signs and ideographs stand alone.
fn basic_words(text: &str) -> Vec<Vec<char>> {
    let mut words = Vec::new();
    let mut word = Vec::new();
    let plain = text.chars().flat_map(char::to_lowercase).nfd().filter(|c| !is_combining_mark(*c));
    for c in plain {
        let alone =
            c.is_ascii_punctuation() || is_ideograph(c) || (!c.is_alphanumeric() && !c.is_whitespace());
        if (alone || c.is_whitespace()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_control() || c == '\u{fffd}' || c.is_whitespace() {
            continue;
        }
        word.push(c);
        if alone {
            words.push(std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x4e00..=0x9fff | 0x3400..=0x4dbf | 0xf900..=0xfaff | 0x20000..=0x2fa1f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_into_their_longest_known_pieces() {
        let vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nunder\nunderstand\n##stand\n##ing\n,\n中\ncafe\n";
        let tokenizer = Tokenizer::new(vocabulary).unwrap();
        for (text, expected) in [
            ("Understanding", &[2, 5, 7, 3][..]),
            ("under, UNDER", &[2, 4, 8, 4, 3]),
            ("Café 中中", &[2, 10, 9, 9, 3]),
            ("xyz under", &[2, 1, 4, 3]),
            ("", &[2, 3]),
            ("\u{0}\u{fffd}", &[2, 3]),
            ("under under under under under under", &[2, 4, 4, 4, 4, 3]),
        ] {
            assert_eq!(tokenizer.encode(text, 6), expected, "{text}");
        }
        assert!(tokenizer.encode(&"a".repeat(10_000), 6).len() == 3);
        assert!(Tokenizer::new("a\nb").is_none());
    }
}
