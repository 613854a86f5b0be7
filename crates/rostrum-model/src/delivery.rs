//! Events on their way to whoever asked to be told.

use chrono::{DateTime, TimeDelta, Utc};

use crate::ids::{DeliveryId, EventId, WorkspaceId};

/// Pauses before a delivery that failed is tried again; about 23 hours in all (contract: retries for up to 24 hours).
const PAUSES_S: [i64; 10] = [10, 30, 60, 300, 900, 3600, 3 * 3600, 5 * 3600, 6 * 3600, 7 * 3600];

/// An event that is sent to an address until it is taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// Whose event it is.
    pub workspace_id: WorkspaceId,
    /// What is told.
    pub event_id: EventId,
    /// Where it is posted.
    pub url: String,
    /// Scheme and authority by which the receiver reaches this server.
    pub origin: String,
    /// How often it was tried.
    pub attempts: u32,
    /// How far it has come.
    pub state: DeliveryState,
    /// What was wrong with the last attempt.
    pub last_fault: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is tried at this time, or as soon as possible after it.
    Due(DateTime<Utc>),
    /// It was taken.
    Delivered(DateTime<Utc>),
    /// It was tried for a day in vain.
    GivenUp(DateTime<Utc>),
}

impl Delivery {
    /// The delivery after an attempt, which found it taken or a fault.
    #[must_use]
    pub fn attempted(&self, now: DateTime<Utc>, outcome: Result<(), String>) -> Self {
        let pause = PAUSES_S.get(self.attempts as usize);
        let state = match (&outcome, pause) {
            (Ok(()), _) => DeliveryState::Delivered(now),
            (Err(_), Some(pause)) => DeliveryState::Due(now + TimeDelta::seconds(*pause)),
            (Err(_), None) => DeliveryState::GivenUp(now),
        };
        Self { attempts: self.attempts + 1, state, last_fault: outcome.err(), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_delivery_is_tried_ever_more_rarely_for_a_day() {
        let mut now = DateTime::UNIX_EPOCH;
        let mut delivery = Delivery {
            id: DeliveryId::from_uuid(Uuid::nil()),
            workspace_id: WorkspaceId::from_uuid(Uuid::nil()),
            event_id: EventId::from_uuid(Uuid::nil()),
            url: "https://example.org/".to_owned(),
            origin: "https://video.example.org".to_owned(),
            attempts: 0,
            state: DeliveryState::Due(now),
            last_fault: None,
            created_at: now,
        };
        let taken = delivery.attempted(now, Ok(()));
        assert_eq!((taken.state, taken.attempts), (DeliveryState::Delivered(now), 1));
        let mut pauses = Vec::new();
        while let DeliveryState::Due(at) = delivery.state {
            pauses.push(at - now);
            now = at;
            delivery = delivery.attempted(now, Err("status 500".to_owned()));
        }
        assert_eq!(delivery.state, DeliveryState::GivenUp(now));
        assert_eq!((delivery.attempts, delivery.last_fault.as_deref()), (11, Some("status 500")));
        assert!(pauses.is_sorted());
        let day = now - DateTime::UNIX_EPOCH;
        assert!((TimeDelta::hours(22)..=TimeDelta::hours(24)).contains(&day), "{day}");
    }
}
