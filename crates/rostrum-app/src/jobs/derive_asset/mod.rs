//! From a kept file to what decoding it tells, a small picture of it and the outline of its sound. The asset can be used
//! all the while.
//!
//! What was made lies beside the file, under the hash of its content, and serves all assets with the same bytes. Its
//! record moves from pending once, together with the event that tells of it; a step that is run again after a crash
//! finds what is done.

mod look;
mod record;

use std::sync::Arc;

use async_trait::async_trait;
use rostrum_blob::BlobKey;
use rostrum_jobs::{Activity, JobError, JobsError, Pipeline, Stage, StepContext};
use rostrum_model::asset::{Asset, ContentHash};
use rostrum_model::ids::AssetId;
use rostrum_model::processing::{MediaFacts, Processing};
use rostrum_model::video::Failure;
use rostrum_store::StoreError;
use serde_json::Value;

use crate::App;
use crate::backends::Backends;
use crate::contents::ContentLocks;

/// Name of the pipeline; an asset's job has the asset's id.
pub(crate) const PIPELINE: &str = "derive_asset";

/// What was found in a file, or why nothing can be.
type Outcome = Result<MediaFacts, Failure>;

/// What a look into a file gave.
struct Made {
    outcome: Outcome,
    /// Names and bytes of the files made.
    files: Vec<(&'static str, Vec<u8>)>,
    /// Whether another look would give the same; it would not with programs that are missing now.
    is_final: bool,
}

pub(super) fn pipeline(backends: &Arc<Backends>) -> Pipeline {
    let look = Look { backends: Arc::clone(backends), making: ContentLocks::default() };
    Pipeline {
        name: PIPELINE,
        version: "1.0.0",
        stages: vec![Stage::Once { name: "look", activity: Arc::new(look) }],
        on_failure: Arc::new(MarkFailed(Arc::clone(backends))),
    }
}

/// Where what was made from a content lies.
pub(crate) fn derived_folder(hash: &ContentHash) -> BlobKey {
    let name = hash.to_string();
    BlobKey::new(format!("derived/{}/{name}", &name[..2])).expect("hex digits make a valid key")
}

/// Where one of these files lies.
pub(crate) fn derived_key(hash: &ContentHash, file: &str) -> BlobKey {
    BlobKey::new(format!("{}/{file}", derived_folder(hash))).expect("a file name makes a valid key")
}

struct Look {
    backends: Arc<Backends>,
    /// Held while a content is looked into, so that it is done once.
    making: ContentLocks,
}

#[async_trait]
impl Activity for Look {
    async fn run(&self, cx: &StepContext, _input: Value) -> Result<Value, JobError> {
        // Dropping the work kills its programs.
        cx.cancelled.run_until_cancelled(self.look_into(cx)).await.unwrap_or(Ok(()))?;
        Ok(Value::Null)
    }
}

impl Look {
    async fn look_into(&self, cx: &StepContext) -> Result<(), JobError> {
        let Some(asset) = pending_asset(&self.backends, cx).await? else { return Ok(()) };
        let _making = self.making.lock(&asset.content_hash).await;
        let remembered = self.backends.remembered_outcome(&asset.content_hash).await;
        let made = match remembered.map_err(JobError::retry)? {
            Some(outcome) => Made { outcome, files: Vec::new(), is_final: false },
            None => self.look(&asset).await?,
        };
        self.backends.keep_and_record(&asset, made).await.map_err(JobError::retry)
    }
}

/// What happens when a step gives up: the record says so.
struct MarkFailed(Arc<Backends>);

#[async_trait]
impl Activity for MarkFailed {
    async fn run(&self, cx: &StepContext, input: Value) -> Result<Value, JobError> {
        if let Some(asset) = pending_asset(&self.0, cx).await? {
            tracing::error!(asset.id = %asset.id, cause = %input["message"], "an asset could not be looked into");
            self.0.give_up_asset(&asset).await.map_err(JobError::retry)?;
        }
        Ok(Value::Null)
    }
}

/// The asset a step works on; `None` when it was deleted or is done.
async fn pending_asset(backends: &Backends, cx: &StepContext) -> Result<Option<Asset>, JobError> {
    let id: AssetId = cx
        .job_id
        .parse()
        .map_err(|_| JobError::fail(rostrum_jobs::INTERNAL_ERROR, "the job's id is no asset id"))?;
    let asset = backends.store.assets().get_public(id).await.map_err(JobError::retry)?;
    Ok(asset.filter(|asset| asset.processing == Processing::Pending))
}

impl Backends {
    /// Records that an asset could not be looked into, for reasons in the log.
    pub(crate) async fn give_up_asset(&self, asset: &Asset) -> Result<(), StoreError> {
        let failure = Failure {
            code: "processing_failed".to_owned(),
            message: "The file could not be looked into although it was tried several times. It is kept and can be \
                      used; what its metadata lacks is unknown. The server's log holds the cause."
                .to_owned(),
        };
        self.record_outcome(asset, Err(failure)).await
    }
}

impl App {
    /// Starts an asset's job; starting it again does nothing.
    pub(crate) async fn start_derive(&self, id: AssetId) -> Result<(), JobsError> {
        self.asset_jobs.start(PIPELINE, &id.to_string(), Value::Null).await
    }

    /// Starts the job of an asset that was just made. The asset is there whatever happens: a job that cannot be started
    /// now is started by the next sweep.
    pub(crate) async fn derive_later(&self, id: AssetId) {
        if let Err(error) = self.start_derive(id).await {
            tracing::error!(asset.id = %id, %error, "the job of a new asset could not be started yet");
        }
    }
}
