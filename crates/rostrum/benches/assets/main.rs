//! `cargo bench -p rostrum --bench assets`: what assets cost over HTTP, on a real server, against nginx and `cp` in the
//! same run on the same disk. Words after `--` choose parts: `put`, `download`, `crowd`, `slow`, `million`; all by default.
//!
//! Sizes can be made smaller for a quick look: `ROSTRUM_BENCH_MIB` (1024) and `ROSTRUM_BENCH_ASSETS` (1000000).
#![expect(clippy::disallowed_methods, reason = "a bench measures wall time")]

#[path = "../measures/mod.rs"]
mod measures;
#[path = "../../tests/support/mod.rs"]
mod support;

mod crowd;
mod large;
mod million;
mod nginx;
mod slow;
mod wire;

use measures::memory_mib;

fn main() {
    let parts: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|chosen| chosen == part);
    if wanted("put") || wanted("download") {
        large::measure(setting("ROSTRUM_BENCH_MIB", 1024), wanted("put"), wanted("download"));
    }
    if wanted("crowd") {
        crowd::measure();
    }
    if wanted("slow") {
        slow::measure();
    }
    if wanted("million") {
        million::measure(setting("ROSTRUM_BENCH_ASSETS", 1_000_000));
    }
}

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |text| text.parse().expect("the setting is a number"))
}

/// The most memory the server has had in RAM so far, in MiB (proc(5), `VmHWM`).
fn peak_mib(server: &support::Server) -> f64 {
    memory_mib(server.pid(), "VmHWM")
}
