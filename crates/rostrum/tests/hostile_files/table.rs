//! The results as a page.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::ways::{Verdict, WAYS, Way};
use super::{HostileFile, MAX_MEMORY_MIB, MAX_TIME, MORE_TRIES, Outcome};

/// Everything measured.
#[derive(Default)]
pub(crate) struct Table {
    pub(crate) rows: Vec<Row>,
    /// Broken rules.
    pub(crate) faults: Vec<String>,
}

/// What was measured with one source's files.
pub(crate) struct Row {
    pub(crate) source: String,
    /// Files that were not sent.
    pub(crate) left_out: usize,
    ways: BTreeMap<&'static str, Tally>,
}

/// What was measured in one way.
#[derive(Default, Clone)]
struct Tally {
    accepted: BTreeMap<String, usize>,
    refused: BTreeMap<String, usize>,
    slowest: (Duration, String),
    memory_mib: u64,
}

impl Row {
    pub(crate) fn new(source: &str) -> Self {
        Self { source: source.to_owned(), left_out: 0, ways: BTreeMap::new() }
    }

    pub(crate) fn add(&mut self, file: &HostileFile, way: &Way, outcome: &Outcome) {
        let tally = self.ways.entry(way.name).or_default();
        let counted = match &outcome.verdict {
            Verdict::Accepted { media_type } => {
                tally.accepted.entry(media_type.clone().unwrap_or_else(|| "accepted".to_owned()))
            }
            Verdict::NoAnswer => tally.refused.entry("no answer".to_owned()),
            refused @ Verdict::Refused { status, code, .. } => {
                tally.refused.entry(format!("{status} {code}, {}:", refused.reason()))
            }
        };
        *counted.or_default() += 1;
        if outcome.time > tally.slowest.0 {
            tally.slowest = (outcome.time, file.name.clone());
        }
        tally.memory_mib = tally.memory_mib.max(outcome.memory_mib);
    }

    /// Number of different files that were sent.
    pub(crate) fn files(&self) -> usize {
        self.ways.values().map(Tally::count).max().unwrap_or(0)
    }
}

impl Tally {
    fn count(&self) -> usize {
        self.accepted.values().chain(self.refused.values()).sum()
    }

    fn merge(&mut self, other: &Self) {
        for (into, from) in [(&mut self.accepted, &other.accepted), (&mut self.refused, &other.refused)] {
            for (name, count) in from {
                *into.entry(name.clone()).or_default() += count;
            }
        }
        if other.slowest.0 > self.slowest.0 {
            self.slowest = other.slowest.clone();
        }
        self.memory_mib = self.memory_mib.max(other.memory_mib);
    }

    fn sum<'t>(tallies: impl IntoIterator<Item = &'t Self>) -> Self {
        tallies.into_iter().fold(Self::default(), |mut sum, tally| {
            sum.merge(tally);
            sum
        })
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sent: usize = self.rows.iter().map(Row::files).sum();
        let left_out: usize = self.rows.iter().map(|row| row.left_out).sum();
        let measured: usize = self.rows.iter().flat_map(|row| row.ways.values()).map(Tally::count).sum();
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split(' ').nth(2).unwrap_or("?");
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        writeln!(f, "# Hostile files\n")?;
        writeln!(
            f,
            "Written by `./dev corpus`, which fetches the sources of `compat/corpora/sources.txt` and sends every file in \
             every way\nin which files come in, each twice. A run fails when an answer is 5xx or has no code, when the \
             second answer differs\nfrom the first, when the server ends, or when a file takes more than {} s or {} MiB \
             (the server's peak resident memory\nduring that file, `VmHWM`; the time is that of the fastest try, and \
             files that were too slow twice are tried {} times\nmore, because other programs may run). Measured with {} \
             build on {cores} cores,\nwhich had a load of {load} when it ended (the mean of 15 \
             minutes).\n",
            MAX_TIME.as_secs(),
            MAX_MEMORY_MIB,
            MORE_TRIES,
            if cfg!(debug_assertions) { "an unoptimised" } else { "a release" },
        )?;
        writeln!(
            f,
            "{sent} different files were sent in {} ways: {measured} results, of two tries each. {left_out} were left \
             out: copies of\nother files, files over 32 MiB, and the sources' own program text.\n",
            WAYS.len()
        )?;
        writeln!(f, "Broken rules: {}.\n", self.faults.len())?;
        for fault in &self.faults {
            writeln!(f, "- {fault}")?;
        }
        if !self.faults.is_empty() {
            writeln!(f)?;
        }
        writeln!(
            f,
            "## By source\n\nTypes and codes are those of `POST /v3/assets`; time and memory are the worst of all \
                     ways.\n"
        )?;
        writeln!(
            f,
            "| Source | Files | Accepted | Refused | Slowest | Peak memory |\n|---|--:|---|---|---|--:|"
        )?;
        for row in &self.rows {
            let worst = Tally::sum(row.ways.values());
            let first = row.ways.get(WAYS[0].name).cloned().unwrap_or_default();
            line(f, &row.source, row.files(), &first, &worst)?;
        }
        let first = Tally::sum(self.rows.iter().filter_map(|row| row.ways.get(WAYS[0].name)));
        let worst = Tally::sum(self.rows.iter().flat_map(|row| row.ways.values()));
        line(f, "**all**", sent, &first, &worst)?;
        writeln!(f, "\n## By way\n")?;
        writeln!(
            f,
            "| Way | Files | Accepted | Refused | Slowest | Peak memory |\n|---|--:|--:|---|---|--:|"
        )?;
        for way in &WAYS {
            let mut tally = Tally::sum(self.rows.iter().filter_map(|row| row.ways.get(way.name)));
            let accepted = tally.accepted.values().sum();
            tally.accepted = BTreeMap::from([(String::new(), accepted)]);
            line(f, way.name, tally.count(), &tally, &tally)?;
        }
        Ok(())
    }
}

fn line(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    files: usize,
    verdicts: &Tally,
    worst: &Tally,
) -> fmt::Result {
    let counts = |counts: &BTreeMap<String, usize>| {
        let counts = counts.iter().map(|(name, count)| format!("{name} {count}").trim().to_owned());
        counts.collect::<Vec<_>>().join(", ")
    };
    let (time, file) = &worst.slowest;
    writeln!(
        f,
        "| {name} | {files} | {} | {} | {} ms ({}) | {} MiB |",
        counts(&verdicts.accepted),
        counts(&verdicts.refused),
        time.as_millis(),
        file.replace('|', "\\|"),
        worst.memory_mib
    )
}
