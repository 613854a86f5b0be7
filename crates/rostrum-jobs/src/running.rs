//! The steps this process is running.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

/// The steps this process is running, listed so that a cancel reaches them without a detour through the database.
#[derive(Default)]
pub(crate) struct RunningSteps {
    steps: Mutex<RunningStepTable>,
}

#[derive(Default)]
struct RunningStepTable {
    next_key: u64,
    by_key: HashMap<u64, (String, CancellationToken)>,
}

impl RunningSteps {
    pub(crate) fn enter(self: &Arc<Self>, job_id: &str, cancelled: CancellationToken) -> RunningStep {
        let mut table = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let key = table.next_key;
        table.next_key += 1;
        table.by_key.insert(key, (job_id.to_owned(), cancelled.clone()));
        RunningStep { all: Arc::clone(self), key, cancelled }
    }

    pub(crate) fn cancel(&self, job_id: &str) {
        let table = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, cancelled) in table.by_key.values().filter(|(id, _)| id == job_id) {
            cancelled.cancel();
        }
    }
}

/// One entry of [`RunningSteps`]. Dropped when the step has ended and also when it is let go in the middle, which is
/// how threads still working for it learn that.
pub(crate) struct RunningStep {
    all: Arc<RunningSteps>,
    key: u64,
    pub(crate) cancelled: CancellationToken,
}

impl Drop for RunningStep {
    fn drop(&mut self) {
        self.cancelled.cancel();
        self.all.steps.lock().unwrap_or_else(PoisonError::into_inner).by_key.remove(&self.key);
    }
}
