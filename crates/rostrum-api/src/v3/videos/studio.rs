//! The body of `POST /v3/videos` of `type: studio`: scenes in a row.

use rostrum_model::video::{
    CharacterRequest, Fill, MAX_SCENES, Play, SceneRequest, VideoRequest, WantedBackground, WantedPicture,
    WantedSound,
};
use serde::Deserialize;
use serde_json::Value;

use super::fields::{
    Voiced, WireAspectRatio, WireCaption, WireExpressiveness, WireResolution, WireSound, canvas,
    check_engine, look, motion_prompt, parse_colour, path, transition_s, within,
};
use super::order::Order;
use crate::error::{Faults, Refusal};
use crate::v3::asset_input::WireAssetInput;
use crate::v3::brand_glossaries::glossary_id;
use crate::v3::read_part;

/// The longest a picture without sound may be shown, in seconds (contract).
const MAX_STILL_S: f64 = 300.0;

#[derive(Debug, Deserialize)]
struct WireStudio {
    scenes: Option<Vec<Value>>,
    aspect_ratio: Option<WireAspectRatio>,
    resolution: Option<WireResolution>,
    caption: Option<WireCaption>,
    brand_glossary_id: Option<String>,
    brand_voice_id: Option<String>,
}

/// The kinds of scenes.
const SCENE_TYPES: &str = "avatar_video, image, video";

#[derive(Debug, Deserialize)]
struct WireStill {
    source: WireAssetInput,
    duration: Option<f64>,
}

#[derive(Debug, Deserialize)]
struct WireClip {
    source: WireAssetInput,
    playback: Option<WirePlayback>,
}

#[derive(Debug, Deserialize)]
struct WireInput {
    #[serde(rename = "type")]
    kind: WireInputKind,
    avatar_id: Option<String>,
    image: Option<WireAssetInput>,
    engine: Option<Value>,
    background: Option<WireColour>,
    expressiveness: Option<WireExpressiveness>,
    motion_prompt: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireInputKind {
    Avatar,
    Image,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum WireColour {
    Color { color: String },
}

#[derive(Debug, Default, Deserialize)]
struct WirePlayback {
    volume: Option<f32>,
    mute: Option<bool>,
    mode: Option<WireMode>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireMode {
    Freeze,
    Loop,
    FitToScene,
}

/// Reads the body.
///
/// # Errors
/// As [`super::read_create_video`].
pub(super) fn read_studio_video(body: &Value) -> Result<VideoRequest, Refusal> {
    let mut faults = Faults::default();
    let order = faults.take(Order::read(body));
    let wire: Option<WireStudio> = faults.take(read_part("", body));
    let (Some(order), Some(wire)) = (order, wire) else { return Err(faults.refusal()) };
    let captions = faults.take(wire.caption.as_ref().map_or(Ok(None), WireCaption::check));
    let scenes = wire.scenes.unwrap_or_default();
    faults.take(check_count("scenes", scenes.len()));
    let brand_glossary_id =
        faults.take(glossary_id(wire.brand_glossary_id.as_ref(), wire.brand_voice_id.as_ref()));
    let read = |(number, scene)| read_scene(&format!("scenes[{number}]"), scene);
    let scenes = faults.take_all(scenes.iter().enumerate().map(read));
    let (Some(captions), Some(brand_glossary_id), Some(scenes)) = (captions, brand_glossary_id, scenes)
    else {
        return Err(faults.refusal());
    };
    faults.end()?;
    let canvas = canvas(wire.aspect_ratio, wire.resolution);
    Ok(order.of(VideoRequest { captions, brand_glossary_id, ..VideoRequest::new(canvas, scenes) }))
}

/// Refuses a list of no scenes, or of too many.
pub(crate) fn check_count(param: &str, count: usize) -> Result<(), Refusal> {
    if (1..=MAX_SCENES).contains(&count) {
        return Ok(());
    }
    Err(Refusal::invalid(param, format!("'{param}' must have 1-{MAX_SCENES} scenes, got {count}.")))
}

fn read_scene(place: &str, scene: &Value) -> Result<SceneRequest, Refusal> {
    let transition_s = transition_s(place, scene)?;
    Ok(SceneRequest { transition_s, ..read_kind(place, scene)? })
}

fn read_kind(place: &str, scene: &Value) -> Result<SceneRequest, Refusal> {
    match scene.get("type").and_then(Value::as_str) {
        Some("avatar_video") => {
            let place = path(place, "input");
            let input = scene.get("input").ok_or_else(|| required(&place))?;
            read_part::<WireInput>(&place, input)?.check(&place, &read_part(&place, input)?)
        }
        Some("image") => read_part::<WireStill>(place, scene)?.check(place, &read_part(place, scene)?),
        Some("video") => read_part::<WireClip>(place, scene)?.check(place, &read_part(place, scene)?),
        other => {
            let param = path(place, "type");
            let got = other.unwrap_or("none");
            Err(Refusal::invalid(&param, format!("'{param}' must be one of {SCENE_TYPES}; got '{got}'.")))
        }
    }
}

impl WireStill {
    fn check(self, place: &str, sound: &WireSound) -> Result<SceneRequest, Refusal> {
        let image = self.source.check(&path(place, "source"))?;
        let param = path(place, "duration");
        let sound = match self.duration {
            None => sound.check(place, Voiced::ByName)?,
            Some(_) if !sound.is_absent() => {
                let message = format!("Exactly one of '{param}', 'script' and audio may be given, got more.");
                return Err(Refusal::invalid(&param, message));
            }
            Some(duration) => WantedSound::Silence(still_length(&param, duration)?),
        };
        let background = WantedBackground::Image(image, Fill::Cover);
        Ok(SceneRequest::without_people(sound, background))
    }
}

impl WireClip {
    fn check(self, place: &str, sound: &WireSound) -> Result<SceneRequest, Refusal> {
        let input = self.source.check(&path(place, "source"))?;
        let WirePlayback { volume, mute, mode } = self.playback.unwrap_or_default();
        let at = |field: &str| path(&path(place, "playback"), field);
        let volume = within(&at("volume"), volume, 0.0..=1.0, "")?.unwrap_or(1.0);
        let volume = if mute == Some(true) { 0.0 } else { volume };
        let sound = if sound.is_absent() {
            if mode.is_some() {
                let message = format!("'{}' needs a voice-over: 'script' or audio.", at("mode"));
                return Err(Refusal::invalid(&at("mode"), message));
            }
            WantedSound::OfBackground
        } else {
            sound.check(place, Voiced::ByName)?
        };
        let play = mode.map_or(Play::Freeze, Into::into);
        let background = WantedBackground::Video { input, fill: Fill::Cover, play, volume };
        Ok(SceneRequest::without_people(sound, background))
    }
}

/// How long a picture is shown.
pub(crate) fn still_length(param: &str, duration_s: f64) -> Result<f64, Refusal> {
    if duration_s > 0.0 && duration_s <= MAX_STILL_S {
        return Ok(duration_s);
    }
    let message = format!("'{param}' must be above 0 and at most {MAX_STILL_S} seconds, got {duration_s}.");
    Err(Refusal::invalid(param, message))
}

impl WireInput {
    fn check(self, place: &str, sound: &WireSound) -> Result<SceneRequest, Refusal> {
        let at = |field: &str| path(place, field);
        let (picture, voiced) = match self.kind {
            WireInputKind::Avatar => {
                check_engine(&at("engine"), self.engine.as_ref())?;
                let id = self.avatar_id.as_ref().ok_or_else(|| required(&at("avatar_id")))?;
                (look(id), Voiced::ByAvatar)
            }
            WireInputKind::Image => {
                let image = self.image.ok_or_else(|| required(&at("image")))?;
                (WantedPicture::Image(image.check(&at("image"))?), Voiced::ByName)
            }
        };
        let background = match &self.background {
            None => WantedBackground::Own,
            Some(WireColour::Color { color }) => {
                WantedBackground::Colour(parse_colour(&at("background.color"), color)?)
            }
        };
        let character = CharacterRequest {
            expressiveness: self.expressiveness.map(Into::into),
            motion_prompt: motion_prompt(&at("motion_prompt"), self.motion_prompt)?,
            ..CharacterRequest::new(picture)
        };
        let sound = sound.check(place, voiced)?;
        Ok(SceneRequest { background, ..SceneRequest::of(character, sound) })
    }
}

fn required(param: &str) -> Refusal {
    Refusal::invalid(param, format!("'{param}' is required."))
}

impl From<WireMode> for Play {
    fn from(mode: WireMode) -> Self {
        match mode {
            WireMode::Freeze => Self::Freeze,
            WireMode::Loop => Self::Loop,
            WireMode::FitToScene => Self::FitToScene,
        }
    }
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "called with literals")]
mod tests {
    use serde_json::json;

    use super::*;

    const ASSET: &str = "asset_018bcfe5680070008000000000000000";

    fn read(scenes: Value) -> Result<Vec<SceneRequest>, Refusal> {
        read_studio_video(&json!({"type": "studio", "scenes": scenes})).map(|request| request.scenes)
    }

    fn source() -> Value {
        json!({"type": "asset_id", "asset_id": ASSET})
    }

    #[test]
    fn each_kind_of_scene_is_read() {
        let scenes = read(json!([
            {"type": "avatar_video", "input": {"type": "avatar", "avatar_id": "josh", "script": "Hi.",
                "background": {"type": "color", "color": "#010203"}}},
            {"type": "avatar_video", "input": {"type": "image", "image": source(), "script": "Hi.", "voice_id": "v"}},
            {"type": "image", "source": source(), "duration": 2.5, "transition": {"type": "fade", "duration": 0.5}},
            {"type": "image", "source": source(), "script": "See this.", "voice_id": "v"},
            {"type": "video", "source": source()},
            {"type": "video", "source": source(), "playback": {"volume": 0.3, "mode": "loop"}, "audio_asset_id": ASSET},
            {"type": "video", "source": source(), "playback": {"volume": 0.3, "mute": true}},
        ]))
        .unwrap();
        assert_eq!(scenes[0].background, WantedBackground::Colour([1, 2, 3]));
        assert!(scenes[..2].iter().all(|scene| scene.character.is_some()));
        assert!(scenes[2..].iter().all(|scene| scene.character.is_none()));
        assert_eq!(scenes[2].sound, WantedSound::Silence(2.5));
        let transitions: Vec<f32> = scenes.iter().map(|scene| scene.transition_s).collect();
        assert_eq!(transitions, [0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0]);
        assert!(matches!(scenes[3].sound, WantedSound::Script { .. }));
        assert_eq!(scenes[4].sound, WantedSound::OfBackground);
        let playback = |scene: &SceneRequest| match scene.background {
            WantedBackground::Video { play, volume, .. } => (play, volume),
            _ => panic!("no clip"),
        };
        assert_eq!(playback(&scenes[4]), (Play::Freeze, 1.0));
        assert_eq!(playback(&scenes[5]), (Play::Loop, 0.3));
        assert_eq!(playback(&scenes[6]), (Play::Freeze, 0.0));
    }

    #[test]
    fn faults_are_told_with_the_path_of_their_scene() {
        let good = json!({"type": "image", "source": source(), "duration": 1});
        let cases = [
            (json!([]), "scenes"),
            (Value::Array(vec![good.clone(); 51]), "scenes"),
            (json!([good, {"type": "image", "source": source(), "duration": 301}]), "scenes[1].duration"),
            (json!([{"type": "image", "source": source(), "duration": 0}]), "scenes[0].duration"),
            (
                json!([{"type": "image", "source": source(), "duration": 1, "script": "x"}]),
                "scenes[0].duration",
            ),
            (
                json!([{"type": "image", "source": source(), "duration": 1, "transition": {"type": "fade", "duration": 9}}]),
                "scenes[0].transition.duration",
            ),
            (json!([{"type": "image", "source": source()}]), "scenes[0].script"),
            (json!([{"type": "image", "source": source(), "script": "x"}]), "scenes[0].voice_id"),
            (
                json!([{"type": "video", "source": source(), "playback": {"volume": 2}}]),
                "scenes[0].playback.volume",
            ),
            (
                json!([{"type": "video", "source": source(), "playback": {"mode": "loop"}}]),
                "scenes[0].playback.mode",
            ),
            (
                json!([{"type": "avatar_video", "input": {"type": "avatar", "script": "x"}}]),
                "scenes[0].input.avatar_id",
            ),
            (
                json!([{"type": "avatar_video", "input": {"type": "avatar", "avatar_id": "j", "script": "x",
                    "voice_settings": {"speed": 9}}}]),
                "scenes[0].input.voice_settings.speed",
            ),
            (
                json!([{"type": "video", "source": {"type": "asset_id", "asset_id": "x"}}]),
                "scenes[0].source.asset_id",
            ),
        ];
        for (scenes, param) in cases {
            assert_eq!(read(scenes).unwrap_err().param.as_deref(), Some(param));
        }
        assert_eq!(read(json!([{"type": "clip"}])).unwrap_err().param.as_deref(), Some("scenes[0].type"));
        let unread = json!([{"type": "image", "source": source(), "duration": "long"}]);
        assert_eq!(read(unread).unwrap_err().param.as_deref(), Some("scenes[0].duration"));
    }
}
