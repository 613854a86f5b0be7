//! How the bodies of requests for videos name what can be wrong with a scene.

use rostrum_model::video::{InputForm, SceneField};
use serde_json::Value;

use super::create::names_flat_picture;
use super::fields::path;
use crate::v1::video_generate::clip_param;
use crate::v2::video_generate::scene_place;

/// A kind of body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyForm {
    /// `POST /v3/videos` of `type: avatar` or `image`.
    Single,
    /// `POST /v2/videos`, and bodies of v3 that name their picture like it.
    Flat,
    /// `POST /v3/videos` of `type: studio`; for each scene, whether somebody is seen in it.
    Studio(Vec<bool>),
    /// `POST /v3/videos` of `type: cinematic_avatar`, where looks and references stand for scenes.
    Cinematic,
    /// `POST /v2/video/generate`.
    Generate,
    /// `POST /v2/video/av4/generate`.
    Av4,
    /// `POST /v1/video.webm`.
    Webm,
    /// `POST /v1/video.generate`.
    Clips,
}

impl BodyForm {
    /// The form of a body of `POST /v3/videos`.
    pub fn of_v3(body: &Value) -> Self {
        match body.get("type").and_then(Value::as_str) {
            Some("studio") => {
                let scenes = body.get("scenes").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                let has_character =
                    |scene: &Value| scene.get("type").is_some_and(|kind| kind == "avatar_video");
                Self::Studio(scenes.iter().map(has_character).collect())
            }
            Some("cinematic_avatar") => Self::Cinematic,
            Some(_) if !names_flat_picture(body) => Self::Single,
            _ => Self::Flat,
        }
    }

    /// The path of the watermark's picture.
    pub fn watermark_param(&self, form: InputForm) -> String {
        path("watermark.image", arm(form))
    }

    /// The path of the music.
    pub fn music_param(&self, form: InputForm) -> String {
        path("background_music.audio", arm(form))
    }

    /// The path of a field of scene `scene`, counted from 0.
    pub fn param(&self, scene: usize, field: SceneField) -> String {
        match self {
            Self::Single => single("", field),
            Self::Flat => match field {
                SceneField::Image(InputForm::Url) => "image_url".to_owned(),
                SceneField::Image(_) => "image_asset_id".to_owned(),
                field => single("", field),
            },
            Self::Studio(has_character) => {
                let place = format!("scenes[{scene}]");
                match field {
                    _ if has_character.get(scene) == Some(&true) => single(&path(&place, "input"), field),
                    SceneField::BackgroundImage(form) | SceneField::BackgroundVideo(form) => {
                        path(&path(&place, "source"), arm(form))
                    }
                    field => single(&place, field),
                }
            }
            Self::Cinematic => match field {
                SceneField::Reference(form) => path(&format!("references[{scene}]"), arm(form)),
                SceneField::References => "references".to_owned(),
                _ => format!("avatar_id[{scene}]"),
            },
            Self::Generate => path(&scene_place(scene), generate(field)),
            Self::Clips => clip_param(&Self::Generate.param(scene, field)),
            Self::Webm => match field {
                SceneField::Avatar => "avatar_pose_id".to_owned(),
                SceneField::Script => "input_text".to_owned(),
                SceneField::Audio(_) => "input_audio".to_owned(),
                field => single("", field),
            },
            Self::Av4 => match field {
                SceneField::Image(_) => "image_key".to_owned(),
                SceneField::MotionPrompt => "custom_motion_prompt".to_owned(),
                field => single("", field),
            },
        }
    }
}

/// A field of the object at `place`, as v3 calls it.
fn single(place: &str, field: SceneField) -> String {
    match field {
        SceneField::Avatar => path(place, "avatar_id"),
        SceneField::Image(form) => path(&path(place, "image"), arm(form)),
        SceneField::Voice => path(place, "voice_id"),
        SceneField::Script => path(place, "script"),
        SceneField::Speed => path(place, "voice_settings.speed"),
        SceneField::MotionPrompt => path(place, "motion_prompt"),
        SceneField::Audio(InputForm::Url) => path(place, "audio_url"),
        SceneField::Audio(_) => path(place, "audio_asset_id"),
        SceneField::BackgroundImage(form) | SceneField::BackgroundVideo(form) => {
            path(&path(place, "background"), arm(form))
        }
        SceneField::Reference(form) => path(&path(place, "references"), arm(form)),
        SceneField::References => path(place, "references"),
    }
}

fn arm(form: InputForm) -> &'static str {
    match form {
        InputForm::AssetId => "asset_id",
        InputForm::Url => "url",
        InputForm::Inline => "data",
    }
}

fn generate(field: SceneField) -> &'static str {
    match field {
        SceneField::Avatar => "character.avatar_id",
        SceneField::Image(_) => "character.talking_photo_id",
        SceneField::Voice => "voice.voice_id",
        SceneField::Script => "voice.input_text",
        SceneField::Speed => "voice.speed",
        // These bodies ask for no more than an expression.
        SceneField::MotionPrompt => "character.expression",
        SceneField::Audio(InputForm::Url) => "voice.audio_url",
        SceneField::Audio(_) => "voice.audio_asset_id",
        SceneField::BackgroundImage(InputForm::Url) | SceneField::BackgroundVideo(InputForm::Url) => {
            "background.url"
        }
        SceneField::BackgroundImage(_) => "background.image_asset_id",
        SceneField::BackgroundVideo(_) => "background.video_asset_id",
        SceneField::Reference(_) | SceneField::References => "references",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_names_a_field_as_its_callers_wrote_it() {
        let (url, id) = (InputForm::Url, InputForm::AssetId);
        let studio = BodyForm::Studio(vec![true, false]);
        for (form, scene, field, param) in [
            (BodyForm::Single, 0, SceneField::Image(id), "image.asset_id"),
            (BodyForm::Single, 0, SceneField::Audio(url), "audio_url"),
            (BodyForm::Flat, 0, SceneField::Image(url), "image_url"),
            (BodyForm::Av4, 0, SceneField::Image(id), "image_key"),
            (studio.clone(), 0, SceneField::Script, "scenes[0].input.script"),
            (studio.clone(), 1, SceneField::Script, "scenes[1].script"),
            (studio, 1, SceneField::BackgroundVideo(id), "scenes[1].source.asset_id"),
            (BodyForm::Cinematic, 1, SceneField::Avatar, "avatar_id[1]"),
            (BodyForm::Cinematic, 1, SceneField::Reference(url), "references[1].url"),
            (BodyForm::Generate, 2, SceneField::Avatar, "video_inputs[2].character.avatar_id"),
            (BodyForm::Clips, 1, SceneField::Avatar, "clips[1].avatar_id"),
            (BodyForm::Clips, 1, SceneField::Audio(url), "clips[1].input_audio"),
            (
                BodyForm::Generate,
                2,
                SceneField::BackgroundImage(id),
                "video_inputs[2].background.image_asset_id",
            ),
        ] {
            assert_eq!(form.param(scene, field), param);
        }
    }
}
