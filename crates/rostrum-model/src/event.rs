//! What happened to a workspace's things, for those who want to be told.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{
    AssetId, AvatarGroupId, BatchId, EventId, FolderId, LookId, VideoId, WebhookEndpointId, WorkspaceId,
};

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
    /// An endpoint is told nothing more.
    #[serde(rename = "webhook_endpoint.disabled")]
    EndpointDisabled(EndpointDisabled),
}

macro_rules! event_types {
    ($($name:ident = $word:literal, $description:literal;)*) => {
        /// The types of events, named by [`EventType::word`]: those of the contract (webhooks, `event-types`), and ours.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum EventType {
            $(#[doc = $description] $name,)*
        }

        impl EventType {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word for it, stored and sent.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What it tells, for people.
            pub fn description(self) -> &'static str {
                match self { $(Self::$name => $description,)* }
            }
        }
    };
}

event_types! {
    VideoCompleted = "avatar_video.success", "A video was made.";
    VideoFailed = "avatar_video.fail", "A video was given up.";
    GifCompleted = "avatar_video_gif.success", "The animated preview of a video was made.";
    GifFailed = "avatar_video_gif.fail", "The animated preview of a video was given up.";
    TranslationCompleted = "video_translate.success", "A translation of a video was made.";
    TranslationFailed = "video_translate.fail", "A translation of a video was given up.";
    TranslationRefused = "video_translate.preflight.validation_failed", "A video cannot be translated.";
    TranslationNotFetched = "video_translate.preflight.download_failed", "A video to be translated could not be fetched.";
    PersonalizedVideo = "personalized_video", "A personalized video was made.";
    TwinReady = "instant_avatar.success", "A digital twin can be used.";
    TwinFailed = "instant_avatar.fail", "Footage cannot become a digital twin.";
    PhotosGenerated = "photo_avatar_generation.success", "Pictures of a photo avatar were made.";
    PhotosFailed = "photo_avatar_generation.fail", "Pictures of a photo avatar were given up.";
    PhotosTrained = "photo_avatar_train.success", "A photo avatar was trained.";
    PhotosNotTrained = "photo_avatar_train.fail", "The training of a photo avatar was given up.";
    MotionAdded = "photo_avatar_add_motion.success", "A photo avatar moves.";
    MotionFailed = "photo_avatar_add_motion.fail", "A photo avatar could not be made to move.";
    ProofreadReady = "proofread_creation.success", "A proofread can be edited.";
    ProofreadFailed = "proofread_creation.fail", "A proofread was given up.";
    LiveAvatarReady = "live_avatar.success", "A live avatar can be used.";
    LiveAvatarFailed = "live_avatar.fail", "A live avatar was given up.";
    CaptionedVideo = "avatar_video_caption.success", "A video with captions was made.";
    CaptionedVideoFailed = "avatar_video_caption.fail", "A video with captions was given up.";
    AgentVideoCompleted = "video_agent.success", "The video agent made a video.";
    AgentVideoFailed = "video_agent.fail", "The video agent gave a video up.";
    HyperframesCompleted = "hyperframes_video.success", "A cloud render was made.";
    HyperframesFailed = "hyperframes_video.fail", "A cloud render was given up.";
    ClippingCompleted = "ai_clipping.success", "Clips of a video were made.";
    ClippingFailed = "ai_clipping.fail", "Clips of a video were given up.";
    BatchFinished = "batch.finished", "All items of a batch ended.";
    AssetReady = "asset.ready", "The file of an asset was looked into.";
    AssetFailed = "asset.failed", "The file of an asset cannot be decoded.";
    EndpointDisabled = "webhook_endpoint.disabled", "An endpoint took nothing for five days and is told nothing more.";
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

/// An endpoint that took nothing for too long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointDisabled {
    /// The endpoint.
    pub endpoint_id: WebhookEndpointId,
    /// Where it is.
    pub url: String,
    /// What was wrong with the last attempt.
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
            Self::EndpointDisabled(_) => EventType::EndpointDisabled,
        }
    }

    /// The id of what it happened to, as the API writes it.
    pub fn entity_id(&self) -> String {
        match self {
            Self::AssetReady(AssetReady { asset_id, .. })
            | Self::AssetFailed(AssetFailed { asset_id, .. }) => asset_id.to_string(),
            Self::VideoCompleted(VideoCompleted { video_id, .. })
            | Self::VideoFailed(VideoFailed { video_id, .. }) => video_id.to_string(),
            Self::BatchFinished(told) => told.batch_id.to_string(),
            Self::TwinReady(TwinReady { avatar_id, .. }) | Self::TwinFailed(TwinFailed { avatar_id, .. }) => {
                avatar_id.to_string()
            }
            Self::EndpointDisabled(told) => told.endpoint_id.to_string(),
        }
    }
}

/// No event has this word.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there are no events '{0}'")]
pub struct UnknownEventType(pub String);

impl FromStr for EventType {
    type Err = UnknownEventType;

    fn from_str(word: &str) -> Result<Self, UnknownEventType> {
        let named = Self::ALL.iter().find(|event_type| event_type.word() == word);
        named.copied().ok_or_else(|| UnknownEventType(word.to_owned()))
    }
}
