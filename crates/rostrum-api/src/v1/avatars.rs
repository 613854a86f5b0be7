//! `/v1/avatar.list` and `/v1/talking_photo`.

use rostrum_model::avatar::Look;
use serde::{Deserialize, Serialize};

use crate::v2::avatars::V2Avatar;

/// The answer of `GET /v1/avatar.list`: all avatars that are no photos.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct V1Avatars {
    /// As `GET /v2/avatars` has them.
    pub avatars: Vec<V2Avatar>,
}

/// A photo that was uploaded to speak.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TalkingPhoto {
    /// Id to use as `talking_photo_id`: that of a look.
    pub talking_photo_id: String,
    /// Where the picture is served.
    pub talking_photo_url: String,
}

/// One of them in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedTalkingPhoto {
    /// Id to use as `talking_photo_id`.
    pub id: String,
    /// The photo.
    pub image_url: String,
    /// A round cut-out of it; empty, as none is made.
    pub circle_image: String,
}

impl ListedTalkingPhoto {
    /// The answer for a look.
    pub fn new(look: &Look, image_url: String) -> Self {
        Self { id: look.id.to_string(), image_url, circle_image: String::new() }
    }
}
