//! The real clock, the real dice, and the environment; nothing outside this crate reads them.

use std::path::PathBuf;

use anyhow::Context;
use chrono::{DateTime, Utc};
use rand::TryRngCore;
use rostrum_model::clock::{Chance, Clock};

/// The system's clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the system's clock is read")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// The operating system's random source.
pub(crate) struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rngs::OsRng.try_fill_bytes(bytes).expect("the operating system has random bytes once it runs");
    }
}

/// The default folder for records and files: `$XDG_DATA_HOME/rostrum`, else `~/.local/share/rostrum`.
pub(crate) fn data_dir() -> anyhow::Result<PathBuf> {
    let base = if let Some(dir) = variable("XDG_DATA_HOME") {
        PathBuf::from(dir)
    } else {
        let home = variable("HOME").context("HOME is not set; give --data-dir")?;
        PathBuf::from(home).join(".local/share")
    };
    Ok(base.join("rostrum"))
}

/// An environment variable that is set and not empty.
pub(crate) fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The environment variables whose names start with `prefix` and that are set and not empty.
pub(crate) fn variables(prefix: &str) -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, value)| name.starts_with(prefix) && !value.is_empty())
        .collect()
}
