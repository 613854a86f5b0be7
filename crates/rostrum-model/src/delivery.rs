//! Events on their way to whoever asked to be told.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{DeliveryId, EventId, WebhookEndpointId, WorkspaceId};

/// Pauses before a delivery that failed is tried again: 27 hours and a half in all (the schedule of Standard Webhooks; contract:
/// retries for up to 24 hours).
const PAUSES_S: [i64; 7] = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600];
/// How much longer a pause may be, so that what failed together is not tried again together.
const MOST_JITTER: f64 = 0.1;
/// How much of an answer is kept, in bytes.
pub const MAX_KEPT_ANSWER: usize = 256;

/// An event that is sent to an address until it is taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// Whose event it is.
    pub workspace_id: WorkspaceId,
    /// What is told.
    pub event_id: EventId,
    /// The endpoint it goes to; `None` for a callback of a single request.
    pub endpoint_id: Option<WebhookEndpointId>,
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
    /// What the last attempt was answered with.
    pub last_answer: Option<Answer>,
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
    /// It was tried for a day in vain, or its endpoint is gone.
    GivenUp(DateTime<Utc>),
}

/// What a receiver answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Status of the answer.
    pub status: u16,
    /// How long it took, in milliseconds.
    pub latency_ms: u64,
    /// The first bytes of the answer, at most [`MAX_KEPT_ANSWER`].
    pub body: String,
}

impl Delivery {
    /// The delivery after an attempt, which was answered, or found a fault. What was answered with 2xx is taken. `chance` (0..1)
    /// lengthens the pause.
    #[must_use]
    pub fn attempted(&self, now: DateTime<Utc>, outcome: Result<Answer, String>, chance: f64) -> Self {
        let (answer, fault) = match outcome {
            Ok(answer) if (200..300).contains(&answer.status) => (Some(answer), None),
            Ok(answer) => (Some(answer.clone()), Some(format!("answered with status {}", answer.status))),
            Err(fault) => (None, Some(fault)),
        };
        let state = match (&fault, PAUSES_S.get(self.attempts as usize)) {
            (None, _) => DeliveryState::Delivered(now),
            (Some(_), Some(pause)) => {
                let pause_s = *pause as f64 * (1.0 + MOST_JITTER * chance);
                DeliveryState::Due(now + TimeDelta::milliseconds((pause_s * 1000.0) as i64))
            }
            (Some(_), None) => DeliveryState::GivenUp(now),
        };
        Self { attempts: self.attempts + 1, state, last_fault: fault, last_answer: answer, ..self.clone() }
    }

    /// The delivery given up without another attempt.
    #[must_use]
    pub fn given_up(&self, now: DateTime<Utc>, fault: &str) -> Self {
        Self { state: DeliveryState::GivenUp(now), last_fault: Some(fault.to_owned()), ..self.clone() }
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
            endpoint_id: None,
            url: "https://example.org/".to_owned(),
            origin: "https://video.example.org".to_owned(),
            attempts: 0,
            state: DeliveryState::Due(now),
            last_fault: None,
            last_answer: None,
            created_at: now,
        };
        let answer = |status| Answer { status, latency_ms: 9, body: "no".to_owned() };
        let taken = delivery.attempted(now, Ok(answer(204)), 0.5);
        assert_eq!((taken.state, taken.attempts), (DeliveryState::Delivered(now), 1));
        let mut pauses = Vec::new();
        while let DeliveryState::Due(at) = delivery.state {
            pauses.push(at - now);
            now = at;
            delivery = delivery.attempted(now, Ok(answer(500)), 0.5);
        }
        assert_eq!(delivery.state, DeliveryState::GivenUp(now));
        let fault = Some("answered with status 500");
        assert_eq!((delivery.attempts, delivery.last_fault.as_deref()), (8, fault));
        assert_eq!(delivery.last_answer, Some(answer(500)));
        assert!(pauses.is_sorted());
        let day = now - DateTime::UNIX_EPOCH;
        assert!((TimeDelta::hours(27)..=TimeDelta::hours(30)).contains(&day), "{day}");
    }
}
