//! Looking into a file by its kind.

use std::path::Path;

use rostrum_jobs::JobError;
use rostrum_media::{
    ImageLimits, MediaError, Thumbnail, count_pages, look_at_document, look_at_picture, look_at_video, probe,
    waveform,
};
use rostrum_model::asset::{Asset, AssetKind, MediaType};
use rostrum_model::picture::Size;
use rostrum_model::processing::{MediaFacts, WAVEFORM};
use rostrum_model::video::Failure;

use super::{Look, Made};
use crate::assets::content_key;

/// Facts on their way, with the files made so far.
#[derive(Default)]
struct Findings {
    facts: MediaFacts,
    files: Vec<(&'static str, Vec<u8>)>,
    lacks_programs: bool,
}

impl Findings {
    fn add_thumbnail(&mut self, thumbnail: Thumbnail) {
        self.facts.thumbnail = Some(thumbnail.encoding);
        self.files.push((thumbnail.encoding.file_name(), thumbnail.bytes));
    }
}

/// Why a look gave nothing.
enum Blind {
    /// The file is at fault.
    File(MediaError),
    /// Perhaps it works next time.
    Passing(JobError),
}

impl From<MediaError> for Blind {
    fn from(error: MediaError) -> Self {
        if error.is_the_files_fault() { Self::File(error) } else { Self::Passing(JobError::retry(error)) }
    }
}

/// Trouble of ours.
fn passing(error: impl Into<anyhow::Error>) -> Blind {
    Blind::Passing(JobError::retry(error))
}

impl Look {
    /// Decodes a file and makes what can be made of it; nothing is recorded.
    pub(super) async fn look(&self, asset: &Asset) -> Result<Made, JobError> {
        let folder = tempfile::tempdir_in(&self.backends.work_dir).map_err(JobError::retry)?;
        let found = match (asset.media_type, asset.media_type.kind()) {
            // Scripts could be in it, and drawing it needs a browser.
            (MediaType::Svg, _) | (_, AssetKind::Subtitle | AssetKind::Archive) => Ok(Findings::default()),
            (_, AssetKind::Image) => self.look_at_picture(asset, folder.path()).await,
            (_, AssetKind::Video | AssetKind::Audio) => self.look_at_streams(asset, folder.path()).await,
            (_, AssetKind::Document) => self.look_at_document(asset, folder.path()).await,
        };
        match found {
            Ok(Findings { facts, files, lacks_programs }) => {
                Ok(Made { outcome: Ok(facts), files, is_final: !lacks_programs })
            }
            Err(Blind::File(error)) => {
                let is_final = !matches!(error, MediaError::Undrawable { .. });
                Ok(Made { outcome: Err(told(&error)), files: Vec::new(), is_final })
            }
            Err(Blind::Passing(error)) => Err(error),
        }
    }

    async fn look_at_picture(&self, asset: &Asset, folder: &Path) -> Result<Findings, Blind> {
        let _alone = self.backends.turn_to_decode().await;
        let bytes = self.backends.blobs.read(&content_key(&asset.content_hash)).await.map_err(passing)?;
        let bytes = bytes.ok_or_else(|| passing(anyhow::anyhow!("the picture's bytes are missing")))?;
        let seen = look_at_picture(&self.backends.ffmpeg, folder, bytes, ImageLimits::default()).await?;
        let mut found = Findings::default();
        found.facts.stored_size = Some(seen.stored_size);
        found.facts.shown_size = Some(seen.shown_size);
        found.facts.has_alpha = Some(seen.has_alpha);
        found.add_thumbnail(seen.thumbnail);
        Ok(found)
    }

    async fn look_at_streams(&self, asset: &Asset, folder: &Path) -> Result<Findings, Blind> {
        let ffmpeg = &self.backends.ffmpeg;
        let key = content_key(&asset.content_hash);
        let file = self.backends.readable_file(&key, &folder.join("file")).await.map_err(passing)?;
        let probed = probe(ffmpeg, &file).await.map_err(MediaError::blaming_the_file)?;
        let video = probed.video.filter(|_| asset.media_type.kind() == AssetKind::Video);
        if video.is_none() && probed.audio.is_none() {
            return Err(MediaError::Malformed { detail: "it has neither pictures nor sound".into() }.into());
        }
        let mut found = Findings::default();
        let mut duration_s = probed.duration_s;
        if let Some(video) = &video {
            found.add_thumbnail(look_at_video(ffmpeg, &file, video).await?);
            let rate = video.frames_per_second;
            found.facts = MediaFacts {
                stored_size: Some(Size { width: video.width, height: video.height }),
                shown_size: Some(video.shown_size),
                rotation_degrees: Some(video.rotation_degrees),
                has_alpha: Some(video.has_alpha),
                video_codec: Some(video.codec.clone()),
                frames_per_1000_s: (rate > 0.0).then(|| (rate * 1000.0).round() as u64),
                ..found.facts
            };
        }
        if let Some(audio) = &probed.audio {
            match waveform(ffmpeg, &file, audio).await {
                Ok(Some(outline)) => {
                    if duration_s <= 0.0 {
                        duration_s = outline.duration_s();
                    }
                    found.facts.has_waveform = true;
                    found.files.push((WAVEFORM, outline.to_json()));
                }
                // Too long to be heard to its end.
                Ok(None) => {}
                // The pictures can be used without the sound.
                Err(error) if video.is_some() && error.is_the_files_fault() => {}
                Err(error) => return Err(error.into()),
            }
            found.facts.audio_codec = Some(audio.codec.clone());
            found.facts.sample_rate = Some(audio.sample_rate);
            found.facts.channel_count = Some(audio.channels);
        }
        found.facts.duration_ms = (duration_s > 0.0).then(|| (duration_s * 1000.0).round() as u64);
        Ok(found)
    }

    async fn look_at_document(&self, asset: &Asset, folder: &Path) -> Result<Findings, Blind> {
        let mut found = Findings::default();
        let Some(poppler) = &self.backends.poppler else {
            found.lacks_programs = true;
            return Ok(found);
        };
        let key = content_key(&asset.content_hash);
        let file = self.backends.readable_file(&key, &folder.join("file")).await.map_err(passing)?;
        found.facts.page_count = Some(count_pages(poppler, &file).await?);
        match look_at_document(poppler, &file).await {
            Ok(thumbnail) => found.add_thumbnail(thumbnail),
            // Its text may still be readable.
            Err(error) if error.is_the_files_fault() => {}
            Err(error) => return Err(error.into()),
        }
        Ok(found)
    }
}

/// The failure as the owner hears it.
fn told(error: &MediaError) -> Failure {
    Failure {
        code: "file_unusable".to_owned(),
        message: format!(
            "The file is kept as it is and can be downloaded, but nothing can be made from it: {error}. Upload an \
             undamaged copy, or one in another format."
        ),
    }
}
