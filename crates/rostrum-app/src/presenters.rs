//! The cast: drawn people whom everybody may use. Their previews are made when somebody first looks at them, or before that
//! while a server has nothing else to do, and kept.

use std::collections::HashSet;

use futures::TryStreamExt;
pub use rostrum_avatar::presenter::cast;
use rostrum_avatar::presenter::cast::{CastLook, CastMember};
use rostrum_avatar::presenter::{Backdrop, Framing, Presenter};
use rostrum_avatar::viseme::Viseme;
use rostrum_avatar::{Avatar, AvatarScratch, Manner, MotionOptions, MotionTrack, Pose};
use rostrum_blob::{BlobError, BlobKey};
use rostrum_media::{MediaError, SegmentEncoder, Sounds, join, jpeg, write_wav};
use rostrum_model::picture::{RgbImage, Size};
use rostrum_model::presenter::Appearance;
use rostrum_model::speech::SAMPLE_RATE;
use rostrum_model::video::{Expressiveness, FRAMES_PER_SECOND};
use rostrum_model::workspace::PUBLIC_WORKSPACE;
use rostrum_store::StoreError;

use crate::App;
use crate::backends::Backends;
use crate::files::StoredFile;
use crate::jobs::{Behind, Body, Figure, Stage, WHITE, frames_of};
use crate::speech::SpeakError;
use crate::voices::{UnusableVoice, Voice};

/// Size of the still previews, in pixels.
pub const PREVIEW_SIZE: Size = Size { width: 1280, height: 720 };
/// Size of the moving previews, in pixels.
const MOVING_SIZE: Size = Size { width: 640, height: 360 };
/// Changes whenever presenters are drawn otherwise.
const DRAWING_VERSION: u32 = 2;

/// Which preview of a presenter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresenterFile {
    /// A JPEG.
    Image,
    /// An MP4 in which the presenter says hello.
    Video,
}

impl PresenterFile {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Image, Self::Video];

    /// The name in URLs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Image => "preview.jpg",
            Self::Video => "preview.mp4",
        }
    }

    /// Where the preview of a look is kept.
    fn key(self, look: &CastLook) -> BlobKey {
        BlobKey::new(format!("{}/{}.v{DRAWING_VERSION}/{}", presenters_folder(), look.id, self.name()))
            .expect("ids of the cast make valid keys")
    }

    fn mime(self) -> &'static str {
        match self {
            Self::Image => "image/jpeg",
            Self::Video => "video/mp4",
        }
    }
}

/// Where the previews of the cast are kept.
fn presenters_folder() -> BlobKey {
    BlobKey::new("presenters").expect("a plain word makes a valid key")
}

/// A preview cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// The presenter's voice is not there.
    #[error("the presenter's voice cannot be had")]
    Voice(#[from] UnusableVoice),
    /// The voice cannot speak.
    #[error(transparent)]
    Speak(#[from] SpeakError),
    /// The files cannot be made.
    #[error("the preview could not be encoded")]
    Media(#[from] MediaError),
    /// Bytes could not be reached.
    #[error("stored bytes could not be reached")]
    Blob(#[from] BlobError),
    /// Records could not be reached.
    #[error("the records do not answer")]
    Store(#[from] StoreError),
    /// No temporary folder.
    #[error("a temporary folder could not be made")]
    Io(#[from] std::io::Error),
}

impl App {
    /// A preview of a look of the cast; `None` when there is no such look. It is made where it is not there yet.
    ///
    /// # Errors
    /// When it cannot be made or kept.
    pub async fn presenter_file(
        &self,
        look_id: &str,
        file: PresenterFile,
    ) -> Result<Option<StoredFile>, PreviewError> {
        let Some((member, look)) = cast::look(look_id) else { return Ok(None) };
        let key = self.kept_presenter_file(member, look, file).await?;
        Ok(self.backends.blobs.open(&key).await?.map(|reader| StoredFile {
            reader,
            mime: file.mime(),
            version: format!("{}.v{DRAWING_VERSION}.{}", look.id, file.name()),
            name: format!("{}-{}", look.id, file.name()),
            kept_for: None,
        }))
    }

    /// Makes a preview where it is not there yet, and tells where it is kept.
    async fn kept_presenter_file(
        &self,
        member: &'static CastMember,
        look: &'static CastLook,
        file: PresenterFile,
    ) -> Result<BlobKey, PreviewError> {
        let blobs = &self.backends.blobs;
        let key = file.key(look);
        if blobs.stat(&key).await?.is_none() {
            match file {
                PresenterFile::Image => {
                    let appearance = member.appearance(look);
                    let drawing = tokio::task::spawn_blocking(move || still(appearance));
                    blobs.put(&key, &drawing.await.map_err(std::io::Error::other)??).await?;
                }
                PresenterFile::Video => self.make_moving_preview(member, look, &key).await?,
            }
        }
        Ok(key)
    }

    /// Makes one preview of the cast that nobody asked for yet, pictures first; false when all are there. What is made is
    /// kept, so that this can be stopped and gone on with at any time.
    ///
    /// # Errors
    /// When it cannot be made or kept.
    pub async fn make_next_presenter_file(&self) -> Result<bool, PreviewError> {
        let kept = self.backends.blobs.list(Some(&presenters_folder())).map_ok(|blob| blob.key);
        let kept: HashSet<BlobKey> = kept.try_collect().await?;
        for file in PresenterFile::ALL {
            for member in cast::all() {
                if let Some(look) = member.looks.iter().find(|look| !kept.contains(&file.key(look))) {
                    self.kept_presenter_file(member, look, file).await?;
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether nothing that somebody waits for is in work: no video, no asset, no footage and no pictures.
    ///
    /// # Errors
    /// When records cannot be reached.
    pub async fn is_idle(&self) -> Result<bool, StoreError> {
        let store = &self.backends.store;
        Ok(store.videos().unfinished().await?.is_empty()
            && store.assets().pending(1).await?.is_empty()
            && store.avatars().pending_studies().await?.is_empty()
            && store.photo_generations().list_unfinished().await?.is_empty())
    }

    /// Draws the presenter saying hello.
    async fn make_moving_preview(
        &self,
        member: &'static CastMember,
        look: &'static CastLook,
        key: &BlobKey,
    ) -> Result<(), PreviewError> {
        let backends = &self.backends;
        // One at a time: previews wait for each other, not videos for previews.
        let _turn = backends.previews.lock().await;
        if backends.blobs.stat(key).await?.is_some() {
            return Ok(());
        }
        let voice = backends.ready_voice(PUBLIC_WORKSPACE, &member.voice_id).await??;
        let greeting = format!("Hello! I'm {}. Give me your words, and I will say them.", member.name);
        let avatar = prepared(member.appearance(look), MOVING_SIZE);
        let options =
            MotionOptions { seed: 1, expressiveness: Expressiveness::Medium, manner: Manner::default() };
        backends.keep_greeting(greeting.as_str(), &voice, avatar, options, key).await
    }
}

impl Backends {
    /// Makes a film of somebody who says a text, in the size in which they are drawn, and keeps it.
    pub(crate) async fn keep_greeting(
        &self,
        text: &str,
        voice: &Voice,
        avatar: Avatar,
        options: MotionOptions,
        key: &BlobKey,
    ) -> Result<(), PreviewError> {
        let track = self.spoken(text.into(), voice, 1.0).await?.track;
        let folder = tempfile::tempdir_in(&self.work_dir)?;
        let frames = frames_of(track.duration_s());
        let (sound, video) = (folder.path().join("sound.wav"), folder.path().join("preview.mp4"));
        write_wav(&sound, &track.samples, SAMPLE_RATE)?;
        let (ffmpeg, at) = (self.ffmpeg.clone(), folder.path().to_owned());
        let drawing = tokio::task::spawn_blocking(move || -> Result<(), MediaError> {
            let size = avatar.size();
            let motion = MotionTrack::plan(&track, FRAMES_PER_SECOND, frames, &options);
            let mut encoder = SegmentEncoder::start(&ffmpeg, &at, MOVING_SEGMENT, size, FRAMES_PER_SECOND)?;
            let figure = Figure { body: Body::Avatar(avatar), motion, at: (0, 0), mask: None };
            let stage = Stage::new(size, Behind::Colour(WHITE), Some(figure));
            stage.draw_frames(0..frames, |frame| encoder.write_frame(frame.clean).is_ok())?;
            encoder.finish()
        });
        drawing.await.map_err(std::io::Error::other)??;
        let segments = [folder.path().join(MOVING_SEGMENT)];
        let sounds = Sounds::of_speech(sound);
        join(&self.ffmpeg, folder.path(), &segments, &sounds, &video, frames as u64, FRAMES_PER_SECOND)
            .await?;
        self.blobs.adopt_file(key, &video).await?;
        Ok(())
    }
}

/// The smile of still previews of whom nothing else is known.
const STILL_SMILE: f32 = 0.7;
const MOVING_SEGMENT: &str = "segment.mp4";

/// A drawn person before their own setting.
pub(crate) fn prepared(appearance: Appearance, size: Size) -> Avatar {
    let setting = appearance.setting;
    let presenter = Presenter::new(appearance, &Framing::new(size), Backdrop::Setting(setting));
    Avatar::Presenter(Box::new(presenter))
}

/// A drawn person at rest, as a JPEG of [`PREVIEW_SIZE`].
pub(crate) fn still(appearance: Appearance) -> Result<Vec<u8>, MediaError> {
    picture_of(appearance, &Framing::new(PREVIEW_SIZE), [0.0; 2])
}

/// A drawn person with a head turned and tilted by so many radians, in a frame, as a JPEG.
pub(crate) fn picture_of(
    appearance: Appearance,
    framing: &Framing,
    [yaw, roll]: [f32; 2],
) -> Result<Vec<u8>, MediaError> {
    let smile = appearance.person.smile.unwrap_or(STILL_SMILE);
    let (size, setting) = (framing.size, appearance.setting);
    let presenter = Presenter::new(appearance, framing, Backdrop::Setting(setting));
    let presenter = Avatar::Presenter(Box::new(presenter));
    let mut picture = RgbImage::filled(size.width, size.height, [0; 3]);
    let pose = Pose { smile, yaw, roll, mouth: Viseme::Rest.shape(), ..Pose::default() };
    presenter.render(&pose, &mut AvatarScratch::default(), &mut picture);
    jpeg(&picture)
}
