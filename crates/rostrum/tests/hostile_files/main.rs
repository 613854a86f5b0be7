//! Every file of the corpora that `compat/corpora/fetch` fetches, sent in every way in which files come in, each twice:
//! accepted or refused with a typed error, the same both times, within bounded time and memory. `./dev corpus` runs it
//! and writes the results to `docs/HOSTILE-FILES.md`.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

#[path = "../support/mod.rs"]
mod support;
mod table;
mod ways;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rostrum_model::asset::MediaType;
use support::Server;
use table::{Row, Table};
use ways::{Verdict, WAYS, Way};

/// The longest file that a multipart upload takes.
const MAX_FILE_BYTES: usize = 32 << 20;
const MAX_TIME: Duration = Duration::from_secs(2);
const MAX_MEMORY_MIB: u64 = 256;
/// How often a file that took too long is tried again.
const MORE_TRIES: usize = 4;

/// A file of a corpus.
struct HostileFile {
    path: PathBuf,
    name: String,
    /// What a client that goes by the name would say it is.
    declared: &'static str,
    bytes: Vec<u8>,
}

/// What came of sending a file in one way, twice or more.
struct Outcome {
    verdict: Verdict,
    /// Another verdict on the same file, which must not be.
    other_verdict: Option<Verdict>,
    /// Of the fastest try: the other programs of the machine are not what is measured.
    time: Duration,
    /// CPU time of the same try, of the server and the programs it ran.
    cpu_time: Duration,
    /// The most that the server's process had resident while the file came in.
    memory_mib: u64,
}

impl Outcome {
    /// The rule that was broken.
    fn fault(&self) -> Option<String> {
        if let Some(other) = &self.other_verdict {
            return Some(format!("{:?}, and {other:?}", self.verdict));
        }
        match &self.verdict {
            Verdict::NoAnswer => Some("no answer".to_owned()),
            Verdict::Refused { status, .. } if *status >= 500 => Some(format!("{:?}", self.verdict)),
            Verdict::Refused { code, .. } if code.is_empty() => Some(format!("no code: {:?}", self.verdict)),
            _ if self.time > MAX_TIME => Some(format!(
                "{} ms, {} ms of them CPU time",
                self.time.as_millis(),
                self.cpu_time.as_millis()
            )),
            _ if self.memory_mib > MAX_MEMORY_MIB => Some(format!("{} MiB", self.memory_mib)),
            _ => None,
        }
    }
}

#[test]
#[ignore = "needs files that are fetched: ./dev corpus"]
fn hostile_files_are_accepted_or_refused_with_a_typed_error() {
    let setting = |name| PathBuf::from(std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set")));
    let (folder, report) = (setting("ROSTRUM_CORPORA"), setting("ROSTRUM_CORPORA_REPORT"));
    let server = Server::start();
    let mut table = Table::default();
    let mut known = HashSet::new();
    for source in folders(&folder) {
        let mut row = Row::new(source.file_name().unwrap().to_str().unwrap());
        for file in files(&source) {
            if file.bytes.len() > MAX_FILE_BYTES
                || is_program_text(&file)
                || !known.insert(digest(&file.bytes))
            {
                row.left_out += 1;
                continue;
            }
            for way in &WAYS {
                let outcome = outcome(&server, way, &file);
                let fault = outcome
                    .fault()
                    .map(|fault| format!("{} of {}, {}: {fault}", file.name, row.source, way.name));
                table.faults.extend(fault);
                row.add(&file, way, &outcome);
            }
        }
        reset_peak(&server);
        let memory_mib = peak_mib(&server);
        let (source, files) = (&row.source, row.files());
        eprintln!(
            "{source}: {files} files, {} faults so far; the server holds {memory_mib} MiB",
            table.faults.len()
        );
        table.rows.push(row);
    }
    std::fs::write(&report, table.to_string()).unwrap();
    assert!(!server.log().contains("panicked"), "{}", server.log());
    assert!(table.faults.is_empty(), "{}", table.faults.join("\n"));
    assert!(table.rows.iter().any(|row| row.files() > 0), "no files in {}", folder.display());
}

/// Sends a file twice, more often when it takes too long.
fn outcome(server: &Server, way: &Way, file: &HostileFile) -> Outcome {
    let once = || {
        reset_peak(server);
        let (start, cpu_time) = (Instant::now(), cpu_time(server));
        let sent = catch_unwind(AssertUnwindSafe(|| (way.send)(server, file)));
        let (time, cpu_time) = (start.elapsed(), self::cpu_time(server).saturating_sub(cpu_time));
        let verdict = sent.unwrap_or(Verdict::NoAnswer);
        Outcome { verdict, other_verdict: None, time, cpu_time, memory_mib: peak_mib(server) }
    };
    let mut tries = vec![once(), once()];
    while tries.iter().all(|once| once.time > MAX_TIME) && tries.len() < 2 + MORE_TRIES {
        tries.push(once());
    }
    let memory_mib = tries.iter().map(|once| once.memory_mib).max().unwrap();
    let first = tries[0].verdict.clone();
    let other_verdict = tries.iter().map(|once| once.verdict.clone()).find(|verdict| *verdict != first);
    let fastest = tries.into_iter().min_by_key(|once| once.time).unwrap();
    Outcome { verdict: first, other_verdict, memory_mib, ..fastest }
}

/// What the server and the programs that it ran to their end have used.
fn cpu_time(server: &Server) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.pid())).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    // utime, stime, cutime and cstime of proc(5), in hundredths of a second.
    let ticks = fields.split(' ').skip(11).take(4).map(|ticks| ticks.parse::<u64>().unwrap()).sum::<u64>();
    Duration::from_millis(ticks * 10)
}

/// Forgets the most memory that the server had resident.
fn reset_peak(server: &Server) {
    std::fs::write(format!("/proc/{}/clear_refs", server.pid()), "5").unwrap();
}

/// The most that the server had resident since then.
fn peak_mib(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the server has ended");
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap().div_ceil(1024)
}

/// Most of the sources' own files are programs and their manuals.
fn is_program_text(file: &HostileFile) -> bool {
    let is_upload_type = extension(&file.path).and_then(MediaType::from_extension).is_some();
    !is_upload_type && !file.bytes.contains(&0) && std::str::from_utf8(&file.bytes).is_ok()
}

/// Enough to tell copies.
fn digest(bytes: &[u8]) -> (usize, u64) {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    (bytes.len(), hasher.finish())
}

fn extension(path: &Path) -> Option<&str> {
    path.extension()?.to_str()
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = entries
        .filter(|path| path.is_dir() && !path.file_name().unwrap().to_string_lossy().starts_with('.'))
        .collect();
    found.sort();
    found
}

fn files(source: &Path) -> impl Iterator<Item = HostileFile> {
    let mut paths = Vec::new();
    let mut open = vec![source.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            match entry.file_type().unwrap() {
                kind if kind.is_dir() => open.push(entry.path()),
                kind if kind.is_file() => paths.push(entry.path()),
                _ => {}
            }
        }
    }
    paths.sort();
    paths.into_iter().map(|path| {
        let name = path.file_name().unwrap().to_string_lossy().replace(['"', '\\', '\r', '\n'], "_");
        let declared = extension(&path).and_then(MediaType::from_extension).unwrap_or(MediaType::Png).mime();
        HostileFile { name, declared, bytes: std::fs::read(&path).unwrap(), path }
    })
}
