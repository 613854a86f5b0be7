//! Bad outputs, each refused for its reason.

use rostrum_media::{Plan, VerifyError, verify_output};
use rostrum_model::picture::Size;

use super::{FRAMES_PER_SECOND, ffmpeg, make};

fn plan() -> Plan {
    let everywhere = 0..100;
    Plan {
        size: Size { width: 320, height: 180 },
        frame_count: 100,
        frames_per_second: FRAMES_PER_SECOND,
        has_speech: true,
        people: vec![everywhere],
    }
}

/// Verifies four seconds of the given picture and sound; `options` may change the output.
async fn verdict(picture: &str, sound: &str, options: &str) -> Result<(), VerifyError> {
    let folder = tempfile::tempdir().unwrap();
    let arguments = format!("-f lavfi -i {picture} {sound} -pix_fmt yuv420p {options}");
    let path = make(folder.path(), "out.mp4", &arguments);
    verify_output(&ffmpeg(), &path, &plan()).await.map(|_| ())
}

const MOVING: &str = "testsrc=size=320x180:rate=25:duration=4";
const TONE: &str = "-f lavfi -i sine=duration=4:sample_rate=48000";

#[tokio::test]
async fn a_good_file_passes() {
    verdict(MOVING, TONE, "").await.unwrap();
}

#[tokio::test]
async fn a_black_picture_is_refused() {
    let verdict = verdict("color=black:size=320x180:rate=25:duration=4", TONE, "").await;
    assert!(matches!(verdict, Err(VerifyError::Black { at_s: 0.0 })), "{verdict:?}");
}

#[tokio::test]
async fn one_black_second_is_refused() {
    let partly = format!("{MOVING},drawbox=color=black:t=fill:enable=between(t\\,2\\,3)");
    let verdict = verdict(&partly, TONE, "").await;
    assert!(matches!(verdict, Err(VerifyError::Black { at_s: 2.0 })), "{verdict:?}");
}

#[tokio::test]
async fn a_picture_of_one_colour_is_refused() {
    let verdict = verdict("color=green:size=320x180:rate=25:duration=4", TONE, "").await;
    assert!(matches!(verdict, Err(VerifyError::Blank { .. })), "{verdict:?}");
}

#[tokio::test]
async fn a_frozen_picture_is_refused() {
    let frozen = "smptebars=size=320x180:rate=25:duration=4";
    let outcome = verdict(frozen, TONE, "").await;
    assert!(matches!(outcome, Err(VerifyError::Frozen { .. })), "{outcome:?}");
}

#[tokio::test]
async fn a_picture_that_freezes_later_is_refused() {
    let freezing = "testsrc=size=320x180:rate=25:duration=1,tpad=stop_mode=clone:stop_duration=3";
    let outcome = verdict(freezing, TONE, "").await;
    let Err(VerifyError::Frozen { from_s, to_s }) = outcome else { panic!("{outcome:?}") };
    assert!(from_s <= 1.0 && to_s == 4.0, "{from_s} to {to_s}");
}

#[tokio::test]
async fn a_short_file_is_refused() {
    let outcome = verdict(MOVING, TONE, "-t 3.9").await;
    assert!(matches!(outcome, Err(VerifyError::WrongDuration { .. })), "{outcome:?}");
}

#[tokio::test]
async fn a_file_without_sound_is_refused() {
    let outcome = verdict(MOVING, "", "").await;
    assert!(matches!(outcome, Err(VerifyError::MissingStream { stream: "audio" })), "{outcome:?}");
}

#[tokio::test]
async fn a_file_without_picture_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = make(folder.path(), "out.mp4", TONE);
    let outcome = verify_output(&ffmpeg(), &path, &plan()).await;
    assert!(matches!(outcome, Err(VerifyError::MissingStream { stream: "video" })), "{outcome:?}");
}

#[tokio::test]
async fn silence_is_refused_where_speech_was_planned() {
    let outcome = verdict(MOVING, "-f lavfi -i anullsrc=r=48000:cl=mono", "-shortest -t 4").await;
    assert!(matches!(outcome, Err(VerifyError::Silent)), "{outcome:?}");
}

#[tokio::test]
async fn sound_that_ends_early_is_refused() {
    let outcome = verdict(MOVING, "-f lavfi -i sine=duration=3.965:sample_rate=48000", "").await;
    assert!(matches!(outcome, Err(VerifyError::Drift { .. })), "{outcome:?}");
}

#[tokio::test]
async fn another_size_is_refused() {
    let outcome = verdict(MOVING, TONE, "-s 640x360").await;
    assert!(matches!(outcome, Err(VerifyError::WrongSize { .. })), "{outcome:?}");
}

#[tokio::test]
async fn a_damaged_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.mp4");
    std::fs::write(&path, b"not a video").unwrap();
    let outcome = verify_output(&ffmpeg(), &path, &plan()).await;
    assert!(matches!(outcome, Err(VerifyError::Unreadable(_))), "{outcome:?}");
}
