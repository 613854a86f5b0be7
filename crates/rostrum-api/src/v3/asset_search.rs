//! `/v3/assets/search`

use std::collections::HashMap;
use std::hash::BuildHasher;

use rostrum_model::picture::Size;
use serde::{Deserialize, Serialize};

use crate::error::Refusal;

/// The checked parameters, but for the page's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchParameters {
    /// What is searched for.
    pub query: String,
    /// Whether icons are wanted; pictures otherwise.
    pub icons: bool,
    /// Whether the caller's own assets are searched; everybody's otherwise.
    pub personal: bool,
}

impl SearchParameters {
    /// Reads the parameters of a query.
    ///
    /// # Errors
    /// Names the first one at fault.
    pub fn from_query<S: BuildHasher>(
        query: &HashMap<String, String, S>,
        max_query_chars: usize,
    ) -> Result<Self, Refusal> {
        let get = |name: &str| query.get(name).map(String::as_str);
        let text = get("query").unwrap_or_default().trim();
        let chars = text.chars().count();
        if !(1..=max_query_chars).contains(&chars) {
            let message = format!("'query' is required: 1 to {max_query_chars} characters, got {chars}.");
            return Err(Refusal::invalid("query", message));
        }
        let icons = match get("type") {
            Some("icon") => true,
            Some("image") => false,
            _ => return Err(Refusal::invalid("type", "'type' is required: 'image' or 'icon'.")),
        };
        let personal = match get("scope") {
            None | Some("public") => false,
            Some("personal") => true,
            Some(_) => return Err(Refusal::invalid("scope", "'scope' must be 'public' or 'personal'.")),
        };
        Ok(Self { query: text.to_owned(), icons, personal })
    }
}

/// Something that fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundAsset {
    /// `image` or `icon`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Id to use wherever an asset is taken.
    pub id: String,
    /// Where the bytes are served.
    pub url: String,
    /// In pixels, when known.
    pub width: Option<usize>,
    /// As `width`.
    pub height: Option<usize>,
    /// `landscape`, `portrait` or `square`, when known.
    pub orientation: Option<String>,
    /// Whether what lies behind shows through, when known.
    pub is_transparent: Option<bool>,
}

impl FoundAsset {
    /// The answer for something served at `url`.
    pub fn new(
        icon: bool,
        id: String,
        url: String,
        size: Option<Size>,
        is_transparent: Option<bool>,
    ) -> Self {
        let orientation = size.map(|size| match size.width.cmp(&size.height) {
            std::cmp::Ordering::Greater => "landscape",
            std::cmp::Ordering::Less => "portrait",
            std::cmp::Ordering::Equal => "square",
        });
        Self {
            kind: if icon { "icon" } else { "image" }.to_owned(),
            id,
            url,
            width: size.map(|size| size.width),
            height: size.map(|size| size.height),
            orientation: orientation.map(str::to_owned),
            is_transparent,
        }
    }
}
