//! `/v3/users/me`, and what older generations call it.

use axum::Json;
use axum::extract::State;
use rostrum_api::v1::{NoError, Success};
use rostrum_api::v2::user::RemainingQuota;
use rostrum_api::v3::Data;
use rostrum_api::v3::users::User;

use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, unknown_key};

/// Tell who calls, and what credits there are. Clients try their key by it.
pub(crate) async fn me(State(state): State<HttpState>, caller: Caller) -> Result<Json<Data<User>>, ApiError> {
    Ok(Json(Data { data: user(&state, &caller).await? }))
}

/// The same for the first generation.
pub(crate) async fn me_v1(
    State(state): State<HttpState>,
    caller: Caller,
) -> Result<Json<Success<User>>, ApiError> {
    Ok(Json(Success::new(user(&state, &caller).await?)))
}

/// Tell what credits are left.
pub(crate) async fn remaining_quota(
    State(state): State<HttpState>,
    caller: Caller,
) -> Result<Json<NoError<RemainingQuota>>, ApiError> {
    let account = state.app.account(caller.workspace_id).await?;
    let spent = state.app.spent_lately(caller.workspace_id).await?;
    Ok(Json(NoError::new(RemainingQuota::new(account, spent))))
}

async fn user(state: &HttpState, caller: &Caller) -> Result<User, ApiError> {
    let workspace = state.app.workspace(caller.workspace_id).await?.ok_or_else(unknown_key)?;
    Ok(User::new(&workspace, state.app.account(caller.workspace_id).await?))
}
