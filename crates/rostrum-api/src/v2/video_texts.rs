//! Captions and texts over scenes, as bodies of `POST /v2/video/generate` ask for them.

use rostrum_model::picture::Size;
use rostrum_model::video::{CaptionLook, TextAlign, TextBox};
use serde::Deserialize;
use serde_json::Value;

use crate::error::Refusal;
use crate::v3::read_part;
use crate::v3::videos::fields::{parse_css_colour, path, within};

/// The longest text over a scene, in characters; ours.
const MAX_TEXT_CHARS: usize = 2000;
/// Letters when no size is given, against the canvas's shorter side.
const USUAL_SIZE_SHARE: f32 = 0.06;
/// The sizes of letters, in pixels; ours.
const SIZES_PX: std::ops::RangeInclusive<f32> = 4.0..=500.0;

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum WireCaptionMode {
    FileOnly,
    BurnIn,
}

/// The contract's `subtitles`.
#[derive(Debug, Deserialize)]
pub(super) struct WireSubtitles {
    preset_name: String,
    alignment: Option<u8>,
    font_size: Option<f32>,
    position: Option<WirePosition>,
    disable_highlight: Option<bool>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct WirePosition {
    x: f32,
    y: f32,
}

/// `caption` as an object.
#[derive(Debug, Deserialize)]
struct WireCaptions {
    enabled: Option<bool>,
    #[serde(default)]
    style: WireCaptionStyle,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireCaptionStyle {
    font_family: Option<String>,
    font_size: Option<f32>,
    font_color: Option<String>,
    background_color: Option<String>,
    position: Option<WireSide>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireSide {
    Top,
    Middle,
    Bottom,
}

/// The look of captions in the picture, where those are wanted; the file is always made. `caption_mode` has the last word,
/// then `subtitles`, then `caption`.
pub(super) fn captions(
    caption: Option<&Value>,
    mode: Option<WireCaptionMode>,
    subtitles: Option<&WireSubtitles>,
) -> Result<Option<CaptionLook>, Refusal> {
    let by_caption = match caption {
        None | Some(Value::Bool(false)) => None,
        Some(Value::Bool(true)) => Some(CaptionLook::default()),
        Some(styled) => {
            let wire: WireCaptions = read_part("caption", styled)?;
            if wire.enabled == Some(false) { None } else { Some(wire.style.check()?) }
        }
    };
    let look = match subtitles {
        Some(subtitles) => Some(subtitles.check()?),
        None => by_caption,
    };
    Ok(match mode {
        Some(WireCaptionMode::FileOnly) => None,
        Some(WireCaptionMode::BurnIn) => Some(look.unwrap_or_default()),
        None => look,
    })
}

impl WireCaptionStyle {
    fn check(&self) -> Result<CaptionLook, Refusal> {
        let colour = |field: &str, text: &Option<String>| {
            let param = path("caption.style", field);
            text.as_ref().map(|text| parse_css_colour(&param, text)).transpose()
        };
        Ok(CaptionLook {
            family: self.font_family.clone(),
            size_px: within("caption.style.font_size", self.font_size, SIZES_PX, " pixels")?,
            colour: colour("font_color", &self.font_color)?,
            background: colour("background_color", &self.background_color)?,
            anchor: self.position.map(|side| match side {
                WireSide::Top => 8,
                WireSide::Middle => 5,
                WireSide::Bottom => 2,
            }),
            ..CaptionLook::default()
        })
    }
}

impl WireSubtitles {
    fn check(&self) -> Result<CaptionLook, Refusal> {
        let anchor = self.alignment.unwrap_or(2);
        if !(1..=9).contains(&anchor) {
            let message = format!(
                "'subtitles.alignment' must be between 1 and 9, like the keys of a number pad; got {anchor}."
            );
            return Err(Refusal::invalid("subtitles.alignment", message));
        }
        let position = self.position.unwrap_or_default();
        Ok(CaptionLook {
            preset: Some(self.preset_name.clone()),
            size_px: within("subtitles.font_size", self.font_size, SIZES_PX, " pixels")?,
            anchor: Some(anchor),
            offset_px: [position.x, position.y],
            plain_words: self.disable_highlight.unwrap_or(false),
            ..CaptionLook::default()
        })
    }
}

/// Texts over a scene. No page of the contract names the field; these are the shapes that clients are known to send.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    Many(Vec<Value>),
    One(Value),
}

#[derive(Debug, Deserialize)]
struct WireText {
    text: String,
    x: Option<Length>,
    y: Option<Length>,
    position: Option<WirePlace>,
    width: Option<Length>,
    height: Option<Length>,
    font_family: Option<String>,
    font_size: Option<f32>,
    font_weight: Option<WireWeight>,
    #[serde(alias = "color")]
    font_color: Option<String>,
    background_color: Option<String>,
    text_align: Option<WireAlign>,
    line_height: Option<f32>,
    duration: Option<WireWindow>,
}

#[derive(Debug, Deserialize)]
struct WirePlace {
    x: Length,
    y: Length,
}

/// Pixels, or a share of the canvas like `"50%"`.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Length {
    Pixels(f32),
    Text(String),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum WireWeight {
    Number(u16),
    Name(String),
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireAlign {
    #[default]
    Left,
    Center,
    Right,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct WireWindow {
    start: Option<f64>,
    end: Option<f64>,
}

impl OneOrMany {
    pub(super) fn check(self, place: &str, canvas: Size) -> Result<Vec<TextBox>, Refusal> {
        match self {
            Self::One(Value::Null) => Ok(Vec::new()),
            Self::One(text) => Ok(vec![read_part::<WireText>(place, &text)?.check(place, canvas)?]),
            Self::Many(texts) => texts
                .iter()
                .enumerate()
                .map(|(number, text)| {
                    let place = format!("{place}[{number}]");
                    read_part::<WireText>(&place, text)?.check(&place, canvas)
                })
                .collect(),
        }
    }
}

impl Length {
    fn pixels(&self, param: &str, whole: usize) -> Result<f32, Refusal> {
        let pixels = match self {
            Self::Pixels(pixels) => Some(*pixels),
            Self::Text(text) => match text.trim().strip_suffix('%') {
                Some(share) => share.trim().parse::<f32>().ok().map(|share| share / 100.0 * whole as f32),
                None => text.trim().trim_end_matches("px").parse().ok(),
            },
        };
        pixels.filter(|pixels| pixels.is_finite() && pixels.abs() <= 10_000.0).ok_or_else(|| {
            Refusal::invalid(param, format!("'{param}' must be pixels, or a share of the canvas like '50%'."))
        })
    }
}

impl WireText {
    fn check(self, place: &str, canvas: Size) -> Result<TextBox, Refusal> {
        let at = |field: &str| path(place, field);
        let chars = self.text.chars().count();
        if self.text.trim().is_empty() || chars > MAX_TEXT_CHARS {
            let message = format!("'{}' must be 1-{MAX_TEXT_CHARS} characters, got {chars}.", at("text"));
            return Err(Refusal::invalid(&at("text"), message));
        }
        let (x, y) = match &self.position {
            Some(WirePlace { x, y }) => (Some(x), Some(y)),
            None => (self.x.as_ref(), self.y.as_ref()),
        };
        let length = |field: &str, given: Option<&Length>, whole: usize, usual: f32| {
            given.map_or(Ok(usual), |given| given.pixels(&at(field), whole))
        };
        let (left, top) = (length("x", x, canvas.width, 0.0)?, length("y", y, canvas.height, 0.0)?);
        let to_edge = |from: f32, whole: usize| (whole as f32 - from).max(1.0);
        let width = length("width", self.width.as_ref(), canvas.width, to_edge(left, canvas.width))?;
        let height = length("height", self.height.as_ref(), canvas.height, to_edge(top, canvas.height))?;
        if width < 1.0 || height < 1.0 {
            let message =
                format!("'{place}' must be at least 1 pixel wide and high, got {width} x {height}.");
            return Err(Refusal::invalid(place, message));
        }
        let usual_px = canvas.width.min(canvas.height) as f32 * USUAL_SIZE_SHARE;
        let window = self.duration.unwrap_or(WireWindow { start: None, end: None });
        let from_s = window.start.unwrap_or(0.0);
        if from_s < 0.0 || window.end.is_some_and(|end| end <= from_s) {
            let param = at("duration");
            let message = format!("'{param}.end' must be after '{param}.start', and that not below 0.");
            return Err(Refusal::invalid(&param, message));
        }
        let colour = |field: &str, text: &Option<String>| {
            text.as_ref().map(|text| parse_css_colour(&at(field), text)).transpose()
        };
        Ok(TextBox {
            family: self.font_family,
            size_px: within(&at("font_size"), self.font_size, SIZES_PX, " pixels")?.unwrap_or(usual_px),
            weight: match self.font_weight {
                None => 400,
                Some(WireWeight::Number(weight)) => weight.clamp(100, 900),
                Some(WireWeight::Name(name)) => match name.as_str() {
                    "bold" => 700,
                    name => name.parse().map_or(400, |weight: u16| weight.clamp(100, 900)),
                },
            },
            colour: colour("font_color", &self.font_color)?.unwrap_or([255; 4]),
            background: colour("background_color", &self.background_color)?,
            align: match self.text_align.unwrap_or_default() {
                WireAlign::Left => TextAlign::Left,
                WireAlign::Center => TextAlign::Center,
                WireAlign::Right => TextAlign::Right,
            },
            line_height: within(&at("line_height"), self.line_height, 0.5..=4.0, "")?.unwrap_or(1.0),
            area: [left, top, width, height],
            from_s,
            to_s: window.end,
            text: self.text,
        })
    }
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "called with literals")]
mod tests {
    use serde_json::json;

    use super::*;

    const CANVAS: Size = Size { width: 1000, height: 500 };

    fn look(body: Value) -> Result<Option<CaptionLook>, Refusal> {
        let part = |field: &str| body.get(field).filter(|value| !value.is_null()).cloned();
        let mode = part("caption_mode").map(|mode| serde_json::from_value(mode).unwrap());
        let subtitles: Option<WireSubtitles> =
            part("subtitles").map(|given| serde_json::from_value(given).unwrap());
        captions(part("caption").as_ref(), mode, subtitles.as_ref())
    }

    #[test]
    fn captions_are_wanted_by_a_word_a_style_or_a_mode() {
        assert_eq!(look(json!({})), Ok(None));
        assert_eq!(look(json!({"caption": false})), Ok(None));
        assert_eq!(look(json!({"caption": true})), Ok(Some(CaptionLook::default())));
        assert_eq!(look(json!({"caption": true, "caption_mode": "file_only"})), Ok(None));
        assert_eq!(look(json!({"caption_mode": "burn_in"})), Ok(Some(CaptionLook::default())));
        assert_eq!(look(json!({"caption": {"enabled": false}})), Ok(None));
        let styled =
            look(json!({"caption": {"enabled": true, "style": {"font_family": "Arial", "font_size": 32,
            "font_color": "#00D1FF", "background_color": "rgba(26, 26, 46, 0.9)", "position": "top"}}}))
            .unwrap()
            .unwrap();
        assert_eq!((styled.size_px, styled.colour), (Some(32.0), Some([0, 209, 255, 255])));
        assert_eq!((styled.background, styled.anchor), (Some([26, 26, 46, 230]), Some(8)));
        let named =
            look(json!({"subtitles": {"preset_name": "karaoke", "alignment": 5, "disable_highlight": true,
            "position": {"x": 4, "y": -8}}}))
            .unwrap()
            .unwrap();
        assert_eq!((named.preset.as_deref(), named.anchor), (Some("karaoke"), Some(5)));
        assert!(named.plain_words && named.offset_px == [4.0, -8.0]);
        for (wrong, param) in [
            (json!({"caption": {"style": {"font_color": "sky"}}}), "caption.style.font_color"),
            (json!({"caption": {"style": {"font_size": 0}}}), "caption.style.font_size"),
            (json!({"caption": {"style": {"position": "left"}}}), "caption.style.position"),
            (json!({"subtitles": {"preset_name": "x", "alignment": 0}}), "subtitles.alignment"),
        ] {
            assert_eq!(look(wrong).unwrap_err().param.as_deref(), Some(param));
        }
    }

    #[test]
    fn texts_stand_where_pixels_or_shares_put_them() {
        let read = |text: Value| serde_json::from_value::<OneOrMany>(text).unwrap().check("text", CANVAS);
        let one = read(json!({"text": "Hi", "x": "10%", "y": 40, "width": "50%", "font_size": 30,
            "font_color": "#ff0000", "text_align": "center", "duration": {"start": 1, "end": 2.5}}))
        .unwrap()
        .remove(0);
        assert_eq!(one.area, [100.0, 40.0, 500.0, 460.0]);
        assert_eq!(
            (one.colour, one.align, one.from_s, one.to_s),
            ([255, 0, 0, 255], TextAlign::Center, 1.0, Some(2.5))
        );
        let two = read(
            json!([{"text": "A", "position": {"x": 5, "y": "50%"}, "font_weight": "bold"}, {"text": "B"}]),
        )
        .unwrap();
        assert_eq!((two[0].area, two[0].weight), ([5.0, 250.0, 995.0, 250.0], 700));
        assert_eq!((two[1].size_px, two[1].to_s), (30.0, None));
        assert_eq!(read(Value::Null), Ok(vec![]));
        for (wrong, param) in [
            (json!({"text": " "}), "text.text"),
            (json!([{"text": "A"}, {"text": "B", "x": "wide"}]), "text[1].x"),
            (json!({"text": "A", "duration": {"start": 2, "end": 2}}), "text.duration"),
            (json!({"text": "A", "font_size": 900}), "text.font_size"),
        ] {
            assert_eq!(read(wrong).unwrap_err().param.as_deref(), Some(param));
        }
    }
}
