//! `/v3/assets`.

use axum::Json;
use axum::extract::{Path, Request, State};
use rostrum_api::v3::Data;
use rostrum_api::v3::assets::{AssetDetail, CreatedAsset};

use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, Origin, upload_part};

/// Upload a file of up to 32 MB as the multipart part `file`. Its type is told from its bytes. When the answer
/// arrives, the file is on disk.
pub(crate) async fn create(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    request: Request,
) -> Result<Json<Data<CreatedAsset>>, ApiError> {
    let asset = upload_part(&state.app, caller.workspace_id, request, &state).await?;
    let url = origin.asset_url(&asset);
    Ok(Json(Data { data: CreatedAsset::new(&asset, url) }))
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
    let url = origin.asset_url(&asset);
    let owner = caller.workspace_id.to_string();
    Ok(Json(Data { data: AssetDetail::new(&asset, owner, url) }))
}
