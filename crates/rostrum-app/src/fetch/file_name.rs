//! What a downloaded file is called.

use percent_encoding::percent_decode_str;
use url::Url;

use crate::file_names::cleaned;

/// The name in a `Content-Disposition` (RFC 6266), else the last segment of the path; `None` when nothing is left.
pub(super) fn file_name(disposition: Option<&[u8]>, url: &Url) -> Option<String> {
    disposition.and_then(of_disposition).or_else(|| {
        let segment = url.path_segments()?.next_back()?;
        cleaned(&percent_decode_str(segment).decode_utf8_lossy())
    })
}

/// `filename*` if it can be read, else `filename`.
fn of_disposition(header: &[u8]) -> Option<String> {
    let header = String::from_utf8_lossy(header);
    let (mut plain, mut extended) = (None, None);
    for (name, value) in Parameters::after_type(&header) {
        if name.eq_ignore_ascii_case("filename*") {
            extended = extended.or_else(|| decoded(&value));
        } else if name.eq_ignore_ascii_case("filename") {
            plain = plain.or(Some(value));
        }
    }
    extended.as_deref().and_then(cleaned).or_else(|| plain.as_deref().and_then(cleaned))
}

/// The value of an extended parameter, `charset'language'percent-encoded`: RFC 8187 3.2.
fn decoded(value: &str) -> Option<String> {
    let mut parts = value.splitn(3, '\'');
    let (charset, _language, text) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = percent_decode_str(text);
    if charset.eq_ignore_ascii_case("utf-8") {
        Some(bytes.decode_utf8().ok()?.into_owned())
    } else if charset.eq_ignore_ascii_case("iso-8859-1") {
        Some(bytes.map(char::from).collect())
    } else {
        None
    }
}

/// The parameters of a header value, with quoted strings read: RFC 9110 5.6.6. What is malformed is passed over.
struct Parameters<'a> {
    rest: &'a str,
}

impl<'a> Parameters<'a> {
    fn after_type(header: &'a str) -> Self {
        Self { rest: header.find(';').map_or("", |at| &header[at + 1..]) }
    }

    /// Takes a quoted string whose opening quote is already taken.
    fn quoted(&mut self) -> String {
        let mut value = String::new();
        let mut characters = self.rest.char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return value;
                }
                '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
                other => value.push(other),
            }
        }
        self.rest = "";
        value
    }
}

impl<'a> Iterator for Parameters<'a> {
    type Item = (&'a str, String);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.rest = self.rest.trim_start_matches([';', ' ', '\t']);
            if self.rest.is_empty() {
                return None;
            }
            let end = self.rest.find(['=', ';']).unwrap_or(self.rest.len());
            let (name, rest) = self.rest.split_at(end);
            let Some(value) = rest.strip_prefix('=') else {
                self.rest = rest;
                continue;
            };
            self.rest = value.trim_start();
            let value = if let Some(inside) = self.rest.strip_prefix('"') {
                self.rest = inside;
                self.quoted()
            } else {
                let (token, rest) = self.rest.split_at(self.rest.find(';').unwrap_or(self.rest.len()));
                self.rest = rest;
                token.trim().to_owned()
            };
            return Some((name.trim(), value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn named(disposition: &str, url: &str) -> Option<String> {
        file_name(Some(disposition.as_bytes()), &url.parse().unwrap())
    }

    fn of_url(url: &str) -> Option<String> {
        file_name(None, &url.parse().unwrap())
    }

    #[test]
    fn the_name_comes_from_the_disposition_in_all_its_forms() {
        for (header, name) in [
            ("attachment; filename=a.mp4", "a.mp4"),
            ("attachment; filename=\"a b.mp4\"", "a b.mp4"),
            ("attachment;filename=\"a;b.mp4\"; size=3", "a;b.mp4"),
            ("attachment; filename=\"a \\\"b\\\".mp4\"", "a \"b\".mp4"),
            ("attachment; filename*=UTF-8''%e2%82%ac%20rates.png", "€ rates.png"),
            ("attachment; filename=\"EURO.png\"; filename*=utf-8''%e2%82%ac.png", "€.png"),
            ("attachment; filename*=utf-8''%e2%82%ac.png; filename=\"EURO.png\"", "€.png"),
            ("attachment; filename*=iso-8859-1'en'%A3%20rates.png", "£ rates.png"),
            ("attachment; filename*=utf-8''%ff; filename=b.png", "b.png"),
            ("attachment; filename*=koi8-r''x; filename=b.png", "b.png"),
            ("attachment; FILENAME = \"c.png\"", "c.png"),
            ("inline; filename=\"照片.jpg\"", "照片.jpg"),
            ("attachment; filename=\"unclosed.png", "unclosed.png"),
            ("attachment; filename=\"../../etc/passwd\"", "passwd"),
            ("attachment; filename=\"C:\\\\x\\\\y.png\"", "y.png"),
            ("attachment; filename*=UTF-8''%2e%2e%2fz.png", "z.png"),
            ("attachment; filename*=UTF-8''a%00%0a.png", "a.png"),
            ("attachment; filename*=UTF-8''%e2%80%aegnp.exe", "gnp.exe"),
        ] {
            assert_eq!(named(header, "https://a.test/u.bin").as_deref(), Some(name), "{header}");
        }
    }

    #[test]
    fn without_a_name_in_the_disposition_it_is_the_last_of_the_path() {
        for header in
            ["", "attachment", "attachment; filename=", "attachment; filename=\"..\"", ";;;=;\"", "inline; x"]
        {
            assert_eq!(named(header, "https://a.test/x/u.bin?q=v").as_deref(), Some("u.bin"), "{header}");
        }
        assert_eq!(of_url("https://a.test/f/my%20film%C3%A9.mp4").as_deref(), Some("my filmé.mp4"));
        assert_eq!(of_url("https://a.test/f/a%2F..%2Fb.mp4").as_deref(), Some("b.mp4"));
        assert_eq!(of_url("https://a.test/"), None);
        assert_eq!(of_url("https://a.test/folder/"), None);
        assert_eq!(of_url(&format!("https://a.test/{}", "x".repeat(300))).unwrap().len(), 255);
    }

    proptest! {
        #[test]
        fn any_header_gives_a_name_without_folders(header: Vec<u8>, text in "[a-z]*;[ ]?filename[*]?=[\"'%;\\\\a-z/]*") {
            let url = "https://a.test/x".parse().unwrap();
            for header in [header.as_slice(), text.as_bytes()] {
                let name = file_name(Some(header), &url).unwrap();
                prop_assert!(!name.contains(['/', '\\', '\n', '\0']) && !name.trim().is_empty());
            }
        }
    }
}
