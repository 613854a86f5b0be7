//! Telling callers of what happened: an event is recorded together with the change it tells of, and posted until it is
//! taken.

use std::time::Duration;

use futures::{StreamExt, stream};
use rostrum_model::delivery::{Delivery, DeliveryState};
use rostrum_model::event::{Event, EventData};
use rostrum_model::ids::{DeliveryId, EventId, WorkspaceId};
use rostrum_model::video::{Callback, Video};
use rostrum_store::StoreError;

use crate::App;
use crate::backends::Backends;
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
        let delivery = callback.url.clone().map(|url| Delivery {
            id: DeliveryId::generate(&*self.clock, &*self.chance),
            workspace_id,
            event_id: id,
            url,
            origin: callback.origin.clone(),
            attempts: 0,
            state: DeliveryState::Due(now),
            last_fault: None,
            created_at: now,
        });
        (Event { id, workspace_id, data, created_at: now }, delivery)
    }
}

impl App {
    /// Posts the events that are due, each once; gives how many were taken. What is not taken becomes due again later. May
    /// be called at any time, by one caller at a time.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn deliver_due(&self, wire: &dyn Wire) -> Result<usize, StoreError> {
        let due = self.backends.store.deliveries().due(self.backends.clock.now(), DUE_AT_ONCE).await?;
        let attempts = due.into_iter().map(|delivery| self.attempt(delivery, wire));
        let mut attempts = stream::iter(attempts).buffer_unordered(IN_FLIGHT);
        let mut taken = 0;
        while let Some(was_taken) = attempts.next().await {
            taken += usize::from(was_taken?);
        }
        Ok(taken)
    }

    async fn attempt(&self, delivery: Delivery, wire: &dyn Wire) -> Result<bool, StoreError> {
        let backends = &self.backends;
        let outcome = match backends.store.events().get(delivery.workspace_id, delivery.event_id).await? {
            Some(event) => {
                let video = match &event.data {
                    EventData::VideoCompleted(told) => self.video(event.workspace_id, told.video_id).await?,
                    _ => None,
                };
                self.post(&delivery, wire.event(&event, video.as_ref(), &delivery.origin)).await
            }
            None => Err("the event is gone".to_owned()),
        };
        let is_taken = outcome.is_ok();
        if let Err(fault) = &outcome {
            tracing::warn!(delivery.id = %delivery.id, delivery.attempts, fault, "an event was not taken");
        }
        backends.store.deliveries().update(&delivery.attempted(backends.clock.now(), outcome)).await?;
        metrics::counter!("rostrum_deliveries_total", "taken" => if is_taken { "yes" } else { "no" })
            .increment(1);
        Ok(is_taken)
    }

    async fn post(&self, delivery: &Delivery, body: String) -> Result<(), String> {
        match self.backends.fetcher.post_json(&delivery.url, body, ANSWER_TIMEOUT).await {
            Ok(200..=299) => Ok(()),
            Ok(status) => Err(format!("answered with status {status}")),
            Err(error) => Err(error.to_string()),
        }
    }
}
