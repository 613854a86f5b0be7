use std::sync::Mutex;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::server::{Step, answer};
use super::*;

/// Serves a file over TLS as `a.test`, with a certificate that only the roots returned vouch for.
async fn tls_server() -> (u16, RootCertStore) {
    let made = rcgen::generate_simple_self_signed(vec!["a.test".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let stream = acceptor.accept(stream).await.ok()?;
                let file = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_vec();
                answer(stream, &Mutex::default(), &|_: &str| vec![Step::Send(file.clone())]).await
            });
        }
    });
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    (port, roots)
}

fn https_only(port: u16) -> FetchSettings {
    FetchSettings {
        allowed_networks: vec!["127.0.0.1".parse().unwrap()],
        allowed_ports: vec![port],
        ..FetchSettings::default()
    }
}

#[tokio::test]
async fn a_file_comes_over_tls_from_a_server_that_is_vouched_for() {
    let (port, roots) = tls_server().await;
    let fetcher = Fetcher::trusting(https_only(port), names(by_name), roots);
    for host in ["a.test", "A.TEST"] {
        assert_eq!(whole(&fetcher, &format!("https://{host}:{port}/")).await.unwrap(), b"ok");
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_or_from_a_stranger_is_refused() {
    let (port, roots) = tls_server().await;
    let trusting = Fetcher::trusting(https_only(port), names(by_name), roots);
    let ordinary = Fetcher::new(https_only(port), names(by_name));
    for (fetcher, host) in [(&trusting, "b.test"), (&trusting, "127.0.0.1"), (&ordinary, "a.test")] {
        let error = whole(fetcher, &format!("https://{host}:{port}/")).await.unwrap_err();
        assert_eq!(fault(&error), Some(DownloadFault::Tls), "{error:?}");
    }
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let fetcher = Fetcher::new(https_only(port), names(by_name));
    let error = whole(&fetcher, &format!("https://a.test:{port}/")).await.unwrap_err();
    assert_eq!(fault(&error), Some(DownloadFault::Tls), "{error:?}");
}

#[tokio::test]
async fn a_handshake_that_does_not_end_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let settings = FetchSettings { connect_timeout: Duration::from_millis(50), ..https_only(port) };
    let error =
        whole(&Fetcher::new(settings, names(by_name)), &format!("https://a.test:{port}/")).await.unwrap_err();
    assert!(matches!(error, FetchError::Timeout(Wait::Connection)), "{error:?}");
    drop(listener);
}
