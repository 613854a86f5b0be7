//! Files behind URLs that callers give: the only place that asks a stranger's server for anything.
//!
//! A URL is text from a stranger, and this server stands inside somebody's network. So a URL is parsed once; the
//! addresses of its host are resolved once, here, and every one of them must be public; the connection goes to one of
//! the addresses that were checked, and to no other; and each redirect is a new URL to which all of this applies. There
//! are no proxies, no cookies, no credentials and no decompression. Limits on size, time and rate hold while the bytes
//! come. The type of a file is not judged here: what the server declares is passed on as a claim.
//!
//! A network that translates IPv4 with a NAT64 prefix of its own choice, and routes it to private hosts, cannot be
//! recognised from an address; such a network has to be closed by its own firewall.

pub mod address;
mod body;
mod connect;
mod error;
mod file_name;
mod names;
mod network;
mod pace;
mod settings;
mod target;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Method, Response, StatusCode, header};
use rustls::{ClientConfig, RootCertStore};
use tokio::time::{Instant, timeout, timeout_at};

pub use body::Body;
pub use error::{DownloadFault, FetchError, UrlFault, Wait};
pub use names::{Names, SystemNames};
pub use network::{Network, NotANetwork};
pub use settings::FetchSettings;

use body::{BodyLimits, body};
use pace::Pace;
use target::{Target, TargetHost};

/// The longest URL, in bytes: signed URLs of object stores reach 3,000.
pub const MAX_URL_BYTES: usize = 8192;

/// How many redirects are followed.
pub const MAX_REDIRECTS: usize = 5;

/// How many addresses of one name are tried; all are checked.
const MAX_ADDRESSES: usize = 8;

/// Fetches URLs that callers give.
#[derive(Clone)]
pub struct Fetcher {
    settings: Arc<FetchSettings>,
    names: Arc<dyn Names>,
    tls: ClientConfig,
}

/// A file that a server began to give.
pub struct Fetched {
    /// Where it was found after all redirects, without fragment.
    pub final_url: String,
    /// What it is called, by the server or else by the URL: no folders, no control characters, at most 255 characters.
    pub file_name: Option<String>,
    /// The media type the server declares, in lower case and without parameters: a claim.
    pub declared_type: Option<String>,
    /// The length the server declares, in bytes. If it is wrong, the body ends with an error.
    pub content_length: Option<u64>,
    /// The bytes as the server keeps them.
    pub body: Body,
}

fn public_roots() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

/// TLS that trusts the certificate authorities of the Mozilla programme.
pub(crate) fn public_tls() -> ClientConfig {
    connect::tls(public_roots())
}

impl std::fmt::Debug for Fetched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetched").field("final_url", &self.final_url).finish_non_exhaustive()
    }
}

impl Fetcher {
    /// A fetcher that trusts the certificate authorities of the Mozilla programme.
    pub fn new(settings: FetchSettings, names: Arc<dyn Names>) -> Self {
        Self::trusting(settings, names, public_roots())
    }

    fn trusting(settings: FetchSettings, names: Arc<dyn Names>, roots: RootCertStore) -> Self {
        let tls = connect::tls(roots);
        Self { settings: Arc::new(settings), names, tls }
    }

    /// Asks for a file. Returns with the first bytes; the limits go on while the body is read.
    ///
    /// # Errors
    /// When the URL may not be fetched, or the server does not give the file.
    pub async fn fetch(&self, url: &str) -> Result<Fetched, FetchError> {
        let deadline = Instant::now() + self.settings.total_timeout;
        let mut target = Target::parse(url, &self.settings)?;
        for _ in 0..=MAX_REDIRECTS {
            let response = timeout_at(deadline, self.ask(&target))
                .await
                .map_err(|_| FetchError::Timeout(Wait::Total))??;
            let Some(location) = location(&response) else {
                return self.accept(&target, response, deadline);
            };
            target = target.redirected(&location, &self.settings)?;
        }
        Err(FetchError::failed(DownloadFault::TooManyRedirects))
    }

    /// Whether a URL could be asked for, by its text alone.
    ///
    /// # Errors
    /// When it could not.
    pub fn check(&self, url: &str) -> Result<(), FetchError> {
        Target::parse(url, &self.settings).map(|_| ())
    }

    /// Posts JSON to a URL, and gives the status of the answer and its first bytes, at most `kept`. Redirects are not followed.
    ///
    /// # Errors
    /// When the URL may not be asked for, or there is no answer within `answer_timeout`.
    pub async fn post_json(
        &self,
        url: &str,
        headers: Vec<(&'static str, String)>,
        body: String,
        answer_timeout: Duration,
        kept: usize,
    ) -> Result<(u16, String), FetchError> {
        let target = Target::parse(url, &self.settings)?;
        let deadline = Instant::now() + answer_timeout;
        let posting = async {
            let client = self.client(&target).await?;
            let mut request =
                client.post(target.url().clone()).header(header::CONTENT_TYPE, "application/json");
            for (name, value) in headers {
                request = request.header(name, value);
            }
            request.body(body).send().await.map_err(connect::no_answer)
        };
        let mut response =
            timeout_at(deadline, posting).await.map_err(|_| FetchError::Timeout(Wait::Answer))??;
        let mut start = Vec::new();
        // The status is the answer; what follows is only for the log, and may never come.
        while start.len() < kept
            && let Ok(Ok(Some(piece))) = timeout_at(deadline, response.chunk()).await
        {
            start.extend_from_slice(&piece[..piece.len().min(kept - start.len())]);
        }
        Ok((response.status().as_u16(), String::from_utf8_lossy(&start).into_owned()))
    }

    /// Sends `OPTIONS` to a URL, and gives the status of the answer. Redirects are not followed.
    ///
    /// # Errors
    /// When the URL may not be asked for, or there is no answer within `answer_timeout`.
    pub async fn options(&self, url: &str, answer_timeout: Duration) -> Result<u16, FetchError> {
        let target = Target::parse(url, &self.settings)?;
        let asking = async {
            let client = self.client(&target).await?;
            let request = client.request(Method::OPTIONS, target.url().clone());
            Ok(request.send().await.map_err(connect::no_answer)?.status().as_u16())
        };
        timeout(answer_timeout, asking).await.map_err(|_| FetchError::Timeout(Wait::Answer))?
    }

    /// A client for one request to a host whose addresses are allowed.
    async fn client(&self, target: &Target) -> Result<Client, FetchError> {
        let settings = &self.settings;
        let addresses = timeout(settings.connect_timeout, self.allowed_addresses(target.host()))
            .await
            .map_err(|_| FetchError::Timeout(Wait::Connection))??;
        Ok(connect::client(addresses, self.tls.clone(), settings.connect_timeout))
    }

    /// One request, answered up to the headers.
    async fn ask(&self, target: &Target) -> Result<Response, FetchError> {
        let settings = &self.settings;
        let client = self.client(target).await?;
        let request = client
            .get(target.url().clone())
            .header(header::ACCEPT, "*/*")
            .header(header::ACCEPT_ENCODING, "identity")
            .send();
        timeout(settings.connect_timeout + settings.header_timeout, request)
            .await
            .map_err(|_| FetchError::Timeout(Wait::Answer))?
            .map_err(connect::no_answer)
    }

    /// All addresses of a host, if each of them is allowed.
    async fn allowed_addresses(&self, host: &TargetHost) -> Result<Vec<IpAddr>, FetchError> {
        let name = match host {
            TargetHost::Address(address) => return Ok(vec![*address]),
            TargetHost::Name(name) => name,
        };
        let mut addresses = self
            .names
            .addresses(name)
            .await
            .map_err(|cause| FetchError::failed_by(DownloadFault::UnknownHost, cause))?;
        if addresses.is_empty() {
            return Err(FetchError::failed(DownloadFault::UnknownHost));
        }
        for address in &addresses {
            self.settings.require_allowed(*address).map_err(FetchError::ForbiddenAddress)?;
        }
        addresses.truncate(MAX_ADDRESSES);
        Ok(addresses)
    }

    /// Takes the file, if it is one and not too long.
    fn accept(&self, target: &Target, response: Response, deadline: Instant) -> Result<Fetched, FetchError> {
        let settings = &self.settings;
        if response.status() != StatusCode::OK {
            return Err(FetchError::failed(DownloadFault::Status(response.status().as_u16())));
        }
        let declared_type = declared_type(&response);
        let content_length = response.content_length();
        if content_length.is_some_and(|length| length > settings.max_bytes) {
            return Err(FetchError::TooLarge { limit_bytes: settings.max_bytes, declared_type });
        }
        let disposition = response.headers().get(header::CONTENT_DISPOSITION);
        let file_name = file_name::file_name(disposition.map(header::HeaderValue::as_bytes), target.url());
        let limits = BodyLimits {
            max_bytes: settings.max_bytes,
            declared_type: declared_type.clone(),
            pace: Pace::new(settings.rate_window, settings.min_bytes_per_s),
            deadline,
        };
        Ok(Fetched {
            final_url: target.url().to_string(),
            file_name,
            declared_type,
            content_length,
            body: body(response, limits),
        })
    }
}

/// Where a redirect leads. Other answers with a status of 3xx, and redirects that do not say where to, are no redirects.
fn location(response: &Response) -> Option<String> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(header::LOCATION)?;
    Some(String::from_utf8_lossy(location.as_bytes()).into_owned())
}

/// The media type of a `Content-Type`, if it can be one.
fn declared_type(response: &Response) -> Option<String> {
    const MAX_TYPE_CHARS: usize = 127;
    let value = response.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_token = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    let valid = essence.len() <= MAX_TYPE_CHARS
        && essence.split_once('/').is_some_and(|(kind, rest)| is_token(kind) && is_token(rest));
    valid.then_some(essence)
}
