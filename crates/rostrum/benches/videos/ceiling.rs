//! What encoding alone costs: the frames of a finished film through the encoder that made it.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Instant;

use rostrum_media::{Canvas, Ffmpeg, SegmentEncoder};
use rostrum_model::picture::{RgbImage, Size};
use rostrum_model::video::{FRAMES_PER_SECOND, OutputFormat};

use crate::support::ffprobe;

/// Frames kept in memory, at most.
const FRAMES: usize = 250;

/// Seconds of film for each second of time, when as many parts are encoded at once as the server would.
pub(crate) fn rate(film: &[u8], parts: usize) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film");
    std::fs::write(&path, film).unwrap();
    let probed = ffprobe(film);
    let picture = &probed["streams"][0];
    let side = |name: &str| picture[name].as_u64().unwrap() as usize;
    let size = Size { width: side("width"), height: side("height") };
    let is_webm = picture["codec_name"] == "vp9";

    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-nostdin", "-v", "error"]);
    if is_webm {
        ffmpeg.args(["-c:v", "libvpx-vp9"]);
    }
    let mut decoder = ffmpeg
        .arg("-i")
        .arg(&path)
        .args(["-frames:v", &FRAMES.to_string(), "-f", "rawvideo", "-pix_fmt", "rgba", "pipe:1"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pixels = decoder.stdout.take().unwrap();
    let whole = size.whole();
    let mut rgba = vec![0; size.width * size.height * 4];
    let mut frames = Vec::new();
    while pixels.read_exact(&mut rgba).is_ok() {
        let rgb = rgba.as_chunks::<4>().0.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
        let image = RgbImage { width: size.width, height: size.height, pixels: rgb };
        let mut canvas = if is_webm { Canvas::clear(size) } else { Canvas::new(size, [0; 3]) };
        canvas.blit(&image, whole, (0, 0));
        if is_webm {
            let opacity: Vec<u8> = rgba.as_chunks::<4>().0.iter().map(|[.., a]| *a).collect();
            canvas.set_opacity(&opacity, whole);
        }
        frames.push(canvas);
    }
    decoder.wait().unwrap();

    let ffmpeg = Ffmpeg::locate(&std::env::var_os("PATH").unwrap()).unwrap();
    let format = if is_webm { OutputFormat::Webm } else { OutputFormat::Mp4 };
    let start = Instant::now();
    std::thread::scope(|scope| {
        for (number, part) in frames.chunks(frames.len().div_ceil(parts)).enumerate() {
            let (ffmpeg, folder) = (&ffmpeg, folder.path());
            scope.spawn(move || {
                let name = format!("part-{number}");
                let encoder =
                    SegmentEncoder::start_as(format, ffmpeg, folder, &name, size, FRAMES_PER_SECOND);
                let mut encoder = encoder.unwrap();
                for frame in part {
                    encoder.write_frame(frame).unwrap();
                }
                encoder.finish().unwrap();
            });
        }
    });
    frames.len() as f64 / f64::from(FRAMES_PER_SECOND) / start.elapsed().as_secs_f64()
}
