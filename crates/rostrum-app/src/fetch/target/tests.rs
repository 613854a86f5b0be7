use proptest::prelude::*;

use super::super::address::require_public;
use super::*;

fn settings() -> FetchSettings {
    FetchSettings { allow_http: true, ..FetchSettings::default() }
}

fn parsed(text: &str) -> Target {
    Target::parse(text, &settings()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn ordinary_urls_are_taken_as_they_are_written() {
    for (given, taken) in [
        ("https://example.com/a.mp4", "https://example.com/a.mp4"),
        ("https://EXAMPLE.com:443/a%20b.mp4?x=1&y=%2F#t=3", "https://example.com/a%20b.mp4?x=1&y=%2F"),
        ("http://example.com:80", "http://example.com/"),
        ("https://example.com:80/", "https://example.com:80/"),
        ("https://8.8.8.8/a", "https://8.8.8.8/a"),
        ("https://[2606:4700::1111]/a", "https://[2606:4700::1111]/a"),
        (
            "https://my_bucket.s3.eu-west-1.example.com/照片.jpg",
            "https://my_bucket.s3.eu-west-1.example.com/%E7%85%A7%E7%89%87.jpg",
        ),
        ("https://bücher.example/a b.png", "https://xn--bcher-kva.example/a%20b.png"),
        ("https://example.com./a@b:c", "https://example.com./a@b:c"),
        ("  https://example.com/x  ", "https://example.com/x"),
    ] {
        assert_eq!(parsed(given).url().as_str(), taken);
    }
}

#[test]
fn a_host_is_an_address_or_a_name() {
    assert_eq!(*parsed("https://134744072/").host(), TargetHost::Address("8.8.8.8".parse().unwrap()));
    assert_eq!(*parsed("https://Example.COM/").host(), TargetHost::Name("example.com".to_owned()));
}

#[test]
fn http_is_refused_unless_the_settings_allow_it() {
    let error = Target::parse("http://example.com/", &FetchSettings::default()).unwrap_err();
    assert!(matches!(error, FetchError::InvalidUrl(UrlFault::Scheme)));
}

#[test]
fn allowed_networks_and_ports_are_taken() {
    let settings = FetchSettings {
        allowed_networks: vec!["10.1.0.0/16".parse().unwrap(), "127.0.0.1".parse().unwrap()],
        allowed_ports: vec![9000],
        ..settings()
    };
    for url in ["http://10.1.2.3:9000/", "https://localhost:9000/", "https://127.1:9000/"] {
        assert!(Target::parse(url, &settings).is_ok(), "{url}");
    }
    for url in ["http://10.2.2.3:9000/", "https://127.0.0.2:9000/"] {
        let error = Target::parse(url, &settings).unwrap_err();
        assert!(matches!(error, FetchError::ForbiddenAddress(_)), "{url}");
    }
    let error = Target::parse("https://10.1.2.3/", &settings).unwrap_err();
    assert!(matches!(error, FetchError::InvalidUrl(UrlFault::Port)));
}

#[test]
fn a_redirect_is_read_against_the_url_before_it() {
    let base = parsed("https://example.com/a/b?c#d");
    for (location, expected) in [
        ("/x", "https://example.com/x"),
        ("x", "https://example.com/a/x"),
        ("../x?y", "https://example.com/x?y"),
        ("?z", "https://example.com/a/b?z"),
        ("", "https://example.com/a/b?c"),
        ("//other.example/x", "https://other.example/x"),
        ("http://other.example/x#y", "http://other.example/x"),
    ] {
        assert_eq!(base.redirected(location, &settings()).unwrap().url().as_str(), expected, "{location}");
    }
}

/// Whether a URL that was taken may be asked for, told by other means than the code under test where there are some.
fn is_harmless(target: &Target) -> bool {
    let url = target.url();
    let public = match url.host() {
        Some(Host::Ipv4(v4)) => {
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_unspecified())
                && require_public(v4.into()).is_ok()
        }
        Some(Host::Ipv6(v6)) => !(v6.is_loopback() || v6.is_multicast()) && require_public(v6.into()).is_ok(),
        Some(Host::Domain(name)) => {
            name.parse::<IpAddr>().is_err() && !name.trim_end_matches('.').ends_with("localhost")
        }
        None => false,
    };
    public
        && matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none()
        && matches!(url.port_or_known_default(), Some(80 | 443))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_text_makes_a_request_to_an_address_that_is_not_public(text in any::<String>()) {
        if let Ok(target) = Target::parse(&text, &settings()) {
            prop_assert!(is_harmless(&target), "{text:?}");
        }
    }

    #[test]
    fn no_text_that_looks_like_a_url_does_either(
        scheme in "(https?|HTTPS|ftp|)",
        separator in "(://|:/|:|:///|:\\\\\\\\|//)",
        user in "([a-z0-9.:%#?\\\\]{0,6}@)?",
        host in "([0-9a-fxX.]{1,16}|\\[[0-9a-f:.]{1,20}\\]|[a-z0-9.%。．０-９①-⑨\u{ad}\t\\\\]{1,16}|(127|0x7f|0177|10|169)(\\.[0-9a-fx]{1,4}){0,3}|([a-z]\\.)?localhost\\.?)",
        rest in "(:[0-9]{0,6})?[/?#@\\\\]?[ -~]{0,12}",
    ) {
        let text = format!("{scheme}{separator}{user}{host}{rest}");
        if let Ok(target) = Target::parse(&text, &settings()) {
            prop_assert!(is_harmless(&target), "{text:?}");
        }
        let base = parsed("https://example.com/a/b");
        if let Ok(target) = base.redirected(&text, &settings()) {
            prop_assert!(is_harmless(&target), "{text:?} as a redirect");
        }
    }

    #[test]
    fn no_spelling_of_a_private_ipv4_address_is_taken(low in 0u32..1 << 24, base in 0usize..4, form in 0usize..7) {
        let (base, bits) = [(0x7f00_0000, 24), (0x0a00_0000, 24), (0xc0a8_0000, 16), (0xa9fe_0000, 16)][base];
        let bits = base | low & ((1 << bits) - 1);
        let [a, b, c, d] = u32::to_be_bytes(bits);
        let host = match form {
            0 => format!("{bits}"),
            1 => format!("0x{bits:X}"),
            2 => format!("0{bits:o}"),
            3 => format!("{a}.{}", bits & 0xff_ffff),
            4 => format!("0x{a:x}.0{b:o}.{}", bits & 0xffff),
            5 => format!("[::ffff:{a}.{b}.{c}.{d}]"),
            _ => format!("{a}.{b}.{c}.{d}.").replace('.', "%2e"),
        };
        let error = Target::parse(&format!("https://{host}/"), &settings()).unwrap_err();
        prop_assert!(matches!(error, FetchError::ForbiddenAddress(_)), "{host}: {error:?}");
    }
}
