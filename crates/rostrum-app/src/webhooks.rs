//! Endpoints of webhooks, and the events they were told of.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use rostrum_model::delivery::Delivery;
use rostrum_model::event::{Event, EventType};
use rostrum_model::ids::{EventId, WebhookEndpointId, WorkspaceId};
use rostrum_model::webhook::{MAX_WEBHOOK_ENDPOINTS, SECRET_PREFIX, WebhookEndpoint};
use rostrum_store::StoreError;
pub use rostrum_store::{EndpointCursor, EventCursor, EventFilter};
use sha2::Sha256;

use crate::fetch::FetchError;
use crate::pages::page_of;
use crate::{App, hex};

/// Bytes of a secret (Standard Webhooks: 24 to 64).
const SECRET_BYTES: usize = 32;
/// How long an endpoint that is asked first may take to answer.
pub const ASKED_FIRST_TIMEOUT: Duration = Duration::from_secs(1);
/// More endpoints than a workspace ever has.
pub(crate) const EVERY_ENDPOINT: u64 = 1000;

/// An endpoint cannot be stored.
#[derive(Debug, thiserror::Error)]
pub enum SaveEndpointError {
    /// Nothing may be posted to its address.
    #[error(transparent)]
    Url(FetchError),
    /// It was asked first, and gave no answer in time.
    #[error("the endpoint does not answer")]
    NoAnswer(FetchError),
    /// It was asked first, and answered with a status that is not 2xx.
    #[error("the endpoint answers OPTIONS with status {0}")]
    Declined(u16),
    /// The workspace has an endpoint at this address already.
    #[error("the workspace has the endpoint '{0}' at this address already")]
    UrlTaken(WebhookEndpointId),
    /// The workspace has as many endpoints as it may have.
    #[error("a workspace has at most {MAX_WEBHOOK_ENDPOINTS} endpoints")]
    TooMany,
    /// Records could not be reached.
    #[error("the endpoint could not be recorded")]
    Store(#[from] StoreError),
}

/// A new endpoint as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEndpoint {
    /// Where events are posted.
    pub url: String,
    /// Which; all of them when `None`.
    pub events: Option<Vec<EventType>>,
    /// Only those of the thing with this id.
    pub entity_id: Option<String>,
    /// Scheme and authority by which the receiver reaches this server.
    pub origin: String,
    /// Whether it must answer `OPTIONS` within [`ASKED_FIRST_TIMEOUT`] before it is stored.
    pub ask_first: bool,
}

/// What is to be changed of an endpoint; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndpointChange {
    /// Where events are posted.
    pub url: Option<String>,
    /// Which; all of them for `Some(None)`.
    pub events: Option<Option<Vec<EventType>>>,
}

/// A page of endpoints.
pub struct EndpointPage {
    /// Newest first.
    pub endpoints: Vec<WebhookEndpoint>,
    /// Where the next page starts, when there is one.
    pub next: Option<EndpointCursor>,
}

/// A page of events.
pub struct EventPage {
    /// Newest first.
    pub events: Vec<Event>,
    /// Where the next page starts, when there is one.
    pub next: Option<EventCursor>,
}

impl App {
    /// Stores a new endpoint, which is told of what happens from now on.
    ///
    /// # Errors
    /// When nothing may be posted to its address, the workspace has too many endpoints or one there, it does not answer
    /// though it is asked first, or the records do not answer.
    pub async fn create_endpoint(
        &self,
        workspace_id: WorkspaceId,
        wanted: NewEndpoint,
    ) -> Result<WebhookEndpoint, SaveEndpointError> {
        let NewEndpoint { url, events, entity_id, origin, ask_first } = wanted;
        let backends = &self.backends;
        backends.fetcher.check(&url).map_err(SaveEndpointError::Url)?;
        let id = self.mint("endpoint", WebhookEndpointId::generate);
        let existing = backends.store.webhook_endpoints().list(workspace_id, EVERY_ENDPOINT, None).await?;
        if let Some(made) = existing.iter().find(|other| other.id == id) {
            return Ok(made.clone());
        }
        if let Some(same) = existing.iter().find(|other| other.url == url && other.entity_id == entity_id) {
            return Err(SaveEndpointError::UrlTaken(same.id));
        }
        if existing.len() >= MAX_WEBHOOK_ENDPOINTS {
            return Err(SaveEndpointError::TooMany);
        }
        if ask_first {
            let status = backends.fetcher.options(&url, ASKED_FIRST_TIMEOUT).await;
            let status = status.map_err(SaveEndpointError::NoAnswer)?;
            if !(200..300).contains(&status) {
                return Err(SaveEndpointError::Declined(status));
            }
        }
        let endpoint = WebhookEndpoint {
            id,
            workspace_id,
            url,
            origin,
            events,
            entity_id,
            secret: self.webhook_secret(),
            previous_secret: None,
            is_enabled: true,
            failing_since: None,
            created_at: backends.clock.now(),
        };
        backends.store.webhook_endpoints().add(&endpoint).await?;
        Ok(endpoint)
    }

    /// A page of the workspace's endpoints, newest first.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn endpoints(
        &self,
        workspace_id: WorkspaceId,
        limit: u32,
        after: Option<EndpointCursor>,
    ) -> Result<EndpointPage, StoreError> {
        let endpoints = self.backends.store.webhook_endpoints();
        let found = endpoints.list(workspace_id, u64::from(limit) + 1, after).await?;
        let (endpoints, next) = page_of(found, limit as usize, EndpointCursor::after);
        Ok(EndpointPage { endpoints, next })
    }

    /// Changes an endpoint, which is told of events again if it was disabled; `None` when the workspace has no such endpoint.
    ///
    /// # Errors
    /// As [`App::create_endpoint`].
    pub async fn change_endpoint(
        &self,
        workspace_id: WorkspaceId,
        id: WebhookEndpointId,
        EndpointChange { url, events }: EndpointChange,
    ) -> Result<Option<WebhookEndpoint>, SaveEndpointError> {
        if let Some(url) = &url {
            self.backends.fetcher.check(url).map_err(SaveEndpointError::Url)?;
        }
        let endpoints = self.backends.store.webhook_endpoints();
        let Some(endpoint) = endpoints.get(workspace_id, id).await? else { return Ok(None) };
        let changed = WebhookEndpoint {
            url: url.unwrap_or(endpoint.url),
            events: events.unwrap_or(endpoint.events),
            is_enabled: true,
            failing_since: None,
            ..endpoint
        };
        Ok(endpoints.update(&changed).await?.then_some(changed))
    }

    /// Gives an endpoint another secret; the one it had stays good for a day. `None` when the workspace has no such endpoint.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn rotate_endpoint_secret(
        &self,
        workspace_id: WorkspaceId,
        id: WebhookEndpointId,
    ) -> Result<Option<WebhookEndpoint>, StoreError> {
        let endpoints = self.backends.store.webhook_endpoints();
        let Some(endpoint) = endpoints.get(workspace_id, id).await? else { return Ok(None) };
        let secret = self.webhook_secret();
        if endpoint.secret == secret {
            return Ok(Some(endpoint));
        }
        let rotated = endpoint.rotated(secret, self.backends.clock.now());
        Ok(endpoints.update(&rotated).await?.then_some(rotated))
    }

    /// Deletes an endpoint; false when the workspace has no such endpoint.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn delete_endpoint(
        &self,
        workspace_id: WorkspaceId,
        id: WebhookEndpointId,
    ) -> Result<bool, StoreError> {
        self.backends.store.webhook_endpoints().delete(workspace_id, id).await
    }

    /// A page of what happened in the workspace, newest first.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn events(
        &self,
        workspace_id: WorkspaceId,
        which: EventFilter<'_>,
        limit: u32,
        after: Option<EventCursor>,
    ) -> Result<EventPage, StoreError> {
        let found =
            self.backends.store.events().list(workspace_id, which, u64::from(limit) + 1, after).await?;
        let (events, next) = page_of(found, limit as usize, EventCursor::after);
        Ok(EventPage { events, next })
    }

    /// An event of the workspace with its deliveries; `None` when there is no such event.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn event(
        &self,
        workspace_id: WorkspaceId,
        id: EventId,
    ) -> Result<Option<(Event, Vec<Delivery>)>, StoreError> {
        let store = &self.backends.store;
        let Some(event) = store.events().get(workspace_id, id).await? else { return Ok(None) };
        Ok(Some((event, store.deliveries().of_event(workspace_id, id).await?)))
    }

    /// Tells all endpoints that want an event of it once more, also those that were made after it. Gives the new deliveries;
    /// `None` when there is no such event.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn redeliver(
        &self,
        workspace_id: WorkspaceId,
        id: EventId,
    ) -> Result<Option<Vec<Delivery>>, StoreError> {
        let store = &self.backends.store;
        let Some(event) = store.events().get(workspace_id, id).await? else { return Ok(None) };
        let now = Event { created_at: self.backends.clock.now(), ..event };
        let deliveries = self.deliveries_of(&now).await?;
        store.deliveries().add(&deliveries).await?;
        Ok(Some(deliveries))
    }

    fn webhook_secret(&self) -> String {
        format!("{SECRET_PREFIX}{}", BASE64_STANDARD.encode(self.mint_secret::<SECRET_BYTES>("secret")))
    }
}

/// The headers by which a receiver tells that a body comes from here: HeyGen's (the whole secret is the key, the body is signed,
/// hex), those of its first generation, and those of Standard Webhooks (the secret's bytes are the key; id, time and body are
/// signed, Base64). While the secret before is good, it signs too.
pub(crate) fn signed_headers(
    endpoint: &WebhookEndpoint,
    event: EventId,
    body: &str,
    now: DateTime<Utc>,
) -> Vec<(&'static str, String)> {
    let (id, time) = (event.to_string(), now.timestamp().to_string());
    let whole = |secret: &str| hex(&mac(secret.as_bytes(), body));
    let signed = format!("{id}.{time}.{body}");
    let standard = |secret: &str| {
        let key = BASE64_STANDARD.decode(secret.trim_start_matches(SECRET_PREFIX)).unwrap_or_default();
        format!("v1,{}", BASE64_STANDARD.encode(mac(&key, &signed)))
    };
    let (signature, previous) = (whole(&endpoint.secret), endpoint.previous_secret(now));
    let standards: Vec<String> =
        [Some(&*endpoint.secret), previous].into_iter().flatten().map(standard).collect();
    let mut headers = vec![
        ("heygen-signature", signature.clone()),
        ("heygen-timestamp", time.clone()),
        ("heygen-event-id", id.clone()),
        ("signature", signature),
        ("webhook-id", id),
        ("webhook-timestamp", time),
        ("webhook-signature", standards.join(" ")),
    ];
    headers.extend(previous.map(|secret| ("heygen-signature-previous", whole(secret))));
    headers
}

fn mac(key: &[u8], text: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use rostrum_model::webhook::PreviousSecret;

    use super::*;

    const NOTHING: &str = "00000000000000000000000000000000";

    fn endpoint(secret: &str, now: DateTime<Utc>) -> WebhookEndpoint {
        let previous =
            PreviousSecret { secret: "whsec_MDEyMw==".to_owned(), until: now + TimeDelta::hours(1) };
        WebhookEndpoint {
            id: format!("we_{NOTHING}").parse().unwrap(),
            workspace_id: format!("ws_{NOTHING}").parse().unwrap(),
            url: String::new(),
            origin: String::new(),
            events: None,
            entity_id: None,
            secret: secret.to_owned(),
            previous_secret: Some(previous),
            is_enabled: true,
            failing_since: None,
            created_at: now,
        }
    }

    /// Against values that Python's `hmac` and `standardwebhooks` compute.
    #[test]
    fn bodies_are_signed_as_receivers_of_each_kind_check_them() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let endpoint = endpoint("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", now);
        let event = format!("evt_{NOTHING}").parse().unwrap();
        let headers = signed_headers(&endpoint, event, r#"{"a":1}"#, now);
        let header = |name: &str| {
            let found = headers.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| value.as_str()).unwrap_or_default()
        };
        assert_eq!(header("heygen-event-id"), "evt_00000000000000000000000000000000");
        assert_eq!(header("heygen-timestamp"), "1800000000");
        assert_eq!(
            header("heygen-signature"),
            "03048224d6df6ae681e2c17f2cbc069167fbe9f7d79b487d5a213faad40300a2"
        );
        assert_eq!(header("signature"), header("heygen-signature"));
        assert_eq!(
            header("heygen-signature-previous"),
            "2ed1cc5fb4302cbcb7651107e4e1cca365a1762d3de1bc93cb9520d1706dd26d"
        );
        assert_eq!(
            header("webhook-signature"),
            "v1,Sx7usoxw2AQpNR1pVGsTZSQK6if7ATTYyDiwYULMgSg= v1,YnX+rEv/CmG1pAIV8/UUbxm9OPZxST+3GH/DMGAgZTs="
        );
    }
}
