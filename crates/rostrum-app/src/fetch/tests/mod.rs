//! The fetcher against real sockets on the loopback, and against URLs that mean harm.

mod hostile;
mod limits;
mod redirects;
mod server;
mod tls;

use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures::TryStreamExt;

use super::*;
use server::Server;

/// Answers by a rule, which is given the name and how many were asked for before it.
struct Rule<F> {
    rule: F,
    asked: AtomicUsize,
}

#[async_trait]
impl<F: Fn(&str, usize) -> Vec<IpAddr> + Send + Sync> Names for Rule<F> {
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let before = self.asked.fetch_add(1, Ordering::Relaxed);
        let addresses = (self.rule)(name, before);
        if addresses.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(addresses) }
    }
}

fn names<F: Fn(&str, usize) -> Vec<IpAddr> + Send + Sync>(rule: F) -> Arc<Rule<F>> {
    Arc::new(Rule { rule, asked: AtomicUsize::new(0) })
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Takes the server as if it were public. `*.test` is the server, `private.example` is private.
fn settings(server: &Server) -> FetchSettings {
    FetchSettings {
        allow_http: true,
        allowed_networks: vec!["127.0.0.1".parse().unwrap()],
        allowed_ports: vec![80, 443, server.port],
        ..FetchSettings::default()
    }
}

fn by_name(name: &str, _: usize) -> Vec<IpAddr> {
    match name {
        "private.example" => vec![ip("10.0.0.1")],
        "both.example" => vec![ip("127.0.0.1"), ip("10.0.0.1")],
        name if name.rsplit('.').next() == Some("test") => vec![ip("127.0.0.1")],
        _ => Vec::new(),
    }
}

fn fetcher(server: &Server) -> Fetcher {
    Fetcher::new(settings(server), names(by_name))
}

/// Everything of a file.
async fn whole(fetcher: &Fetcher, url: &str) -> Result<Vec<u8>, FetchError> {
    let chunks: Vec<_> = fetcher.fetch(url).await?.body.try_collect().await?;
    Ok(chunks.concat())
}

fn fault(error: &FetchError) -> Option<DownloadFault> {
    match error {
        FetchError::DownloadFailed { fault, .. } => Some(*fault),
        _ => None,
    }
}

#[tokio::test]
async fn a_file_comes_with_its_name_type_and_length() {
    let server = Server::saying(
        "HTTP/1.1 200 OK\r\nContent-Type: Video/MP4; codecs=x\r\nContent-Length: 5\r\n\
         Content-Disposition: attachment; filename=\"film.mp4\"\r\n\r\nhello",
    )
    .await;
    let url = server.url("a.test", "/x/y.bin?q=1#t");
    let fetched = fetcher(&server).fetch(&url).await.unwrap();
    assert_eq!(fetched.final_url, server.url("a.test", "/x/y.bin?q=1"));
    assert_eq!(fetched.file_name.as_deref(), Some("film.mp4"));
    assert_eq!(fetched.declared_type.as_deref(), Some("video/mp4"));
    assert_eq!(fetched.content_length, Some(5));
    let chunks: Vec<_> = fetched.body.try_collect().await.unwrap();
    assert_eq!(chunks.concat(), b"hello");
}

#[tokio::test]
async fn the_request_says_no_more_than_it_must() {
    let server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    whole(&fetcher(&server), &server.url("a.test", "/x")).await.unwrap();
    let head = server.requests().remove(0).to_ascii_lowercase();
    let mut names: Vec<_> = head.lines().skip(1).filter_map(|line| Some(line.split_once(':')?.0)).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "accept-encoding", "host", "user-agent"]);
    assert!(head.starts_with("get /x http/1.1\r\n") && head.contains("accept-encoding: identity"));
}

#[tokio::test]
async fn only_the_status_200_is_a_file() {
    for status in [201, 204, 206, 300, 301, 304, 400, 401, 403, 404, 410, 416, 429, 500, 503] {
        let server = Server::saying(&format!(
            "HTTP/1.1 {status} X\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 0\r\n\r\n"
        ))
        .await;
        let error = whole(&fetcher(&server), &server.url("a.test", "/")).await.unwrap_err();
        assert_eq!(fault(&error), Some(DownloadFault::Status(status)));
    }
}

#[tokio::test]
async fn a_wrong_range_on_a_whole_answer_changes_nothing() {
    let server =
        Server::saying("HTTP/1.1 200 OK\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n\r\nhello")
            .await;
    assert_eq!(whole(&fetcher(&server), &server.url("a.test", "/")).await.unwrap(), b"hello");
}

#[tokio::test]
async fn a_page_behind_the_name_of_a_film_is_passed_on_as_what_it_claims() {
    let server =
        Server::saying("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>").await;
    let fetched = fetcher(&server).fetch(&server.url("a.test", "/film.mp4")).await.unwrap();
    assert_eq!(fetched.declared_type.as_deref(), Some("text/html"));
    assert_eq!(fetched.file_name.as_deref(), Some("film.mp4"));
}

#[tokio::test]
async fn a_claimed_type_that_can_be_none_is_dropped() {
    for claim in ["", "video", "a/b'c", "a b/c", "/", "video/", &format!("a/{}", "b".repeat(200)), "a/<b>"] {
        let server =
            Server::saying(&format!("HTTP/1.1 200 OK\r\nContent-Type: {claim}\r\nContent-Length: 0\r\n\r\n"))
                .await;
        let fetched = fetcher(&server).fetch(&server.url("a.test", "/")).await.unwrap();
        assert_eq!(fetched.declared_type, None, "{claim}");
    }
}

#[tokio::test]
async fn compressed_bytes_are_left_as_they_are() {
    let gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b\x04\0\x43\xbe\xb7\xe8\x01\0\0\0";
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", gzip.len());
    let server = Server::saying([head.as_bytes(), gzip].concat()).await;
    assert_eq!(whole(&fetcher(&server), &server.url("a.test", "/")).await.unwrap(), gzip);
}

#[tokio::test]
async fn a_name_is_looked_up_once_and_not_again_for_the_connection() {
    let server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
    let rebinding = names(|_, before| vec![if before == 0 { ip("127.0.0.1") } else { ip("10.0.0.1") }]);
    let fetcher = Fetcher::new(settings(&server), rebinding.clone());
    let url = server.url("rebinding.example", "/");
    assert_eq!(whole(&fetcher, &url).await.unwrap(), b"ok");
    assert_eq!(rebinding.asked.load(Ordering::Relaxed), 1);
    let error = whole(&fetcher, &url).await.unwrap_err();
    assert!(matches!(error, FetchError::ForbiddenAddress(_)));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn one_address_that_is_not_public_refuses_the_name() {
    let server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
    for name in ["both.example", "private.example"] {
        let error = whole(&fetcher(&server), &server.url(name, "/")).await.unwrap_err();
        assert!(matches!(error, FetchError::ForbiddenAddress(_)));
        assert!(!error.to_string().contains("10.0.0"), "{error}");
    }
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn a_name_without_addresses_is_a_failed_download() {
    let server = Server::saying("").await;
    let error = whole(&fetcher(&server), &server.url("unknown.example", "/")).await.unwrap_err();
    assert_eq!(fault(&error), Some(DownloadFault::UnknownHost));
    let none = Fetcher::new(settings(&server), Arc::new(NoAddresses));
    let error = whole(&none, &server.url("unknown.example", "/")).await.unwrap_err();
    assert_eq!(fault(&error), Some(DownloadFault::UnknownHost));
}

struct NoAddresses;

#[async_trait]
impl Names for NoAddresses {
    async fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        Ok(Vec::new())
    }
}

#[tokio::test]
async fn the_system_resolves_names_and_its_loopback_is_refused() {
    let error =
        whole(&Fetcher::new(FetchSettings::default(), Arc::new(SystemNames)), "https://localhost/").await;
    assert!(matches!(error, Err(FetchError::ForbiddenAddress(_))));
    assert!(SystemNames.addresses("localhost").await.unwrap().iter().all(IpAddr::is_loopback));
}
