//! `/v1/webhook`

use rostrum_model::event::EventType;
use rostrum_model::webhook::WebhookEndpoint;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Refusal;
use crate::v3::webhooks::{SaveEndpoint, WebhookEndpoint as V3Endpoint};

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct V1Endpoint {
    /// Its id.
    pub endpoint_id: String,
    /// Where events are posted.
    pub url: String,
    /// `enabled` or `disabled`.
    pub status: String,
    /// Which events; all of them when there are none, as in requests.
    pub events: Vec<String>,
    /// Only those of the thing with this id.
    pub entity_id: Option<String>,
    /// Whose it is: the workspace.
    pub username: String,
    /// When it was made, by ISO 8601 in UTC.
    pub created_at: String,
    /// What bodies are signed with; only where it is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

impl V1Endpoint {
    /// An endpoint without its secret.
    pub fn new(endpoint: &WebhookEndpoint) -> Self {
        Self::of(V3Endpoint::new(endpoint), endpoint)
    }

    /// A new endpoint, with its secret.
    pub fn with_secret(endpoint: &WebhookEndpoint) -> Self {
        Self::of(V3Endpoint::with_secret(endpoint), endpoint)
    }

    fn of(shown: V3Endpoint, endpoint: &WebhookEndpoint) -> Self {
        let V3Endpoint { endpoint_id, url, events, entity_id, status, created_at, secret } = shown;
        let username = endpoint.workspace_id.to_string();
        let events = events.unwrap_or_default();
        Self { endpoint_id, url, status, events, entity_id, username, created_at, secret }
    }
}

/// Reads the body of `PATCH /v1/webhook/endpoint.update`: which endpoint, and what is to be changed of it.
///
/// # Errors
/// Names the first field at fault.
pub fn endpoint_update(body: Value) -> Result<(String, SaveEndpoint), Refusal> {
    let id = required_endpoint_id(body.get("endpoint_id").and_then(Value::as_str))?;
    Ok((id, SaveEndpoint::from_json(body)?))
}

/// The id of an endpoint that must be given.
///
/// # Errors
/// When it is missing or empty.
pub fn required_endpoint_id(given: Option<&str>) -> Result<String, Refusal> {
    given.filter(|id| !id.is_empty()).map(str::to_owned).ok_or_else(|| {
        Refusal::invalid(
            "endpoint_id",
            "'endpoint_id' is required; GET /v1/webhook/endpoint.list lists the endpoints.",
        )
    })
}

/// The words of all events.
pub fn event_words() -> Vec<&'static str> {
    EventType::ALL.iter().map(|event| event.word()).collect()
}
