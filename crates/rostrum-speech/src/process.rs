//! One run of a program that reads texts.

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use wait_timeout::ChildExt;

use crate::error::SpeechError;

/// Longest run: a text of 5000 characters takes a tenth of a second.
const MAX_RUN: Duration = Duration::from_secs(30);
/// Most that one run may write: ten minutes of sound.
const MAX_OUTPUT_BYTES: u64 = 32 << 20;

/// The program of this name in the folders of a search path; its name alone where none has it.
pub(crate) fn in_path(path: &OsStr, name: &str) -> PathBuf {
    let found = std::env::split_paths(path).map(|folder| folder.join(name)).find(|file| file.is_file());
    found.unwrap_or_else(|| PathBuf::from(name))
}

/// Makes the error of a program of what happened and what the system said.
pub(crate) type Failed = fn(String, Option<io::Error>) -> SpeechError;

/// A run to be made. The program sees no variables of ours.
pub(crate) struct Call {
    command: Command,
    program: String,
    failed: Failed,
    input: Vec<u8>,
}

impl Call {
    pub(crate) fn new(program: &Path, failed: Failed) -> Self {
        let mut command = Command::new(program);
        command.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        Self { command, program: program.display().to_string(), failed, input: Vec::new() }
    }

    pub(crate) fn arg(mut self, argument: &str) -> Self {
        self.command.arg(argument);
        self
    }

    pub(crate) fn args<const N: usize>(mut self, arguments: [&str; N]) -> Self {
        self.command.args(arguments);
        self
    }

    /// What the program reads.
    pub(crate) fn input(mut self, text: String) -> Self {
        self.input = text.into_bytes();
        self
    }

    /// What the program writes, as text.
    pub(crate) fn text(self) -> Result<String, SpeechError> {
        Ok(String::from_utf8_lossy(&self.bytes()?).into_owned())
    }

    /// What the program writes.
    pub(crate) fn bytes(self) -> Result<Vec<u8>, SpeechError> {
        let Self { mut command, program, failed, input } = self;
        let mut child =
            command.spawn().map_err(|error| failed(format!("{program} cannot be run"), Some(error)))?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        // Written and read beside each other: neither pipe can fill up and stop the other.
        let (status, output) = std::thread::scope(|scope| {
            scope.spawn(move || {
                // A program that ends early does not read all; its status tells.
                stdin.map(|mut stdin| stdin.write_all(&input))
            });
            let reader = scope.spawn(move || {
                let mut output = Vec::new();
                let read = stdout.map(|stdout| stdout.take(MAX_OUTPUT_BYTES).read_to_end(&mut output));
                read.transpose().map(|_| output)
            });
            let status = child.wait_timeout(MAX_RUN);
            if !matches!(status, Ok(Some(_))) {
                let _ = child.kill();
                let _ = child.wait();
            }
            (status, reader.join())
        });
        let status = status.map_err(|error| failed("it cannot be waited for".to_owned(), Some(error)))?;
        let Some(status) = status else {
            return Err(failed(format!("it ran longer than {} s", MAX_RUN.as_secs()), None));
        };
        if !status.success() {
            return Err(failed(format!("it ended with {status}"), None));
        }
        match output {
            Ok(output) => output.map_err(|error| failed("its answer cannot be read".to_owned(), Some(error))),
            Err(_) => Err(failed("its answer cannot be read".to_owned(), None)),
        }
    }
}
