//! The bytes of a download, under its limits.

use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use tokio::time::{Instant, timeout_at};

use super::error::{DownloadFault, FetchError, Wait};
use super::pace::Pace;

/// The bytes as they come; after an error there are no more.
pub type Body = BoxStream<'static, Result<Bytes, FetchError>>;

/// How much may come, how slowly and until when.
#[derive(Debug)]
pub(super) struct BodyLimits {
    pub(super) max_bytes: u64,
    pub(super) declared_type: Option<String>,
    pub(super) pace: Pace,
    pub(super) deadline: Instant,
}

struct Reading {
    response: reqwest::Response,
    limits: BodyLimits,
    received: u64,
}

/// Reads the body of an answer.
pub(super) fn body(response: reqwest::Response, limits: BodyLimits) -> Body {
    let reading = Reading { response, limits, received: 0 };
    stream::try_unfold(reading, |mut reading| async move {
        Ok(reading.next().await?.map(|chunk| (chunk, reading)))
    })
    .boxed()
}

impl Reading {
    async fn next(&mut self) -> Result<Option<Bytes>, FetchError> {
        loop {
            let started = Instant::now();
            let end_of_window = started + self.limits.pace.patience();
            let chunk = timeout_at(end_of_window.min(self.limits.deadline), self.response.chunk()).await;
            let waited: Duration = started.elapsed();
            let chunk = match chunk {
                Err(_) if Instant::now() >= self.limits.deadline => {
                    return Err(FetchError::Timeout(Wait::Total));
                }
                Err(_) => {
                    self.limits.pace.add(waited, 0).map_err(|_| FetchError::Timeout(Wait::Rate))?;
                    continue;
                }
                Ok(Err(cause)) => {
                    return Err(FetchError::failed_by(DownloadFault::Truncated, cause.without_url()));
                }
                Ok(Ok(None)) => return Ok(None),
                Ok(Ok(Some(chunk))) => chunk,
            };
            self.received += chunk.len() as u64;
            if self.received > self.limits.max_bytes {
                return Err(FetchError::TooLarge {
                    limit_bytes: self.limits.max_bytes,
                    declared_type: self.limits.declared_type.take(),
                });
            }
            self.limits.pace.add(waited, chunk.len() as u64).map_err(|_| FetchError::Timeout(Wait::Rate))?;
            return Ok(Some(chunk));
        }
    }
}
