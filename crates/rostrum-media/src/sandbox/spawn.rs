//! Starting confined programs and ending them as a group.

use std::io;
use std::process::{Child, Command};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc::{self, Sender};

use rustix::process::{Pid, Signal};

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

/// Starts `command` for a thread that may block.
pub(super) fn start_blocking(mut command: Command) -> io::Result<Child> {
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
