//! From frames and samples to a finished video.

use std::path::{Path, PathBuf};

use rostrum_media::sandbox::ProgramError;
use rostrum_media::{
    Canvas, ClipSound, MediaError, MusicBed, Plan, SegmentEncoder, Sounds, decode_audio, gif, join, probe,
    thumbnail, verify_output, write_wav,
};
use rostrum_model::picture::Size;

use super::{FRAMES_PER_SECOND, a_program_names, encode_segment, ffmpeg};

const SIZE: Size = Size { width: 320, height: 180 };

/// A tone that comes and goes like speech.
fn tone(seconds: f64) -> Vec<f32> {
    let count = (seconds * 24_000.0) as usize;
    (0..count)
        .map(|index| {
            let t = index as f64 / 24_000.0;
            (0.3 * (t * 220.0 * std::f64::consts::TAU).sin() * (t * 3.0).sin()) as f32
        })
        .collect()
}

/// Encodes `frame_counts` as segments and joins them with `sound_s` seconds of sound.
async fn finished_video(folder: &Path, frame_counts: &[usize], sound_s: f64) -> PathBuf {
    let mut segments = Vec::new();
    let mut next = 0;
    for (index, count) in frame_counts.iter().enumerate() {
        segments.push(encode_segment(folder, &format!("part {index}'s.mp4"), SIZE, next..next + count));
        next += count;
    }
    let (wav, out) = (folder.join("sound.wav"), folder.join("out.mp4"));
    write_wav(&wav, &tone(sound_s), 24_000).unwrap();
    join(&ffmpeg(), folder, &segments, &Sounds::of_speech(wav), &out, next as u64, FRAMES_PER_SECOND)
        .await
        .unwrap();
    out
}

fn plan(frame_count: u64) -> Plan {
    let everywhere = 0..frame_count as usize;
    Plan {
        size: SIZE,
        frame_count,
        frames_per_second: FRAMES_PER_SECOND,
        has_speech: true,
        people: vec![everywhere],
    }
}

#[tokio::test]
async fn picture_and_sound_end_together_whatever_the_lengths() {
    for (frame_counts, sound_s) in
        [(&[1][..], 0.04), (&[50, 37], 3.4), (&[7, 3, 25], 9.0), (&[101], 0.5), (&[26, 1], 1.08)]
    {
        let folder = tempfile::tempdir().unwrap();
        let out = finished_video(folder.path(), frame_counts, sound_s).await;
        let found = probe(&ffmpeg(), &out).await.unwrap();
        let (video, audio) = (found.video.unwrap(), found.audio.unwrap());
        let frames: usize = frame_counts.iter().sum();
        let planned_s = frames as f64 / f64::from(FRAMES_PER_SECOND);
        println!(
            "{frame_counts:?}: planned {planned_s} video {} audio {} file {}",
            video.duration_s, audio.duration_s, found.duration_s
        );
        assert_eq!(video.frame_count, Some(frames as u64));
        assert!(
            (video.duration_s - planned_s).abs() < 0.001,
            "video {} planned {planned_s}",
            video.duration_s
        );
        assert!(
            (audio.duration_s - planned_s).abs() < 0.001,
            "audio {} planned {planned_s}",
            audio.duration_s
        );
        assert!(
            (found.duration_s - planned_s).abs() < 0.020,
            "file {} planned {planned_s}",
            found.duration_s
        );
        assert_eq!((audio.sample_rate, audio.channels, audio.codec.as_str()), (48_000, 2, "aac"));
        assert_eq!((video.codec.as_str(), video.pixel_format.as_str()), ("h264", "yuv420p"));
        assert_eq!(video.frames_per_second, 25.0);
    }
}

/// What ffmpeg measures by EBU R 128, in LUFS.
fn loudness(file: &Path) -> f64 {
    let told = std::process::Command::new(ffmpeg().ffmpeg)
        .args(["-nostdin", "-hide_banner", "-i"])
        .arg(file)
        .args(["-af", "ebur128", "-f", "null", "-"])
        .output()
        .unwrap();
    let told = String::from_utf8(told.stderr).unwrap();
    told.rsplit_once("I:").unwrap().1.split_whitespace().next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn one_voice_from_two_loudspeakers_is_as_loud_as_from_one() {
    let folder = tempfile::tempdir().unwrap();
    let out = finished_video(folder.path(), &[100], 4.0).await;
    let (before, after) = (loudness(&folder.path().join("sound.wav")), loudness(&out));
    assert!((before - after).abs() < 0.3, "{before} LUFS became {after}");
}

#[tokio::test]
async fn the_sound_keeps_its_place_and_level_through_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let out = finished_video(folder.path(), &[50], 2.0).await;
    // Each of two loudspeakers gives half the power.
    let before: Vec<f32> = tone(2.0).iter().map(|sample| sample * std::f32::consts::FRAC_1_SQRT_2).collect();
    let after = decode_audio(&ffmpeg(), &out).await.unwrap();
    // AAC comes in blocks of 1024 samples at 48 kHz; players cut the last one short as the edit list says, ffmpeg does not.
    assert!(
        (before.len()..before.len() + 512).contains(&after.len()),
        "{} samples became {}",
        before.len(),
        after.len()
    );
    let difference = |shift: i64| -> f64 {
        let pairs = (1000..47_000).map(|at| (before[at], after[(at as i64 + shift) as usize]));
        (pairs.map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>() / 46_000.0).sqrt()
    };
    let best = (-100..100).min_by(|a, b| difference(*a).total_cmp(&difference(*b))).unwrap();
    println!("shift {best} samples, difference {}", difference(best));
    assert!(best.abs() <= 24, "the sound is shifted by {best} samples");
    assert!(difference(best) < 0.01, "the sound differs by {}", difference(best));
}

#[tokio::test]
async fn a_finished_video_is_verified_marked_and_ready_for_streaming() {
    let folder = tempfile::tempdir().unwrap();
    let out = finished_video(folder.path(), &[50, 50], 4.0).await;
    let verified = verify_output(&ffmpeg(), &out, &plan(100)).await.unwrap();
    assert!((verified.duration_s - 4.0).abs() < 0.02);
    let bytes = std::fs::read(&out).unwrap();
    let position = |name: &[u8]| bytes.windows(name.len()).position(|window| window == name);
    assert!(position(b"moov") < position(b"mdat"), "the index comes first");
    assert!(position(b"AI-generated").is_some());
}

#[tokio::test]
async fn the_same_frames_and_sound_give_the_same_bytes() {
    let [first, second] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let mut files = Vec::new();
    for folder in [first.path(), second.path()] {
        let out = finished_video(folder, &[30, 20], 2.0).await;
        let (picture, preview) = (folder.join("still.jpg"), folder.join("preview.gif"));
        thumbnail(&ffmpeg(), &out, 1.0, &picture).await.unwrap();
        gif(&ffmpeg(), &out, &preview).await.unwrap();
        files.push([out, picture, preview].map(|path| std::fs::read(path).unwrap()));
    }
    for (left, right) in files[0].iter().zip(&files[1]) {
        assert!(left == right, "{} and {} bytes differ", left.len(), right.len());
    }
}

#[tokio::test]
async fn joined_segments_show_every_frame_once_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let out = finished_video(folder.path(), &[13, 20, 17], 2.0).await;
    let report = std::process::Command::new(ffmpeg().ffprobe)
        .args([
            "-loglevel",
            "error",
            "-select_streams",
            "v:0",
            "-show_entries",
            "frame=pts_time",
            "-of",
            "csv=p=0",
        ])
        .arg(&out)
        .output()
        .unwrap();
    let report = String::from_utf8(report.stdout).unwrap();
    let times: Vec<f64> = report
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| line.trim_end_matches(',').parse().unwrap())
        .collect();
    assert_eq!(times.len(), 50);
    for (number, time) in times.iter().enumerate() {
        assert!((time - number as f64 * 0.04).abs() < 1e-4, "frame {number} at {time}");
    }
}

#[tokio::test]
async fn the_thumbnail_has_the_colours_of_the_frame() {
    let folder = tempfile::tempdir().unwrap();
    let out = finished_video(folder.path(), &[25], 1.0).await;
    let picture = folder.path().join("still.jpg");
    thumbnail(&ffmpeg(), &out, 0.0, &picture).await.unwrap();
    let image =
        rostrum_media::decode_image(&std::fs::read(&picture).unwrap(), rostrum_media::ImageLimits::default())
            .unwrap();
    assert_eq!((image.width, image.height), (320, 180));
    for (x, y) in [(20, 150), (160, 20), (300, 100)] {
        let wanted = [(x * 255 / 320) as u8, (y * 255 / 180) as u8, 120];
        let found = image.at(x, y);
        let furthest = wanted.iter().zip(found).map(|(a, b)| a.abs_diff(b)).max().unwrap();
        assert!(furthest <= 6, "at {x},{y}: {found:?}, drawn {wanted:?}");
    }
    let beyond = thumbnail(&ffmpeg(), &out, 99.0, &picture).await;
    assert!(matches!(beyond, Err(MediaError::Malformed { .. })), "{beyond:?}");
}

#[tokio::test]
async fn the_preview_is_a_small_gif_of_at_most_three_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let out = finished_video(folder.path(), &[100], 4.0).await;
    let preview = folder.path().join("preview.gif");
    gif(&ffmpeg(), &out, &preview).await.unwrap();
    let bytes = std::fs::read(&preview).unwrap();
    assert!(bytes.starts_with(b"GIF89a"));
    assert_eq!(bytes[6..10], [64, 1, 180, 0], "320x180");
    // Each frame is announced by a graphic control block.
    let frames = bytes
        .windows(4)
        .filter(|window| window == b"\x21\xf9\x04\x04" || window == b"\x21\xf9\x04\x05")
        .count();
    assert!((25..=31).contains(&frames), "{frames} frames");
}

#[test]
fn an_encoder_that_dies_tells_its_own_reason() {
    let folder = tempfile::tempdir().unwrap();
    let mut encoder = SegmentEncoder::start(&ffmpeg(), folder.path(), "out.mp4", SIZE, 0).unwrap();
    let canvas = Canvas::new(SIZE, [0; 3]);
    assert!(
        (0..100).any(|_| encoder.write_frame(&canvas).is_err()),
        "25 frames per 0 seconds cannot be encoded"
    );
    let died = encoder.finish().unwrap_err();
    let MediaError::Program(ProgramError::Failed { stderr_tail, .. }) = died else { panic!("{died:?}") };
    assert!(stderr_tail.contains("framerate"), "{stderr_tail}");
}

#[test]
fn an_encoder_that_is_dropped_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut encoder =
        SegmentEncoder::start(&ffmpeg(), folder.path(), "out.mp4", SIZE, FRAMES_PER_SECOND).unwrap();
    encoder.write_frame(&Canvas::new(SIZE, [0; 3])).unwrap();
    drop(encoder);
    assert!(!a_program_names(folder.path()));
}

#[tokio::test]
async fn music_starts_again_and_gives_way_to_what_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let segments = [encode_segment(folder.path(), "part.mp4", SIZE, 0..150)];
    // Two seconds of nothing, two of speech, two of nothing.
    let mut speech = vec![0.0; 48_000];
    speech.extend(tone(2.0).iter().map(|sample| sample * 2.0));
    speech.resize(6 * 24_000, 0.0);
    write_wav(&path("speech.wav"), &speech, 24_000).unwrap();
    let at = |i: i32| (f64::from(i) / 24_000.0 * 2000.0 * std::f64::consts::TAU).sin();
    let music: Vec<f32> = (0..36_000).map(|i| (0.5 * at(i)) as f32).collect();
    write_wav(&path("music.wav"), &music, 24_000).unwrap();
    let clip = path("music.wav");
    let sound = ClipSound { clip, start_s: 0.0, length_s: 6.0, volume: 0.5, repeats: true, tempo: 1.0 };
    let mut levels = Vec::new();
    for ducks in [false, true] {
        let music = Some(MusicBed { sound: sound.clone(), ducks });
        let sounds = Sounds { speech: path("speech.wav"), clips: Vec::new(), music };
        let out = path(if ducks { "ducked.mp4" } else { "level.mp4" });
        join(&ffmpeg(), folder.path(), &segments, &sounds, &out, 150, FRAMES_PER_SECOND).await.unwrap();
        let heard = decode_audio(&ffmpeg(), &out).await.unwrap();
        // The music is far above the tone that speaks: what changes from one sample to the next is nearly all of it.
        let level = |from_s: f64| {
            let from = (from_s * 24_000.0) as usize;
            let steps = heard[from..from + 9600].windows(2).map(|pair| f64::from(pair[1] - pair[0]).powi(2));
            (steps.sum::<f64>() / 9600.0).sqrt()
        };
        levels.push([level(1.2), level(3.0), level(4.05)]);
    }
    let [plain, ducked] = [levels[0], levels[1]];
    assert!(plain[1] > plain[0] * 0.8 && plain[2] > plain[0] * 0.8, "it goes on: {plain:?}");
    assert!((ducked[0] / plain[0] - 1.0).abs() < 0.15, "nothing is said at first: {ducked:?} {plain:?}");
    assert!(ducked[1] < plain[1] * 0.5, "it gives way by 6 dB at least: {ducked:?} {plain:?}");
}

#[tokio::test]
async fn a_missing_segment_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("sound.wav");
    write_wav(&wav, &tone(1.0), 24_000).unwrap();
    let segments = [folder.path().join("none.mp4")];
    let out = folder.path().join("out.mp4");
    let failed =
        join(&ffmpeg(), folder.path(), &segments, &Sounds::of_speech(wav), &out, 25, FRAMES_PER_SECOND).await;
    assert!(matches!(failed, Err(MediaError::Program(ProgramError::Failed { .. }))), "{failed:?}");
}
