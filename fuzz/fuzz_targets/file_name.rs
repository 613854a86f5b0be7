//! The name in a `Content-Disposition`, and the one in a URL.
#![no_main]

#[path = "../../crates/rostrum-app/src/fetch/file_name.rs"]
mod file_name;
#[path = "../../crates/rostrum-app/src/file_names.rs"]
mod file_names;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|disposition: &[u8]| {
    let mut url: url::Url = "https://a.test/x".parse().unwrap();
    url.set_path(&String::from_utf8_lossy(disposition));
    if let Some(name) = file_name::file_name(Some(disposition), &url) {
        assert!(!name.is_empty() && name.chars().count() <= 255 && name != "." && name != "..");
        assert!(!name.contains(|c: char| c.is_control() || matches!(c, '/' | '\\' | '\u{202e}')));
    }
});
