//! Work on the items of a list, several of them at the same time.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// How many items are worked on at the same time, of all lists together.
///
/// Nobody waits: each list is worked on by its caller in any case, so that there may be as many items more as there are
/// other lists, until the helpers of these have ended their item.
pub(crate) struct Places {
    most: usize,
    taken: AtomicUsize,
}

/// A place, until it is dropped.
struct Place<'a>(&'a Places);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Relaxed);
    }
}

impl Places {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, taken: AtomicUsize::new(0) }
    }

    fn callers(&self) -> Place<'_> {
        self.taken.fetch_add(1, Relaxed);
        Place(self)
    }

    fn free(&self) -> Option<Place<'_>> {
        let one_more = |taken| (taken < self.most).then_some(taken + 1);
        self.taken.fetch_update(Relaxed, Relaxed, one_more).ok().map(|_| Place(self))
    }

    fn are_too_few(&self) -> bool {
        self.taken.load(Relaxed) > self.most
    }

    /// Works on all items: in this thread and, where places are free, in others beside it. Items are begun in their order
    /// and results come in their order. A single item is worked on in this thread.
    ///
    /// # Errors
    ///
    /// That of the first item that has one; none is begun any more then. A panic counts as one, and is passed on.
    pub(crate) fn work<T: Sync, R: Send, E: Send>(
        &self,
        items: &[T],
        work: impl Fn(&T) -> Result<R, E> + Sync,
    ) -> Result<Vec<R>, E> {
        let begun = AtomicUsize::new(0);
        let ended = Mutex::new(Vec::with_capacity(items.len()));
        let work_on_one = || {
            let at = begun.fetch_add(1, Relaxed);
            let Some(item) = items.get(at) else { return false };
            let result = catch_unwind(AssertUnwindSafe(|| work(item)));
            if !matches!(result, Ok(Ok(_))) {
                begun.fetch_max(items.len(), Relaxed);
            }
            ended.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
            true
        };
        thread::scope(|scope| {
            let _place = self.callers();
            loop {
                while begun.load(Relaxed) + 1 < items.len()
                    && let Some(place) = self.free()
                {
                    let help = || {
                        let _place = place;
                        while work_on_one() && !self.are_too_few() {}
                    };
                    // Without another thread it goes on in this one.
                    if thread::Builder::new().name("speech".to_owned()).spawn_scoped(scope, help).is_err() {
                        break;
                    }
                }
                if !work_on_one() {
                    break;
                }
            }
        });
        let mut ended = ended.into_inner().unwrap_or_else(PoisonError::into_inner);
        ended.sort_unstable_by_key(|(at, _)| *at);
        ended.into_iter().map(|(_, result)| result.unwrap_or_else(|panic| resume_unwind(panic))).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    fn work(
        places: &Places,
        items: &[u32],
        work: impl Fn(u32) -> Result<u32, u32> + Sync,
    ) -> Result<Vec<u32>, u32> {
        places.work(items, |item| work(*item))
    }

    #[test]
    fn two_are_worked_on_at_the_same_time_and_come_in_order() {
        let places = Places::new(2);
        // Each waits for another one, so it would never end one after another.
        let both = Barrier::new(2);
        let doubled = work(&places, &[1, 2, 3, 4], |item| {
            both.wait();
            Ok(2 * item)
        });
        assert_eq!(doubled, Ok(vec![2, 4, 6, 8]));
        assert_eq!(places.taken.into_inner(), 0);
    }

    #[test]
    fn no_more_than_there_are_places_are_worked_on_and_a_single_one_in_the_callers_thread() {
        let items: Vec<u32> = (0..50).collect();
        for (most, items) in [(1, &items[..]), (3, &items), (4, &items[..1]), (4, &[])] {
            let (now, peak) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let caller = thread::current().id();
            let result = work(&Places::new(most), items, |item| {
                peak.fetch_max(now.fetch_add(1, Relaxed) + 1, Relaxed);
                assert!(most > 1 && items.len() > 1 || thread::current().id() == caller);
                thread::yield_now();
                now.fetch_sub(1, Relaxed);
                Ok(item)
            });
            assert_eq!(result.as_deref(), Ok(items));
            assert!(peak.into_inner() <= most);
        }
    }

    #[test]
    fn of_two_errors_the_first_by_order_is_told_and_nothing_is_begun_behind_them() {
        let places = Places::new(2);
        let both = Barrier::new(2);
        let worked = AtomicUsize::new(0);
        let result = work(&places, &[0, 1, 2, 3], |item| {
            worked.fetch_add(1, Relaxed);
            both.wait();
            Err(item)
        });
        assert_eq!(result, Err(0));
        assert_eq!(worked.into_inner(), 2);
        assert_eq!(places.taken.into_inner(), 0);
    }

    #[test]
    fn a_panic_beside_the_caller_is_the_callers_and_gives_the_place_back() {
        let places = Places::new(2);
        let both = Barrier::new(2);
        let caller = thread::current().id();
        let panic = catch_unwind(AssertUnwindSafe(|| {
            work(&places, &[0, 1], |_| {
                both.wait();
                assert!(thread::current().id() == caller, "the helper's own words");
                Ok(0)
            })
        }));
        let words = panic.expect_err("it passes on the panic");
        assert_eq!(words.downcast_ref::<&str>(), Some(&"the helper's own words"));
        assert_eq!(places.taken.into_inner(), 0);
    }
}
