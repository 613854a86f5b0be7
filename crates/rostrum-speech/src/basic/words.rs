//! Where the words of a clause lie, found by hearing it with pauses between them.

use std::ops::Range;

/// Samples of 16 bits up to this are silence: the program writes its pauses as zeros.
const SILENCE: u16 = 2;
/// The shortest pause between words is this many times longer than any silence inside one, or they are not told apart.
const CLEARLY_LONGER: f64 = 1.2;

/// The samples from the first sound to the last one.
pub(super) fn sounding(samples: &[i16]) -> Vec<i16> {
    let loud = |sample: &i16| sample.unsigned_abs() > SILENCE;
    let first = samples.iter().position(loud).unwrap_or(0);
    let last = samples.iter().rposition(loud).map_or(0, |last| last + 1);
    samples.get(first..last).unwrap_or_default().to_vec()
}

/// The longest closure of a plosive; silence beyond it stays with the word before: 60 ms.
const LONGEST_CLOSURE: usize = 1323;

/// The places of `count` words in the same clause sounded without pauses, `heard_samples` long; `apart` is it with them.
/// Nothing when the pauses cannot be told from silences inside of words.
pub(super) fn tokens(apart: &[i16], count: usize, heard_samples: usize) -> Option<Vec<Range<usize>>> {
    let mut silences = silences(apart);
    silences.sort_by_key(|silence| std::cmp::Reverse(silence.len()));
    let shortest_pause = silences.get(count.checked_sub(2)?)?.len();
    let longest_inside = silences.get(count - 1).map_or(0, ExactSizeIterator::len);
    if (shortest_pause as f64) < CLEARLY_LONGER * longest_inside as f64 {
        return None;
    }
    let mut pauses = silences[..count - 1].to_vec();
    pauses.sort_by_key(|pause| pause.start);
    // What a pause lasts longer than the shortest one is the closure of a plosive, which belongs to its word.
    let mut starts = vec![0];
    let mut removed = 0;
    for pause in &pauses {
        removed += shortest_pause;
        starts.push(pause.end - removed - (pause.len() - shortest_pause).min(LONGEST_CLOSURE));
    }
    let scale = heard_samples as f64 / (apart.len() - removed) as f64;
    let mut borders: Vec<usize> =
        starts.iter().map(|start| (*start as f64 * scale).round() as usize).collect();
    borders.push(heard_samples);
    Some(borders.windows(2).map(|pair| pair[0]..pair[1]).collect())
}

/// Silences of any length between sounds.
fn silences(samples: &[i16]) -> Vec<Range<usize>> {
    let mut silences = Vec::new();
    let mut start = None;
    for (at, sample) in samples.iter().enumerate() {
        if sample.unsigned_abs() <= SILENCE {
            start.get_or_insert(at);
        } else if let Some(start) = start.take() {
            silences.push(start..at);
        }
    }
    silences
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(lengths: &[(usize, bool)]) -> Vec<i16> {
        lengths
            .iter()
            .flat_map(|(length, loud)| std::iter::repeat_n(if *loud { 900 } else { 0 }, *length))
            .collect()
    }

    #[test]
    fn words_lie_between_the_long_silences() {
        // Two words; the first has a silence inside, the second begins with a closure of 50.
        let apart = sound(&[(100, true), (60, false), (100, true), (500, false), (300, true)]);
        assert_eq!(tokens(&apart, 2, 560), Some(vec![0..260, 260..560]));
        let apart = sound(&[(100, true), (500, false), (100, true), (550, false), (300, true)]);
        assert_eq!(tokens(&apart, 3, 550), Some(vec![0..100, 100..200, 200..550]));
    }

    #[test]
    fn pauses_that_are_no_longer_than_other_silences_tell_nothing() {
        let apart = sound(&[(100, true), (500, false), (100, true), (500, false), (300, true)]);
        assert_eq!(tokens(&apart, 2, 1000), None);
        assert_eq!(tokens(&apart, 4, 1000), None);
    }

    #[test]
    fn silence_around_the_sound_is_cut_off() {
        assert_eq!(sounding(&sound(&[(10, false), (5, true), (3, false), (5, true), (10, false)])).len(), 13);
        assert!(sounding(&[0, 0]).is_empty());
    }
}
