//! Writes down what is said in WAV files of 16 kHz, and when: `recognise MODELS THREADS FILE...`
use std::time::Instant;

use rostrum_recognition::{Recogniser, SAMPLE_RATE};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [models, threads, files @ ..] = arguments.as_slice() else {
        return Err("usage: recognise MODELS THREADS FILE...".into());
    };
    let recogniser = Recogniser::load(models.as_ref(), threads.parse()?)?;
    let (mut spent, mut heard) = (0.0, 0.0);
    for file in files {
        let mut reader = hound::WavReader::open(file)?;
        if reader.spec().sample_rate != SAMPLE_RATE || reader.spec().channels != 1 {
            return Err(format!("{file}: not {SAMPLE_RATE} Hz mono").into());
        }
        let samples = reader.samples::<i16>().map(|sample| sample.map(|sample| f32::from(sample) / 32768.0));
        let samples = samples.collect::<Result<Vec<_>, _>>()?;
        let start = Instant::now();
        let transcript = recogniser.recognise(&samples, None)?;
        spent += start.elapsed().as_secs_f64();
        heard += samples.len() as f64 / f64::from(SAMPLE_RATE);
        let language = transcript.language.as_deref().unwrap_or("none");
        println!("{file}\t{language} {:.2}\t{}", transcript.language_probability, transcript.text());
        for word in transcript.words() {
            println!("  {:.2}-{:.2} {}", word.start_s, word.end_s, word.text);
        }
    }
    eprintln!("{spent:.2} s for {heard:.2} s of sound: {:.3}", spent / heard);
    Ok(())
}
