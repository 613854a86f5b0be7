//! The program espeak-ng, run as a process of its own: it reads texts of many languages and sounds them plainly.
//!
//! It is asked for whole texts, one line a clause, and never for single words. Texts are hostile: they go in on its
//! standard input, what comes back is bounded, and a run that takes too long is ended.

mod align;
mod ipa;
mod pronounce;
mod script;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::error::SpeechError;
use crate::process::{Call, in_path};
pub(crate) use align::Part;
pub(crate) use pronounce::{Clause, EspeakFallback, Item, items, pronounce, say, unspoken};
pub(crate) use script::{is_foreign_letter, is_han};

/// What voices cannot do without, and how to get it.
const NEEDED: &str =
    "the program espeak-ng; install the package espeak-ng or set ROSTRUM_ESPEAK_NG, then restart";
/// Bytes of a line: the program cuts longer ones where it pleases.
const MAX_LINE_BYTES: usize = 700;

/// The program and what it can speak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Espeak {
    program: PathBuf,
    /// What it says of its version; another version may sound another way.
    version: String,
    languages: BTreeSet<String>,
}

static INSTALLED: OnceLock<Espeak> = OnceLock::new();

/// Lets voices of this process use the program; the first one given stays.
pub fn install(program: Espeak) {
    let _ = INSTALLED.set(program);
}

/// The program of this process, if it has one.
pub fn installed() -> Option<&'static Espeak> {
    INSTALLED.get()
}

/// The program, which the voice with this id cannot do without.
///
/// # Errors
/// [`SpeechError::ProgramMissing`] when it is not installed, or does not know the language.
pub(crate) fn needed(voice_id: &str, language: &str) -> Result<&'static Espeak, SpeechError> {
    installed()
        .filter(|program| program.speaks(language))
        .ok_or_else(|| SpeechError::ProgramMissing { voice: voice_id.to_owned(), needed: NEEDED })
}

impl Espeak {
    /// Looks for the program in the folders of a search path, and asks it what it speaks.
    ///
    /// # Errors
    /// When there is none, or it does not answer like espeak-ng.
    pub fn locate(path: &std::ffi::OsStr) -> Result<Self, SpeechError> {
        Self::open(&in_path(path, "espeak-ng"))
    }

    /// Asks the program what it speaks.
    ///
    /// # Errors
    /// When it cannot be run, or does not answer like espeak-ng.
    pub fn open(program: &Path) -> Result<Self, SpeechError> {
        let ask = |argument: &str| Call::new(program, failed).arg(argument).text();
        let version = ask("--version")?.lines().next().unwrap_or_default().to_owned();
        let version = version.split("Data at").next().unwrap_or_default().trim().to_owned();
        let languages: BTreeSet<String> = listed_languages(&ask("--voices")?);
        if languages.is_empty() {
            return Err(SpeechError::Espeak { what: "it lists no voices".to_owned(), source: None });
        }
        Ok(Self { program: program.to_owned(), version, languages })
    }

    /// Where it is.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// What it says of its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How many languages and dialects it speaks.
    pub fn language_count(&self) -> usize {
        self.languages.len()
    }

    /// Whether it speaks the language of this name.
    pub fn speaks(&self, language: &str) -> bool {
        self.languages.contains(language)
    }

    /// The sounds of each line, in IPA with `^` between the letters of one sound, words set apart by spaces. Lines must
    /// not hold line ends.
    fn ipa(&self, language: &str, lines: &[String]) -> Result<Vec<String>, SpeechError> {
        let answer = self.ipa_of(language, &lines.join("\n"))?;
        if answer.len() == lines.len() {
            return Ok(answer);
        }
        // A line was taken for several: ask for each by itself.
        lines.iter().map(|line| Ok(self.ipa_of(language, line)?.join(" "))).collect()
    }

    fn ipa_of(&self, language: &str, text: &str) -> Result<Vec<String>, SpeechError> {
        let call =
            Call::new(&self.program, failed).args(["-v", language, "-b", "1", "-q", "--ipa", "--tie=^"]);
        let answer = call.input(format!("{text}\n")).text()?;
        Ok(answer.lines().map(|line| line.trim().to_owned()).collect())
    }

    /// Sounds a line: mono samples at [`SOUND_RATE`].
    pub(crate) fn sound(
        &self,
        voice: &str,
        line: &str,
        manner: SoundManner,
    ) -> Result<Vec<i16>, SpeechError> {
        let SoundManner { words_per_minute, pitch, gap } = manner;
        let [speed, pitch, gap] = [words_per_minute, pitch, gap].map(|number| number.to_string());
        let call = Call::new(&self.program, failed)
            .args([
                "-v", voice, "-b", "1", "-s", &speed, "-p", &pitch, "-g", &gap, "-z", "--stdout", "--stdin",
            ])
            .input(line.to_owned());
        let wav = call.bytes()?;
        let header = wav.get(..WAV_HEADER_BYTES).filter(|header| header.starts_with(b"RIFF"));
        let rate = header.and_then(|header| header[24..28].try_into().ok()).map(u32::from_le_bytes);
        if rate != Some(SOUND_RATE) {
            let what = format!("its sound has a rate of {rate:?}, not {SOUND_RATE}");
            return Err(SpeechError::Espeak { what, source: None });
        }
        let (samples, _) = wav[WAV_HEADER_BYTES..].as_chunks::<2>();
        Ok(samples.iter().map(|sample| i16::from_le_bytes(*sample)).collect())
    }
}

fn failed(what: String, source: Option<std::io::Error>) -> SpeechError {
    SpeechError::Espeak { what, source }
}

/// How a line is sounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SoundManner {
    /// How fast.
    pub(crate) words_per_minute: u32,
    /// How high, 0 to 99; 50 is the voice's own pitch.
    pub(crate) pitch: u32,
    /// An additional pause between words, in units of 10 ms at the usual speed.
    pub(crate) gap: u32,
}

/// Samples per second of what the program sounds.
pub(crate) const SOUND_RATE: u32 = 22_050;
/// The header it writes before samples of 16 bits.
const WAV_HEADER_BYTES: usize = 44;

/// The second column of the table that `--voices` prints.
fn listed_languages(table: &str) -> BTreeSet<String> {
    let rows = table.lines().skip(1).filter(|row| row.split_whitespace().count() >= 5);
    rows.filter_map(|row| row.split_whitespace().nth(1)).map(str::to_ascii_lowercase).collect()
}

/// A line the program reads as one clause: no line ends, nothing it takes for instructions.
fn plain_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '[' | ']' | '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_read_off_the_table() {
        let table = "Pty Language       Age/Gender VoiceName          File                 Other Languages\n \
                     5  af              --/M      Afrikaans          gmw/af               \n \
                     5  yue             --/M      Chinese_(Cantonese) sit/yue              (zh-yue 5)(zh 8)\n\n";
        assert_eq!(listed_languages(table), ["af", "yue"].map(String::from).into());
    }

    #[test]
    fn what_steers_the_program_is_taken_out_of_a_line() {
        assert_eq!(plain_line("a [[b]]\nc\u{1b}"), "a   b   c ");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = Espeak::open(Path::new("/nonexistent/espeak-ng")).unwrap_err();
        assert!(error.to_string().contains("espeak-ng"), "{error}");
        // A program, but another one.
        assert!(matches!(Espeak::open(Path::new("/bin/true")), Err(SpeechError::Espeak { .. })));
    }
}
