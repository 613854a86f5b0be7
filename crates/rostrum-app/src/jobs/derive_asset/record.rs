//! Keeping what was made, and telling of it.

use rostrum_blob::BlobError;
use rostrum_model::asset::{Asset, ContentHash};
use rostrum_model::event::{AssetFailed, AssetReady, Event, EventData};
use rostrum_model::ids::EventId;
use rostrum_model::processing::Processing;
use rostrum_store::StoreError;

use super::{Made, Outcome, derived_key};
use crate::backends::Backends;

/// What was found, for other assets with the same bytes. The number changes whenever a look finds more.
const OUTCOME: &str = "outcome-1.json";

/// What was made cannot be kept.
#[derive(Debug, thiserror::Error)]
pub(super) enum RecordError {
    #[error("the asset's record could not be reached")]
    Store(#[from] StoreError),
    #[error("the files made from an asset could not be stored")]
    Blob(#[from] BlobError),
}

impl Backends {
    /// What an earlier look into the same bytes gave; a file that cannot be read back counts as none.
    pub(super) async fn remembered_outcome(&self, hash: &ContentHash) -> Result<Option<Outcome>, BlobError> {
        let bytes = self.blobs.read(&derived_key(hash, OUTCOME)).await?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// Stores what was made and records the outcome. Nobody removes the content meanwhile.
    pub(super) async fn keep_and_record(&self, asset: &Asset, made: Made) -> Result<(), RecordError> {
        let hash = &asset.content_hash;
        let _alone = self.contents.lock(hash).await;
        if self.store.assets().count_by_hash(hash).await? == 0 {
            // Deleted meanwhile.
            return Ok(());
        }
        for (name, bytes) in &made.files {
            self.blobs.put(&derived_key(hash, name), bytes).await?;
        }
        if made.is_final {
            // Last, so that whoever finds it finds the files it speaks of.
            let outcome = serde_json::to_vec(&made.outcome).expect("facts always make JSON");
            self.blobs.put(&derived_key(hash, OUTCOME), &outcome).await?;
        }
        Ok(self.record_outcome(asset, made.outcome).await?)
    }

    /// Moves a pending asset to its end and adds the event that tells of it; does nothing when that was done.
    pub(super) async fn record_outcome(&self, asset: &Asset, outcome: Outcome) -> Result<(), StoreError> {
        let data = event_data(asset, &outcome);
        let event = Event {
            id: EventId::generate(&*self.clock, &*self.chance),
            workspace_id: asset.workspace_id,
            data,
            created_at: self.clock.now(),
        };
        let (counted, processing) = match outcome {
            Ok(facts) => ("rostrum_assets_ready_total", Processing::Ready(Box::new(facts))),
            Err(failure) => ("rostrum_assets_failed_total", Processing::Failed(failure)),
        };
        if self.store.assets().finish_processing(asset.id, &processing, &event).await? {
            metrics::counter!(counted).increment(1);
        }
        Ok(())
    }
}

fn event_data(asset: &Asset, outcome: &Outcome) -> EventData {
    match outcome {
        Ok(facts) => EventData::AssetReady(AssetReady {
            asset_id: asset.id,
            name: asset.name.clone(),
            mime_type: asset.media_type.mime().to_owned(),
            size_bytes: asset.size_bytes,
            duration: facts.duration_ms.map(|ms| ms as f64 / 1000.0),
            width: facts.shown_size.map(|size| size.width),
            height: facts.shown_size.map(|size| size.height),
        }),
        Err(failure) => EventData::AssetFailed(AssetFailed {
            asset_id: asset.id,
            name: asset.name.clone(),
            code: failure.code.clone(),
            msg: failure.message.clone(),
        }),
    }
}
