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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    /// All words that stand between two quotes and look like the name of a metric.
    fn names(text: &str, quote: char) -> BTreeSet<String> {
        let is_name = |word: &&str| {
            word.starts_with("rostrum_")
                && ["_total", "_seconds", "_bytes", "_count"].iter().any(|end| word.ends_with(end))
                && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        text.split(quote).filter(is_name).map(str::to_owned).collect()
    }

    fn read_sources(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                read_sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.extend(names(&std::fs::read_to_string(&path).unwrap(), '"'));
            }
        }
    }

    #[test]
    fn every_metric_is_in_the_operators_manual_and_no_other() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut counted = BTreeSet::new();
        for folder in std::fs::read_dir(crates).unwrap().map(|entry| entry.unwrap().path().join("src")) {
            if folder.is_dir() {
                read_sources(&folder, &mut counted);
            }
        }
        assert!(counted.len() > 10, "{counted:?}");
        let manual = std::fs::read_to_string(crates.join("../docs/OPERATIONS.md")).unwrap();
        assert_eq!(counted, names(&manual, '`'));
    }
}
