//! What is found out about an asset's file, and made from it, after it was taken.

use serde::{Deserialize, Serialize};

use crate::picture::Size;
use crate::video::Failure;

/// How far the look into an asset's file has come. It moves once, from pending; the asset can be used in every state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Processing {
    /// Not looked into yet.
    #[default]
    Pending,
    /// Looked into.
    Ready(Box<MediaFacts>),
    /// The file cannot be decoded; it is kept as it is.
    Failed(Failure),
}

impl Processing {
    /// What was found, once it was.
    pub fn facts(&self) -> Option<&MediaFacts> {
        match self {
            Self::Ready(facts) => Some(facts),
            Self::Pending | Self::Failed(_) => None,
        }
    }
}

/// What was found in a file; which of it depends on the file's kind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MediaFacts {
    /// Length of sound or video.
    pub duration_ms: Option<u64>,
    /// Size of a picture or video as stored, before it is turned.
    pub stored_size: Option<Size>,
    /// Size of a picture or video as it is to be shown: turned upright, with square pixels.
    pub shown_size: Option<Size>,
    /// By how many degrees a video is turned clockwise to be shown, 0..=359.
    pub rotation_degrees: Option<u16>,
    /// Of a picture: some of its pixels are transparent. Of a video: it has a channel for transparency.
    pub has_alpha: Option<bool>,
    /// ffmpeg's name, e.g. `h264`.
    pub video_codec: Option<String>,
    /// Average frames in 1000 seconds.
    pub frames_per_1000_s: Option<u64>,
    /// ffmpeg's name, e.g. `aac`.
    pub audio_codec: Option<String>,
    /// Samples per second and channel.
    pub sample_rate: Option<u32>,
    /// Channels of sound.
    pub channel_count: Option<u32>,
    /// Pages of a document.
    pub page_count: Option<u64>,
    /// Type of the small still picture, when there is one.
    pub thumbnail: Option<ThumbnailType>,
    /// Whether the outline of the sound was made.
    pub has_waveform: bool,
}

/// The name the outline of sound has in URLs and in the blob store.
pub const WAVEFORM: &str = "waveform.json";

/// The types of small pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThumbnailType {
    /// Without transparency.
    Jpeg,
    /// With transparency.
    Png,
}

impl ThumbnailType {
    /// The name its file has in URLs and in the blob store.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Jpeg => "thumbnail.jpg",
            Self::Png => "thumbnail.png",
        }
    }

    /// MIME type.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}
