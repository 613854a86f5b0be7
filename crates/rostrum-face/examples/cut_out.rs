//! Cuts the person out of a portrait, for judging by eye: the matte, and the person before two colours.
//!
//! `cargo run -p rostrum-face --example cut_out -- MODELS_DIR PORTRAIT OUT.png`

use std::path::Path;

use rostrum_face::{FaceModels, Matting, VideoMatting};
use rostrum_model::picture::RgbImage;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [models, portrait, out] = arguments.as_slice() else {
        return Err("usage: cut_out MODELS_DIR PORTRAIT OUT.png".into());
    };
    let pixels = image::open(portrait)?.to_rgb8();
    let (width, height) = (pixels.width() as usize, pixels.height() as usize);
    let image = RgbImage { width, height, pixels: pixels.into_raw() };
    let face = FaceModels::load(Path::new(models))?.find_portrait_face(&image).ok();
    let matting = Matting::load(Path::new(models))?;

    let start = std::time::Instant::now();
    let matte = matting.matte(&image, face.as_ref())?;
    let matte_ms = start.elapsed().as_secs_f64() * 1e3;
    let start = std::time::Instant::now();
    let green = matte.before_colour(&image, [0, 177, 64])?;
    let cut_ms = start.elapsed().as_secs_f64() * 1e3;
    println!("{width}x{height}: matte {matte_ms:.0} ms, cut out {cut_ms:.0} ms");

    let mut video = VideoMatting::new(&matting);
    video.matte(&image, face.as_ref())?;
    let start = std::time::Instant::now();
    let frame_matte = video.matte(&image, face.as_ref())?;
    let matte_ms = start.elapsed().as_secs_f64() * 1e3;
    let (mut person, mut opacity) = (image.clone(), vec![0; width * height]);
    let start = std::time::Instant::now();
    frame_matte.cut_out(&image, image.size().whole(), &mut person, &mut opacity)?;
    let cut_ms = start.elapsed().as_secs_f64() * 1e3;
    println!("as a frame of a video: matte {matte_ms:.0} ms, cut out {cut_ms:.0} ms");

    let mut grey = RgbImage::filled(width, height, [0; 3]);
    for (i, pixel) in grey.pixels.chunks_exact_mut(3).enumerate() {
        let share = matte.share_at((i % width) as f32 + 0.5, (i / width) as f32 + 0.5);
        pixel.fill((share * 255.0).round() as u8);
    }
    let white = matte.before_colour(&image, [255; 3])?;
    let mut sheet = Vec::with_capacity(width * height * 9);
    for y in 0..height {
        for part in [&grey, &green, &white] {
            sheet.extend_from_slice(&part.pixels[y * width * 3..(y + 1) * width * 3]);
        }
    }
    let sheet = image::RgbImage::from_raw(3 * width as u32, height as u32, sheet)
        .ok_or("the sheet's size does not match its pixels")?;
    sheet.save(out)?;
    Ok(())
}
