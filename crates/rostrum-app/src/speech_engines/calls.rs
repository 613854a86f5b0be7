//! Requests to an engine, with their limits and what is tried again.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::{Client, RequestBuilder, StatusCode, header};
use serde::de::DeserializeOwned;

use super::settings::{EngineSettings, Kind};
use crate::fetch;

/// The longest answer, in bytes: 10 minutes of sound as Base64 in JSON.
pub(super) const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;
/// The longest answer that holds no sound, in bytes.
pub(super) const MAX_LIST_BYTES: usize = 8 * 1024 * 1024;

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long one answer may take; engines make a minute of sound in some seconds.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(2);
/// How often a request is sent in all.
const ATTEMPTS: u32 = 4;
/// The wait before the second attempt; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// The longest wait that an engine may ask for by `Retry-After`.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// Of a refusal's body, what the log tells, in characters.
const MAX_TOLD_CHARS: usize = 300;

/// An engine does not do what it is asked.
#[derive(Debug, thiserror::Error)]
#[error("the speech engine '{engine}' {fault}")]
pub struct EngineFault {
    /// Its name in the settings.
    pub engine: String,
    /// What is wrong.
    pub fault: CallFault,
}

/// What is wrong with an engine's answer or with what it is asked; begins with a verb.
#[derive(Debug, thiserror::Error)]
pub enum CallFault {
    /// The settings have no such engine.
    #[error("is not in the settings of this server ('speech_engines')")]
    NotConfigured,
    /// Its API has no way to learn voices.
    #[error("cannot learn voices")]
    CannotClone,
    /// It takes no SSML.
    #[error("takes no SSML; send plain text, in which <break time=\"1s\"/> makes a pause")]
    SsmlNotTaken,
    /// It cannot raise or lower its voices.
    #[error("cannot raise or lower its voices")]
    PitchNotTaken,
    /// It does not speak at this speed.
    #[error("speaks at speeds from {least} to {most}, not at {speed}")]
    Speed {
        /// Slowest, as a factor.
        least: f32,
        /// Fastest, as a factor.
        most: f32,
        /// What was asked for.
        speed: f32,
    },
    /// No connection, or it broke.
    #[error("cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// No answer in time.
    #[error("did not answer within {} s", ANSWER_TIMEOUT.as_secs())]
    Timeout,
    /// Too much is asked of it.
    #[error("has too much to do (HTTP {0}), also after {ATTEMPTS} attempts")]
    Busy(u16),
    /// It refused.
    #[error("refused with HTTP {0}")]
    Refused(u16),
    /// The answer is longer than we take.
    #[error("answered more than {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: usize,
    },
    /// The answer is not what its API says.
    #[error("answered what is not its API: {0}")]
    Unusable(String),
    /// The answer could not be kept for decoding.
    #[error("answered, but the answer could not be written down")]
    Io(#[from] std::io::Error),
}

impl CallFault {
    /// Whether asking again later may help.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Timeout | Self::Busy(_) | Self::Io(_) => true,
            Self::NotConfigured
            | Self::CannotClone
            | Self::SsmlNotTaken
            | Self::PitchNotTaken
            | Self::Speed { .. }
            | Self::Refused(_)
            | Self::TooLarge { .. }
            | Self::Unusable(_) => false,
        }
    }
}

/// Which failures are tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// All that may pass: asking twice does no harm.
    Always,
    /// Only those where the engine cannot have done anything.
    IfNothingWasDone,
}

/// Sends requests to one engine.
pub(super) struct Calls {
    client: Client,
    base: String,
    key: Option<super::Secret>,
    kind: Kind,
    name: String,
}

impl Calls {
    pub(super) fn new(settings: &EngineSettings) -> Self {
        let client = Client::builder()
            .tls_backend_preconfigured(fetch::public_tls())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .build()
            .expect("the parts of the client fit each other");
        Self {
            client,
            base: settings.url.trim_end_matches('/').to_owned(),
            key: settings.key.clone(),
            kind: settings.kind,
            name: settings.name.clone(),
        }
    }

    /// Sends a request, made anew for each attempt from the client and the URL, and reads its answer.
    pub(super) async fn ask(
        &self,
        path: &str,
        again: Again,
        max_bytes: usize,
        make: impl Fn(&Client, String) -> RequestBuilder,
    ) -> Result<Bytes, CallFault> {
        let mut wait = FIRST_WAIT;
        for attempt in 1.. {
            let request = self.with_key(make(&self.client, format!("{}{path}", self.base)));
            let (fault, asked_wait) = match self.attempt(request, max_bytes).await {
                Ok(bytes) => return Ok(bytes),
                Err(failed) => failed,
            };
            let harmless = match again {
                Again::Always => true,
                Again::IfNothingWasDone => match &fault {
                    CallFault::Busy(_) => true,
                    CallFault::Unreachable(error) => error.is_connect(),
                    _ => false,
                },
            };
            if attempt == ATTEMPTS || !fault.may_pass() || !harmless || matches!(fault, CallFault::Timeout) {
                return Err(fault);
            }
            tracing::debug!(engine = %self.name, attempt, error = %fault, "an engine is asked again");
            #[expect(clippy::disallowed_methods, reason = "the engine asked to be left alone for a while")]
            tokio::time::sleep(asked_wait.unwrap_or(wait).min(LONGEST_WAIT)).await;
            wait *= 2;
        }
        unreachable!("the last attempt returns")
    }

    /// As [`Calls::ask`], with an answer in JSON.
    pub(super) async fn ask_json<T: DeserializeOwned>(
        &self,
        path: &str,
        again: Again,
        max_bytes: usize,
        make: impl Fn(&Client, String) -> RequestBuilder,
    ) -> Result<T, CallFault> {
        let bytes = self.ask(path, again, max_bytes, make).await?;
        serde_json::from_slice(&bytes).map_err(|error| CallFault::Unusable(error.to_string()))
    }

    fn with_key(&self, request: RequestBuilder) -> RequestBuilder {
        let Some(key) = &self.key else { return request };
        let (name, value) = match self.kind {
            Kind::Openai => (header::AUTHORIZATION, format!("Bearer {}", key.tell())),
            Kind::Elevenlabs => (header::HeaderName::from_static("xi-api-key"), key.tell().to_owned()),
        };
        match header::HeaderValue::from_str(&value) {
            Ok(mut value) => {
                value.set_sensitive(true);
                request.header(name, value)
            }
            // The settings were checked; without the header the engine refuses, which tells enough.
            Err(_) => request,
        }
    }

    async fn attempt(
        &self,
        request: RequestBuilder,
        max_bytes: usize,
    ) -> Result<Bytes, (CallFault, Option<Duration>)> {
        let failed = |error: reqwest::Error| {
            let fault = if error.is_timeout() {
                CallFault::Timeout
            } else {
                CallFault::Unreachable(error.without_url())
            };
            (fault, None)
        };
        let mut response = request.send().await.map_err(failed)?;
        let status = response.status();
        let asked_wait = response
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(Duration::from_secs);
        let limit = if status.is_success() { max_bytes } else { MAX_LIST_BYTES };
        let too_large = || (CallFault::TooLarge { limit_bytes: limit }, None);
        if response.content_length().is_some_and(|length| length > limit as u64) {
            return Err(too_large());
        }
        let mut bytes = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if bytes.len() + chunk.len() > limit {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        if status.is_success() {
            return Ok(bytes.freeze());
        }
        self.log_refusal(status, &bytes);
        let code = status.as_u16();
        let busy = status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error();
        Err((if busy { CallFault::Busy(code) } else { CallFault::Refused(code) }, asked_wait))
    }

    /// What the engine said is for the operator; it may repeat the key, which is not.
    fn log_refusal(&self, status: StatusCode, body: &[u8]) {
        let mut said: String = String::from_utf8_lossy(body).chars().take(MAX_TOLD_CHARS).collect();
        if let Some(key) = &self.key {
            said = said.replace(key.tell(), "***");
        }
        tracing::warn!(engine = %self.name, status = status.as_u16(), said, "an engine refused");
    }
}
