//! Videos that are asked for together.

use chrono::{DateTime, Utc};

use crate::ids::{BatchId, FolderId, VideoId, WorkspaceId};
use crate::video::{Callback, Failure, VideoState};

/// The most videos of a batch (contract, usage limits).
pub const MAX_BATCH_ITEMS: usize = 100;

/// A batch of videos.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoBatch {
    /// Its id.
    pub id: BatchId,
    /// Owner.
    pub workspace_id: WorkspaceId,
    /// Title given by the caller.
    pub title: Option<String>,
    /// Folder of its videos, where they name none.
    pub folder_id: Option<FolderId>,
    /// Whom to tell when all of its videos ended.
    pub callback: Callback,
    /// When all of its videos had ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// When it was accepted.
    pub created_at: DateTime<Utc>,
}

/// A video of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchItem {
    /// Its batch.
    pub batch_id: BatchId,
    /// Its place there, from 0.
    pub index: usize,
    /// The body of the request for it, as JSON; empty once it is not needed any more.
    pub body: String,
    /// The id its video has or will have.
    pub video_id: VideoId,
    /// What became of the request.
    pub outcome: ItemOutcome,
}

/// What became of an item's request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemOutcome {
    /// Nobody looked at it yet.
    Queued,
    /// Its video was accepted.
    Accepted,
    /// It was refused.
    Refused(ItemFault),
}

/// Why an item was refused, as an answer to its request would have told.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ItemFault {
    /// For machines.
    pub code: String,
    /// For people.
    pub message: String,
    /// Path of the field at fault.
    pub param: Option<String>,
}

/// Where an item stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemStatus {
    /// It waits.
    Queued,
    /// It is worked on.
    Processing,
    /// Its video is finished.
    Completed,
    /// It was refused, or its video failed or was deleted.
    Failed(ItemFault),
}

impl ItemStatus {
    /// The status of an item whose video is in this state, if it is there.
    pub fn of(outcome: &ItemOutcome, video: Option<&VideoState>) -> Self {
        match (outcome, video) {
            (ItemOutcome::Refused(fault), _) => Self::Failed(fault.clone()),
            (ItemOutcome::Queued, _) | (ItemOutcome::Accepted, Some(VideoState::Pending)) => Self::Queued,
            (ItemOutcome::Accepted, Some(VideoState::Processing { .. })) => Self::Processing,
            (ItemOutcome::Accepted, Some(VideoState::Completed { .. })) => Self::Completed,
            (ItemOutcome::Accepted, Some(VideoState::Failed { failure, .. })) => {
                let Failure { code, message } = failure.clone();
                Self::Failed(ItemFault { code, message, param: None })
            }
            (ItemOutcome::Accepted, None) => Self::Failed(ItemFault {
                code: "video_not_found".to_owned(),
                message: "The video was deleted.".to_owned(),
                param: None,
            }),
        }
    }

    /// The contract's word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Failed(_) => "failed",
        }
    }

    /// Whether it will stay so.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed(_))
    }
}

/// Where a batch stands: done when all its items are, and failed when all of them failed.
pub fn batch_status(items: &[ItemStatus]) -> &'static str {
    if items.iter().any(|item| !item.is_final()) {
        "processing"
    } else if items.iter().all(|item| matches!(item, ItemStatus::Failed(_))) {
        "failed"
    } else {
        "completed"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_ends_with_its_last_item_and_fails_only_whole() {
        let failed = ItemStatus::of(&ItemOutcome::Accepted, None);
        assert_eq!(failed.word(), "failed");
        let queued = ItemStatus::of(&ItemOutcome::Accepted, Some(&VideoState::Pending));
        assert_eq!(batch_status(&[failed.clone(), queued]), "processing");
        assert_eq!(batch_status(&[failed.clone(), ItemStatus::Completed]), "completed");
        assert_eq!(batch_status(&[failed.clone(), failed]), "failed");
    }
}
