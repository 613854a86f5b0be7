//! How many requests a key may send.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use rostrum_model::ids::ApiKeyId;

/// Counts requests by key: so many a second, and as many as in two seconds at once after a pause.
pub struct RequestRates(DefaultKeyedRateLimiter<ApiKeyId>);

/// How long a key may save requests up, in seconds, which [`RequestRates`] tells.
const BURST_SECONDS: u32 = 2;

impl RequestRates {
    /// Lets each key send this many requests a second.
    pub fn new(per_second: NonZeroU32) -> Self {
        let burst = per_second.saturating_mul(NonZeroU32::new(BURST_SECONDS).expect("it is not zero"));
        Self(DefaultKeyedRateLimiter::keyed(Quota::per_second(per_second).allow_burst(burst)))
    }

    /// Counts a request; gives how long to wait where it is one too many.
    ///
    /// # Errors
    /// The time until one more may be sent.
    pub fn count(&self, key: ApiKeyId) -> Result<(), Duration> {
        let checked = self.0.check_key(&key);
        checked.map_err(|early| early.wait_time_from(DefaultClock::default().now()))
    }
}

impl std::fmt::Debug for RequestRates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RequestRates").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_sends_a_burst_and_is_told_when_to_send_the_next_and_others_are_not_counted_with_it() {
        let rates = RequestRates::new(NonZeroU32::new(1).unwrap());
        let [one, other] = ["1", "2"].map(|digit| format!("key_{digit:0>32}").parse().unwrap());
        assert_eq!((rates.count(one), rates.count(one)), (Ok(()), Ok(())));
        let wait = rates.count(one).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(1), "{wait:?}");
        assert_eq!(rates.count(other), Ok(()));
    }
}
