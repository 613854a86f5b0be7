//! Uploaded sound to the phonemes a mouth needs, without recognising words.
//!
//! Every 10 ms the sound is measured (`spectrum`) and each of a dozen mouth sounds is scored by what acoustics
//! says of it:
//!
//! - **pause**: the level is near the floor of the recording, or 35 dB below its loud parts;
//! - **vowels** `ɑ æ ɛ i ɔ u ə`: voiced, little hiss, and the first two formants near the centres Peterson and Barney
//!   measured (J. Acoust. Soc. Am. 24, 1952), after dividing the formants by the length of the speaker's vocal tract,
//!   which is told by their medians over the whole clip;
//! - **fricatives** `s ʃ f`: hiss, unvoiced; told apart by the centre of the hiss and by its level;
//! - **murmurs** `m n`: voiced, energy only below 600 Hz, quieter than the vowels beside them; the labial one has the
//!   lower second resonance;
//! - **closures** `p t`: a short hole in the level between sounds. What follows decides: a labial opens with a dull burst, the
//!   others with a bright one.
//!
//! A Viterbi pass then finds the best sequence where each change costs, and what is still too short is merged. The
//! symbols are those the speech network uses, so that a mouth needs one table for both.

mod spectrum;

use rostrum_model::speech::{PhonemeSpan, SAMPLE_RATE};
use spectrum::{Frame, HOP};

/// Mouth sounds told apart.
const SOUNDS: [Sound; 13] = [
    Sound::Pause,
    Sound::Vowel("ɑ", 730.0, 1090.0),
    Sound::Vowel("æ", 660.0, 1720.0),
    Sound::Vowel("ɛ", 530.0, 1840.0),
    Sound::Vowel("i", 270.0, 2290.0),
    Sound::Vowel("ɔ", 570.0, 840.0),
    Sound::Vowel("u", 300.0, 870.0),
    Sound::Vowel("ə", 500.0, 1400.0),
    Sound::Fricative("s", 7000.0, 1600.0),
    Sound::Fricative("ʃ", 4200.0, 1000.0),
    Sound::Breath("f"),
    Sound::Murmur("m", true),
    Sound::Murmur("n", false),
];

/// A mouth sound and what it is told by.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Sound {
    Pause,
    /// Symbol and formant centres of a man's voice, in Hz.
    Vowel(&'static str, f32, f32),
    /// Symbol, centre and spread of the hiss, in Hz.
    Fricative(&'static str, f32, f32),
    /// A weak hiss of any colour.
    Breath(&'static str),
    /// A hum with closed lips (true) or tongue.
    Murmur(&'static str, bool),
}

impl Sound {
    fn symbol(self) -> &'static str {
        match self {
            Self::Pause => "",
            Self::Vowel(symbol, ..)
            | Self::Fricative(symbol, ..)
            | Self::Breath(symbol)
            | Self::Murmur(symbol, _) => symbol,
        }
    }
}

/// Medians of the formants of a man's speech, in Hz; a shorter vocal tract raises both by the same factor.
const MEDIAN_FORMANTS: (f32, f32) = (480.0, 1500.0);
/// Vocal tracts differ by no more than this, from a tall man's to a child's.
const TRACT_RANGE: (f32, f32) = (0.9, 1.35);
/// What a change of sound costs in the Viterbi pass.
const CHANGE_COST: f32 = 3.5;
/// Shortest sound and shortest pause, in frames of 10 ms.
const SHORTEST_SOUND: usize = 3;
const SHORTEST_PAUSE: usize = 4;
/// A hole in the level up to this long is a closure, in frames: longer ones are pauses.
const LONGEST_CLOSURE: usize = 9;
/// A burst whose energy above 1 kHz is centred below this is a labial's, in Hz.
const DULL_BURST: f32 = 3200.0;

/// Phonemes of a sound of 24 kHz, for moving a mouth. The spans cover the sound without gaps; an empty symbol is a
/// pause. Vowels among the loudest of the clip are marked stressed.
pub fn phonemes_from_audio(samples: &[f32]) -> Vec<PhonemeSpan> {
    let frames = spectrum::frames(samples);
    let clip = Clip::of(&frames);
    let mut labels = viterbi(&frames, &clip);
    merge_short(&mut labels);
    let symbols = with_closures(&labels, &frames);
    spans(&symbols, &frames, &clip, samples.len())
}

/// What holds for the whole clip.
struct Clip {
    /// Level of its loud parts, in dBFS.
    loud: f32,
    /// Below this level is silence, in dBFS.
    silent: f32,
    /// By what factor its formants lie above a man's.
    tract: f32,
}

impl Clip {
    fn of(frames: &[Frame]) -> Self {
        let levels = sorted(frames.iter().map(|frame| frame.level_db));
        let loud = quantile(&levels, 0.95, -100.0);
        // The floor is believed only where it is clearly apart from the speech.
        let floor = quantile(&levels, 0.05, -100.0).min(loud - 30.0);
        let silent = (floor + 8.0).max(loud - 35.0).max(-75.0);
        let voiced: Vec<&Frame> = frames
            .iter()
            .filter(|frame| frame.voicing > 0.7 && frame.level_db > loud - 15.0 && frame.hiss < 0.2)
            .collect();
        let median = |values: Vec<f32>, otherwise| quantile(&sorted(values.into_iter()), 0.5, otherwise);
        let first = median(voiced.iter().map(|frame| frame.formants.0).collect(), MEDIAN_FORMANTS.0);
        let second = median(voiced.iter().map(|frame| frame.formants.1).collect(), MEDIAN_FORMANTS.1);
        let tract = (first / MEDIAN_FORMANTS.0 * second / MEDIAN_FORMANTS.1).sqrt();
        Self { loud, silent, tract: tract.clamp(TRACT_RANGE.0, TRACT_RANGE.1) }
    }
}

fn sorted(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut values: Vec<f32> = values.collect();
    values.sort_by(f32::total_cmp);
    values
}

fn quantile(sorted: &[f32], share: f32, otherwise: f32) -> f32 {
    sorted.get(((sorted.len() as f32 - 1.0) * share).max(0.0) as usize).copied().unwrap_or(otherwise)
}

/// How well a sound fits a frame; the unit is about a natural logarithm of odds.
fn score(sound: Sound, frame: &Frame, dip: f32, clip: &Clip) -> f32 {
    let below = frame.level_db - clip.loud;
    let audible = ((frame.level_db - clip.silent) / 2.0).clamp(-8.0, 4.0);
    let voiced = ((frame.voicing - 0.45) * 8.0).clamp(-4.0, 2.0);
    let hissing = ((frame.hiss - 0.35) * 12.0).clamp(-5.0, 4.0);
    let open = ((frame.mid_db - clip.loud + 28.0) / 4.0).clamp(-4.0, 2.0);
    match sound {
        Sound::Pause => -audible,
        Sound::Vowel(_, first, second) => {
            let distance = |formant: f32, centre: f32, spread: f32| {
                ((formant / clip.tract / centre).ln() / spread).powi(2)
            };
            let far =
                0.5 * (distance(frame.formants.0, first, 0.22) + distance(frame.formants.1, second, 0.18));
            voiced + ((below + 20.0) / 4.0).clamp(-4.0, 2.0) + open - hissing.max(0.0) - far.min(4.0)
        }
        Sound::Fricative(_, centre, spread) => {
            let loud = ((below + 17.0) / 3.0).clamp(-3.0, 0.5);
            let off = 0.5 * ((frame.centroid - centre) / spread).powi(2).min(8.0);
            hissing - voiced / 2.0 + audible.min(2.0) + loud - off
        }
        Sound::Breath(_) => {
            hissing.min(2.0) - voiced / 2.0 + audible.min(2.0) + ((-15.0 - below) / 3.0).clamp(-4.0, 1.5)
        }
        Sound::Murmur(_, labial) => {
            let locus = ((1650.0 * clip.tract - frame.formants.1) / 200.0).clamp(-1.0, 1.0);
            let quieter = ((dip - 4.0) / 2.0).clamp(-3.0, 1.5);
            let closed = (-open).max(-3.0);
            voiced + closed + quieter + audible.min(0.5) + if labial { locus } else { -locus }
                - hissing.max(0.0)
        }
    }
}

/// The best sequence of sounds, as indices into [`SOUNDS`].
fn viterbi(frames: &[Frame], clip: &Clip) -> Vec<usize> {
    /// Frames to each side whose loudest the level is compared with.
    const NEIGHBOURHOOD: usize = 12;
    let mut best = [0.0f32; SOUNDS.len()];
    let mut came_from: Vec<[u8; SOUNDS.len()]> = Vec::with_capacity(frames.len());
    for (at, frame) in frames.iter().enumerate() {
        let around = &frames[at.saturating_sub(NEIGHBOURHOOD)..(at + NEIGHBOURHOOD + 1).min(frames.len())];
        let loudest = around.iter().map(|frame| frame.level_db).fold(f32::MIN, f32::max);
        let leader = (0..SOUNDS.len()).max_by(|a, b| best[*a].total_cmp(&best[*b])).unwrap_or(0);
        let mut from = [0u8; SOUNDS.len()];
        let mut now = [0.0f32; SOUNDS.len()];
        for (index, sound) in SOUNDS.into_iter().enumerate() {
            let stays = best[index] >= best[leader] - CHANGE_COST;
            from[index] = if stays { index } else { leader } as u8;
            let before = if stays { best[index] } else { best[leader] - CHANGE_COST };
            now[index] = before + score(sound, frame, loudest - frame.level_db, clip);
        }
        // Only differences matter; this keeps an hour of sound within the numbers' precision.
        best = now.map(|value| value - now[0]);
        came_from.push(from);
    }
    let mut label = (0..SOUNDS.len()).max_by(|a, b| best[*a].total_cmp(&best[*b])).unwrap_or(0);
    let mut labels = vec![0; frames.len()];
    for (at, from) in came_from.iter().enumerate().rev() {
        labels[at] = label;
        label = usize::from(from[label]);
    }
    labels
}

/// Gives runs that are too short to be seen to the run before them, or behind them at the start.
fn merge_short(labels: &mut [usize]) {
    let mut start = 0;
    while start < labels.len() {
        let label = labels[start];
        let end = start + labels[start..].iter().take_while(|other| **other == label).count();
        let shortest = if SOUNDS[label] == Sound::Pause { SHORTEST_PAUSE } else { SHORTEST_SOUND };
        if end - start < shortest {
            let neighbour =
                if start > 0 { labels[start - 1] } else { labels.get(end).copied().unwrap_or(label) };
            labels[start..end].fill(neighbour);
        }
        start = end;
    }
}

/// Symbols frame by frame, where short holes between sounds have become closures.
fn with_closures(labels: &[usize], frames: &[Frame]) -> Vec<&'static str> {
    let mut symbols: Vec<&'static str> = labels.iter().map(|label| SOUNDS[*label].symbol()).collect();
    let mut start = 0;
    while start < symbols.len() {
        let length = symbols[start..].iter().take_while(|symbol| **symbol == symbols[start]).count();
        let end = start + length;
        if symbols[start].is_empty() && start > 0 && end < symbols.len() && length <= LONGEST_CLOSURE {
            let burst = &frames[end..(end + 2).min(frames.len())];
            let centroid = burst.iter().map(|frame| frame.centroid).sum::<f32>() / burst.len() as f32;
            symbols[start..end].fill(if centroid < DULL_BURST { "p" } else { "t" });
        }
        start = end;
    }
    symbols
}

fn spans(symbols: &[&'static str], frames: &[Frame], clip: &Clip, samples: usize) -> Vec<PhonemeSpan> {
    /// Vowels this near the loud parts of the clip count as stressed, in dB.
    const STRESSED: f32 = 4.0;
    let seconds = |frame: usize| (frame * HOP).min(samples) as f64 / f64::from(SAMPLE_RATE);
    let mut spans = Vec::new();
    let mut start = 0;
    while start < symbols.len() {
        let end = start + symbols[start..].iter().take_while(|symbol| **symbol == symbols[start]).count();
        let loudest = frames[start..end].iter().map(|frame| frame.level_db).fold(f32::MIN, f32::max);
        let vowel =
            SOUNDS.iter().any(|sound| matches!(sound, Sound::Vowel(symbol, ..) if *symbol == symbols[start]));
        spans.push(PhonemeSpan {
            symbol: symbols[start].to_owned(),
            start_s: seconds(start),
            end_s: seconds(end),
            stressed: vowel && loudest > clip.loud - STRESSED,
        });
        start = end;
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_one_pause_and_nothing_is_nothing() {
        assert!(phonemes_from_audio(&[]).is_empty());
        let spans = phonemes_from_audio(&vec![0.0; 24_100]);
        assert_eq!(spans.len(), 1);
        assert!(spans[0].symbol.is_empty());
        assert_eq!(spans[0].end_s, 24_100.0 / 24_000.0);
    }

    #[test]
    fn noise_and_broken_numbers_are_covered_without_gaps() {
        let mut state = 1u32;
        let mut samples: Vec<f32> = (0..20_001)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / 8_388_608.0 - 1.0
            })
            .collect();
        samples[7_000..9_000].fill(f32::NAN);
        samples[9_000] = f32::INFINITY;
        let spans = phonemes_from_audio(&samples);
        assert_eq!(spans[0].start_s, 0.0);
        assert!(spans.windows(2).all(|pair| pair[0].end_s == pair[1].start_s));
        assert_eq!(spans.last().unwrap().end_s, 20_001.0 / 24_000.0);
    }
}
