//! How well an item fits a query.
//!
//! Words count by where they are found: in the name 1, in a tag 0.8, as the beginning of a word of the name 0.6 or of a
//! tag 0.5; the mean over the words of the query, times 0.85. A query that is a whole tag gets at least 0.9, one that is
//! the whole name 1. Where meanings are known, the score is half of that plus half the cosine of the angle between the
//! two meanings. An item without any of the words has to mean something close to be found at all.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::vector::Vector;

/// The smallest cosine of an item that has none of the query's words.
const MIN_COSINE: f32 = 0.3;

/// Words that tell nothing, unless there are no others.
const EMPTY_WORDS: [&str; 18] = [
    "a", "an", "and", "at", "by", "for", "from", "icon", "image", "in", "it", "of", "on", "or", "picture",
    "the", "to", "with",
];

/// How well an item fits, in millionths: comparable, and the same on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(pub u32);

/// A query, prepared.
#[derive(Debug, Clone)]
pub struct Query {
    words: Vec<String>,
    vector: Option<Vector>,
}

/// The words of a text, in small letters without accents and plural endings.
pub fn words(text: &str) -> Vec<String> {
    let plain: String = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words
        .map(|word| word.strip_suffix('s').filter(|rest| rest.len() > 2).unwrap_or(word).to_owned())
        .collect()
}

impl Query {
    /// A query, with its meaning if that can be had.
    pub fn new(text: &str, vector: Option<Vector>) -> Self {
        let all = words(text);
        let telling: Vec<String> =
            all.iter().filter(|word| !EMPTY_WORDS.contains(&word.as_str())).cloned().collect();
        Self { words: if telling.is_empty() { all } else { telling }, vector }
    }

    /// The words that count.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// How well an item fits, or `None` when it does not. `name` and `tags` are [`words`].
    pub fn score(&self, name: &[String], tags: &[Vec<String>], vector: Option<&Vector>) -> Option<Score> {
        let by_words = self.by_words(name, tags);
        let cosine = self.vector.as_ref().zip(vector).map(|(a, b)| a.cosine(b));
        if by_words == 0.0 && cosine.is_none_or(|cosine| cosine < MIN_COSINE) {
            return None;
        }
        // What has no meaning, among what has, counts by its words alone.
        let by_meaning = self.vector.as_ref().map(|_| cosine.unwrap_or(0.0).max(0.0));
        let score = by_meaning.map_or(by_words, |cosine| 0.5 * by_words + 0.5 * cosine);
        Some(Score((score.min(1.0) * 1e6) as u32))
    }

    fn by_words(&self, name: &[String], tags: &[Vec<String>]) -> f32 {
        if self.words.is_empty() {
            return 0.0;
        }
        if self.words == name {
            return 1.0;
        }
        let found = self.words.iter().map(|word| {
            let begins = |other: &String| word.len() >= 3 && other.starts_with(word.as_str());
            if name.contains(word) {
                1.0
            } else if tags.iter().any(|tag| tag.contains(word)) {
                0.8
            } else if name.iter().any(begins) {
                0.6
            } else if tags.iter().flatten().any(begins) {
                0.5
            } else {
                0.0
            }
        });
        let mean = found.sum::<f32>() / self.words.len() as f32 * 0.85;
        if tags.contains(&self.words) { mean.max(0.9) } else { mean }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(query: &str, name: &str, tags: &[&str]) -> u32 {
        let tags: Vec<_> = tags.iter().map(|tag| words(tag)).collect();
        Query::new(query, None).score(&words(name), &tags, None).map_or(0, |score| score.0)
    }

    #[test]
    fn names_count_more_than_tags_and_whole_words_more_than_beginnings() {
        let scores = [
            score("credit card", "credit-card", &[]),
            score("credit card", "wallet", &["credit card"]),
            score("credit card", "credit-card-off", &[]),
            score("credit card", "wallet", &["credit", "card"]),
            score("cred", "credit-card", &[]),
            score("cred", "wallet", &["credit card"]),
            score("cr", "credit-card", &[]),
        ];
        assert!(scores.is_sorted_by(|a, b| a > b), "{scores:?}");
        assert_eq!(scores[6], 0);
    }

    #[test]
    fn case_accents_plurals_and_empty_words_do_not_count() {
        for query in ["Café", "the CAFES", "a picture of a cafe"] {
            assert_eq!(score(query, "cafe", &[]), 1_000_000, "{query}");
        }
        assert_eq!(score("the", "the", &[]), 1_000_000);
        assert_eq!(score("", "cafe", &[]), 0);
        assert_eq!(score("!!!", "cafe", &[]), 0);
    }
}
