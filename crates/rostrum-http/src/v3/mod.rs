//! Handlers of `/v3`.

pub(crate) mod asset_search;
pub(crate) mod assets;
pub(crate) mod avatars;
pub(crate) mod brand_glossaries;
pub(crate) mod consents;
mod twins;
pub(crate) mod uploads;
pub(crate) mod users;
pub(crate) mod video_batches;
pub(crate) mod videos;
pub(crate) mod voices;
pub(crate) mod webhooks;

use std::collections::HashMap;

use rostrum_api::error::Refusal;
use rostrum_api::v1::folders::folder_id;
use rostrum_model::folder::InFolder;

/// A query's parameters by name; the last of repeated ones wins.
pub(crate) type Query = axum::extract::Query<HashMap<String, String>>;

/// Reads the `folder_id` of a list of assets: all folders when it is missing, the root when it is empty.
pub(crate) fn in_folder(query: &HashMap<String, String>) -> Result<InFolder, Refusal> {
    let Some(text) = query.get("folder_id") else { return Ok(InFolder::Anywhere) };
    Ok(folder_id("folder_id", text)?.map_or(InFolder::Root, InFolder::Folder))
}

/// The most ids in one question for statuses.
const MAX_ASKED_IDS: usize = 100;

/// Reads the ids in two parameters, each separated by commas; 1 to [`MAX_ASKED_IDS`] together.
pub(crate) fn asked_ids(
    query: &HashMap<String, String>,
    names: [&str; 2],
) -> Result<[Vec<String>; 2], Refusal> {
    let asked = names.map(|name| -> Vec<String> {
        let text = query.get(name).map_or("", String::as_str);
        text.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect()
    });
    let count = asked[0].len() + asked[1].len();
    if (1..=MAX_ASKED_IDS).contains(&count) {
        return Ok(asked);
    }
    let [first, second] = names;
    let message = format!(
        "'{first}' and '{second}' must name 1 to {MAX_ASKED_IDS} ids together, separated by commas; got {count}."
    );
    Err(Refusal::invalid(first, message))
}
