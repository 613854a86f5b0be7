//! The bodies of `POST /v2/video/generate` and `POST /v2/video/av4/generate`, and their checks.

use rostrum_model::asset::AssetInput;
use rostrum_model::picture::Size;
use rostrum_model::video::{
    AspectRatio, CanvasShape, CharacterRequest, Expressiveness, Fill, Fit, OutputFormat, Play, Resolution,
    SceneRequest, Style, VideoRequest, VoiceSettings, WantedBackground, WantedPicture, WantedSound,
    canvas_size,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::photo_avatars::photo_of;
use super::video_texts::{OneOrMany, WireCaptionMode, WireSubtitles, captions};
use crate::error::{Faults, Refusal};
use crate::v3::read_part;
use crate::v3::videos::fields::{
    WireAspectRatio, WireFit, check_title, checked_script, either_input, exact_canvas, look, motion_prompt,
    parse_colour, path, refuse_unbuilt, transition_s, within,
};
use crate::v3::videos::order::Order;
use crate::v3::videos::studio::{check_count, still_length};

/// The name that scenes go by in these bodies.
pub const SCENES: &str = "video_inputs";

/// The answer to both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratedVideo {
    /// Id to ask after.
    pub video_id: String,
}

#[derive(Debug, Deserialize)]
struct WireGenerate {
    video_inputs: Option<Vec<Value>>,
    #[serde(alias = "dimensions")]
    dimension: Option<WireDimension>,
    aspect_ratio: Option<WireAspectRatio>,
    caption: Option<Value>,
    caption_mode: Option<WireCaptionMode>,
    subtitles: Option<WireSubtitles>,
    fps: Option<f32>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct WireDimension {
    width: u64,
    height: u64,
}

#[derive(Debug, Deserialize)]
struct WireScene {
    character: Option<WireCharacter>,
    voice: Option<WireVoice>,
    background: Option<WireBackground>,
    text: Option<OneOrMany>,
    text_overlays: Option<OneOrMany>,
}

#[derive(Debug, Deserialize)]
struct WireCharacter {
    #[serde(rename = "type")]
    kind: WireCharacterKind,
    avatar_id: Option<String>,
    avatar_style: Option<WireAvatarStyle>,
    talking_photo_id: Option<String>,
    talking_photo_style: Option<WirePhotoStyle>,
    talking_style: Option<WireTalkingStyle>,
    expression: Option<WireExpression>,
    scale: Option<f32>,
    offset: Option<WireOffset>,
    matting: Option<bool>,
    circle_background_color: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireCharacterKind {
    Avatar,
    TalkingPhoto,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
enum WireAvatarStyle {
    #[serde(rename = "normal")]
    Normal,
    #[serde(rename = "closeUp", alias = "close_up", alias = "closeup")]
    CloseUp,
    #[serde(rename = "circle")]
    Circle,
    #[serde(rename = "voice_only", alias = "voiceOnly")]
    VoiceOnly,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WirePhotoStyle {
    Square,
    Circle,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireTalkingStyle {
    Stable,
    Expressive,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireExpression {
    Default,
    Happy,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct WireOffset {
    x: f32,
    y: f32,
}

#[derive(Debug, Deserialize)]
struct WireVoice {
    #[serde(rename = "type")]
    kind: WireVoiceKind,
    #[serde(default, deserialize_with = "crate::filled")]
    voice_id: Option<String>,
    input_text: Option<String>,
    speed: Option<f32>,
    pitch: Option<f32>,
    emotion: Option<WireEmotion>,
    locale: Option<String>,
    elevenlabs_settings: Option<Value>,
    audio_url: Option<String>,
    audio_asset_id: Option<String>,
    /// A number, or one written as a text.
    duration: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireVoiceKind {
    Text,
    Audio,
    Silence,
}

#[derive(Debug, Clone, Copy, Deserialize)]
enum WireEmotion {
    Excited,
    Friendly,
    Serious,
    Soothing,
    Broadcaster,
}

impl WireEmotion {
    /// How much faster it speaks, and how many semitones higher. Ours: no voice here has recordings of moods.
    fn manner(self) -> (f32, f32) {
        match self {
            Self::Excited => (1.08, 1.0),
            Self::Friendly => (1.02, 0.5),
            Self::Serious => (0.95, -0.5),
            Self::Soothing => (0.88, -0.5),
            Self::Broadcaster => (1.04, -0.3),
        }
    }
}

#[derive(Debug, Deserialize)]
struct WireBackground {
    #[serde(rename = "type")]
    kind: WireBackgroundKind,
    value: Option<String>,
    url: Option<String>,
    image_asset_id: Option<String>,
    video_asset_id: Option<String>,
    asset_id: Option<String>,
    fit: Option<WireFill>,
    play_style: Option<WirePlay>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireBackgroundKind {
    Color,
    Image,
    Video,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireFill {
    Cover,
    Crop,
    Contain,
    None,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WirePlay {
    FitToScene,
    Freeze,
    Loop,
    #[serde(alias = "full_video")]
    Once,
}

/// Reads the body of `POST /v2/video/generate`.
///
/// # Errors
/// Names the first field at fault; what is not built yet is refused by name.
pub fn read_generate_video(body: &Value) -> Result<VideoRequest, Refusal> {
    let mut faults = Faults::default();
    let order = faults.take(Order::read(body));
    let wire: Option<WireGenerate> = faults.take(read_part("", body));
    let (Some(order), Some(wire)) = (order, wire) else { return Err(faults.refusal()) };
    // 25 frames a second is all the contract's newest page knows.
    faults.take(within("fps", wire.fps, 25.0..=25.0, " frames per second"));
    let wide = CanvasShape::Shape(AspectRatio::Wide, Resolution::P1080);
    let canvas = match (wire.dimension, wire.aspect_ratio) {
        (Some(WireDimension { width, height }), _) => faults.take(exact_canvas("dimension", width, height)),
        (None, Some(ratio)) => Some(CanvasShape::Shape(ratio.into(), Resolution::P1080)),
        (None, None) => Some(wide),
    };
    let captions = faults.take(captions(wire.caption.as_ref(), wire.caption_mode, wire.subtitles.as_ref()));
    let scenes = wire.video_inputs.unwrap_or_default();
    faults.take(check_count(SCENES, scenes.len()));
    let read = |(number, scene): (usize, &Value)| {
        let place = scene_place(number);
        let transition_s = transition_s(&place, scene)?;
        let read = read_part::<WireScene>(&place, scene)?.check(&place, canvas.unwrap_or(wide))?;
        Ok(SceneRequest { transition_s, ..read })
    };
    let scenes = faults.take_all(scenes.iter().enumerate().map(read));
    let (Some(canvas), Some(captions), Some(scenes)) = (canvas, captions, scenes) else {
        return Err(faults.refusal());
    };
    faults.end()?;
    Ok(order.of(VideoRequest { captions, ..VideoRequest::new(canvas, scenes) }))
}

/// The canvas in pixels; that of 16:9 where the shape is that of the source, which is not known yet.
fn size_of(canvas: CanvasShape) -> Size {
    match canvas {
        CanvasShape::Size(size) => size,
        CanvasShape::Shape(ratio, resolution) => {
            canvas_size(ratio, resolution, Size { width: 16, height: 9 })
        }
    }
}

/// Where a scene stands in a body.
pub fn scene_place(number: usize) -> String {
    format!("{SCENES}[{number}]")
}

impl WireScene {
    fn check(self, place: &str, canvas: CanvasShape) -> Result<SceneRequest, Refusal> {
        let at = |field: &str| path(place, field);
        let mut faults = Faults::default();
        let mut texts = Vec::new();
        for (field, given) in [("text", self.text), ("text_overlays", self.text_overlays)] {
            let read = given.map_or(Ok(Vec::new()), |given| given.check(&at(field), size_of(canvas)));
            texts.extend(faults.take(read).unwrap_or_default());
        }
        let has_own_voice = self.character.as_ref().is_some_and(|character| !character.is_voice_only());
        let is_placed = self.background.is_some();
        let character = match self.character {
            Some(character) => faults.take(character.placed(&at("character"), is_placed)),
            None => Some(None),
        };
        let voice = self.voice.ok_or_else(|| {
            let message = format!("'{}' is required: a text, a recording or a silence.", at("voice"));
            Refusal::invalid(&at("voice"), message)
        });
        let sound = faults.take(voice.and_then(|voice| voice.check(&at("voice"), has_own_voice)));
        let background = match self.background {
            Some(background) => faults.take(background.check(&at("background"))),
            None => Some(WantedBackground::Own),
        };
        let (Some(character), Some(sound), Some(background)) = (character, sound, background) else {
            return Err(faults.refusal());
        };
        faults.end()?;
        Ok(SceneRequest { character, texts, ..SceneRequest::without_people(sound, background) })
    }
}

impl WireCharacter {
    fn is_voice_only(&self) -> bool {
        self.kind == WireCharacterKind::Avatar && self.avatar_style == Some(WireAvatarStyle::VoiceOnly)
    }

    /// Who is seen, on a canvas that may have something behind them.
    fn placed(self, place: &str, is_before_something: bool) -> Result<Option<CharacterRequest>, Refusal> {
        let is_placed = is_before_something || self.scale.is_some() || self.offset.is_some();
        let is_photo = self.kind == WireCharacterKind::TalkingPhoto;
        let mut read = self.check(place)?;
        if let Some(read) = read.as_mut().filter(|_| is_photo && is_placed) {
            // A photo that is put somewhere, or before something, is seen whole.
            read.fit = Some(Fit::Contain);
        }
        Ok(read)
    }

    /// Who is seen; nobody where only a voice is wanted.
    fn check(self, place: &str) -> Result<Option<CharacterRequest>, Refusal> {
        let at = |field: &str| path(place, field);
        let required = |field: &str, list: &str| {
            Refusal::invalid(&at(field), format!("'{}' is required; {list} lists them.", at(field)))
        };
        let (picture, style) = match self.kind {
            WireCharacterKind::Avatar => {
                let id = self.avatar_id.as_ref().ok_or_else(|| required("avatar_id", "GET /v2/avatars"))?;
                (look(id), self.avatar_style.unwrap_or(WireAvatarStyle::Normal))
            }
            WireCharacterKind::TalkingPhoto => {
                let id = self.talking_photo_id.as_ref();
                let id = id.ok_or_else(|| required("talking_photo_id", "GET /v1/talking_photo.list"))?;
                let is_disc = self.talking_photo_style == Some(WirePhotoStyle::Circle);
                (talking_photo(id), if is_disc { WireAvatarStyle::Circle } else { WireAvatarStyle::Normal })
            }
        };
        let background_rgb = match &self.circle_background_color {
            Some(colour) => Some(parse_colour(&at("circle_background_color"), colour)?),
            None => None,
        };
        let style = match style {
            WireAvatarStyle::Normal => Style::Normal,
            WireAvatarStyle::CloseUp => Style::CloseUp,
            WireAvatarStyle::Circle => Style::Circle { background_rgb },
            WireAvatarStyle::VoiceOnly => return Ok(None),
        };
        let offset = self.offset.unwrap_or_default();
        let in_view = |axis: &str, value| within(&path(&at("offset"), axis), Some(value), -1.0..=1.0, "");
        in_view("x", offset.x)?;
        in_view("y", offset.y)?;
        let is_happy = self.expression == Some(WireExpression::Happy);
        Ok(Some(CharacterRequest {
            style,
            scale: within(&at("scale"), self.scale, 0.05..=5.0, "")?.unwrap_or(1.0),
            offset: [offset.x, offset.y],
            remove_background: self.matting.unwrap_or(false),
            expressiveness: self.talking_style.map(|style| match style {
                WireTalkingStyle::Stable => Expressiveness::Low,
                WireTalkingStyle::Expressive => Expressiveness::High,
            }),
            motion_prompt: is_happy.then(|| "smiling".to_owned()),
            ..CharacterRequest::new(picture)
        }))
    }
}

/// A photo by the id of its look, or, as the oldest clients name it, of its asset.
fn talking_photo(id: &str) -> WantedPicture {
    id.parse().map_or_else(|_| look(id), |photo| WantedPicture::Image(AssetInput::AssetId(photo)))
}

impl WireVoice {
    fn check(self, place: &str, has_own_voice: bool) -> Result<WantedSound, Refusal> {
        let at = |field: &str| path(place, field);
        match self.kind {
            WireVoiceKind::Text => {
                refuse_unbuilt([
                    (&at("locale"), self.locale.is_some(), "choose a voice of that locale"),
                    (&at("elevenlabs_settings"), self.elevenlabs_settings.is_some(), "leave it out"),
                ])?;
                let text = checked_script(&at("input_text"), &self.input_text.unwrap_or_default())?;
                if self.voice_id.is_none() && !has_own_voice {
                    let param = at("voice_id");
                    let message = format!("'{param}' is required; GET /v2/voices lists the voices.");
                    return Err(Refusal::invalid(&param, message));
                }
                let speed = within(&at("speed"), self.speed, 0.5..=2.0, "")?.unwrap_or(1.0);
                let pitch = within(&at("pitch"), self.pitch, -50.0..=50.0, " semitones")?.unwrap_or(0.0);
                let (faster, higher) = self.emotion.map_or((1.0, 0.0), WireEmotion::manner);
                let settings = VoiceSettings {
                    speed: (speed * faster).clamp(0.5, 2.0),
                    pitch: (pitch + higher).clamp(-50.0, 50.0),
                    ..VoiceSettings::default()
                };
                Ok(WantedSound::Script { text, voice_id: self.voice_id, settings })
            }
            WireVoiceKind::Audio => Ok(WantedSound::Audio(either_input(
                (&at("audio_url"), self.audio_url.as_ref()),
                (&at("audio_asset_id"), self.audio_asset_id.as_ref()),
            )?)),
            WireVoiceKind::Silence => {
                let given = self.duration.as_ref();
                let number = given.and_then(|given| match given {
                    Value::String(text) => text.parse().ok(),
                    other => other.as_f64(),
                });
                let param = at("duration");
                // A second is what a silence of unknown length lasted in the editor.
                still_length(&param, number.unwrap_or(if given.is_none() { 1.0 } else { 0.0 }))
                    .map(WantedSound::Silence)
            }
        }
    }
}

impl WireBackground {
    fn check(self, place: &str) -> Result<WantedBackground, Refusal> {
        let at = |field: &str| path(place, field);
        let fill = self.fit.map_or(Fill::Cover, Into::into);
        let url = self.url.as_ref();
        match self.kind {
            WireBackgroundKind::Color => {
                let value = self.value.as_deref().unwrap_or("#FFFFFF");
                Ok(WantedBackground::Colour(parse_colour(&at("value"), value)?))
            }
            WireBackgroundKind::Image => {
                let id = self.image_asset_id.as_ref().or(self.asset_id.as_ref());
                let input = either_input((&at("url"), url), (&at("image_asset_id"), id))?;
                Ok(WantedBackground::Image(input, fill))
            }
            WireBackgroundKind::Video => {
                let id = self.video_asset_id.as_ref().or(self.asset_id.as_ref());
                let input = either_input((&at("url"), url), (&at("video_asset_id"), id))?;
                // The documents of this generation: a clip that is shorter than the scene is played again.
                let play = self.play_style.map_or(Play::Loop, Into::into);
                // Clips behind people are muted in this generation.
                Ok(WantedBackground::Video { input, fill, play, volume: 0.0 })
            }
        }
    }
}

impl From<WireFill> for Fill {
    fn from(wire: WireFill) -> Self {
        match wire {
            WireFill::Cover | WireFill::Crop => Self::Cover,
            WireFill::Contain => Self::Contain,
            WireFill::None => Self::Unscaled,
        }
    }
}

impl From<WirePlay> for Play {
    fn from(wire: WirePlay) -> Self {
        match wire {
            WirePlay::FitToScene => Self::FitToScene,
            WirePlay::Freeze => Self::Freeze,
            WirePlay::Loop => Self::Loop,
            WirePlay::Once => Self::Once,
        }
    }
}

#[derive(Debug, Deserialize)]
struct WireAv4 {
    script: Option<String>,
    #[serde(default, deserialize_with = "crate::filled")]
    voice_id: Option<String>,
    video_title: Option<String>,
    video_orientation: Option<WireOrientation>,
    fit: Option<WireFit>,
    custom_motion_prompt: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireOrientation {
    Portrait,
    Landscape,
    Square,
}

#[derive(Debug, Deserialize)]
struct WireWebm {
    avatar_pose_id: Option<String>,
    avatar_style: Option<WireAvatarStyle>,
    input_text: Option<String>,
    #[serde(default, deserialize_with = "crate::filled")]
    voice_id: Option<String>,
    input_audio: Option<String>,
    dimension: Option<WireDimension>,
}

/// Reads the body of `POST /v1/video.webm`: somebody alone, before nothing.
///
/// # Errors
/// Names the first field at fault.
pub fn read_webm_video(body: &Value) -> Result<VideoRequest, Refusal> {
    let wire: WireWebm = read_part("", body)?;
    let id = wire.avatar_pose_id.as_ref();
    let id = id.ok_or_else(|| {
        Refusal::invalid("avatar_pose_id", "'avatar_pose_id' is required; GET /v2/avatars lists them.")
    })?;
    let style = match wire.avatar_style.unwrap_or(WireAvatarStyle::Normal) {
        WireAvatarStyle::Normal => Style::Normal,
        WireAvatarStyle::CloseUp => Style::CloseUp,
        WireAvatarStyle::Circle => Style::Circle { background_rgb: None },
        WireAvatarStyle::VoiceOnly => {
            let message =
                "'avatar_style' must be normal, closeUp or circle: a film of a voice alone shows nothing.";
            return Err(Refusal::invalid("avatar_style", message));
        }
    };
    let sound = match (&wire.input_text, &wire.input_audio) {
        (Some(text), None) => WantedSound::Script {
            text: checked_script("input_text", text)?,
            voice_id: wire.voice_id.clone(),
            settings: VoiceSettings::default(),
        },
        (None, Some(audio)) => WantedSound::Audio(
            audio.parse().map_or_else(|_| AssetInput::Url(audio.clone()), AssetInput::AssetId),
        ),
        (text, _) => {
            let got = if text.is_some() { "both" } else { "none" };
            let message = format!("Exactly one of 'input_text' and 'input_audio' is required, got {got}.");
            return Err(Refusal::invalid("input_text", message));
        }
    };
    let canvas = match wire.dimension {
        Some(WireDimension { width, height }) => exact_canvas("dimension", width, height)?,
        None => CanvasShape::Shape(AspectRatio::Wide, Resolution::P720),
    };
    let character = CharacterRequest { style, remove_background: true, ..CharacterRequest::new(look(id)) };
    let scenes = vec![SceneRequest::of(character, sound)];
    Ok(Order::read(body)?
        .of(VideoRequest { format: OutputFormat::Webm, ..VideoRequest::new(canvas, scenes) }))
}

/// Reads the body of `POST /v2/video/av4/generate`.
///
/// # Errors
/// Names the first field at fault.
pub fn read_av4_video(body: &Value) -> Result<VideoRequest, Refusal> {
    let photo = photo_of("image_key", body.get("image_key"))?;
    let wire: WireAv4 = read_part("", body)?;
    check_title(wire.video_title.as_ref())?;
    let text = checked_script("script", &wire.script.unwrap_or_default())?;
    let voice_id = wire.voice_id.ok_or_else(|| {
        Refusal::invalid("voice_id", "'voice_id' is required; GET /v2/voices lists the voices.")
    })?;
    let ratio = match wire.video_orientation.unwrap_or(WireOrientation::Landscape) {
        WireOrientation::Portrait => AspectRatio::Tall,
        WireOrientation::Landscape => AspectRatio::Wide,
        WireOrientation::Square => AspectRatio::Square,
    };
    let character = CharacterRequest {
        fit: wire.fit.map(Fit::from),
        motion_prompt: motion_prompt("custom_motion_prompt", wire.custom_motion_prompt)?,
        ..CharacterRequest::new(WantedPicture::Image(AssetInput::AssetId(photo)))
    };
    let sound = WantedSound::Script { text, voice_id: Some(voice_id), settings: VoiceSettings::default() };
    let canvas = CanvasShape::Shape(ratio, Resolution::P720);
    let request = Order::read(body)?.of(VideoRequest::new(canvas, vec![SceneRequest::of(character, sound)]));
    Ok(VideoRequest { title: wire.video_title.or(request.title), ..request })
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "called with literals")]
mod tests {
    use serde_json::json;

    use super::*;

    const ASSET: &str = "asset_018bcfe5680070008000000000000000";
    const LOOK: &str = "018bcfe5680070008000000000000000";

    fn scene(character: Value, voice: Value, background: Value) -> Value {
        json!({"character": character, "voice": voice, "background": background})
    }

    fn josh() -> Value {
        json!({"type": "avatar", "avatar_id": "josh_lite3_20230714", "avatar_style": "normal"})
    }

    fn words() -> Value {
        json!({"type": "text", "input_text": "Hello.", "voice_id": "af_heart"})
    }

    fn read(scenes: Value) -> Result<Vec<SceneRequest>, Refusal> {
        read_generate_video(&json!({"video_inputs": scenes})).map(|request| request.scenes)
    }

    #[test]
    fn canvases_are_given_in_pixels_and_are_wide_otherwise() {
        let canvas = |extra: Value| {
            let mut body = json!({"video_inputs": [scene(josh(), words(), Value::Null)]});
            body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            read_generate_video(&body).map(|request| request.canvas)
        };
        let given = CanvasShape::Size(Size { width: 864, height: 1080 });
        assert_eq!(canvas(json!({"dimension": {"width": 864, "height": 1080}})), Ok(given));
        assert_eq!(canvas(json!({"dimensions": {"width": 864, "height": 1080}})), Ok(given));
        let wide = CanvasShape::Shape(AspectRatio::Wide, Resolution::P1080);
        assert_eq!(canvas(json!({"aspect_ratio": null, "test": true, "title": "T"})), Ok(wide));
        for (width, height, param) in [(127, 720, "width"), (721, 720, "width"), (720, 4098, "height")] {
            let refused = canvas(json!({"dimension": {"width": width, "height": height}})).unwrap_err();
            assert_eq!(refused.param, Some(format!("dimension.{param}")));
        }
    }

    #[test]
    fn characters_of_every_kind_and_style_are_read() {
        let character = |character: Value| {
            read(json!([scene(character, words(), Value::Null)])).unwrap().remove(0).character
        };
        let styled = |style: &str| {
            let mut who = josh();
            who["avatar_style"] = json!(style);
            who["circle_background_color"] = json!("#102030");
            character(who).map(|character| character.style)
        };
        assert_eq!(styled("normal"), Some(Style::Normal));
        assert_eq!(styled("closeUp"), Some(Style::CloseUp));
        assert_eq!(styled("circle"), Some(Style::Circle { background_rgb: Some([16, 32, 48]) }));
        assert_eq!(styled("voice_only"), None);
        assert_eq!(styled("voiceOnly"), None);
        assert_eq!(character(Value::Null), None);

        let photo = character(json!({"type": "talking_photo", "talking_photo_id": LOOK, "scale": 0.5,
            "offset": {"x": 0.25, "y": -0.1}, "talking_photo_style": "circle", "matting": true,
            "talking_style": "expressive", "expression": "happy"}))
        .unwrap();
        assert_eq!(photo.picture, WantedPicture::Look(LOOK.parse().unwrap()));
        assert_eq!((photo.scale, photo.offset, photo.fit), (0.5, [0.25, -0.1], Some(Fit::Contain)));
        assert_eq!(photo.style, Style::Circle { background_rgb: None });
        assert!(photo.remove_background);
        assert_eq!(photo.expressiveness, Some(Expressiveness::High));
        let asset = character(json!({"type": "talking_photo", "talking_photo_id": ASSET})).unwrap();
        assert_eq!(asset.picture, WantedPicture::Image(AssetInput::AssetId(ASSET.parse().unwrap())));
        assert_eq!(asset.fit, None);
    }

    #[test]
    fn voices_speak_play_or_are_silent() {
        let sound = |voice: Value| {
            read(json!([scene(josh(), voice, Value::Null)])).map(|mut scenes| scenes.remove(0).sound)
        };
        let WantedSound::Script { settings, .. } =
            sound(json!({"type": "text", "input_text": "x", "speed": 1.5, "pitch": 2, "emotion": "Excited"}))
                .unwrap()
        else {
            panic!("no script")
        };
        assert!((settings.speed - 1.62).abs() < 1e-3);
        assert_eq!(settings.pitch, 3.0);
        let audio = WantedSound::Audio(AssetInput::Url("https://x/y.mp3".into()));
        assert_eq!(sound(json!({"type": "audio", "audio_url": "https://x/y.mp3"})), Ok(audio));
        assert_eq!(sound(json!({"type": "silence", "duration": "2.5"})), Ok(WantedSound::Silence(2.5)));
        assert_eq!(sound(json!({"type": "silence"})), Ok(WantedSound::Silence(1.0)));
    }

    #[test]
    fn backgrounds_are_colours_pictures_and_muted_clips() {
        let behind = |background: Value| {
            read(json!([scene(josh(), words(), background)])).unwrap().remove(0).background
        };
        assert_eq!(behind(Value::Null), WantedBackground::Own);
        assert_eq!(behind(json!({"type": "color"})), WantedBackground::Colour([255; 3]));
        assert_eq!(
            behind(json!({"type": "color", "value": "#FF8000"})),
            WantedBackground::Colour([255, 128, 0])
        );
        let url = AssetInput::Url("https://x/y".into());
        let image = behind(json!({"type": "image", "url": "https://x/y", "fit": "none"}));
        assert_eq!(image, WantedBackground::Image(url.clone(), Fill::Unscaled));
        let clip = behind(
            json!({"type": "video", "url": "https://x/y", "play_style": "full_video", "fit": "contain"}),
        );
        let wanted =
            WantedBackground::Video { input: url, fill: Fill::Contain, play: Play::Once, volume: 0.0 };
        assert_eq!(clip, wanted);
        let id = AssetInput::AssetId(ASSET.parse().unwrap());
        let clip = behind(json!({"type": "video", "video_asset_id": ASSET, "play_style": "loop"}));
        assert!(matches!(clip, WantedBackground::Video { input, play: Play::Loop, .. } if input == id));
    }

    #[test]
    fn faults_are_told_with_the_path_of_their_scene() {
        let fault = |scenes: Value| read(scenes).unwrap_err().param.unwrap();
        let good = scene(josh(), words(), Value::Null);
        assert_eq!(fault(json!([])), "video_inputs");
        assert_eq!(fault(Value::Array(vec![good.clone(); 51])), "video_inputs");
        let second = |part: &str, field: &str, value: Value| {
            let mut scene = scene(josh(), words(), json!({"type": "color"}));
            scene[part][field] = value;
            fault(json!([good, scene]))
        };
        for (part, field, value) in [
            ("character", "avatar_id", Value::Null),
            ("character", "avatar_style", json!("upside")),
            ("character", "scale", json!(0)),
            ("character", "circle_background_color", json!("red")),
            ("voice", "input_text", json!("")),
            ("voice", "input_text", json!("a".repeat(5001))),
            ("voice", "speed", json!(2.1)),
            ("voice", "locale", json!("en-GB")),
            ("background", "value", json!("blue")),
        ] {
            assert_eq!(second(part, field, value), format!("video_inputs[1].{part}.{field}"));
        }
        let two_sounds = json!({"type": "audio", "audio_url": "https://x", "audio_asset_id": ASSET});
        assert_eq!(fault(json!([scene(josh(), two_sounds, Value::Null)])), "video_inputs[0].voice.audio_url");
        assert_eq!(fault(json!([{"character": josh()}])), "video_inputs[0].voice");
        assert_eq!(
            fault(json!([scene(Value::Null, json!({"type": "text", "input_text": "x"}), Value::Null)])),
            "video_inputs[0].voice.voice_id"
        );
    }

    #[test]
    fn a_clear_film_shows_one_person_who_speaks_or_plays_a_recording() {
        let body = json!({"avatar_pose_id": "josh", "avatar_style": "closeUp", "input_text": "Hi.", "voice_id": "v"});
        let request = read_webm_video(&body).unwrap();
        assert_eq!((request.format, request.scenes.len()), (OutputFormat::Webm, 1));
        assert_eq!(request.canvas, CanvasShape::Shape(AspectRatio::Wide, Resolution::P720));
        assert_eq!(request.scenes[0].character.as_ref().unwrap().style, Style::CloseUp);
        let audio = |audio: &str| {
            let body = json!({"avatar_pose_id": "josh", "input_audio": audio});
            read_webm_video(&body).unwrap().scenes.remove(0).sound
        };
        assert_eq!(audio(ASSET), WantedSound::Audio(AssetInput::AssetId(ASSET.parse().unwrap())));
        assert_eq!(audio("https://x/y.mp3"), WantedSound::Audio(AssetInput::Url("https://x/y.mp3".into())));
        for (field, value, param) in [
            ("avatar_pose_id", Value::Null, "avatar_pose_id"),
            ("avatar_style", json!("voice_only"), "avatar_style"),
            ("input_text", Value::Null, "input_text"),
            ("input_audio", json!(ASSET), "input_text"),
            ("dimension", json!({"width": 1, "height": 720}), "dimension.width"),
        ] {
            let mut wrong = body.clone();
            wrong[field] = value;
            assert_eq!(read_webm_video(&wrong).unwrap_err().param.as_deref(), Some(param));
        }
    }

    #[test]
    fn a_video_of_the_fourth_engine_takes_a_key() {
        let body = json!({"image_key": format!("image/{ASSET}/original.jpg"), "script": "Hi.", "voice_id": "v",
            "video_orientation": "portrait", "video_title": "T", "custom_motion_prompt": "nod", "fit": "contain"});
        let request = read_av4_video(&body).unwrap();
        assert_eq!(request.canvas, CanvasShape::Shape(AspectRatio::Tall, Resolution::P720));
        let character = request.scenes[0].character.as_ref().unwrap();
        assert_eq!(character.picture, WantedPicture::Image(AssetInput::AssetId(ASSET.parse().unwrap())));
        assert_eq!((character.fit, character.motion_prompt.as_deref()), (Some(Fit::Contain), Some("nod")));
        for missing in ["image_key", "script", "voice_id"] {
            let mut body = body.clone();
            body.as_object_mut().unwrap().remove(missing);
            assert_eq!(read_av4_video(&body).unwrap_err().param.as_deref(), Some(missing));
        }
        let empty = json!({"type": "text", "input_text": "Hello.", "voice_id": ""});
        let heard = read(json!([scene(josh(), empty, Value::Null)])).unwrap();
        assert!(matches!(heard[0].sound, WantedSound::Script { voice_id: None, .. }));
    }
}
