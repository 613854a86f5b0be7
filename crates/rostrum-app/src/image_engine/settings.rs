//! What the operator says of the image engine.

use std::num::NonZeroU32;

use rostrum_model::photo_generation::Orientation;
use serde::{Deserialize, Serialize};

use crate::engine_calls::{Secret, is_engine_url};

/// What pictures are asked for in when the settings name nothing: what most models take.
const SIZES: [&str; 3] = ["1024x1024", "1536x1024", "1024x1536"];

/// The image engine.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageEngineSettings {
    /// What its paths follow: `https://api.openai.com/v1`, or one's own.
    pub url: String,
    /// Its key; some of one's own need none.
    #[serde(default)]
    pub key: Option<Secret>,
    /// The model to ask for; the engine's own default when not set.
    #[serde(default)]
    pub model: Option<String>,
    /// `b64_json` or `url`, for models that want to be told; others refuse to be.
    #[serde(default)]
    pub response_format: Option<String>,
    /// Sizes of square, horizontal and vertical pictures, such as `1024x1024`.
    #[serde(default)]
    pub sizes: Option<[String; 3]>,
    /// How long one picture may take, in seconds; 180 when not set.
    #[serde(default)]
    pub timeout_s: Option<NonZeroU32>,
}

/// Settings of an image engine that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageSettingsFault {
    /// No URL of HTTP, or one with more than scheme, host, port and path.
    #[error(
        "'url' of 'image_engine' must be http:// or https:// with a host and a path, and no user, query or fragment"
    )]
    Url,
    /// A key that cannot stand in a header.
    #[error("'key' of 'image_engine' has characters that no header can have")]
    Key,
    /// An unknown form of answers.
    #[error("'response_format' of 'image_engine' is '{0}'; it must be b64_json or url, or left out")]
    ResponseFormat(String),
    /// No size.
    #[error("'sizes' of 'image_engine' has '{0}'; sizes are such as 1024x1024")]
    Size(String),
}

impl ImageEngineSettings {
    pub(super) fn check(&self) -> Result<(), ImageSettingsFault> {
        if !is_engine_url(&self.url) {
            return Err(ImageSettingsFault::Url);
        }
        if self.key.as_ref().is_some_and(|key| !key.fits_header()) {
            return Err(ImageSettingsFault::Key);
        }
        if let Some(other) =
            self.response_format.as_deref().filter(|word| !["b64_json", "url"].contains(word))
        {
            return Err(ImageSettingsFault::ResponseFormat(other.to_owned()));
        }
        let is_side = |side: &str| side.parse::<u32>().is_ok_and(|side| (64..=8192).contains(&side));
        let is_size = |size: &String| {
            size.split_once('x').is_some_and(|(width, height)| is_side(width) && is_side(height))
        };
        match self.sizes.iter().flatten().find(|size| !is_size(size)) {
            Some(size) => Err(ImageSettingsFault::Size(size.clone())),
            None => Ok(()),
        }
    }

    /// The size that pictures of a shape are asked for in.
    pub(super) fn size(&self, orientation: Orientation) -> &str {
        let place = match orientation {
            Orientation::Square => 0,
            Orientation::Horizontal => 1,
            Orientation::Vertical => 2,
        };
        self.sizes.as_ref().map_or(SIZES[place], |sizes| &sizes[place])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> ImageEngineSettings {
        ImageEngineSettings {
            url: "http://127.0.0.1:7860/v1".to_owned(),
            key: None,
            model: None,
            response_format: None,
            sizes: None,
            timeout_s: None,
        }
    }

    #[test]
    fn settings_that_cannot_work_are_refused_by_name() {
        assert_eq!(settings().check(), Ok(()));
        let url = ImageEngineSettings { url: "ftp://x/".to_owned(), ..settings() };
        assert_eq!(url.check(), Err(ImageSettingsFault::Url));
        let key = ImageEngineSettings { key: Some(Secret::new("two\nlines")), ..settings() };
        assert_eq!(key.check(), Err(ImageSettingsFault::Key));
        let format = ImageEngineSettings { response_format: Some("png".to_owned()), ..settings() };
        assert_eq!(format.check(), Err(ImageSettingsFault::ResponseFormat("png".to_owned())));
        for size in ["1024", "1024x", "axb", "1024x999999"] {
            let sizes = Some(["1024x1024", size, "512x768"].map(str::to_owned));
            let fault = ImageEngineSettings { sizes, ..settings() }.check();
            assert_eq!(fault, Err(ImageSettingsFault::Size(size.to_owned())));
        }
    }

    #[test]
    fn sizes_go_by_shape() {
        assert_eq!(settings().size(Orientation::Vertical), "1024x1536");
        let sizes = Some(["512x512", "768x512", "512x768"].map(str::to_owned));
        let own = ImageEngineSettings { sizes, ..settings() };
        assert_eq!(own.size(Orientation::Horizontal), "768x512");
    }
}
