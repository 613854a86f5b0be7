//! Speaks a text into a WAV file: `speak MODELS_DIR VOICE OUT.wav TEXT...`, or `speak MODELS_DIR VOICE OUT_DIR @FILE` to speak
//! each line of a file into `00.wav`, `01.wav`, … Prints times and the real-time factor; with `OUT.wav` the track is also
//! written beside it as JSON.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use rostrum_model::speech::SAMPLE_RATE;
use rostrum_speech::{Espeak, Mecab, SpeechEngine};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [models, voice, out, text @ ..] = arguments.as_slice() else {
        return Err(
            "usage: speak MODELS_DIR VOICE OUT.wav TEXT... | speak MODELS_DIR VOICE OUT_DIR @FILE".into()
        );
    };
    match Espeak::open(Path::new("espeak-ng")) {
        Ok(program) => rostrum_speech::espeak::install(program),
        Err(error) => println!("in English, Mandarin and Japanese alone, for {error}"),
    }
    match Mecab::open(Path::new("mecab")) {
        Ok(program) => rostrum_speech::japanese::install(program),
        Err(error) => println!("not in Japanese, for {error}"),
    }
    for refused in rostrum_speech::piper::install(Path::new(models)).1 {
        println!("{}: {}", refused.file.display(), refused.why);
    }
    let loading = Instant::now();
    let engine = SpeechEngine::load(Path::new(models), 2)?;
    println!("loaded in {:.2} s", loading.elapsed().as_secs_f64());
    let text = text.join(" ");
    let Some(file) = text.strip_prefix('@') else {
        let (speech, _) = speak(&engine, &text, voice, Path::new(out))?;
        for word in &speech.track.words {
            println!("{:7.3} {:7.3}  {}", word.start_s, word.end_s, word.text);
        }
        let sounds: Vec<_> = speech.track.phonemes.iter().map(|sound| sound.symbol.as_str()).collect();
        println!("{}", sounds.join(" "));
        std::fs::write(Path::new(out).with_extension("json"), serde_json::to_vec(&speech.track)?)?;
        return Ok(());
    };
    let (mut computed, mut spoken) = (0.0, 0.0);
    for (index, line) in
        std::fs::read_to_string(file)?.lines().filter(|line| !line.trim().is_empty()).enumerate()
    {
        let path = Path::new(out).join(format!("{index:02}.wav"));
        let (speech, seconds) = speak(&engine, line, voice, &path)?;
        computed += seconds;
        spoken += speech.track.duration_s();
    }
    println!("{spoken:.1} s of speech in {computed:.1} s, real-time factor {:.3}", computed / spoken);
    Ok(())
}

fn speak(
    engine: &SpeechEngine,
    text: &str,
    voice: &str,
    path: &Path,
) -> Result<(rostrum_speech::Speech, f64), Box<dyn Error>> {
    let started = Instant::now();
    let speech = engine.speak(text, voice, 1.0)?;
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{}: {:.2} s in {seconds:.2} s, unspoken {:?}",
        path.display(),
        speech.track.duration_s(),
        speech.unspoken_words
    );
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: SAMPLE_RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(path, spec)?;
    for sample in &speech.track.samples {
        wav.write_sample((sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16)?;
    }
    wav.finalize()?;
    Ok((speech, seconds))
}
