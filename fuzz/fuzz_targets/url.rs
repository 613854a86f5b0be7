//! URLs that callers give to be fetched: whatever they say, no address that is not public is connected to.
#![no_main]

#[path = "../../crates/rostrum-app/src/fetch"]
#[expect(dead_code, reason = "of fetching only the judging of URLs is used")]
mod fetch {
    pub const MAX_URL_BYTES: usize = 8192;
    pub const MAX_REDIRECTS: usize = 5;

    pub mod address;
    mod error;
    mod network;
    mod settings;
    mod target;

    use settings::FetchSettings;
    use target::{Target, TargetHost};

    /// Reads a URL, and a redirect from it, and checks what would be asked for.
    pub fn try_both(text: &str, location: &str) {
        let settings = FetchSettings { allow_http: true, ..FetchSettings::default() };
        let Ok(target) = Target::parse(text, &settings) else { return };
        check(&target);
        if let Ok(redirected) = target.redirected(location, &settings) {
            check(&redirected);
        }
        // What is asked for reads the same again.
        let again = Target::parse(target.url().as_str(), &settings).unwrap();
        assert_eq!(again.host(), target.host());
    }

    fn check(target: &Target) {
        let url = target.url();
        assert!(matches!(url.scheme(), "http" | "https"));
        assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
        assert!(matches!(url.port_or_known_default(), Some(80 | 443)));
        match target.host() {
            TargetHost::Address(address) => {
                address::require_public(*address).unwrap();
                assert!(!address.is_loopback() && !address.is_unspecified() && !address.is_multicast());
            }
            TargetHost::Name(name) => {
                // Nothing that a resolver would read as an address.
                assert!(name.parse::<std::net::IpAddr>().is_err());
                let name = name.trim_end_matches('.');
                assert!(!name.eq_ignore_ascii_case("localhost") && !name.ends_with(".localhost"));
                assert!(name.rsplit('.').next().unwrap().bytes().any(|byte| !byte.is_ascii_digit()));
            }
        }
    }
}

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let (text, location) = input.split_once('|').unwrap_or((input, "/"));
    fetch::try_both(text, location);
});
