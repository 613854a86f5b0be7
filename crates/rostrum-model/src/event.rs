//! What happened to a workspace's things, for those who want to be told.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{AssetId, EventId, WorkspaceId};

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
}

/// The types of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventType {
    /// See [`EventData::AssetReady`].
    AssetReady,
    /// See [`EventData::AssetFailed`].
    AssetFailed,
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

impl EventData {
    /// Its type.
    pub fn event_type(&self) -> EventType {
        match self {
            Self::AssetReady(_) => EventType::AssetReady,
            Self::AssetFailed(_) => EventType::AssetFailed,
        }
    }
}

impl EventType {
    /// The word for it, stored and sent.
    pub fn word(self) -> &'static str {
        match self {
            Self::AssetReady => "asset.ready",
            Self::AssetFailed => "asset.failed",
        }
    }
}
