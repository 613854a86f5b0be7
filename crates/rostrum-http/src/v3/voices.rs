//! `/v3/voices`.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, Query as QueryOf, State};
use rostrum_api::error::{ErrorCode, Refusal};
use rostrum_api::v3::Data;
use rostrum_api::v3::page::{Page, limit, token};
use rostrum_api::v3::voices::{CreateSpeech, Speech, Voice, VoiceDetail, WordTimestamp};
use rostrum_app::speech::{Markup, NewSpeech};
use rostrum_app::voices::{Gender, VoiceFilter, find, gender_word, voices};
use serde_json::Value;

use super::{Query, page_start, position};
use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, JsonBody, Origin};

/// List the voices of the catalogue, or none for `type=private`: voices of one's own cannot be made yet.
pub(crate) async fn list(
    _caller: Caller,
    origin: Origin,
    QueryOf(query): Query,
) -> Result<Json<Page<Voice>>, ApiError> {
    Ok(Json(page(&query, &origin)?))
}

/// Look a voice up.
pub(crate) async fn get(
    _caller: Caller,
    origin: Origin,
    Path(voice_id): Path<String>,
) -> Result<Json<Data<VoiceDetail>>, ApiError> {
    let voice = find(&voice_id).ok_or_else(|| ApiError::voice_not_found(&voice_id))?;
    let data = VoiceDetail {
        name: Some(voice.name.to_owned()),
        language: Some(voice.language.to_owned()),
        gender: Some(gender_word(voice.gender).to_owned()),
        preview_audio_url: Some(origin.voice_url(voice)),
        status: Some("complete".to_owned()),
        failure_message: None,
        created_at: None,
        support_pause: true,
        support_interactive_avatar: false,
        voice_id,
    };
    Ok(Json(Data { data }))
}

/// Voices of the catalogue are everybody's and stay.
pub(crate) async fn delete(_caller: Caller, Path(voice_id): Path<String>) -> ApiError {
    match find(&voice_id) {
        Some(_) => ApiError::new(
            ErrorCode::Forbidden,
            format!("Voice '{voice_id}' belongs to everybody and cannot be deleted."),
            Some("voice_id"),
        ),
        None => ApiError::voice_not_found(&voice_id),
    }
}

/// Speak a text into a file. When the answer arrives, the file survives a crash.
pub(crate) async fn create_speech(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<Json<Data<Speech>>, ApiError> {
    Ok(Json(Data { data: speak(&state, &caller, &origin, body).await? }))
}

pub(crate) async fn speak(
    state: &HttpState,
    caller: &Caller,
    origin: &Origin,
    body: Value,
) -> Result<Speech, ApiError> {
    let CreateSpeech { text, is_ssml, voice_id, speed, language, locale } = CreateSpeech::from_json(body)?;
    let markup = if is_ssml { Markup::Ssml } else { Markup::Plain };
    let new = NewSpeech { text, markup, voice_id, speed, language, locale };
    let created = state.app.create_speech(caller.workspace_id, &new).await?;
    let words = created.words.into_iter().map(|word| WordTimestamp {
        word: word.text,
        start: word.start_s,
        end: word.end_s,
    });
    Ok(Speech {
        audio_url: origin.speech_url(created.speech.id),
        duration: created.duration_s,
        request_id: Some(created.speech.id.to_string()),
        word_timestamps: Some(words.collect()),
    })
}

pub(crate) fn page(query: &HashMap<String, String>, origin: &Origin) -> Result<Page<Voice>, Refusal> {
    let most = limit(query.get("limit").map(String::as_str), 20, 100)? as usize;
    let start = page_start(query, position)?.unwrap_or(0);
    let public = match query.get("type").map_or("public", String::as_str) {
        "public" => true,
        "private" => false,
        other => {
            return Err(Refusal::invalid(
                "type",
                format!("'type' must be public or private, got '{other}'."),
            ));
        }
    };
    let filter = VoiceFilter {
        language: query.get("language").cloned(),
        gender: gender(query.get("gender"))?,
        engine: query.get("engine").cloned(),
    };
    let fitting: Vec<_> = voices(&filter).filter(|_| public).collect();
    let data: Vec<Voice> = fitting
        .iter()
        .skip(start)
        .take(most)
        .map(|voice| Voice {
            voice_id: voice.id.to_owned(),
            name: voice.name.to_owned(),
            language: voice.language.to_owned(),
            gender: gender_word(voice.gender).to_owned(),
            preview_audio_url: Some(origin.voice_url(voice)),
            support_pause: true,
            support_locale: false,
            visibility: "public".to_owned(),
        })
        .collect();
    let next = start.saturating_add(data.len());
    let has_more = next < fitting.len();
    Ok(Page { data, has_more, next_token: has_more.then(|| token(&next.to_string())) })
}

fn gender(given: Option<&String>) -> Result<Option<Gender>, Refusal> {
    match given.map(|word| word.to_ascii_lowercase()).as_deref() {
        None => Ok(None),
        Some("female") => Ok(Some(Gender::Female)),
        Some("male") => Ok(Some(Gender::Male)),
        Some(other) => {
            Err(Refusal::invalid("gender", format!("'gender' must be female or male, got '{other}'.")))
        }
    }
}
