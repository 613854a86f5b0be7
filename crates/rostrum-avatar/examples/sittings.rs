//! Contact sheets of what photo generations draw, to be looked at: `sittings FOLDER` writes one sheet of four pictures for
//! each of some requests.

use std::path::Path;

use rostrum_avatar::Pose;
use rostrum_avatar::presenter::{Backdrop, Description, Presenter, PresenterScratch, framing};
use rostrum_avatar::viseme::Viseme;
use rostrum_model::photo_generation::{AgeRange, Ethnicity, Gender, Orientation, PhotoPose, PhotoStyle};
use rostrum_model::picture::{RgbImage, Size};

fn main() {
    let folder = std::env::args().nth(1).expect("a folder to write to");
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).expect("the folder can be made");
    #[rustfmt::skip]
    let requests = [
        ("realistic", AgeRange::YoungAdult, Gender::Woman, Ethnicity::SouthAsian, "long wavy hair, a blue blazer", Orientation::Square, PhotoPose::HalfBody, PhotoStyle::Realistic),
        ("pixar", AgeRange::Unspecified, Gender::Man, Ethnicity::White, "a baker with a moustache", Orientation::Square, PhotoPose::CloseUp, PhotoStyle::Pixar),
        ("cinematic", AgeRange::EarlyMiddleAge, Gender::Man, Ethnicity::Black, "in a turtleneck", Orientation::Horizontal, PhotoPose::HalfBody, PhotoStyle::Cinematic),
        ("vintage", AgeRange::Senior, Gender::Woman, Ethnicity::MiddleEastern, "with round glasses, smiling", Orientation::Vertical, PhotoPose::HalfBody, PhotoStyle::Vintage),
        ("noir", AgeRange::LateMiddleAge, Gender::Man, Ethnicity::Hispanic, "a detective in a suit, serious", Orientation::Horizontal, PhotoPose::CloseUp, PhotoStyle::Noir),
        ("cyberpunk", AgeRange::YoungAdult, Gender::Unspecified, Ethnicity::EastAsian, "a hacker in a hoodie", Orientation::Vertical, PhotoPose::FullBody, PhotoStyle::Cyberpunk),
    ];
    for (name, age, gender, ethnicity, words, orientation, pose, style) in requests {
        let said = Description::of_stranger(age, gender, ethnicity, words);
        let size = orientation.size();
        let small = Size { width: size.width / 3, height: size.height / 3 };
        let mut sheet = image::RgbImage::new(4 * small.width as u32, small.height as u32);
        for seed in 0..4_u64 {
            let appearance = said.sit(style, seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), seed as usize);
            let backdrop = Backdrop::Setting(appearance.setting);
            let smile = appearance.person.smile.unwrap_or(0.7);
            let presenter = Presenter::new(appearance, &framing(small, pose), backdrop);
            let mut picture = RgbImage::filled(small.width, small.height, [0; 3]);
            let pose = Pose { smile, mouth: Viseme::Rest.shape(), ..Pose::default() };
            presenter.render(&pose, &mut PresenterScratch::default(), &mut picture);
            let tile = image::RgbImage::from_raw(small.width as u32, small.height as u32, picture.pixels)
                .expect("sizes agree");
            image::imageops::replace(&mut sheet, &tile, (seed as usize * small.width) as i64, 0);
        }
        sheet.save(folder.join(format!("{name}.png"))).expect("the sheet can be written");
    }
}
