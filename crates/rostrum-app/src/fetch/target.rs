//! A URL that may be asked for, by its text alone.

use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr};

use url::{Host, SyntaxViolation, Url};

use super::MAX_URL_BYTES;
use super::error::{FetchError, UrlFault};
use super::settings::FetchSettings;

/// The longest name of a host, in characters: RFC 1035 2.3.4, without the length bytes.
const MAX_NAME_CHARS: usize = 253;

/// A checked URL. If its host is written as an address, that address is allowed.
#[derive(Debug, Clone)]
pub(super) struct Target {
    url: Url,
    host: TargetHost,
}

/// What a URL names its host by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TargetHost {
    /// An address that may be connected to.
    Address(IpAddr),
    /// A name, in ASCII; its addresses are yet to be checked.
    Name(String),
}

impl Target {
    /// Reads and checks a URL.
    pub(super) fn parse(text: &str, settings: &FetchSettings) -> Result<Self, FetchError> {
        let url = read(text, None).map_err(FetchError::InvalidUrl)?;
        Self::check(url, settings, FetchError::InvalidUrl)
    }

    /// Reads and checks the `Location` of a redirect.
    pub(super) fn redirected(&self, location: &str, settings: &FetchSettings) -> Result<Self, FetchError> {
        let url = read(location, Some(&self.url)).map_err(FetchError::InvalidRedirect)?;
        Self::check(url, settings, FetchError::InvalidRedirect)
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    pub(super) fn host(&self) -> &TargetHost {
        &self.host
    }

    fn check(
        mut url: Url,
        settings: &FetchSettings,
        fault: fn(UrlFault) -> FetchError,
    ) -> Result<Self, FetchError> {
        if !(url.scheme() == "https" || url.scheme() == "http" && settings.allow_http) {
            return Err(fault(UrlFault::Scheme));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(fault(UrlFault::Credentials));
        }
        let host = match url.host() {
            Some(Host::Ipv4(address)) => TargetHost::Address(address.into()),
            Some(Host::Ipv6(address)) => TargetHost::Address(address.into()),
            Some(Host::Domain(name)) if can_be_a_name(name) => TargetHost::Name(name.to_owned()),
            Some(Host::Domain(_)) | None => return Err(fault(UrlFault::Malformed)),
        };
        if !url.port_or_known_default().is_some_and(|port| settings.allowed_ports.contains(&port)) {
            return Err(fault(UrlFault::Port));
        }
        match &host {
            TargetHost::Address(address) => settings.require_allowed(*address),
            // Always the loopback, whatever a resolver says: RFC 6761 6.3.
            TargetHost::Name(name) if is_localhost(name) => {
                settings.require_allowed(Ipv4Addr::LOCALHOST.into())
            }
            TargetHost::Name(_) => Ok(()),
        }
        .map_err(FetchError::ForbiddenAddress)?;
        url.set_fragment(None);
        Ok(Self { url, host })
    }
}

/// Reads a URL once, with the parser whose result is also connected to. What other parsers may read otherwise is refused.
fn read(text: &str, base: Option<&Url>) -> Result<Url, UrlFault> {
    if text.len() > MAX_URL_BYTES {
        return Err(UrlFault::TooLong);
    }
    let violated = Cell::new(None);
    let note = |violation| {
        let fault = match violation {
            SyntaxViolation::Backslash
            | SyntaxViolation::TabOrNewlineIgnored
            | SyntaxViolation::ExpectedDoubleSlash => UrlFault::Ambiguous,
            SyntaxViolation::EmbeddedCredentials | SyntaxViolation::UnencodedAtSign => UrlFault::Credentials,
            _ => return,
        };
        violated.set(violated.get().or(Some(fault)));
    };
    let url = Url::options().base_url(base).syntax_violation_callback(Some(&note)).parse(text);
    if text.chars().any(char::is_control) {
        return Err(UrlFault::Ambiguous);
    }
    let url = url.map_err(|_| violated.get().unwrap_or(UrlFault::Malformed))?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(UrlFault::Scheme);
    }
    violated.get().map_or(Ok(url), Err)
}

/// Whether a name can be one of a host: letters, digits, `-` and `_` between single dots, at the end perhaps one more.
fn can_be_a_name(name: &str) -> bool {
    let labels = name.strip_suffix('.').unwrap_or(name);
    labels.len() <= MAX_NAME_CHARS
        && labels.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        })
}

fn is_localhost(name: &str) -> bool {
    name.trim_end_matches('.').rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case("localhost"))
}

#[cfg(test)]
mod tests;
