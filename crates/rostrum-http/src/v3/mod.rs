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
use std::fmt::Display;
use std::str::FromStr;

use rostrum_api::error::Refusal;
use rostrum_api::v1::folders::folder_id;
use rostrum_api::v3::page::{Page, place, token};
use rostrum_app::pages::{Cursor, cursor_from_text, cursor_text};
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

/// Reads where the page that is asked for begins; at the first one when `token` is missing or empty, as clients send it
/// that pass on whatever the last page told them.
pub(crate) fn page_start<T>(
    query: &HashMap<String, String>,
    read: impl FnOnce(&str) -> Result<T, Refusal>,
) -> Result<Option<T>, Refusal> {
    query.get("token").filter(|token| !token.is_empty()).map(|token| read(token)).transpose()
}

/// A page of a list that goes from new to old; `next` is where the next one starts.
pub(crate) fn page_before<T, I: Display>(data: Vec<T>, next: Option<Cursor<I>>) -> Page<T> {
    let next_token = next.map(|next| token(&cursor_text(&next)));
    Page { data, has_more: next_token.is_some(), next_token }
}

/// Reads a page token of a list that goes from new to old.
pub(crate) fn cursor<I: FromStr>(token: &str) -> Result<Cursor<I>, Refusal> {
    cursor_from_text(&place(token)?)
        .ok_or_else(|| Refusal::invalid("token", "'token' is not a page token of this list."))
}

/// Reads a page token of a list whose places are numbered, from 0.
pub(crate) fn position(token: &str) -> Result<usize, Refusal> {
    place(token)?.parse().map_err(|_| Refusal::invalid("token", "'token' is not a page token of this list."))
}
