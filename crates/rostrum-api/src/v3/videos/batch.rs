//! `/v3/videos/batches` and `/v3/videos/statuses`.

use rostrum_model::batch::{ItemFault, ItemStatus, MAX_BATCH_ITEMS, VideoBatch};
use rostrum_model::ids::{FolderId, VideoId};
use rostrum_model::video::{Callback, Video, VideoState};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fields::check_title;
use super::order::{callback, check_callback_id};
use crate::error::{Faults, Refusal};
use crate::v1::folders::folder_id;
use crate::v3::batches::{BatchDetail, BatchPage};
use crate::v3::read_body;

#[derive(Debug, Deserialize)]
struct WireBatch {
    videos: Option<Vec<Value>>,
    title: Option<String>,
    folder_id: Option<String>,
    callback_url: Option<String>,
    callback_id: Option<String>,
}

/// The body of `POST /v3/videos/batches`.
#[derive(Debug, Clone, PartialEq)]
pub struct WantedBatch {
    /// Title, when given.
    pub title: Option<String>,
    /// Folder of videos that name none.
    pub folder_id: Option<FolderId>,
    /// Whom to tell of its end.
    pub callback: Callback,
    /// 1..=[`MAX_BATCH_ITEMS`] bodies of `POST /v3/videos`, not yet looked at.
    pub bodies: Vec<Value>,
}

impl WantedBatch {
    /// Reads the body.
    ///
    /// # Errors
    /// Names all fields at fault; faults of single videos are told by the items of the batch.
    pub fn from_json(body: Value) -> Result<Self, Refusal> {
        let wire: WireBatch = read_body(body)?;
        let mut faults = Faults::default();
        faults.take(check_title(wire.title.as_ref()));
        faults.take(check_callback_id(wire.callback_id.as_ref()));
        let folder = faults.take(wire.folder_id.map_or(Ok(None), |id| folder_id("folder_id", &id)));
        let bodies = wire.videos.unwrap_or_default();
        let count = bodies.len();
        if !(1..=MAX_BATCH_ITEMS).contains(&count) {
            let message = format!("'videos' must have 1-{MAX_BATCH_ITEMS} items, got {count}.");
            faults.take::<()>(Err(Refusal::invalid("videos", message)));
        }
        let Some(folder_id) = folder else { return Err(faults.refusal()) };
        faults.end()?;
        Ok(Self {
            title: wire.title,
            folder_id,
            callback: callback(wire.callback_url, wire.callback_id),
            bodies,
        })
    }
}

/// Where one item of a batch stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchRow {
    /// Position in the batch, from 0.
    pub item_index: usize,
    /// `queued`, `processing`, `completed` or `failed`.
    pub status: String,
    /// Its video, once that was accepted.
    pub video_id: Option<String>,
    /// Why it failed.
    pub error: Option<RowError>,
}

/// Why an item failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// A code of the API.
    pub code: String,
    /// For people.
    pub message: String,
    /// The field at fault, as a path in the item.
    pub param: Option<String>,
}

impl From<&ItemFault> for RowError {
    fn from(fault: &ItemFault) -> Self {
        let ItemFault { code, message, param } = fault.clone();
        Self { code, message, param }
    }
}

/// What is known of an item.
pub type ItemFacts = (usize, Option<VideoId>, ItemStatus);

impl BatchRow {
    fn new((index, video_id, status): &ItemFacts) -> Self {
        Self {
            item_index: *index,
            status: status.word().to_owned(),
            video_id: video_id.map(|id| id.to_string()),
            error: error_of(status),
        }
    }
}

fn error_of(status: &ItemStatus) -> Option<RowError> {
    match status {
        ItemStatus::Failed(fault) => Some(fault.into()),
        _ => None,
    }
}

/// The page of a batch of videos.
pub fn batch_detail(
    batch: &VideoBatch,
    items: &[ItemFacts],
    page: BatchPage,
    next_token: impl FnOnce(usize) -> String,
) -> BatchDetail<BatchRow> {
    let facts = (batch.id.to_string(), batch.title.clone(), batch.created_at);
    BatchDetail::page(facts, items, |(_, _, status)| status.word(), BatchRow::new, page, next_token)
}

/// A row of `GET /v3/videos/statuses`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StatusRow {
    /// The batch, of items and of unknown batches.
    pub batch_id: Option<String>,
    /// Position in the batch, from 0.
    pub item_index: Option<usize>,
    /// `pending`, `processing`, `completed`, `failed` or `not_found`; of items of batches also `queued`.
    pub status: String,
    /// The video.
    pub video_id: Option<String>,
    /// Why it failed.
    pub error: Option<RowError>,
}

impl StatusRow {
    /// A video that was asked for by its id; none when the workspace does not have it.
    pub fn of_video(id: &str, video: Option<&Video>) -> Self {
        let error = match video.map(|video| &video.state) {
            Some(VideoState::Failed { failure, .. }) => {
                Some(RowError { code: failure.code.clone(), message: failure.message.clone(), param: None })
            }
            _ => None,
        };
        let status = video.map_or("not_found", |video| super::status_word(&video.state));
        Self { status: status.to_owned(), video_id: Some(id.to_owned()), error, ..Self::default() }
    }

    /// An item of a batch.
    pub fn of_item(batch_id: &str, (index, video_id, status): &ItemFacts) -> Self {
        Self {
            batch_id: Some(batch_id.to_owned()),
            item_index: Some(*index),
            status: status.word().to_owned(),
            video_id: video_id.map(|id| id.to_string()),
            error: error_of(status),
        }
    }

    /// A batch id that the workspace does not have.
    pub fn batch_not_found(id: &str) -> Self {
        Self { status: "not_found".to_owned(), batch_id: Some(id.to_owned()), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_batch_has_1_to_100_videos() {
        let of = |count: usize| WantedBatch::from_json(json!({"videos": vec![json!({}); count]}));
        assert_eq!(of(100).unwrap().bodies.len(), 100);
        for count in [0, 101] {
            let refusal = of(count).unwrap_err();
            assert_eq!(refusal.param.as_deref(), Some("videos"));
            assert!(refusal.message.contains(&count.to_string()), "{}", refusal.message);
        }
        assert_eq!(WantedBatch::from_json(json!({})).unwrap_err().param.as_deref(), Some("videos"));
    }
}
