//! `/v3/videos/batches` and `/v3/videos/statuses`.

use axum::Json;
use axum::extract::{Path, Query as QueryOf, State};
use axum::http::StatusCode;
use rostrum_api::v3::Data;
use rostrum_api::v3::batches::{AcceptedBatch, BatchDetail, BatchPage};
use rostrum_api::v3::page::{Page, limit};
use rostrum_api::v3::videos::{BatchRow, ItemFacts, StatusRow, WantedBatch, batch_detail};
use rostrum_app::video_batches::{BatchReport, NewVideoBatch};
use rostrum_model::ids::{BatchId, VideoId};

use super::uploads::batch_not_found;
use super::{Query, asked_ids};
use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, JsonBody, Origin, Pages, position};
use crate::keyed_requests::OnBehalf;

/// Ask for up to 100 videos at once; each is made or refused on its own.
pub(crate) async fn create(
    OnBehalf(state): OnBehalf,
    caller: Caller,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Data<AcceptedBatch>>), ApiError> {
    let WantedBatch { title, folder_id, mut callback, bodies } = WantedBatch::from_json(body)?;
    origin.as_str().clone_into(&mut callback.origin);
    let new = NewVideoBatch { title, folder_id, callback, bodies };
    let batch = state.app.create_video_batch(caller.workspace_id, new).await?;
    Ok((StatusCode::ACCEPTED, Json(Data { data: AcceptedBatch { batch_id: batch.id.to_string() } })))
}

/// Look a batch up, with where its videos stand.
pub(crate) async fn get(
    State(state): State<HttpState>,
    caller: Caller,
    pages: Pages,
    Path(batch_id): Path<String>,
    QueryOf(query): Query,
) -> Result<Json<Data<BatchDetail<BatchRow>>>, ApiError> {
    let most = limit(query.get("limit").map(String::as_str), 100, 100)?;
    let from = pages.start(position)?.unwrap_or(0);
    let not_found = || batch_not_found(&batch_id);
    let id = batch_id.parse().map_err(|_| not_found())?;
    let report = state.app.video_batch(caller.workspace_id, id).await?.ok_or_else(not_found)?;
    let page = BatchPage { from, limit: most as usize };
    let detail = batch_detail(&report.batch, &facts(&report), page, |next| pages.token(next));
    Ok(Json(Data { data: detail }))
}

/// Ask where videos and batches stand, up to 100 ids at once; unknown ones are rows too.
pub(crate) async fn statuses(
    State(state): State<HttpState>,
    caller: Caller,
    QueryOf(query): Query,
) -> Result<Json<Page<StatusRow>>, ApiError> {
    let [video_ids, batch_ids] = asked_ids(&query, ["video_ids", "batch_ids"])?;
    let known: Vec<VideoId> = video_ids.iter().filter_map(|id| id.parse().ok()).collect();
    let videos = state.app.videos_by_id(caller.workspace_id, &known).await?;
    let row = |text: &String| {
        let id = text.parse::<VideoId>().ok();
        StatusRow::of_video(text, videos.iter().find(|video| Some(video.id) == id))
    };
    let mut data: Vec<StatusRow> = video_ids.iter().map(row).collect();
    for text in &batch_ids {
        let report = match text.parse::<BatchId>() {
            Ok(id) => state.app.video_batch(caller.workspace_id, id).await?,
            Err(_) => None,
        };
        match report {
            Some(report) => data.extend(facts(&report).iter().map(|item| StatusRow::of_item(text, item))),
            None => data.push(StatusRow::batch_not_found(text)),
        }
    }
    Ok(Json(Page { data, has_more: false, next_token: None }))
}

fn facts(report: &BatchReport) -> Vec<ItemFacts> {
    report.items.iter().map(|item| (item.index, item.video_id, item.status.clone())).collect()
}
