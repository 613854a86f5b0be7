//! Assets as requests name them: `{"type": "asset_id" | "url" | "base64", ...}`.

use base64::Engine;
use rostrum_model::asset::AssetInput;
use rostrum_model::ids::AssetId;
use serde::Deserialize;

use super::ANY_PADDING;
use crate::error::Refusal;

/// The wire form; each arm has its own fields and takes no others.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum WireAssetInput {
    Url {
        url: String,
    },
    AssetId {
        asset_id: String,
    },
    Base64 {
        /// A claim: the type is told from the bytes.
        #[serde(rename = "media_type", alias = "content_type")]
        _media_type: String,
        data: String,
    },
}

impl WireAssetInput {
    /// The checked input of the field `param`.
    pub(crate) fn check(self, param: &str) -> Result<AssetInput, Refusal> {
        match self {
            Self::Url { url } => Ok(AssetInput::Url(url)),
            Self::AssetId { asset_id } => {
                asset_id_of(&format!("{param}.asset_id"), &asset_id).map(AssetInput::AssetId)
            }
            Self::Base64 { data, .. } => {
                let path = format!("{param}.data");
                // Some clients send it as a data URL.
                let digits = data.split_once(";base64,").map_or(data.as_str(), |(_, digits)| digits);
                match ANY_PADDING.decode(digits) {
                    Ok(bytes) => Ok(AssetInput::Inline(bytes)),
                    Err(error) => Err(Refusal::invalid(&path, format!("'{path}' is not Base64: {error}."))),
                }
            }
        }
    }
}

/// An asset id from a request; an id that cannot be one is told apart from one that is unknown.
pub(crate) fn asset_id_of(param: &str, text: &str) -> Result<AssetId, Refusal> {
    text.parse().map_err(|_| {
        Refusal::invalid(param, format!("'{param}' must be an id returned by POST /v3/assets, got '{text}'."))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(value: Value) -> Result<AssetInput, String> {
        let wire: WireAssetInput = serde_json::from_value(value).map_err(|error| error.to_string())?;
        wire.check("file").map_err(|refusal| refusal.param.unwrap())
    }

    #[test]
    fn each_arm_is_read() {
        let id = "asset_018bcfe5680070008000000000000000";
        assert_eq!(
            read(json!({"type": "asset_id", "asset_id": id})),
            Ok(AssetInput::AssetId(id.parse().unwrap()))
        );
        assert_eq!(
            read(json!({"type": "url", "url": "https://x/y.png"})),
            Ok(AssetInput::Url("https://x/y.png".into()))
        );
        for data in ["AQID", "data:image/png;base64,AQID"] {
            let inline = json!({"type": "base64", "media_type": "image/png", "data": data});
            assert_eq!(read(inline), Ok(AssetInput::Inline(vec![1, 2, 3])));
        }
        let other_name = json!({"type": "base64", "content_type": "image/png", "data": "AQ"});
        assert_eq!(read(other_name), Ok(AssetInput::Inline(vec![1])));
    }

    #[test]
    fn other_arms_and_extra_fields_are_refused() {
        assert!(read(json!({"type": "ftp", "url": "x"})).unwrap_err().contains("asset_id"));
        assert!(read(json!({"type": "url", "url": "x", "asset_id": "y"})).unwrap_err().contains("asset_id"));
        assert!(read(json!({"url": "x"})).unwrap_err().contains("type"));
        assert_eq!(read(json!({"type": "asset_id", "asset_id": "y"})), Err("file.asset_id".into()));
        assert_eq!(
            read(json!({"type": "base64", "media_type": "image/png", "data": "?"})),
            Err("file.data".into())
        );
    }
}
