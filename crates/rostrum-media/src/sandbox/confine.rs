//! The rules a confined program lives under: what landlock, seccomp and the resource limits are told.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, Signal};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};

use super::{Invocation, Limits};

/// The newest landlock features asked for; older kernels give less.
const LANDLOCK_ABI: ABI = ABI::V6;

/// Programs, libraries and font settings. Those that do not exist are skipped.
const SYSTEM_PATHS: [&str; 9] = [
    "/usr",
    "/bin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
];

/// Harmless devices.
const DEVICES: [&str; 4] = ["/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"];

/// System calls that fail with `EPERM`: the network, other processes, the kernel's wider powers, and `io_uring`, which
/// would open sockets behind seccomp's back.
const FORBIDDEN_CALLS: [libc::c_long; 43] = [
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_sendmmsg,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_setsid,
    libc::SYS_setpgid,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_open_by_handle_at,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_kexec_load,
    libc::SYS_personality,
];

/// On x86-64 the same calls have second numbers, with this bit set (the x32 interface).
const X32_BIT: libc::c_long = 0x4000_0000;

/// How much of the file rules this kernel enforces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confinement {
    /// Every rule.
    Full,
    /// Some of them: the kernel is older than the rules.
    Partial,
    /// None: the kernel has no landlock. System calls and resources are still limited.
    None,
}

/// Finds out, once, how much of the file rules this kernel enforces, and logs it.
pub fn confinement() -> Confinement {
    static FOUND: LazyLock<Confinement> = LazyLock::new(|| {
        // Landlock rules bind the thread that takes them on: this one takes them on and ends.
        let trial =
            || -> Result<RulesetStatus, RulesetError> { Ok(file_rules(&[], None)?.restrict_self()?.ruleset) };
        let status = std::thread::spawn(trial).join().ok().and_then(Result::ok);
        let found = match status {
            Some(RulesetStatus::FullyEnforced) => Confinement::Full,
            Some(RulesetStatus::PartiallyEnforced) => Confinement::Partial,
            Some(RulesetStatus::NotEnforced) | None => Confinement::None,
        };
        if found == Confinement::None {
            tracing::warn!(sandbox.landlock = ?found, "this kernel does not limit which files media programs see");
        } else {
            tracing::info!(sandbox.landlock = ?found, "media programs are confined");
        }
        found
    });
    *FOUND
}

/// Makes the process started by `command` take on the rules of `invocation` before the program begins.
pub(super) fn confine(command: &mut Command, invocation: &Invocation) -> io::Result<()> {
    confinement();
    let mut readable: Vec<&Path> = invocation.readable.iter().map(AsRef::as_ref).collect();
    readable.push(&invocation.program);
    let mut rules = Some(file_rules(&readable, invocation.folder.as_deref()).map_err(io::Error::other)?);
    let filter = call_filter().map_err(io::Error::other)?;
    let limits = invocation.limits;
    let before_program = move || {
        rustix::process::setsid()?;
        rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
        set_resource_limits(limits)?;
        // Errors are made without allocating, as other threads may have held the allocator's lock at the fork.
        if let Some(rules) = rules.take() {
            rules.restrict_self().map_err(|_| io::Error::from_raw_os_error(libc::EPERM))?;
        }
        seccompiler::apply_filter(&filter).map_err(|_| io::Error::from_raw_os_error(libc::EPERM))
    };
    // SAFETY: between fork and exec the closure only makes system calls on values built before the fork; it takes no lock
    // and allocates nothing.
    #[expect(unsafe_code, reason = "limits must be taken on by the child itself, between fork and exec")]
    unsafe {
        command.pre_exec(before_program);
    }
    Ok(())
}

fn file_rules(readable: &[&Path], folder: Option<&Path>) -> Result<RulesetCreated, RulesetError> {
    let everything = AccessFs::from_all(LANDLOCK_ABI);
    let reading = AccessFs::from_read(LANDLOCK_ABI);
    let using_devices: BitFlags<AccessFs> = AccessFs::ReadFile | AccessFs::WriteFile;
    let rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(everything)?
        .handle_access(AccessNet::from_all(LANDLOCK_ABI))?
        .scope(Scope::from_all(LANDLOCK_ABI))?
        .create()?
        .add_rules(path_beneath_rules(SYSTEM_PATHS, reading))?
        .add_rules(path_beneath_rules(DEVICES, using_devices))?
        .add_rules(path_beneath_rules(readable, reading))?
        .add_rules(path_beneath_rules(folder, everything & !AccessFs::Execute))?;
    Ok(rules)
}

fn call_filter() -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules = BTreeMap::new();
    for call in FORBIDDEN_CALLS {
        rules.insert(call, Vec::new());
        if cfg!(target_arch = "x86_64") {
            rules.insert(call | X32_BIT, Vec::new());
        }
    }
    let architecture = TargetArch::try_from(std::env::consts::ARCH)?;
    let forbidden = SeccompAction::Errno(libc::EPERM as u32);
    SeccompFilter::new(rules, SeccompAction::Allow, forbidden, architecture)?.try_into()
}

fn set_resource_limits(limits: Limits) -> io::Result<()> {
    let exactly = |value: u64| Rlimit { current: Some(value), maximum: Some(value) };
    rustix::process::setrlimit(Resource::As, exactly(limits.address_space_bytes))?;
    rustix::process::setrlimit(Resource::Cpu, exactly(limits.cpu_s))?;
    rustix::process::setrlimit(Resource::Fsize, exactly(limits.file_size_bytes))?;
    rustix::process::setrlimit(Resource::Nofile, exactly(limits.open_files))?;
    rustix::process::setrlimit(Resource::Core, exactly(0))?;
    Ok(())
}
