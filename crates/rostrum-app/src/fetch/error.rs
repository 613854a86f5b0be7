//! Why a URL was not fetched. The texts are for whoever gave the URL: no address that a name resolved to, and nothing
//! about hosts that are not public, is in them. Causes are for the log.

use super::address::NonPublic;

/// A URL was not fetched, or not to its last byte.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Never tried: the URL cannot be taken as it is written.
    #[error("the URL {0}")]
    InvalidUrl(UrlFault),
    /// A redirect leads to a URL that would not have been taken either.
    #[error("the URL redirects to one that {0}")]
    InvalidRedirect(UrlFault),
    /// Never tried: the URL, or one it redirects to, leads to an address that is not public. The reason is not in the
    /// text, because it would tell how a name resolves inside this network.
    #[error("the URL does not lead to a public address")]
    ForbiddenAddress(NonPublic),
    /// The other side did not give the file.
    #[error("the download failed: {fault}")]
    DownloadFailed {
        /// What it did instead.
        fault: DownloadFault,
        /// Of the network or the TLS library, where there is one.
        #[source]
        cause: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// More bytes than the limit, announced or sent.
    #[error("{}", too_large(*.limit_bytes, declared_type.as_deref()))]
    TooLarge {
        /// The most that is taken.
        limit_bytes: u64,
        /// The media type that the server declared.
        declared_type: Option<String>,
    },
    /// The other side was too slow.
    #[error("the server took too long {0}")]
    Timeout(Wait),
}

/// What is wrong with a URL as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlFault {
    /// Longer than [`super::MAX_URL_BYTES`].
    #[error("is longer than {} bytes", super::MAX_URL_BYTES)]
    TooLong,
    /// No parser takes it, or its host can be no host.
    #[error("is not a valid URL with a host")]
    Malformed,
    /// Programs disagree on what it means: control characters, backslashes, slashes that are missing or too many.
    #[error("holds control characters, backslashes or misplaced slashes")]
    Ambiguous,
    /// Not https; http where the settings do not allow it.
    #[error(
        "has a scheme that is not accepted; use https, or have the server's setting 'fetch_http' allow http"
    )]
    Scheme,
    /// Something before an `@`.
    #[error("carries a user name or password")]
    Credentials,
    /// Not one of the allowed ports.
    #[error("names a port that is not accepted")]
    Port,
}

/// What a server did instead of giving the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DownloadFault {
    /// The name of the host has no address.
    #[error("the name of its host does not resolve")]
    UnknownHost,
    /// No connection.
    #[error("its server could not be reached")]
    NoConnection,
    /// A connection, but none that can be trusted.
    #[error("no trusted TLS connection to its server could be made")]
    Tls,
    /// The connection was given up before there was an answer, or the answer is not HTTP.
    #[error("its server gave no valid answer")]
    NoAnswer,
    /// Any status but 200.
    #[error("its server answered with status {0}, not 200")]
    Status(u16),
    /// More than [`super::MAX_REDIRECTS`].
    #[error("it redirects more than {} times", super::MAX_REDIRECTS)]
    TooManyRedirects,
    /// The body broke off.
    #[error("the file broke off before its last byte")]
    Truncated,
}

/// What was waited for in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Wait {
    /// The addresses of the name, the connection and its encryption.
    #[error("to be reached")]
    Connection,
    /// The answer up to the end of its headers.
    #[error("to answer")]
    Answer,
    /// The least rate at which bytes must come.
    #[error("to send the file: its rate fell below the least that is accepted")]
    Rate,
    /// All of it, redirects included.
    #[error("to give the whole file")]
    Total,
}

impl FetchError {
    pub(super) fn failed(fault: DownloadFault) -> Self {
        Self::DownloadFailed { fault, cause: None }
    }

    pub(super) fn failed_by(
        fault: DownloadFault,
        cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::DownloadFailed { fault, cause: Some(cause.into()) }
    }
}

/// The contract's sentence for files that are too large; whole MB (of 2^20 bytes) are written as such.
fn too_large(limit_bytes: u64, declared_type: Option<&str>) -> String {
    const MB: u64 = 1024 * 1024;
    let of_type = declared_type.map_or(String::new(), |name| format!(" of type '{name}'"));
    if limit_bytes > 0 && limit_bytes.is_multiple_of(MB) {
        format!("Maximum size for URL inputs{of_type} is {} MB", limit_bytes / MB)
    } else {
        format!("Maximum size for URL inputs{of_type} is {limit_bytes} bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_large_is_said_in_the_words_of_the_contract() {
        let limit_bytes = 32 * 1024 * 1024;
        let error = FetchError::TooLarge { limit_bytes, declared_type: Some("video/mp4".to_owned()) };
        assert_eq!(error.to_string(), "Maximum size for URL inputs of type 'video/mp4' is 32 MB");
        let error = FetchError::TooLarge { limit_bytes: 1000, declared_type: None };
        assert_eq!(error.to_string(), "Maximum size for URL inputs is 1000 bytes");
    }

    #[test]
    fn the_text_of_a_forbidden_address_does_not_say_what_it_is() {
        let texts: Vec<_> = [NonPublic::Loopback, NonPublic::Private, NonPublic::LinkLocal]
            .map(|reason| FetchError::ForbiddenAddress(reason).to_string())
            .to_vec();
        assert!(texts.iter().all(|text| *text == texts[0]));
        assert!(std::error::Error::source(&FetchError::ForbiddenAddress(NonPublic::Loopback)).is_none());
    }
}
