//! The body of `POST /v3/videos`, and its checks.

use rostrum_model::asset::AssetInput;
use rostrum_model::video::{
    CharacterRequest, Fill, OutputFormat, SceneRequest, VideoRequest, WantedBackground, WantedPicture,
};
use serde::Deserialize;
use serde_json::Value;

use super::cinematic::read_cinematic_video;
use super::fields::{
    Voiced, WireAspectRatio, WireCaption, WireExpressiveness, WireFit, WireResolution, WireSound, canvas,
    check_engine, either_input, look, motion_prompt, parse_colour,
};
use super::order::Order;
use super::studio::read_studio_video;
use crate::error::{Faults, Refusal};
use crate::v3::asset_input::{WireAssetInput, asset_id_of};
use crate::v3::brand_glossaries::glossary_id;
use crate::v3::read_part;

/// Reads the body of `POST /v3/videos`.
///
/// # Errors
/// Names the first field at fault; parts of the contract that are not built yet are refused by name, so that no caller gets
/// a picture other than the one asked for.
pub fn read_create_video(body: &Value) -> Result<VideoRequest, Refusal> {
    const TYPES: &str = "avatar, image, cinematic_avatar, studio";
    let Some(fields) = body.as_object() else {
        return Err(Refusal::invalid("body", "The body must be a JSON object."));
    };
    match fields.get("type") {
        Some(Value::String(_)) if names_flat_picture(body) => read_flat_video(body),
        Some(Value::String(kind)) => match kind.as_str() {
            "image" => read_video(body, Source::Image),
            "avatar" => read_video(body, Source::Avatar),
            "studio" => read_studio_video(body),
            "cinematic_avatar" => read_cinematic_video(body),
            other => Err(Refusal::invalid("type", format!("'type' must be one of {TYPES}; got '{other}'."))),
        },
        // The form that this operation had at first.
        None | Some(Value::Null)
            if SOURCES.iter().any(|source| fields.get(*source).is_some_and(|id| !id.is_null())) =>
        {
            read_flat_video(body)
        }
        _ => Err(Refusal::invalid("type", format!("'type' is required and must be one of {TYPES}."))),
    }
}

/// Fields of the flat form that name who is seen.
const SOURCES: [&str; 3] = ["avatar_id", "image_url", "image_asset_id"];

/// Whether a body of the types `avatar` and `image` names its picture in the way of the flat form alone: a form of n8n's writes
/// `avatar` beside each of the three.
pub(super) fn names_flat_picture(body: &Value) -> bool {
    let is_given = |field: &str| body.get(field).is_some_and(|value| !value.is_null());
    matches!(body.get("type").and_then(Value::as_str), Some("avatar" | "image"))
        && (is_given("image_url") || is_given("image_asset_id"))
        && !is_given("avatar_id")
        && !is_given("image")
}

/// Reads the body of `POST /v2/videos`: like that of v3 without `type`, with the picture in fields of its own.
///
/// # Errors
/// As [`read_create_video`].
pub fn read_flat_video(body: &Value) -> Result<VideoRequest, Refusal> {
    read_video(body, Source::Flat)
}

fn read_video(body: &Value, source: Source) -> Result<VideoRequest, Refusal> {
    let mut faults = Faults::default();
    let order = faults.take(Order::read(body));
    let request = faults.take(read_scene(body, source));
    let (Some(order), Some(request)) = (order, request) else { return Err(faults.refusal()) };
    Ok(order.of(request))
}

fn read_scene(body: &Value, source: Source) -> Result<VideoRequest, Refusal> {
    read_part::<WireVideo>("", body)?.check(source, &read_part("", body)?)
}

/// The refusal of an avatar id that names no look of the caller's, in the words that clients know.
pub fn look_unknown(param: &str) -> Refusal {
    Refusal::invalid(
        param,
        format!(
            "Avatar not found or you don't have access. '{param}' takes the id of a look; GET /v3/avatars/looks lists them."
        ),
    )
}

/// Where a body tells who is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Avatar,
    Image,
    Flat,
}

/// The wire form of the types `image` and `avatar`, and of the flat form.
#[derive(Debug, Deserialize)]
struct WireVideo {
    image: Option<WireAssetInput>,
    avatar_id: Option<String>,
    image_url: Option<String>,
    image_asset_id: Option<String>,
    engine: Option<Value>,
    aspect_ratio: Option<WireAspectRatio>,
    resolution: Option<WireResolution>,
    fit: Option<WireFit>,
    background: Option<WireBackground>,
    expressiveness: Option<WireExpressiveness>,
    output_format: Option<WireFormat>,
    caption: Option<WireCaption>,
    remove_background: Option<bool>,
    motion_prompt: Option<String>,
    brand_glossary_id: Option<String>,
    brand_voice_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireFormat {
    Mp4,
    Webm,
    /// Beyond the contract.
    Mov,
}

impl From<WireFormat> for OutputFormat {
    fn from(wire: WireFormat) -> Self {
        match wire {
            WireFormat::Mp4 => Self::Mp4,
            WireFormat::Webm => Self::Webm,
            WireFormat::Mov => Self::Mov,
        }
    }
}

/// Refuses what a film with a transparent background cannot have.
fn check_clear(has_background: bool) -> Result<(), Refusal> {
    if has_background {
        return Err(Refusal::invalid(
            "background",
            "A 'background' cannot be given with 'output_format': 'webm' or 'mov', whose background is transparent.",
        ));
    }
    Ok(())
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum WireBackground {
    Color { value: Option<String> },
    Image { url: Option<String>, asset_id: Option<String> },
}

impl WireBackground {
    fn check(&self) -> Result<WantedBackground, Refusal> {
        match self {
            Self::Color { value: Some(value) } => {
                Ok(WantedBackground::Colour(parse_colour("background.value", value)?))
            }
            Self::Color { value: None } => {
                Err(Refusal::invalid("background.value", "'background.value' is required for a color."))
            }
            Self::Image { url, asset_id } => {
                let input = either_input(
                    ("background.url", url.as_ref()),
                    ("background.asset_id", asset_id.as_ref()),
                )?;
                Ok(WantedBackground::Image(input, Fill::Cover))
            }
        }
    }
}

impl WireVideo {
    fn check(self, source: Source, sound: &WireSound) -> Result<VideoRequest, Refusal> {
        let mut faults = Faults::default();
        let captions = faults.take(self.caption.as_ref().map_or(Ok(None), WireCaption::check));
        let format = self.output_format.map_or(OutputFormat::Mp4, Into::into);
        if format.is_clear() {
            faults.take(check_clear(self.background.is_some()));
        }
        let background = self.background.as_ref().map_or(Ok(WantedBackground::Own), WireBackground::check);
        let background = faults.take(background);
        let brand_glossary_id =
            faults.take(glossary_id(self.brand_glossary_id.as_ref(), self.brand_voice_id.as_ref()));
        let voiced = match source {
            Source::Avatar => Voiced::ByAvatar,
            Source::Flat if self.avatar_id.is_some() => Voiced::ByAvatar,
            Source::Image | Source::Flat => Voiced::ByName,
        };
        let sound = faults.take(sound.check("", voiced));
        let picture = faults.take(self.picture(source));
        let motion_prompt = faults.take(motion_prompt("motion_prompt", self.motion_prompt));
        let (Some(captions), Some(background), Some(brand_glossary_id), Some(sound), Some(picture)) =
            (captions, background, brand_glossary_id, sound, picture)
        else {
            return Err(faults.refusal());
        };
        faults.end()?;
        let character = CharacterRequest {
            fit: self.fit.map(Into::into),
            remove_background: self.remove_background.unwrap_or(false) || format.is_clear(),
            expressiveness: self.expressiveness.map(Into::into),
            motion_prompt: motion_prompt.flatten(),
            ..CharacterRequest::new(picture)
        };
        let scene = SceneRequest { background, ..SceneRequest::of(character, sound) };
        let canvas = canvas(self.aspect_ratio, self.resolution);
        Ok(VideoRequest { format, captions, brand_glossary_id, ..VideoRequest::new(canvas, vec![scene]) })
    }

    fn picture(&self, source: Source) -> Result<WantedPicture, Refusal> {
        match source {
            Source::Avatar => {
                check_engine("engine", self.engine.as_ref())?;
                let id = self.avatar_id.as_ref().ok_or_else(|| {
                    Refusal::invalid(
                        "avatar_id",
                        "'avatar_id' is required; GET /v3/avatars/looks lists them.",
                    )
                })?;
                Ok(look(id))
            }
            Source::Image => {
                let image = self.image.clone().ok_or_else(|| {
                    Refusal::invalid(
                        "image",
                        "'image' is required: {\"type\": \"asset_id\", \"asset_id\": ...}.",
                    )
                })?;
                Ok(WantedPicture::Image(image.check("image")?))
            }
            Source::Flat => match (&self.avatar_id, &self.image_url, &self.image_asset_id) {
                (Some(id), None, None) => {
                    check_engine("engine", self.engine.as_ref())?;
                    Ok(look(id))
                }
                (None, Some(url), None) => Ok(WantedPicture::Image(AssetInput::Url(url.clone()))),
                (None, None, Some(id)) => {
                    let id = asset_id_of("image_asset_id", id)?;
                    Ok(WantedPicture::Image(AssetInput::AssetId(id)))
                }
                _ => Err(Refusal::invalid(
                    "avatar_id",
                    "Exactly one visual source required: avatar_id, image_url, or image_asset_id.",
                )),
            },
        }
    }
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "called with literals")]
mod tests {
    use serde_json::json;

    use rostrum_model::video::{AspectRatio, CanvasShape, Resolution, WantedSound};

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

    fn character(request: &VideoRequest) -> &CharacterRequest {
        request.scenes[0].character.as_ref().unwrap()
    }

    fn refusal(extra: Value) -> Refusal {
        read_create_video(&body(&extra)).unwrap_err()
    }

    #[test]
    fn the_smallest_body_gets_the_defaults_of_the_contract() {
        let created = read_create_video(&body(&json!({}))).unwrap();
        assert_eq!(created.canvas, CanvasShape::Shape(AspectRatio::Wide, Resolution::P1080));
        assert_eq!(character(&created).fit, None);
        assert_eq!((&created.title, &created.scenes[0].background), (&None, &WantedBackground::Own));
    }

    #[test]
    fn null_fields_count_as_absent_and_unknown_fields_are_tolerated() {
        let mut sent = body(&json!({"surprise": 1}));
        for field in ["title", "audio_url", "background", "caption", "voice_settings", "fit", "resolution"] {
            sent[field] = Value::Null;
        }
        assert!(read_create_video(&sent).is_ok());
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
        assert!(read_create_video(&body(&json!({"script": "ß".repeat(5000)}))).is_ok());
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
            read_create_video(&sent)
        };
        let engine = |engine: Value| json!({"engine": engine});
        for extra in [
            json!({}),
            json!({"voice_id": ""}),
            engine(json!("avatar_iv")),
            engine(json!({"type": "avatar_iii"})),
        ] {
            let request = avatar(extra).unwrap();
            assert_eq!(character(&request).picture, WantedPicture::Look(look.parse().unwrap()));
            assert!(matches!(request.scenes[0].sound, WantedSound::Script { voice_id: None, .. }));
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
        let cast = character(&cast);
        assert_eq!(cast.picture, WantedPicture::Cast("josh".to_owned()));
        assert_eq!(cast.motion_prompt, None);
        assert_eq!(refusal(json!({"image": null})).param.as_deref(), Some("image"));
    }

    #[test]
    fn the_background_stays_unless_it_is_to_be_removed() {
        let removes = |extra: Value| character(&read_create_video(&body(&extra)).unwrap()).remove_background;
        assert!(!removes(json!({})) && removes(json!({"remove_background": true})));
        let wrong = refusal(json!({"remove_background": "yes"}));
        assert_eq!(
            (wrong.code, wrong.param.as_deref()),
            (ErrorCode::InvalidParameter, Some("remove_background"))
        );
    }

    #[test]
    fn what_is_not_built_is_refused_by_name() {
        let refusal = refusal(json!({"voice_settings": {"locale": "en-GB"}}));
        let param = Some("voice_settings.locale");
        assert_eq!((refusal.code, refusal.param.as_deref()), (ErrorCode::NotImplemented, param));
    }

    #[test]
    fn a_film_without_a_background_is_a_webm_of_the_person_alone() {
        let request = read_create_video(&body(&json!({"output_format": "webm"}))).unwrap();
        assert_eq!((request.format, character(&request).remove_background), (OutputFormat::Webm, true));
        let coloured = json!({"output_format": "webm", "background": {"type": "color", "value": "#000000"}});
        assert_eq!(refusal(coloured).param.as_deref(), Some("background"));
        let captioned = json!({"output_format": "mov", "caption": {"style": "default"}});
        let request = read_create_video(&body(&captioned)).unwrap();
        assert!(request.format == OutputFormat::Mov && request.captions.is_some());
    }

    #[test]
    fn captions_are_burned_in_where_a_style_is_named() {
        let captions =
            |caption: Value| read_create_video(&body(&json!({"caption": caption}))).unwrap().captions;
        assert_eq!(captions(json!({"file_format": "srt"})), None);
        assert_eq!(captions(json!({"style": "default"})).unwrap().preset.as_deref(), Some("default"));
        let wrong = refusal(json!({"caption": {"file_format": "ass"}}));
        assert_eq!(wrong.param.as_deref(), Some("caption.file_format"));
    }

    #[test]
    fn a_background_image_is_named_in_exactly_one_way() {
        let wanted = |background: Value| {
            read_create_video(&body(&json!({"background": background})))
                .map(|request| request.scenes[0].background.clone())
        };
        let url = wanted(json!({"type": "image", "url": "https://x/y.png"})).unwrap();
        assert_eq!(url, WantedBackground::Image(AssetInput::Url("https://x/y.png".into()), Fill::Cover));
        let id = wanted(json!({"type": "image", "asset_id": ASSET})).unwrap();
        assert_eq!(id, WantedBackground::Image(AssetInput::AssetId(ASSET.parse().unwrap()), Fill::Cover));
        for none_or_both in [json!({}), json!({"url": "https://x/y.png", "asset_id": ASSET})] {
            let mut background = none_or_both;
            background["type"] = json!("image");
            assert_eq!(wanted(background).unwrap_err().param.as_deref(), Some("background.url"));
        }
    }

    #[test]
    fn the_flat_form_names_exactly_one_visual_source() {
        let flat = |extra: Value| {
            let mut sent = body(&json!({"type": null, "image": null}));
            sent.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            sent
        };
        let picture = |extra| character(&read_create_video(&flat(extra)).unwrap()).picture.clone();
        assert_eq!(picture(json!({"avatar_id": "josh"})), WantedPicture::Cast("josh".into()));
        let url = WantedPicture::Image(AssetInput::Url("https://x/y.png".into()));
        assert_eq!(picture(json!({"image_url": "https://x/y.png"})), url);
        let id = WantedPicture::Image(AssetInput::AssetId(ASSET.parse().unwrap()));
        assert_eq!(picture(json!({"image_asset_id": ASSET})), id);
        for kind in ["avatar", "image"] {
            assert_eq!(picture(json!({"type": kind, "image_asset_id": ASSET})), id);
        }
        let both = json!({"type": "avatar", "avatar_id": "josh", "image_asset_id": ASSET});
        assert_eq!(picture(both), WantedPicture::Cast("josh".into()));
        for wrong in [json!({}), json!({"avatar_id": "josh", "image_asset_id": ASSET})] {
            let refusal = read_flat_video(&flat(wrong)).unwrap_err();
            assert!(refusal.message.starts_with("Exactly one visual source required"), "{refusal}");
        }
    }
}
