//! Backdrops for people to stand in front of, drawn from a few numbers each.

use image::codecs::jpeg::JpegEncoder;
use rostrum_model::picture::Size;

type Rgb = [u8; 3];

/// A picture that is drawn when it is first needed.
#[derive(Debug)]
pub(crate) struct Backdrop {
    pub(crate) name: &'static str,
    pub(crate) tags: &'static [&'static str],
    style: Style,
}

#[derive(Debug)]
enum Style {
    /// One colour into another, along a direction.
    Gradient(Rgb, Rgb, [f32; 2]),
    /// A wall lit in the middle, and a floor.
    Studio(Rgb, Rgb),
    /// The grain of paper.
    Paper(Rgb),
    /// Lights out of focus, in two colours.
    Bokeh(Rgb, Rgb, Rgb),
    /// Lines with as many pixels between them.
    Grid(Rgb, Rgb, usize),
    /// Dots with as many pixels between them.
    Dots(Rgb, Rgb, usize),
    /// Slanted bands with this width in pixels.
    Stripes(Rgb, Rgb, usize),
    /// Layers of hills or waves, from far to near.
    Waves(Rgb, Rgb),
}

const fn backdrop(name: &'static str, tags: &'static [&'static str], style: Style) -> Backdrop {
    Backdrop { name, tags, style }
}

/// All of them.
#[rustfmt::skip]
pub(crate) const BACKDROPS: [Backdrop; 30] = [
    backdrop("sunrise-gradient", &["warm", "orange", "pink", "morning", "soft", "gradient background"], Style::Gradient([255, 183, 120], [238, 120, 150], [0.4, 1.0])),
    backdrop("ocean-gradient", &["blue", "teal", "water", "calm", "gradient background"], Style::Gradient([40, 150, 190], [20, 60, 120], [0.3, 1.0])),
    backdrop("forest-gradient", &["green", "nature", "fresh", "gradient background"], Style::Gradient([120, 180, 110], [24, 84, 66], [0.2, 1.0])),
    backdrop("lavender-gradient", &["purple", "violet", "soft", "pastel", "gradient background"], Style::Gradient([222, 208, 245], [158, 140, 214], [0.5, 1.0])),
    backdrop("night-gradient", &["dark", "blue", "black", "evening", "gradient background"], Style::Gradient([16, 20, 44], [52, 58, 100], [0.0, 1.0])),
    backdrop("mint-gradient", &["light", "green", "pastel", "fresh", "gradient background"], Style::Gradient([226, 247, 236], [164, 219, 200], [0.6, 1.0])),
    backdrop("sky-gradient", &["blue", "light", "day", "air", "heaven", "gradient background"], Style::Gradient([110, 178, 236], [222, 240, 252], [0.0, 1.0])),
    backdrop("fire-gradient", &["red", "orange", "hot", "energy", "gradient background"], Style::Gradient([250, 150, 50], [170, 24, 40], [1.0, 0.7])),
    backdrop("white-studio", &["bright", "clean", "neutral", "photo studio", "wall", "product"], Style::Studio([244, 244, 246], [222, 222, 226])),
    backdrop("grey-studio", &["gray", "neutral", "photo studio", "wall", "portrait", "professional"], Style::Studio([150, 152, 158], [104, 106, 112])),
    backdrop("dark-studio", &["black", "dramatic", "photo studio", "wall", "spotlight"], Style::Studio([70, 72, 80], [22, 23, 28])),
    backdrop("blue-studio", &["corporate", "business", "photo studio", "wall", "news"], Style::Studio([70, 120, 190], [26, 52, 104])),
    backdrop("beige-studio", &["warm", "cosy", "neutral", "photo studio", "wall"], Style::Studio([228, 210, 186], [190, 164, 134])),
    backdrop("white-paper", &["texture", "clean", "sheet", "document", "writing"], Style::Paper([246, 245, 242])),
    backdrop("kraft-paper", &["texture", "brown", "cardboard", "craft", "rustic"], Style::Paper([196, 160, 116])),
    backdrop("old-paper", &["texture", "parchment", "vintage", "history", "letter"], Style::Paper([232, 214, 174])),
    backdrop("chalkboard", &["texture", "school", "classroom", "teaching", "education", "blackboard"], Style::Paper([44, 66, 58])),
    backdrop("concrete-wall", &["texture", "grey", "urban", "industrial", "loft"], Style::Paper([164, 164, 160])),
    backdrop("golden-bokeh", &["lights", "party", "celebration", "christmas", "blurred", "night"], Style::Bokeh([48, 30, 18], [250, 190, 90], [255, 226, 160])),
    backdrop("city-bokeh", &["lights", "night", "street", "blurred", "town", "urban"], Style::Bokeh([18, 22, 40], [90, 150, 240], [250, 160, 90])),
    backdrop("rose-bokeh", &["lights", "romantic", "love", "wedding", "pink", "blurred"], Style::Bokeh([92, 30, 56], [250, 150, 180], [255, 210, 220])),
    backdrop("garden-bokeh", &["lights", "green", "nature", "park", "summer", "blurred", "outdoor"], Style::Bokeh([30, 62, 34], [150, 210, 110], [240, 245, 160])),
    backdrop("light-grid", &["lines", "notebook", "mathematics", "engineering", "clean"], Style::Grid([250, 250, 252], [214, 222, 234], 60)),
    backdrop("blueprint-grid", &["lines", "architecture", "plan", "engineering", "technical drawing"], Style::Grid([26, 72, 134], [70, 122, 190], 48)),
    backdrop("neon-grid", &["lines", "technology", "cyber", "computer", "digital", "data"], Style::Grid([12, 10, 30], [120, 50, 190], 80)),
    backdrop("light-dots", &["pattern", "playful", "clean", "minimal"], Style::Dots([252, 250, 246], [226, 214, 196], 64)),
    backdrop("party-dots", &["pattern", "playful", "children", "birthday", "colourful"], Style::Dots([255, 214, 90], [240, 110, 120], 96)),
    backdrop("candy-stripes", &["pattern", "playful", "sweet", "retro", "children"], Style::Stripes([255, 236, 240], [250, 190, 206], 80)),
    backdrop("blue-waves", &["sea", "ocean", "water", "beach", "layers", "abstract"], Style::Waves([206, 232, 246], [22, 78, 140])),
    backdrop("misty-hills", &["mountains", "landscape", "nature", "travel", "outdoor", "layers"], Style::Waves([236, 226, 216], [62, 84, 92])),
];

/// How good the files are, of 100.
const QUALITY: u8 = 90;

impl Backdrop {
    /// The size of every backdrop.
    pub(crate) const SIZE: Size = Size { width: 1920, height: 1080 };

    /// Draws it.
    pub(crate) fn jpeg(&self) -> Vec<u8> {
        let Size { width, height } = Self::SIZE;
        let mut pixels = Vec::with_capacity(width * height * 3);
        for y in 0..height {
            for x in 0..width {
                // Half a level of noise, so that soft changes show no bands.
                let dither = noise(x, y, 0) - 0.5;
                pixels.extend(
                    self.style.at(x, y).map(|value| (value + dither).round().clamp(0.0, 255.0) as u8),
                );
            }
        }
        let mut file = Vec::new();
        JpegEncoder::new_with_quality(&mut file, QUALITY)
            .encode(&pixels, width as u32, height as u32, image::ExtendedColorType::Rgb8)
            .expect("memory takes everything, and the size is within JPEG's");
        file
    }
}

impl Style {
    fn at(&self, x: usize, y: usize) -> [f32; 3] {
        let (u, v) = (x as f32 / Backdrop::SIZE.width as f32, y as f32 / Backdrop::SIZE.height as f32);
        match self {
            Self::Gradient(from, to, [dx, dy]) => mix(*from, *to, smooth((u * dx + v * dy) / (dx + dy))),
            Self::Studio(lit, dark) => {
                let (du, dv) = ((u - 0.5) * 1.6, v - 0.4);
                let wall = mix(*lit, *dark, smooth((du * du + dv * dv).sqrt() * 1.15));
                let floor = smooth((v - 0.78) / 0.06) * 0.35;
                let shine = 1.0 - smooth((u - 0.5).abs() * 1.6);
                let floor_colour = blend(wall.map(|value| value * 0.8), lit.map(f32::from), shine * 0.35);
                blend(wall, floor_colour, floor)
            }
            Self::Paper(rgb) => {
                let cloud = soft_noise(x, y, 180) * 10.0 + soft_noise(x, y, 23) * 5.0;
                let grain = soft_noise(x, y, 3) * 9.0 + noise(x, y, 7) * 6.0;
                let (du, dv) = (u - 0.5, v - 0.5);
                let shade = 1.0 - 0.25 * (du * du + dv * dv);
                rgb.map(|value| (f32::from(value) + cloud + grain - 15.0) * shade)
            }
            Self::Bokeh(back, one, two) => bokeh(x, y, *back, [*one, *two]),
            Self::Grid(back, line, step) => {
                let near = |p: usize| (p + step / 2) % step < 2;
                let colour = if near(x) || near(y) { *line } else { *back };
                vignette(colour.map(f32::from), u, v)
            }
            Self::Dots(back, dot, step) => {
                let (row, half) = (y / step, step / 2);
                let dx = ((x + (row % 2) * half) % step) as f32 - half as f32;
                let dy = (y % step) as f32 - half as f32;
                let inside = half as f32 * 0.36 - (dx * dx + dy * dy).sqrt();
                mix(*back, *dot, (inside + 0.5).clamp(0.0, 1.0))
            }
            Self::Stripes(one, two, width) => {
                let place = ((x + y) % (2 * width)) as f32;
                let edge = (place - *width as f32).abs().min(place).min(2.0 * *width as f32 - place);
                let inside = if place < *width as f32 { 0.5 + edge } else { 0.5 - edge };
                mix(*two, *one, inside.clamp(0.0, 1.0))
            }
            Self::Waves(far, near) => {
                let mut colour = far.map(f32::from);
                for layer in 1..=5usize {
                    let top = 0.22
                        + 0.14 * layer as f32
                        + 0.10 * (soft_noise(x, layer * 7919, 420 - layer * 50) - 0.5)
                        + 0.03 * (soft_noise(x, layer * 104_729, 130) - 0.5);
                    let inside = ((v - top) * 900.0).clamp(0.0, 1.0);
                    let fading = mix(*near, *far, (v - top).max(0.0) * 0.9);
                    colour = blend(colour, blend(far.map(f32::from), fading, layer as f32 / 5.0), inside);
                }
                colour
            }
        }
    }
}

/// Discs of light: one in most cells of three grids of different size.
fn bokeh(x: usize, y: usize, back: Rgb, lights: [Rgb; 2]) -> [f32; 3] {
    let v = y as f32 / Backdrop::SIZE.height as f32;
    let mut colour = back.map(|value| f32::from(value) * (0.7 + 0.5 * v));
    for (layer, cell) in [(1, 420usize), (2, 260), (3, 150)] {
        let (column, row) = (x / cell + 1, y / cell + 1);
        for (i, j) in (0..3).flat_map(|i| (0..3).map(move |j| (column + i, row + j))) {
            let chance = |what: usize| noise(i * 31 + what, j * 17 + layer, layer * 101 + what);
            if chance(0) < 0.35 {
                continue;
            }
            let radius = cell as f32 * (0.16 + 0.26 * chance(1));
            let place = |index: usize, what| (index as f32 - 2.0 + chance(what)) * cell as f32;
            let (dx, dy) = (x as f32 - place(i, 2), y as f32 - place(j, 3));
            let inside = ((radius - (dx * dx + dy * dy).sqrt()) / (radius * 0.12)).clamp(0.0, 1.0);
            let light = mix(lights[0], lights[1], chance(4));
            let strength = inside * (0.08 + 0.24 * chance(5));
            for (value, light) in colour.iter_mut().zip(light) {
                *value += (light - *value * 0.3) * strength;
            }
        }
    }
    colour
}

fn vignette(colour: [f32; 3], u: f32, v: f32) -> [f32; 3] {
    let (du, dv) = (u - 0.5, v - 0.5);
    colour.map(|value| value * (1.0 - 0.3 * (du * du + dv * dv)))
}

fn mix(from: Rgb, to: Rgb, part: f32) -> [f32; 3] {
    blend(from.map(f32::from), to.map(f32::from), part)
}

fn blend(from: [f32; 3], to: [f32; 3], part: f32) -> [f32; 3] {
    std::array::from_fn(|i| from[i] + (to[i] - from[i]) * part)
}

/// From 0 to 1 without corners.
fn smooth(t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A number of 0..1 that looks random and follows from the place.
fn noise(x: usize, y: usize, seed: usize) -> f32 {
    let mut hash = (x as u32).wrapping_mul(0x9e37_79b1) ^ (y as u32).wrapping_mul(0x85eb_ca6b);
    hash ^= (seed as u32).wrapping_mul(0xc2b2_ae35);
    hash = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d);
    hash = (hash ^ (hash >> 12)).wrapping_mul(0x297a_2d39);
    (hash ^ (hash >> 15)) as f32 / u32::MAX as f32
}

/// As [`noise`], but changing slowly: over `size` pixels.
fn soft_noise(x: usize, y: usize, size: usize) -> f32 {
    let (cx, cy) = (x / size, y / size);
    let (tx, ty) = (smooth((x % size) as f32 / size as f32), smooth((y % size) as f32 / size as f32));
    let row = |y| {
        let (left, right) = (noise(cx, y, size), noise(cx + 1, y, size));
        left + (right - left) * tx
    };
    let (top, bottom) = (row(cy), row(cy + 1));
    top + (bottom - top) * ty
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_backdrop_has_a_name_of_its_own_and_tags() {
        for (i, backdrop) in BACKDROPS.iter().enumerate() {
            assert!(backdrop.tags.len() >= 4, "{}", backdrop.name);
            assert!(BACKDROPS[..i].iter().all(|other| other.name != backdrop.name));
        }
    }

    #[test]
    fn a_backdrop_is_drawn_the_same_each_time_and_is_no_plain_colour() {
        let file = BACKDROPS[8].jpeg();
        assert_eq!(file, BACKDROPS[8].jpeg());
        let picture = image::load_from_memory(&file).unwrap().to_rgb8();
        assert_eq!((picture.width(), picture.height()), (1920, 1080));
        assert_ne!(picture.get_pixel(960, 400), picture.get_pixel(0, 0));
    }
}
