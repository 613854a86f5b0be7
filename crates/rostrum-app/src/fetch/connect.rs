//! Connections to the addresses that were checked, and to no others.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use rustls::{ClientConfig, RootCertStore};

use super::error::{DownloadFault, FetchError, Wait};

/// TLS 1.2 and 1.3 with servers that the roots vouch for.
pub(super) fn tls(roots: RootCertStore) -> ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has the suites of TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    tls
}

/// A client for one request. It connects to these addresses whatever name it is given; a URL whose host is an address
/// bypasses them, and must have been checked as such.
pub(super) fn client(addresses: Vec<IpAddr>, tls: ClientConfig, connect_timeout: Duration) -> Client {
    Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(Pinned(addresses))
        .connect_timeout(connect_timeout)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .http1_only()
        .pool_max_idle_per_host(0)
        .user_agent(concat!("Rostrum/", env!("CARGO_PKG_VERSION")))
        .build()
        .expect("the TLS configuration is one of the rustls that reqwest uses")
}

/// Answers every name with the addresses that were checked.
struct Pinned(Vec<IpAddr>);

impl reqwest::dns::Resolve for Pinned {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        // The port 0 is replaced by that of the URL.
        let addresses: Vec<_> = self.0.iter().map(|address| SocketAddr::new(*address, 0)).collect();
        Box::pin(async move { Ok(Box::new(addresses.into_iter()) as reqwest::dns::Addrs) })
    }
}

/// What it means that a request got no answer.
pub(super) fn no_answer(error: reqwest::Error) -> FetchError {
    let error = error.without_url();
    if error.is_connect() && error.is_timeout() {
        return FetchError::Timeout(Wait::Connection);
    }
    let fault = match (error.is_connect(), has_tls_fault(&error)) {
        (_, true) => DownloadFault::Tls,
        (true, false) => DownloadFault::NoConnection,
        (false, false) => DownloadFault::NoAnswer,
    };
    FetchError::failed_by(fault, error)
}

/// Whether the TLS library is among the causes. It hides inside `std::io::Error`, which does not name it as its source.
fn has_tls_fault(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(current) = cause {
        if current.is::<rustls::Error>() {
            return true;
        }
        let hidden = current.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        cause = match hidden {
            Some(inner) => Some(inner),
            None => current.source(),
        };
    }
    false
}
