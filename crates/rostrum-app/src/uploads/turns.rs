//! One sender at a time for each upload. The newest wins: a client that comes back after its connection broke must not
//! wait until the server notices that too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use rostrum_model::ids::AssetId;
use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

/// Whose turn it is, by upload.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<AssetId, Waiting>>);

/// The newest sender of an upload.
#[derive(Debug)]
struct Waiting {
    /// Held by the sender at work.
    gate: Arc<tokio::sync::Mutex<()>>,
    /// Tells the newest sender to give way.
    give_way: CancellationToken,
}

/// The right to write an upload.
#[derive(Debug)]
pub(super) struct Turn {
    _held: OwnedMutexGuard<()>,
    give_way: CancellationToken,
}

impl Turn {
    /// Ends when a newer sender waits.
    pub(super) async fn is_over(&self) {
        self.give_way.cancelled().await;
    }
}

impl Turns {
    /// Tells the sender at work to give way and waits until it has.
    pub(super) async fn take(&self, id: AssetId) -> Turn {
        let give_way = CancellationToken::new();
        let gate = {
            let mut waiting = self.0.lock().expect("no holder of this lock can panic");
            // Nobody holds or awaits a gate that only this map knows.
            waiting.retain(|_, upload| Arc::strong_count(&upload.gate) > 1);
            let newest = waiting
                .entry(id)
                .or_insert_with(|| Waiting { gate: Arc::default(), give_way: give_way.clone() });
            if Arc::strong_count(&newest.gate) > 1 {
                newest.give_way.cancel();
            }
            newest.give_way = give_way.clone();
            Arc::clone(&newest.gate)
        };
        Turn { _held: gate.lock_owned().await, give_way }
    }
}

#[cfg(test)]
mod tests {
    use rostrum_model::clock::Chance;

    use super::*;

    struct Zeros;

    impl Chance for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[tokio::test]
    async fn a_newer_sender_makes_the_older_one_give_way_and_then_has_its_turn() {
        let clock = rostrum_model::clock::ManualClock::new(chrono::DateTime::UNIX_EPOCH);
        let id = AssetId::generate(&clock, &Zeros);
        let turns = Turns::default();
        let first = turns.take(id).await;
        let older = async {
            first.is_over().await;
            drop(first);
        };
        let ((), second) = tokio::join!(older, turns.take(id));
        assert!(!second.give_way.is_cancelled());
        drop(second);
        turns.take(id).await;
        assert_eq!(turns.0.lock().unwrap().len(), 1, "gates nobody needs are removed by the next sender");
    }
}
