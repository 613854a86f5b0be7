//! Telling callers of what happened: an event is recorded together with the change it tells of, and posted until it is
//! taken.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::{StreamExt, stream};
use rostrum_model::delivery::{Answer, Delivery, DeliveryState, MAX_KEPT_ANSWER};
use rostrum_model::event::{EndpointDisabled, Event, EventData};
use rostrum_model::ids::{DeliveryId, EventId, WebhookEndpointId, WorkspaceId};
use rostrum_model::video::{Callback, Video};
use rostrum_model::webhook::WebhookEndpoint;
use rostrum_store::StoreError;

use crate::App;
use crate::backends::Backends;
use crate::webhooks::{EVERY_ENDPOINT, signed_headers};
use crate::wire::Wire;

/// How long a receiver may take to answer (contract: 10 seconds).
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// Deliveries looked up at a time.
const DUE_AT_ONCE: u64 = 64;
/// Deliveries in flight at once: a slow receiver does not keep the others waiting.
const IN_FLIGHT: usize = 8;

impl Backends {
    /// The event that something happened to a video, and its delivery where somebody asked to be told.
    pub(crate) fn telling(&self, video: &Video, data: EventData) -> (Event, Option<Delivery>) {
        self.told_of(video.workspace_id, &video.callback, data)
    }

    /// The event that something happened, and its delivery where the callback names an address.
    pub(crate) fn told_of(
        &self,
        workspace_id: WorkspaceId,
        callback: &Callback,
        data: EventData,
    ) -> (Event, Option<Delivery>) {
        let now = self.clock.now();
        let id = EventId::generate(&*self.clock, &*self.chance);
        let event = Event { id, workspace_id, data, created_at: now };
        let delivery =
            callback.url.clone().map(|url| self.delivery(&event, None, url, callback.origin.clone()));
        (event, delivery)
    }

    /// A delivery of an event that is due at once.
    fn delivery(
        &self,
        event: &Event,
        endpoint_id: Option<WebhookEndpointId>,
        url: String,
        origin: String,
    ) -> Delivery {
        let now = self.clock.now();
        Delivery {
            id: DeliveryId::generate(&*self.clock, &*self.chance),
            workspace_id: event.workspace_id,
            event_id: event.id,
            endpoint_id,
            url,
            origin,
            attempts: 0,
            state: DeliveryState::Due(now),
            last_fault: None,
            last_answer: None,
            created_at: now,
        }
    }
}

impl App {
    /// Tells endpoints of new events, and posts what is due, each once; gives how many were taken. What is not taken becomes due
    /// again later. May be called at any time, by one caller at a time.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn deliver_due(&self, wire: &dyn Wire) -> Result<usize, StoreError> {
        let store = &self.backends.store;
        for event in store.events().untold(DUE_AT_ONCE).await? {
            store.events().tell(event.id, &self.deliveries_of(&event).await?).await?;
        }
        let due = store.deliveries().due(self.backends.clock.now(), DUE_AT_ONCE).await?;
        let attempts = due.into_iter().map(|delivery| self.attempt(delivery, wire));
        let mut attempts = stream::iter(attempts).buffer_unordered(IN_FLIGHT);
        let mut taken = 0;
        while let Some(was_taken) = attempts.next().await {
            taken += usize::from(was_taken?);
        }
        Ok(taken)
    }

    /// Deliveries of an event, due at once, to all endpoints that want it.
    pub(crate) async fn deliveries_of(&self, event: &Event) -> Result<Vec<Delivery>, StoreError> {
        let backends = &self.backends;
        let endpoints =
            backends.store.webhook_endpoints().list(event.workspace_id, EVERY_ENDPOINT, None).await?;
        let to = |endpoint: WebhookEndpoint| {
            backends.delivery(event, Some(endpoint.id), endpoint.url, endpoint.origin)
        };
        Ok(endpoints.into_iter().filter(|endpoint| endpoint.wants(event)).map(to).collect())
    }

    /// The video whose publishing an event tells of, if it is still there.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn published_video(&self, event: &Event) -> Result<Option<Video>, StoreError> {
        match &event.data {
            EventData::VideoCompleted(told) => self.video(event.workspace_id, told.video_id).await,
            _ => Ok(None),
        }
    }

    async fn attempt(&self, delivery: Delivery, wire: &dyn Wire) -> Result<bool, StoreError> {
        let backends = &self.backends;
        let (store, now) = (&backends.store, backends.clock.now());
        let mut endpoint = None;
        if let Some(id) = delivery.endpoint_id {
            endpoint = store.webhook_endpoints().get(delivery.workspace_id, id).await?;
            if !endpoint.as_ref().is_some_and(|endpoint| endpoint.is_enabled) {
                let given_up = delivery.given_up(now, "the endpoint was deleted or disabled");
                store.deliveries().update(&given_up).await?;
                return Ok(false);
            }
        }
        let outcome = match store.events().get(delivery.workspace_id, delivery.event_id).await? {
            Some(event) => {
                let video = self.published_video(&event).await?;
                let body = wire.event(&event, video.as_ref(), &delivery.origin);
                self.post(&delivery, endpoint.as_ref(), body).await
            }
            None => Err("the event is gone".to_owned()),
        };
        let [chance] = backends.chance.bytes();
        let now = backends.clock.now();
        let attempted = delivery.attempted(now, outcome, f64::from(chance) / 256.0);
        let is_taken = attempted.last_fault.is_none();
        if let Some(fault) = &attempted.last_fault {
            tracing::warn!(delivery.id = %delivery.id, delivery.attempts, fault, "an event was not taken");
        }
        store.deliveries().update(&attempted).await?;
        if let Some(endpoint) = endpoint {
            self.note_attempt(endpoint, now, attempted.last_fault).await?;
        }
        metrics::counter!("rostrum_deliveries_total", "taken" => if is_taken { "yes" } else { "no" })
            .increment(1);
        Ok(is_taken)
    }

    /// Notes whether an endpoint takes what is posted, and disables it when it has taken nothing for too long.
    async fn note_attempt(
        &self,
        mut endpoint: WebhookEndpoint,
        now: DateTime<Utc>,
        fault: Option<String>,
    ) -> Result<(), StoreError> {
        let backends = &self.backends;
        let endpoints = backends.store.webhook_endpoints();
        let failing_since = fault.as_ref().map(|_| endpoint.failing_since.unwrap_or(now));
        if failing_since != endpoint.failing_since {
            endpoints.note_failing(endpoint.id, failing_since).await?;
            endpoint.failing_since = failing_since;
        }
        if let Some(msg) = fault
            && endpoint.is_lost(now)
        {
            tracing::warn!(endpoint.id = %endpoint.id, "an endpoint took nothing for too long and is disabled");
            let WebhookEndpoint { id, workspace_id, url, .. } = endpoint;
            let data = EventData::EndpointDisabled(EndpointDisabled { endpoint_id: id, url, msg });
            let (event, _) = backends.told_of(workspace_id, &Callback::default(), data);
            endpoints.disable(id, &event).await?;
        }
        Ok(())
    }

    async fn post(
        &self,
        delivery: &Delivery,
        endpoint: Option<&WebhookEndpoint>,
        body: String,
    ) -> Result<Answer, String> {
        let Backends { clock, fetcher, .. } = &*self.backends;
        let start = clock.now();
        let headers = endpoint.map(|endpoint| signed_headers(endpoint, delivery.event_id, &body, start));
        // Posted where the endpoint is now.
        let url = endpoint.map_or(&delivery.url, |endpoint| &endpoint.url);
        let posted =
            fetcher.post_json(url, headers.unwrap_or_default(), body, ANSWER_TIMEOUT, MAX_KEPT_ANSWER).await;
        let (status, body) = posted.map_err(|error| error.to_string())?;
        let latency_ms = (clock.now() - start).num_milliseconds().try_into().unwrap_or(0);
        Ok(Answer { status, latency_ms, body })
    }
}
