//! Running a program so that hostile input to it can do little harm.
//!
//! The program sees the system's libraries, the files it is told to read and one folder to write in (landlock); it has no
//! sockets and no way to reach into other processes (seccomp); memory, CPU time, file size and open files are limited
//! (rlimits); it gets no environment; it leads its own process group, which is killed as a whole when the wall-clock
//! limit passes, when the caller gives up, or when this process dies.
//!
//! Landlock is best effort: an old kernel enforces less. [`confinement`] tells what this one enforces.

mod confine;
mod piped;
mod spawn;

use std::ffi::{OsStr, OsString};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};

pub use confine::{Confinement, confinement};
pub(crate) use piped::{FedProgram, ReadProgram};
use spawn::ProcessGroup;

/// How much of a program's error output is kept for messages.
const STDERR_TAIL_BYTES: usize = 4096;

/// What a program may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Time from start to end.
    pub wall_clock: Duration,
    /// CPU time of all its threads together, in seconds.
    pub cpu_s: u64,
    /// Virtual memory.
    pub address_space_bytes: u64,
    /// Size of each file it writes.
    pub file_size_bytes: u64,
    /// Number of files open at a time.
    pub open_files: u64,
}

impl Limits {
    /// For looking at or decoding one uploaded file.
    pub const READING: Self = Self {
        wall_clock: Duration::from_mins(2),
        cpu_s: 240,
        address_space_bytes: 2 << 30,
        file_size_bytes: 64 << 20,
        open_files: 64,
    };

    /// For reading the pictures of an uploaded video one after another, at the pace of whoever draws with them.
    pub const PLAYING: Self = Self { wall_clock: Duration::from_hours(1), cpu_s: 4 * 3600, ..Self::READING };

    /// For making a video.
    pub const WRITING: Self = Self {
        wall_clock: Duration::from_hours(1),
        cpu_s: 4 * 3600,
        address_space_bytes: 6 << 30,
        file_size_bytes: 16 << 30,
        open_files: 256,
    };
}

/// One run of a program.
#[derive(Debug, Clone)]
pub struct Invocation {
    program: PathBuf,
    arguments: Vec<OsString>,
    readable: Vec<PathBuf>,
    folder: Option<PathBuf>,
    limits: Limits,
}

impl Invocation {
    /// A run of `program` (an absolute path) without arguments, with no file to read and no folder to write in.
    pub fn new(program: &Path, limits: Limits) -> Self {
        Self { program: program.into(), arguments: Vec::new(), readable: Vec::new(), folder: None, limits }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().into());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Lets the program read this file, or everything in this folder.
    #[must_use]
    pub fn readable(mut self, path: &Path) -> Self {
        self.readable.push(path.into());
        self
    }

    /// Gives the program this folder to read and write in; it is also its working folder.
    #[must_use]
    pub fn folder(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.into());
        self
    }

    fn program_name(&self) -> String {
        self.program.file_name().unwrap_or(self.program.as_os_str()).to_string_lossy().into_owned()
    }

    /// The command with everything but its standard streams set up.
    fn command(&self) -> io::Result<std::process::Command> {
        let mut command = std::process::Command::new(&self.program);
        command.args(&self.arguments).env_clear();
        command.current_dir(self.folder.as_deref().unwrap_or(Path::new("/")));
        confine::confine(&mut command, self)?;
        Ok(command)
    }

    fn start_error(&self, source: io::Error) -> ProgramError {
        ProgramError::Start { program: self.program_name(), source }
    }
}

/// Why a program in the sandbox gave no result.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// The program or its sandbox could not be set up, or its pipes broke.
    #[error("could not run {program}")]
    Start {
        /// File name of the program.
        program: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The program ended with an error or was killed by a limit.
    #[error("{program} failed ({status}): {stderr_tail}")]
    Failed {
        /// File name of the program.
        program: String,
        /// Exit status or signal.
        status: ExitStatus,
        /// The last lines it wrote to its error output.
        stderr_tail: String,
    },
    /// The wall-clock limit passed; the whole process group was killed.
    #[error("{program} was stopped after {limit:?}")]
    TimedOut {
        /// File name of the program.
        program: String,
        /// The limit.
        limit: Duration,
    },
    /// The program wrote more to its standard output than is allowed; it was killed.
    #[error("{program} wrote more than {limit_bytes} bytes")]
    TooMuchOutput {
        /// File name of the program.
        program: String,
        /// The limit.
        limit_bytes: usize,
    },
}

impl ProgramError {
    /// What the program said when it ended with an error of its own (not killed, not out of time).
    pub(crate) fn complaint(&self) -> Option<&str> {
        match self {
            Self::Failed { status, stderr_tail, .. } if status.code().is_some() => Some(stderr_tail),
            _ => None,
        }
    }
}

/// Runs a program to its end and returns what it wrote to its standard output, at most `max_output_bytes`.
///
/// # Errors
/// When it cannot start, fails, runs too long or writes too much.
pub async fn run(invocation: &Invocation, max_output_bytes: usize) -> Result<Vec<u8>, ProgramError> {
    let mut output = Vec::new();
    stream(invocation, |bytes| {
        if output.len() + bytes.len() > max_output_bytes {
            let program = invocation.program_name();
            return ControlFlow::Break(ProgramError::TooMuchOutput {
                program,
                limit_bytes: max_output_bytes,
            });
        }
        output.extend_from_slice(bytes);
        ControlFlow::Continue(())
    })
    .await?;
    Ok(output)
}

/// Runs a program to its end, handing its standard output to `sink` piece by piece; `sink` may break off with an error.
///
/// # Errors
/// When it cannot start, fails, runs too long, or with the error of `sink`.
pub async fn stream(
    invocation: &Invocation,
    sink: impl FnMut(&[u8]) -> ControlFlow<ProgramError>,
) -> Result<(), ProgramError> {
    let mut command = invocation.command().map_err(|source| invocation.start_error(source))?;
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = spawn::start_async(command).await.map_err(|source| invocation.start_error(source))?;
    let group = ProcessGroup::led_by(child.id().expect("a child that was not waited for has an id"));
    let stdout = child.stdout.take().expect("stdout was asked to be piped");
    let stderr = child.stderr.take().expect("stderr was asked to be piped");

    let run_to_end = async {
        let (passed_on, stderr_tail) = tokio::join!(pass_on(stdout, sink), tail_of(stderr));
        if let ControlFlow::Break(error) = passed_on {
            return Err(error);
        }
        let status = child.wait().await.map_err(|source| invocation.start_error(source))?;
        if status.success() {
            return Ok(());
        }
        Err(ProgramError::Failed { program: invocation.program_name(), status, stderr_tail })
    };
    let limit = invocation.limits.wall_clock;
    let outcome = tokio::time::timeout(limit, run_to_end)
        .await
        .unwrap_or_else(|_| Err(ProgramError::TimedOut { program: invocation.program_name(), limit }));
    drop(group);
    if outcome.is_err() {
        // The group is dead by now; this only collects the exit status, so that no zombie stays.
        child.wait().await.ok();
    }
    outcome
}

/// Hands all of `stdout` to `sink`. Breaking off drops the pipe, so the program cannot block on it.
async fn pass_on(
    mut stdout: impl AsyncRead + Unpin,
    mut sink: impl FnMut(&[u8]) -> ControlFlow<ProgramError>,
) -> ControlFlow<ProgramError> {
    let mut buffer = vec![0; 64 << 10];
    // A broken pipe ends the output like its end; the exit status tells the difference.
    while let Ok(count @ 1..) = stdout.read(&mut buffer).await {
        sink(&buffer[..count])?;
    }
    ControlFlow::Continue(())
}

/// Reads to the end, keeping the last [`STDERR_TAIL_BYTES`].
async fn tail_of(mut stderr: impl AsyncRead + Unpin) -> String {
    let mut tail = Tail::default();
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stderr.read(&mut buffer).await {
        tail.push(&buffer[..count]);
    }
    tail.into_text()
}

/// The end of a text that is too long to keep.
#[derive(Default)]
struct Tail(Vec<u8>);

impl Tail {
    fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
        let surplus = self.0.len().saturating_sub(STDERR_TAIL_BYTES);
        self.0.drain(..surplus);
    }

    fn into_text(self) -> String {
        String::from_utf8_lossy(&self.0).trim().to_owned()
    }
}
