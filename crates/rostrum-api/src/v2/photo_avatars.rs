//! `/v2/photo_avatar`.

use chrono::{DateTime, Utc};
use rostrum_model::avatar::{AvatarGroup, Look, MAX_MOTION_CHARS};
use rostrum_model::ids::{AssetId, AvatarGroupId, LookId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{ErrorCode, Refusal};
use crate::v3::avatars::checked_name;

/// The most photos that one request adds to a group.
pub const MAX_ADDED_PHOTOS: usize = 4;

/// A look made of a photo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhotoAvatar {
    /// Its id: the `talking_photo_id` of videos.
    pub id: String,
    /// Whose look it is; the same id where the person was made with this look.
    pub group_id: String,
    /// For people.
    pub name: String,
    /// The photo.
    pub image_url: String,
    /// Unix seconds, with parts of them.
    pub created_at: f64,
    /// `completed`: a photo is checked before the answer.
    pub status: String,
    /// Whether it was set in motion.
    pub is_motion: bool,
    /// A film in which it moves so; made when somebody first looks at it.
    pub motion_preview_url: Option<String>,
    /// `uploaded`.
    pub business_type: String,
    /// Whether its photo can be made larger.
    pub upscale_availability: UpscaleAvailability,
    /// Whether it was.
    pub upscaled: bool,
    /// None.
    pub background_sound_effect: Option<String>,
}

/// Whether a photo can be made larger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpscaleAvailability {
    /// Whether that would help.
    pub available: bool,
    /// Why not.
    pub reason: Option<String>,
}

impl PhotoAvatar {
    /// The answer for a look; `enlarged_side` is the shorter side of pictures made larger, in pixels.
    pub fn new(
        look: &Look,
        image_url: String,
        enlarged: bool,
        motion_preview_url: Option<String>,
        enlarged_side: usize,
    ) -> Self {
        let shortest = look.size.width.min(look.size.height);
        let reason = if look.appearance.is_some() {
            Some("Drawn people are as sharp as the video they are in.".to_owned())
        } else if shortest >= enlarged_side {
            Some(format!("The shorter side has {shortest} pixels; at least {enlarged_side} are enough."))
        } else {
            None
        };
        Self {
            id: look.id.to_string(),
            group_id: look.group_id.to_string(),
            name: look.name.clone(),
            image_url,
            created_at: seconds(look.created_at),
            status: "completed".to_owned(),
            is_motion: motion_preview_url.is_some(),
            motion_preview_url,
            business_type: "uploaded".to_owned(),
            upscale_availability: UpscaleAvailability { available: reason.is_none(), reason },
            upscaled: enlarged,
            background_sound_effect: None,
        }
    }
}

/// The answer of `POST /v2/photo_avatar/avatar_group/add`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AddedPhotoAvatars {
    /// The new looks, in the order of their photos.
    pub photo_avatar_list: Vec<PhotoAvatar>,
}

/// The answer of `GET /v2/photo_avatar/train/status/{group_id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainStatus {
    /// `ready`: photo avatars speak without being trained.
    pub status: String,
    /// None.
    pub error_msg: Option<String>,
    /// When the group was made, in Unix seconds.
    pub created_at: f64,
    /// When it became ready: then too.
    pub updated_at: Option<f64>,
}

impl TrainStatus {
    /// The answer for a group.
    pub fn new(group: &AvatarGroup) -> Self {
        let made = seconds(group.created_at);
        Self { status: READY.to_owned(), error_msg: None, created_at: made, updated_at: Some(made) }
    }
}

/// How a group's training stands: photos need none.
pub(crate) const READY: &str = "ready";

pub(crate) fn seconds(instant: DateTime<Utc>) -> f64 {
    instant.timestamp_micros() as f64 / 1e6
}

/// The body of `POST /v2/photo_avatar/avatar_group/create`, checked. A `generation_id` tells nothing that is needed: the
/// photo is known by its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatePhotoAvatarGroup {
    /// Name of the person and of the look.
    pub name: String,
    /// The photo.
    pub photo: AssetId,
}

impl CreatePhotoAvatarGroup {
    /// Reads a body.
    ///
    /// # Errors
    /// Names the first field at fault.
    pub fn from_json(body: &Value) -> Result<Self, Refusal> {
        let photo = photo_of("image_key", body.get("image_key"))?;
        Ok(Self { name: name_of(body)?, photo })
    }
}

/// The body of `POST /v2/photo_avatar/avatar_group/add`, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddPhotoAvatars {
    /// Whose looks they become.
    pub group_id: AvatarGroupId,
    /// Name of each of the looks.
    pub name: String,
    /// The photos, 1 to [`MAX_ADDED_PHOTOS`].
    pub photos: Vec<AssetId>,
}

impl AddPhotoAvatars {
    /// Reads a body.
    ///
    /// # Errors
    /// Names the first field at fault.
    pub fn from_json(body: &Value) -> Result<Self, Refusal> {
        let group_id = group_id_of(body)?;
        let keys = body.get("image_keys").and_then(Value::as_array).ok_or_else(|| {
            Refusal::invalid(
                "image_keys",
                format!("'image_keys' is required: a list of 1-{MAX_ADDED_PHOTOS} keys."),
            )
        })?;
        if !(1..=MAX_ADDED_PHOTOS).contains(&keys.len()) {
            let message = format!(
                "'image_keys' must have 1-{MAX_ADDED_PHOTOS} keys, got {}; send more in further requests.",
                keys.len()
            );
            return Err(Refusal::invalid("image_keys", message));
        }
        let photo = |(index, key)| photo_of(&key_param(index), Some(key));
        let photos = keys.iter().enumerate().map(photo).collect::<Result<_, _>>()?;
        Ok(Self { group_id, name: name_of(body)?, photos })
    }
}

/// How the key at a place of `image_keys` is named in errors.
pub fn key_param(index: usize) -> String {
    format!("image_keys[{index}]")
}

/// Reads the `group_id` in a body.
///
/// # Errors
/// When there is none, or no group can have it.
pub fn group_id_of(body: &Value) -> Result<AvatarGroupId, Refusal> {
    let text = body.get("group_id").and_then(Value::as_str).filter(|text| !text.is_empty());
    let required = || Refusal::invalid("group_id", "'group_id' is required: the id of an avatar group.");
    group_id(text.ok_or_else(required)?)
}

/// Reads the id of a group.
///
/// # Errors
/// When no group can have it.
pub fn group_id(text: &str) -> Result<AvatarGroupId, Refusal> {
    text.parse().map_err(|_| group_not_found(text))
}

/// Reads the id of a photo avatar.
///
/// # Errors
/// When none can have it.
pub fn photo_avatar_id(text: &str) -> Result<LookId, Refusal> {
    text.parse().map_err(|_| photo_avatar_not_found(text))
}

/// The refusal of a group that is not there.
pub fn group_not_found(id: &str) -> Refusal {
    Refusal {
        code: ErrorCode::AvatarGroupNotFound,
        message: format!(
            "'group_id': there is no avatar group '{}'; GET /v2/avatar_group.list lists yours.",
            shortened(id)
        ),
        param: Some("group_id".to_owned()),
        more: Vec::new(),
    }
}

/// The refusal of a photo avatar that is not there.
pub fn photo_avatar_not_found(id: &str) -> Refusal {
    Refusal {
        code: ErrorCode::AvatarNotFound,
        message: format!(
            "There is no photo avatar '{}'; GET /v2/avatar_group/{{group_id}}/avatars lists those of a group.",
            shortened(id)
        ),
        param: Some("id".to_owned()),
        more: Vec::new(),
    }
}

/// The refusal to add sounds to photo avatars, with the way out.
pub fn sound_effects_not_built() -> Refusal {
    Refusal {
        code: ErrorCode::NotImplemented,
        message: "Adding sound effects to photo avatars is not built yet; mix the sound into the audio of the video, or \
                  put it into a background video with a 'volume'."
            .to_owned(),
        param: None,
        more: Vec::new(),
    }
}

/// The answer of `POST /v2/photo_avatar/add_motion` and `/upscale`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreatedPhotoAvatar {
    /// The photo avatar, which keeps its id.
    pub id: String,
}

/// Reads the `id` of a photo avatar in a body.
///
/// # Errors
/// When there is none, or no photo avatar can have it.
pub fn treated_id(body: &Value) -> Result<LookId, Refusal> {
    let text = body.get("id").and_then(Value::as_str).filter(|text| !text.is_empty());
    let required = || Refusal::invalid("id", "'id' is required: the id of a photo avatar.");
    photo_avatar_id(text.ok_or_else(required)?)
}

/// The body of `POST /v2/photo_avatar/add_motion`, checked. A `motion_type` names engines that are not here, and says
/// nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddMotion {
    /// The photo avatar.
    pub id: LookId,
    /// How it is to move, 1 to [`MAX_MOTION_CHARS`] characters; in the usual lively way when absent.
    pub prompt: Option<String>,
}

impl AddMotion {
    /// Reads a body.
    ///
    /// # Errors
    /// Names the first field at fault.
    pub fn from_json(body: &Value) -> Result<Self, Refusal> {
        let id = treated_id(body)?;
        let prompt = match body.get("prompt") {
            None | Some(Value::Null) => None,
            Some(Value::String(prompt)) => Some(prompt.trim()).filter(|prompt| !prompt.is_empty()),
            Some(other) => {
                let got = shortened(&other.to_string());
                return Err(Refusal::invalid("prompt", format!("'prompt' must be a text, got {got}.")));
            }
        };
        let chars = prompt.map_or(0, |prompt| prompt.chars().count());
        if chars > MAX_MOTION_CHARS {
            return Err(Refusal::invalid(
                "prompt",
                format!("'prompt' may have {MAX_MOTION_CHARS} characters at most, got {chars}."),
            ));
        }
        Ok(Self { id, prompt: prompt.map(str::to_owned) })
    }
}

fn name_of(body: &Value) -> Result<String, Refusal> {
    checked_name(body.get("name").and_then(Value::as_str).unwrap_or_default())
}

/// The asset behind the key of a photo, `image/{asset_id}/original.{extension}`, or behind its bare id.
pub(crate) fn photo_of(param: &str, given: Option<&Value>) -> Result<AssetId, Refusal> {
    let text = given.and_then(Value::as_str).unwrap_or_default();
    let id = match text.strip_prefix("image/").and_then(|rest| rest.split_once('/')) {
        Some((id, file)) if file.starts_with("original.") && !file.contains('/') => id,
        Some(_) => "",
        None => text,
    };
    id.parse().map_err(|_| {
        let got = match given {
            None | Some(Value::Null) => "nothing".to_owned(),
            Some(given) => shortened(&given.to_string()),
        };
        Refusal::invalid(
            param,
            format!(
                "'{param}' must be the 'image_key' of an image that POST /v1/asset answered, \
                 image/ASSET_ID/original.EXTENSION, or its id; got {got}."
            ),
        )
    })
}

/// So much of a text as tells which one it was.
fn shortened(text: &str) -> String {
    text.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "asset_018bcfe5680070008000000000000000";
    const GROUP: &str = "018bcfe5680070008000000000000001";

    #[test]
    fn a_photo_is_named_by_its_key_or_its_id() {
        for key in [format!("image/{ID}/original.jpg"), ID.to_owned()] {
            let body = json!({"image_key": key, "name": " Ada ", "generation_id": "anything"});
            let read = CreatePhotoAvatarGroup::from_json(&body).unwrap();
            assert_eq!((read.photo.to_string().as_str(), read.name.as_str()), (ID, "Ada"));
        }
    }

    #[test]
    fn other_keys_are_refused_with_the_form_that_is_wanted() {
        for key in [
            json!(""),
            json!(null),
            json!(7),
            json!("image//original.jpg"),
            json!(format!("image/{ID}")),
            json!(format!("image/{ID}/large.jpg")),
            json!(format!("image/{ID}/a/original.jpg")),
            json!(format!("video/{ID}/original.mp4")),
            json!("image/741299e941764988b432ed3a6757878f/original.jpg"),
            json!("photo_generation/97408a269378487e8794e14c801cf37e/a.jpg"),
        ] {
            let refusal = CreatePhotoAvatarGroup::from_json(&json!({"image_key": key, "name": "Ada"}));
            let refusal = refusal.unwrap_err();
            assert_eq!(refusal.param.as_deref(), Some("image_key"), "{key}");
            assert!(refusal.message.contains("image/ASSET_ID/original.EXTENSION"), "{refusal}");
        }
    }

    #[test]
    fn a_way_to_move_is_a_text_and_may_be_left_out() {
        let read = |prompt: Value| AddMotion::from_json(&json!({"id": GROUP, "prompt": prompt}));
        assert_eq!(read(Value::Null).unwrap().prompt, None);
        assert_eq!(read(json!(" waving ")).unwrap().prompt.as_deref(), Some("waving"));
        assert_eq!(AddMotion::from_json(&json!({"prompt": "x"})).unwrap_err().param.as_deref(), Some("id"));
        for wrong in [json!(7), json!("x".repeat(1001))] {
            assert_eq!(read(wrong).unwrap_err().param.as_deref(), Some("prompt"));
        }
    }

    #[test]
    fn each_fault_is_named_by_its_field() {
        let body = |keys: Value| json!({"group_id": GROUP, "image_keys": keys, "name": "Ada"});
        for (body, param) in [
            (json!({"image_keys": [ID], "name": "Ada"}), "group_id"),
            (json!({"group_id": "somebody", "image_keys": [ID], "name": "Ada"}), "group_id"),
            (json!({"group_id": GROUP, "name": "Ada"}), "image_keys"),
            (body(json!(ID)), "image_keys"),
            (body(json!([])), "image_keys"),
            (body(json!([ID, ID, ID, ID, ID])), "image_keys"),
            (body(json!([ID, "me.jpg"])), "image_keys[1]"),
            (json!({"group_id": GROUP, "image_keys": [ID]}), "name"),
            (json!({"group_id": GROUP, "image_keys": [ID], "name": ""}), "name"),
        ] {
            let refusal = AddPhotoAvatars::from_json(&body).unwrap_err();
            assert_eq!(refusal.param.as_deref(), Some(param), "{body}");
            assert!(refusal.message.contains(&format!("'{param}'")), "{refusal}");
        }
        assert_eq!(AddPhotoAvatars::from_json(&body(json!([ID, ID, ID, ID]))).unwrap().photos.len(), 4);
    }
}
