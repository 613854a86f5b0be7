//! Measures how the voices sound: `measure_voices MODELS_DIR`. Prints for each the median of its pitch in Hz, the spread of
//! its pitch in semitones, the centre of its spectrum in Hz and its pace in words per minute: what the table of voice
//! design is written from.

use std::error::Error;
use std::path::Path;

use rostrum_model::speech::SAMPLE_RATE;
use rostrum_speech::{SpeechEngine, VOICES};

const TEXT: &str = "The harbour opens early on Sunday morning. Would you like to come along and see the boats? We could \
                    have breakfast by the water, and be home before the rain.";
/// 40 ms and 10 ms.
const FRAME: usize = 960;
const HOP: usize = 240;

fn main() -> Result<(), Box<dyn Error>> {
    let models = std::env::args().nth(1).ok_or("usage: measure_voices MODELS_DIR")?;
    let engine = SpeechEngine::load(Path::new(&models), 2)?;
    for voice in VOICES.iter().filter(|voice| voice.language == "English") {
        let track = engine.speak(TEXT, voice.id, 1.0)?.track;
        let pitches = pitches(&track.samples);
        let mut sorted = pitches.clone();
        sorted.sort_by(f32::total_cmp);
        let median = sorted[sorted.len() / 2];
        let (low, high) = (sorted[sorted.len() / 10], sorted[sorted.len() * 9 / 10]);
        let spread = 12.0 * (high / low).log2();
        let spoken_s = track.words.iter().map(|word| word.end_s - word.start_s).sum::<f64>();
        let pace = track.words.len() as f64 / spoken_s * 60.0;
        println!("(\"{}\", {median:.0}, {spread:.1}, {:.0}, {pace:.0}),", voice.id, centre(&track.samples));
    }
    Ok(())
}

/// The pitch of each voiced frame, by the highest peak of the normalised autocorrelation between 60 and 400 Hz.
fn pitches(samples: &[f32]) -> Vec<f32> {
    let loudest = samples.chunks(FRAME).map(energy).fold(0.0, f32::max);
    let mut found = Vec::new();
    for start in (0..samples.len().saturating_sub(2 * FRAME)).step_by(HOP) {
        let frame = &samples[start..start + FRAME];
        if energy(frame) < loudest * 0.02 {
            continue;
        }
        let (shortest, longest) = (SAMPLE_RATE as usize / 400, SAMPLE_RATE as usize / 60);
        let similar = |lag: usize| {
            let later = &samples[start + lag..start + lag + FRAME];
            let dot: f32 = frame.iter().zip(later).map(|(a, b)| a * b).sum();
            dot / (energy(frame) * energy(later)).sqrt().max(1e-9)
        };
        let all: Vec<f32> = (shortest..=longest).map(similar).collect();
        let best = all.iter().copied().fold(0.0, f32::max);
        // The first peak nearly as high as the highest, so that no octave is lost.
        let first = (1..all.len() - 1)
            .find(|i| all[*i] > best * 0.9 && all[*i] >= all[i - 1] && all[*i] >= all[i + 1]);
        if best > 0.6
            && let Some(index) = first
        {
            found.push(SAMPLE_RATE as f32 / (index + shortest) as f32);
        }
    }
    found
}

fn energy(frame: &[f32]) -> f32 {
    frame.iter().map(|sample| sample * sample).sum()
}

/// The centre of the spectrum of the whole sound, in Hz: from the energy of the difference of neighbouring samples.
fn centre(samples: &[f32]) -> f32 {
    let change: f32 = samples.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum();
    let ratio = (change / energy(samples).max(1e-9)).sqrt() / 2.0;
    ratio.clamp(0.0, 1.0).asin() * SAMPLE_RATE as f32 / std::f32::consts::PI
}
