//! `/v1/asset`.

use axum::Json;
use axum::extract::{FromRequest, Path, Query as QueryOf, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use rostrum_api::error::ErrorCode;
use rostrum_api::v1::assets::{
    UploadUrl, V1Asset, V1AssetPage, V1DeletedAsset, file_type, wanted_folder, wanted_type,
};
use rostrum_api::v1::{NoError, Success};
use rostrum_app::assets::UploadError;
use rostrum_app::pages::cursor_from_text;
use rostrum_model::asset::Asset;
use rostrum_model::ids::WorkspaceId;
use rostrum_model::upload::Announced;

use super::limit;
use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, JsonBody, Origin, Pages, folder_of_query, upload_part};
use crate::keyed_requests::OnBehalf;
use crate::v3::{Query, in_folder};

/// Three generations of clients meet at this path, told apart by the body's type: JSON asks for a URL to send the file
/// to; a multipart body has it as the part `file`; anything else is the file.
pub(crate) async fn create(
    OnBehalf(state): OnBehalf,
    caller: Caller,
    origin: Origin,
    request: Request,
) -> Result<Response, ApiError> {
    if body_type(&request) == "application/json" {
        let JsonBody(body) = JsonBody::from_request(request, &state).await?;
        let media_type = wanted_type(&body)?;
        let folder_id = wanted_folder(&body)?;
        let file = Announced { name: String::new(), media_type, size_bytes: None, checksum: None, folder_id };
        let ticket = state.app.start_upload(caller.workspace_id, &file).await?;
        let url = origin.signed_url(&ticket.path);
        let data = UploadUrl { url, asset_id: ticket.upload.id.to_string() };
        return Ok(Json(NoError::new(data)).into_response());
    }
    let asset = upload(&state, caller.workspace_id, request).await?;
    let url = origin.asset_url(&asset);
    Ok(Json(Success::new(V1Asset::new(&asset, url))).into_response())
}

/// List assets, newest first.
pub(crate) async fn list(
    State(state): State<HttpState>,
    caller: Caller,
    pages: Pages,
    origin: Origin,
    QueryOf(query): Query,
) -> Result<Json<Success<V1AssetPage>>, ApiError> {
    let most = limit(&query)?.max(1);
    let after = pages.start(cursor_from_text)?;
    let kind = file_type(query.get("file_type").map(String::as_str))?;
    let page = state.app.assets(caller.workspace_id, kind, in_folder(&query)?, most, after).await?;
    let assets = page.assets.iter().map(|asset| V1Asset::new(asset, origin.asset_url(asset))).collect();
    let token = page.next.map(|next| pages.token_after(&next)).unwrap_or_default();
    Ok(Json(Success::new(V1AssetPage { assets, token })))
}

/// Delete an asset.
pub(crate) async fn delete(
    State(state): State<HttpState>,
    caller: Caller,
    Path(asset_id): Path<String>,
) -> Result<Json<Success<V1DeletedAsset>>, ApiError> {
    let not_found = || ApiError::asset_not_found("asset_id", &asset_id);
    let id = asset_id.parse().map_err(|_| not_found())?;
    if !state.app.delete_asset(caller.workspace_id, id).await? {
        return Err(not_found());
    }
    Ok(Json(Success::new(V1DeletedAsset { id: asset_id })))
}

/// The body's media type in lower case, without parameters; empty when it has none.
fn body_type(request: &Request) -> String {
    let value = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Keeps the file of a request, sent as the body or as a multipart part.
pub(super) async fn upload(
    state: &HttpState,
    workspace_id: WorkspaceId,
    request: Request,
) -> Result<Asset, ApiError> {
    if body_type(&request) == "multipart/form-data" {
        return upload_part(&state.app, workspace_id, request, state).await;
    }
    let folder_id = folder_of_query(request.uri())?;
    let body = request.into_body().into_data_stream().map(|chunk| chunk.map_err(axum::BoxError::from));
    state.app.upload_asset(workspace_id, folder_id, None, body).await.map_err(|error| match error {
        UploadError::Empty => ApiError::new(ErrorCode::InvalidParameter, "asset data must be provided", None),
        error => error.into(),
    })
}
