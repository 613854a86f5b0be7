//! The types of files that can be assets, and what clients call them.

/// The file types an asset can have, told from its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum MediaType {
    /// `image/png`
    Png,
    /// `image/jpeg`
    Jpeg,
    /// `video/mp4`
    Mp4,
    /// `video/webm`
    Webm,
    /// `audio/mpeg`
    Mp3,
    /// `audio/wav`
    Wav,
    /// `application/pdf`
    Pdf,
    /// `application/x-subrip`: captions
    Srt,
    /// `application/zip`
    Zip,
    /// `image/webp`
    Webp,
    /// `image/gif`
    Gif,
    /// `image/avif`
    Avif,
    /// `image/heic`
    Heic,
    /// `image/svg+xml`; can carry scripts
    Svg,
    /// `video/quicktime`
    Mov,
    /// `video/x-matroska`
    Mkv,
    /// `audio/mp4`
    M4a,
    /// `audio/ogg`: Vorbis, Opus or another sound
    Ogg,
    /// `audio/flac`
    Flac,
    /// `text/vtt`: captions
    Vtt,
}

/// What an asset is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssetKind {
    /// A still picture, or a short loop of them.
    Image,
    /// Moving pictures.
    Video,
    /// Sound alone.
    Audio,
    /// A document to read from.
    Document,
    /// Captions with their times.
    Subtitle,
    /// Files packed into one.
    Archive,
}

/// What clients also write, beside [`MediaType::mime`]; parameters are cut off and letters made small before.
const ALIASES: [(&str, MediaType); 42] = [
    ("image/jpg", MediaType::Jpeg),
    ("image/pjpeg", MediaType::Jpeg),
    ("image/x-png", MediaType::Png),
    ("image/apng", MediaType::Png),
    ("image/heif", MediaType::Heic),
    ("image/heic-sequence", MediaType::Heic),
    ("image/heif-sequence", MediaType::Heic),
    ("image/avif-sequence", MediaType::Avif),
    ("image/svg", MediaType::Svg),
    ("application/mp4", MediaType::Mp4),
    ("video/x-m4v", MediaType::Mp4),
    ("video/mpeg4", MediaType::Mp4),
    ("audio/webm", MediaType::Webm),
    ("video/mov", MediaType::Mov),
    ("video/mkv", MediaType::Mkv),
    ("video/matroska", MediaType::Mkv),
    ("audio/x-matroska", MediaType::Mkv),
    ("application/x-matroska", MediaType::Mkv),
    ("audio/mp3", MediaType::Mp3),
    ("audio/mpeg3", MediaType::Mp3),
    ("audio/x-mp3", MediaType::Mp3),
    ("audio/x-mpeg", MediaType::Mp3),
    ("audio/x-wav", MediaType::Wav),
    ("audio/wave", MediaType::Wav),
    ("audio/x-pn-wav", MediaType::Wav),
    ("audio/vnd.wave", MediaType::Wav),
    ("audio/m4a", MediaType::M4a),
    ("audio/x-m4a", MediaType::M4a),
    ("audio/x-m4b", MediaType::M4a),
    ("application/ogg", MediaType::Ogg),
    ("video/ogg", MediaType::Ogg),
    ("audio/opus", MediaType::Ogg),
    ("audio/vorbis", MediaType::Ogg),
    ("audio/x-flac", MediaType::Flac),
    ("application/x-pdf", MediaType::Pdf),
    ("text/srt", MediaType::Srt),
    ("text/x-srt", MediaType::Srt),
    ("application/srt", MediaType::Srt),
    ("application/x-srt", MediaType::Srt),
    ("text/webvtt", MediaType::Vtt),
    ("application/x-zip", MediaType::Zip),
    ("application/x-zip-compressed", MediaType::Zip),
];

impl AssetKind {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::Image, Self::Video, Self::Audio, Self::Document, Self::Subtitle, Self::Archive];
}

impl MediaType {
    /// All types, in the order error messages list them: those of the contract first.
    pub const ALL: [Self; 20] = [
        Self::Png,
        Self::Jpeg,
        Self::Mp4,
        Self::Webm,
        Self::Mp3,
        Self::Wav,
        Self::Pdf,
        Self::Srt,
        Self::Zip,
        Self::Webp,
        Self::Gif,
        Self::Avif,
        Self::Heic,
        Self::Svg,
        Self::Mov,
        Self::Mkv,
        Self::M4a,
        Self::Ogg,
        Self::Flac,
        Self::Vtt,
    ];

    /// The MIME type, as served in `Content-Type`.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Mp4 => "video/mp4",
            Self::Webm => "video/webm",
            Self::Mp3 => "audio/mpeg",
            Self::Wav => "audio/wav",
            Self::Pdf => "application/pdf",
            Self::Srt => "application/x-subrip",
            Self::Zip => "application/zip",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Avif => "image/avif",
            Self::Heic => "image/heic",
            Self::Svg => "image/svg+xml",
            Self::Mov => "video/quicktime",
            Self::Mkv => "video/x-matroska",
            Self::M4a => "audio/mp4",
            Self::Ogg => "audio/ogg",
            Self::Flac => "audio/flac",
            Self::Vtt => "text/vtt",
        }
    }

    /// The file name extension, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Mp4 => "mp4",
            Self::Webm => "webm",
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::Pdf => "pdf",
            Self::Srt => "srt",
            Self::Zip => "zip",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Avif => "avif",
            Self::Heic => "heic",
            Self::Svg => "svg",
            Self::Mov => "mov",
            Self::Mkv => "mkv",
            Self::M4a => "m4a",
            Self::Ogg => "ogg",
            Self::Flac => "flac",
            Self::Vtt => "vtt",
        }
    }

    /// The type that files with this extension usually have; without a dot, in either case.
    pub fn from_extension(extension: &str) -> Option<Self> {
        let extension = extension.to_ascii_lowercase();
        match extension.as_str() {
            "jpeg" => Some(Self::Jpeg),
            "m4v" => Some(Self::Mp4),
            "heif" => Some(Self::Heic),
            "oga" | "opus" => Some(Self::Ogg),
            _ => Self::ALL.into_iter().find(|candidate| candidate.extension() == extension),
        }
    }

    /// The type with this MIME type, as written by [`MediaType::mime`].
    pub fn from_mime(mime: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|candidate| candidate.mime() == mime)
    }

    /// The type that a client means by this `Content-Type`: parameters such as `; charset=utf-8` are dropped, case plays
    /// no part, and the other names in use (`image/jpg`, `audio/x-wav`, ...) are known. `None` for types that cannot be
    /// assets and for `application/octet-stream`, which declares nothing.
    pub fn from_declared(content_type: &str) -> Option<Self> {
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        Self::from_mime(&essence)
            .or_else(|| ALIASES.into_iter().find(|(alias, _)| *alias == essence).map(|(_, known)| known))
    }

    /// Whether bytes found to be `found` may be sent under this declared type: the same type, or another name for the
    /// same container (phones call one MP4 file `video/mp4`, `video/quicktime` or `audio/mp4`).
    pub fn agrees_with(self, found: Self) -> bool {
        let iso_media = |media_type| matches!(media_type, Self::Mp4 | Self::Mov | Self::M4a);
        let matroska = |media_type| matches!(media_type, Self::Webm | Self::Mkv);
        self == found || (iso_media(self) && iso_media(found)) || (matroska(self) && matroska(found))
    }

    /// What files of this type are used as.
    pub fn kind(self) -> AssetKind {
        match self {
            Self::Png | Self::Jpeg | Self::Webp | Self::Gif | Self::Avif | Self::Heic | Self::Svg => {
                AssetKind::Image
            }
            Self::Mp4 | Self::Webm | Self::Mov | Self::Mkv => AssetKind::Video,
            Self::Mp3 | Self::Wav | Self::M4a | Self::Ogg | Self::Flac => AssetKind::Audio,
            Self::Pdf => AssetKind::Document,
            Self::Srt | Self::Vtt => AssetKind::Subtitle,
            Self::Zip => AssetKind::Archive,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_guessed_from_the_extensions_people_write() {
        for media_type in MediaType::ALL {
            assert_eq!(MediaType::from_extension(media_type.extension()), Some(media_type));
        }
        assert_eq!(MediaType::from_extension("JPEG"), Some(MediaType::Jpeg));
        assert_eq!(MediaType::from_extension("exe"), None);
        assert_eq!(MediaType::from_extension(""), None);
    }

    #[test]
    fn every_type_has_its_own_mime_type_and_extension() {
        for (place, media_type) in MediaType::ALL.into_iter().enumerate() {
            assert_eq!(MediaType::from_mime(media_type.mime()), Some(media_type));
            assert_eq!(MediaType::from_declared(media_type.mime()), Some(media_type));
            for other in &MediaType::ALL[..place] {
                assert_ne!(media_type.extension(), other.extension());
            }
        }
        assert_eq!(MediaType::from_mime("image/PNG"), None);
    }

    #[test]
    fn declared_types_are_read_as_clients_write_them() {
        for (written, meant) in [
            ("image/jpg", Some(MediaType::Jpeg)),
            (" Image/PJPEG ", Some(MediaType::Jpeg)),
            ("text/vtt; charset=utf-8", Some(MediaType::Vtt)),
            ("audio/ogg;codecs=opus", Some(MediaType::Ogg)),
            ("audio/webm; codecs=\"opus\"", Some(MediaType::Webm)),
            ("AUDIO/X-WAV", Some(MediaType::Wav)),
            ("application/x-zip-compressed", Some(MediaType::Zip)),
            ("application/octet-stream", None),
            ("text/html", None),
            ("", None),
            (";", None),
        ] {
            assert_eq!(MediaType::from_declared(written), meant, "{written}");
        }
    }

    #[test]
    fn no_alias_is_a_name_of_its_own() {
        for (alias, _) in ALIASES {
            assert_eq!(MediaType::from_mime(alias), None, "{alias}");
            assert_eq!(alias, alias.to_ascii_lowercase());
        }
    }

    #[test]
    fn names_of_one_container_agree_and_others_do_not() {
        use MediaType::{Avif, Heic, Jpeg, M4a, Mkv, Mov, Mp4, Png, Webm};
        for (declared, found) in [(Png, Png), (Mp4, Mov), (M4a, Mp4), (Mov, M4a), (Webm, Mkv), (Mkv, Webm)] {
            assert!(declared.agrees_with(found), "{declared:?} {found:?}");
        }
        for (declared, found) in [(Png, Jpeg), (Mp4, Webm), (Heic, Avif), (Mkv, Mov)] {
            assert!(!declared.agrees_with(found), "{declared:?} {found:?}");
        }
    }
}
