//! Where words begin in a run of characters, which is written without spaces: the likeliest row of words.

use super::lexicon::{LONGEST_WORD, Lexicon};

/// A word of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    /// Its characters, simplified.
    pub(super) text: String,
    /// How many they are.
    pub(super) length: usize,
    /// Its part of speech; empty when the dictionary does not have it.
    pub(super) part: &'a str,
}

/// Cuts a run into words, so that the product of how often each is seen is greatest.
pub(super) fn segments<'a>(lexicon: &'a Lexicon, run: &[char]) -> Vec<Segment<'a>> {
    // The best way from each place to the end: how likely it is (logarithm), and where its first word ends.
    let mut best: Vec<(f64, usize, &str)> = vec![(0.0, run.len(), ""); run.len() + 1];
    for start in (0..run.len()).rev() {
        let mut word = String::new();
        let mut ways: Vec<(f64, usize, &str)> = Vec::new();
        for (end, c) in run.iter().enumerate().skip(start).take(LONGEST_WORD) {
            word.push(*c);
            let (found, goes_on) = lexicon.word(&word);
            // A character by itself is always a way; words never seen count as seen once.
            if found.is_some() || end == start {
                let (count, part) = found.map_or((1, ""), |found| (found.count.max(1), found.part));
                let likely = (f64::from(count) / lexicon.sum).ln() + best[end + 1].0;
                ways.push((likely, end + 1, part));
            }
            if !goes_on {
                break;
            }
        }
        // Of equal ways the longer word.
        if let Some(way) = ways.into_iter().max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))) {
            best[start] = way;
        }
    }
    let mut segments: Vec<Segment<'_>> = Vec::new();
    let mut at = 0;
    while at < run.len() {
        let (_, end, part) = best[at];
        let text: String = run[at..end].iter().collect();
        at = end;
        // A number is one word, with its unit of time.
        if let Some(last) = segments.last_mut().filter(|last| is_number(&last.text))
            && is_number(text.strip_suffix(UNITS_OF_TIME).unwrap_or(&text))
        {
            last.length += text.chars().count();
            last.text.push_str(&text);
            last.part = "m";
            continue;
        }
        segments.push(Segment { length: text.chars().count(), text, part });
    }
    segments
}

/// Units that are said with their number as one word.
const UNITS_OF_TIME: [char; 8] = ['年', '月', '日', '号', '点', '分', '秒', '度'];
/// Longer numbers are several words.
const LONGEST_NUMBER: usize = 6;

fn is_number(text: &str) -> bool {
    text.chars().count() < LONGEST_NUMBER
        && text.chars().all(|c| "零一二三四五六七八九十百千万亿两点幺".contains(c))
}
