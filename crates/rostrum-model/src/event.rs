//! What happened to a workspace's things, for those who want to be told.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{AssetId, AvatarGroupId, BatchId, EventId, FolderId, LookId, VideoId, WorkspaceId};

/// Something that happened, once.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Id by which receivers tell repeats.
    pub id: EventId,
    /// Whom it concerns.
    pub workspace_id: WorkspaceId,
    /// What happened.
    pub data: EventData,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// What happened. Its JSON has the names of webhook bodies, `event_type` and `event_data`; they are stored and sent for
/// years, so they never change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event_type", content = "event_data")]
pub enum EventData {
    /// An asset's file was looked into.
    #[serde(rename = "asset.ready")]
    AssetReady(AssetReady),
    /// An asset's file cannot be decoded.
    #[serde(rename = "asset.failed")]
    AssetFailed(AssetFailed),
    /// A video was published.
    #[serde(rename = "avatar_video.success")]
    VideoCompleted(VideoCompleted),
    /// A video was given up.
    #[serde(rename = "avatar_video.fail")]
    VideoFailed(VideoFailed),
    /// All videos of a batch ended.
    #[serde(rename = "batch.finished")]
    BatchFinished(BatchFinished),
    /// The footage of a digital twin was looked at.
    #[serde(rename = "instant_avatar.success")]
    TwinReady(TwinReady),
    /// Footage cannot become a digital twin.
    #[serde(rename = "instant_avatar.fail")]
    TwinFailed(TwinFailed),
}

/// The types of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventType {
    /// See [`EventData::AssetReady`].
    AssetReady,
    /// See [`EventData::AssetFailed`].
    AssetFailed,
    /// See [`EventData::VideoCompleted`].
    VideoCompleted,
    /// See [`EventData::VideoFailed`].
    VideoFailed,
    /// See [`EventData::BatchFinished`].
    BatchFinished,
    /// See [`EventData::TwinReady`].
    TwinReady,
    /// See [`EventData::TwinFailed`].
    TwinFailed,
}

/// An asset that was looked into. Addresses of its files are added when the event is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetReady {
    /// The asset.
    pub asset_id: AssetId,
    /// Its file name.
    pub name: String,
    /// Its type.
    pub mime_type: String,
    /// Its length in bytes.
    pub size_bytes: u64,
    /// Length of sound or video, in seconds.
    pub duration: Option<f64>,
    /// Width as shown, in pixels.
    pub width: Option<usize>,
    /// Height as shown, in pixels.
    pub height: Option<usize>,
}

/// An asset that cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetFailed {
    /// The asset.
    pub asset_id: AssetId,
    /// Its file name.
    pub name: String,
    /// Why, for machines.
    pub code: String,
    /// Why and what to do, for people.
    pub msg: String,
}

/// A published video. Addresses of its files are added when the event is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VideoCompleted {
    /// The video.
    pub video_id: VideoId,
    /// Its title.
    pub title: Option<String>,
    /// Its length in seconds.
    pub duration: f64,
    /// Folder it lies in.
    pub folder_id: Option<FolderId>,
    /// The caller's own word for it.
    pub callback_id: Option<String>,
}

/// A video that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoFailed {
    /// The video.
    pub video_id: VideoId,
    /// Its title.
    pub title: Option<String>,
    /// Why, for machines.
    pub code: String,
    /// Why and what to do, for people.
    pub msg: String,
    /// Folder it lies in.
    pub folder_id: Option<FolderId>,
    /// The caller's own word for it.
    pub callback_id: Option<String>,
}

/// A batch whose items all ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchFinished {
    /// The batch.
    pub batch_id: BatchId,
    /// Its title.
    pub title: Option<String>,
    /// `completed`, or `failed` when every item failed.
    pub status: String,
    /// How many items it has.
    pub total_items: usize,
    /// How many items ended how.
    pub counts_by_status: std::collections::BTreeMap<String, usize>,
}

/// A digital twin whose footage was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwinReady {
    /// The look.
    pub avatar_id: LookId,
    /// The person.
    pub avatar_group_id: AvatarGroupId,
    /// Name of the look.
    pub name: String,
}

/// Footage that cannot become a digital twin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwinFailed {
    /// The look.
    pub avatar_id: LookId,
    /// The person.
    pub avatar_group_id: AvatarGroupId,
    /// Name of the look.
    pub name: String,
    /// Why, for machines.
    pub code: String,
    /// Why and what to do, for people.
    pub msg: String,
}

impl EventData {
    /// Its type.
    pub fn event_type(&self) -> EventType {
        match self {
            Self::AssetReady(_) => EventType::AssetReady,
            Self::AssetFailed(_) => EventType::AssetFailed,
            Self::VideoCompleted(_) => EventType::VideoCompleted,
            Self::VideoFailed(_) => EventType::VideoFailed,
            Self::BatchFinished(_) => EventType::BatchFinished,
            Self::TwinReady(_) => EventType::TwinReady,
            Self::TwinFailed(_) => EventType::TwinFailed,
        }
    }
}

impl EventType {
    /// The word for it, stored and sent.
    pub fn word(self) -> &'static str {
        match self {
            Self::AssetReady => "asset.ready",
            Self::AssetFailed => "asset.failed",
            Self::VideoCompleted => "avatar_video.success",
            Self::VideoFailed => "avatar_video.fail",
            Self::BatchFinished => "batch.finished",
            Self::TwinReady => "instant_avatar.success",
            Self::TwinFailed => "instant_avatar.fail",
        }
    }
}
