//! `/v3/assets/tus`: what the tus protocol writes into headers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rostrum_model::asset::MediaType;
use rostrum_model::upload::{Announced, Upload};

use super::ANY_PADDING;
use super::assets::accepted_types;
use super::uploads::media_type;
use crate::error::Refusal;
use crate::v1::folders::folder_id;

/// The name of files that are sent without one.
const NAMELESS: &str = "file";

/// What browsers and clients say when they do not know a type.
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// Reads the headers `Upload-Length` and `Upload-Metadata` of a creation.
///
/// # Errors
/// When the length is missing or zero, the metadata is malformed, or neither type nor name tell an accepted type.
pub fn announced(length: Option<&str>, metadata: Option<&str>) -> Result<Announced, Refusal> {
    let length = length.ok_or_else(|| {
        Refusal::invalid("Upload-Length", "'Upload-Length' is required; it cannot be told later.")
    })?;
    let size_bytes = number("Upload-Length", length)?;
    if size_bytes == 0 {
        return Err(Refusal::invalid("Upload-Length", "'Upload-Length' must be at least 1, got 0."));
    }
    let (mut name, mut declared, mut folder) = (None, None, None);
    for pair in metadata.unwrap_or_default().split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        match key {
            "filename" => name = Some(decoded(key, value)?),
            "filetype" => declared = Some(decoded(key, value)?),
            "folder_id" => folder = folder_id(key, &decoded(key, value)?)?,
            _ => {}
        }
    }
    let name = name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| NAMELESS.to_owned());
    let media_type = match declared.filter(|mime| !mime.is_empty() && mime != UNKNOWN_TYPE) {
        Some(mime) => media_type("filetype", &mime)?,
        None => name.rsplit_once('.').and_then(|(_, extension)| MediaType::from_extension(extension)).ok_or_else(
            || {
                Refusal::invalid(
                    "filetype",
                    format!(
                        "'Upload-Metadata' must name the type as 'filetype', or a 'filename' whose extension tells \
                         it; accepted are {}.",
                        accepted_types()
                    ),
                )
            },
        )?,
    };
    Ok(Announced { name, media_type, size_bytes: Some(size_bytes), checksum: None, folder_id: folder })
}

/// Writes `Upload-Metadata` for an upload.
pub fn metadata(upload: &Upload) -> String {
    let (name, mime) = (STANDARD.encode(&upload.name), STANDARD.encode(upload.media_type.mime()));
    format!("filename {name},filetype {mime}")
}

/// Reads a header that holds a number of bytes.
///
/// # Errors
/// When it is anything but decimal digits.
pub fn number(header: &str, text: &str) -> Result<u64, Refusal> {
    // `parse` alone would take a sign.
    let digits = text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text);
    digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| {
        Refusal::invalid(header, format!("'{header}' must be a number of bytes in decimal digits."))
    })
}

fn decoded(key: &str, value: &str) -> Result<String, Refusal> {
    let bytes = ANY_PADDING.decode(value.trim()).ok();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(|| {
        Refusal::invalid(
            "Upload-Metadata",
            format!("'{key}' in 'Upload-Metadata' must be UTF-8 text written as Base64."),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> String {
        let pairs: Vec<_> =
            pairs.iter().map(|(key, value)| format!("{key} {}", STANDARD.encode(value))).collect();
        pairs.join(",")
    }

    #[test]
    fn name_and_type_are_read_and_other_facts_left_alone() {
        let text = format!(
            "is_confidential,{}",
            pairs(&[("filename", "Ünicode, me.png"), ("filetype", "video/mp4")])
        );
        let file = announced(Some("12"), Some(&text)).unwrap();
        assert_eq!((file.name.as_str(), file.media_type), ("Ünicode, me.png", MediaType::Mp4));
        assert_eq!((file.size_bytes, file.checksum), (Some(12), None));
    }

    #[test]
    fn a_missing_type_is_told_by_the_extension() {
        for metadata in [
            pairs(&[("filename", "a.tar.JPG")]),
            pairs(&[("filename", "a.jpeg"), ("filetype", "")]),
            pairs(&[("filetype", "application/octet-stream"), ("filename", "a.jpg")]),
        ] {
            assert_eq!(
                announced(Some("1"), Some(&metadata)).unwrap().media_type,
                MediaType::Jpeg,
                "{metadata}"
            );
        }
    }

    #[test]
    fn a_missing_name_is_file() {
        let file = announced(Some("1"), Some(&pairs(&[("filetype", "image/png")]))).unwrap();
        assert_eq!(file.name, "file");
    }

    #[test]
    fn headers_that_cannot_be_read_are_refused_by_name() {
        let png = pairs(&[("filename", "a.png")]);
        for (length, metadata, param) in [
            (None, png.as_str(), "Upload-Length"),
            (Some(""), &png, "Upload-Length"),
            (Some("0"), &png, "Upload-Length"),
            (Some("+1"), &png, "Upload-Length"),
            (Some("-1"), &png, "Upload-Length"),
            (Some("18446744073709551616"), &png, "Upload-Length"),
            (Some("1"), "", "filetype"),
            (Some("1"), "filename", "filetype"),
            (Some("1"), "filename !!!", "Upload-Metadata"),
            (Some("1"), "filename /w==", "Upload-Metadata"),
            (Some("1"), "filetype aW1hZ2UvdGlmZg==", "filetype"),
        ] {
            let refusal = announced(length, Some(metadata)).unwrap_err();
            assert_eq!(refusal.param.as_deref(), Some(param), "{length:?} {metadata}");
        }
    }
}
