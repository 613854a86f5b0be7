//! What is done to looks after they were made: larger pictures, and ways to move.

use rostrum_avatar::{Avatar, AvatarError, Manner, MotionOptions, PhotoAvatar, Placement};
use rostrum_blob::{BlobError, BlobKey};
use rostrum_media::{MediaError, enlarged, jpeg};
use rostrum_model::asset::AssetKind;
use rostrum_model::avatar::Look;
use rostrum_model::ids::{AssetId, LookId, WorkspaceId};
use rostrum_model::picture::Size;
use rostrum_model::video::Expressiveness;
use rostrum_store::StoreError;

use super::ShownLook;
use crate::App;
use crate::assets::UploadError;
use crate::files::StoredFile;
use crate::generated_pictures::{MakePictureError, PictureName};
use crate::hex;
use crate::portraits::{Portrait, UnusablePortrait};
use crate::presenters::{PreviewError, prepared};

/// The short edge of enlarged pictures, in pixels: that of a video in 1080p.
pub const ENLARGED_SIDE: usize = 1080;
/// How looks move of which nothing was said.
const USUAL_MOTION: &str = "smiling and nodding, with lively gestures";
/// The longer side of moving previews, in pixels.
const MOVING_SIDE: usize = 640;
/// What is said in moving previews.
const GREETING: &str = "Hello! This is how I move when I speak to you.";
/// Who says it where the person has no voice.
const USUAL_VOICE: &str = "af_heart";
/// Changes whenever the same look may move otherwise.
const MOVING_VERSION: u32 = 1;

/// A picture cannot be made larger.
#[derive(Debug, thiserror::Error)]
pub enum EnlargeError {
    /// The workspace has no such look.
    #[error("there is no look {0}")]
    NotFound(LookId),
    /// It is drawn anew in each size.
    #[error("the look {0} is drawn")]
    Drawn(LookId),
    /// It is large enough.
    #[error("the picture of the look {id} has {width}x{height} pixels")]
    LargeEnough {
        /// The look.
        id: LookId,
        /// Its width in pixels.
        width: usize,
        /// Its height in pixels.
        height: usize,
    },
    /// Another request gave the look another picture meanwhile.
    #[error("the look {0} was changed meanwhile")]
    Changed(LookId),
    /// The picture cannot be read, or its face not be found again.
    #[error(transparent)]
    Portrait(#[from] UnusablePortrait),
    /// The larger picture cannot be written.
    #[error("the larger picture could not be written")]
    Media(#[from] MediaError),
    /// The larger picture cannot be kept.
    #[error("the larger picture could not be kept")]
    Keep(#[from] UploadError),
    /// The larger picture cannot be taken back.
    #[error("the larger picture could not be taken back")]
    Discard(#[source] Box<MakePictureError>),
    /// The work was interrupted.
    #[error("the work was interrupted")]
    Io(#[from] std::io::Error),
    /// The records do not answer.
    #[error("the records do not answer")]
    Store(#[from] StoreError),
}

impl App {
    /// Makes the picture of a look larger, so that its short edge has [`ENLARGED_SIDE`] pixels, and uses that from then on.
    /// The first picture stays an asset. When this returns, it is done.
    ///
    /// # Errors
    /// When there is no such look, it needs none, or it cannot be done; then nothing changes.
    pub async fn enlarge_look(&self, workspace_id: WorkspaceId, id: LookId) -> Result<(), EnlargeError> {
        let backends = &self.backends;
        let ShownLook { look, photo, .. } =
            self.look(workspace_id, id).await?.ok_or(EnlargeError::NotFound(id))?;
        if look.appearance.is_some() {
            return Err(EnlargeError::Drawn(id));
        }
        let Portrait { image, .. } = backends.portrait(&photo.content_hash).await?;
        let (width, height) = (image.width, image.height);
        if width.min(height) >= ENLARGED_SIDE {
            return Err(EnlargeError::LargeEnough { id, width, height });
        }
        let enlarging = tokio::task::spawn_blocking(move || {
            let larger = enlarged(&image, ENLARGED_SIDE);
            jpeg(&larger).map(|bytes| (larger.size(), bytes))
        });
        let (size, bytes) = enlarging.await.map_err(std::io::Error::other)??;
        let asset_id = AssetId::generate(&*backends.clock, &*backends.chance);
        let name = PictureName { id: asset_id, workspace_id, name: format!("{} (large)", photo.name) };
        let larger = backends.keep_picture(&name, bytes.into()).await?;
        debug_assert_eq!(larger.media_type.kind(), AssetKind::Image);
        let used = match backends.portrait(&larger.content_hash).await {
            Ok(_) => {
                backends.store.look_treatments().enlarge(&look, larger.id, size).await.map_err(Into::into)
            }
            Err(error) => Err(EnlargeError::from(error)),
        };
        match used {
            Ok(true) => {
                self.welcome(&larger).await;
                Ok(())
            }
            other => {
                let forgotten = backends.forget_picture(&larger).await;
                forgotten.map_err(|error| EnlargeError::Discard(Box::new(error)))?;
                other.and(Err(EnlargeError::Changed(id)))
            }
        }
    }

    /// Stores how a look moves, in its preview and in videos that say nothing else; false when the workspace has no such
    /// look.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn set_motion(
        &self,
        workspace_id: WorkspaceId,
        id: LookId,
        prompt: Option<&str>,
    ) -> Result<bool, StoreError> {
        if self.backends.store.avatars().look(workspace_id, id).await?.is_none() {
            return Ok(false);
        }
        let prompt = prompt.unwrap_or(USUAL_MOTION);
        self.backends.store.look_treatments().set_motion(id, prompt).await?;
        Ok(true)
    }

    /// The moving preview of a look that was set in motion, made when somebody first looks at it and then kept; `None` of
    /// others. Whoever has the URL may see it.
    ///
    /// # Errors
    /// When it cannot be made or kept.
    pub async fn motion_preview(&self, id: LookId, version: &str) -> Result<Option<StoredFile>, MotionError> {
        let backends = &self.backends;
        let Some(look) = backends.store.avatars().look_any(id).await? else { return Ok(None) };
        let Some(shown) = self.look(look.workspace_id, id).await? else { return Ok(None) };
        let Some(prompt) = shown.treatment.motion_prompt.clone() else { return Ok(None) };
        if motion_version(&shown.look, &prompt) != version {
            return Ok(None);
        }
        let key =
            BlobKey::new(format!("{}/{version}.mp4", previews_of(id))).expect("hex digits make a valid key");
        if backends.blobs.stat(&key).await?.is_none() {
            // One at a time: previews wait for each other, not videos for previews.
            let _turn = backends.previews.lock().await;
            if backends.blobs.stat(&key).await?.is_none() {
                self.make_motion_preview(&shown, &prompt, &key).await?;
            }
        }
        Ok(backends.blobs.open(&key).await?.map(|reader| StoredFile {
            reader,
            mime: "video/mp4",
            version: format!("{id}-{version}"),
            name: format!("{id}-motion.mp4"),
            kept_for: None,
        }))
    }

    /// Removes the moving previews of a look that is gone. They are shown to nobody any more, so what fails is only logged.
    pub(super) async fn forget_motion(&self, id: LookId) {
        let folder = BlobKey::new(previews_of(id)).expect("hex digits make a valid key");
        if let Err(error) = self.backends.delete_folder(&folder).await {
            tracing::warn!(look.id = %id, %error, "the moving previews of a deleted look stay");
        }
    }

    async fn make_motion_preview(
        &self,
        shown: &ShownLook,
        prompt: &str,
        key: &BlobKey,
    ) -> Result<(), MotionError> {
        let backends = &self.backends;
        let voice_id = shown.default_voice_id.as_deref().unwrap_or(USUAL_VOICE);
        let voice = backends.ready_voice(shown.look.workspace_id, voice_id).await?;
        let voice = voice.map_err(PreviewError::from)?;
        let size = moving_size(shown.look.size);
        let mut manner = Manner::from_prompt(prompt);
        let avatar = if let Some(appearance) = &shown.look.appearance {
            manner.smile = manner.smile.or(appearance.person.smile);
            prepared((**appearance).clone(), size)
        } else {
            let Portrait { image, landmarks } = backends.portrait(&shown.photo.content_hash).await?;
            let preparing = tokio::task::spawn_blocking(move || {
                let source = image.size();
                PhotoAvatar::prepare(&image, &landmarks, &Placement::cover(source, size, &landmarks))
            });
            let photo = preparing.await.map_err(std::io::Error::other)??;
            Avatar::Photo(Box::new(photo))
        };
        let options = MotionOptions { seed: 1, expressiveness: Expressiveness::High, manner };
        Ok(backends.keep_greeting(GREETING, &voice, avatar, options, key).await?)
    }
}

/// Where the moving previews of a look lie.
fn previews_of(id: LookId) -> String {
    format!("looks/{id}")
}

/// A size of the shape of a picture with even sides.
fn moving_size(of: Size) -> Size {
    let longest = of.width.max(of.height).max(1);
    let side = |side: usize| ((side * MOVING_SIDE / longest) / 2 * 2).max(64);
    Size { width: side(of.width), height: side(of.height) }
}

/// Tells the previews of a look apart: by what moves, and how.
pub fn motion_version(look: &Look, prompt: &str) -> String {
    use sha2::{Digest, Sha256};
    let of = format!("{MOVING_VERSION}\n{}\n{prompt}", look.photo);
    let hash = Sha256::digest(of);
    hex(&hash[..8])
}

/// A moving preview cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum MotionError {
    /// The sound or the film cannot be made.
    #[error(transparent)]
    Preview(#[from] PreviewError),
    /// The photo cannot be animated.
    #[error(transparent)]
    Portrait(#[from] UnusablePortrait),
    /// The photo cannot be prepared.
    #[error("the photo could not be animated")]
    Avatar(#[from] AvatarError),
    /// Bytes could not be reached.
    #[error("stored bytes could not be reached")]
    Blob(#[from] BlobError),
    /// The records do not answer.
    #[error("the records do not answer")]
    Store(#[from] StoreError),
    /// The work was interrupted.
    #[error("the work was interrupted")]
    Io(#[from] std::io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_previews_have_the_shape_of_the_picture_and_even_sides() {
        let size = |width, height| Size { width, height };
        assert_eq!(moving_size(size(512, 512)), size(640, 640));
        assert_eq!(moving_size(size(1080, 1920)), size(360, 640));
        assert_eq!(moving_size(size(512, 600)), size(546, 640));
        assert_eq!(moving_size(size(10, 4000)), size(64, 640));
    }
}
