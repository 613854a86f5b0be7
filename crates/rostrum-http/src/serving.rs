//! From a listening socket to requests and answers.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::serve::{Listener, ListenerExt};
use axum::{Router, body::Body};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_util::either::Either;
use tower::ServiceExt;

/// The most bytes that a connection reads ahead, and the most that wait to be written. Hyper's own 400 KiB make 80 MiB
/// of 200 uploads at once.
const BUFFER_BYTES: usize = 64 * 1024;

/// How long a client may take to send the head of a request, from the first byte of its connection or the end of the
/// request before. Bodies may take as long as they like.
const HEAD_TIME: Duration = Duration::from_secs(30);

/// How long the handshake of TLS may take.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);

/// Marks requests that came over TLS.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OverTls;

/// The address of the other end of a connection: the client's, or that of the last proxy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PeerAddress(pub Option<IpAddr>);

impl<S: Sync> FromRequestParts<S> for PeerAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or(Self(None)))
    }
}

/// Serves until `stop` ends, then lets open requests end, for `grace` at most. Gives whether all of them did. With a `tls`, over
/// that, else in the clear.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    router: Router,
    stop: impl Future<Output = ()>,
    grace: Duration,
) -> bool {
    let mut listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps waiting for full packets");
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(BUFFER_BYTES);
    let tls = tls.map(TlsAcceptor::from);
    let connections = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        // Failures to accept are logged and waited out inside.
        let (connection, peer) = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.as_mut() => break,
        };
        let tls = tls.clone();
        let service = router.clone().map_request({
            let is_over_tls = tls.is_some();
            move |request: Request<_>| {
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(PeerAddress(Some(peer.ip())));
                if is_over_tls {
                    request.extensions_mut().insert(OverTls);
                }
                request
            }
        });
        let (http, watcher) = (http.clone(), connections.watcher());
        tokio::spawn(async move {
            let connection = match tls {
                None => Either::Left(connection),
                Some(tls) => {
                    let agreed = tokio::time::timeout(HANDSHAKE_TIME, tls.accept(connection)).await;
                    match agreed.unwrap_or_else(|late| Err(late.into())) {
                        Ok(connection) => Either::Right(connection),
                        Err(error) => {
                            tracing::debug!(%error, "a client did not agree on TLS");
                            return;
                        }
                    }
                }
            };
            let serving = http.serve_connection(TokioIo::new(connection), TowerToHyperService::new(service));
            if let Err(error) = watcher.watch(serving).await {
                tracing::debug!(error = &error as &dyn std::error::Error, "a connection broke");
            }
        });
    }
    drop(listener);
    tokio::time::timeout(grace, connections.shutdown()).await.is_ok()
}
