//! `/v3/avatars/{group_id}/consent`.

use axum::Json;
use axum::extract::{Path, State};
use rostrum_api::v3::Data;
use rostrum_api::v3::avatars::group_not_found;
use rostrum_api::v3::consents::{AskConsent, AskedConsent, Consent};
use rostrum_app::consents::NewConsent;

use super::avatars::{group_id, group_of};
use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, OptionalJsonBody, Origin};
use crate::keyed_requests::OnBehalf;

/// Ask a person to agree to being made an avatar, on a page that is valid for seven days; or keep a video of it.
pub(crate) async fn ask(
    OnBehalf(state): OnBehalf,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
    OptionalJsonBody(body): OptionalJsonBody,
) -> Result<Json<Data<AskedConsent>>, ApiError> {
    let group_id = group_id(&id)?;
    let AskConsent { text, video, reroute_url } = AskConsent::from_json(body)?;
    let new = NewConsent { group_id, text, video, reroute_url };
    let asked = state.app.ask_consent(caller.workspace_id, new).await?;
    let url = asked.token.map(|token| origin.consent_url(&token));
    Ok(Json(Data { data: AskedConsent { avatar_group: group_of(&asked.group, &origin), url } }))
}

/// List what a person was asked and answered, newest first, at most 100 times. Beyond the contract.
pub(crate) async fn list(
    State(state): State<HttpState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Data<Vec<Consent>>>, ApiError> {
    let consents = state.app.consents(caller.workspace_id, group_id(&id)?).await?;
    let consents = consents.ok_or_else(|| group_not_found(&id))?;
    Ok(Json(Data { data: consents.iter().map(Consent::new).collect() }))
}
