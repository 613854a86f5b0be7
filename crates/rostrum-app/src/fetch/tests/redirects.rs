use super::server::Step;
use super::*;

fn to(status: u16, location: &str) -> Vec<Step> {
    let answer = format!("HTTP/1.1 {status} X\r\nLocation: {location}\r\nContent-Length: 3\r\n\r\nxyz");
    vec![Step::Send(answer.into_bytes())]
}

fn file() -> Vec<Step> {
    vec![Step::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_vec())]
}

/// `/STATUS/LOCATION` redirects there; `/hops/N` redirects N times; all else is a file.
async fn redirecting() -> Server {
    Server::answering(|path| {
        if let Some(left) = path.strip_prefix("/hops/").and_then(|n| n.parse::<u32>().ok()).filter(|n| *n > 0)
        {
            return to(302, &format!("{}", left - 1));
        }
        match path[1..].split_once('/') {
            Some((status, location)) if status.parse::<u16>().is_ok() => to(
                status.parse().unwrap(),
                &percent_encoding::percent_decode_str(location).decode_utf8_lossy(),
            ),
            _ => file(),
        }
    })
    .await
}

#[tokio::test]
async fn each_kind_of_redirect_is_followed_to_relative_and_absolute_urls() {
    let server = redirecting().await;
    for status in [301, 302, 303, 307, 308] {
        for location in
            ["/x/y", "../z", &server.url("b.test", "/q?r"), &format!("//c.test:{}/s", server.port)]
        {
            let url = server.url("a.test", &format!("/{status}/{}", location.replace('?', "%3F")));
            assert_eq!(whole(&fetcher(&server), &url).await.unwrap(), b"ok", "{url}");
        }
    }
}

#[tokio::test]
async fn the_url_of_the_file_is_the_last_one() {
    let server = redirecting().await;
    let fetched = fetcher(&server).fetch(&server.url("a.test", "/302/%2Ffilms%2Fa.mp4")).await.unwrap();
    assert_eq!(fetched.final_url, server.url("a.test", "/films/a.mp4"));
    assert_eq!(fetched.file_name.as_deref(), Some("a.mp4"));
}

#[tokio::test]
async fn five_redirects_are_followed_and_the_sixth_is_not() {
    let server = redirecting().await;
    assert_eq!(whole(&fetcher(&server), &server.url("a.test", "/hops/5")).await.unwrap(), b"ok");
    assert_eq!(server.requests().len(), 6);
    for url in ["/hops/6", "/hops/1000000"] {
        let error = whole(&fetcher(&server), &server.url("a.test", url)).await.unwrap_err();
        assert_eq!(fault(&error), Some(DownloadFault::TooManyRedirects));
    }
    assert_eq!(server.requests().len(), 18);
}

#[tokio::test]
async fn a_loop_ends() {
    let server = Server::answering(|_| to(307, "/again")).await;
    let error = whole(&fetcher(&server), &server.url("a.test", "/")).await.unwrap_err();
    assert_eq!(fault(&error), Some(DownloadFault::TooManyRedirects));
}

#[tokio::test]
async fn a_redirect_to_what_is_not_public_is_refused_by_every_status() {
    let server = redirecting().await;
    for status in [301, 302, 303, 307, 308] {
        for host in [
            "10.0.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "127.0.0.2",
            "[::1]",
            "[::ffff:10.0.0.1]",
            "[64:ff9b::a00:1]",
            "0x0a000001",
            "private.example",
            "both.example",
            "[fd00:ec2::254]",
            "0",
        ] {
            let url = server.url("a.test", &format!("/{status}/http:%2F%2F{host}%2Flatest"));
            let error = whole(&fetcher(&server), &url).await.unwrap_err();
            assert!(matches!(error, FetchError::ForbiddenAddress(_)), "{url}: {error:?}");
            assert_eq!(error.to_string(), "the URL does not lead to a public address");
        }
    }
}

#[tokio::test]
async fn a_redirect_to_a_url_that_cannot_be_taken_is_refused() {
    let server = redirecting().await;
    for (location, fault) in [
        ("file:%2F%2F%2Fetc%2Fpasswd", UrlFault::Scheme),
        ("gopher:%2F%2Fa.test%2F1", UrlFault::Scheme),
        ("data:text%2Fplain,x", UrlFault::Scheme),
        ("ftp:%2F%2Fa.test%2Fx", UrlFault::Scheme),
        ("javascript:alert(1)", UrlFault::Scheme),
        ("http:%2F%2Fuser:pass@a.test%2F", UrlFault::Credentials),
        ("http:%2F%2Fa.test:22%2F", UrlFault::Port),
        ("%5C%5Cevil.test%2Fx", UrlFault::Ambiguous),
        ("http:%2F%2F%2F%2Fa.test", UrlFault::Ambiguous),
        ("http:%2F%2F[", UrlFault::Malformed),
    ] {
        let error =
            whole(&fetcher(&server), &server.url("a.test", &format!("/302/{location}"))).await.unwrap_err();
        assert!(
            matches!(error, FetchError::InvalidRedirect(found) if found == fault),
            "{location}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_redirect_down_to_http_is_refused_where_http_is() {
    let settings = FetchSettings::default();
    let target = Target::parse("https://a.test/", &settings).unwrap();
    let error = target.redirected("http://a.test/", &settings).unwrap_err();
    assert!(matches!(error, FetchError::InvalidRedirect(UrlFault::Scheme)));
}

#[tokio::test]
async fn each_redirect_is_looked_up_anew() {
    let server = Server::answering(|path| if path == "/" { to(302, "/again") } else { file() }).await;
    let rebinding = names(|_, before| vec![if before == 0 { ip("127.0.0.1") } else { ip("192.168.0.1") }]);
    let fetcher = Fetcher::new(settings(&server), rebinding);
    let error = whole(&fetcher, &server.url("rebinding.example", "/")).await.unwrap_err();
    assert!(matches!(error, FetchError::ForbiddenAddress(_)));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn the_body_of_a_redirect_is_not_read() {
    let server = Server::answering(|path| match path {
        "/" => {
            let head = b"HTTP/1.1 302 X\r\nLocation: /file\r\n\r\n".to_vec();
            vec![Step::Send(head), Step::SendForEver(vec![b'x'; 1 << 16])]
        }
        _ => file(),
    })
    .await;
    assert_eq!(whole(&fetcher(&server), &server.url("a.test", "/")).await.unwrap(), b"ok");
}
