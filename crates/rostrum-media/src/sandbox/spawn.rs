//! Starting confined programs and ending them as a group.

use std::io::{self, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, LazyLock};
use std::thread::JoinHandle;

use rustix::process::{Pid, Signal};

use super::{Invocation, ProgramError, Tail};

type Task = Box<dyn FnOnce() + Send>;

/// Runs `task` on the one thread that starts programs. The kernel kills a program when the thread that started it ends
/// (not the process), and threads of a runtime come and go; this one stays.
fn on_starting_thread(task: Task) {
    static TASKS: LazyLock<Sender<Task>> = LazyLock::new(|| {
        let (sender, receiver) = mpsc::channel::<Task>();
        std::thread::Builder::new()
            .name("sandbox-start".into())
            .spawn(move || receiver.into_iter().for_each(|task| task()))
            .expect("a process that cannot start one thread cannot work");
        sender
    });
    TASKS.send(task).expect("the starting thread never ends");
}

/// Starts `command` for the present tokio runtime; dropping the child kills it.
pub(super) async fn start_async(command: Command) -> io::Result<tokio::process::Child> {
    let runtime = tokio::runtime::Handle::current();
    let (answer, started) = tokio::sync::oneshot::channel();
    on_starting_thread(Box::new(move || {
        let _entered = runtime.enter();
        // When nobody waits any more, the child is dropped and thereby killed.
        answer.send(tokio::process::Command::from(command).kill_on_drop(true).spawn()).ok();
    }));
    started.await.expect("the starting thread answers every task")
}

fn start_blocking(mut command: Command) -> io::Result<Child> {
    let (answer, started) = mpsc::sync_channel(1);
    on_starting_thread(Box::new(move || {
        answer.send(command.spawn()).ok();
    }));
    started.recv().expect("the starting thread answers every task")
}

/// A confined program's process group; killed when dropped.
pub(super) struct ProcessGroup {
    /// Process id of the leader, which is also the group's; 0 when the group has ended.
    leader: AtomicI32,
}

impl ProcessGroup {
    /// The group of a program that was just started.
    pub(super) fn led_by(process_id: u32) -> Self {
        Self { leader: AtomicI32::new(process_id.cast_signed()) }
    }

    /// Kills whatever is left of the group. After the first call the id is not used again: it may be another's by then.
    pub(super) fn end(&self) {
        if let Some(leader) = Pid::from_raw(self.leader.swap(0, Ordering::AcqRel)) {
            // It fails when the whole group has already ended.
            rustix::process::kill_process_group(leader, Signal::KILL).ok();
        }
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.end();
    }
}

/// A confined program that is fed through its standard input by a thread that may block.
pub(crate) struct FedProgram {
    invocation: Invocation,
    input: Option<ChildStdin>,
    child: Child,
    group: Arc<ProcessGroup>,
    stderr_tail: Option<JoinHandle<String>>,
    /// Dropped to call off the watch on the wall clock.
    watch: Option<Sender<()>>,
    timed_out: Arc<AtomicBool>,
}

impl FedProgram {
    /// Starts the program; its standard output is discarded. Blocking.
    pub(crate) fn start(invocation: Invocation) -> Result<Self, ProgramError> {
        let started = invocation.command().and_then(|mut command| {
            command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
            start_blocking(command)
        });
        let mut child = started.map_err(|source| invocation.start_error(source))?;
        let group = Arc::new(ProcessGroup::led_by(child.id()));
        let input = child.stdin.take();
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
        Ok(Self {
            invocation,
            input,
            child,
            group,
            stderr_tail: Some(stderr_tail),
            watch: Some(watch),
            timed_out,
        })
    }

    /// Passes bytes on, waiting while the program is busy. When it has died, tells why.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<(), ProgramError> {
        let Some(input) = &mut self.input else {
            return Err(self.invocation.start_error(io::ErrorKind::BrokenPipe.into()));
        };
        let Err(source) = input.write_all(bytes) else { return Ok(()) };
        self.conclude()?;
        // It ended well without reading all of its input.
        Err(self.invocation.start_error(source))
    }

    /// Closes the input and waits for the program's end.
    pub(crate) fn finish(mut self) -> Result<(), ProgramError> {
        self.conclude()
    }

    fn conclude(&mut self) -> Result<(), ProgramError> {
        self.input = None;
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

impl Drop for FedProgram {
    fn drop(&mut self) {
        self.group.end();
        self.child.wait().ok();
    }
}
