//! `/v3/avatars`.

use rostrum_model::asset::AssetInput;
use rostrum_model::avatar::{AvatarGroup as Group, Look, MAX_AVATAR_NAME_CHARS};
use rostrum_model::consent::ConsentStatus;
use rostrum_model::ids::AvatarGroupId;
use rostrum_model::photo_generation::Orientation;
use rostrum_model::picture::Size;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{ErrorCode, Refusal};
use crate::v3::asset_input::WireAssetInput;
use crate::v3::consents::status_word;
use crate::v3::read_body;
use crate::v3::twins::{CreateDigitalTwin, DIGITAL_TWIN};
use crate::v3::videos::PHOTO_ENGINES;

/// A person: row of `GET /v3/avatars`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AvatarGroup {
    /// Its id; videos take ids of looks.
    pub id: String,
    /// For people.
    pub name: String,
    /// Unix seconds.
    pub created_at: i64,
    /// How many looks it has.
    pub looks_count: u64,
    /// The photo of its first look, or a still of its footage.
    pub preview_image_url: Option<String>,
    /// The footage of its first look; of photos none.
    pub preview_video_url: Option<String>,
    /// Not told.
    pub gender: Option<String>,
    /// The voice of videos that name none.
    pub default_voice_id: Option<String>,
    /// `pending` or `approved`; null when nobody asked. Photo avatars need none.
    pub consent_status: Option<String>,
    /// That of its first look.
    pub status: Option<String>,
    /// Why it failed: `code` and `message`.
    pub error: Option<Value>,
}

impl AvatarGroup {
    /// The answer for a group.
    pub fn new(
        group: &Group,
        looks_count: u64,
        consent: Option<ConsentStatus>,
        preview_image_url: String,
    ) -> Self {
        Self {
            id: group.id.to_string(),
            name: group.name.clone(),
            created_at: group.created_at.timestamp(),
            looks_count,
            preview_image_url: Some(preview_image_url),
            preview_video_url: None,
            gender: None,
            default_voice_id: group.default_voice_id.clone(),
            consent_status: consent.map(|status| status_word(status).to_owned()),
            status: Some("completed".to_owned()),
            error: None,
        }
    }
}

/// A drawn person whom everybody may use, as lists tell of one.
#[derive(Debug, Clone, Copy)]
pub struct Presenter<'a> {
    /// Id of the person.
    pub group_id: &'a str,
    /// `female` or `male`.
    pub gender: &'a str,
    /// The voice of videos that name none.
    pub voice_id: &'a str,
    /// Words to find them by.
    pub tags: &'a [String],
}

/// When the cast was made: 2026-11-22, in Unix seconds.
pub(crate) const CAST_SINCE: i64 = 1_795_305_600;

/// A look: row of `GET /v3/avatars/looks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AvatarItem {
    /// Its id: the `avatar_id` of videos.
    pub id: String,
    /// For people.
    pub name: String,
    /// `photo_avatar`, `digital_twin` or `studio_avatar`.
    pub avatar_type: String,
    /// Whose look it is.
    pub group_id: Option<String>,
    /// The photo, or a still of the footage.
    pub preview_image_url: Option<String>,
    /// The footage; none is made of photos.
    pub preview_video_url: Option<String>,
    /// In pixels, upright.
    pub image_width: Option<usize>,
    /// In pixels, upright.
    pub image_height: Option<usize>,
    /// By the photo's shape.
    pub preferred_orientation: Option<String>,
    /// Not told.
    pub gender: Option<String>,
    /// The voice of videos that name none.
    pub default_voice_id: Option<String>,
    /// The engines that videos may ask for.
    pub supported_api_engines: Vec<String>,
    /// None.
    pub tags: Vec<String>,
    /// `completed` of photos, which are checked before the answer; of footage `processing`, `pending_consent`, `completed` or
    /// `failed`.
    pub status: Option<String>,
    /// Why it failed: `code` and `message`.
    pub error: Option<Value>,
    /// What will be seen of the photo's faults in videos (beyond the contract); told once, when the look is made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl AvatarItem {
    /// The answer for a look.
    pub fn new(look: &Look, default_voice_id: Option<String>, preview_image_url: String) -> Self {
        let orientation = match look.size.width.cmp(&look.size.height) {
            std::cmp::Ordering::Less => "portrait",
            std::cmp::Ordering::Equal => "square",
            std::cmp::Ordering::Greater => "landscape",
        };
        Self {
            id: look.id.to_string(),
            name: look.name.clone(),
            avatar_type: PHOTO_AVATAR.to_owned(),
            group_id: Some(look.group_id.to_string()),
            preview_image_url: Some(preview_image_url),
            preview_video_url: None,
            image_width: Some(look.size.width),
            image_height: Some(look.size.height),
            preferred_orientation: Some(orientation.to_owned()),
            gender: None,
            default_voice_id,
            supported_api_engines: PHOTO_ENGINES.map(str::to_owned).to_vec(),
            tags: Vec::new(),
            status: Some("completed".to_owned()),
            error: None,
            warnings: Vec::new(),
        }
    }
}

impl AvatarGroup {
    /// The answer for a presenter.
    pub fn presenter(presenter: Presenter<'_>, name: &str, looks_count: u64, previews: [String; 2]) -> Self {
        let [image_url, video_url] = previews;
        Self {
            id: presenter.group_id.to_owned(),
            name: name.to_owned(),
            created_at: CAST_SINCE,
            looks_count,
            preview_image_url: Some(image_url),
            preview_video_url: Some(video_url),
            gender: Some(presenter.gender.to_owned()),
            default_voice_id: Some(presenter.voice_id.to_owned()),
            consent_status: None,
            status: None,
            error: None,
        }
    }
}

impl AvatarItem {
    /// The answer for a look of a presenter; `size` is that of its preview.
    pub fn presenter(
        presenter: Presenter<'_>,
        id: &str,
        name: &str,
        size: Size,
        previews: [String; 2],
    ) -> Self {
        let [image_url, video_url] = previews;
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            avatar_type: STUDIO_AVATAR.to_owned(),
            group_id: Some(presenter.group_id.to_owned()),
            preview_image_url: Some(image_url),
            preview_video_url: Some(video_url),
            image_width: Some(size.width),
            image_height: Some(size.height),
            preferred_orientation: Some("landscape".to_owned()),
            gender: Some(presenter.gender.to_owned()),
            default_voice_id: Some(presenter.voice_id.to_owned()),
            supported_api_engines: PHOTO_ENGINES.map(str::to_owned).to_vec(),
            tags: presenter.tags.to_vec(),
            status: None,
            error: None,
            warnings: Vec::new(),
        }
    }
}

/// Avatars of photos.
pub const PHOTO_AVATAR: &str = "photo_avatar";
/// The presenters of the cast.
pub const STUDIO_AVATAR: &str = "studio_avatar";
/// What some clients call digital twins.
const VIDEO_AVATAR: &str = "video_avatar";

/// The answer of `POST /v3/avatars`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedAvatar {
    /// The look.
    pub avatar_item: AvatarItem,
    /// Its group.
    pub avatar_group: AvatarGroup,
}

/// The answer of the two `DELETE`s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedAvatar {
    /// The id of what was deleted.
    pub id: String,
}

/// The body of `POST /v3/avatars` of type `photo`, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatePhotoAvatar {
    /// 1 to [`MAX_AVATAR_NAME_CHARS`] characters.
    pub name: String,
    /// The photo.
    pub file: AssetInput,
    /// The group that gets another look.
    pub group_id: Option<AvatarGroupId>,
}

#[derive(Debug, Deserialize)]
struct WirePhotoAvatar {
    name: Option<String>,
    file: Option<WireAssetInput>,
    avatar_group_id: Option<String>,
}

/// The longest description of a person, in characters.
pub const MAX_AVATAR_PROMPT_CHARS: usize = 1000;

/// The most pictures of a person that go with a description.
pub const MAX_REFERENCE_IMAGES: usize = 3;

/// The body of `POST /v3/avatars` of type `prompt`, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatePromptAvatar {
    /// 1 to [`MAX_AVATAR_NAME_CHARS`] characters.
    pub name: String,
    /// 1 to [`MAX_AVATAR_PROMPT_CHARS`] characters.
    pub prompt: String,
    /// The look of a person who is described anew.
    pub avatar_id: Option<String>,
    /// Pictures of the person, at most [`MAX_REFERENCE_IMAGES`].
    pub references: Vec<AssetInput>,
    /// Shape of the picture, where an image engine makes it.
    pub orientation: Orientation,
    /// The group that gets another look.
    pub group_id: Option<AvatarGroupId>,
}

/// The body of `POST /v3/avatars`, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreateAvatar {
    /// Of a photo.
    Photo(CreatePhotoAvatar),
    /// Of a description.
    Prompt(CreatePromptAvatar),
    /// Of footage.
    DigitalTwin(CreateDigitalTwin),
}

#[derive(Debug, Deserialize)]
struct WirePromptAvatar {
    name: Option<String>,
    prompt: Option<String>,
    avatar_id: Option<String>,
    avatar_group_id: Option<String>,
    reference_images: Option<Vec<WireAssetInput>>,
    aspect_ratio: Option<String>,
}

impl CreateAvatar {
    /// Reads a body.
    ///
    /// # Errors
    /// Names the first field at fault.
    pub fn from_json(body: Value) -> Result<Self, Refusal> {
        match body.get("type").and_then(Value::as_str) {
            Some("photo") => CreatePhotoAvatar::from_json(body).map(Self::Photo),
            Some("prompt") => CreatePromptAvatar::from_json(body).map(Self::Prompt),
            Some(DIGITAL_TWIN) => CreateDigitalTwin::from_json(body).map(Self::DigitalTwin),
            other => {
                let got = other.map_or_else(|| "nothing".to_owned(), |other| format!("'{other}'"));
                Err(Refusal::invalid(
                    "type",
                    format!("'type' must be one of photo, digital_twin, prompt; got {got}."),
                ))
            }
        }
    }
}

impl CreatePromptAvatar {
    fn from_json(body: Value) -> Result<Self, Refusal> {
        let wire: WirePromptAvatar = read_body(body)?;
        let prompt = wire.prompt.unwrap_or_default();
        let chars = prompt.trim().chars().count();
        if !(1..=MAX_AVATAR_PROMPT_CHARS).contains(&chars) {
            return Err(Refusal::invalid(
                "prompt",
                format!(
                    "'prompt' is required and must be 1-{MAX_AVATAR_PROMPT_CHARS} characters, got {chars}."
                ),
            ));
        }
        Ok(Self {
            name: checked_name(wire.name.as_deref().unwrap_or_default())?,
            prompt,
            avatar_id: wire.avatar_id.filter(|id| !id.is_empty()),
            references: references(wire.reference_images.unwrap_or_default())?,
            orientation: orientation(wire.aspect_ratio.as_deref())?,
            group_id: known_group(wire.avatar_group_id)?,
        })
    }
}

/// Pictures of the person.
fn references(given: Vec<WireAssetInput>) -> Result<Vec<AssetInput>, Refusal> {
    if given.len() > MAX_REFERENCE_IMAGES {
        let message =
            format!("'reference_images' may be {MAX_REFERENCE_IMAGES} at most, got {}.", given.len());
        return Err(Refusal::invalid("reference_images", message));
    }
    let checked =
        |(index, input): (usize, WireAssetInput)| input.check(&format!("reference_images[{index}]"));
    given.into_iter().enumerate().map(checked).collect()
}

/// The shape of a picture by its sides; `auto` is square.
fn orientation(ratio: Option<&str>) -> Result<Orientation, Refusal> {
    match ratio.unwrap_or("auto") {
        "auto" | "" | "1:1" => Ok(Orientation::Square),
        "16:9" | "5:4" => Ok(Orientation::Horizontal),
        "9:16" | "4:5" => Ok(Orientation::Vertical),
        other => Err(Refusal::invalid(
            "aspect_ratio",
            format!("'aspect_ratio' must be one of auto, 16:9, 9:16, 1:1, 4:5, 5:4; got '{other}'."),
        )),
    }
}

/// The group that a body names.
pub(super) fn known_group(id: Option<String>) -> Result<Option<AvatarGroupId>, Refusal> {
    let id = id.filter(|id| !id.is_empty());
    id.map(|id| id.parse().map_err(|_| group_unknown(&id))).transpose()
}

impl CreatePhotoAvatar {
    fn from_json(body: Value) -> Result<Self, Refusal> {
        let wire: WirePhotoAvatar = read_body(body)?;
        let file = wire.file.ok_or_else(|| {
            Refusal::invalid("file", "'file' is required: {\"type\": \"asset_id\", \"asset_id\": ...}.")
        })?;
        Ok(Self {
            name: checked_name(wire.name.as_deref().unwrap_or_default())?,
            file: file.check("file")?,
            group_id: known_group(wire.avatar_group_id)?,
        })
    }
}

/// The body of `PATCH /v3/avatars/{group_id}`, checked. What is `None` was not given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeGroup {
    /// Another name.
    pub name: Option<String>,
    /// Another default voice; none when it was given as null.
    pub default_voice_id: Option<Option<String>>,
}

impl ChangeGroup {
    /// Reads a body.
    ///
    /// # Errors
    /// Names the first field at fault.
    pub fn from_json(body: &Value) -> Result<Self, Refusal> {
        let default_voice_id = match body.get("default_voice_id") {
            None => None,
            Some(Value::Null) => Some(None),
            Some(Value::String(id)) => Some(Some(id.clone())),
            Some(other) => {
                return Err(Refusal::invalid(
                    "default_voice_id",
                    format!("'default_voice_id' must be the id of a voice or null, got {other}."),
                ));
            }
        };
        Ok(Self { name: new_name(body)?, default_voice_id })
    }
}

/// Reads the name in the body of `PATCH /v3/avatars/looks/{look_id}`, if one is given.
///
/// # Errors
/// When it is no name.
pub fn new_name(body: &Value) -> Result<Option<String>, Refusal> {
    match body.get("name") {
        None | Some(Value::Null) => Ok(None),
        Some(name) => checked_name(name.as_str().unwrap_or_default()).map(Some),
    }
}

/// A name without the space around it.
pub(crate) fn checked_name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    let chars = name.chars().count();
    if !(1..=MAX_AVATAR_NAME_CHARS).contains(&chars) {
        return Err(Refusal::invalid(
            "name",
            format!(
                "'name' is required and must be a text of 1-{MAX_AVATAR_NAME_CHARS} characters, got {chars}."
            ),
        ));
    }
    Ok(name.to_owned())
}

/// The refusal of a group that is not there, where it is the resource asked for.
pub fn group_not_found(id: &str) -> Refusal {
    Refusal {
        code: ErrorCode::AvatarGroupNotFound,
        message: format!("Avatar group '{id}' was not found; GET /v3/avatars lists yours."),
        param: Some("group_id".to_owned()),
        more: Vec::new(),
    }
}

/// The same where a request names it among other things.
pub fn group_unknown(id: &str) -> Refusal {
    Refusal::invalid(
        "avatar_group_id",
        format!("'avatar_group_id' is '{id}', which is none of yours; GET /v3/avatars lists them."),
    )
}

/// The refusal to change or delete an avatar that is everybody's.
pub fn cast_is_shared(param: &str, id: &str) -> Refusal {
    Refusal {
        code: ErrorCode::Forbidden,
        message: format!("'{id}' belongs to the cast that everybody uses, and cannot be changed or deleted."),
        param: Some(param.to_owned()),
        more: Vec::new(),
    }
}

/// The refusal of a look that is not there.
pub fn look_not_found(id: &str) -> Refusal {
    Refusal {
        code: ErrorCode::AvatarNotFound,
        message: format!("Look '{id}' was not found; GET /v3/avatars/looks lists yours."),
        param: Some("look_id".to_owned()),
        more: Vec::new(),
    }
}

/// Which avatars a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// The workspace's own.
    pub own: bool,
    /// The cast.
    pub cast: bool,
    /// Of the workspace's own looks those that are footage, those that are not, or both.
    pub of_footage: Option<bool>,
}

/// Reads which avatars a list shows.
///
/// # Errors
/// When `ownership` or `avatar_type` is none of the contract's words.
pub fn shown(ownership: Option<&str>, avatar_type: Option<&str>) -> Result<Shown, Refusal> {
    let known = |param: &str, word: Option<&str>, words: &[&str]| match word {
        Some(word) if !words.contains(&word) => {
            let words = words.join(", ");
            Err(Refusal::invalid(param, format!("'{param}' must be one of {words}; got '{word}'.")))
        }
        _ => Ok(()),
    };
    known("ownership", ownership, &["public", "private"])?;
    known("avatar_type", avatar_type, &[STUDIO_AVATAR, DIGITAL_TWIN, PHOTO_AVATAR, VIDEO_AVATAR])?;
    let of_footage = match avatar_type {
        Some(DIGITAL_TWIN | VIDEO_AVATAR) => Some(true),
        Some(PHOTO_AVATAR) => Some(false),
        _ => None,
    };
    Ok(Shown {
        own: ownership != Some("public") && avatar_type != Some(STUDIO_AVATAR),
        cast: ownership != Some("private") && avatar_type.is_none_or(|word| word == STUDIO_AVATAR),
        of_footage,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_fault_is_named_by_its_field() {
        let file = json!({"type": "url", "url": "https://x/y.png"});
        for (body, code, param) in [
            (json!({"name": "Ada", "file": file}), ErrorCode::InvalidParameter, "type"),
            (json!({"type": "video", "name": "Ada", "file": file}), ErrorCode::InvalidParameter, "type"),
            (json!({"type": "digital_twin", "name": "Ada"}), ErrorCode::InvalidParameter, "file"),
            (json!({"type": "digital_twin", "file": file}), ErrorCode::InvalidParameter, "name"),
            (json!({"type": "prompt", "name": "Ada"}), ErrorCode::InvalidParameter, "prompt"),
            (
                json!({"type": "prompt", "name": "Ada", "prompt": "x".repeat(1001)}),
                ErrorCode::InvalidParameter,
                "prompt",
            ),
            (
                json!({"type": "prompt", "name": "Ada", "prompt": "a man", "reference_images": vec![file.clone(); 4]}),
                ErrorCode::InvalidParameter,
                "reference_images",
            ),
            (
                json!({"type": "prompt", "name": "Ada", "prompt": "a man", "aspect_ratio": "2:1"}),
                ErrorCode::InvalidParameter,
                "aspect_ratio",
            ),
            (json!({"type": "photo", "file": file}), ErrorCode::InvalidParameter, "name"),
            (json!({"type": "photo", "name": " ", "file": file}), ErrorCode::InvalidParameter, "name"),
            (
                json!({"type": "photo", "name": "x".repeat(256), "file": file}),
                ErrorCode::InvalidParameter,
                "name",
            ),
            (json!({"type": "photo", "name": "Ada"}), ErrorCode::InvalidParameter, "file"),
            (
                json!({"type": "photo", "name": "Ada", "file": file, "avatar_group_id": "x"}),
                ErrorCode::InvalidParameter,
                "avatar_group_id",
            ),
        ] {
            let refusal = CreateAvatar::from_json(body).unwrap_err();
            assert_eq!((refusal.code, refusal.param.as_deref()), (code, Some(param)), "{refusal}");
        }
        let body = json!({"type": "photo", "name": " Ada ", "file": file, "avatar_group_id": null});
        let Ok(CreateAvatar::Photo(read)) = CreateAvatar::from_json(body) else { panic!("not read") };
        assert_eq!(read.name, "Ada");
    }

    #[test]
    fn a_change_tells_what_is_left_from_what_is_taken_away() {
        let read =
            |body: Value| ChangeGroup::from_json(&body).map(|change| (change.name, change.default_voice_id));
        assert_eq!(read(json!({})), Ok((None, None)));
        assert_eq!(read(json!({"default_voice_id": null})), Ok((None, Some(None))));
        let voice = Some(Some("af_heart".to_owned()));
        assert_eq!(read(json!({"default_voice_id": "af_heart", "name": null})), Ok((None, voice)));
        assert!(read(json!({"default_voice_id": 4})).is_err());
        assert!(read(json!({"name": 4})).is_err());
    }

    #[test]
    fn lists_show_whose_and_which_avatars_were_asked_for() {
        let both = |own, cast, of_footage| Ok(Shown { own, cast, of_footage });
        assert_eq!(shown(None, None), both(true, true, None));
        assert_eq!(shown(Some("private"), Some("photo_avatar")), both(true, false, Some(false)));
        assert_eq!(shown(Some("public"), None), both(false, true, None));
        assert_eq!(shown(None, Some("studio_avatar")), both(false, true, None));
        for twin in ["digital_twin", "video_avatar"] {
            assert_eq!(shown(None, Some(twin)), both(true, false, Some(true)));
        }
        assert!(shown(Some("mine"), None).is_err() && shown(None, Some("photo")).is_err());
    }
}
