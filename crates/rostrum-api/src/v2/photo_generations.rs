//! `/v2/photo_avatar/photo/generate`, `/look/generate` and `/generation/{id}`.

use rostrum_model::asset::Asset;
use rostrum_model::ids::{AvatarGroupId, PhotoGenerationId};
use rostrum_model::photo_generation::{
    AgeRange, Ethnicity, Gender, GenerationState, MAX_DESCRIPTION_CHARS, Orientation, PhotoBrief,
    PhotoGeneration, PhotoPose, PhotoStyle, Sitter,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::photo_avatars::group_id_of;
use crate::error::{ErrorCode, Refusal};
use crate::v3::avatars::checked_name;

const AGES: [(&str, AgeRange); 5] = [
    ("Young Adult", AgeRange::YoungAdult),
    ("Early Middle Age", AgeRange::EarlyMiddleAge),
    ("Late Middle Age", AgeRange::LateMiddleAge),
    ("Senior", AgeRange::Senior),
    ("Unspecified", AgeRange::Unspecified),
];
const GENDERS: [(&str, Gender); 3] =
    [("Woman", Gender::Woman), ("Man", Gender::Man), ("Unspecified", Gender::Unspecified)];
const ETHNICITIES: [(&str, Ethnicity); 10] = [
    ("White", Ethnicity::White),
    ("Black", Ethnicity::Black),
    ("Asian American", Ethnicity::AsianAmerican),
    ("East Asian", Ethnicity::EastAsian),
    ("South East Asian", Ethnicity::SouthEastAsian),
    ("South Asian", Ethnicity::SouthAsian),
    ("Middle Eastern", Ethnicity::MiddleEastern),
    ("Pacific", Ethnicity::Pacific),
    ("Hispanic", Ethnicity::Hispanic),
    ("Unspecified", Ethnicity::Unspecified),
];
const ORIENTATIONS: [(&str, Orientation); 3] = [
    ("square", Orientation::Square),
    ("horizontal", Orientation::Horizontal),
    ("vertical", Orientation::Vertical),
];
const POSES: [(&str, PhotoPose); 3] = [
    ("half_body", PhotoPose::HalfBody),
    ("close_up", PhotoPose::CloseUp),
    ("full_body", PhotoPose::FullBody),
];
const STYLES: [(&str, PhotoStyle); 7] = [
    ("Realistic", PhotoStyle::Realistic),
    ("Pixar", PhotoStyle::Pixar),
    ("Cinematic", PhotoStyle::Cinematic),
    ("Vintage", PhotoStyle::Vintage),
    ("Noir", PhotoStyle::Noir),
    ("Cyberpunk", PhotoStyle::Cyberpunk),
    ("Unspecified", PhotoStyle::Unspecified),
];

/// The answer of `POST /v2/photo_avatar/photo/generate` and `/look/generate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartedGeneration {
    /// For `GET /v2/photo_avatar/generation/{id}`.
    pub generation_id: String,
}

/// The answer of `GET /v2/photo_avatar/generation/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generation {
    /// Its id.
    pub id: String,
    /// `pending`, `processing`, `success` or `failed`.
    pub status: String,
    /// Why it failed, or what was not done as asked.
    pub msg: Option<String>,
    /// Where the pictures are; null before they all are there.
    pub image_url_list: Option<Vec<String>>,
    /// What `avatar_group/create` and `/add` take, in the same order.
    pub image_key_list: Option<Vec<String>>,
}

impl Generation {
    /// The answer for a generation with its pictures and their URLs.
    pub fn new(generation: &PhotoGeneration, pictures: &[Asset], urls: Vec<String>) -> Self {
        let (status, msg, is_done) = match &generation.state {
            GenerationState::Pending => ("pending", None, false),
            GenerationState::Processing => ("processing", None, false),
            GenerationState::Success { notice } => ("success", notice.clone(), true),
            GenerationState::Failed { message } => ("failed", Some(message.clone()), false),
        };
        Self {
            id: generation.id.to_string(),
            status: status.to_owned(),
            msg,
            image_url_list: is_done.then_some(urls),
            image_key_list: is_done.then(|| pictures.iter().map(image_key).collect()),
        }
    }
}

/// What operations take as the key of a picture.
pub(crate) fn image_key(asset: &Asset) -> String {
    format!("image/{}/original.{}", asset.id, asset.media_type.extension())
}

/// Reads the body of `POST /v2/photo_avatar/photo/generate`; all of its fields are required.
///
/// # Errors
/// Names the first field at fault, what it may be and what came.
pub fn read_photo_brief(body: &Value) -> Result<PhotoBrief, Refusal> {
    let name = checked_name(body.get("name").and_then(Value::as_str).unwrap_or_default())?;
    let sitter = Sitter::Stranger {
        name,
        age: choice(body, "age", &AGES)?,
        gender: choice(body, "gender", &GENDERS)?,
        ethnicity: choice(body, "ethnicity", &ETHNICITIES)?,
        appearance: words(body, "appearance")?,
    };
    let (orientation, pose, style) = framing(body)?;
    Ok(PhotoBrief { sitter, orientation, pose, style })
}

/// The body of `POST /v2/photo_avatar/look/generate`, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerateLook {
    /// Whose looks.
    pub group_id: AvatarGroupId,
    /// 1 to [`MAX_DESCRIPTION_CHARS`] characters.
    pub prompt: String,
    /// Shape of the pictures.
    pub orientation: Orientation,
    /// How much of the person is seen.
    pub pose: PhotoPose,
    /// What the pictures look like.
    pub style: PhotoStyle,
}

impl GenerateLook {
    /// Reads a body; all of its fields are required.
    ///
    /// # Errors
    /// Names the first field at fault, what it may be and what came.
    pub fn from_json(body: &Value) -> Result<Self, Refusal> {
        let group_id = group_id_of(body)?;
        let prompt = words(body, "prompt")?;
        let (orientation, pose, style) = framing(body)?;
        Ok(Self { group_id, prompt, orientation, pose, style })
    }
}

/// Reads the id of a generation.
///
/// # Errors
/// When none can have it.
pub fn generation_id(text: &str) -> Result<PhotoGenerationId, Refusal> {
    text.parse().map_err(|_| generation_not_found(text))
}

/// The refusal of a generation that is not there.
pub fn generation_not_found(id: &str) -> Refusal {
    let id: String = id.chars().take(100).collect();
    Refusal {
        code: ErrorCode::NotFound,
        message: format!(
            "There is no generation '{id}'; POST /v2/photo_avatar/photo/generate and /look/generate answer a \
             'generation_id'."
        ),
        param: Some("id".to_owned()),
        more: Vec::new(),
    }
}

fn framing(body: &Value) -> Result<(Orientation, PhotoPose, PhotoStyle), Refusal> {
    Ok((
        choice(body, "orientation", &ORIENTATIONS)?,
        choice(body, "pose", &POSES)?,
        choice(body, "style", &STYLES)?,
    ))
}

/// One of a few words, of any case: clients differ in it.
fn choice<T: Copy>(body: &Value, field: &str, choices: &[(&str, T)]) -> Result<T, Refusal> {
    let given = body.get(field);
    let text = given.and_then(Value::as_str).unwrap_or_default();
    let found = choices.iter().find(|(word, _)| word.eq_ignore_ascii_case(text.trim()));
    found.map(|(_, choice)| *choice).ok_or_else(|| {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        Refusal::invalid(
            field,
            format!("'{field}' is required and must be one of {}; got {}.", words.join(", "), came(given)),
        )
    })
}

/// A description in words.
fn words(body: &Value, field: &str) -> Result<String, Refusal> {
    let given = body.get(field);
    let text = given.and_then(Value::as_str).unwrap_or_default().trim();
    let chars = text.chars().count();
    if (1..=MAX_DESCRIPTION_CHARS).contains(&chars) {
        return Ok(text.to_owned());
    }
    let came = if chars == 0 { came(given) } else { format!("{chars} characters") };
    Err(Refusal::invalid(
        field,
        format!(
            "'{field}' is required and must be a text of 1-{MAX_DESCRIPTION_CHARS} characters; got {came}."
        ),
    ))
}

fn came(given: Option<&Value>) -> String {
    match given {
        None | Some(Value::Null) => "nothing".to_owned(),
        Some(given) => given.to_string().chars().take(100).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn photo() -> Value {
        json!({"name": "Ada", "age": "Senior", "gender": "Woman", "ethnicity": "South Asian", "orientation": "square",
            "pose": "close_up", "style": "Noir", "appearance": "in a green sari"})
    }

    #[test]
    fn a_full_body_is_read() {
        let brief = read_photo_brief(&photo()).unwrap();
        let sitter = Sitter::Stranger {
            name: "Ada".to_owned(),
            age: AgeRange::Senior,
            gender: Gender::Woman,
            ethnicity: Ethnicity::SouthAsian,
            appearance: "in a green sari".to_owned(),
        };
        let (pose, style) = (PhotoPose::CloseUp, PhotoStyle::Noir);
        assert_eq!(brief, PhotoBrief { sitter, orientation: Orientation::Square, pose, style });
    }

    #[test]
    fn each_of_the_eight_fields_is_required_and_named_with_what_came() {
        for field in ["name", "age", "gender", "ethnicity", "orientation", "pose", "style", "appearance"] {
            for wrong in [None, Some(json!("no such thing \u{7f}")), Some(json!(7))] {
                if wrong.as_ref().is_some_and(Value::is_string) && ["name", "appearance"].contains(&field) {
                    continue;
                }
                let mut body = photo();
                match &wrong {
                    None => drop(body.as_object_mut().unwrap().remove(field)),
                    Some(value) => body[field] = value.clone(),
                }
                let refusal = read_photo_brief(&body).unwrap_err();
                assert_eq!(refusal.param.as_deref(), Some(field), "{body}");
                if field != "name" {
                    assert!(refusal.message.contains("got"), "{refusal}");
                }
            }
        }
        let refusal = read_photo_brief(&json!({"name": "Ada", "age": "Child"})).unwrap_err();
        for word in ["Young Adult, Early Middle Age, Late Middle Age, Senior, Unspecified", "\"Child\""] {
            assert!(refusal.message.contains(word), "{refusal}");
        }
    }

    #[test]
    fn descriptions_end_at_a_thousand_characters() {
        let mut body = photo();
        body["appearance"] = json!("é".repeat(1000));
        read_photo_brief(&body).unwrap();
        body["appearance"] = json!("é".repeat(1001));
        assert!(read_photo_brief(&body).unwrap_err().message.contains("1001 characters"));
    }

    #[test]
    fn every_choice_of_the_model_has_a_word() {
        assert_eq!(AGES.map(|(_, age)| age).as_slice(), AgeRange::ALL);
        assert_eq!(GENDERS.map(|(_, gender)| gender).as_slice(), Gender::ALL);
        assert_eq!(ETHNICITIES.map(|(_, ethnicity)| ethnicity).as_slice(), Ethnicity::ALL);
        assert_eq!(ORIENTATIONS.map(|(_, orientation)| orientation).as_slice(), Orientation::ALL);
        assert_eq!(POSES.map(|(_, pose)| pose).as_slice(), PhotoPose::ALL);
        assert_eq!(STYLES.map(|(_, style)| style).as_slice(), PhotoStyle::ALL);
    }

    #[test]
    fn looks_need_a_group_and_words() {
        let body = json!({"group_id": "018bcfe5680070008000000000000001", "prompt": "at the beach",
            "orientation": "Vertical", "pose": "half_body", "style": "Unspecified"});
        let read = GenerateLook::from_json(&body).unwrap();
        assert_eq!((read.prompt.as_str(), read.orientation), ("at the beach", Orientation::Vertical));
        for field in ["group_id", "prompt", "orientation", "pose", "style"] {
            let mut body = body.clone();
            body.as_object_mut().unwrap().remove(field);
            assert_eq!(GenerateLook::from_json(&body).unwrap_err().param.as_deref(), Some(field));
        }
    }
}
