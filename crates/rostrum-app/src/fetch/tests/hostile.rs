//! URLs that mean harm, each with the refusal it must get. None of them causes a connection.

use super::*;

/// The refusal that is expected.
#[derive(Debug, PartialEq, Eq)]
enum Refused {
    Address,
    Scheme,
    Malformed,
    Ambiguous,
    Credentials,
    Port,
}
use Refused::{Address, Ambiguous, Credentials, Malformed, Port, Scheme};

const HOSTILE: &[(&str, Refused)] = &[
    // The loopback, in all its spellings.
    ("https://127.0.0.1/", Address),
    ("https://127.0.0.1./", Address),
    ("https://127.1/", Address),
    ("https://127.0.1/", Address),
    ("https://2130706433/", Address),
    ("https://2130706433./", Address),
    ("https://0x7f000001/", Address),
    ("https://0X7F000001/", Address),
    ("https://0x7f.1/", Address),
    ("https://0x7f.0.0.0x1/", Address),
    ("https://0177.0.0.1/", Address),
    ("https://0177.0.0.01/", Address),
    ("https://00000000177.0.0.1/", Address),
    ("https://017700000001/", Address),
    ("https://0x7f.0.0.1/", Address),
    ("https://0x0000007f.0x0.0x0.0x1/", Address),
    ("https://127.0.0.0x1/", Address),
    ("https://127.000.000.001/", Address),
    ("https://127.255.255.254/", Address),
    ("https://127.16777215/", Address),
    ("https://127.0.0.1:443/", Address),
    ("http://127.0.0.1:80/", Address),
    ("HTTPS://127.0.0.1/", Address),
    ("https://0.0.0.0/", Address),
    ("https://0/", Address),
    ("https://0x0/", Address),
    ("https://0./", Address),
    ("https://0.1.2.3/", Address),
    ("https://[::]/", Address),
    ("https://[::1]/", Address),
    ("https://[0:0:0:0:0:0:0:1]/", Address),
    ("https://[0000::0001]:443/", Address),
    ("https://[::ffff:127.0.0.1]/", Address),
    ("https://[::ffff:7f00:1]/", Address),
    ("https://[::FFFF:7F00:0001]/", Address),
    ("https://[0:0:0:0:0:ffff:127.0.0.1]/", Address),
    ("https://[::7f00:1]/", Address),
    ("https://[::127.0.0.1]/", Address),
    ("https://[::ffff:0:127.0.0.1]/", Address),
    // IPv4 carried in IPv6.
    ("https://[2002:7f00:1::]/", Address),
    ("https://[2002:7f00:0001::1]/", Address),
    ("https://[2002:a9fe:a9fe::]/", Address),
    ("https://[2002:808:808::1]/", Address),
    ("https://[64:ff9b::7f00:1]/", Address),
    ("https://[64:ff9b::127.0.0.1]/", Address),
    ("https://[64:ff9b::a9fe:a9fe]/", Address),
    ("https://[64:ff9b:1::7f00:1]/", Address),
    ("https://[64:ff9b:1:ffff::808:808]/", Address),
    ("https://[2001:0:4136:e378:8000:63bf:80ff:fffe]/", Address),
    ("https://[2001::1]/", Address),
    ("https://[fe80::5efe:127.0.0.1]/", Address),
    ("https://[2a00:1450::5efe:10.0.0.1]/", Address),
    ("https://[2a00:1450::200:5efe:10.0.0.1]/", Address),
    ("https://[::ffff:10.0.0.1]/", Address),
    ("https://[::ffff:169.254.169.254]/", Address),
    ("https://[::ffff:a9fe:a9fe]/", Address),
    ("https://[::ffff:0.0.0.0]/", Address),
    ("https://[::ffff:255.255.255.255]/", Address),
    // Networks that are not public.
    ("https://10.0.0.0/", Address),
    ("https://10.255.255.255/", Address),
    ("https://10.1/", Address),
    ("https://167772161/", Address),
    ("https://012.0.0.1/", Address),
    ("https://100.64.0.1/", Address),
    ("https://100.100.100.200/latest/meta-data/", Address),
    ("https://100.127.255.255/", Address),
    ("https://172.16.0.1/", Address),
    ("https://172.31.255.255/", Address),
    ("https://192.168.0.1/", Address),
    ("https://192.168.1/", Address),
    ("https://3232235521/", Address),
    ("https://0xc0.0xa8.0.1/", Address),
    ("https://169.254.169.254/latest/meta-data/", Address),
    ("https://169.254.43518/", Address),
    ("https://2852039166/", Address),
    ("https://0xa9fea9fe/", Address),
    ("https://0xA9.0xFE.0xA9.0xFE/", Address),
    ("https://0251.0376.0251.0376/", Address),
    ("https://168.63.129.16/machine?comp=goalstate", Address),
    ("https://192.0.0.192/opc/v2/", Address),
    ("https://192.0.2.1/", Address),
    ("https://192.88.99.1/", Address),
    ("https://198.18.0.1/", Address),
    ("https://198.19.255.255/", Address),
    ("https://198.51.100.7/", Address),
    ("https://203.0.113.7/", Address),
    ("https://224.0.0.1/", Address),
    ("https://239.255.255.250/", Address),
    ("https://240.0.0.1/", Address),
    ("https://255.255.255.255/", Address),
    ("https://4294967295/", Address),
    ("https://[fd00:ec2::254]/latest/meta-data/", Address),
    ("https://[fc00::1]/", Address),
    ("https://[fe80::1]/", Address),
    ("https://[febf::1]/", Address),
    ("https://[fec0::1]/", Address),
    ("https://[ff02::1]/", Address),
    ("https://[100::1]/", Address),
    ("https://[2001:db8::1]/", Address),
    ("https://[3fff::1]/", Address),
    ("https://[5f00::1]/", Address),
    ("https://[4000::1]/", Address),
    // Other letters for the same digits and dots.
    ("https://１２７.０.０.１/", Address),
    ("https://127。0。0。1/", Address),
    ("https://127．0．0．1/", Address),
    ("https://127｡0｡0｡1/", Address),
    ("https://①②⑦.⓪.⓪.①/", Address),
    ("https://𝟏𝟐𝟕.𝟎.𝟎.𝟏/", Address),
    ("https://１６９.254.169.254/", Address),
    ("https://127.0.0\u{ad}.1/", Address),
    ("https://%31%32%37.0.0.1/", Address),
    ("https://%31%32%37%2e%30%2e%30%2e%31/", Address),
    ("https://127%2e1/", Address),
    ("https://%6c%6f%63%61%6c%68%6f%73%74/", Address),
    ("https://%EF%BC%91%EF%BC%92%EF%BC%97.0.0.1/", Address),
    // Names of this host, and names that resolve to what is not public.
    ("https://localhost/", Address),
    ("https://localhost./", Address),
    ("https://LOCALHOST/", Address),
    ("https://LocalHost:443/", Address),
    ("https://a.localhost/", Address),
    ("https://a.b.localhost./", Address),
    ("https://ｌｏｃａｌｈｏｓｔ/", Address),
    ("https://loc\u{ad}alhost/", Address),
    ("https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", Address),
    ("https://127.0.0.1.nip.example/", Address),
    ("https://10.0.0.1.nip.example/", Address),
    ("https://169.254.169.254.nip.example./", Address),
    ("https://cname-to-private.example/", Address),
    ("https://metadata.internal.example/", Address),
    ("https://both.example/", Address),
    ("https://mapped.example/", Address),
    ("https://ula.example/", Address),
    // Whose host is it?
    ("https://user@127.0.0.1/", Credentials),
    ("https://user:password@example.com/", Credentials),
    ("https://@127.0.0.1/", Credentials),
    ("https://:@example.com/", Credentials),
    ("https://example.com@127.0.0.1/", Credentials),
    ("https://example.com:443@127.0.0.1/", Credentials),
    ("https://example.com%40127.0.0.1/", Malformed),
    ("https://127.0.0.1@example.com/", Credentials),
    ("https://a@b@127.0.0.1/", Credentials),
    ("https://example.com%00@127.0.0.1/", Credentials),
    ("https://127.0.0.1#@example.com/", Address),
    ("https://127.0.0.1?@example.com/", Address),
    ("https://127.0.0.1/@example.com/", Address),
    ("https://127.0.0.1\\@example.com/", Ambiguous),
    ("https://example.com\\@127.0.0.1/", Ambiguous),
    ("https://example.com\\.127.0.0.1/", Ambiguous),
    ("https:\\\\127.0.0.1/", Ambiguous),
    ("https:/\\127.0.0.1/", Ambiguous),
    ("https:127.0.0.1/", Ambiguous),
    ("https:/127.0.0.1/", Ambiguous),
    ("https:///127.0.0.1/", Ambiguous),
    ("https:////example.com/", Ambiguous),
    // Characters that parsers drop or choke on.
    ("https://127.0.0.1\t/", Ambiguous),
    ("https://12\t7.0.0.1/", Ambiguous),
    ("https://local\nhost/", Ambiguous),
    ("https://example.com\r\nHost: 127.0.0.1/", Ambiguous),
    ("ht\ntps://example.com/", Ambiguous),
    ("\u{0}https://example.com/", Ambiguous),
    ("https://example.com/\u{0}", Ambiguous),
    ("https://example.com/\u{85}", Ambiguous),
    ("https://example.com\u{0}.evil/", Ambiguous),
    ("https://example.com%00/", Malformed),
    ("https://example.com%0d%0aX:%20y/", Malformed),
    ("https://exam ple.com/", Malformed),
    ("https://127.0.0.1 /", Malformed),
    ("https://127.0.0.1%20/", Malformed),
    ("https://[::1/", Malformed),
    ("https://[::1]evil/", Malformed),
    ("https://[fe80::1%eth0]/", Malformed),
    ("https://[fe80::1%25eth0]/", Malformed),
    ("https://[::1]]/", Malformed),
    ("https://[127.0.0.1]/", Malformed),
    ("https://::1/", Malformed),
    ("https://1.2.3.4.5/", Malformed),
    ("https://256.256.256.256/", Malformed),
    ("https://127.0.0.256/", Malformed),
    ("https://4294967296/", Malformed),
    ("https://127.0.0.09/", Malformed),
    ("https://example.0x7f/", Malformed),
    ("https://127..0.0.1/", Malformed),
    ("https://.example.com/", Malformed),
    ("https://example..com/", Malformed),
    ("https://example.com../", Malformed),
    ("https://./", Malformed),
    ("https://../", Malformed),
    ("https://$(id).example.com/", Malformed),
    ("https://a'b.example.com/", Malformed),
    ("https://*.example.com/", Malformed),
    ("https://", Malformed),
    ("https:", Ambiguous),
    ("https:///", Ambiguous),
    ("", Malformed),
    ("example.com/a.mp4", Malformed),
    ("//127.0.0.1/", Malformed),
    ("/etc/passwd", Malformed),
    ("https://xn--/", Malformed),
    // Schemes.
    ("file:///etc/passwd", Scheme),
    ("file://127.0.0.1/etc/passwd", Scheme),
    ("FILE:///etc/passwd", Scheme),
    ("gopher://127.0.0.1:6379/_INFO", Scheme),
    ("dict://127.0.0.1:11211/stats", Scheme),
    ("ftp://example.com/a.mp4", Scheme),
    ("ldap://example.com/", Scheme),
    ("tftp://example.com/x", Scheme),
    ("ws://example.com/", Scheme),
    ("wss://example.com/", Scheme),
    ("data:video/mp4;base64,AAAA", Scheme),
    ("javascript:alert(1)", Scheme),
    ("blob:https://example.com/1", Scheme),
    ("view-source:https://example.com/", Scheme),
    ("jar:https://example.com/a.zip!/b", Scheme),
    ("unix:/var/run/docker.sock", Scheme),
    ("concat:a.ts|b.ts", Scheme),
    ("httpss://example.com/", Scheme),
    ("url:https://example.com/", Scheme),
    // Ports.
    ("https://example.com:22/", Port),
    ("https://example.com:0/", Port),
    ("https://example.com:6379/", Port),
    ("https://example.com:8080/", Port),
    ("https://127.0.0.1:22/", Port),
    ("https://[::1]:6379/", Port),
    ("https://example.com:65536/", Malformed),
    ("https://example.com:99999999999/", Malformed),
    ("https://example.com:-1/", Malformed),
    ("https://example.com:443:80/", Malformed),
    ("https://127.0.0.1:443:80/", Malformed),
    ("https://example.com:0x50/", Malformed),
];

/// What a resolver in the attacker's hand answers; `None` for names that must never be asked for.
fn attacker(name: &str) -> Option<Vec<IpAddr>> {
    let name = name.trim_end_matches('.');
    if let Some(address) = name.strip_suffix(".nip.example") {
        return Some(vec![ip(address)]);
    }
    Some(match name {
        "cname-to-private.example" => vec![ip("192.168.7.7")],
        "metadata.internal.example" => vec![ip("169.254.169.254")],
        "both.example" => vec![ip("8.8.8.8"), ip("10.0.0.1")],
        "mapped.example" => vec![ip("::ffff:127.0.0.1")],
        "ula.example" => vec![ip("2606:4700::1111"), ip("fd00::1")],
        _ => return None,
    })
}

fn refused(error: &FetchError) -> Option<Refused> {
    Some(match error {
        FetchError::ForbiddenAddress(_) => Address,
        FetchError::InvalidUrl(UrlFault::Scheme) => Scheme,
        FetchError::InvalidUrl(UrlFault::Malformed) => Malformed,
        FetchError::InvalidUrl(UrlFault::Ambiguous) => Ambiguous,
        FetchError::InvalidUrl(UrlFault::Credentials) => Credentials,
        FetchError::InvalidUrl(UrlFault::Port) => Port,
        _ => return None,
    })
}

#[tokio::test]
async fn urls_that_mean_harm_are_refused_for_what_they_are() {
    assert!(HOSTILE.len() >= 120, "{}", HOSTILE.len());
    let settings = FetchSettings { allow_http: true, ..FetchSettings::default() };
    let mut wrong = Vec::new();
    for (url, expected) in HOSTILE {
        let asked_for = *url;
        let names = names(move |name, _| {
            attacker(name).unwrap_or_else(|| panic!("{asked_for}: {name} was asked for"))
        });
        let fetcher = Fetcher::new(settings.clone(), names);
        let fetched = fetcher.fetch(url).await.map(|_| ());
        let posted = fetcher.post_json(url, Vec::new(), "{}".to_owned(), Duration::from_secs(9), 0).await;
        for outcome in [fetched, posted.map(|_| ())] {
            let found = outcome.as_ref().err().and_then(refused);
            if found.as_ref() != Some(expected) {
                wrong.push(format!("{url:?}: {expected:?} expected, but {outcome:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_url_that_is_too_long_is_refused() {
    let fetcher = Fetcher::new(FetchSettings::default(), names(|_, _| Vec::new()));
    let error =
        fetcher.fetch(&format!("https://example.com/{}", "x".repeat(MAX_URL_BYTES))).await.unwrap_err();
    assert!(matches!(error, FetchError::InvalidUrl(UrlFault::TooLong)));
}
