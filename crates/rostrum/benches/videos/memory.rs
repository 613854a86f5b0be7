//! The memory of a server and of the programs it runs, over time (proc(5)).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Resident memory at a time; pages that programs share count for each of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) at_s: f64,
    pub(crate) server_mib: f64,
    pub(crate) others_mib: f64,
}

/// Watches a process and all below it until dropped.
pub(crate) struct MemoryWatch {
    samples: Arc<Mutex<Vec<Sample>>>,
    stop: Arc<AtomicBool>,
}

impl MemoryWatch {
    pub(crate) fn start(pid: u32) -> Self {
        let watch = Self { samples: Arc::default(), stop: Arc::default() };
        let (samples, stop) = (Arc::clone(&watch.samples), Arc::clone(&watch.stop));
        std::thread::spawn(move || {
            let start = Instant::now();
            while !stop.load(Ordering::Relaxed) {
                let (server, others) = resident_kib(pid);
                let (server_mib, others_mib) = (server as f64 / 1024.0, others as f64 / 1024.0);
                samples.lock().unwrap().push(Sample {
                    at_s: start.elapsed().as_secs_f64(),
                    server_mib,
                    others_mib,
                });
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        watch
    }

    /// The most that all had together.
    pub(crate) fn peak_mib(&self) -> f64 {
        let samples = self.samples.lock().unwrap();
        samples.iter().map(|sample| sample.server_mib + sample.others_mib).fold(0.0, f64::max)
    }

    /// So many stretches of the time, each with the most in it.
    pub(crate) fn curve(&self, stretches: usize) -> Vec<Sample> {
        let samples = self.samples.lock().unwrap();
        let most = |stretch: &[Sample]| {
            let largest = |of: fn(&Sample) -> f64| stretch.iter().map(of).fold(0.0, f64::max);
            let (server_mib, others_mib) =
                (largest(|sample| sample.server_mib), largest(|sample| sample.others_mib));
            Sample { at_s: stretch[stretch.len() - 1].at_s, server_mib, others_mib }
        };
        samples.chunks(samples.len().div_ceil(stretches).max(1)).map(most).collect()
    }
}

impl Drop for MemoryWatch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Of the process, and of all below it.
fn resident_kib(pid: u32) -> (u64, u64) {
    let number = |status: &str, name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    };
    // Processes end while they are looked at.
    let entries = std::fs::read_dir("/proc").expect("/proc is mounted").filter_map(Result::ok);
    let statuses = entries.filter_map(|entry| std::fs::read_to_string(entry.path().join("status")).ok());
    let processes: BTreeMap<u64, (u64, u64)> = statuses
        .filter_map(|status| {
            Some((
                number(&status, "Pid:")?,
                (number(&status, "PPid:")?, number(&status, "VmRSS:").unwrap_or(0)),
            ))
        })
        .collect();
    let is_below = |mut id: u64| {
        while let Some((parent, _)) = processes.get(&id) {
            if *parent == u64::from(pid) {
                return true;
            }
            id = *parent;
        }
        false
    };
    let own = processes.get(&u64::from(pid)).map_or(0, |(_, kib)| *kib);
    (own, processes.iter().filter(|(id, _)| is_below(**id)).map(|(_, (_, kib))| kib).sum())
}
