//! `/v3/webhooks`.

use axum::Json;
use axum::extract::{Path, Query as QueryOf, State};
use rostrum_api::events::event_body;
use rostrum_api::v3::Data;
use rostrum_api::v3::page::{Page, limit};
use rostrum_api::v3::webhooks::{
    DeliveryRow, EventTypeRow, RotatedSecret, SaveEndpoint, ToldEvent, WebhookEndpoint, endpoint_not_found,
    event_not_found, event_type,
};
use rostrum_app::pages::cursor_from_text;
use rostrum_app::webhooks::{EndpointChange, EventFilter, NewEndpoint};
use rostrum_model::event::Event;
use rostrum_model::ids::{EventId, WebhookEndpointId};
use rostrum_model::webhook::WebhookEndpoint as Endpoint;
use serde_json::{Value, json};

use super::Query;
use super::videos::urls;
use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, JsonBody, Origin, Pages};
use crate::keyed_requests::OnBehalf;

type Answer = Result<Json<Data<WebhookEndpoint>>, ApiError>;

fn endpoint_id(text: &str) -> Result<WebhookEndpointId, ApiError> {
    text.parse().map_err(|_| endpoint_not_found(text).into())
}

fn event_id(text: &str) -> Result<EventId, ApiError> {
    text.parse().map_err(|_| event_not_found(text).into())
}

/// Ask for events to be posted to an address. The secret is told only here.
pub(crate) async fn create(
    OnBehalf(state): OnBehalf,
    caller: Caller,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Answer {
    let endpoint = created(&state, &caller, &origin, body, false).await?;
    Ok(Json(Data { data: WebhookEndpoint::with_secret(&endpoint) }))
}

/// Creates the endpoint that a body of any generation asks for.
pub(crate) async fn created(
    state: &HttpState,
    caller: &Caller,
    origin: &Origin,
    body: Value,
    ask_first: bool,
) -> Result<Endpoint, ApiError> {
    let wanted = SaveEndpoint::from_json(body)?;
    let url = wanted.required_url()?;
    let SaveEndpoint { events, entity_id, .. } = wanted;
    let origin = origin.as_str().to_owned();
    let wanted = NewEndpoint { url, events: events.flatten(), entity_id, origin, ask_first };
    Ok(state.app.create_endpoint(caller.workspace_id, wanted).await?)
}

/// List endpoints, newest first.
pub(crate) async fn list(
    State(state): State<HttpState>,
    caller: Caller,
    pages: Pages,
    QueryOf(query): Query,
) -> Result<Json<Page<WebhookEndpoint>>, ApiError> {
    let most = limit(query.get("limit").map(String::as_str), 10, 100)?;
    let page = state.app.endpoints(caller.workspace_id, most, pages.start(cursor_from_text)?).await?;
    Ok(Json(pages.before(page.endpoints.iter().map(WebhookEndpoint::new).collect(), page.next)))
}

/// Change the address or the events of an endpoint. One that was disabled is told of events again.
pub(crate) async fn change(
    State(state): State<HttpState>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Answer {
    let changed = changed(&state, &caller, &id, SaveEndpoint::from_json(body)?).await?;
    Ok(Json(Data { data: WebhookEndpoint::new(&changed) }))
}

/// Changes what is given of an endpoint.
pub(crate) async fn changed(
    state: &HttpState,
    caller: &Caller,
    id: &str,
    SaveEndpoint { url, events, .. }: SaveEndpoint,
) -> Result<Endpoint, ApiError> {
    let change = EndpointChange { url, events };
    let changed = state.app.change_endpoint(caller.workspace_id, endpoint_id(id)?, change).await?;
    Ok(changed.ok_or_else(|| endpoint_not_found(id))?)
}

/// Deletes an endpoint.
pub(crate) async fn deleted(state: &HttpState, caller: &Caller, id: &str) -> Result<(), ApiError> {
    if !state.app.delete_endpoint(caller.workspace_id, endpoint_id(id)?).await? {
        return Err(endpoint_not_found(id).into());
    }
    Ok(())
}

/// Delete an endpoint. What was not delivered to it yet is not.
pub(crate) async fn delete(
    State(state): State<HttpState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Data<Value>>, ApiError> {
    deleted(&state, &caller, &id).await?;
    Ok(Json(Data { data: json!({}) }))
}

/// Give an endpoint another secret.
pub(crate) async fn rotate(
    OnBehalf(state): OnBehalf,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Data<RotatedSecret>>, ApiError> {
    let rotated = state.app.rotate_endpoint_secret(caller.workspace_id, endpoint_id(&id)?).await?;
    let rotated = rotated.ok_or_else(|| endpoint_not_found(&id))?;
    Ok(Json(Data { data: RotatedSecret::new(&rotated) }))
}

/// List the types of events.
pub(crate) async fn event_types(_caller: Caller) -> Json<Page<EventTypeRow>> {
    Json(Page { data: EventTypeRow::all(), ..Page::default() })
}

/// List what happened, newest first.
pub(crate) async fn events(
    State(state): State<HttpState>,
    caller: Caller,
    pages: Pages,
    origin: Origin,
    QueryOf(query): Query,
) -> Result<Json<Page<Value>>, ApiError> {
    let most = limit(query.get("limit").map(String::as_str), 10, 100)?;
    let word = query.get("event_type").filter(|word| !word.is_empty());
    let event_type = word.map(|word| event_type("event_type", word)).transpose()?;
    let entity_id = query.get("entity_id").map(String::as_str).filter(|id| !id.is_empty());
    let which = EventFilter { event_type, entity_id };
    let page = state.app.events(caller.workspace_id, which, most, pages.start(cursor_from_text)?).await?;
    let mut rows = Vec::with_capacity(page.events.len());
    for event in &page.events {
        rows.push(shown(&state, event, &origin).await?);
    }
    Ok(Json(pages.before(rows, page.next)))
}

/// Look an event up, with its deliveries (beyond the contract).
pub(crate) async fn event(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<Json<Data<ToldEvent>>, ApiError> {
    let found = state.app.event(caller.workspace_id, event_id(&id)?).await?;
    let (event, deliveries) = found.ok_or_else(|| event_not_found(&id))?;
    let deliveries = deliveries.iter().map(DeliveryRow::new).collect();
    Ok(Json(Data { data: ToldEvent { event: shown(&state, &event, &origin).await?, deliveries } }))
}

/// Tell all endpoints that want an event of it once more (beyond the contract).
pub(crate) async fn redeliver(
    State(state): State<HttpState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Data<Value>>, ApiError> {
    let deliveries = state.app.redeliver(caller.workspace_id, event_id(&id)?).await?;
    let deliveries: Vec<DeliveryRow> =
        deliveries.ok_or_else(|| event_not_found(&id))?.iter().map(DeliveryRow::new).collect();
    Ok(Json(Data { data: json!({"event_id": id, "deliveries": deliveries}) }))
}

/// An event as it is posted.
async fn shown(state: &HttpState, event: &Event, origin: &Origin) -> Result<Value, ApiError> {
    let video = state.app.published_video(event).await?;
    Ok(event_body(event, video.map(|video| urls(&video, origin)).as_ref()))
}
