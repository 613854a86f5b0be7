//! Small pictures and outlines of real files.

use std::path::Path;

use image::metadata::Orientation;
use rostrum_media::{
    ImageLimits, LookedAt, MediaError, decode_image, look_at_picture, look_at_video, probe, waveform,
};
use rostrum_model::picture::{RgbImage, Size};
use rostrum_model::processing::ThumbnailType;

use super::{ffmpeg, make};

/// Left half red, right half blue; 600 wide, 200 high.
const RED_AND_BLUE: &str = "-f lavfi -i color=red:size=300x200 -f lavfi -i color=blue:size=300x200 -filter_complex hstack -frames:v 1";

fn pixels(thumbnail: &rostrum_media::Thumbnail) -> RgbImage {
    decode_image(&thumbnail.bytes, ImageLimits::default()).unwrap()
}

async fn look(bytes: Vec<u8>) -> Result<LookedAt, MediaError> {
    let folder = tempfile::tempdir().unwrap();
    look_at_picture(&ffmpeg(), folder.path(), bytes, ImageLimits::default()).await
}

fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    [&jpeg[..2], &exif, &jpeg[2..]].concat()
}

#[tokio::test]
async fn every_exif_orientation_is_applied_to_the_small_picture() {
    let folder = tempfile::tempdir().unwrap();
    let jpeg = std::fs::read(make(folder.path(), "a.jpg", &format!("{RED_AND_BLUE} -q:v 1"))).unwrap();
    for orientation in 1..=8 {
        let seen = look(with_orientation(&jpeg, orientation)).await.unwrap();
        let mut expected = image::DynamicImage::from(image::RgbImage::from_fn(6, 2, |x, _| {
            image::Rgb(if x < 3 { [255, 0, 0] } else { [0, 0, 255] })
        }));
        expected.apply_orientation(Orientation::from_exif(orientation).unwrap());
        let expected = expected.into_rgb8();
        let small = pixels(&seen.thumbnail);
        assert_eq!(seen.stored_size, Size { width: 600, height: 200 });
        let shown = (expected.width() as usize * 100, expected.height() as usize * 100);
        assert_eq!((seen.shown_size.width, seen.shown_size.height), shown, "{orientation}");
        assert_eq!(small.width.max(small.height), 512);
        for (x, y) in [(0, 0), (expected.width() - 1, expected.height() - 1)] {
            let is_red = expected.get_pixel(x, y).0[0] == 255;
            let at = |at: u32, of: u32, length: usize| (at as usize * 2 + 1) * length / (of as usize * 2);
            let found =
                small.at(at(x, expected.width(), small.width), at(y, expected.height(), small.height));
            assert_eq!(found[0] > 200, is_red, "{orientation}: {found:?}");
            assert_eq!(found[2] > 200, !is_red, "{orientation}: {found:?}");
        }
    }
}

#[tokio::test]
async fn a_picture_with_transparent_pixels_has_a_png() {
    let folder = tempfile::tempdir().unwrap();
    let half = make(folder.path(), "a.png", "-f lavfi -i color=red@0.5:size=64x64,format=rgba -frames:v 1");
    let seen = look(std::fs::read(half).unwrap()).await.unwrap();
    assert_eq!((seen.has_alpha, seen.thumbnail.encoding), (true, ThumbnailType::Png));
    let full = make(folder.path(), "b.png", "-f lavfi -i color=red:size=64x64,format=rgba -frames:v 1");
    let seen = look(std::fs::read(full).unwrap()).await.unwrap();
    assert_eq!((seen.has_alpha, seen.thumbnail.encoding), (false, ThumbnailType::Jpeg));
}

async fn still(path: &Path) -> (rostrum_media::VideoStream, rostrum_media::Thumbnail) {
    let video = probe(&ffmpeg(), path).await.unwrap().video.unwrap();
    let thumbnail = look_at_video(&ffmpeg(), path, &video).await.unwrap();
    (video, thumbnail)
}

#[tokio::test]
async fn a_turned_video_is_shown_upright() {
    let folder = tempfile::tempdir().unwrap();
    let flat = make(
        folder.path(),
        "flat.mp4",
        &format!("{} -pix_fmt yuv420p", RED_AND_BLUE.replace("-frames:v 1", "-t 1")),
    );
    let flat = flat.display();
    let turned = make(folder.path(), "turned.mp4", &format!("-i {flat} -c copy -metadata:s:v:0 rotate=270"));
    let (video, thumbnail) = still(&turned).await;
    assert_eq!((video.width, video.height, video.rotation_degrees), (600, 200, 90));
    assert_eq!(video.shown_size, Size { width: 200, height: 600 });
    let small = pixels(&thumbnail);
    assert_eq!((small.width, small.height), (171, 512));
    assert!(small.at(85, 20)[0] > 200 && small.at(85, 490)[2] > 200);
}

#[tokio::test]
async fn the_transparency_of_vp9_is_found_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let source = "-f lavfi -i color=red@0.5:size=64x64:duration=1,format=yuva420p";
    let path = make(folder.path(), "a.webm", &format!("{source} -c:v libvpx-vp9 -pix_fmt yuva420p"));
    let (video, thumbnail) = still(&path).await;
    assert!(video.has_alpha);
    assert_eq!(thumbnail.encoding, ThumbnailType::Png);
}

#[tokio::test]
async fn black_beginnings_are_passed_over_and_black_videos_still_have_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    let fade = "-f lavfi -i color=black:size=64x64:duration=2[a];color=white:size=64x64:duration=2[b];[a][b]concat=n=2";
    let (_, thumbnail) = still(&make(folder.path(), "fade.mp4", fade)).await;
    assert!(pixels(&thumbnail).at(32, 32)[0] > 200);
    let black = make(folder.path(), "black.mp4", "-f lavfi -i color=black:size=64x64:duration=1");
    assert!(pixels(&still(&black).await.1).at(32, 32)[0] < 20);
}

#[tokio::test]
async fn a_tone_has_its_peaks_silence_none_and_a_cut_off_file_what_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let outline = async |path: &Path| {
        let audio = probe(&ffmpeg(), path).await.unwrap().audio.unwrap();
        waveform(&ffmpeg(), path, &audio).await.unwrap().unwrap()
    };
    let tone = "-f lavfi -i aevalsrc=0.5*sin(2*PI*441*t)|0.5*sin(2*PI*441*t):duration=10:sample_rate=44100";
    let tone = make(folder.path(), "tone.wav", tone);
    let whole = outline(&tone).await;
    assert_eq!((whole.sample_rate, whole.sample_count), (44_100, 441_000));
    assert!((1000..=2000).contains(&whole.points.len()));
    assert!(
        whole.points[..whole.points.len() - 1].iter().all(|point| *point == (-64, 64)),
        "{:?}",
        &whole.points[..9]
    );

    let silence = outline(&make(folder.path(), "silent.flac", "-f lavfi -i anullsrc -t 1")).await;
    assert!(silence.points.iter().all(|point| *point == (0, 0)));

    let mp3 = make(folder.path(), "tone.mp3", &format!("-i {}", tone.display()));
    let bytes = std::fs::read(&mp3).unwrap();
    std::fs::write(&mp3, &bytes[..bytes.len() / 2]).unwrap();
    let left = outline(&mp3).await.duration_s();
    assert!((4.0..=6.0).contains(&left), "{left}");
}
