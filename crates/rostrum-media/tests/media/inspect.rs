//! Files that are cut off, lie, or would do harm.

use std::io::{Cursor, Write};

use proptest::prelude::*;
use rostrum_media::{InspectLimits, Inspected, MediaError, Sniffed, decode_image, inspect, sniff};
use rostrum_model::asset::MediaType;
use zip::write::SimpleFileOptions;

use super::make;

fn look(media_type: MediaType, bytes: &[u8]) -> Result<Inspected, MediaError> {
    inspect(media_type, &mut Cursor::new(bytes), &InspectLimits::default())
}

fn refusal(media_type: MediaType, bytes: &[u8]) -> String {
    look(media_type, bytes).unwrap_err().to_string()
}

/// An archive of the entries with these names and contents.
fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn plain_archives_pass_and_are_counted() {
    let bytes = archive(&[("a.png", b"x"), ("folder/b.txt", b"hello"), ("照片.jpg", b"..")]);
    assert_eq!(look(MediaType::Zip, &bytes).unwrap().entry_count, Some(3));
    let empty = archive(&[]);
    assert_eq!(sniff(&empty), Sniffed::Supported(MediaType::Zip));
    assert_eq!(look(MediaType::Zip, &empty).unwrap().entry_count, Some(0));
}

#[test]
fn archives_that_would_unpack_elsewhere_are_refused_with_the_name() {
    for (name, fault) in [
        ("../../etc/passwd", "points out of the archive"),
        ("a/../../b", "points out of the archive"),
        ("a\\..\\b", "points out of the archive"),
        ("/etc/passwd", "has an absolute path"),
        ("\\\\host\\share", "has an absolute path"),
        ("C:\\autoexec.bat", "has an absolute path"),
        ("a\nb", "has control characters"),
    ] {
        let refused = refusal(MediaType::Zip, &archive(&[("fine", b""), (name, b"x")]));
        assert!(refused.starts_with("entry 2 of the archive, '") && refused.contains(fault), "{refused}");
    }
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let link = writer.finish().unwrap().into_inner();
    assert!(refusal(MediaType::Zip, &link).ends_with("is a link; pack the file itself"));
}

#[test]
fn archives_that_grow_too_much_are_refused_with_the_measured_value() {
    let bomb = archive(&[("zeros", &vec![0; 20_000_000])]);
    let refused = refusal(MediaType::Zip, &bomb);
    assert!(refused.starts_with("the unpacked size in the archive, as a multiple of the packed size, is "));
    assert!(refused.ends_with("the limit is 200"), "{refused}");
    assert!(look(MediaType::Zip, &archive(&[("zeros", &vec![0; 9_000_000])])).is_ok());

    let names: Vec<String> = (0..10_001).map(|number| number.to_string()).collect();
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert_eq!(
        refusal(MediaType::Zip, &archive(&entries)),
        "the number of entries of the archive is 10001, the limit is 10000"
    );
    assert!(look(MediaType::Zip, &archive(&entries[1..])).is_ok());

    // A table of contents that says 3 GiB.
    let mut vast = archive(&[("a", b"x")]);
    let table = vast.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    vast[table + 24..table + 28].copy_from_slice(&(3u32 << 30).to_le_bytes());
    assert!(refusal(MediaType::Zip, &vast).contains("the limit is 200"));
    let generous = InspectLimits {
        archive: rostrum_media::ArchiveLimits { max_ratio: u64::MAX, ..Default::default() },
        ..Default::default()
    };
    let refused = inspect(MediaType::Zip, &mut Cursor::new(&vast), &generous).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the unpacked size of the archive in bytes is 3221225472, the limit is 2147483648"
    );
}

#[test]
fn overlapping_entries_are_refused() {
    let mut bytes = archive(&[("a", b"xxxxxxxxxx")]);
    let table = bytes.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let end = bytes.windows(4).position(|bytes| bytes == b"PK\x05\x06").unwrap();
    let entry = bytes[table..end].to_vec();
    bytes.splice(end..end, entry.iter().copied());
    let end = end + entry.len();
    bytes[end + 8..end + 12].copy_from_slice(&[2, 0, 2, 0]);
    bytes[end + 12..end + 16].copy_from_slice(&((entry.len() * 2) as u32).to_le_bytes());
    assert_eq!(refusal(MediaType::Zip, &bytes), "two entries of the archive share the bytes at 0");
}

#[test]
fn documents_and_programs_in_archives_are_refused_by_name() {
    for (names, found) in [
        (&["[Content_Types].xml", "_rels/.rels", "word/document.xml"][..], "a Word document"),
        (&["[Content_Types].xml", "xl/workbook.xml"], "an Excel document"),
        (&["META-INF/MANIFEST.MF", "A.class"], "a Java program"),
        (&["x", "classes.dex", "AndroidManifest.xml"], "an Android program"),
        (&["META-INF/container.xml"], "an EPUB document"),
        (&["mimetype"], "an EPUB or OpenDocument document"),
    ] {
        let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, &b"12345"[..])).collect();
        let bytes = archive(&entries);
        assert_eq!(sniff(&bytes).found(), found);
        // Told from the whole archive too, where the first bytes show only the beginning.
        assert_eq!(
            refusal(MediaType::Zip, &bytes),
            format!("the file is {found}, which cannot be used here")
        );
    }
}

#[test]
fn every_cut_of_a_whole_file_is_refused_as_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let picture = "-f lavfi -i testsrc=size=64x64:rate=5:duration=1";
    let made = [
        (MediaType::Png, format!("{picture} -frames:v 1 -c:v png -f image2")),
        (MediaType::Jpeg, format!("{picture} -frames:v 1 -c:v mjpeg -pix_fmt yuvj420p -f image2")),
        (MediaType::Webp, format!("{picture} -frames:v 1 -c:v libwebp -f webp")),
        (MediaType::Mp4, format!("{picture} -f mp4")),
        (MediaType::Mov, format!("{picture} -f mov")),
        (MediaType::Webm, format!("{picture} -f webm")),
        (MediaType::Mkv, format!("{picture} -f matroska")),
    ];
    let mut files: Vec<(MediaType, Vec<u8>)> = made
        .iter()
        .map(|(media_type, arguments)| {
            (*media_type, std::fs::read(make(folder.path(), "whole", arguments)).unwrap())
        })
        .collect();
    files.push((MediaType::Zip, archive(&[("a", b"content"), ("b", b"more content")])));
    files.push((MediaType::Pdf, b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n".to_vec()));
    for (media_type, bytes) in files {
        assert!(look(media_type, &bytes).is_ok(), "{media_type:?}: {:?}", look(media_type, &bytes));
        // The last byte of a PDF is a line break.
        for length in (0..bytes.len() - 1).step_by(bytes.len() / 50 + 1) {
            let cut = look(media_type, &bytes[..length]);
            assert!(matches!(cut, Err(MediaError::Malformed { .. })), "{media_type:?} {length}: {cut:?}");
        }
    }
}

#[test]
fn boxes_nested_too_deep_or_longer_than_the_file_are_refused() {
    let nested = |depth: usize| {
        (0..depth).rev().fold(Vec::new(), |inner: Vec<u8>, level| {
            let kind: &[u8; 4] = if level == 0 { b"moov" } else { b"trak" };
            [&((inner.len() + 8) as u32).to_be_bytes()[..], kind, &inner].concat()
        })
    };
    assert!(look(MediaType::Mov, &nested(16)).is_ok());
    let refused = refusal(MediaType::Mov, &nested(17));
    assert_eq!(refused, "the depth of the boxes in the file is 17, the limit is 16");
    assert_eq!(
        refusal(MediaType::Mp4, b"\0\0\x01\0mdat12345678"),
        "the file is damaged or cut off: the box 'mdat' at byte 0 is 256 bytes long, but only 16 are left"
    );
    assert!(
        refusal(MediaType::Mp4, b"\0\0\0\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff").contains("but only 16")
    );
    assert!(refusal(MediaType::Mp4, b"\0\0\0\x10ftypisom\0\0\0\0").contains("no 'moov' box"));
}

#[test]
fn mp4_with_sound_alone_is_m4a_and_flac_is_found_behind_a_long_tag() {
    let folder = tempfile::tempdir().unwrap();
    let sound = std::fs::read(make(folder.path(), "a.mp4", "-f lavfi -i sine=duration=1 -f mp4")).unwrap();
    assert_eq!(sniff(&sound), Sniffed::Supported(MediaType::Mp4));
    assert_eq!(look(MediaType::Mp4, &sound).unwrap().media_type, MediaType::M4a);

    let tag_of = |length: usize| {
        let digits = [21, 14, 7, 0].map(|shift| (length >> shift & 0x7f) as u8);
        [&b"ID3\x04\0\0"[..], &digits, &vec![1; length]].concat()
    };
    let short = [&tag_of(100)[..], b"fLaC"].concat();
    assert_eq!(sniff(&short), Sniffed::Supported(MediaType::Flac));
    let long = [&tag_of(100_000)[..], b"fLaC"].concat();
    assert_eq!(sniff(&long[..65_536]), Sniffed::Supported(MediaType::Mp3));
    assert_eq!(look(MediaType::Mp3, &long).unwrap().media_type, MediaType::Flac);
    let neither = [&tag_of(100_000)[..], b"plain words"].concat();
    assert!(refusal(MediaType::Mp3, &neither).contains("no sound follows the tag that ends at byte 100010"));
    assert!(refusal(MediaType::Mp3, &tag_of(100_000)[..5000]).contains("ends after 5000 bytes"));
}

/// A GIF of so many frames of one size, all of them empty.
fn gif(side: u16, frames: usize) -> Vec<u8> {
    let [low, high] = side.to_le_bytes();
    let mut bytes = b"GIF89a".to_vec();
    bytes.extend([low, high, low, high, 0, 0, 0]);
    for _ in 0..frames {
        bytes.extend([b',', 0, 0, 0, 0, low, high, low, high, 0, 2, 0]);
    }
    bytes.push(b';');
    bytes
}

#[test]
fn moving_pictures_with_too_many_frames_or_pixels_are_refused_before_any_is_decoded() {
    assert_eq!(look(MediaType::Gif, &gif(10, 10_000)).unwrap().frame_count, Some(10_000));
    assert_eq!(
        refusal(MediaType::Gif, &gif(10, 10_001)),
        "the number of frames of the image is 10001, the limit is 10000"
    );
    assert_eq!(
        refusal(MediaType::Gif, &gif(5000, 81)),
        "the size of all frames of the image in pixels is 2025000000, the limit is 2000000000"
    );
    assert_eq!(
        refusal(MediaType::Gif, &gif(8000, 1)),
        "the size of the image in pixels is 64000000, the limit is 50000000"
    );
    let failed = decode_image(&gif(8000, 1), rostrum_media::ImageLimits::default()).unwrap_err();
    assert!(matches!(failed, MediaError::Limit { measured: 64_000_000.0, .. }));
}

#[test]
fn a_jpeg_of_endless_empty_scans_is_refused() {
    let mut bytes = b"\xff\xd8\xff\xc2\x00\x0b\x08\x10\x00\x10\x00\x01\x01\x11\x00".to_vec();
    for _ in 0..101 {
        bytes.extend(b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x7f");
    }
    bytes.extend(b"\xff\xd9");
    assert_eq!(refusal(MediaType::Jpeg, &bytes), "the number of scans of the image is 101, the limit is 100");
}

#[test]
fn the_pages_of_a_pdf_made_for_fast_viewing_are_counted() {
    let pdf = |pages: u32| {
        format!("%PDF-1.7\n1 0 obj\n<</Linearized 1/L 9/N {pages}/T 3>>\nendobj\nstartxref\n0\n%%EOF\n")
            .into_bytes()
    };
    assert_eq!(look(MediaType::Pdf, &pdf(300)).unwrap().page_count, Some(300));
    assert_eq!(refusal(MediaType::Pdf, &pdf(301)), "the number of pages is 301, the limit is 300");
    assert!(
        refusal(MediaType::Pdf, b"%PDF-1.7\n1 0 obj\n")
            .contains("'startxref' is not within its last 17 bytes")
    );
}

#[test]
fn captions_are_read_in_full_and_the_wrong_line_is_named() {
    let whole = b"1\n00:00:01,000 --> 00:00:02,000\nx\n";
    assert_eq!(look(MediaType::Srt, whole).unwrap().cue_count, Some(1));
    assert!(
        refusal(MediaType::Srt, b"1\n00:00:01,000 --> 00:00:02,000\nx\n\n2\nnow").starts_with("line 6: ")
    );
}

/// Beginnings of every type, so that random bytes get past the first check.
fn beginnings() -> impl Strategy<Value = (MediaType, Vec<u8>)> {
    let heif = b"\0\0\0\x18ftypavif\0\0\0\0mif1avif\0\0\x01\0meta\0\0\0\0\0\0\0\x0epitm\0\0\0\0\0\x01";
    prop::sample::select(vec![
        (MediaType::Png, b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x09\0\0\0\x09\x08\x02\0\0\0".to_vec()),
        (MediaType::Jpeg, b"\xff\xd8\xff\xc0\0\x0b\x08\0\x09\0\x09\x01\x01\x11\0".to_vec()),
        (MediaType::Gif, b"GIF89a\x09\0\x09\0\x80\0\0\0\0\0\xff\xff\xff".to_vec()),
        (MediaType::Webp, b"RIFF\x40\0\0\0WEBPVP8X".to_vec()),
        (MediaType::Avif, heif.to_vec()),
        (MediaType::Heic, heif.to_vec()),
        (MediaType::Mp4, b"\0\0\0\x10ftypisom\0\0\0\0\0\0\x01\0moov\0\0\0\x80trak".to_vec()),
        (MediaType::Mkv, b"\x1a\x45\xdf\xa3\x84\x42\x82\x81x\x18\x53\x80\x67".to_vec()),
        (MediaType::Zip, archive(&[("a", b"x"), ("b/c", b"yy")])),
        (MediaType::Pdf, b"%PDF-1.7\n/Linearized /N 3".to_vec()),
        (MediaType::Srt, b"1\n00:00:01,000 --> 00:00:02,000\n".to_vec()),
        (MediaType::Vtt, b"WEBVTT\n\n00:01.000 --> 00:02.000\n".to_vec()),
        (MediaType::Mp3, b"ID3\x04\0\0\0\0\0\x05".to_vec()),
        (MediaType::Ogg, b"OggS\0\x02".to_vec()),
        (MediaType::Svg, b"<?xml?><!DOCTYPE [".to_vec()),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_bytes_make_looking_at_them_panic(
        (media_type, start) in beginnings(),
        rest in prop::collection::vec(any::<u8>(), 0..300),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let mut bytes = [start, rest].concat();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        sniff(&bytes);
        let _ = look(media_type, &bytes);
        let _ = decode_image(&bytes, rostrum_media::ImageLimits::default());
    }

    #[test]
    fn looking_twice_gives_the_same_answer(
        (media_type, start) in beginnings(),
        rest in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let bytes = [start, rest].concat();
        prop_assert_eq!(format!("{:?}", look(media_type, &bytes)), format!("{:?}", look(media_type, &bytes)));
    }
}
