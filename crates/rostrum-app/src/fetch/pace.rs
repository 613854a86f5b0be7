//! The least rate at which a body must come.

use std::time::Duration;

/// Counts what came in windows of waiting time. Only time spent waiting for the sender counts: a receiver that is busy
/// with its disk does not make the sender slow.
#[derive(Debug)]
pub(super) struct Pace {
    window: Duration,
    wanted_per_window: u64,
    waited: Duration,
    received: u64,
    in_grace: bool,
}

/// A window ended with too few bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooSlow;

impl Pace {
    /// No rate is asked for in the first window.
    pub(super) fn new(window: Duration, min_bytes_per_s: u64) -> Self {
        let wanted = (window.as_secs_f64() * min_bytes_per_s as f64) as u64;
        Self { window, wanted_per_window: wanted, waited: Duration::ZERO, received: 0, in_grace: true }
    }

    /// How long may be waited before the window must be judged.
    pub(super) fn patience(&self) -> Duration {
        self.window.saturating_sub(self.waited)
    }

    /// Adds what came after `waited` more; judges the window when it is over.
    pub(super) fn add(&mut self, waited: Duration, bytes: u64) -> Result<(), TooSlow> {
        self.waited += waited;
        self.received += bytes;
        if self.waited < self.window {
            return Ok(());
        }
        let enough = self.in_grace || self.received >= self.wanted_per_window;
        (self.waited, self.received, self.in_grace) = (Duration::ZERO, 0, false);
        if enough { Ok(()) } else { Err(TooSlow) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    #[test]
    fn the_first_window_is_grace_and_the_second_is_judged() {
        let mut pace = Pace::new(10 * S, 100);
        assert_eq!(pace.add(10 * S, 0), Ok(()));
        assert_eq!(pace.add(9 * S, 999), Ok(()));
        assert_eq!(pace.patience(), S);
        assert_eq!(pace.add(S, 0), Err(TooSlow));
    }

    #[test]
    fn the_rate_is_an_average_over_the_window() {
        let mut pace = Pace::new(10 * S, 100);
        for _ in 0..5 {
            assert_eq!(pace.add(9 * S, 0), Ok(()));
            assert_eq!(pace.add(S, 1000), Ok(()));
        }
    }

    #[test]
    fn no_time_of_waiting_is_never_too_slow() {
        let mut pace = Pace::new(10 * S, 100);
        assert_eq!(pace.add(10 * S, 0), Ok(()));
        for _ in 0..1000 {
            assert_eq!(pace.add(Duration::ZERO, 0), Ok(()));
        }
        assert_eq!(pace.patience(), 10 * S);
    }
}
