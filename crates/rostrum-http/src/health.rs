//! For operators: liveness, readiness, metrics.

use axum::Json;
use axum::extract::State;
use rostrum_api::error::ErrorCode;
use serde_json::{Value, json};

use crate::HttpState;
use crate::api_error::ApiError;

/// `GET /health`: the process answers.
pub(crate) async fn health() -> Json<Value> {
    Json(json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")}))
}

/// `GET /ready`: the records answer too.
pub(crate) async fn ready(State(state): State<HttpState>) -> Result<Json<Value>, ApiError> {
    state.app.ready().await.map_err(|error| {
        tracing::error!(error = %error, "not ready");
        ApiError::new(ErrorCode::ServiceUnavailable, "The database does not answer.", None)
    })?;
    Ok(Json(json!({"status": "ready"})))
}

/// `GET /metrics`: Prometheus' text format.
pub(crate) async fn metrics(State(state): State<HttpState>) -> String {
    (state.metrics)()
}
