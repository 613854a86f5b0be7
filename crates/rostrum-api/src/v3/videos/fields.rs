//! What requests for videos have in common, whatever their generation.

use rostrum_model::asset::AssetInput;
use rostrum_model::picture::Size;
use rostrum_model::video::{
    AspectRatio, CanvasShape, CaptionLook, Expressiveness, Fit, MAX_MOTION_PROMPT_CHARS, Resolution, Rgba,
    VoiceSettings, WantedPicture, WantedSound,
};
use serde::Deserialize;
use serde_json::Value;

use crate::error::Refusal;
use crate::v3::asset_input::asset_id_of;
use crate::v3::read_part;

/// How one scene goes over into another (beyond the contract).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum WireTransition {
    Cut,
    Fade { duration: Option<f32> },
}

#[derive(Debug, Default, Deserialize)]
struct WireJoin {
    transition: Option<WireTransition>,
}

/// The usual length of a fade, in seconds; and the shortest and the longest.
const USUAL_FADE_S: f32 = 0.8;
const FADE_S: std::ops::RangeInclusive<f32> = 0.1..=4.0;

/// How long going over to the scene at `place` takes, in seconds: 0 for a hard cut.
pub(crate) fn transition_s(place: &str, scene: &Value) -> Result<f32, Refusal> {
    match read_part::<WireJoin>(place, scene)?.transition {
        None | Some(WireTransition::Cut) => Ok(0.0),
        Some(WireTransition::Fade { duration }) => {
            let param = path(&path(place, "transition"), "duration");
            Ok(within(&param, duration, FADE_S, " seconds")?.unwrap_or(USUAL_FADE_S))
        }
    }
}

/// The longest script, in characters.
pub const MAX_SCRIPT_CHARS: usize = 5000;
/// The longest title, in characters.
pub const MAX_TITLE_CHARS: usize = 255;

/// The engines that make photos speak (contract: `supported_api_engines`); all of them are the one built in here.
pub const PHOTO_ENGINES: [&str; 2] = ["avatar_iii", "avatar_iv"];

/// The path of a field of the object at `place`; the body itself is at an empty one.
pub(crate) fn path(place: &str, field: &str) -> String {
    if place.is_empty() { field.to_owned() } else { format!("{place}.{field}") }
}

/// What is heard, as all arms of v3 write it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct WireSound {
    script: Option<String>,
    #[serde(default, deserialize_with = "crate::filled")]
    voice_id: Option<String>,
    voice_settings: Option<WireVoiceSettings>,
    audio_asset_id: Option<String>,
    audio_url: Option<String>,
}

/// Whose voice speaks where a request names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voiced {
    /// That of the avatar.
    ByAvatar,
    /// Nobody's: it must be named.
    ByName,
}

impl WireSound {
    /// Whether neither a text nor a recording is given.
    pub(crate) fn is_absent(&self) -> bool {
        self.script.is_none() && self.audio_asset_id.is_none() && self.audio_url.is_none()
    }

    /// The checked sound of the object at `place`.
    pub(crate) fn check(&self, place: &str, voiced: Voiced) -> Result<WantedSound, Refusal> {
        let at = |field: &str| path(place, field);
        let audio = match (&self.audio_asset_id, &self.audio_url) {
            (Some(_), Some(_)) => {
                return Err(Refusal::invalid(
                    &at("audio_url"),
                    "Exactly one of 'audio_url' and 'audio_asset_id' may be given, got both.",
                ));
            }
            (Some(id), None) => Some(AssetInput::AssetId(asset_id_of(&at("audio_asset_id"), id)?)),
            (None, Some(url)) => Some(AssetInput::Url(url.clone())),
            (None, None) => None,
        };
        match (&self.script, audio) {
            (Some(_), Some(_)) => Err(Refusal::invalid(
                &at("script"),
                "Exactly one of 'script', 'audio_asset_id' and 'audio_url' may be given, got more.",
            )),
            (None, None) => Err(Refusal::invalid(
                &at("script"),
                "One of 'script' (with 'voice_id'), 'audio_asset_id' and 'audio_url' is required.",
            )),
            (None, Some(asset)) => Ok(WantedSound::Audio(asset)),
            (Some(script), None) => {
                let text = checked_script(&at("script"), script)?;
                if self.voice_id.is_none() && voiced == Voiced::ByName {
                    let param = at("voice_id");
                    let message = format!("'{param}' is required with 'script'; GET /v3/voices lists them.");
                    return Err(Refusal::invalid(&param, message));
                }
                let settings = match &self.voice_settings {
                    Some(settings) => settings.check(&at("voice_settings"))?,
                    None => VoiceSettings::default(),
                };
                Ok(WantedSound::Script { text, voice_id: self.voice_id.clone(), settings })
            }
        }
    }
}

/// A script that is neither empty nor too long.
pub(crate) fn checked_script(param: &str, script: &str) -> Result<String, Refusal> {
    let chars = script.chars().count();
    if script.trim().is_empty() || chars > MAX_SCRIPT_CHARS {
        let message = format!("'{param}' must be 1-{MAX_SCRIPT_CHARS} characters, got {chars}.");
        return Err(Refusal::invalid(param, message));
    }
    Ok(script.to_owned())
}

#[derive(Debug, Deserialize)]
struct WireVoiceSettings {
    speed: Option<f32>,
    pitch: Option<f32>,
    volume: Option<f32>,
    locale: Option<String>,
    engine_settings: Option<Value>,
}

impl WireVoiceSettings {
    fn check(&self, place: &str) -> Result<VoiceSettings, Refusal> {
        let unbuilt =
            [("locale", self.locale.is_some()), ("engine_settings", self.engine_settings.is_some())];
        if let Some((field, _)) = unbuilt.into_iter().find(|(_, asked)| *asked) {
            let param = path(place, field);
            return Err(Refusal::not_built(&param, format!("'{param}' is not built yet; leave it out.")));
        }
        let usual = VoiceSettings::default();
        Ok(VoiceSettings {
            speed: within(&path(place, "speed"), self.speed, 0.5..=1.5, "")?.unwrap_or(usual.speed),
            volume: within(&path(place, "volume"), self.volume, 0.0..=1.0, "")?.unwrap_or(usual.volume),
            pitch: within(&path(place, "pitch"), self.pitch, -50.0..=50.0, " semitones")?
                .unwrap_or(usual.pitch),
        })
    }
}

/// A number, if there is one, that lies in its range.
pub(crate) fn within(
    param: &str,
    value: Option<f32>,
    range: std::ops::RangeInclusive<f32>,
    unit: &str,
) -> Result<Option<f32>, Refusal> {
    match value {
        Some(value) if !range.contains(&value) => Err(Refusal::invalid(
            param,
            format!("'{param}' must be between {} and {}{unit}, got {value}.", range.start(), range.end()),
        )),
        value => Ok(value),
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) enum WireAspectRatio {
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
pub(crate) enum WireResolution {
    #[serde(rename = "720p")]
    P720,
    #[serde(rename = "1080p")]
    P1080,
    #[serde(rename = "4k")]
    P2160,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum WireFit {
    Cover,
    Contain,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum WireExpressiveness {
    Low,
    Medium,
    High,
}

#[derive(Debug, Deserialize)]
pub(crate) struct WireCaption {
    file_format: Option<String>,
    style: Option<String>,
}

impl WireCaption {
    /// The look of captions in the picture, where those are wanted; the file is always made.
    pub(crate) fn check(&self) -> Result<Option<CaptionLook>, Refusal> {
        if self.file_format.as_deref().is_some_and(|format| format != "srt") {
            return Err(Refusal::invalid("caption.file_format", "'caption.file_format' must be 'srt'."));
        }
        Ok(self.style.clone().map(|preset| CaptionLook { preset: Some(preset), ..CaptionLook::default() }))
    }
}

/// The canvas by shape and short edge; 16:9 and 1080p where nothing is said.
pub(crate) fn canvas(ratio: Option<WireAspectRatio>, resolution: Option<WireResolution>) -> CanvasShape {
    CanvasShape::Shape(
        ratio.map_or(AspectRatio::Wide, Into::into),
        resolution.map_or(Resolution::P1080, Into::into),
    )
}

/// A canvas in pixels.
pub(crate) fn exact_canvas(param: &str, width: u64, height: u64) -> Result<CanvasShape, Refusal> {
    use rostrum_model::video::{MAX_SIDE, MIN_SIDE};
    for (side, length) in [("width", width), ("height", height)] {
        let param = path(param, side);
        if !(MIN_SIDE as u64..=MAX_SIDE as u64).contains(&length) || length % 2 == 1 {
            let message =
                format!("'{param}' must be an even number from {MIN_SIDE} to {MAX_SIDE}, got {length}.");
            return Err(Refusal::invalid(&param, message));
        }
    }
    Ok(CanvasShape::Size(Size { width: width as usize, height: height as usize }))
}

pub(crate) fn check_title(title: Option<&String>) -> Result<(), Refusal> {
    let chars = title.map_or(0, |title| title.chars().count());
    if chars > MAX_TITLE_CHARS {
        let message = format!("'title' must be at most {MAX_TITLE_CHARS} characters, got {chars}.");
        return Err(Refusal::invalid("title", message));
    }
    Ok(())
}

/// What a person is asked to do, if anything.
pub(crate) fn motion_prompt(param: &str, prompt: Option<String>) -> Result<Option<String>, Refusal> {
    let chars = prompt.as_ref().map_or(0, |prompt| prompt.chars().count());
    if chars > MAX_MOTION_PROMPT_CHARS {
        let message = format!("'{param}' must be at most {MAX_MOTION_PROMPT_CHARS} characters, got {chars}.");
        return Err(Refusal::invalid(param, message));
    }
    Ok(prompt.filter(|prompt| !prompt.trim().is_empty()))
}

/// A look by its id: one of a workspace, or else of the cast.
pub(crate) fn look(id: &str) -> WantedPicture {
    id.parse().map_or_else(|_| WantedPicture::Cast(id.to_owned()), WantedPicture::Look)
}

/// The engine, given as a word or as an object with its `type`.
pub(crate) fn check_engine(param: &str, engine: Option<&Value>) -> Result<(), Refusal> {
    let Some(engine) = engine else { return Ok(()) };
    let word = engine.as_str().or_else(|| engine.get("type").and_then(Value::as_str));
    match word {
        Some(word) if PHOTO_ENGINES.contains(&word) => Ok(()),
        Some("avatar_v") => Err(Refusal::invalid(
            param,
            format!("The engine 'avatar_v' is not built yet; use {}.", PHOTO_ENGINES.join(" or ")),
        )),
        _ => Err(Refusal::invalid(
            param,
            format!(
                "'{param}' must be avatar_iii, avatar_iv or avatar_v, or an object with that 'type'; got {engine}."
            ),
        )),
    }
}

/// Refuses the first field that is asked for, would change the outcome and cannot be honoured yet; each with the way out.
pub(crate) fn refuse_unbuilt<const N: usize>(fields: [(&str, bool, &str); N]) -> Result<(), Refusal> {
    match fields.into_iter().find(|(_, asked, _)| *asked) {
        Some((param, _, way_out)) => {
            Err(Refusal::not_built(param, format!("'{param}' is not built yet; {way_out}.")))
        }
        None => Ok(()),
    }
}

/// The colour of a text like `#1a2b3c`.
pub(crate) fn parse_colour(param: &str, text: &str) -> Result<[u8; 3], Refusal> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    let number = (digits.len() == 6).then(|| u32::from_str_radix(digits, 16).ok()).flatten();
    match number {
        Some(rgb) => Ok([(rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8]),
        None => {
            Err(Refusal::invalid(param, format!("'{param}' must be a colour like '#1a2b3c', got '{text}'.")))
        }
    }
}

/// The colour, with its opacity, of a text as style sheets write it: `#1a2b3c`, `#1a2b3c80`, `rgb(26, 43, 60)`,
/// `rgba(26, 43, 60, 0.5)`, `transparent`, `white` or `black`.
pub(crate) fn parse_css_colour(param: &str, text: &str) -> Result<Rgba, Refusal> {
    css_colour(text.trim()).ok_or_else(|| {
        let message =
            format!("'{param}' must be a colour like '#1a2b3c' or 'rgba(26, 43, 60, 0.5)', got '{text}'.");
        Refusal::invalid(param, message)
    })
}

fn css_colour(text: &str) -> Option<Rgba> {
    match text.to_ascii_lowercase().as_str() {
        "transparent" => return Some([0; 4]),
        "white" => return Some([255; 4]),
        "black" => return Some([0, 0, 0, 255]),
        _ => {}
    }
    if let Some(digits) = text.strip_prefix('#') {
        let number = u32::from_str_radix(digits, 16).ok()?;
        return match digits.len() {
            3 => Some(
                [(number >> 8) & 15, (number >> 4) & 15, number & 15, 15].map(|digit| (digit * 17) as u8),
            ),
            6 => Some((number << 8 | 255).to_be_bytes()),
            8 => Some(number.to_be_bytes()),
            _ => None,
        };
    }
    let parts = text.strip_suffix(')')?;
    let parts = parts.strip_prefix("rgba(").or_else(|| parts.strip_prefix("rgb("))?;
    let parts = parts.split(',').map(|part| part.trim().parse::<f32>().ok()).collect::<Option<Vec<_>>>()?;
    let opacity = match parts.len() {
        3 => 1.0,
        4 => parts[3],
        _ => return None,
    };
    let known = parts[..3].iter().all(|part| (0.0..=255.0).contains(part)) && (0.0..=1.0).contains(&opacity);
    known.then(|| [parts[0], parts[1], parts[2], opacity * 255.0].map(|part| part.round() as u8))
}

/// The file of a field that takes an address or the id of an asset, each in a field of its own.
pub(crate) fn either_input(
    (url_param, url): (&str, Option<&String>),
    (id_param, id): (&str, Option<&String>),
) -> Result<AssetInput, Refusal> {
    match (url, id) {
        (Some(url), None) => Ok(AssetInput::Url(url.clone())),
        (None, Some(id)) => Ok(AssetInput::AssetId(asset_id_of(id_param, id)?)),
        (given, _) => {
            let got = if given.is_some() { "both" } else { "none" };
            let message = format!("Exactly one of '{url_param}' and '{id_param}' is required, got {got}.");
            Err(Refusal::invalid(url_param, message))
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
    use super::*;

    #[test]
    fn colours_are_read_as_style_sheets_write_them() {
        let read = |text| parse_css_colour("c", text).ok();
        assert_eq!(read("#1A2b3c"), Some([26, 43, 60, 255]));
        assert_eq!(read("#1a2b3c80"), Some([26, 43, 60, 128]));
        assert_eq!(read("#fa0"), Some([255, 170, 0, 255]));
        assert_eq!(read("rgba(26, 43, 60, 0.5)"), Some([26, 43, 60, 128]));
        assert_eq!(read("rgb(1,2,3)"), Some([1, 2, 3, 255]));
        assert_eq!(read("transparent"), Some([0; 4]));
        for wrong in ["", "#", "#12345", "rgba(1,2,3,2)", "rgb(1,2)", "rgb(300,0,0)", "#gggggg", "blue)"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
