//! The body of `POST /v3/videos`, and its checks.

use rostrum_model::asset::AssetInput;
use rostrum_model::video::{
    AspectRatio, Expressiveness, Fit, MAX_MOTION_PROMPT_CHARS, Resolution, VideoRequest, VoiceSettings,
    WantedPicture, WantedSound,
};
use serde::Deserialize;
use serde_json::Value;

use crate::error::Refusal;
use crate::v3::asset_input::{WireAssetInput, asset_id_of};
use crate::v3::brand_glossaries::glossary_id;
use crate::v3::read_body;

/// The longest script, in characters.
pub const MAX_SCRIPT_CHARS: usize = 5000;
/// The longest title, in characters.
pub const MAX_TITLE_CHARS: usize = 255;

/// The engines that make photos speak (contract: `supported_api_engines`); all of them are the one built in here.
pub const PHOTO_ENGINES: [&str; 2] = ["avatar_iii", "avatar_iv"];

/// Reads the body of `POST /v3/videos`, of `type: image` or `avatar`.
///
/// # Errors
/// Names the first field at fault; parts of the contract that are not built yet are refused by name, so that no caller gets
/// a picture other than the one asked for.
pub fn read_create_video(body: Value) -> Result<VideoRequest, Refusal> {
    const TYPES: &str = "avatar, image, cinematic_avatar, studio";
    let Some(fields) = body.as_object() else {
        return Err(Refusal::invalid("body", "The body must be a JSON object."));
    };
    let of_an_avatar = match fields.get("type").and_then(Value::as_str) {
        Some("image") => false,
        Some("avatar") => true,
        Some(other @ ("cinematic_avatar" | "studio")) => {
            return Err(Refusal::not_built(
                "type",
                format!("Videos of type '{other}' are not built yet; use type 'avatar' or 'image'."),
            ));
        }
        Some(other) => {
            return Err(Refusal::invalid("type", format!("'type' must be one of {TYPES}; got '{other}'.")));
        }
        None => {
            return Err(Refusal::invalid("type", format!("'type' is required and must be one of {TYPES}.")));
        }
    };
    let wire: WireVideo = read_body(body)?;
    wire.check(of_an_avatar)
}

/// The refusal of an avatar id that names no look of the caller's, in the words that clients know.
pub fn look_unknown() -> Refusal {
    Refusal::invalid(
        "avatar_id",
        "Avatar not found or you don't have access. 'avatar_id' takes the id of a look; GET /v3/avatars/looks lists them.",
    )
}

/// The wire form of the types `image` and `avatar`.
#[derive(Debug, Deserialize)]
struct WireVideo {
    image: Option<WireAssetInput>,
    avatar_id: Option<String>,
    engine: Option<Value>,
    title: Option<String>,
    script: Option<String>,
    voice_id: Option<String>,
    voice_settings: Option<WireVoiceSettings>,
    audio_asset_id: Option<String>,
    audio_url: Option<String>,
    aspect_ratio: Option<WireAspectRatio>,
    resolution: Option<WireResolution>,
    fit: Option<WireFit>,
    background: Option<WireBackground>,
    expressiveness: Option<WireExpressiveness>,
    output_format: Option<WireFormat>,
    caption: Option<WireCaption>,
    remove_background: Option<bool>,
    watermark: Option<Value>,
    motion_prompt: Option<String>,
    callback_url: Option<String>,
    callback_id: Option<String>,
    brand_glossary_id: Option<String>,
    brand_voice_id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct WireVoiceSettings {
    speed: Option<f32>,
    pitch: Option<f32>,
    volume: Option<f32>,
    locale: Option<String>,
    engine_settings: Option<Value>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
enum WireAspectRatio {
    #[serde(rename = "16:9")]
    Wide,
    #[serde(rename = "9:16")]
    Tall,
    #[serde(rename = "4:5")]
    Portrait,
    #[serde(rename = "5:4")]
    Landscape,
    #[serde(rename = "1:1")]
    Square,
    #[serde(rename = "auto")]
    Auto,
}

#[derive(Debug, Clone, Copy, Deserialize)]
enum WireResolution {
    #[serde(rename = "720p")]
    P720,
    #[serde(rename = "1080p")]
    P1080,
    #[serde(rename = "4k")]
    P2160,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireFit {
    Cover,
    Contain,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireExpressiveness {
    Low,
    Medium,
    High,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireFormat {
    Mp4,
    Webm,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum WireBackground {
    Color { value: Option<String> },
    Image {},
}

#[derive(Debug, Deserialize)]
struct WireCaption {
    file_format: Option<String>,
    style: Option<String>,
}

impl WireVideo {
    fn check(self, of_an_avatar: bool) -> Result<VideoRequest, Refusal> {
        self.refuse_unbuilt()?;
        if let Some(title) = &self.title {
            let chars = title.chars().count();
            if chars > MAX_TITLE_CHARS {
                return Err(Refusal::invalid(
                    "title",
                    format!("'title' must be at most {MAX_TITLE_CHARS} characters, got {chars}."),
                ));
            }
        }
        if let Some(chars) = self.motion_prompt.as_ref().map(|prompt| prompt.chars().count())
            && chars > MAX_MOTION_PROMPT_CHARS
        {
            return Err(Refusal::invalid(
                "motion_prompt",
                format!("'motion_prompt' must be at most {MAX_MOTION_PROMPT_CHARS} characters, got {chars}."),
            ));
        }
        let background_rgb = match &self.background {
            None => None,
            Some(WireBackground::Color { value: Some(value) }) => {
                Some(parse_colour("background.value", value)?)
            }
            Some(WireBackground::Color { value: None }) => {
                return Err(Refusal::invalid(
                    "background.value",
                    "'background.value' is required for a color.",
                ));
            }
            Some(WireBackground::Image {}) => {
                return Err(Refusal::not_built(
                    "background.type",
                    "Background images are not built yet; use {\"type\":\"color\",\"value\":\"#RRGGBB\"}.",
                ));
            }
        };
        let brand_glossary_id = glossary_id(self.brand_glossary_id.as_ref(), self.brand_voice_id.as_ref())?;
        Ok(VideoRequest {
            brand_glossary_id,
            sound: self.sound(of_an_avatar)?,
            picture: if of_an_avatar {
                self.check_engine()?;
                self.avatar()?
            } else {
                let image = self.image.ok_or_else(|| {
                    Refusal::invalid(
                        "image",
                        "'image' is required: {\"type\": \"asset_id\", \"asset_id\": ...}.",
                    )
                })?;
                WantedPicture::Image(image.check("image")?)
            },
            aspect_ratio: self.aspect_ratio.map_or(AspectRatio::Wide, Into::into),
            resolution: self.resolution.map_or(Resolution::P1080, Into::into),
            fit: self.fit.map(Into::into),
            background_rgb,
            remove_background: self.remove_background.unwrap_or(false),
            expressiveness: self.expressiveness.map(Into::into),
            motion_prompt: self.motion_prompt.filter(|prompt| !prompt.trim().is_empty()),
            title: self.title,
        })
    }

    fn avatar(&self) -> Result<WantedPicture, Refusal> {
        let id = self.avatar_id.as_ref().ok_or_else(|| {
            Refusal::invalid("avatar_id", "'avatar_id' is required; GET /v3/avatars/looks lists them.")
        })?;
        Ok(id.parse().map_or_else(|_| WantedPicture::Cast(id.clone()), WantedPicture::Look))
    }

    /// The engine, given as a word or as an object with its `type`.
    fn check_engine(&self) -> Result<(), Refusal> {
        let Some(engine) = &self.engine else { return Ok(()) };
        let word = engine.as_str().or_else(|| engine.get("type").and_then(Value::as_str));
        match word {
            Some(word) if PHOTO_ENGINES.contains(&word) => Ok(()),
            Some("avatar_v") => Err(Refusal::invalid(
                "engine",
                format!("The engine 'avatar_v' is not built yet; use {}.", PHOTO_ENGINES.join(" or ")),
            )),
            _ => Err(Refusal::invalid(
                "engine",
                format!(
                    "'engine' must be avatar_iii, avatar_iv or avatar_v, or an object with that 'type'; got {engine}."
                ),
            )),
        }
    }

    /// Fields that would change the outcome and cannot be honoured yet.
    fn refuse_unbuilt(&self) -> Result<(), Refusal> {
        let unbuilt = [
            (
                "output_format",
                self.output_format == Some(WireFormat::Webm),
                "use 'mp4', with 'remove_background' and a 'background' that an editor can key out where you need it clear",
            ),
            ("watermark", self.watermark.is_some(), "leave it out"),
            ("callback_url", self.callback_url.is_some(), "poll GET /v3/videos/{video_id}"),
            ("callback_id", self.callback_id.is_some(), "poll GET /v3/videos/{video_id}"),
        ];
        for (param, asked, way_out) in unbuilt {
            if asked {
                return Err(Refusal::not_built(param, format!("'{param}' is not built yet; {way_out}.")));
            }
        }
        if let Some(caption) = &self.caption {
            if caption.style.is_some() {
                return Err(Refusal::not_built(
                    "caption.style",
                    "Burned-in captions are not built yet; the SRT file is always made ('subtitle_url').",
                ));
            }
            if caption.file_format.as_deref().is_some_and(|format| format != "srt") {
                return Err(Refusal::invalid("caption.file_format", "'caption.file_format' must be 'srt'."));
            }
        }
        Ok(())
    }

    fn sound(&self, of_an_avatar: bool) -> Result<WantedSound, Refusal> {
        let audio = match (&self.audio_asset_id, &self.audio_url) {
            (Some(_), Some(_)) => {
                return Err(Refusal::invalid(
                    "audio_url",
                    "Exactly one of 'audio_url' and 'audio_asset_id' may be given, got both.",
                ));
            }
            (Some(id), None) => Some(AssetInput::AssetId(asset_id_of("audio_asset_id", id)?)),
            (None, Some(url)) => Some(AssetInput::Url(url.clone())),
            (None, None) => None,
        };
        match (&self.script, audio) {
            (Some(_), Some(_)) => Err(Refusal::invalid(
                "script",
                "Exactly one of 'script', 'audio_asset_id' and 'audio_url' may be given, got more.",
            )),
            (None, None) => Err(Refusal::invalid(
                "script",
                "One of 'script' (with 'voice_id'), 'audio_asset_id' and 'audio_url' is required.",
            )),
            (None, Some(asset)) => Ok(WantedSound::Audio(asset)),
            (Some(script), None) => {
                let chars = script.chars().count();
                if script.trim().is_empty() || chars > MAX_SCRIPT_CHARS {
                    return Err(Refusal::invalid(
                        "script",
                        format!("'script' must be 1-{MAX_SCRIPT_CHARS} characters, got {chars}."),
                    ));
                }
                if self.voice_id.is_none() && !of_an_avatar {
                    return Err(Refusal::invalid(
                        "voice_id",
                        "'voice_id' is required with 'script'; GET /v3/voices lists them.",
                    ));
                }
                let settings = self.checked_voice_settings()?;
                Ok(WantedSound::Script { text: script.clone(), voice_id: self.voice_id.clone(), settings })
            }
        }
    }

    fn checked_voice_settings(&self) -> Result<VoiceSettings, Refusal> {
        let mut checked = VoiceSettings::default();
        let Some(given) = &self.voice_settings else { return Ok(checked) };
        if let Some(speed) = given.speed {
            if !(0.5..=1.5).contains(&speed) {
                return Err(Refusal::invalid(
                    "voice_settings.speed",
                    format!("'voice_settings.speed' must be between 0.5 and 1.5, got {speed}."),
                ));
            }
            checked.speed = speed;
        }
        if let Some(volume) = given.volume {
            if !(0.0..=1.0).contains(&volume) {
                return Err(Refusal::invalid(
                    "voice_settings.volume",
                    format!("'voice_settings.volume' must be between 0 and 1, got {volume}."),
                ));
            }
            checked.volume = volume;
        }
        if let Some(pitch) = given.pitch {
            if !(-50.0..=50.0).contains(&pitch) {
                return Err(Refusal::invalid(
                    "voice_settings.pitch",
                    format!("'voice_settings.pitch' must be between -50 and 50 semitones, got {pitch}."),
                ));
            }
            checked.pitch = pitch;
        }
        let unbuilt = [
            ("voice_settings.locale", given.locale.is_some()),
            ("voice_settings.engine_settings", given.engine_settings.is_some()),
        ];
        match unbuilt.into_iter().find(|(_, asked)| *asked) {
            Some((param, _)) => {
                Err(Refusal::not_built(param, format!("'{param}' is not built yet; leave it out.")))
            }
            None => Ok(checked),
        }
    }
}

fn parse_colour(param: &str, text: &str) -> Result<[u8; 3], Refusal> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    let number = (digits.len() == 6).then(|| u32::from_str_radix(digits, 16).ok()).flatten();
    match number {
        Some(rgb) => Ok([(rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8]),
        None => {
            Err(Refusal::invalid(param, format!("'{param}' must be a colour like '#1a2b3c', got '{text}'.")))
        }
    }
}

impl From<WireAspectRatio> for AspectRatio {
    fn from(wire: WireAspectRatio) -> Self {
        match wire {
            WireAspectRatio::Wide => Self::Wide,
            WireAspectRatio::Tall => Self::Tall,
            WireAspectRatio::Portrait => Self::Portrait,
            WireAspectRatio::Landscape => Self::Landscape,
            WireAspectRatio::Square => Self::Square,
            WireAspectRatio::Auto => Self::Auto,
        }
    }
}

impl From<WireResolution> for Resolution {
    fn from(wire: WireResolution) -> Self {
        match wire {
            WireResolution::P720 => Self::P720,
            WireResolution::P1080 => Self::P1080,
            WireResolution::P2160 => Self::P2160,
        }
    }
}

impl From<WireFit> for Fit {
    fn from(wire: WireFit) -> Self {
        match wire {
            WireFit::Cover => Self::Cover,
            WireFit::Contain => Self::Contain,
        }
    }
}

impl From<WireExpressiveness> for Expressiveness {
    fn from(wire: WireExpressiveness) -> Self {
        match wire {
            WireExpressiveness::Low => Self::Low,
            WireExpressiveness::Medium => Self::Medium,
            WireExpressiveness::High => Self::High,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::ErrorCode;

    const ASSET: &str = "asset_018bcfe5680070008000000000000000";

    fn body(extra: &Value) -> Value {
        let mut body = json!({
            "type": "image",
            "image": {"type": "asset_id", "asset_id": ASSET},
            "script": "Hello.",
            "voice_id": "af_heart",
        });
        for (key, value) in extra.as_object().unwrap() {
            if value.is_null() {
                body.as_object_mut().unwrap().remove(key);
            } else {
                body[key] = value.clone();
            }
        }
        body
    }

    #[expect(clippy::needless_pass_by_value, reason = "called with literals")]
    fn refusal(extra: Value) -> Refusal {
        read_create_video(body(&extra)).unwrap_err()
    }

    #[test]
    fn the_smallest_body_gets_the_defaults_of_the_contract() {
        let created = read_create_video(body(&json!({}))).unwrap();
        assert_eq!(created.aspect_ratio, AspectRatio::Wide);
        assert_eq!(created.resolution, Resolution::P1080);
        assert_eq!(created.fit, None);
        assert_eq!(created.title, None);
    }

    #[test]
    fn null_fields_count_as_absent_and_unknown_fields_are_tolerated() {
        let mut sent = body(&json!({"surprise": 1}));
        for field in ["title", "audio_url", "background", "caption", "voice_settings", "fit", "resolution"] {
            sent[field] = Value::Null;
        }
        assert!(read_create_video(sent).is_ok());
    }

    #[test]
    fn script_and_audio_together_are_refused() {
        let refusal = refusal(json!({"audio_asset_id": ASSET}));
        assert_eq!((refusal.code, refusal.param.as_deref()), (ErrorCode::InvalidParameter, Some("script")));
    }

    #[test]
    fn a_script_outside_1_to_5000_characters_is_refused_with_its_length() {
        assert!(refusal(json!({"script": ""})).message.contains("got 0"));
        assert!(refusal(json!({"script": "ß".repeat(5001)})).message.contains("got 5001"));
        assert!(read_create_video(body(&json!({"script": "ß".repeat(5000)}))).is_ok());
    }

    #[test]
    fn a_wrong_value_names_its_path() {
        assert_eq!(refusal(json!({"aspect_ratio": "3:2"})).param.as_deref(), Some("aspect_ratio"));
        assert_eq!(
            refusal(json!({"voice_settings": {"speed": "fast"}})).param.as_deref(),
            Some("voice_settings.speed")
        );
        assert_eq!(
            refusal(json!({"voice_settings": {"speed": 1.6}})).param.as_deref(),
            Some("voice_settings.speed")
        );
        assert_eq!(
            refusal(json!({"voice_settings": {"pitch": 50.5}})).param.as_deref(),
            Some("voice_settings.pitch")
        );
        assert_eq!(
            refusal(json!({"background": {"type": "color", "value": "red"}})).param.as_deref(),
            Some("background.value")
        );
        assert_eq!(refusal(json!({"type": "clip"})).param.as_deref(), Some("type"));
        assert_eq!(refusal(json!({"type": null})).param.as_deref(), Some("type"));
        assert_eq!(
            refusal(json!({"image": {"type": "asset_id", "asset_id": "x"}})).param.as_deref(),
            Some("image.asset_id")
        );
    }

    #[test]
    fn a_video_of_an_avatar_names_a_look_and_may_leave_its_voice_out() {
        let look = "018bcfe5680070008000000000000000";
        let avatar = |extra: Value| {
            let mut sent =
                body(&json!({"type": "avatar", "image": null, "voice_id": null, "avatar_id": look}));
            sent.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            read_create_video(sent)
        };
        for extra in [json!({}), json!({"engine": "avatar_iv"}), json!({"engine": {"type": "avatar_iii"}})] {
            let request = avatar(extra).unwrap();
            assert_eq!(request.picture, WantedPicture::Look(look.parse().unwrap()));
            assert!(matches!(request.sound, WantedSound::Script { voice_id: None, .. }));
        }
        for (extra, param) in [
            (json!({"avatar_id": null}), "avatar_id"),
            (json!({"motion_prompt": "x".repeat(1001)}), "motion_prompt"),
            (json!({"engine": "avatar_v"}), "engine"),
            (json!({"engine": 4}), "engine"),
        ] {
            assert_eq!(avatar(extra).unwrap_err().param.as_deref(), Some(param));
        }
        let cast = avatar(json!({"avatar_id": "josh", "motion_prompt": " "})).unwrap();
        assert_eq!((cast.picture, cast.motion_prompt), (WantedPicture::Cast("josh".to_owned()), None));
        assert_eq!(refusal(json!({"image": null})).param.as_deref(), Some("image"));
    }

    #[test]
    fn the_background_stays_unless_it_is_to_be_removed() {
        assert!(!read_create_video(body(&json!({}))).unwrap().remove_background);
        assert!(read_create_video(body(&json!({"remove_background": true}))).unwrap().remove_background);
        let wrong = refusal(json!({"remove_background": "yes"}));
        assert_eq!(
            (wrong.code, wrong.param.as_deref()),
            (ErrorCode::InvalidParameter, Some("remove_background"))
        );
    }

    #[test]
    fn what_is_not_built_is_refused_by_name() {
        for (extra, param) in [
            (json!({"type": "studio"}), "type"),
            (json!({"output_format": "webm"}), "output_format"),
            (json!({"callback_url": "https://x"}), "callback_url"),
            (json!({"caption": {"style": "default"}}), "caption.style"),
        ] {
            let refusal = refusal(extra);
            assert_eq!((refusal.code, refusal.param.as_deref()), (ErrorCode::NotImplemented, Some(param)));
        }
    }
}
