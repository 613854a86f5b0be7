//! Confined programs whose input is written, or whose output is read, by a thread that may block.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;

use rustix::pipe::{IoSliceRaw, SpliceFlags, vmsplice};

use super::spawn::{ProcessGroup, start_blocking};
use super::{Invocation, ProgramError, Tail};

/// Bytes that a pipe of frames holds: as many as Linux allows everybody (`fs.pipe-max-size` in `proc_sys_fs(5)`). With the
/// usual 64 KiB a frame of 1920x1080 takes 48 turns of both programs.
const PIPE_BYTES: usize = 1 << 20;

/// A confined program that is fed through its standard input.
pub(crate) struct FedProgram {
    input: Option<ChildStdin>,
    program: Watched,
    /// The last that was fed, oldest first: the pipe may still refer to some of it, so it must outlive the program.
    fed: VecDeque<Vec<u8>>,
}

impl FedProgram {
    /// Starts the program; its standard output is discarded. Blocking.
    pub(crate) fn start(invocation: Invocation) -> Result<Self, ProgramError> {
        let mut program = Watched::start(invocation, Stdio::piped(), Stdio::null())?;
        Ok(Self { input: program.child.stdin.take(), program, fed: VecDeque::new() })
    }

    /// Passes bytes on, waiting while the program is busy, and returns the memory of some that it has read. When it has died,
    /// tells why.
    pub(crate) fn feed(&mut self, bytes: Vec<u8>) -> Result<Option<Vec<u8>>, ProgramError> {
        let Some(input) = &mut self.input else {
            return Err(self.program.invocation.start_error(io::ErrorKind::BrokenPipe.into()));
        };
        if let Err(source) = lend(input, &bytes) {
            self.conclude()?;
            // It ended well without reading all of its input.
            return Err(self.program.invocation.start_error(source));
        }
        self.fed.push_back(bytes);
        // No more than the pipe holds is still to be read.
        let later: usize = self.fed.iter().skip(1).map(Vec::len).sum();
        Ok(if later >= PIPE_BYTES { self.fed.pop_front() } else { None })
    }

    /// Closes the input and waits for the program's end.
    pub(crate) fn finish(mut self) -> Result<(), ProgramError> {
        self.conclude()
    }

    fn conclude(&mut self) -> Result<(), ProgramError> {
        self.input = None;
        self.program.conclude()
    }
}

/// Writes all bytes to a pipe, without copying where the system can do that (`vmsplice(2)`): the pipe then refers to their
/// memory, which must stay as it is until they are read.
fn lend(pipe: &mut ChildStdin, bytes: &[u8]) -> io::Result<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        #[expect(unsafe_code, reason = "lends memory to the kernel")]
        // SAFETY: the kernel keeps the pages that a pipe refers to.
        let lent = unsafe { vmsplice(&mut *pipe, &[IoSliceRaw::from_slice(rest)], SpliceFlags::empty()) };
        match lent {
            Ok(count @ 1..) => rest = &rest[count..],
            Err(rustix::io::Errno::INTR) => {}
            // Nor can a pipe be written to that nobody reads; `write` then tells that.
            Ok(0) | Err(_) => return pipe.write_all(rest),
        }
    }
    Ok(())
}

/// A confined program whose standard output is read as it comes; it waits while nobody reads. Dropping kills it.
pub(crate) struct ReadProgram {
    output: Option<ChildStdout>,
    program: Watched,
}

impl ReadProgram {
    /// Starts the program without input. Blocking.
    pub(crate) fn start(invocation: Invocation) -> Result<Self, ProgramError> {
        let mut program = Watched::start(invocation, Stdio::null(), Stdio::piped())?;
        Ok(Self { output: program.child.stdout.take(), program })
    }

    /// Kills the program when called, from any thread; who reads sees the output end.
    pub(crate) fn killer(&self) -> impl Fn() + Send + use<> {
        let group = Arc::clone(&self.program.group);
        move || group.end()
    }

    /// Fills `buffer`, waiting for the program. `false` when the output ended before it was full.
    ///
    /// # Errors
    /// When the program has failed or run out of time.
    pub(crate) fn fill(&mut self, buffer: &mut [u8]) -> Result<bool, ProgramError> {
        let Some(output) = &mut self.output else { return Ok(false) };
        if output.read_exact(buffer).is_ok() {
            return Ok(true);
        }
        // A broken pipe ends the output like its end; the exit status tells the difference.
        self.output = None;
        self.program.conclude()?;
        Ok(false)
    }
}

/// A program with a watch on its wall clock and a reader of its error output.
struct Watched {
    invocation: Invocation,
    child: Child,
    group: Arc<ProcessGroup>,
    stderr_tail: Option<JoinHandle<String>>,
    /// Dropped to call off the watch on the wall clock.
    watch: Option<Sender<()>>,
    timed_out: Arc<AtomicBool>,
}

/// Lets a pipe hold more. It works as it is too, should the system refuse.
fn widen(pipe: &impl AsFd) {
    let _ = rustix::pipe::fcntl_setpipe_size(pipe, PIPE_BYTES);
}

impl Watched {
    fn start(invocation: Invocation, stdin: Stdio, stdout: Stdio) -> Result<Self, ProgramError> {
        let started = invocation.command().and_then(|mut command| {
            command.stdin(stdin).stdout(stdout).stderr(Stdio::piped());
            start_blocking(command)
        });
        let mut child = started.map_err(|source| invocation.start_error(source))?;
        child.stdin.as_ref().map(widen);
        child.stdout.as_ref().map(widen);
        let group = Arc::new(ProcessGroup::led_by(child.id()));
        let mut stderr = child.stderr.take().expect("stderr was asked to be piped");
        let stderr_tail = std::thread::spawn(move || {
            let mut tail = Tail::default();
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = stderr.read(&mut buffer) {
                tail.push(&buffer[..count]);
            }
            tail.into_text()
        });

        let (watch, called_off) = mpsc::channel::<()>();
        let timed_out = Arc::new(AtomicBool::new(false));
        let (watched, passed, limit) =
            (Arc::clone(&group), Arc::clone(&timed_out), invocation.limits.wall_clock);
        std::thread::spawn(move || {
            if called_off.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                passed.store(true, Ordering::Release);
                watched.end();
            }
        });
        Ok(Self { invocation, child, group, stderr_tail: Some(stderr_tail), watch: Some(watch), timed_out })
    }

    /// Waits for the program's end, which its closed pipes bring about, and tells how it ended.
    fn conclude(&mut self) -> Result<(), ProgramError> {
        let status = self.child.wait().map_err(|source| self.invocation.start_error(source))?;
        self.watch = None;
        self.group.end();
        let stderr_tail = self.stderr_tail.take().and_then(|reader| reader.join().ok()).unwrap_or_default();
        let program = self.invocation.program_name();
        if self.timed_out.load(Ordering::Acquire) {
            return Err(ProgramError::TimedOut { program, limit: self.invocation.limits.wall_clock });
        }
        if status.success() { Ok(()) } else { Err(ProgramError::Failed { program, status, stderr_tail }) }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.group.end();
        self.child.wait().ok();
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::sandbox::Limits;

    #[test]
    fn a_program_reads_what_it_was_fed_though_memory_is_filled_anew() {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy");
        // It reads in pieces that no frame is a multiple of, and lags behind.
        let call = Invocation::new(Path::new("/usr/bin/dd"), Limits::WRITING)
            .args(["bs=61", "status=none"])
            .arg(format!("of={}", copy.display()))
            .folder(folder.path());
        let mut program = FedProgram::start(call).unwrap();
        let lengths = [PIPE_BYTES * 3 / 2 + 5, 100_000, 7, PIPE_BYTES];
        let (mut spare, mut expected) = (Vec::new(), Vec::new());
        for number in 0..12_u8 {
            spare.clear();
            spare.resize(lengths[usize::from(number) % lengths.len()], number);
            expected.extend_from_slice(&spare);
            spare = program.feed(spare).unwrap().unwrap_or_default();
            spare.fill(u8::MAX);
        }
        program.finish().unwrap();
        assert!(std::fs::read(copy).unwrap() == expected);
    }
}
