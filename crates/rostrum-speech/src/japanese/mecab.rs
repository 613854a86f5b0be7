//! The program MeCab, run as a process of its own: it cuts Japanese into words and tells how they are spoken.
//!
//! It is asked for a whole text at once, one line a clause. Lines hold Japanese letters alone.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::error::SpeechError;
use crate::process::{Call, in_path};

/// What voices cannot do without, and how to get it.
const NEEDED: &str = "the program mecab with its dictionary; install the packages mecab and mecab-ipadic-utf8 or \
    set ROSTRUM_MECAB, then restart";
/// Bytes of a line: the program cuts longer ones than 8192.
pub(super) const MAX_LINE_BYTES: usize = 4000;
/// Where Debian keeps IPADIC, should another dictionary be the usual one.
const IPADIC: &str = "/var/lib/mecab/dic/ipadic-utf8";
/// The place of the pronunciation among the features of a word in IPADIC.
const PRONUNCIATION: usize = 8;

/// The program with its dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mecab {
    program: PathBuf,
    /// A dictionary other than the program's usual one.
    dictionary: Option<&'static str>,
    version: String,
}

/// A word as the program cuts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Morpheme {
    /// How it is written.
    pub(super) surface: String,
    /// How it is spoken, in katakana, if the dictionary knows.
    pub(super) spoken: Option<String>,
}

static INSTALLED: OnceLock<Mecab> = OnceLock::new();

/// Lets voices of this process use the program; the first one given stays.
pub fn install(program: Mecab) {
    let _ = INSTALLED.set(program);
}

/// The program of this process, if it has one.
pub fn installed() -> Option<&'static Mecab> {
    INSTALLED.get()
}

/// The program, which the voice with this id cannot do without.
///
/// # Errors
/// [`SpeechError::ProgramMissing`] when it is not installed.
pub(crate) fn needed(voice_id: &str) -> Result<&'static Mecab, SpeechError> {
    installed().ok_or_else(|| SpeechError::ProgramMissing { voice: voice_id.to_owned(), needed: NEEDED })
}

impl Mecab {
    /// Looks for the program in the folders of a search path, and tries it.
    ///
    /// # Errors
    /// When there is none, or its dictionary is not IPADIC in UTF-8.
    pub fn locate(path: &std::ffi::OsStr) -> Result<Self, SpeechError> {
        Self::open(&in_path(path, "mecab"))
    }

    /// Tries the program.
    ///
    /// # Errors
    /// When it cannot be run, or its dictionary is not IPADIC in UTF-8.
    pub fn open(program: &Path) -> Result<Self, SpeechError> {
        let mut found = Self { program: program.to_owned(), dictionary: None, version: String::new() };
        let version = found.call(["--version"]).text()?;
        for dictionary in [None, Some(IPADIC)] {
            found.dictionary = dictionary;
            if found.knows_pronunciations() {
                found.version = format!("{} {}", version.trim(), dictionary.unwrap_or_default());
                return Ok(found);
            }
        }
        Err(failed("its dictionary is not IPADIC in UTF-8".to_owned(), None))
    }

    /// Where it is.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// What it says of its version, with the dictionary where that is not its usual one.
    pub fn version(&self) -> &str {
        &self.version
    }

    fn knows_pronunciations(&self) -> bool {
        let spoken = self.morphemes(&["東京は".to_owned()]).ok();
        let spoken = spoken.and_then(|lines| lines.first()?.iter().map(|word| word.spoken.clone()).collect());
        spoken == Some(vec!["トーキョー".to_owned(), "ワ".to_owned()])
    }

    fn call<const N: usize>(&self, arguments: [&str; N]) -> Call {
        let call = Call::new(&self.program, failed).args(arguments);
        match self.dictionary {
            Some(dictionary) => call.args(["-d", dictionary]),
            None => call,
        }
    }

    /// The words of each line. Lines hold neither line ends nor white space.
    pub(super) fn morphemes(&self, lines: &[String]) -> Result<Vec<Vec<Morpheme>>, SpeechError> {
        let answer = self.call(["-b", "65536"]).input(lines.join("\n") + "\n").text()?;
        let mut words: Vec<Vec<Morpheme>> = Vec::new();
        let mut open = Vec::new();
        for row in answer.lines() {
            match row.split_once('\t') {
                Some((surface, features)) => open.push(Morpheme {
                    surface: surface.to_owned(),
                    spoken: features
                        .split(',')
                        .nth(PRONUNCIATION)
                        .filter(|spoken| *spoken != "*" && !spoken.is_empty())
                        .map(str::to_owned),
                }),
                None => words.push(std::mem::take(&mut open)),
            }
        }
        if words.len() != lines.len() {
            let what = format!("it answered {} lines to {}", words.len(), lines.len());
            return Err(failed(what, None));
        }
        Ok(words)
    }
}

fn failed(what: String, source: Option<std::io::Error>) -> SpeechError {
    SpeechError::Mecab { what, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_or_another_one_is_refused() {
        let error = Mecab::open(Path::new("/nonexistent/mecab")).unwrap_err();
        assert!(error.to_string().contains("mecab-ipadic-utf8"), "{error}");
        assert!(matches!(Mecab::open(Path::new("/bin/true")), Err(SpeechError::Mecab { .. })));
    }
}
