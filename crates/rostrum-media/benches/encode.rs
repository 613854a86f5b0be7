//! How fast frames are drawn and encoded: `cargo bench -p rostrum-media`.
//!
//! Draws a noisy 960x1080 picture that moves a little on a 1080p canvas, as a talking portrait does, and encodes it.

use std::hint::black_box;
use std::time::Instant;

use rostrum_media::{Canvas, Ffmpeg, SegmentEncoder};
use rostrum_model::picture::{Rect, RgbImage, Size};

const FULL_HD: Size = Size { width: 1920, height: 1080 };
const FRAMES: usize = 250;

fn main() {
    let portrait = Rect { x: 0, y: 0, width: 960, height: 1080 };
    let pictures: Vec<RgbImage> = (0..10).map(picture).collect();
    let mut canvas = Canvas::new(FULL_HD, [30, 60, 120]);

    let mut draw_all = |name: &str, part: Rect| {
        let start = Instant::now();
        for number in 0..FRAMES {
            canvas.blit(&pictures[number % pictures.len()], part, (part.x + 480, part.y));
            black_box(canvas.bytes());
        }
        println!("{name}: {:.2} ms per frame", start.elapsed().as_secs_f64() * 1000.0 / FRAMES as f64);
    };
    draw_all("draw 960x1080", portrait);
    draw_all("draw 400x300", Rect { x: 280, y: 500, width: 400, height: 300 });

    let ffmpeg = Ffmpeg::locate(&std::env::var_os("PATH").unwrap_or_default()).expect("ffmpeg is installed");
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut encoder =
        SegmentEncoder::start(&ffmpeg, folder.path(), "out.mp4", FULL_HD, 25).expect("ffmpeg starts");
    let start = Instant::now();
    let mut waited_s = 0.0;
    for number in 0..FRAMES {
        canvas.blit(&pictures[number % pictures.len()], portrait, (480, 0));
        let before = Instant::now();
        encoder.write_frame(&canvas).expect("the encoder takes frames");
        waited_s += before.elapsed().as_secs_f64();
    }
    encoder.finish().expect("the encoder finishes");
    let rate = FRAMES as f64 / start.elapsed().as_secs_f64();
    let waited_ms = waited_s * 1000.0 / FRAMES as f64;
    println!(
        "draw and encode 1920x1080: {rate:.0} frames per second, {waited_ms:.2} ms per frame in write_frame"
    );
}

/// Smooth shapes that shift with `number`, and a little noise that does not.
fn picture(number: usize) -> RgbImage {
    let mut image = RgbImage::filled(960, 1080, [0; 3]);
    for y in 0..image.height {
        for x in 0..image.width {
            let noise = ((x * 7919) ^ (y * 104_729)) % 7;
            let wave = |period: f64| {
                (((x + number) as f64 / period).sin() * (y as f64 / period).cos() * 60.0) as i32
            };
            let at = (y * image.width + x) * 3;
            for (channel, period) in [31.0, 47.0, 83.0].into_iter().enumerate() {
                image.pixels[at + channel] = (120 + wave(period) + noise as i32) as u8;
            }
        }
    }
    image
}
