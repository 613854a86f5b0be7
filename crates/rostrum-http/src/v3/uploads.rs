//! `/v3/assets/direct-uploads`, completion, batches and statuses.

use axum::Json;
use axum::extract::{Path, Query as QueryOf, State};
use axum::http::StatusCode;
use rostrum_api::error::ErrorCode;
use rostrum_api::v3::Data;
use rostrum_api::v3::batches::{AcceptedBatch, BatchDetail, BatchPage};
use rostrum_api::v3::page::{Page, limit};
use rostrum_api::v3::uploads::{
    AnnouncedBatch, CompletedUpload, CreatedBatch, DirectUpload, ItemStatus, UploadPart, announced,
    batch_completion, batch_detail, completion, wants_parts,
};
use rostrum_app::uploads::{Direct, MAX_BATCH_FILES, Ticket};
use rostrum_model::ids::{AssetId, BatchId};

use super::{Query, asked_ids};
use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, JsonBody, Origin, Pages, position};
use crate::keyed_requests::OnBehalf;

/// Announce a file, to be sent to the URL in the answer.
pub(crate) async fn create(
    OnBehalf(state): OnBehalf,
    caller: Caller,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<Json<Data<DirectUpload>>, ApiError> {
    let wants_parts = wants_parts(&body)?;
    let file = announced(body)?;
    let ticket = if wants_parts {
        state.app.start_upload_in_parts(caller.workspace_id, &file).await?
    } else {
        state.app.start_upload(caller.workspace_id, &file).await?
    };
    Ok(Json(Data { data: direct_upload(&ticket, &origin) }))
}

/// Announce up to 100 files at once.
pub(crate) async fn create_batch(
    OnBehalf(state): OnBehalf,
    caller: Caller,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<Json<Data<CreatedBatch>>, ApiError> {
    let AnnouncedBatch { title, files } = AnnouncedBatch::from_json(body, MAX_BATCH_FILES)?;
    let (batch, tickets) = state.app.start_batch(caller.workspace_id, title, &files).await?;
    let items = tickets.iter().map(|ticket| direct_upload(ticket, &origin)).collect();
    Ok(Json(Data { data: CreatedBatch { batch_id: batch.id.to_string(), items } }))
}

/// A new URL for an upload whose URL has expired or is about to; what was received is kept.
pub(crate) async fn renew(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(asset_id): Path<String>,
) -> Result<Json<Data<DirectUpload>>, ApiError> {
    let not_found = || ApiError::asset_not_found("asset_id", &asset_id);
    let id = asset_id.parse().map_err(|_| not_found())?;
    let ticket = state.app.renew_upload(caller.workspace_id, id).await?.ok_or_else(not_found)?;
    Ok(Json(Data { data: direct_upload(&ticket, &origin) }))
}

/// Turn an upload whose bytes were sent into an asset. May be repeated.
pub(crate) async fn complete(
    OnBehalf(state): OnBehalf,
    caller: Caller,
    origin: Origin,
    Path(asset_id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Data<CompletedUpload>>, ApiError> {
    let id = asset_id.parse().map_err(|_| ApiError::asset_not_found("asset_id", &asset_id))?;
    let asset = state.app.complete_upload(caller.workspace_id, id, completion(body)?).await?;
    let url = origin.asset_url(&asset);
    Ok(Json(Data { data: CompletedUpload::new(&asset, url) }))
}

/// Complete all uploads of a batch whose bytes were sent. May be repeated.
pub(crate) async fn complete_batch(
    OnBehalf(state): OnBehalf,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Data<AcceptedBatch>>), ApiError> {
    let batch_id = batch_completion(body)?;
    let id = batch_id.parse().map_err(|_| batch_not_found(&batch_id))?;
    state.app.complete_batch(caller.workspace_id, id).await?.ok_or_else(|| batch_not_found(&batch_id))?;
    Ok((StatusCode::ACCEPTED, Json(Data { data: AcceptedBatch { batch_id } })))
}

/// Look a batch up, with where its files stand.
pub(crate) async fn get_batch(
    State(state): State<HttpState>,
    caller: Caller,
    pages: Pages,
    Path(batch_id): Path<String>,
    QueryOf(query): Query,
) -> Result<Json<Data<BatchDetail<ItemStatus>>>, ApiError> {
    let most = limit(query.get("limit").map(String::as_str), 100, 100)?;
    let from = pages.start(position)?.unwrap_or(0);
    let id = batch_id.parse().map_err(|_| batch_not_found(&batch_id))?;
    let report = state.app.batch(caller.workspace_id, id).await?.ok_or_else(|| batch_not_found(&batch_id))?;
    let page = BatchPage { from, limit: most as usize };
    let detail = batch_detail(&report.batch, &report.uploads, page, |next| pages.token(next));
    Ok(Json(Data { data: detail }))
}

/// Ask where assets and batches stand, up to 100 ids at once; unknown ones are rows too.
pub(crate) async fn statuses(
    State(state): State<HttpState>,
    caller: Caller,
    QueryOf(query): Query,
) -> Result<Json<Page<ItemStatus>>, ApiError> {
    let [asset_ids, batch_ids] = asked_ids(&query, ["asset_ids", "batch_ids"])?;
    let workspace_id = caller.workspace_id;
    let known: Vec<AssetId> = asset_ids.iter().filter_map(|id| id.parse().ok()).collect();
    let uploads = state.app.uploads_by_id(workspace_id, &known).await?;
    let assets = state.app.assets_by_id(workspace_id, &known).await?;
    let mut data: Vec<ItemStatus> = asset_ids
        .iter()
        .map(|text| {
            let id = text.parse::<AssetId>().ok();
            let upload = uploads.iter().find(|upload| Some(upload.id) == id);
            let asset = assets.iter().find(|asset| Some(asset.id) == id);
            match (upload, asset) {
                (Some(upload), asset) if asset.is_some() || !upload.is_completed() => {
                    ItemStatus::of_upload(upload)
                }
                (_, Some(asset)) => ItemStatus::of_asset(asset),
                _ => ItemStatus::asset_not_found(text),
            }
        })
        .collect();
    for text in &batch_ids {
        let report = match text.parse::<BatchId>() {
            Ok(id) => state.app.batch(workspace_id, id).await?,
            Err(_) => None,
        };
        match report {
            Some(report) => data.extend(report.uploads.iter().map(ItemStatus::of_upload)),
            None => data.push(ItemStatus::batch_not_found(text)),
        }
    }
    Ok(Json(Page { data, has_more: false, next_token: None }))
}

fn direct_upload(ticket: &Ticket, origin: &Origin) -> DirectUpload {
    let ours = DirectUpload::new(
        &ticket.upload,
        origin.signed_url(&ticket.path),
        ticket.expires_in_seconds,
        ticket.max_bytes,
    );
    match &ticket.direct {
        None => ours,
        Some(Direct::Whole(put)) => {
            DirectUpload { upload_url: put.url.clone(), upload_headers: put.headers.clone(), ..ours }
        }
        Some(Direct::Parts(parts)) => {
            let parts = parts.iter().map(|part| UploadPart {
                part_number: part.number,
                url: part.url.clone(),
                from: part.from,
                to: part.to,
            });
            DirectUpload { parts: Some(parts.collect()), ..ours }
        }
    }
}

pub(super) fn batch_not_found(id: &str) -> ApiError {
    ApiError::new(ErrorCode::NotFound, format!("Batch '{id}' was not found."), Some("batch_id"))
}
