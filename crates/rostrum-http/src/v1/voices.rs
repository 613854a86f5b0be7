//! `/v1/voice.list`

use axum::Json;
use axum::extract::State;
use rostrum_api::v1::Success;
use rostrum_api::v1::voices::{V1Voice, V1Voices};
use rostrum_app::voices::gender_word;

use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, Origin};

/// List all voices at once.
pub(crate) async fn list(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
) -> Result<Json<Success<V1Voices>>, ApiError> {
    let voices = state.app.all_voices(caller.workspace_id).await?;
    let list = voices.into_iter().map(|voice| V1Voice {
        preview_audio: origin.voice_url(&voice),
        gender: gender_word(voice.gender).to_owned(),
        voice_id: voice.id,
        display_name: voice.name,
        language: voice.language,
        support_pause: true,
        is_custom: voice.is_private,
    });
    Ok(Json(Success::new(V1Voices { list: list.collect() })))
}
