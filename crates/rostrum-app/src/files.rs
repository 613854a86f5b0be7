//! Stored bytes behind file URLs. Whoever holds such a URL may read it: its id carries 74 random bits and is shown to
//! nobody but its owner.

use chrono::TimeDelta;
use rostrum_blob::{BlobError, BlobKey, BlobReader};
use rostrum_model::asset::Asset;
use rostrum_model::ids::{AssetId, VideoId};
use rostrum_model::processing::WAVEFORM;
use rostrum_model::video::{OutputFormat, VideoState};
use rostrum_model::workspace::PUBLIC_WORKSPACE;
use rostrum_store::StoreError;

use crate::App;
use crate::assets::content_key;
use crate::footage::FOOTAGE_PREVIEW;
use crate::jobs::derive_asset::derived_key;
use crate::search::PublicAssetError;

/// A stored file, opened.
pub struct StoredFile {
    /// Its bytes.
    pub reader: BlobReader,
    /// MIME type.
    pub mime: &'static str,
    /// Strong validator, without quotes; the bytes under it never change.
    pub version: String,
    /// File name for people.
    pub name: String,
    /// How long the file will be there, if that is known.
    pub kept_for: Option<TimeDelta>,
}

/// A file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Records could not be reached.
    #[error("the file's record could not be reached")]
    Store(#[from] StoreError),
    /// The file is everybody's and cannot be made.
    #[error(transparent)]
    Public(#[from] PublicAssetError),
    /// Bytes could not be reached.
    #[error("the file's bytes could not be reached")]
    Blob(#[from] BlobError),
}

/// The files of a finished video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VideoFile {
    /// The video itself.
    Video,
    /// The video itself, where its background is transparent.
    ClearVideo,
    /// The same for editors.
    MasterVideo,
    /// The video with its captions in the picture.
    Captioned,
    /// The same, where its background is transparent.
    ClearCaptioned,
    /// The same for editors.
    MasterCaptioned,
    /// A still picture.
    Thumbnail,
    /// A short moving preview.
    Preview,
    /// SRT subtitles.
    Subtitles,
    /// `WebVTT` subtitles.
    SubtitlesVtt,
}

impl VideoFile {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Video,
        Self::ClearVideo,
        Self::MasterVideo,
        Self::Captioned,
        Self::ClearCaptioned,
        Self::MasterCaptioned,
        Self::Thumbnail,
        Self::Preview,
        Self::Subtitles,
        Self::SubtitlesVtt,
    ];

    /// The film of a format.
    pub fn film(format: OutputFormat) -> Self {
        match format {
            OutputFormat::Mp4 => Self::Video,
            OutputFormat::Webm => Self::ClearVideo,
            OutputFormat::Mov => Self::MasterVideo,
        }
    }

    /// The film of a format with its captions in the picture.
    pub fn captioned(format: OutputFormat) -> Self {
        match format {
            OutputFormat::Mp4 => Self::Captioned,
            OutputFormat::Webm => Self::ClearCaptioned,
            OutputFormat::Mov => Self::MasterCaptioned,
        }
    }

    /// The name the file has in URLs and in the blob store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Video => "video.mp4",
            Self::ClearVideo => "video.webm",
            Self::MasterVideo => "video.mov",
            Self::Captioned => "captioned.mp4",
            Self::ClearCaptioned => "captioned.webm",
            Self::MasterCaptioned => "captioned.mov",
            Self::Thumbnail => "thumbnail.jpg",
            Self::Preview => "preview.gif",
            Self::Subtitles => "subtitles.srt",
            Self::SubtitlesVtt => "subtitles.vtt",
        }
    }

    fn mime(self) -> &'static str {
        match self {
            Self::Video | Self::Captioned => "video/mp4",
            Self::ClearVideo | Self::ClearCaptioned => "video/webm",
            Self::MasterVideo | Self::MasterCaptioned => "video/quicktime",
            Self::Thumbnail => "image/jpeg",
            Self::Preview => "image/gif",
            Self::Subtitles => "application/x-subrip",
            Self::SubtitlesVtt => "text/vtt",
        }
    }
}

impl App {
    /// The bytes of an asset.
    ///
    /// # Errors
    /// When records or bytes cannot be reached.
    pub async fn asset_file(&self, id: AssetId) -> Result<Option<StoredFile>, FileError> {
        let asset = match self.backends.store.assets().get_public(id).await? {
            None => self.public_asset(id).await?,
            found => found,
        };
        let Some(asset) = asset else { return Ok(None) };
        let reader = self.backends.blobs.open(&content_key(&asset.content_hash)).await?;
        Ok(reader.map(|reader| StoredFile {
            reader,
            mime: asset.media_type.mime(),
            version: asset.content_hash.to_string(),
            kept_for: self.kept_for(&asset),
            name: asset.name,
        }))
    }

    /// A file made from an asset: its small picture, the outline of its sound, or a still of footage that was studied.
    ///
    /// # Errors
    /// When records or bytes cannot be reached.
    pub async fn derived_file(&self, id: AssetId, name: &str) -> Result<Option<StoredFile>, FileError> {
        let Some(asset) = self.backends.store.assets().get_public(id).await? else { return Ok(None) };
        if name == FOOTAGE_PREVIEW {
            return self.derived(&asset, FOOTAGE_PREVIEW, "image/jpeg").await;
        }
        let Some(facts) = asset.processing.facts() else { return Ok(None) };
        let thumbnail = facts.thumbnail.filter(|thumbnail| thumbnail.file_name() == name);
        let (name, mime) = match thumbnail {
            Some(thumbnail) => (thumbnail.file_name(), thumbnail.mime()),
            None if facts.has_waveform && name == WAVEFORM => (WAVEFORM, "application/json"),
            None => return Ok(None),
        };
        self.derived(&asset, name, mime).await
    }

    async fn derived(
        &self,
        asset: &Asset,
        name: &str,
        mime: &'static str,
    ) -> Result<Option<StoredFile>, FileError> {
        let reader = self.backends.blobs.open(&derived_key(&asset.content_hash, name)).await?;
        Ok(reader.map(|reader| StoredFile {
            reader,
            mime,
            version: format!("{}/{name}", asset.content_hash),
            name: name.to_owned(),
            kept_for: self.kept_for(asset),
        }))
    }

    /// How long an asset will be there; everybody's stay.
    fn kept_for(&self, asset: &Asset) -> Option<TimeDelta> {
        let lifetime = self.backends.limits.asset_lifetime?;
        let age = self.backends.clock.now() - asset.created_at;
        (asset.workspace_id != PUBLIC_WORKSPACE).then(|| (lifetime - age).max(TimeDelta::zero()))
    }

    /// One of the files of a finished video.
    ///
    /// # Errors
    /// When records or bytes cannot be reached.
    pub async fn video_file(&self, id: VideoId, file: VideoFile) -> Result<Option<StoredFile>, FileError> {
        let Some(video) = self.backends.store.videos().get_any(id).await? else { return Ok(None) };
        let VideoState::Completed { output, .. } = video.state else { return Ok(None) };
        let key = match file {
            VideoFile::Video | VideoFile::ClearVideo | VideoFile::MasterVideo => {
                (file == VideoFile::film(video.spec.format)).then_some(output.video_key)
            }
            VideoFile::Captioned | VideoFile::ClearCaptioned | VideoFile::MasterCaptioned => {
                output.captioned_key.filter(|_| file == VideoFile::captioned(video.spec.format))
            }
            VideoFile::Thumbnail => Some(output.thumbnail_key),
            VideoFile::Preview => output.gif_key,
            VideoFile::Subtitles => output.subtitle_key,
            VideoFile::SubtitlesVtt => output.vtt_key,
        };
        let Some(key) = key.and_then(|key| BlobKey::new(key).ok()) else { return Ok(None) };
        let reader = self.backends.blobs.open(&key).await?;
        Ok(reader.map(|reader| StoredFile {
            reader,
            mime: file.mime(),
            version: format!("{id}/{}", file.name()),
            name: file.name().to_owned(),
            kept_for: None,
        }))
    }
}
