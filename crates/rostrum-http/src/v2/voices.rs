//! `/v2/voices` and `/v1/audio`.

use axum::Json;
use axum::extract::{Query as QueryOf, State};
use rostrum_api::v1::NoError;
use rostrum_api::v2::voices::{V2Locale, V2Locales, V2Voice, V2Voices};
use rostrum_api::v3::page::Page;
use rostrum_api::v3::voices::{Speech, Voice as V3Voice};
use rostrum_app::voices::{gender_word, locales};

use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, JsonBody, Origin, Pages};
use crate::v3::Query;
use crate::v3::voices::{page, speak};

/// List all voices at once.
pub(crate) async fn list(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
) -> Result<Json<NoError<V2Voices>>, ApiError> {
    let voices = state.app.all_voices(caller.workspace_id).await?;
    let voices = voices.into_iter().map(|voice| V2Voice {
        preview_audio: origin.voice_url(&voice),
        gender: gender_word(voice.gender).to_owned(),
        voice_id: voice.id,
        language: voice.language,
        name: voice.name,
        support_pause: true,
        emotion_support: false,
        support_interactive_avatar: false,
        support_locale: false,
    });
    Ok(Json(NoError::new(V2Voices { voices: voices.collect() })))
}

/// List the locales that voices speak.
pub(crate) async fn list_locales(_caller: Caller) -> Json<NoError<V2Locales>> {
    let locales = locales().into_iter().map(|voice| V2Locale {
        locale: voice.locale.to_owned(),
        value: voice.locale.to_owned(),
        language: voice.language.to_owned(),
        label: voice.locale_name().to_owned(),
    });
    Json(NoError::new(V2Locales { locales: locales.collect() }))
}

/// List the voices that speak texts, page by page, as `GET /v3/voices` does.
pub(crate) async fn list_for_speech(
    State(state): State<HttpState>,
    caller: Caller,
    pages: Pages,
    origin: Origin,
    QueryOf(query): Query,
) -> Result<Json<Page<V3Voice>>, ApiError> {
    Ok(Json(page(&state, &caller, &pages, &query, &origin).await?))
}

/// Speak a text into a file, as `POST /v3/voices/speech` does.
pub(crate) async fn text_to_speech(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<Json<NoError<Speech>>, ApiError> {
    Ok(Json(NoError::new(speak(&state, &caller, &origin, body).await?)))
}
