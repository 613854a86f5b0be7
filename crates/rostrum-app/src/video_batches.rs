//! Videos that are asked for together: each is made or refused on its own, and the caller is told once when all ended.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rostrum_model::batch::{BatchItem, ItemOutcome, ItemStatus, VideoBatch, batch_status};
use rostrum_model::event::{BatchFinished, EventData};
use rostrum_model::ids::{BatchId, FolderId, VideoId, WorkspaceId};
use rostrum_model::video::Callback;
use rostrum_store::StoreError;
use serde_json::Value;

use crate::App;
use crate::credits::CreditError;
use crate::fetch::FetchError;
use crate::folders::FolderError;
use crate::videos::CreateVideoError;
use crate::wire::Wire;

/// Unfinished batches looked at at a time.
const BATCHES_AT_ONCE: u64 = 100;

/// A batch to be made.
#[derive(Debug, Clone)]
pub struct NewVideoBatch {
    /// Title, when given.
    pub title: Option<String>,
    /// Folder of videos that name none.
    pub folder_id: Option<FolderId>,
    /// Whom to tell of its end.
    pub callback: Callback,
    /// 1..=[`rostrum_model::batch::MAX_BATCH_ITEMS`] bodies of requests for one video each, not yet looked at.
    pub bodies: Vec<Value>,
}

/// A batch cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum CreateBatchError {
    /// Nothing can be posted to the callback's address.
    #[error("nothing can be posted to the callback's address")]
    Callback(#[source] FetchError),
    /// Its videos cannot lie in this folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The records do not answer.
    #[error("the batch could not be recorded")]
    Store(#[from] StoreError),
}

/// A batch with where its items stand.
#[derive(Debug, Clone)]
pub struct BatchReport {
    /// The batch.
    pub batch: VideoBatch,
    /// Its items, in its order.
    pub items: Vec<ReportedItem>,
}

/// Where an item stands.
#[derive(Debug, Clone)]
pub struct ReportedItem {
    /// Its place, from 0.
    pub index: usize,
    /// Its video, once that was accepted.
    pub video_id: Option<VideoId>,
    /// Where it stands.
    pub status: ItemStatus,
}

impl BatchReport {
    /// Where the batch stands: `processing`, `completed` or `failed`.
    pub fn status(&self) -> &'static str {
        let statuses: Vec<_> = self.items.iter().map(|item| item.status.clone()).collect();
        batch_status(&statuses)
    }

    /// How many items stand where.
    pub fn counts_by_status(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for item in &self.items {
            *counts.entry(item.status.word().to_owned()).or_default() += 1;
        }
        counts
    }
}

impl App {
    /// Accepts a batch. Its items are looked at afterwards, by [`App::tend_video_batches`]; when this returns, all of them
    /// survive a crash.
    ///
    /// # Errors
    /// When the folder or the callback cannot be used, or the batch cannot be recorded.
    pub async fn create_video_batch(
        &self,
        workspace_id: WorkspaceId,
        new: NewVideoBatch,
    ) -> Result<VideoBatch, CreateBatchError> {
        let backends = &self.backends;
        self.require_folder(workspace_id, new.folder_id).await?;
        if let Some(url) = &new.callback.url {
            backends.fetcher.check(url).map_err(CreateBatchError::Callback)?;
        }
        let id = self.mint("batch", BatchId::generate);
        if self.may_have_made()
            && let Some(made) = backends.store.video_batches().get(workspace_id, id).await?
        {
            return Ok(made);
        }
        let batch = VideoBatch {
            id,
            workspace_id,
            title: new.title,
            folder_id: new.folder_id,
            callback: new.callback,
            finished_at: None,
            created_at: backends.clock.now(),
        };
        let item = |(index, body): (usize, &Value)| BatchItem {
            batch_id: batch.id,
            index,
            body: body.to_string(),
            video_id: VideoId::generate(&*backends.clock, &*backends.chance),
            outcome: ItemOutcome::Queued,
        };
        let items: Vec<_> = new.bodies.iter().enumerate().map(item).collect();
        backends.store.video_batches().add(&batch, &items).await?;
        Ok(batch)
    }

    /// A batch of the workspace with where its items stand.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn video_batch(
        &self,
        workspace_id: WorkspaceId,
        id: BatchId,
    ) -> Result<Option<BatchReport>, StoreError> {
        let batches = self.backends.store.video_batches();
        let Some(batch) = batches.get(workspace_id, id).await? else { return Ok(None) };
        let items = batches.items(id).await?;
        self.report(batch, items).await.map(Some)
    }

    async fn report(&self, batch: VideoBatch, items: Vec<BatchItem>) -> Result<BatchReport, StoreError> {
        let ids: Vec<_> = items.iter().map(|item| item.video_id).collect();
        let videos = self.videos_by_id(batch.workspace_id, &ids).await?;
        let reported = |item: BatchItem| {
            let video = videos.iter().find(|video| video.id == item.video_id);
            ReportedItem {
                index: item.index,
                video_id: (item.outcome == ItemOutcome::Accepted).then_some(item.video_id),
                status: ItemStatus::of(&item.outcome, video.map(|video| &video.state)),
            }
        };
        Ok(BatchReport { batch, items: items.into_iter().map(reported).collect() })
    }

    /// Starts the videos of batches that nobody looked at yet, in their order, and tells of batches whose items all ended;
    /// gives how many items were decided. May be called at any time, by one caller at a time; what a crash interrupts is
    /// done by the next call.
    ///
    /// # Errors
    /// When records or jobs cannot be reached; what could not be decided stays queued.
    pub async fn tend_video_batches(&self, wire: &dyn Wire) -> Result<usize, CreateVideoError> {
        let batches = self.backends.store.video_batches();
        let mut decided = 0;
        for batch in batches.unfinished(BATCHES_AT_ONCE).await? {
            let mut items = batches.items(batch.id).await?;
            for item in items.iter_mut().filter(|item| item.outcome == ItemOutcome::Queued) {
                let outcome = match self.decide(&batch, item, wire).await {
                    Ok(outcome) => outcome,
                    // The rest waits until others are finished.
                    Err(CreateVideoError::TooMany { .. }) => break,
                    Err(error) => return Err(error),
                };
                decided += usize::from(batches.decide(item, &outcome).await?);
                item.outcome = outcome;
            }
            let report = self.report(batch, items).await?;
            if report.items.iter().all(|item| item.status.is_final()) {
                self.tell_finished(&report, self.backends.clock.now()).await?;
            }
        }
        Ok(decided)
    }

    /// What becomes of an item's request.
    async fn decide(
        &self,
        batch: &VideoBatch,
        item: &BatchItem,
        wire: &dyn Wire,
    ) -> Result<ItemOutcome, CreateVideoError> {
        if self.video(batch.workspace_id, item.video_id).await?.is_some() {
            // Accepted just before a crash; if its job was not started any more, the start has done so.
            return Ok(ItemOutcome::Accepted);
        }
        let body: Value = serde_json::from_str(&item.body).unwrap_or_default();
        let mut request = match wire.video_request(&body) {
            Ok(request) => request,
            Err(fault) => return Ok(ItemOutcome::Refused(fault)),
        };
        request.folder_id = request.folder_id.or(batch.folder_id);
        request.callback.origin.clone_from(&batch.callback.origin);
        match self.create_video_as(batch.workspace_id, item.video_id, request).await {
            Ok(_) => Ok(ItemOutcome::Accepted),
            Err(
                error @ (CreateVideoError::Refused(_)
                | CreateVideoError::Credit(CreditError::Insufficient { .. })),
            ) => Ok(ItemOutcome::Refused(wire.video_fault(&body, error))),
            Err(error) => Err(error),
        }
    }

    async fn tell_finished(&self, report: &BatchReport, now: DateTime<Utc>) -> Result<(), StoreError> {
        let batch = &report.batch;
        let data = EventData::BatchFinished(BatchFinished {
            batch_id: batch.id,
            title: batch.title.clone(),
            status: report.status().to_owned(),
            total_items: report.items.len(),
            counts_by_status: report.counts_by_status(),
        });
        let (event, delivery) = self.backends.told_of(batch.workspace_id, &batch.callback, data);
        self.backends.store.video_batches().finish(batch.id, now, &event, delivery.as_ref()).await?;
        Ok(())
    }
}
