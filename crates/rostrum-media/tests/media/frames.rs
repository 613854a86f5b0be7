//! Videos read frame by frame.

use std::path::{Path, PathBuf};

use rostrum_media::{Fit, FrameOptions, FramePlayer, FrameReader, MediaError, VideoStream, probe};
use rostrum_model::picture::{RgbImage, Size};

use super::{a_program_names, ffmpeg, make};

/// 100 frames of 64x48 at 25 per second. Each is grey; frame `n` is brighter than the one before by 2 steps of limited range.
const COUNTING: &str =
    "-f lavfi -i color=black:size=64x48:rate=25:duration=4,geq=lum=16+2*N:cb=128:cr=128 -pix_fmt yuv420p";

/// Without loss, with key frames every 25 frames and frames that are coded out of order.
const LOSSLESS: &str = "-c:v libx264 -qp 0 -bf 3 -g 25";

/// Which frame of [`COUNTING`] this is.
fn number_of(frame: &RgbImage) -> usize {
    let grey = f64::from(frame.at(frame.width / 2, frame.height / 2)[1]);
    (grey * 219.0 / 255.0 / 2.0).round() as usize
}

async fn video_of(path: &Path) -> VideoStream {
    probe(&ffmpeg(), path).await.unwrap().video.unwrap()
}

async fn open(path: &Path, options: &FrameOptions) -> FrameReader {
    FrameReader::open(&ffmpeg(), path, &video_of(path).await, options).unwrap()
}

async fn read_all(path: &Path, options: &FrameOptions) -> Vec<RgbImage> {
    open(path, options).await.map(Result::unwrap).collect()
}

async fn numbers(path: &Path, options: &FrameOptions) -> Vec<usize> {
    read_all(path, options).await.iter().map(number_of).collect()
}

/// The same 100 frames in files of several kinds: constant rate, variable rate, other clocks and codecs.
fn kinds(folder: &Path) -> Vec<PathBuf> {
    let slowed = r"-vf setpts=if(lt(N\,50)\,N/25\,2+(N-50)/9)/TB -fps_mode vfr";
    let thirty = COUNTING.replace("rate=25", "rate=30000/1001");
    [
        ("constant.mp4", format!("{COUNTING} {LOSSLESS}")),
        ("constant.mkv", format!("{COUNTING} {LOSSLESS}")),
        ("late.mp4", format!("{COUNTING} {LOSSLESS} -output_ts_offset 0.7")),
        ("thirty.mp4", format!("{thirty} {LOSSLESS}")),
        ("variable.mp4", format!("{COUNTING} {slowed} {LOSSLESS}")),
        ("variable.webm", format!("{COUNTING} {slowed} -c:v libvpx -g 40")),
    ]
    .map(|(name, arguments)| make(folder, name, &arguments))
    .into()
}

#[tokio::test]
async fn frames_come_in_order_at_the_rate_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = make(folder.path(), "a.mp4", &format!("{COUNTING} {LOSSLESS}"));
    assert_eq!(numbers(&path, &FrameOptions::new(25)).await, (0..100).collect::<Vec<_>>());
    let twice = numbers(&path, &FrameOptions::new(50)).await;
    assert_eq!(twice, (0..200).map(|number| number / 2).collect::<Vec<_>>());
    let few = numbers(&path, &FrameOptions::new(5)).await;
    assert_eq!(few.len(), 20);
    assert!(few.windows(2).all(|pair| pair[1] == pair[0] + 5), "{few:?}");
    let some = FrameOptions { first_frame: 30, max_frames: Some(3), ..FrameOptions::new(25) };
    assert_eq!(numbers(&path, &some).await, [30, 31, 32]);
}

#[tokio::test]
async fn a_variable_rate_becomes_constant() {
    let folder = tempfile::tempdir().unwrap();
    let path = &kinds(folder.path())[4];
    let found = numbers(path, &FrameOptions::new(25)).await;
    // 50 frames at 25 per second, then 50 at 9 per second; the file counts time in frames.
    let shown_at = |n: usize| if n < 50 { n as f64 / 25.0 } else { 2.0 + (n - 50) as f64 / 9.0 };
    assert!(found.len().abs_diff(189) <= 3, "{} frames", found.len());
    for (position, number) in found.iter().enumerate() {
        let late_s = position as f64 / 25.0 - shown_at(*number);
        assert!((-0.041..0.16).contains(&late_s), "frame {number} is shown {late_s} s late");
    }
}

#[tokio::test]
async fn seeking_gives_the_same_bytes_as_playing_through() {
    let folder = tempfile::tempdir().unwrap();
    for path in kinds(folder.path()) {
        let all = read_all(&path, &FrameOptions::new(25)).await;
        assert!(all.len() > 70, "{path:?} has {} frames", all.len());
        for first in [1, 12, 24, 25, 26, 49, 63, all.len() - 1] {
            let options = FrameOptions { first_frame: first as u64, ..FrameOptions::new(25) };
            let found = read_all(&path, &options).await;
            assert!(found == all[first..], "{path:?} from frame {first}: {} frames", found.len());
        }
    }
}

#[tokio::test]
async fn past_the_end_there_are_no_frames() {
    let folder = tempfile::tempdir().unwrap();
    let path = make(folder.path(), "a.mp4", &format!("{COUNTING} {LOSSLESS}"));
    for first_frame in [100, 101, 100_000] {
        let mut reader = open(&path, &FrameOptions { first_frame, ..FrameOptions::new(25) }).await;
        assert_eq!(reader.next_frame().unwrap(), None);
        assert_eq!(reader.next_frame().unwrap(), None);
        assert_eq!(reader.position(), first_frame);
    }
}

#[tokio::test]
async fn a_stream_that_starts_late_begins_with_its_first_frame() {
    let folder = tempfile::tempdir().unwrap();
    let video = make(folder.path(), "v.mp4", &format!("{COUNTING} {LOSSLESS}"));
    let with_sound = format!(
        "-itsoffset 1 -i {} -f lavfi -i anullsrc -t 5 -map 0:v -map 1:a -c:v copy -c:a aac",
        video.display()
    );
    let path = make(folder.path(), "late.mp4", &with_sound);
    let found = numbers(&path, &FrameOptions::new(25)).await;
    assert_eq!(found[..30], [&[0; 25][..], &[0, 1, 2, 3, 4]].concat());
}

#[tokio::test]
async fn frames_are_turned_upright_and_fitted() {
    let folder = tempfile::tempdir().unwrap();
    let halves = "-f lavfi -i color=red:size=100x80:duration=1 -f lavfi -i color=blue:size=100x80:duration=1 \
                  -filter_complex hstack -pix_fmt yuv420p -c:v libx264 -qp 0";
    let flat = make(folder.path(), "flat.mp4", halves);
    let turned = format!("-i {} -c copy -metadata:s:v:0 rotate=270", flat.display());
    let turned = make(folder.path(), "turned.mp4", &turned);
    let size = |width, height| Size { width, height };
    for (fit, expected) in [
        (Fit::Shown, size(80, 200)),
        (Fit::Within(size(50, 50)), size(20, 50)),
        (Fit::Contain(size(400, 400)), size(160, 400)),
        (Fit::Cover(size(61, 33)), size(61, 33)),
        (Fit::Stretch(size(31, 7)), size(31, 7)),
    ] {
        let mut reader = open(&turned, &FrameOptions { fit, ..FrameOptions::new(25) }).await;
        let frame = reader.next_frame().unwrap().unwrap();
        assert_eq!((reader.size(), size(frame.width, frame.height)), (expected, expected), "{fit:?}");
        let (top, bottom) = (frame.at(frame.width / 2, 0), frame.at(frame.width / 2, frame.height - 1));
        assert!(top[0] > 200 && top[2] < 60, "{fit:?}: {top:?}");
        assert!(bottom[2] > 200 && bottom[0] < 60, "{fit:?}: {bottom:?}");
    }
}

#[tokio::test]
async fn colours_are_what_was_encoded_whether_the_file_names_its_matrix_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let orange = "-f lavfi -i color=0xd08030:size=1280x720:duration=0.2,format=rgb24 -c:v libx264 -qp 0";
    let to_709 = "-vf scale=out_color_matrix=bt709,format=yuv420p";
    for (name, arguments) in [
        ("named.mp4", format!("{orange} {to_709} -colorspace bt709")),
        ("unnamed.mp4", format!("{orange} {to_709}")),
        ("small.mp4", format!("{} -pix_fmt yuv420p", orange.replace("1280x720", "320x180"))),
    ] {
        let path = make(folder.path(), name, &arguments);
        let frame = open(&path, &FrameOptions::new(25)).await.next_frame().unwrap().unwrap();
        let found = frame.at(100, 100);
        let furthest = found.iter().zip([0xd0, 0x80, 0x30]).map(|(a, b)| a.abs_diff(b)).max().unwrap();
        assert!(furthest <= 3, "{name}: {found:?}");
    }
}

#[tokio::test]
async fn a_player_gives_any_frame_in_any_order_and_keeps_few() {
    let folder = tempfile::tempdir().unwrap();
    for path in &kinds(folder.path())[..2] {
        let video = video_of(path).await;
        let mut player = FramePlayer::new(&ffmpeg(), path, &video, &FrameOptions::new(25), 10);
        let back_and_forth = (40..70).chain((0..70).rev()).chain([99, 3, 98, 97, 50, 45, 61, 60]);
        for number in back_and_forth {
            let frame = player.frame(number).unwrap().unwrap();
            assert_eq!(number_of(frame), number as usize, "{path:?}");
        }
        assert_eq!(player.frame(100).unwrap(), None);
        assert_eq!(player.frame(5000).unwrap(), None);
        assert_eq!(number_of(player.frame(99).unwrap().unwrap()), 99);
    }
}

#[tokio::test]
async fn a_reader_that_is_dropped_ends_its_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = make(folder.path(), "a.mp4", &format!("{COUNTING} {LOSSLESS}"));
    let options =
        FrameOptions { fit: Fit::Stretch(Size { width: 2000, height: 2000 }), ..FrameOptions::new(25) };
    let mut reader = open(&path, &options).await;
    let frame = reader.next_frame().unwrap().unwrap();
    reader.reuse(frame);
    drop(reader);
    assert!(!a_program_names(folder.path()));
}

#[tokio::test]
async fn damaged_files_give_what_is_left_of_them_or_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = make(folder.path(), "a.mkv", &format!("{COUNTING} {LOSSLESS}"));
    let video = video_of(&path).await;
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let left = numbers(&path, &FrameOptions::new(25)).await;
    assert!((20..80).contains(&left.len()), "{} frames", left.len());
    std::fs::write(&path, b"no video at all").unwrap();
    let mut reader = FrameReader::open(&ffmpeg(), &path, &video, &FrameOptions::new(25)).unwrap();
    let failed = reader.next_frame();
    assert!(matches!(failed, Err(MediaError::Malformed { .. })), "{failed:?}");
    assert_eq!(reader.next_frame().unwrap(), None);
}

#[tokio::test]
async fn frames_beyond_the_limit_are_refused_before_anything_is_decoded() {
    let folder = tempfile::tempdir().unwrap();
    let path = make(folder.path(), "a.mp4", &format!("{COUNTING} {LOSSLESS}"));
    let video = video_of(&path).await;
    for size in [Size { width: 9000, height: 10 }, Size { width: 10, height: 8193 }] {
        let options = FrameOptions { fit: Fit::Stretch(size), ..FrameOptions::new(25) };
        let refused = FrameReader::open(&ffmpeg(), &path, &video, &options);
        assert!(matches!(refused, Err(MediaError::Limit { .. })), "{refused:?}");
    }
}
