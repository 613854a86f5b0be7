//! What is shown at a time, with the times of its words.

use std::ops::Range;

use rostrum_model::speech::WordSpan;

/// A text and when it is shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cue {
    /// When it appears, in seconds.
    pub start_s: f64,
    /// When it goes, in seconds.
    pub end_s: f64,
    /// Its lines, with `\n` between them.
    pub text: String,
    /// The parts of the text that are words with times, in order; empty where the times are not known.
    pub words: Vec<CueWord>,
}

/// A word of a [`Cue`].
#[derive(Debug, Clone, PartialEq)]
pub struct CueWord {
    /// Its bytes in the cue's text.
    pub range: Range<usize>,
    /// When it is heard, in seconds; until then, the word before it is.
    pub start_s: f64,
}

/// Makes cues of captions, each given by its start and end in seconds and its lines, and of the words they were made of. The
/// words are found in the captions by their letters, so a word may be spread over lines and captions. A caption that was made
/// of other words becomes a cue without words.
pub fn cues<'c>(
    captions: impl IntoIterator<Item = (f64, f64, &'c [String])>,
    words: &[WordSpan],
) -> Vec<Cue> {
    let letters: Vec<(char, usize)> = words
        .iter()
        .enumerate()
        .flat_map(|(index, word)| word.text.chars().filter(|c| is_letter(*c)).map(move |c| (c, index)))
        .collect();
    let mut read = 0;
    captions
        .into_iter()
        .map(|(start_s, end_s, lines)| {
            let text = lines.join("\n");
            let found = if let Some((found, count)) = find(&text, &letters[read..], words) {
                read += count;
                found
            } else {
                let later = |(_, word): &(char, usize)| words[*word].start_s >= end_s;
                read += letters[read..].iter().position(later).unwrap_or(letters.len() - read);
                Vec::new()
            };
            Cue { start_s, end_s, text, words: found }
        })
        .collect()
}

/// The words that the text spells out, and how many letters that are; `None` when it spells out others.
fn find(text: &str, letters: &[(char, usize)], words: &[WordSpan]) -> Option<(Vec<CueWord>, usize)> {
    let mut found: Vec<CueWord> = Vec::new();
    let mut last = None;
    let mut count = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| is_letter(*c)) {
        let &(expected, word) = letters.get(count)?;
        if expected != c {
            return None;
        }
        count += 1;
        let end = at + c.len_utf8();
        match found.last_mut() {
            Some(open) if last == Some(word) => open.range.end = end,
            _ => found.push(CueWord { range: at..end, start_s: words[word].start_s }),
        }
        last = Some(word);
    }
    Some((found, count))
}

fn is_letter(character: char) -> bool {
    !character.is_whitespace() && !character.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(texts: &[&str]) -> Vec<WordSpan> {
        let word = |(i, text): (usize, &&str)| WordSpan {
            text: (*text).to_owned(),
            start_s: i as f64,
            end_s: i as f64 + 0.9,
        };
        texts.iter().enumerate().map(word).collect()
    }

    fn spelled(cue: &Cue) -> Vec<(&str, f64)> {
        cue.words.iter().map(|word| (&cue.text[word.range.clone()], word.start_s)).collect()
    }

    #[test]
    fn words_are_found_across_lines_and_captions() {
        let first = ["The long".to_owned(), "way round,".to_owned()];
        let second = ["東京に".to_owned()];
        let captions = [(0.0, 4.0, &first[..]), (4.0, 6.0, &second[..])];
        let cues = cues(captions, &words(&["The", "long\nway", "round,", " 東京", "に"]));
        assert_eq!(spelled(&cues[0]), [("The", 0.0), ("long\nway", 1.0), ("round,", 2.0)]);
        assert_eq!(spelled(&cues[1]), [("東京", 3.0), ("に", 4.0)]);
    }

    #[test]
    fn a_word_cut_in_two_captions_is_a_word_of_both() {
        let (first, second) = (["Donaudampf".to_owned()], ["schifffahrt gut".to_owned()]);
        let captions = [(0.0, 0.5, &first[..]), (0.5, 2.0, &second[..])];
        let cues = cues(captions, &words(&["Donaudampfschifffahrt", "gut"]));
        assert_eq!(spelled(&cues[0]), [("Donaudampf", 0.0)]);
        assert_eq!(spelled(&cues[1]), [("schifffahrt", 0.0), ("gut", 1.0)]);
    }

    #[test]
    fn a_caption_of_other_words_has_none_and_those_after_it_have_theirs() {
        let (edited, kept) = (["Somebody changed this".to_owned()], ["was said".to_owned()]);
        let captions = [(0.0, 2.0, &edited[..]), (2.0, 4.0, &kept[..])];
        let cues = cues(captions, &words(&["What", "really", "was", "said"]));
        assert_eq!(spelled(&cues[0]), []);
        assert_eq!(spelled(&cues[1]), [("was", 2.0), ("said", 3.0)]);
    }
}
