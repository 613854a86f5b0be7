//! Files as people upload them, and as attackers do.

use std::path::{Path, PathBuf};

use rostrum_media::{
    ImageLimits, InspectLimits, Limited, MAX_AUDIO_S, MediaError, Sniffed, decode_audio, decode_image,
    inspect, probe, sniff,
};
use rostrum_model::asset::{AssetKind, MediaType};
use rostrum_model::picture::Size;

use super::{ffmpeg, make};

fn portrait(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/portraits").join(name)
}

fn head(path: &Path) -> Vec<u8> {
    let mut bytes = std::fs::read(path).unwrap();
    bytes.truncate(4096);
    bytes
}

#[test]
fn files_are_told_by_their_bytes_whatever_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let picture = "-f lavfi -i testsrc=size=64x64:rate=5:duration=1";
    let sound = "-f lavfi -i sine=duration=1";
    let cases = [
        (format!("{picture} -frames:v 1 -c:v png -f image2"), MediaType::Png),
        (format!("{picture} -frames:v 1 -c:v mjpeg -pix_fmt yuvj420p -f image2"), MediaType::Jpeg),
        (format!("{picture} -f mp4"), MediaType::Mp4),
        (format!("{picture} -movflags frag_keyframe+empty_moov -f mp4"), MediaType::Mp4),
        (format!("{picture} -f webm"), MediaType::Webm),
        (format!("{sound} -f mp3"), MediaType::Mp3),
        (format!("{sound} -id3v2_version 0 -write_xing 0 -f mp3"), MediaType::Mp3),
        (format!("{sound} -ar 16000 -b:a 24k -id3v2_version 0 -write_xing 0 -f mp3"), MediaType::Mp3),
        (format!("{sound} -f wav"), MediaType::Wav),
        (format!("{picture} -frames:v 1 -c:v libwebp -f webp"), MediaType::Webp),
        (format!("{picture} -c:v libwebp_anim -f webp"), MediaType::Webp),
        (format!("{picture} -f gif"), MediaType::Gif),
        (
            format!("{picture} -c:v libaom-av1 -cpu-used 8 -frames:v 1 -still-picture 1 -f avif"),
            MediaType::Avif,
        ),
        (format!("{picture} -f mov"), MediaType::Mov),
        (format!("{picture} -f matroska"), MediaType::Mkv),
        (format!("{sound} -f ipod"), MediaType::M4a),
        (format!("{sound} -c:a libvorbis -f ogg"), MediaType::Ogg),
        (format!("{sound} -c:a libopus -f ogg"), MediaType::Ogg),
        (format!("{sound} -c:a flac -f ogg"), MediaType::Ogg),
        (format!("{sound} -f flac"), MediaType::Flac),
    ];
    for (arguments, media_type) in cases {
        let path = make(folder.path(), "holiday.pdf", &arguments);
        assert_eq!(sniff(&head(&path)), Sniffed::Supported(media_type), "{arguments}");
        let mut file = std::fs::File::open(&path).unwrap();
        let inspected = inspect(media_type, &mut file, &InspectLimits::default()).unwrap();
        assert_eq!(inspected.media_type, media_type, "{arguments}");
        if media_type.kind() == AssetKind::Image {
            assert_eq!(inspected.size, Some(Size { width: 64, height: 64 }), "{arguments}");
        }
    }
    assert_eq!(sniff(b"%PDF-1.7\n%\xe2\xe3"), Sniffed::Supported(MediaType::Pdf));
    assert_eq!(sniff(&head(&portrait("grace_hopper.jpg"))), Sniffed::Supported(MediaType::Jpeg));
}

#[test]
fn everything_else_is_named_for_the_person_who_sent_it() {
    let folder = tempfile::tempdir().unwrap();
    let picture = "-f lavfi -i testsrc=size=64x64:rate=5:duration=1";
    let sound = "-f lavfi -i sine=duration=1";
    let made = [
        (format!("{picture} -s 176x144 -f 3gp"), "a 3GP video"),
        (format!("{picture} -frames:v 1 -c:v bmp -f image2"), "a BMP image"),
        (format!("{picture} -f avi"), "an AVI video"),
        (format!("{picture} -f ogv"), "an Ogg video"),
        (format!("{picture} {sound} -shortest -f ogv"), "an Ogg video"),
        (format!("{sound} -f adts"), "an AAC audio file"),
        (format!("{sound} -c:a mp2 -f mp2"), "a"),
    ];
    for (arguments, found) in made {
        let path = make(folder.path(), "x", &arguments);
        let sniffed = sniff(&head(&path));
        assert_eq!(sniffed.media_type(), None, "{arguments}");
        assert!(sniffed.found().starts_with(found), "{arguments}: {}", sniffed.found());
    }
    let written: [(&[u8], &str); 24] = [
        (b"", "an empty file"),
        (b"#EXTM3U\n#EXT-X-VERSION:3\n", "an HLS playlist"),
        (b"\xef\xbb\xbf#EXTM3U\n", "an HLS playlist"),
        (b"\xff\xfe#\0E\0X\0T\0M\0\x33\0U\0\n\0", "an HLS playlist"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "an ffmpeg script"),
        (b"<?xml version='1.0'?><MPD xmlns='x'/>", "a DASH playlist"),
        (b"  <!DOCTYPE html><html>", "HTML"),
        (b"<HTML><script>alert(1)</script>", "HTML"),
        (b"<!-- <svg> --><html><svg/></html>", "HTML"),
        (b"<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><svg/>", "HTML"),
        (b"<?xml version='1.0'?><x/>", "XML"),
        (b"<!-- <svg> without an end", "XML"),
        (b"just some words", "plain text"),
        (b"free software", "plain text"),
        (b"1\nnot a time", "plain text"),
        (b"WEBVTTX\n", "a text that begins like WebVTT"),
        (b"\0\0\0\x14ftypmif1\0\0\0\0mif1", "a HEIF image of an unknown codec"),
        (b"\0\0\0\x14ftypjp2 \0\0\0\0jp2 ", "a JPEG 2000 image"),
        (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0", "an ELF"),
        (b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x08fishead\0", "an Ogg file without"),
        (b"\x1a\x45\xdf\xa3\x84\x42\x82\x81x", "an EBML file"),
        (b"\n %PDF-1.7", "plain text"),
        (b"\x01\x02\xfe", "a file of unknown type with the bytes 01 02 fe"),
        (
            b"\x01\x02\x03\x04\xfe\xfd\xfc\xfb\xfa",
            "a file of unknown type with the bytes 01 02 03 04 fe fd fc fb …",
        ),
    ];
    for (bytes, found) in written {
        let sniffed = sniff(bytes);
        assert_eq!(sniffed.media_type(), None, "{}", bytes.escape_ascii());
        assert!(sniffed.found().starts_with(found), "{}: {}", bytes.escape_ascii(), sniffed.found());
    }
}

#[test]
fn texts_and_archives_are_told_by_how_they_begin() {
    let utf_16: Vec<u8> =
        "\u{feff}1\r\n00:00:01,000 --> 00:00:02,000\r\nx".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let told: [(&[u8], MediaType); 15] = [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", MediaType::Svg),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <html> -->\n<svg/>", MediaType::Svg),
        (b"<!DOCTYPE svg PUBLIC 'a>b' [ <!ENTITY x '>'> ]><s:svg xmlns:s='x'>", MediaType::Svg),
        (b"1\n00:00:00,000 --> 00:00:01,000\nhello", MediaType::Srt),
        (b"\xef\xbb\xbf\r\n\r\n12\r\n00:00:00,000 --> 00:00:01,000\r\nh", MediaType::Srt),
        (b"1\n00:00:00,000 --> 00:00:01,000\ncaf\xe9", MediaType::Srt),
        (&utf_16, MediaType::Srt),
        (b"WEBVTT", MediaType::Vtt),
        (b"WEBVTT\n\n", MediaType::Vtt),
        (b"\xef\xbb\xbfWEBVTT\ttalk\r\n", MediaType::Vtt),
        (b"PK\x03\x04\x14\0\0\0\x08\0", MediaType::Zip),
        (b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", MediaType::Zip),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", MediaType::Heic),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", MediaType::Avif),
        (b"\xff\xfb\x90\x64 this is no sound at all", MediaType::Mp3),
    ];
    for (bytes, media_type) in told {
        assert_eq!(sniff(bytes), Sniffed::Supported(media_type), "{}", bytes.escape_ascii());
    }
}

#[test]
fn every_cut_of_every_head_is_sniffed_without_panic() {
    for bytes in [
        &b"\0\0\0\x18ftypisom\0\0\0\0mp41isom"[..],
        b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm",
        b"ID3\x04\0\0\0\0\x7f\x7f\xff\xfb\x90\x64",
        b"RIFF\0\0\0\0WAVEfmt ",
        b"\xff\xfb\x90\x64",
    ] {
        for length in 0..bytes.len() {
            sniff(&bytes[..length]);
        }
    }
}

#[tokio::test]
async fn a_video_is_probed() {
    let folder = tempfile::tempdir().unwrap();
    let arguments =
        "-f lavfi -i testsrc=size=320x240:rate=30:duration=2 -f lavfi -i sine=duration=2 -ac 2 -f";
    for (format, video_codec, frame_count) in [
        ("mp4", "h264", Some(60)),
        ("mov", "h264", Some(60)),
        ("webm", "vp9", None),
        ("matroska", "h264", None),
    ] {
        let path = make(folder.path(), "video", &format!("{arguments} {format}"));
        let found = probe(&ffmpeg(), &path).await.unwrap();
        let (video, audio) = (found.video.unwrap(), found.audio.unwrap());
        assert!(found.format.contains(format));
        assert_eq!((video.width, video.height, video.frames_per_second), (320, 240, 30.0));
        assert_eq!((video.codec.as_str(), video.frame_count), (video_codec, frame_count));
        assert!((video.duration_s - 2.0).abs() < 0.05 && (audio.duration_s - 2.0).abs() < 0.05);
        assert_eq!(audio.channels, 2);
    }
}

#[tokio::test]
async fn damaged_and_foreign_files_are_malformed() {
    let folder = tempfile::tempdir().unwrap();
    let whole = make(folder.path(), "video.mp4", "-f lavfi -i testsrc=size=64x64:duration=1");
    let mut bytes = std::fs::read(&whole).unwrap();
    bytes.truncate(1000);
    let secret = folder.path().join("secret.wav");
    std::fs::copy(make(folder.path(), "tone.wav", "-f lavfi -i sine=duration=1"), &secret).unwrap();
    let script = format!("ffconcat version 1.0\nfile '{}'\n", secret.display());
    for (name, content) in
        [("cut.mp4", bytes), ("text.mp4", b"hello".to_vec()), ("empty.wav", vec![]), ("a.mp3", script.into())]
    {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let failed = probe(&ffmpeg(), &path).await;
        assert!(matches!(failed, Err(MediaError::Malformed { .. })), "{name}: {failed:?}");
        let failed = decode_audio(&ffmpeg(), &path).await;
        assert!(matches!(failed, Err(MediaError::Malformed { .. })), "{name}: {failed:?}");
    }
}

#[tokio::test]
async fn sound_of_any_kind_becomes_mono_samples() {
    let folder = tempfile::tempdir().unwrap();
    let source = "-f lavfi -i sine=frequency=440:duration=2";
    let cases = [
        "-ac 2 -ar 44100 -f wav",
        "-b:a 128k -f mp3",
        "-f mp4",
        "-f webm",
        "-c:a pcm_f32le -f wav",
        "-c:a pcm_u8 -f wav",
        "-f ipod",
        "-f mov",
        "-f matroska",
        "-c:a libvorbis -f ogg",
        "-c:a libopus -f ogg",
        "-f flac",
        "-c:a flac -f ogg",
    ];
    for arguments in cases {
        let path = make(folder.path(), "sound", &format!("{source} {arguments}"));
        let samples = decode_audio(&ffmpeg(), &path).await.unwrap();
        assert!(
            (samples.len() as f64 / 24_000.0 - 2.0).abs() < 0.1,
            "{arguments}: {} samples",
            samples.len()
        );
        let crossings = samples.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
        assert!(crossings.abs_diff(880) < 30, "{arguments}: {crossings} periods");
    }
}

#[tokio::test]
async fn a_video_without_sound_has_no_audio_stream() {
    let folder = tempfile::tempdir().unwrap();
    let path = make(folder.path(), "mute.mp4", "-f lavfi -i testsrc=size=64x64:duration=1");
    let failed = decode_audio(&ffmpeg(), &path).await;
    assert!(matches!(failed, Err(MediaError::MissingStream { stream: "audio" })), "{failed:?}");
}

#[tokio::test]
async fn sound_longer_than_ten_minutes_is_refused_with_its_length() {
    let folder = tempfile::tempdir().unwrap();
    let path = make(folder.path(), "long.wav", "-f lavfi -i anullsrc=r=8000:cl=mono -t 700 -c:a pcm_u8");
    let honest = decode_audio(&ffmpeg(), &path).await;
    let Err(MediaError::Limit { what: Limited::AudioSeconds, measured, limit }) = honest else {
        panic!("{honest:?}")
    };
    assert!((measured - 700.0).abs() < 0.1 && limit == MAX_AUDIO_S);
}

#[test]
fn portraits_are_decoded() {
    let limits = ImageLimits::default();
    let astronaut = decode_image(&std::fs::read(portrait("astronaut.png")).unwrap(), limits).unwrap();
    assert_eq!((astronaut.width, astronaut.height, astronaut.pixels.len()), (512, 512, 512 * 512 * 3));
    let hopper = decode_image(&std::fs::read(portrait("grace_hopper.jpg")).unwrap(), limits).unwrap();
    assert_eq!((hopper.width, hopper.height), (512, 600));
}

#[test]
fn transparency_is_laid_on_white() {
    let folder = tempfile::tempdir().unwrap();
    let source = "-f lavfi -i color=red:size=8x8,format=rgba,colorchannelmixer=aa=0.5 -frames:v 1 -pix_fmt";
    for pixel_format in ["rgba", "rgba64be"] {
        let path = make(folder.path(), "half.png", &format!("{source} {pixel_format}"));
        let image = decode_image(&std::fs::read(path).unwrap(), ImageLimits::default()).unwrap();
        let [r, g, b] = image.at(4, 4);
        assert!(r >= 253 && g.abs_diff(128) <= 2 && b.abs_diff(128) <= 2, "{pixel_format}: {r} {g} {b}");
    }
}

#[test]
fn a_grey_picture_becomes_rgb() {
    let folder = tempfile::tempdir().unwrap();
    let path = make(folder.path(), "grey.png", "-f lavfi -i color=gray:size=8x6 -frames:v 1 -pix_fmt gray");
    let image = decode_image(&std::fs::read(path).unwrap(), ImageLimits::default()).unwrap();
    assert_eq!((image.width, image.height), (8, 6));
    let [r, g, b] = image.at(0, 0);
    assert!(r == g && g == b && r > 100);
}

#[test]
fn a_picture_is_turned_upright_as_its_exif_says() {
    let folder = tempfile::tempdir().unwrap();
    // Left half red, right half blue; 16 wide, 8 high.
    let source = "-f lavfi -i color=red:size=8x8 -f lavfi -i color=blue:size=8x8 -filter_complex hstack -frames:v 1 -q:v 1";
    let path = make(folder.path(), "lying.jpg", &format!("{source} -pix_fmt yuvj444p"));
    let plain = std::fs::read(path).unwrap();
    // An EXIF block with the one tag Orientation (0x0112) = 6: "turn right to view".
    let mut exif =
        b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
    let mut turned = plain[..2].to_vec();
    turned.append(&mut exif);
    turned.extend_from_slice(&plain[2..]);
    let image = decode_image(&turned, ImageLimits::default()).unwrap();
    assert_eq!((image.width, image.height), (8, 16));
    let (top, bottom) = (image.at(4, 2), image.at(4, 13));
    assert!(top[0] > 200 && bottom[2] > 200, "{top:?} {bottom:?}");
}

/// A PNG that claims a size it has no pixels for.
fn png_bomb(width: u32, height: u32) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([8, 2, 0, 0, 0]);
    let checksum = chunk.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
        )
    });
    let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    file.extend(chunk);
    file.extend((!checksum).to_be_bytes());
    file.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    file
}

#[test]
fn too_large_pictures_are_refused_by_their_header_with_the_measured_value() {
    let limits = ImageLimits::default();
    let failed = decode_image(&png_bomb(60_000, 60_000), limits);
    let Err(MediaError::Limit { what: Limited::ImageSide, measured: 60_000.0, limit: 16_384.0 }) = failed
    else {
        panic!("{failed:?}")
    };
    let failed = decode_image(&png_bomb(16_000, 16_000), limits);
    let Err(MediaError::Limit { what: Limited::ImagePixels, measured: 256_000_000.0, .. }) = failed else {
        panic!("{failed:?}")
    };
    let small = ImageLimits { max_side: 511, ..limits };
    let failed = decode_image(&std::fs::read(portrait("grace_hopper.jpg")).unwrap(), small);
    assert!(matches!(failed, Err(MediaError::Limit { measured: 600.0, .. })), "{failed:?}");
}

#[test]
fn damaged_and_foreign_pictures_are_typed_errors() {
    let limits = ImageLimits::default();
    let mut cut = std::fs::read(portrait("astronaut.png")).unwrap();
    cut.truncate(cut.len() / 2);
    assert!(matches!(decode_image(&cut, limits), Err(MediaError::Malformed { .. })));
    assert!(matches!(decode_image(&png_bomb(100, 100), limits), Err(MediaError::Malformed { .. })));
    assert!(matches!(decode_image(b"\xff\xd8\xff\xe0 nothing", limits), Err(MediaError::Malformed { .. })));
    let failed = decode_image(b"II*\0\x08\0\0\0", limits).unwrap_err();
    assert!(failed.to_string().ends_with("image, which cannot be used here"), "{failed}");
    let failed = decode_image(b"<svg xmlns='http://www.w3.org/2000/svg'/>", limits).unwrap_err();
    assert_eq!(
        failed.to_string(),
        "the file is an SVG image, which cannot be turned into pixels here; export it as PNG and upload that"
    );
    assert!(failed.is_the_files_fault());
}
