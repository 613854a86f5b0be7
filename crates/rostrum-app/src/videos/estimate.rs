//! What a video would be, told without making it.

use rostrum_model::ids::WorkspaceId;
use rostrum_model::picture::Size;
use rostrum_model::video::{OutputFormat, Sound, VideoRequest, VideoSpec};

use super::{CreateVideoError, SceneError};
use crate::App;

/// How long letters take to say, in seconds at the usual speed: measured over our English voices, 14 to 15 letters and
/// spaces a second; characters of Chinese, Japanese and Korean are syllables or more.
const LETTER_S: f64 = 0.069;
const SYLLABLE_S: f64 = 0.21;
/// Seconds of work on a second of video of 1920x1080 where none was made yet.
const USUAL_PACE: f64 = 1.0;
const USUAL_PIXELS: f64 = 1920.0 * 1080.0;
/// Seconds of work that do not depend on the length: preparing, joining, publishing.
const FIXED_WORK_S: f64 = 2.0;
/// Videos whose making tells how fast this server is.
const PACED_VIDEOS: u64 = 20;

/// What a video would be.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The canvas.
    pub size: Size,
    /// What its file would be.
    pub format: OutputFormat,
    /// How long each scene would be, in seconds: those with texts estimated.
    pub scenes_s: Vec<f64>,
    /// How many seconds making it would take if nothing else was made: from the newest videos of this server.
    pub render_s: f64,
}

impl Estimate {
    /// Length of the whole, in seconds.
    pub fn duration_s(&self) -> f64 {
        self.scenes_s.iter().sum()
    }
}

impl App {
    /// Checks all of a request, as [`App::create_video`] does, and tells what would be made. Nothing stays behind.
    ///
    /// # Errors
    /// As [`App::create_video`].
    pub async fn estimate_video(
        &self,
        workspace_id: WorkspaceId,
        request: VideoRequest,
    ) -> Result<Estimate, CreateVideoError> {
        let mut inputs = Vec::new();
        let estimated = match self.planned(workspace_id, request, &mut inputs).await {
            Ok(spec) => self.estimate(workspace_id, &spec).await,
            Err(error) => Err(error),
        };
        self.discard_all(&inputs).await?;
        estimated
    }

    async fn estimate(
        &self,
        workspace_id: WorkspaceId,
        spec: &VideoSpec,
    ) -> Result<Estimate, CreateVideoError> {
        let scenes_s = self.scenes_s(workspace_id, spec).await?;
        let pixels = |size: Size| (size.width * size.height) as f64;
        let mut paces: Vec<f64> = self
            .backends
            .store
            .videos()
            .works(PACED_VIDEOS)
            .await?
            .into_iter()
            .filter(|work| work.duration_s > 0.0)
            .map(|work| {
                (work.took_s - FIXED_WORK_S).max(0.0) / work.duration_s * USUAL_PIXELS / pixels(work.size)
            })
            .collect();
        paces.sort_by(f64::total_cmp);
        let pace = paces.get(paces.len() / 2).copied().unwrap_or(USUAL_PACE);
        let length_s: f64 = scenes_s.iter().sum();
        let render_s = FIXED_WORK_S + pace * length_s * pixels(spec.size) / USUAL_PIXELS;
        Ok(Estimate { size: spec.size, format: spec.format, scenes_s, render_s })
    }

    /// About how long each scene is, in seconds.
    pub(crate) async fn scenes_s(
        &self,
        workspace_id: WorkspaceId,
        spec: &VideoSpec,
    ) -> Result<Vec<f64>, CreateVideoError> {
        let mut scenes_s = Vec::with_capacity(spec.scenes.len());
        for scene in &spec.scenes {
            scenes_s.push(match &scene.sound {
                Sound::Script { text, settings, .. } => spoken_s(text) / f64::from(settings.speed),
                Sound::Silence { duration_s } => *duration_s,
                Sound::Audio { asset } => {
                    let asset = self.backends.store.assets().get(workspace_id, *asset).await?;
                    match asset {
                        Some(asset) => self.probed(&asset).await.map_err(unprobed)?.duration_s,
                        None => 0.0,
                    }
                }
            });
        }
        Ok(scenes_s)
    }
}

/// The file was probed a moment ago, when the request was checked.
fn unprobed(error: SceneError) -> CreateVideoError {
    CreateVideoError::Unprobed(error)
}

/// About how long a text takes to say at the usual speed, pauses included.
pub(crate) fn spoken_s(text: &str) -> f64 {
    let (mut seconds, mut rest) = (0.0, text);
    while let Some((before, tag)) = rest.split_once("<break") {
        let (inside, after) = tag.split_once('>').unwrap_or((tag, ""));
        let pause = inside.split(['"', '\'']).nth(1).and_then(|time| time.strip_suffix('s'));
        seconds += letters_s(before) + pause.and_then(|time| time.parse::<f64>().ok()).unwrap_or(0.0);
        rest = after;
    }
    seconds + letters_s(rest)
}

fn letters_s(text: &str) -> f64 {
    let is_syllable =
        |c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}');
    text.trim().chars().map(|c| if is_syllable(c) { SYLLABLE_S } else { LETTER_S }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_measured_with_their_pauses() {
        let about = |text: &str, seconds: f64| {
            assert!((spoken_s(text) - seconds).abs() < 0.3, "{text}: {}", spoken_s(text));
        };
        about("", 0.0);
        about("The quick brown fox jumps over the lazy dog.", 3.0);
        about("One. <break time=\"1.5s\"/> Two.", 2.05);
        about("你好世界", 0.84);
        about("cut <break time=\"x", 0.2);
    }
}
