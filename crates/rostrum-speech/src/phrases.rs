//! Sounds to runs of the network: phrases that fit it, and the pauses between them.

use crate::kokoro::MAX_TOKENS;
use crate::phonemes::{Sound, Unit};
use crate::text::Manner;

/// Sentences are put together for the Kokoro network up to this many symbols, about 10 s: longer runs sound no better and
/// need more memory.
pub(crate) const COMFORTABLE_SYMBOLS: usize = 150;
/// Longer sentences are cut at a clause; a run of this length needs about 700 MiB.
const LONGEST_SENTENCE: usize = 240;

/// Silence between sounds at a cut behind this mark, in seconds at speed 1.
pub(crate) fn pause_behind(mark: Option<char>) -> f64 {
    match mark {
        Some('.' | '!' | '?' | '…') => 0.40,
        Some(';' | ':' | '—') => 0.28,
        Some(',') => 0.20,
        _ => 0.04,
    }
}

/// What the network sounds in one run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Phrase {
    /// Symbols with the written word each belongs to; spaces and marks belong to none.
    pub(crate) symbols: Vec<(char, Option<usize>)>,
    /// Silence before its first sound, in seconds; only what break tags ask for.
    pub(crate) break_before_s: f64,
    /// Silence behind its last sound, in seconds, unless it is the last phrase.
    pub(crate) pause_after_s: f64,
    /// Silence behind its last sound that break tags ask for, in seconds; kept even at the end.
    pub(crate) break_after_s: f64,
    /// How it is spoken.
    pub(crate) manner: Manner,
}

/// Cuts sounds into phrases: sentences, put together up to `together` symbols. No phrase is empty or longer than a network
/// allows.
pub(crate) fn phrases(units: &[Unit], speed: f32, together: usize) -> Vec<Phrase> {
    let mut cutter = Cutter { speed, manner: Manner::default(), break_before_s: 0.0, phrases: Vec::new() };
    let mut open: Vec<&Sound> = Vec::new();
    let mut sentence: Vec<&Sound> = Vec::new();
    for unit in units {
        match unit {
            Unit::Sound(sound) => {
                sentence.push(sound);
                if matches!(sound.mark, Some('.' | '!' | '?')) {
                    if !open.is_empty() && length(&open) + length(&sentence) > together {
                        cutter.close(&mut open, '.');
                    }
                    open.append(&mut sentence);
                }
            }
            Unit::Break(seconds) => {
                open.append(&mut sentence);
                cutter.close(&mut open, '.');
                match cutter.phrases.last_mut() {
                    Some(last) => last.break_after_s += seconds,
                    None => cutter.break_before_s += seconds,
                }
            }
            Unit::Manner(manner) if *manner == cutter.manner => {}
            Unit::Manner(manner) => {
                open.append(&mut sentence);
                // The sentence goes on.
                cutter.close(&mut open, ',');
                cutter.manner = *manner;
            }
        }
    }
    if !open.is_empty() && length(&open) + length(&sentence) > together {
        cutter.close(&mut open, '.');
    }
    open.append(&mut sentence);
    cutter.close(&mut open, '.');
    cutter.phrases
}

/// Makes phrases.
struct Cutter {
    speed: f32,
    manner: Manner,
    /// Owed to the first phrase.
    break_before_s: f64,
    phrases: Vec<Phrase>,
}

impl Cutter {
    /// Makes phrases of the open sounds: one, or several where they are too many. Without a mark of their own they end
    /// like those with `ending`.
    fn close(&mut self, open: &mut Vec<&Sound>, ending: char) {
        let sounds = std::mem::take(open);
        let mut rest = sounds.as_slice();
        while !rest.is_empty() {
            let (now, later) = rest.split_at(fitting(rest));
            rest = later;
            let mark = now.last().and_then(|sound| sound.mark);
            let symbols = symbols(now, ending);
            let chunks = symbols.chunks(MAX_TOKENS);
            let last_chunk = chunks.len() - 1;
            for (position, chunk) in chunks.enumerate() {
                let pause = if position == last_chunk { pause_behind(mark) } else { 0.0 };
                self.phrases.push(Phrase {
                    symbols: chunk.to_vec(),
                    break_before_s: std::mem::take(&mut self.break_before_s),
                    pause_after_s: pause / f64::from(self.speed * self.manner.rate),
                    break_after_s: 0.0,
                    manner: self.manner,
                });
            }
        }
    }
}

/// Symbols of a run of sounds, with their marks and the spaces between.
fn length(sounds: &[&Sound]) -> usize {
    sounds.iter().map(|sound| sound.symbols.chars().count() + 2).sum()
}

/// How many of the sounds go into the next phrase: all, or up to the last clause, or up to the last word that fits.
fn fitting(sounds: &[&Sound]) -> usize {
    if length(sounds) <= LONGEST_SENTENCE {
        return sounds.len();
    }
    let mut symbols = 0;
    let (mut words, mut clause, mut sentence) = (0, 0, 0);
    for (position, sound) in sounds.iter().enumerate() {
        symbols += sound.symbols.chars().count() + 2;
        if symbols > LONGEST_SENTENCE {
            break;
        }
        words = position + 1;
        match sound.mark {
            Some('.' | '!' | '?') => sentence = words,
            Some(_) => clause = words,
            None => {}
        }
    }
    [sentence, clause, words].into_iter().find(|count| *count > 0).unwrap_or(1)
}

fn symbols(sounds: &[&Sound], ending: char) -> Vec<(char, Option<usize>)> {
    let mut symbols = Vec::new();
    for (position, sound) in sounds.iter().enumerate() {
        if position > 0 && !sound.joined {
            symbols.push((' ', None));
        }
        symbols.extend(sound.symbols.chars().map(|symbol| (symbol, Some(sound.written))));
        symbols.extend(sound.mark.map(|mark| (mark, None)));
    }
    if sounds.last().is_some_and(|sound| sound.mark.is_none()) && symbols.len() < MAX_TOKENS {
        // Without an ending mark the voice stops as if interrupted.
        symbols.push((ending, None));
    }
    symbols
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(symbols: &str, mark: Option<char>) -> Unit {
        Unit::Sound(Sound { symbols: symbols.into(), written: 0, mark, joined: false })
    }

    #[test]
    fn no_phrase_is_longer_than_the_network_allows_and_none_is_empty() {
        for (count, mark) in [(1, None), (1000, None), (1000, Some(',')), (1000, Some('.')), (3, Some('!'))] {
            let units: Vec<Unit> = (0..count).map(|_| sound("bɪɡ", mark)).collect();
            let phrases = phrases(&units, 1.0, COMFORTABLE_SYMBOLS);
            assert!(phrases.iter().all(|phrase| (1..=MAX_TOKENS).contains(&phrase.symbols.len())));
            let sounded =
                phrases.iter().flat_map(|phrase| &phrase.symbols).filter(|(_, word)| word.is_some()).count();
            assert_eq!(sounded, 3 * count);
        }
        let phrases = phrases(&[sound(&"ə".repeat(2000), None)], 1.0, COMFORTABLE_SYMBOLS);
        assert_eq!(
            phrases.iter().map(|phrase| phrase.symbols.len()).collect::<Vec<_>>(),
            [510, 510, 510, 470]
        );
    }

    #[test]
    fn breaks_cut_phrases_and_add_up() {
        let units = [
            Unit::Break(0.5),
            sound("wʌn", None),
            Unit::Break(1.0),
            Unit::Break(0.5),
            sound("tu", Some('.')),
        ];
        let phrases = phrases(&units, 1.0, COMFORTABLE_SYMBOLS);
        assert_eq!(phrases.len(), 2);
        assert_eq!((phrases[0].break_before_s, phrases[0].break_after_s), (0.5, 1.5));
        assert_eq!((phrases[1].break_before_s, phrases[1].break_after_s), (0.0, 0.0));
    }

    #[test]
    fn another_manner_begins_another_phrase() {
        let slow = Manner { rate: 0.5, gain_db: 3.0, ..Manner::default() };
        let units = [
            sound("wʌn", None),
            Unit::Manner(Manner::default()),
            sound("tu", None),
            Unit::Manner(slow),
            sound("θɹi", Some('.')),
            Unit::Manner(Manner::default()),
        ];
        let phrases = phrases(&units, 1.0, COMFORTABLE_SYMBOLS);
        let manners: Vec<Manner> = phrases.iter().map(|phrase| phrase.manner).collect();
        assert_eq!(manners, [Manner::default(), slow]);
        assert_eq!(phrases[0].symbols.last(), Some(&(',', None)));
        assert_eq!(phrases[1].pause_after_s, 0.8);
    }

    #[test]
    fn words_said_in_one_have_no_space_between_them() {
        let joined = Unit::Sound(Sound { symbols: "i".into(), written: 1, mark: None, joined: true });
        let phrases = phrases(&[sound("ɛt", None), joined, sound("la", None)], 1.0, COMFORTABLE_SYMBOLS);
        let symbols: String = phrases[0].symbols.iter().map(|(symbol, _)| *symbol).collect();
        assert_eq!(symbols, "ɛti la.");
    }

    #[test]
    fn a_long_sentence_is_cut_at_a_clause() {
        let mut units: Vec<Unit> = (0..40).map(|_| sound("bɪɡ", None)).collect();
        units.push(sound("dɔɡ", Some(',')));
        units.extend((0..40).map(|_| sound("bɪɡ", None)));
        let phrases = phrases(&units, 1.0, COMFORTABLE_SYMBOLS);
        assert_eq!(phrases.len(), 2);
        assert_eq!(phrases[0].symbols.last(), Some(&(',', None)));
        assert_eq!(phrases[0].pause_after_s, 0.20);
    }
}
