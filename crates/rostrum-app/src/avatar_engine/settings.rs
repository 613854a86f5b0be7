//! What the operator says of the avatar engine.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::engine_calls::{Secret, is_engine_url};

/// An avatar engine over HTTP.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AvatarEngineSettings {
    /// What its paths follow.
    pub url: String,
    /// Its key, sent as `Authorization: Bearer`.
    #[serde(default)]
    pub key: Option<Secret>,
    /// How long the film of one scene may take, in seconds; 600 when not set.
    #[serde(default)]
    pub timeout_s: Option<NonZeroU32>,
}

/// Settings of an avatar engine that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AvatarSettingsFault {
    /// No URL of HTTP, or one with more than scheme, host, port and path.
    #[error(
        "'url' of 'avatar_engine' must be http:// or https:// with a host and a path, and no user, query or fragment"
    )]
    Url,
    /// A key that cannot stand in a header.
    #[error("'key' of 'avatar_engine' has characters that no header can have")]
    Key,
}

impl AvatarEngineSettings {
    pub(super) fn check(&self) -> Result<(), AvatarSettingsFault> {
        if !is_engine_url(&self.url) {
            return Err(AvatarSettingsFault::Url);
        }
        if self.key.as_ref().is_some_and(|key| !key.fits_header()) {
            return Err(AvatarSettingsFault::Key);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_cannot_work_are_refused_by_name() {
        let settings = |url: &str, key: &str| AvatarEngineSettings {
            url: url.to_owned(),
            key: Some(Secret::new(key)),
            timeout_s: None,
        };
        assert_eq!(settings("http://10.0.0.9:9000", "sesame").check(), Ok(()));
        assert_eq!(settings("file:///etc", "sesame").check(), Err(AvatarSettingsFault::Url));
        assert_eq!(settings("http://x?a=b", "sesame").check(), Err(AvatarSettingsFault::Url));
        assert_eq!(settings("http://x", "two words").check(), Err(AvatarSettingsFault::Key));
    }
}
