//! Files as people upload them, and as attackers do.

use std::path::{Path, PathBuf};

use rostrum_media::{
    ImageLimits, Limited, MAX_AUDIO_S, MediaError, Sniffed, decode_audio, decode_image, probe, sniff,
};
use rostrum_model::asset::MediaType;

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
    ];
    for (arguments, media_type) in cases {
        let path = make(folder.path(), "holiday.pdf", &arguments);
        assert_eq!(sniff(&head(&path)), Sniffed::Supported(media_type), "{arguments}");
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
        (format!("{picture} -f mov"), "a QuickTime movie"),
        (format!("{sound} -f ipod"), "an M4A audio file"),
        (format!("{picture} -s 176x144 -f 3gp"), "a 3GP video"),
        (format!("{picture} -f matroska"), "a Matroska video"),
        (format!("{picture} -c:v libaom-av1 -cpu-used 8 -frames:v 1 -f avif"), "an AVIF image"),
        (format!("{picture} -f gif"), "a GIF image"),
        (format!("{picture} -frames:v 1 -c:v libwebp -f image2"), "a WebP image"),
        (format!("{picture} -frames:v 1 -c:v bmp -f image2"), "a BMP image"),
        (format!("{picture} -f avi"), "an AVI video"),
        (format!("{sound} -f flac"), "a FLAC audio file"),
        (format!("{sound} -f ogg"), "a Vorbis audio file"),
        (format!("{sound} -f adts"), "an AAC audio file"),
        (format!("{sound} -c:a mp2 -f mp2"), "a"),
    ];
    for (arguments, found) in made {
        let has_muxer = !arguments.ends_with("avif") || folder.path().join("x").exists();
        if !has_muxer {
            continue;
        }
        let path = make(folder.path(), "x", &arguments);
        let sniffed = sniff(&head(&path));
        assert_eq!(sniffed.media_type(), None, "{arguments}");
        assert!(sniffed.found().starts_with(found), "{arguments}: {}", sniffed.found());
    }
    let written: [(&[u8], &str); 16] = [
        (b"", "an empty file"),
        (b"#EXTM3U\n#EXT-X-VERSION:3\n", "an HLS playlist"),
        (b"\xef\xbb\xbf#EXTM3U\n", "an HLS playlist"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "an ffmpeg script"),
        (b"  <!DOCTYPE html><html>", "HTML"),
        (b"<HTML><script>alert(1)</script>", "HTML"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG image"),
        (b"<?xml version='1.0'?><svg/>", "an SVG image"),
        (b"<?xml version='1.0'?><x/>", "XML"),
        (b"just some words", "plain text"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a HEIC image"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "an AVIF image"),
        (b"PK\x03\x04\x14\0\0\0\x08\0", "a ZIP archive"),
        (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0", "an ELF"),
        (b"\xff\xfb\x90\x64 this is no sound at all".as_slice(), "an MP3 file"),
        (b"\x01\x02\x03\x04\xfe\xfd\xfc\xfb", "a file of unknown type"),
    ];
    for (bytes, found) in written {
        assert!(
            sniff(bytes).found().starts_with(found),
            "{}: {}",
            bytes.escape_ascii(),
            sniff(bytes).found()
        );
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
    for (format, video_codec, frame_count) in [("mp4", "h264", Some(60)), ("webm", "vp9", None)] {
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
    let failed = decode_image(b"GIF89a\x01\0\x01\0", limits).unwrap_err();
    assert_eq!(failed.to_string(), "the file is a GIF image, which cannot be used here");
    assert!(failed.is_the_files_fault());
}
