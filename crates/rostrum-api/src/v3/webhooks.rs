//! `/v3/webhooks`.

use rostrum_model::delivery::{Answer, Delivery, DeliveryState};
use rostrum_model::event::EventType;
use rostrum_model::webhook::{MAX_WEBHOOK_ENDPOINTS, WebhookEndpoint as Model};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{ErrorCode, Refusal};
use crate::v3::{instant, read_body};

/// The longest address and the longest `entity_id`, in characters.
const MAX_URL_CHARS: usize = 2048;
const MAX_ENTITY_ID_CHARS: usize = 128;

/// An endpoint as answers show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookEndpoint {
    /// Its id.
    pub endpoint_id: String,
    /// Where events are posted.
    pub url: String,
    /// Which; all of them when null.
    pub events: Option<Vec<String>>,
    /// Only those of the thing with this id (beyond the contract).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_id: Option<String>,
    /// `enabled` or `disabled`.
    pub status: String,
    /// When it was made, by ISO 8601 in UTC.
    pub created_at: String,
    /// What bodies are signed with; only where it is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

impl WebhookEndpoint {
    /// An endpoint without its secret.
    pub fn new(endpoint: &Model) -> Self {
        let words = |events: &Vec<EventType>| events.iter().map(|event| event.word().to_owned()).collect();
        Self {
            endpoint_id: endpoint.id.to_string(),
            url: endpoint.url.clone(),
            events: endpoint.events.as_ref().map(words),
            entity_id: endpoint.entity_id.clone(),
            status: if endpoint.is_enabled { "enabled" } else { "disabled" }.to_owned(),
            created_at: instant(endpoint.created_at),
            secret: None,
        }
    }

    /// A new endpoint, with its secret.
    pub fn with_secret(endpoint: &Model) -> Self {
        Self { secret: Some(endpoint.secret.clone()), ..Self::new(endpoint) }
    }
}

/// The answer of `POST /v3/webhooks/endpoints/{endpoint_id}/rotate-secret`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotatedSecret {
    /// The endpoint.
    pub endpoint_id: String,
    /// What bodies are signed with from now on.
    pub secret: String,
    /// Until when the secret before it signs too, by ISO 8601 in UTC (beyond the contract).
    pub previous_secret_valid_until: Option<String>,
}

impl RotatedSecret {
    /// The answer for an endpoint.
    pub fn new(endpoint: &Model) -> Self {
        Self {
            endpoint_id: endpoint.id.to_string(),
            secret: endpoint.secret.clone(),
            previous_secret_valid_until: endpoint
                .previous_secret
                .as_ref()
                .map(|previous| instant(previous.until)),
        }
    }
}

/// One row of `GET /v3/webhooks/event-types`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventTypeRow {
    /// Its word.
    pub event_type: String,
    /// What it tells.
    pub description: String,
}

impl EventTypeRow {
    /// All types.
    pub fn all() -> Vec<Self> {
        let row = |event_type: &EventType| Self {
            event_type: event_type.word().to_owned(),
            description: event_type.description().to_owned(),
        };
        EventType::ALL.iter().map(row).collect()
    }
}

/// How far the sending of an event to somebody has come (beyond the contract).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRow {
    /// Its id.
    pub delivery_id: String,
    /// The endpoint; null for the `callback_url` of a request.
    pub endpoint_id: Option<String>,
    /// Where it is posted.
    pub url: String,
    /// `pending`, `delivered` or `failed`.
    pub status: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, by ISO 8601 in UTC.
    pub next_attempt_at: Option<String>,
    /// When it ended.
    pub ended_at: Option<String>,
    /// What was wrong with the last attempt.
    pub error: Option<String>,
    /// What the last attempt was answered with.
    pub response: Option<Answer>,
    /// When it was asked for.
    pub created_at: String,
}

impl DeliveryRow {
    /// The row of a delivery.
    pub fn new(delivery: &Delivery) -> Self {
        let (status, next, ended) = match delivery.state {
            DeliveryState::Due(at) => ("pending", Some(at), None),
            DeliveryState::Delivered(at) => ("delivered", None, Some(at)),
            DeliveryState::GivenUp(at) => ("failed", None, Some(at)),
        };
        Self {
            delivery_id: delivery.id.to_string(),
            endpoint_id: delivery.endpoint_id.map(|id| id.to_string()),
            url: delivery.url.clone(),
            status: status.to_owned(),
            attempts: delivery.attempts,
            next_attempt_at: next.map(instant),
            ended_at: ended.map(instant),
            error: delivery.last_fault.clone(),
            response: delivery.last_answer.clone(),
            created_at: instant(delivery.created_at),
        }
    }
}

/// An event with its deliveries (beyond the contract).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToldEvent {
    /// The event as it is posted.
    #[serde(flatten)]
    pub event: Value,
    /// In the order in which they were asked for.
    pub deliveries: Vec<DeliveryRow>,
}

/// The body of `POST` and `PATCH /v3/webhooks/endpoints`, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveEndpoint {
    /// Where events are posted.
    pub url: Option<String>,
    /// Which, when given; all of them for `Some(None)`, which is an empty list.
    pub events: Option<Option<Vec<EventType>>>,
    /// Only those of the thing with this id.
    pub entity_id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct WireEndpoint {
    url: Option<String>,
    events: Option<Vec<String>>,
    entity_id: Option<String>,
}

impl SaveEndpoint {
    /// Reads a body.
    ///
    /// # Errors
    /// Names the first field at fault.
    pub fn from_json(body: Value) -> Result<Self, Refusal> {
        let WireEndpoint { url, events, entity_id } = read_body(body)?;
        for (name, text, most) in
            [("url", &url, MAX_URL_CHARS), ("entity_id", &entity_id, MAX_ENTITY_ID_CHARS)]
        {
            let length = text.as_ref().map_or(0, |text| text.chars().count());
            if length > most {
                let message = format!("'{name}' must have at most {most} characters, got {length}.");
                return Err(Refusal::invalid(name, message));
            }
        }
        let read = |words: Vec<String>| -> Result<Option<Vec<EventType>>, Refusal> {
            let mut events = Vec::new();
            for (index, word) in words.iter().enumerate() {
                let event = event_type(&format!("events[{index}]"), word)?;
                if !events.contains(&event) {
                    events.push(event);
                }
            }
            Ok((!events.is_empty()).then_some(events))
        };
        let entity_id = entity_id.filter(|id| !id.is_empty());
        Ok(Self { url, events: events.map(read).transpose()?, entity_id })
    }

    /// The address of a new endpoint.
    ///
    /// # Errors
    /// When there is none.
    pub fn required_url(&self) -> Result<String, Refusal> {
        self.url.clone().ok_or_else(|| Refusal::invalid("url", "'url' is required: where events are posted."))
    }
}

/// Reads the word of a type.
///
/// # Errors
/// With all words that there are.
pub fn event_type(param: &str, word: &str) -> Result<EventType, Refusal> {
    word.parse().map_err(|_| {
        let words: Vec<&str> = EventType::ALL.iter().map(|event| event.word()).collect();
        Refusal::invalid(param, format!("'{param}' must be one of {}; got '{word}'.", words.join(", ")))
    })
}

/// No such endpoint in the caller's workspace.
pub fn endpoint_not_found(id: &str) -> Refusal {
    Refusal {
        code: ErrorCode::WebhookNotFound,
        message: format!("Webhook endpoint '{id}' was not found; GET /v3/webhooks/endpoints lists yours."),
        param: Some("endpoint_id".to_owned()),
        more: Vec::new(),
    }
}

/// No such event in the caller's workspace.
pub fn event_not_found(id: &str) -> Refusal {
    Refusal {
        code: ErrorCode::WebhookNotFound,
        message: format!("Event '{id}' was not found; GET /v3/webhooks/events lists yours."),
        param: Some("event_id".to_owned()),
        more: Vec::new(),
    }
}

/// The workspace has as many endpoints as it may have.
pub fn too_many_endpoints() -> Refusal {
    Refusal {
        code: ErrorCode::Conflict,
        message: format!(
            "A workspace has at most {MAX_WEBHOOK_ENDPOINTS} webhook endpoints; delete one with DELETE \
             /v3/webhooks/endpoints/{{endpoint_id}} first."
        ),
        param: None,
        more: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn events_are_named_by_their_words_and_none_means_all() {
        let read = |events: Value| SaveEndpoint::from_json(json!({"url": "https://a/", "events": events}));
        let two = json!(["avatar_video.success", "batch.finished", "batch.finished"]);
        let some = Some(Some(vec![EventType::VideoCompleted, EventType::BatchFinished]));
        assert_eq!(read(two).unwrap().events, some);
        assert_eq!(read(json!([])).unwrap().events, Some(None));
        assert_eq!(read(Value::Null).unwrap().events, None);
        let refusal = read(json!(["batch.finished", "video.done"])).unwrap_err();
        assert_eq!(refusal.param.as_deref(), Some("events[1]"));
        assert!(refusal.message.contains("avatar_video.success, avatar_video.fail"), "{}", refusal.message);
        assert!(refusal.message.ends_with("got 'video.done'."), "{}", refusal.message);
    }

    #[test]
    fn the_thirty_types_of_the_contract_and_ours_are_listed_once_each() {
        let rows = EventTypeRow::all();
        let mut words: Vec<&str> = rows.iter().map(|row| row.event_type.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!((rows.len(), words.len()), (33, 33));
    }
}
