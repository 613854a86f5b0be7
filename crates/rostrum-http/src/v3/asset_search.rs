//! `/v3/assets/search`

use axum::Json;
use axum::extract::{Query as QueryOf, State};
use rostrum_api::v3::asset_search::{FoundAsset, SearchParameters};
use rostrum_api::v3::page::{Page, limit};
use rostrum_app::search::{AssetSearch, FoundPlace, ItemKind, MAX_QUERY_CHARS, Scope, Score};

use super::Query;
use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, Origin, Pages};

/// Find pictures or icons by name, by tags and by meaning, the best first: those for everybody, or the workspace's own.
pub(crate) async fn search(
    State(state): State<HttpState>,
    caller: Caller,
    pages: Pages,
    origin: Origin,
    QueryOf(query): Query,
) -> Result<Json<Page<FoundAsset>>, ApiError> {
    let wanted = SearchParameters::from_query(&query, MAX_QUERY_CHARS)?;
    let icon = wanted.icons;
    let search = AssetSearch {
        text: wanted.query,
        kind: if icon { ItemKind::Icon } else { ItemKind::Image },
        scope: if wanted.personal { Scope::Personal } else { Scope::Public },
        limit: limit(query.get("limit").map(String::as_str), 20, 50)?,
        after: pages.start(found_place)?,
    };
    let page = state.app.search_assets(caller.workspace_id, &search).await?;
    let found = page.items.iter().map(|found| {
        let url = origin.file_url(found.id, found.media_type);
        FoundAsset::new(icon, found.id.to_string(), url, found.size, found.is_transparent)
    });
    Ok(Json(Page {
        data: found.collect(),
        has_more: page.next.is_some(),
        next_token: page.next.map(|next| pages.token(format_args!("{}/{}", next.score.0, next.id))),
    }))
}

fn found_place(text: &str) -> Option<FoundPlace> {
    let (score, id) = text.split_once('/')?;
    Some(FoundPlace { score: Score(score.parse().ok()?), id: id.parse().ok()? })
}
