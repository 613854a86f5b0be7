//! Time and chance as values that are passed in, so that tests can fix both.

use std::sync::Mutex;

use chrono::{DateTime, Utc};

/// Tells the time. Production uses a system clock made in the binary; tests use [`ManualClock`].
pub trait Clock: Send + Sync {
    /// The present instant, UTC.
    fn now(&self) -> DateTime<Utc>;
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(Mutex<DateTime<Utc>>);

impl ManualClock {
    /// A clock standing at `start`.
    pub fn new(start: DateTime<Utc>) -> Self {
        Self(Mutex::new(start))
    }

    /// Moves the clock forward (or back, for a negative `step`).
    pub fn advance(&self, step: chrono::TimeDelta) {
        let mut now = self.0.lock().expect("no holder of this lock can panic");
        *now += step;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("no holder of this lock can panic")
    }
}

/// A source of random bytes for ids and secrets: the operating system's in production, a seeded one in tests.
pub trait Chance: Send + Sync {
    /// Fills `bytes` with random bytes fit for secrets.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Chance + '_ {
    /// So many random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}
