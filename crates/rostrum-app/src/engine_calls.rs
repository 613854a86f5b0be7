//! Requests to engines of others, with their limits and what is tried again.
//!
//! Their URLs are the operator's, so private addresses are allowed, unlike those that callers give (see [`crate::fetch`]).
//! Redirects are not followed, proxies not used, answers bounded in size and time, and keys are told to nobody but the
//! engine.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::{Client, RequestBuilder, StatusCode, header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};
use url::Url;

use crate::fetch;

/// Of a refusal, what is read, in bytes.
const MAX_REFUSAL_BYTES: usize = 1024 * 1024;
/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How often a request is sent in all.
const ATTEMPTS: u32 = 4;
/// The wait before the second attempt; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// The longest wait that an engine may ask for by `Retry-After`.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// Of a refusal's body, what the log tells, in characters.
const MAX_TOLD_CHARS: usize = 300;

/// A text that is neither shown nor logged.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text from being shown.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether the text can stand in a header.
    pub(crate) fn fits_header(&self) -> bool {
        self.0.chars().all(|c| c.is_ascii_graphic())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("***")
    }
}

/// Whether an engine's URL is one of HTTP with no more than scheme, host, port and path.
pub(crate) fn is_engine_url(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    })
}

/// What is wrong with an engine's answer; begins with a verb.
#[derive(Debug, thiserror::Error)]
pub enum CallFault {
    /// No connection, or it broke.
    #[error("cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// No answer in time.
    #[error("did not answer within {limit_s} s")]
    Timeout {
        /// The limit, in seconds.
        limit_s: u64,
    },
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
            Self::Unreachable(_) | Self::Timeout { .. } | Self::Busy(_) | Self::Io(_) => true,
            Self::Refused(_) | Self::TooLarge { .. } | Self::Unusable(_) => false,
        }
    }
}

/// Which header an engine wants its key in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyHeader {
    /// `Authorization: Bearer ...`
    Bearer,
    /// `xi-api-key: ...`
    XiApiKey,
}

/// An engine as the settings tell of it.
pub(crate) struct Endpoint<'s> {
    /// Its name, for the log.
    pub(crate) name: &'s str,
    /// What its paths follow.
    pub(crate) url: &'s str,
    /// Its key.
    pub(crate) key: Option<&'s Secret>,
    /// Where the key goes.
    pub(crate) key_header: KeyHeader,
    /// How long one answer may take.
    pub(crate) answer_timeout: Duration,
}

/// Which failures are tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// All that may pass: asking twice does no harm.
    Always,
    /// Only those where the engine cannot have done anything.
    IfNothingWasDone,
}

/// Sends requests to one engine.
pub(crate) struct Calls {
    client: Client,
    base: String,
    key: Option<Secret>,
    key_header: KeyHeader,
    name: String,
    limit_s: u64,
}

impl Calls {
    pub(crate) fn new(engine: &Endpoint<'_>) -> Self {
        let client = Client::builder()
            .tls_backend_preconfigured(fetch::public_tls())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(engine.answer_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .build()
            .expect("the parts of the client fit each other");
        Self {
            client,
            base: engine.url.trim_end_matches('/').to_owned(),
            key: engine.key.cloned(),
            key_header: engine.key_header,
            name: engine.name.to_owned(),
            limit_s: engine.answer_timeout.as_secs(),
        }
    }

    /// Sends a request, made anew for each attempt from the client and the URL, and reads its answer.
    pub(crate) async fn ask(
        &self,
        path: &str,
        again: Again,
        max_bytes: usize,
        make: impl Fn(&Client, String) -> RequestBuilder,
    ) -> Result<Bytes, CallFault> {
        Ok(self.ask_told(path, again, max_bytes, make).await?.1)
    }

    /// As [`Calls::ask`], with the status of success.
    pub(crate) async fn ask_told(
        &self,
        path: &str,
        again: Again,
        max_bytes: usize,
        make: impl Fn(&Client, String) -> RequestBuilder,
    ) -> Result<(StatusCode, Bytes), CallFault> {
        let mut wait = FIRST_WAIT;
        for attempt in 1.. {
            let request = self.with_key(make(&self.client, format!("{}{path}", self.base)));
            let (fault, asked_wait) = match self.attempt(request, max_bytes).await {
                Ok(answer) => return Ok(answer),
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
            if attempt == ATTEMPTS
                || !fault.may_pass()
                || !harmless
                || matches!(fault, CallFault::Timeout { .. })
            {
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
    pub(crate) async fn ask_json<T: DeserializeOwned>(
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
        let (name, value) = match self.key_header {
            KeyHeader::Bearer => (header::AUTHORIZATION, format!("Bearer {}", key.0)),
            KeyHeader::XiApiKey => (header::HeaderName::from_static("xi-api-key"), key.0.clone()),
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
    ) -> Result<(StatusCode, Bytes), (CallFault, Option<Duration>)> {
        let failed = |error: reqwest::Error| {
            let fault = if error.is_timeout() {
                CallFault::Timeout { limit_s: self.limit_s }
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
        let limit = if status.is_success() { max_bytes } else { MAX_REFUSAL_BYTES };
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
            return Ok((status, bytes.freeze()));
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
            said = said.replace(&key.0, "***");
        }
        tracing::warn!(engine = %self.name, status = status.as_u16(), said, "an engine refused");
    }
}
