//! The body of `POST /v1/video.generate`: the first way to ask for a video of scenes, then called clips. It is read as the
//! body of `POST /v2/video/generate` that asks for the same.

use rostrum_model::ids::AssetId;
use rostrum_model::video::VideoRequest;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::Refusal;
use crate::v2::video_generate::{SCENES, read_generate_video};
use crate::v3::read_part;

#[derive(Debug, Deserialize)]
struct WireClips {
    clips: Option<Vec<Value>>,
    background: Option<String>,
    ratio: Option<String>,
    caption_open: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct WireClip {
    avatar_id: Option<String>,
    avatar_style: Option<String>,
    talking_photo_id: Option<String>,
    talking_photo_style: Option<String>,
    input_text: Option<String>,
    input_audio: Option<String>,
    voice_id: Option<String>,
    scale: Option<f32>,
    offset: Option<Value>,
    background: Option<String>,
}

/// Reads the body.
///
/// # Errors
/// Names the fields at fault as this body calls them.
pub fn read_clips_video(body: &Value) -> Result<VideoRequest, Refusal> {
    let wire: WireClips = read_part("", body)?;
    let ratio = wire.ratio.unwrap_or_else(|| "16:9".to_owned());
    if !["16:9", "9:16"].contains(&ratio.as_str()) {
        return Err(Refusal::invalid("ratio", format!("'ratio' must be 16:9 or 9:16, got '{ratio}'.")));
    }
    let mut scenes = Vec::new();
    for (number, clip) in wire.clips.unwrap_or_default().iter().enumerate() {
        let clip: WireClip = read_part(&format!("clips[{number}]"), clip)?;
        scenes.push(clip.scene(wire.background.as_deref()));
    }
    let mut newer = body.as_object().cloned().unwrap_or_default();
    newer.insert(SCENES.to_owned(), Value::Array(scenes));
    newer.insert("aspect_ratio".to_owned(), json!(ratio));
    newer.insert("caption".to_owned(), json!(wire.caption_open));
    read_generate_video(&Value::Object(newer)).map_err(renamed)
}

impl WireClip {
    /// The scene that asks for the same.
    fn scene(self, background: Option<&str>) -> Value {
        let character = if self.talking_photo_id.is_some() {
            json!({
                "type": "talking_photo", "talking_photo_id": self.talking_photo_id,
                "talking_photo_style": self.talking_photo_style, "scale": self.scale, "offset": self.offset,
            })
        } else if self.avatar_id.is_some() {
            json!({
                "type": "avatar", "avatar_id": self.avatar_id, "avatar_style": self.avatar_style,
                "scale": self.scale, "offset": self.offset,
            })
        } else {
            Value::Null
        };
        let voice = match self.input_audio {
            Some(asset) if asset.parse::<AssetId>().is_ok() => {
                json!({"type": "audio", "audio_asset_id": asset})
            }
            Some(url) => json!({"type": "audio", "audio_url": url}),
            None => json!({"type": "text", "input_text": self.input_text, "voice_id": self.voice_id}),
        };
        let background = match self.background.as_deref().or(background) {
            Some(colour) if colour.starts_with('#') => json!({"type": "color", "value": colour}),
            Some(url) => json!({"type": "image", "url": url}),
            None => Value::Null,
        };
        json!({"character": character, "voice": voice, "background": background})
    }
}

/// The path of a field in this body, by its path in the newer one.
pub(crate) fn clip_param(param: &str) -> String {
    let mut path = param.replace(SCENES, "clips").replace("aspect_ratio", "ratio");
    for (newer, older) in [
        (".voice.audio_url", ".input_audio"),
        (".voice.audio_asset_id", ".input_audio"),
        (".background.value", ".background"),
        (".background.url", ".background"),
        (".character.", "."),
        (".voice.", "."),
    ] {
        path = path.replace(newer, older);
    }
    path
}

fn renamed(refusal: Refusal) -> Refusal {
    let Refusal { code, message, param, more } = refusal;
    let message = match &param {
        Some(param) => message.replace(param, &clip_param(param)),
        None => message,
    };
    let param = param.map(|param| clip_param(&param));
    Refusal { code, message, param, more: more.into_iter().map(renamed).collect() }
}

#[cfg(test)]
mod tests {
    use rostrum_model::video::{AspectRatio, CanvasShape, Resolution, WantedBackground, WantedSound};

    use super::*;

    #[test]
    fn clips_are_scenes_of_the_next_generation() {
        let request = read_clips_video(&json!({
            "background": "#010203", "ratio": "9:16", "version": "v1alpha", "callback_id": "mine", "test": true,
            "clips": [
                {"avatar_id": "josh", "avatar_style": "closeUp", "input_text": "Hi.", "voice_id": "v"},
                {"talking_photo_id": "p", "input_audio": "https://example.org/a.mp3", "background": "https://example.org/b.png"},
            ],
        }))
        .unwrap();
        assert_eq!(request.canvas, CanvasShape::Shape(AspectRatio::Tall, Resolution::P1080));
        assert_eq!(request.scenes[0].background, WantedBackground::Colour([1, 2, 3]));
        assert!(matches!(&request.scenes[1].background, WantedBackground::Image(..)));
        assert!(matches!(&request.scenes[1].sound, WantedSound::Audio(_)));
        assert_eq!(request.callback.id.as_deref(), Some("mine"));
        assert!(request.watermark.is_some());
    }

    #[test]
    fn faults_are_named_as_the_caller_wrote_them() {
        let refusal = read_clips_video(&json!({"clips": [
            {"avatar_id": "josh", "input_text": ""},
            {"avatar_id": "josh", "input_text": "Hi.", "scale": 9, "background": "#red"},
        ]}))
        .unwrap_err();
        let all: Vec<_> = std::iter::once(&refusal).chain(&refusal.more).collect();
        let params: Vec<_> = all.iter().map(|refusal| refusal.param.as_deref().unwrap()).collect();
        assert_eq!(params, ["clips[0].input_text", "clips[1].scale", "clips[1].background"]);
        assert!(all[0].message.starts_with("'clips[0].input_text'"), "{}", all[0].message);
        assert_eq!(read_clips_video(&json!({"clips": []})).unwrap_err().param.as_deref(), Some("clips"));
        assert_eq!(read_clips_video(&json!({"ratio": "1:1"})).unwrap_err().param.as_deref(), Some("ratio"));
    }
}
