//! `/v3/assets`.

use axum::Json;
use axum::extract::{Path, Query as QueryOf, Request, State};
use rostrum_api::error::Refusal;
use rostrum_api::v3::Data;
use rostrum_api::v3::assets::{AssetDetail, CreatedAsset, DeletedAsset};
use rostrum_api::v3::page::{Page, limit};
use rostrum_app::pages::cursor_from_text;
use rostrum_model::asset::Asset;

use super::{Query, in_folder};
use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, Origin, Pages, upload_part};
use crate::keyed_requests::OnBehalf;

/// Upload a file of up to 32 MB as the multipart part `file`, into the folder named by the part `folder_id` before it or
/// by the parameter `folder_id` of the query, if any. Its type is told from its bytes. When the answer
/// arrives, the file is on disk.
pub(crate) async fn create(
    OnBehalf(state): OnBehalf,
    caller: Caller,
    origin: Origin,
    request: Request,
) -> Result<Json<Data<CreatedAsset>>, ApiError> {
    let asset = upload_part(&state.app, caller.workspace_id, request, &state).await?;
    let url = origin.asset_url(&asset);
    Ok(Json(Data { data: CreatedAsset::new(&asset, url) }))
}

/// List assets, newest first.
pub(crate) async fn list(
    State(state): State<HttpState>,
    caller: Caller,
    pages: Pages,
    origin: Origin,
    QueryOf(query): Query,
) -> Result<Json<Page<AssetDetail>>, ApiError> {
    let most = limit(query.get("limit").map(String::as_str), 20, 100)?;
    let after = pages.start(cursor_from_text)?;
    let owner = caller.workspace_id.to_string();
    let username = query.get("username").filter(|name| !name.is_empty()).ok_or_else(|| {
        Refusal::invalid("username", "'username' is required: the 'owner' of the assets to list.")
    })?;
    let folder = in_folder(&query)?;
    if *username != owner {
        return Ok(Json(Page { data: Vec::new(), has_more: false, next_token: None }));
    }
    let page = state.app.assets(caller.workspace_id, None, folder, most, after).await?;
    let detail = |asset| detail(asset, owner.clone(), &origin);
    Ok(Json(pages.before(page.assets.iter().map(detail).collect(), page.next)))
}

/// Delete an asset. Videos that were made from it stay.
pub(crate) async fn delete(
    State(state): State<HttpState>,
    caller: Caller,
    Path(asset_id): Path<String>,
) -> Result<Json<Data<DeletedAsset>>, ApiError> {
    let not_found = || ApiError::asset_not_found("asset_id", &asset_id);
    let id = asset_id.parse().map_err(|_| not_found())?;
    if !state.app.delete_asset(caller.workspace_id, id).await? {
        return Err(not_found());
    }
    Ok(Json(Data { data: DeletedAsset { id: asset_id } }))
}

/// Look an asset up.
pub(crate) async fn get(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(asset_id): Path<String>,
) -> Result<Json<Data<AssetDetail>>, ApiError> {
    let not_found = || ApiError::asset_not_found("asset_id", &asset_id);
    let id = asset_id.parse().map_err(|_| not_found())?;
    let asset = state.app.asset(caller.workspace_id, id).await?.ok_or_else(not_found)?;
    let owner = asset.workspace_id.to_string();
    Ok(Json(Data { data: detail(&asset, owner, &origin) }))
}

fn detail(asset: &Asset, owner: String, origin: &Origin) -> AssetDetail {
    AssetDetail::new(asset, owner, origin.asset_url(asset), |file| origin.derived_url(asset.id, file))
}
