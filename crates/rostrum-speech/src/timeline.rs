//! When each sound is heard: durations of the network to spans on the samples.
//!
//! All borders are sample numbers, so spans join without gaps. Marks of stress and length have durations of their own
//! in the network; they go to the sound beside them. So do spaces and punctuation, unless it is quiet there.

use std::ops::Range;

use crate::phonemes::is_phoneme;

/// Length of the pieces whose loudness decides what is quiet: 10 ms.
const QUIET_STEP: usize = 240;
/// Quiet is what lies this far below the level of the phrase's sounds: 32 dB.
const QUIET_RATIO: f32 = 0.025;
/// What a sound keeps of its time when the rest is quiet: 30 ms; a plosive 60 ms, as its closure is part of it.
const SHORTEST_SOUND: usize = 720;
const SHORTEST_PLOSIVE: usize = 1440;
/// Quiet shorter than this between two sounds is part of them: 40 ms.
const SHORTEST_PAUSE: usize = 960;

/// What a network makes of a run of symbols.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Utterance {
    /// Mono samples at [`SAMPLE_RATE`](rostrum_model::speech::SAMPLE_RATE), not limited to -1..1.
    pub(crate) samples: Vec<f32>,
    /// Length of each symbol, in samples, the pads at both ends included.
    pub(crate) lengths: Vec<usize>,
    /// How long before the lengths say so its sounds are heard, in samples.
    pub(crate) heard_earlier: usize,
}

/// A sound and when it is heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// The symbol; `None` is a pause.
    pub(crate) symbol: Option<char>,
    /// Whether a stress mark stood before this vowel.
    pub(crate) stressed: bool,
    /// The written word it belongs to.
    pub(crate) written: Option<usize>,
    /// Where it lies, in samples of the phrase.
    pub(crate) samples: Range<usize>,
}

/// Lays the symbols of a phrase over its samples. The spans begin with the first sound and end with the last one; they
/// join without gaps. Empty when there is no sound in the phrase.
pub(crate) fn spans(symbols: &[(char, Option<usize>)], utterance: &Utterance) -> Vec<Span> {
    let mut sounds = sounds(symbols, utterance);
    let (Some(first), Some(last)) = (sounds.first(), sounds.last()) else { return sounds };
    let loud = Loudness::of(&utterance.samples, first.samples.start..last.samples.end);
    let mut spans: Vec<Span> = Vec::new();
    // What is heard in the pads at both ends belongs to the sounds there.
    let lead = 0..first.samples.start;
    let heard_from = loud.quiet(&lead).map_or(lead.end, |quiet| quiet.end);
    let heard_to = match loud.fades_at(last) {
        Some(end) => end,
        None => loud.first_quiet(&(last.samples.end..utterance.samples.len())),
    };
    if let Some(first) = sounds.first_mut() {
        first.samples.start = heard_from;
    }
    if let Some(last) = sounds.last_mut() {
        last.samples.end = heard_to;
    }
    for mut span in sounds {
        if let Some(before) = spans.last_mut() {
            let silent_from =
                (before.samples.end < span.samples.start).then(|| loud.fades_at(before)).flatten();
            let gap = silent_from.unwrap_or(before.samples.end)..span.samples.start;
            match loud.quiet(&gap).filter(|quiet| quiet.len() >= SHORTEST_PAUSE) {
                Some(quiet) => {
                    before.samples.end = quiet.start;
                    span.samples.start = quiet.end;
                    spans.push(Span { symbol: None, stressed: false, written: None, samples: quiet });
                }
                None => before.samples.end = gap.end,
            }
        }
        spans.push(span);
    }
    spans
}

/// The sounds alone, marks of stress and length folded in, with gaps where spaces and punctuation are.
fn sounds(symbols: &[(char, Option<usize>)], utterance: &Utterance) -> Vec<Span> {
    let mut sounds: Vec<Span> = Vec::new();
    let lengths = &utterance.lengths;
    let mut at = lengths.first().copied().unwrap_or(0).saturating_sub(utterance.heard_earlier);
    let mut mark_start = None;
    let mut stress = false;
    for ((symbol, written), length) in symbols.iter().zip(lengths.iter().skip(1)) {
        let start = at;
        at += length;
        if matches!(symbol, 'ˈ' | 'ˌ') {
            mark_start.get_or_insert(start);
            stress = true;
        } else if is_phoneme(*symbol) {
            let vowel = is_vowel(*symbol);
            sounds.push(Span {
                symbol: Some(*symbol),
                stressed: vowel && stress,
                written: *written,
                samples: mark_start.take().unwrap_or(start)..at,
            });
            stress &= !vowel;
        } else if written.is_some()
            && let Some(last) = sounds.last_mut()
        {
            last.samples.end = at;
        }
    }
    sounds
}

/// Whether the symbol is a vowel or a diphthong.
pub(crate) fn is_vowel(symbol: char) -> bool {
    "AIOQWYaeiouyæɑɐɒɔəɚɛɜɘɞɨɪɯøœɶɵʉʏʊʌɤᵊᵻ".contains(symbol)
}

/// Level of the sound in steps of 10 ms.
struct Loudness {
    steps: Vec<f32>,
    threshold: f32,
}

impl Loudness {
    fn of(samples: &[f32], sounding: Range<usize>) -> Self {
        let level =
            |part: &[f32]| (part.iter().map(|x| x * x).sum::<f32>() / part.len().max(1) as f32).sqrt();
        let steps = samples.chunks(QUIET_STEP).map(level).collect();
        Self { steps, threshold: QUIET_RATIO * level(&samples[sounding]) }
    }

    fn quiet_steps(&self, range: &Range<usize>) -> impl DoubleEndedIterator<Item = usize> {
        // Only steps that lie wholly inside: ranges of the network are multiples of 25 ms, steps of 10 ms.
        let (first, end) = (range.start.div_ceil(QUIET_STEP), range.end / QUIET_STEP);
        (first..end.max(first)).filter(|step| self.steps[*step] < self.threshold)
    }

    /// Where a sound that is quiet at its end was last loud; nothing when it is loud to its end. The network lets the
    /// last sound of a clause run on into the silence behind it.
    fn fades_at(&self, span: &Span) -> Option<usize> {
        let plosive = span.symbol.is_some_and(|symbol| "pbtdkɡ".contains(symbol));
        let kept = span.samples.start + if plosive { SHORTEST_PLOSIVE } else { SHORTEST_SOUND };
        let steps = kept.div_ceil(QUIET_STEP)..(span.samples.end / QUIET_STEP).min(self.steps.len());
        let quiet = steps.rev().take_while(|step| self.steps[*step] < self.threshold).last()?;
        Some(quiet * QUIET_STEP)
    }

    /// From the first to the last quiet step inside.
    fn quiet(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let first = self.quiet_steps(range).next()?;
        let last = self.quiet_steps(range).next_back()?;
        Some(first * QUIET_STEP..(last + 1) * QUIET_STEP)
    }

    /// Where the first quiet step inside starts; the end of the range when it is loud throughout.
    fn first_quiet(&self, range: &Range<usize>) -> usize {
        self.quiet_steps(range).next().map_or(range.end, |step| step * QUIET_STEP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEARD_EARLIER: usize = 1320;

    /// Sound that is loud where the ranges, in samples behind the first pad, say; lengths in units of 25 ms.
    fn utterance(lengths: &[usize], loud: &[Range<usize>]) -> Utterance {
        let lengths: Vec<usize> = lengths.iter().map(|length| length * 600).collect();
        let mut samples = vec![0.0; lengths.iter().sum()];
        let first = lengths[0] - HEARD_EARLIER;
        for range in loud {
            samples[first + range.start..first + range.end].fill(0.5);
        }
        Utterance { samples, lengths, heard_earlier: HEARD_EARLIER }
    }

    fn symbols(text: &str) -> Vec<(char, Option<usize>)> {
        text.chars().map(|symbol| (symbol, (symbol != ' ' && symbol != '.').then_some(0))).collect()
    }

    #[test]
    fn marks_of_stress_and_length_belong_to_their_vowel() {
        // pad, b, stress, ɑ, length, pad
        let frames = [5, 1, 1, 2, 1, 5];
        let spans = spans(&symbols("bˈɑː"), &utterance(&frames, &[0..1500, 1500..3000]));
        let got: Vec<_> =
            spans.iter().map(|span| (span.symbol, span.stressed, span.samples.clone())).collect();
        // It begins 55 ms before the 125 ms of the pad are over, and ends with the 10 ms that are still loud.
        assert_eq!(got, [(Some('b'), false, 1680..2280), (Some('ɑ'), true, 2280..4800)]);
    }

    #[test]
    fn a_quiet_space_is_a_pause_and_a_loud_one_is_not() {
        let frames = [5, 2, 2, 2, 5];
        let quiet = spans(&symbols("a i"), &utterance(&frames, &[0..1200, 2400..3600]));
        assert_eq!(quiet.iter().map(|span| span.symbol).collect::<Vec<_>>(), [Some('a'), None, Some('i')]);
        let loud = spans(&symbols("a i"), &utterance(&frames, &[0..1800, 1800..3600]));
        assert_eq!(loud.iter().map(|span| span.symbol).collect::<Vec<_>>(), [Some('a'), Some('i')]);
        for spans in [quiet, loud] {
            assert!(spans.windows(2).all(|pair| pair[0].samples.end == pair[1].samples.start));
        }
    }

    #[test]
    fn punctuation_alone_has_no_spans() {
        assert!(spans(&symbols("."), &utterance(&[5, 1, 1], &[])).is_empty());
    }
}
