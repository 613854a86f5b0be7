//! An avatar engine over HTTP: `POST /films`, and where it answers 202, `GET /films/{id}` until the film is there.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use reqwest::multipart::{Form, Part};
use reqwest::{Client, StatusCode};
use serde::Deserialize;

use super::{AvatarEngine, AvatarEngineSettings, AvatarSettingsFault, FilmOrder};
use crate::engine_calls::{Again, CallFault, Calls, Endpoint, KeyHeader};

/// How the engine is called in the log.
const NAME: &str = "avatar engine";
/// How long the film of one scene may take, where the settings say nothing.
const FILM_TIMEOUT: Duration = Duration::from_mins(10);
/// How often an engine that works on a film is asked for it.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// The longest film, in bytes: some minutes in 1080p.
const MAX_FILM_BYTES: usize = 256 * 1024 * 1024;
/// The longest id of a film, in bytes.
const MAX_ID_BYTES: usize = 128;

/// An avatar engine over HTTP.
pub struct HttpAvatarEngine {
    calls: Calls,
    url: String,
    timeout: Duration,
}

#[derive(Deserialize)]
struct Begun {
    id: String,
}

impl HttpAvatarEngine {
    /// The engine of these settings.
    ///
    /// # Errors
    /// When they cannot be used.
    pub fn new(settings: &AvatarEngineSettings) -> Result<Self, AvatarSettingsFault> {
        settings.check()?;
        let timeout = settings.timeout_s.map_or(FILM_TIMEOUT, |s| Duration::from_secs(s.get().into()));
        let calls = Calls::new(&Endpoint {
            name: NAME,
            url: &settings.url,
            key: settings.key.as_ref(),
            key_header: KeyHeader::Bearer,
            answer_timeout: timeout,
        });
        Ok(Self { calls, url: settings.url.clone(), timeout })
    }

    async fn film_file(&self, order: &FilmOrder) -> Result<Bytes, CallFault> {
        let track = serde_json::to_string(&order.track).expect("a track always makes JSON");
        let (mut status, mut bytes) = self
            .calls
            .ask_told("/films", Again::IfNothingWasDone, MAX_FILM_BYTES, |client, url| {
                let form = Form::new()
                    .part("picture", part(&order.picture, "picture.jpg", "image/jpeg"))
                    .part("sound", part(&order.sound, "sound.wav", "audio/wav"))
                    .text("speech", track.clone());
                client.post(url).multipart(form)
            })
            .await?;
        if status != StatusCode::ACCEPTED {
            return Ok(bytes);
        }
        let begun: Begun =
            serde_json::from_slice(&bytes).map_err(|error| CallFault::Unusable(error.to_string()))?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !(1..=MAX_ID_BYTES).contains(&begun.id.len()) || !begun.id.chars().all(plain) {
            return Err(CallFault::Unusable("'id' is not 1 to 128 of a-z A-Z 0-9 - _".to_owned()));
        }
        let path = format!("/films/{}", begun.id);
        while status == StatusCode::ACCEPTED {
            #[expect(
                clippy::disallowed_methods,
                reason = "another process's progress can only be asked for"
            )]
            tokio::time::sleep(ASK_EVERY).await;
            (status, bytes) = self.calls.ask_told(&path, Again::Always, MAX_FILM_BYTES, Client::get).await?;
        }
        Ok(bytes)
    }
}

#[async_trait]
impl AvatarEngine for HttpAvatarEngine {
    fn identity(&self) -> &str {
        &self.url
    }

    async fn film(&self, order: FilmOrder, out: &Path) -> Result<(), CallFault> {
        let film = tokio::time::timeout(self.timeout, self.film_file(&order)).await;
        let film = film.map_err(|_| CallFault::Timeout { limit_s: self.timeout.as_secs() })??;
        if film.is_empty() {
            return Err(CallFault::Unusable("the film is empty".to_owned()));
        }
        Ok(tokio::fs::write(out, &film).await?)
    }
}

fn part(bytes: &Bytes, file_name: &str, mime: &str) -> Part {
    let part = Part::stream_with_length(bytes.clone(), bytes.len() as u64).file_name(file_name.to_owned());
    part.mime_str(mime).unwrap_or_else(|_| Part::bytes(bytes.to_vec()).file_name(file_name.to_owned()))
}
