//! Whom a workspace wants to be told of its events.

use chrono::{DateTime, TimeDelta, Utc};

use crate::event::{Event, EventType};
use crate::ids::{WebhookEndpointId, WorkspaceId};

/// The most endpoints of a workspace (contract: 10).
pub const MAX_WEBHOOK_ENDPOINTS: usize = 10;
/// What secrets begin with (contract; also Standard Webhooks).
pub const SECRET_PREFIX: &str = "whsec_";
/// How long the secret before the current one is still signed with.
pub const SECRET_OVERLAP: TimeDelta = TimeDelta::hours(24);
/// An endpoint that took nothing for so long is told nothing more.
pub const DISABLED_AFTER: TimeDelta = TimeDelta::days(5);

/// An address to which events are posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEndpoint {
    /// Its id.
    pub id: WebhookEndpointId,
    /// Whose events.
    pub workspace_id: WorkspaceId,
    /// Where they are posted.
    pub url: String,
    /// Scheme and authority by which the receiver reaches this server.
    pub origin: String,
    /// Which events; all of them when `None`.
    pub events: Option<Vec<EventType>>,
    /// Only those of the thing with this id.
    pub entity_id: Option<String>,
    /// What bodies are signed with: [`SECRET_PREFIX`] and Base64.
    pub secret: String,
    /// The secret before it.
    pub previous_secret: Option<PreviousSecret>,
    /// Whether it is told of events.
    pub is_enabled: bool,
    /// Since when it has taken nothing; `None` when it took what was last posted.
    pub failing_since: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A secret that was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviousSecret {
    /// As [`WebhookEndpoint::secret`].
    pub secret: String,
    /// Until when it is signed with.
    pub until: DateTime<Utc>,
}

impl WebhookEndpoint {
    /// Whether it is to be told of an event.
    pub fn wants(&self, event: &Event) -> bool {
        self.is_enabled
            && self.created_at <= event.created_at
            && self.events.as_ref().is_none_or(|events| events.contains(&event.data.event_type()))
            && self.entity_id.as_ref().is_none_or(|id| *id == event.data.entity_id())
    }

    /// The endpoint with another secret; the one it had stays good for [`SECRET_OVERLAP`].
    #[must_use]
    pub fn rotated(self, secret: String, now: DateTime<Utc>) -> Self {
        let previous_secret = Some(PreviousSecret { secret: self.secret, until: now + SECRET_OVERLAP });
        Self { secret, previous_secret, ..self }
    }

    /// The secret before the current one, while it is good.
    pub fn previous_secret(&self, now: DateTime<Utc>) -> Option<&str> {
        self.previous_secret
            .as_ref()
            .filter(|previous| now < previous.until)
            .map(|previous| &*previous.secret)
    }

    /// Whether it is to be disabled, having taken nothing for too long.
    pub fn is_lost(&self, now: DateTime<Utc>) -> bool {
        self.failing_since.is_some_and(|since| now - since >= DISABLED_AFTER)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::event::{BatchFinished, EventData};
    use crate::ids::{BatchId, EventId};

    fn endpoint() -> WebhookEndpoint {
        WebhookEndpoint {
            id: WebhookEndpointId::from_uuid(Uuid::nil()),
            workspace_id: WorkspaceId::from_uuid(Uuid::nil()),
            url: "https://example.org/".to_owned(),
            origin: "https://video.example.org".to_owned(),
            events: None,
            entity_id: None,
            secret: "whsec_b25l".to_owned(),
            previous_secret: None,
            is_enabled: true,
            failing_since: None,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    fn event(at_s: i64) -> Event {
        let batch_id = BatchId::from_uuid(Uuid::nil());
        let data = EventData::BatchFinished(BatchFinished {
            batch_id,
            title: None,
            status: "completed".to_owned(),
            total_items: 0,
            counts_by_status: std::collections::BTreeMap::new(),
        });
        Event {
            id: EventId::from_uuid(Uuid::nil()),
            workspace_id: WorkspaceId::from_uuid(Uuid::nil()),
            data,
            created_at: DateTime::UNIX_EPOCH + TimeDelta::seconds(at_s),
        }
    }

    #[test]
    fn an_endpoint_is_told_of_what_it_asked_for_from_its_making_on() {
        let (all, event) = (endpoint(), event(5));
        assert!(all.wants(&event));
        let id = event.data.entity_id();
        let of = |events: &[EventType], id: &str| WebhookEndpoint {
            events: Some(events.to_vec()),
            entity_id: Some(id.to_owned()),
            ..endpoint()
        };
        assert!(of(&[EventType::BatchFinished], &id).wants(&event));
        assert!(!of(&[EventType::VideoFailed], &id).wants(&event));
        assert!(!of(&[EventType::BatchFinished], "another").wants(&event));
        assert!(!WebhookEndpoint { is_enabled: false, ..endpoint() }.wants(&event));
        let later = DateTime::UNIX_EPOCH + TimeDelta::seconds(6);
        assert!(!WebhookEndpoint { created_at: later, ..endpoint() }.wants(&event));
    }

    #[test]
    fn a_replaced_secret_stays_good_for_a_day() {
        let rotated = endpoint().rotated("whsec_dHdv".to_owned(), DateTime::UNIX_EPOCH);
        assert_eq!(rotated.secret, "whsec_dHdv");
        let at = |hours| DateTime::UNIX_EPOCH + TimeDelta::hours(hours);
        assert_eq!(rotated.previous_secret(at(23)), Some("whsec_b25l"));
        assert_eq!(rotated.previous_secret(at(24)), None);
    }

    #[test]
    fn an_endpoint_is_lost_after_five_days_without_taking_anything() {
        let failing = WebhookEndpoint { failing_since: Some(DateTime::UNIX_EPOCH), ..endpoint() };
        let at = |hours| DateTime::UNIX_EPOCH + TimeDelta::hours(hours);
        assert!(!failing.is_lost(at(119)));
        assert!(failing.is_lost(at(120)));
        assert!(!endpoint().is_lost(at(999)));
    }
}
