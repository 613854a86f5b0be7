//! `/v3/voices`.

use std::collections::HashMap;
use std::num::NonZeroUsize;

use axum::Json;
use axum::extract::{Path, Query as QueryOf, State};
use rostrum_api::error::Refusal;
use rostrum_api::v3::Data;
use rostrum_api::v3::page::{Page, limit};
use rostrum_api::v3::voices::{
    CloneVoice, ClonedVoice, CreateSpeech, DeletedVoice, DesignVoices, DesignedVoices, Speech, Voice,
    VoiceDetail, WordTimestamp, gender_of,
};
use rostrum_app::pages::cursor_from_text;
use rostrum_app::speech::{Markup, NewSpeech};
use rostrum_app::voice_clones::NewClone;
use rostrum_app::voice_design::Description;
use rostrum_app::voices::{self, VoiceFilter, gender_word};
use rostrum_model::voice::VoiceState;
use serde_json::Value;

use super::Query;
use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, JsonBody, Origin, Pages, position};
use crate::keyed_requests::OnBehalf;

/// List voices: those for everybody, or with `type=private` the workspace's own, newest first.
pub(crate) async fn list(
    State(state): State<HttpState>,
    caller: Caller,
    pages: Pages,
    origin: Origin,
    QueryOf(query): Query,
) -> Result<Json<Page<Voice>>, ApiError> {
    Ok(Json(page(&state, &caller, &pages, &query, &origin).await?))
}

/// Look a voice up, with how far it has come.
pub(crate) async fn get(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(voice_id): Path<String>,
) -> Result<Json<Data<VoiceDetail>>, ApiError> {
    let voice = state.app.voice(caller.workspace_id, &voice_id).await?;
    let voice = voice.ok_or_else(|| ApiError::voice_not_found(&voice_id))?;
    let (status, failure_message) = match &voice.state {
        VoiceState::Pending => ("processing", None),
        VoiceState::Complete => ("complete", None),
        VoiceState::Failed { message } => ("failed", Some(message.clone())),
    };
    let data = VoiceDetail {
        preview_audio_url: origin.voice_url(&voice),
        name: Some(voice.name),
        language: Some(voice.language),
        gender: Some(gender_word(voice.gender).to_owned()),
        status: Some(status.to_owned()),
        failure_message,
        created_at: voice.created_at.map(|at| at.timestamp()),
        support_pause: true,
        support_interactive_avatar: false,
        voice_id,
    };
    Ok(Json(Data { data }))
}

/// Find voices by a description, best first. Blends of voices among them become voices of the workspace.
pub(crate) async fn design(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<Json<Data<DesignedVoices>>, ApiError> {
    let DesignVoices { prompt, gender, locale, seed } = DesignVoices::from_json(body)?;
    let description = Description { prompt, gender, locale, batch: seed };
    let voices = state.app.design_voices(caller.workspace_id, &description).await?;
    let voices = voices.into_iter().map(|voice| row(voice, &origin)).collect();
    Ok(Json(Data { data: DesignedVoices { voices, seed } }))
}

/// Have a voice learnt from a recording. Its status is told by `GET /v3/voices/{voice_id}`.
pub(crate) async fn clone(
    OnBehalf(state): OnBehalf,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Json<Data<ClonedVoice>>, ApiError> {
    let CloneVoice { audio, voice_name, language, remove_background_noise } = CloneVoice::from_json(body)?;
    let new = NewClone { name: voice_name, audio, language, remove_noise: remove_background_noise };
    let voice = state.app.clone_voice(caller.workspace_id, new).await?;
    Ok(Json(Data { data: ClonedVoice { voice_clone_id: voice.id.to_string() } }))
}

/// Delete a voice of the workspace. Voices for everybody stay.
pub(crate) async fn delete(
    State(state): State<HttpState>,
    caller: Caller,
    Path(voice_id): Path<String>,
) -> Result<Json<Data<DeletedVoice>>, ApiError> {
    if !state.app.delete_voice(caller.workspace_id, &voice_id).await? {
        return Err(ApiError::voice_not_found(&voice_id));
    }
    Ok(Json(Data { data: DeletedVoice { voice_id } }))
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
    let CreateSpeech { text, is_ssml, voice_id, speed, language, locale, brand_glossary_id } =
        CreateSpeech::from_json(body)?;
    let markup = if is_ssml { Markup::Ssml } else { Markup::Plain };
    let new = NewSpeech { text, markup, voice_id, speed, language, locale, brand_glossary_id };
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

pub(crate) async fn page(
    state: &HttpState,
    caller: &Caller,
    pages: &Pages,
    query: &HashMap<String, String>,
    origin: &Origin,
) -> Result<Page<Voice>, ApiError> {
    let most = limit(query.get("limit").map(String::as_str), 20, 100)? as usize;
    let gender = query.get("gender").filter(|word| !word.is_empty());
    let filter = VoiceFilter {
        language: query.get("language").cloned(),
        gender: gender.map(|word| gender_of("gender", word)).transpose()?,
        engine: query.get("engine").cloned(),
    };
    match query.get("type").map_or("public", String::as_str) {
        "public" => {
            let start = pages.start(position)?.unwrap_or(0);
            let fitting = state.app.public_voices(&filter).await;
            let all = fitting.len();
            let rows = fitting.into_iter().skip(start).take(most);
            let data: Vec<Voice> = rows.map(|voice| row(voice, origin)).collect();
            let next = start.saturating_add(data.len());
            let has_more = next < all;
            Ok(Page { data, has_more, next_token: has_more.then(|| pages.token(next)) })
        }
        "private" => {
            let after = pages.start(cursor_from_text)?;
            let most = NonZeroUsize::new(most).unwrap_or(NonZeroUsize::MIN);
            let page = state.app.private_voices(caller.workspace_id, &filter, most, after).await?;
            Ok(pages.before(page.voices.into_iter().map(|voice| row(voice, origin)).collect(), page.next))
        }
        other => {
            let message = format!("'type' must be public or private, got '{other}'.");
            Err(Refusal::invalid("type", message).into())
        }
    }
}

fn row(voice: voices::Voice, origin: &Origin) -> Voice {
    Voice {
        preview_audio_url: origin.voice_url(&voice),
        gender: gender_word(voice.gender).to_owned(),
        visibility: if voice.is_private { "private" } else { "public" }.to_owned(),
        voice_id: voice.id,
        name: voice.name,
        language: voice.language,
        support_pause: true,
        support_locale: false,
        engine: voice.engine,
    }
}
