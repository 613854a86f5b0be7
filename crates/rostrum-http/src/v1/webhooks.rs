//! `/v1/webhook`, on the same endpoints as `/v3/webhooks`.

use axum::Json;
use axum::extract::{Query as QueryOf, State};
use rostrum_api::v1::Success;
use rostrum_api::v1::webhooks::{V1Endpoint, endpoint_update, event_words, required_endpoint_id};
use rostrum_model::webhook::MAX_WEBHOOK_ENDPOINTS;

use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, JsonBody, Origin};
use crate::v3::Query;
use crate::v3::webhooks::{changed, created, deleted};

/// Ask for events to be posted to an address, which must answer `OPTIONS` first. The secret is told only here.
pub(crate) async fn add(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<Json<Success<V1Endpoint>>, ApiError> {
    let endpoint = created(&state, &caller, &origin, body, true).await?;
    Ok(Json(Success::new(V1Endpoint::with_secret(&endpoint))))
}

/// List all endpoints, newest first.
pub(crate) async fn list(
    State(state): State<HttpState>,
    caller: Caller,
) -> Result<Json<Success<Vec<V1Endpoint>>>, ApiError> {
    let page = state.app.endpoints(caller.workspace_id, MAX_WEBHOOK_ENDPOINTS as u32, None).await?;
    Ok(Json(Success::new(page.endpoints.iter().map(V1Endpoint::new).collect())))
}

/// Change the address or the events of an endpoint. One that was disabled is told of events again.
pub(crate) async fn update(
    State(state): State<HttpState>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Json<Success<V1Endpoint>>, ApiError> {
    let (id, wanted) = endpoint_update(body)?;
    let changed = changed(&state, &caller, &id, wanted).await?;
    Ok(Json(Success::new(V1Endpoint::new(&changed))))
}

/// Delete an endpoint. What was not delivered to it yet is not.
pub(crate) async fn delete(
    State(state): State<HttpState>,
    caller: Caller,
    QueryOf(query): Query,
) -> Result<Json<Success<()>>, ApiError> {
    let id = required_endpoint_id(query.get("endpoint_id").map(String::as_str))?;
    deleted(&state, &caller, &id).await?;
    Ok(Json(Success::new(())))
}

/// List the words of all events.
pub(crate) async fn list_events(_caller: Caller) -> Json<Success<Vec<&'static str>>> {
    Json(Success::new(event_words()))
}
