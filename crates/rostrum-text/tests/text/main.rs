//! Texts and captions, drawn with the fonts of `fonts-noto-core`, `fonts-noto-cjk` and `fonts-noto-color-emoji`.

mod captions;
mod painting;
mod shaping;

use std::path::PathBuf;
use std::sync::OnceLock;

use rostrum_model::picture::RgbaImage;
use rostrum_text::Fonts;

const WHITE: [u8; 4] = [255; 4];

/// The fonts that the packages named above install.
fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(load)
}

fn load() -> Fonts {
    let fonts =
        Fonts::load(&["/usr/share/fonts/truetype/noto", "/usr/share/fonts/opentype/noto"].map(PathBuf::from));
    for family in ["Noto Sans Arabic", "Noto Sans CJK JP", "Noto Color Emoji"] {
        assert!(
            fonts.families().contains(&family),
            "`./dev setup` installs the font {family}, which these tests need"
        );
    }
    fonts
}

fn pixels(image: &RgbaImage) -> impl Iterator<Item = [u8; 4]> + '_ {
    image.pixels.chunks_exact(4).map(|pixel| [pixel[0], pixel[1], pixel[2], pixel[3]])
}

/// Sum of the opacity of all pixels, in whole pixels.
fn ink(image: &RgbaImage) -> f64 {
    pixels(image).map(|pixel| f64::from(pixel[3])).sum::<f64>() / 255.0
}
