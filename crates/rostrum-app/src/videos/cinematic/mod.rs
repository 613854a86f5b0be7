//! Cinematic videos: a prompt, people and places, composed into shots with a moving camera. Nobody speaks in them.

mod direction;

use rostrum_model::asset::{AssetInput, AssetKind};
use rostrum_model::ids::WorkspaceId;
use rostrum_model::video::{
    CINEMATIC_S, Camera, CharacterRequest, CinematicRequest, Expressiveness, FRAMES_PER_SECOND, Fill,
    InputForm, Light, MAX_CINEMATIC_CLIPS, MAX_CINEMATIC_PICTURES, MAX_MOTION_PROMPT_CHARS, Play, SceneField,
    SceneRequest, WantedBackground, WantedPicture, WantedSound,
};

use super::scenes::SceneError;
use crate::App;
use crate::asset_inputs::{InputError, Resolved};
use direction::{Direction, Framing, Move};

/// About how long a shot is, and how long at least, in seconds.
const SHOT_S: f64 = 3.4;
const SHORTEST_SHOT_S: f64 = 1.5;
/// How far what is behind people is out of focus where nothing is said of it.
const USUAL_BLUR: f32 = 0.35;
/// How loud the clips are that are seen.
const CLIP_VOLUME: f32 = 1.0;

/// A shot, and which of the looks it shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shot {
    pub(super) scene: SceneRequest,
    pub(super) look: usize,
}

/// Assets that are shown beside people.
#[derive(Debug, Clone, Default)]
struct References {
    pictures: Vec<AssetInput>,
    clips: Vec<AssetInput>,
}

impl App {
    /// The shots of a cinematic video. Puts the references into `inputs`.
    ///
    /// # Errors
    /// With each reference that cannot be used, by its number, or with all of them when there are too many.
    pub(super) async fn shots(
        &self,
        workspace_id: WorkspaceId,
        wanted: &CinematicRequest,
        inputs: &mut Vec<Resolved>,
    ) -> Result<Vec<Shot>, Vec<(usize, (SceneField, SceneError))>> {
        let (mut references, mut faults) = (References::default(), Vec::new());
        for (number, input) in wanted.references.iter().enumerate() {
            let field = SceneField::Reference(InputForm::from(input));
            match self.reference(workspace_id, input.clone(), inputs).await {
                Ok((AssetKind::Video, asset)) => references.clips.push(asset),
                Ok((_, asset)) => references.pictures.push(asset),
                Err(error) => faults.push((number, (field, error))),
            }
        }
        let pictures = references.pictures.len() + wanted.looks.len();
        for (count, most, what) in [
            (references.clips.len(), MAX_CINEMATIC_CLIPS, "clips"),
            (pictures, MAX_CINEMATIC_PICTURES, "pictures, looks among them"),
        ] {
            if count > most {
                let error = SceneError::TooMany { what, count, most };
                faults.push((0, (SceneField::References, error)));
            }
        }
        if faults.is_empty() { Ok(composed(wanted, &references)) } else { Err(faults) }
    }

    /// A picture or a clip.
    async fn reference(
        &self,
        workspace_id: WorkspaceId,
        input: AssetInput,
        inputs: &mut Vec<Resolved>,
    ) -> Result<(AssetKind, AssetInput), SceneError> {
        let resolved = self.resolve_any_input(workspace_id, input).await?;
        let asset = resolved.asset.clone();
        inputs.push(resolved);
        match asset.media_type.kind() {
            AssetKind::Video => {
                self.check_clip(&asset).await?;
            }
            AssetKind::Image => {}
            _ => {
                let found = asset.media_type.mime();
                return Err(InputError::WrongKind { found, wanted: AssetKind::Image }.into());
            }
        }
        Ok((asset.media_type.kind(), AssetInput::AssetId(asset.id)))
    }
}

/// Composes the shots. People alternate, and with them the pictures they are shown before; clips are shown between them.
fn composed(wanted: &CinematicRequest, references: &References) -> Vec<Shot> {
    let CinematicRequest { prompt, looks, enhanced, .. } = wanted;
    let direction = Direction::from_prompt(prompt);
    let duration_s = wanted.duration_s.map_or_else(|| natural_s(prompt, references), f64::from);
    let parts = looks.len() + references.clips.len();
    let most = (duration_s / SHORTEST_SHOT_S) as usize;
    let usual = if direction.is_one_take { parts } else { (duration_s / SHOT_S).round() as usize };
    let count = usual.max(parts).min(most).max(1);
    let clips = references.clips.len().min(count - 1);
    let frames = duration_s * f64::from(FRAMES_PER_SECOND);
    let frame_at = |shot: usize| (frames * shot as f64 / count as f64).round();

    let mut shots = Vec::with_capacity(count);
    let (mut of_people, mut of_clips) = (0, 0);
    for number in 0..count {
        // Clips stand evenly between the shots of people, of which the first is one.
        let is_clip = of_clips < clips && number >= (of_clips + 1) * count / (clips + 1);
        let camera = camera(&direction, *enhanced, number, is_clip);
        let shot_frames = frame_at(number + 1) - frame_at(number);
        let sound = WantedSound::Silence(shot_frames / f64::from(FRAMES_PER_SECOND));
        let look = of_people % looks.len();
        let scene = if is_clip {
            of_clips += 1;
            let background = WantedBackground::Video {
                input: references.clips[of_clips - 1].clone(),
                fill: Fill::Cover,
                play: Play::Loop,
                volume: CLIP_VOLUME,
            };
            SceneRequest::without_people(sound, background)
        } else {
            let framing = framing(&direction, *enhanced, of_people);
            let picture = references.pictures.get(of_people % references.pictures.len().max(1));
            let background = picture.map_or(WantedBackground::Own, |picture| {
                WantedBackground::Image(picture.clone(), Fill::Cover)
            });
            of_people += 1;
            let character = somebody(looks[look].clone(), framing, prompt);
            SceneRequest { background, ..SceneRequest::of(character, sound) }
        };
        shots.push(Shot { scene: SceneRequest { camera: Some(camera), ..scene }, look });
    }
    shots
}

fn somebody(look: WantedPicture, framing: Framing, prompt: &str) -> CharacterRequest {
    let (style, scale) = framing.of_character();
    CharacterRequest {
        style,
        scale,
        remove_background: true,
        expressiveness: Some(Expressiveness::High),
        motion_prompt: Some(prompt.chars().take(MAX_MOTION_PROMPT_CHARS).collect()),
        ..CharacterRequest::new(look)
    }
}

/// How much is seen of somebody in the shot of people of this number.
fn framing(direction: &Direction, enhanced: bool, number: usize) -> Framing {
    const USUAL: [Framing; 3] = [Framing::Medium, Framing::CloseUp, Framing::Wide];
    let said = &direction.framings;
    match said.get(number) {
        Some(framing) => *framing,
        None if said.is_empty() || enhanced => USUAL[number % USUAL.len()],
        None => said[number % said.len()],
    }
}

/// The camera of the shot of this number.
fn camera(direction: &Direction, enhanced: bool, number: usize, is_clip: bool) -> Camera {
    const MADE_UP: [Move; 4] = [Move::PushIn, Move::PanRight, Move::PullBack, Move::PanLeft];
    let said = &direction.moves;
    let step = match said.get(number) {
        Some(step) => *step,
        None if enhanced => MADE_UP[number % MADE_UP.len()],
        None => said.last().copied().unwrap_or(Move::Drift),
    };
    let (from, to) = step.views();
    let usual_light = if enhanced { Light::Warm } else { Light::Natural };
    Camera {
        from,
        to,
        shake: direction.shake,
        blur: if is_clip { 0.0 } else { direction.blur.unwrap_or(USUAL_BLUR) },
        light: direction.light.unwrap_or(usual_light),
    }
}

/// The length that suits a prompt: a shot for each of its sentences and each clip, in seconds of [`CINEMATIC_S`].
fn natural_s(prompt: &str, references: &References) -> f64 {
    let sentences =
        prompt.split(['.', '!', '?', ';', '。', '！', '？']).filter(|part| !part.trim().is_empty());
    let shots = sentences.count() + references.clips.len();
    (shots as f64 * SHOT_S).round().clamp(f64::from(*CINEMATIC_S.start()), f64::from(*CINEMATIC_S.end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(prompt: &str, looks: &[&str], duration_s: Option<u32>) -> CinematicRequest {
        CinematicRequest {
            prompt: prompt.to_owned(),
            looks: looks.iter().map(|look| WantedPicture::Cast((*look).to_owned())).collect(),
            references: Vec::new(),
            duration_s,
            enhanced: false,
        }
    }

    fn references(pictures: usize, clips: usize) -> References {
        let some = |count| (0..count).map(|number| AssetInput::Url(format!("https://a/{number}"))).collect();
        References { pictures: some(pictures), clips: some(clips) }
    }

    fn length_s(shots: &[Shot]) -> f64 {
        shots
            .iter()
            .map(|shot| match shot.scene.sound {
                WantedSound::Silence(seconds) => seconds,
                _ => panic!("somebody speaks"),
            })
            .sum()
    }

    #[test]
    fn every_look_and_clip_is_seen_and_the_shots_are_as_long_as_asked() {
        for (looks, pictures, clips, seconds) in
            [(1, 0, 0, 4), (1, 0, 0, 15), (3, 2, 0, 10), (3, 6, 3, 15), (2, 0, 3, 8)]
        {
            let names = ["a", "b", "c"];
            let shots = composed(&wanted("x", &names[..looks], Some(seconds)), &references(pictures, clips));
            let seen = |look| shots.iter().any(|shot| shot.scene.character.is_some() && shot.look == look);
            let is_clip = |shot: &&Shot| matches!(shot.scene.background, WantedBackground::Video { .. });
            assert!((0..looks).all(seen), "{looks} looks, {clips} clips");
            assert_eq!(shots.iter().filter(is_clip).count(), clips);
            assert!((length_s(&shots) - f64::from(seconds)).abs() < 1e-9);
            assert!(shots[0].scene.character.is_some());
        }
    }

    #[test]
    fn one_take_has_no_cuts_but_for_other_people() {
        let shots = composed(&wanted("one take, tripod", &["a"], Some(15)), &references(0, 0));
        assert_eq!(shots.len(), 1);
        let camera = shots[0].scene.camera.unwrap();
        assert_eq!(camera.from, camera.to);
    }

    #[test]
    fn the_length_follows_the_prompt_where_none_is_asked_for() {
        let length =
            |prompt, clips| length_s(&composed(&wanted(prompt, &["a"], None), &references(0, clips)));
        assert!((length("x", 0) - 4.0).abs() < 1e-9);
        assert!((length("One. Two. Three.", 0) - 10.0).abs() < 1e-9);
        assert!((length("One. Two. Three. Four.", 3) - 15.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_not_said_is_made_up_only_where_that_is_asked() {
        let plain = composed(&wanted("x", &["a"], Some(10)), &references(0, 0));
        let enhanced = CinematicRequest { enhanced: true, ..wanted("x", &["a"], Some(10)) };
        let enhanced = composed(&enhanced, &references(0, 0));
        let moves =
            |shots: &[Shot]| shots.iter().map(|shot| shot.scene.camera.unwrap().to).collect::<Vec<_>>();
        assert!(moves(&plain).windows(2).all(|two| two[0] == two[1]));
        assert!(moves(&enhanced).windows(2).all(|two| two[0] != two[1]));
        assert_eq!(enhanced[0].scene.camera.unwrap().light, Light::Warm);
    }
}
