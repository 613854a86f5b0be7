//! Real files through the real ffmpeg.

#![expect(clippy::unwrap_used, reason = "tests")]

mod frames;
mod inspect;
mod looking;
mod output;
mod pictures;
mod sandbox;
mod uploads;
mod verify;

use std::path::{Path, PathBuf};
use std::process::Command;

use rostrum_media::{Canvas, Ffmpeg, SegmentEncoder};
use rostrum_model::picture::{RgbImage, Size};

const FRAMES_PER_SECOND: u32 = 25;

fn ffmpeg() -> Ffmpeg {
    Ffmpeg::locate(&std::env::var_os("PATH").unwrap()).expect("ffmpeg is installed")
}

/// Makes a file in `folder` with ffmpeg; `arguments` are parted by blanks.
fn make(folder: &Path, name: &str, arguments: &str) -> PathBuf {
    let path = folder.join(name);
    let status = Command::new(ffmpeg().ffmpeg)
        .args(["-nostdin", "-loglevel", "error", "-y"])
        .args(arguments.split_whitespace())
        .arg(&path)
        .status()
        .unwrap();
    assert!(status.success(), "making {name}");
    path
}

/// A soft pattern with a dark spot that moves with `number`.
fn draw_frame(canvas: &mut Canvas, number: usize) {
    let Size { width, height } = canvas.size();
    let mut image = RgbImage::filled(width, height, [0; 3]);
    for y in 0..height {
        for x in 0..width {
            let at = (y * width + x) * 3;
            image.pixels[at..at + 3].copy_from_slice(&[
                (x * 255 / width) as u8,
                (y * 255 / height) as u8,
                120,
            ]);
        }
    }
    canvas.blit(&image, image.size().whole(), (0, 0));
    let spot = RgbImage::filled(40, 40, [20, 10, 10]);
    canvas.blit(&spot, spot.size().whole(), (number * 3 % (width - 40), height / 3));
}

fn encode_segment(folder: &Path, name: &str, size: Size, frames: std::ops::Range<usize>) -> PathBuf {
    let mut encoder = SegmentEncoder::start(&ffmpeg(), folder, name, size, FRAMES_PER_SECOND).unwrap();
    let mut canvas = Canvas::new(size, [10, 20, 30]);
    for number in frames {
        draw_frame(&mut canvas, number);
        encoder.write_frame(&canvas).unwrap();
    }
    encoder.finish().unwrap();
    folder.join(name)
}

/// Whether a running program was given something in this folder.
fn a_program_names(folder: &Path) -> bool {
    let folder = folder.to_string_lossy().into_owned();
    let is_ours = |entry: std::fs::DirEntry| {
        std::fs::read(entry.path().join("cmdline"))
            .is_ok_and(|line| String::from_utf8_lossy(&line).contains(&folder))
    };
    std::fs::read_dir("/proc").unwrap().flatten().any(is_ours)
}
