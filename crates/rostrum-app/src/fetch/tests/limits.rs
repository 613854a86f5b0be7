use std::time::Duration;

use super::server::Step;
use super::*;

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n";
const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const MS: Duration = Duration::from_millis(1);

fn send(bytes: &[u8]) -> Step {
    Step::Send(bytes.to_vec())
}

fn under(server: &Server, change: impl FnOnce(&mut FetchSettings)) -> Fetcher {
    let mut settings = settings(server);
    change(&mut settings);
    Fetcher::new(settings, names(by_name))
}

/// What a server's bytes end in.
async fn outcome(bytes: impl AsRef<[u8]>) -> Result<Vec<u8>, FetchError> {
    let server = Server::saying(bytes).await;
    whole(&fetcher(&server), &server.url("a.test", "/")).await
}

#[tokio::test]
async fn a_body_without_a_length_ends_with_the_connection() {
    assert_eq!(outcome([HEAD, b"hello"].concat()).await.unwrap(), b"hello");
    assert_eq!(outcome([CHUNKED, b"2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n"].concat()).await.unwrap(), b"hello");
}

#[tokio::test]
async fn a_body_shorter_than_it_should_be_is_an_error() {
    for bytes in [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello".to_vec(),
        [CHUNKED, b"5\r\nhel"].concat(),
        [CHUNKED, b"5\r\nhello\r\n"].concat(),
        [CHUNKED, b"zz\r\nhello\r\n"].concat(),
        [CHUNKED, b"ffffffffffffffffff\r\nhello\r\n"].concat(),
    ] {
        let error = outcome(bytes).await.unwrap_err();
        assert_eq!(fault(&error), Some(DownloadFault::Truncated), "{error:?}");
    }
}

#[tokio::test]
async fn a_body_longer_than_its_length_is_cut_there() {
    let bytes = outcome("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more").await.unwrap();
    assert_eq!(bytes, b"hello");
}

#[tokio::test]
async fn what_is_no_http_is_no_answer() {
    for bytes in [
        "",
        "SSH-2.0-OpenSSH_9.9\r\n",
        "HTTP/1.1 200",
        "HTTP/9.9 200 OK\r\n\r\n",
        "+PONG\r\n",
        "HTTP/1.1 abc X\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n",
    ] {
        let error = outcome(bytes).await.unwrap_err();
        assert_eq!(fault(&error), Some(DownloadFault::NoAnswer), "{bytes}: {error:?}");
    }
}

#[tokio::test]
async fn a_closed_port_cannot_be_reached() {
    let server = Server::saying("").await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let fetcher = under(&server, |settings| settings.allowed_ports.push(closed));
    let error = whole(&fetcher, &format!("http://a.test:{closed}/")).await.unwrap_err();
    assert_eq!(fault(&error), Some(DownloadFault::NoConnection));
    assert!(!error.to_string().contains("127.0.0.1"), "{error}");
}

#[tokio::test]
async fn one_byte_over_the_limit_is_refused_announced_or_not() {
    for (bytes, taken) in [
        (b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 5\r\n\r\nhello".to_vec(), true),
        (b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 6\r\n\r\nhello!".to_vec(), false),
        ([HEAD, b"hello"].concat(), true),
        ([HEAD, b"hello!"].concat(), false),
    ] {
        let server = Server::saying(bytes).await;
        let fetcher = under(&server, |settings| settings.max_bytes = 5);
        match whole(&fetcher, &server.url("a.test", "/")).await {
            Ok(bytes) => assert!(taken && bytes == b"hello"),
            Err(FetchError::TooLarge { limit_bytes: 5, declared_type }) => {
                assert!(!taken);
                assert_eq!(declared_type.as_deref(), Some("video/mp4"));
            }
            Err(error) => panic!("{error:?}"),
        }
    }
}

#[tokio::test]
async fn a_length_over_the_limit_is_refused_before_the_body() {
    let server = Server::doing(vec![
        send(b"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n"),
        Step::Wait,
    ])
    .await;
    let error = fetcher(&server).fetch(&server.url("a.test", "/")).await.unwrap_err();
    assert!(matches!(error, FetchError::TooLarge { .. }), "{error:?}");
}

#[tokio::test]
async fn an_endless_body_ends_at_the_limit() {
    let chunk = [&b"10000\r\n"[..], &vec![b'x'; 1 << 16], b"\r\n"].concat();
    for (head, chunk) in [(HEAD, vec![b'x'; 1 << 16]), (CHUNKED, chunk)] {
        let server = Server::doing(vec![send(head), Step::SendForEver(chunk)]).await;
        let fetcher = under(&server, |settings| settings.max_bytes = 1 << 20);
        let mut body = fetcher.fetch(&server.url("a.test", "/")).await.unwrap().body;
        let mut received = 0;
        let error = loop {
            match body.try_next().await {
                Ok(chunk) => received += chunk.expect("the body has no end").len(),
                Err(error) => break error,
            }
        };
        assert!(matches!(error, FetchError::TooLarge { .. }), "{error:?}");
        assert!(received <= 1 << 20);
        assert!(body.try_next().await.unwrap().is_none(), "nothing comes after an error");
    }
}

#[tokio::test]
async fn an_endless_header_is_no_answer() {
    for step in [b"X-Y: z\r\n".as_slice(), b"x"] {
        let server =
            Server::doing(vec![send(b"HTTP/1.1 200 OK\r\nX: "), Step::SendForEver(step.repeat(4096))]).await;
        let error = whole(&fetcher(&server), &server.url("a.test", "/")).await.unwrap_err();
        assert_eq!(fault(&error), Some(DownloadFault::NoAnswer), "{error:?}");
    }
}

#[tokio::test]
async fn endless_interim_answers_are_waited_for_no_longer_than_for_headers() {
    let server = Server::doing(vec![Step::SendForEver(b"HTTP/1.1 102 Processing\r\n\r\n".to_vec())]).await;
    let fetcher = under(&server, |settings| {
        settings.connect_timeout = 50 * MS;
        settings.header_timeout = 50 * MS;
    });
    let error = whole(&fetcher, &server.url("a.test", "/")).await.unwrap_err();
    assert!(
        matches!(error, FetchError::Timeout(Wait::Answer)) || fault(&error) == Some(DownloadFault::NoAnswer),
        "{error:?}"
    );
}

#[tokio::test]
async fn headers_that_trickle_or_stall_are_not_waited_for() {
    let trickled = vec![send(b"HTTP/1.1 200 OK\r\nX: "), Step::Trickle(b'x')];
    for steps in [trickled, vec![Step::Wait], vec![send(b"HTTP/1.1 2"), Step::Wait]] {
        let server = Server::doing(steps).await;
        let fetcher = under(&server, |settings| {
            settings.connect_timeout = 50 * MS;
            settings.header_timeout = 50 * MS;
        });
        let error = whole(&fetcher, &server.url("a.test", "/")).await.unwrap_err();
        assert!(matches!(error, FetchError::Timeout(Wait::Answer)), "{error:?}");
    }
}

#[tokio::test]
async fn a_body_that_trickles_or_stalls_falls_below_the_least_rate() {
    for step in [Step::Trickle(b'x'), Step::Wait] {
        let server = Server::doing(vec![send(HEAD), send(b"hello"), step]).await;
        let fetcher = under(&server, |settings| settings.rate_window = 40 * MS);
        let error = whole(&fetcher, &server.url("a.test", "/")).await.unwrap_err();
        assert!(matches!(error, FetchError::Timeout(Wait::Rate)), "{error:?}");
    }
}

#[tokio::test]
async fn a_posts_status_counts_where_the_rest_of_the_answer_never_comes() {
    let server = Server::doing(vec![send(HEAD), send(b"thanks"), Step::Wait]).await;
    let posted = fetcher(&server)
        .post_json(&server.url("a.test", "/"), Vec::new(), "{}".to_owned(), 500 * MS, 1024)
        .await;
    assert_eq!(posted.unwrap(), (200, "thanks".to_owned()));
}

#[tokio::test]
async fn the_total_time_holds_for_the_body_and_for_redirects() {
    let server = Server::doing(vec![send(HEAD), Step::Trickle(b'x')]).await;
    let fetcher = under(&server, |settings| {
        settings.total_timeout = 80 * MS;
        settings.min_bytes_per_s = 0;
    });
    let error = whole(&fetcher, &server.url("a.test", "/")).await.unwrap_err();
    assert!(matches!(error, FetchError::Timeout(Wait::Total)), "{error:?}");

    let server = Server::answering(|path| match path {
        "/" => vec![send(b"HTTP/1.1 302 X\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")],
        _ => vec![Step::Wait],
    })
    .await;
    let fetcher = under(&server, |settings| settings.total_timeout = 80 * MS);
    let error = whole(&fetcher, &server.url("a.test", "/")).await.unwrap_err();
    assert!(matches!(error, FetchError::Timeout(Wait::Total)), "{error:?}");
}

#[tokio::test]
async fn a_resolver_that_does_not_answer_is_not_waited_for() {
    struct Silent;
    #[async_trait]
    impl Names for Silent {
        async fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
            std::future::pending().await
        }
    }
    let settings = FetchSettings { connect_timeout: 20 * MS, ..FetchSettings::default() };
    let error = whole(&Fetcher::new(settings, Arc::new(Silent)), "https://a.test/").await.unwrap_err();
    assert!(matches!(error, FetchError::Timeout(Wait::Connection)), "{error:?}");
}
