//! `/v3/voices`.

use axum::Json;
use axum::extract::Query as QueryOf;
use rostrum_api::error::Refusal;
use rostrum_api::v3::page::{Page, limit, token};
use rostrum_api::v3::voices::Voice;
use rostrum_app::voices::{Gender, VoiceFilter, voices};

use super::{Query, page_start, position};
use crate::api_error::ApiError;
use crate::extract::Caller;

/// List the voices of the catalogue, or none for `type=private`: voices of one's own cannot be made yet.
pub(crate) async fn list(_caller: Caller, QueryOf(query): Query) -> Result<Json<Page<Voice>>, ApiError> {
    let most = limit(query.get("limit").map(String::as_str), 20, 100)? as usize;
    let start = page_start(&query, position)?.unwrap_or(0);
    let public = match query.get("type").map_or("public", String::as_str) {
        "public" => true,
        "private" => false,
        other => {
            return Err(Refusal::invalid(
                "type",
                format!("'type' must be public or private, got '{other}'."),
            )
            .into());
        }
    };
    let filter =
        VoiceFilter { language: query.get("language").cloned(), gender: gender(query.get("gender"))? };
    let fitting: Vec<_> = voices(&filter).filter(|_| public).collect();
    let data: Vec<Voice> = fitting.iter().skip(start).take(most).map(|voice| wire(voice)).collect();
    let next = start.saturating_add(data.len());
    let has_more = next < fitting.len();
    Ok(Json(Page { data, has_more, next_token: has_more.then(|| token(&next.to_string())) }))
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

fn gender_word(gender: Gender) -> &'static str {
    match gender {
        Gender::Female => "female",
        Gender::Male => "male",
    }
}

fn wire(voice: &rostrum_app::voices::Voice) -> Voice {
    Voice {
        voice_id: voice.id.to_owned(),
        name: voice.name.to_owned(),
        language: voice.language.to_owned(),
        gender: gender_word(voice.gender).to_owned(),
        preview_audio_url: None,
        support_pause: true,
        support_locale: false,
        visibility: "public".to_owned(),
    }
}
