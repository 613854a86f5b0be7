//! What lies before a face: places that are skin on every bare face, whose colour is not that of the cheeks.

use rostrum_model::picture::RgbImage;

use crate::Landmarks;

/// Forehead and cheeks, whose colour is taken for that of the skin.
const BARE: [usize; 8] = [9, 151, 50, 280, 101, 330, 205, 425];
/// Between nose and mouth, chin, and beside it.
const AROUND_MOUTH: [usize; 10] = [164, 167, 393, 200, 199, 175, 204, 424, 212, 432];
/// Lids, and skin above and below the eyes.
const AROUND_EYES: [usize; 12] = [27, 257, 23, 253, 230, 450, 223, 443, 28, 258, 24, 254];

/// Half the side of the squares that are looked at, against the eye distance.
const SPOT: f32 = 0.02;
/// Added to every component, so that noise in the dark is no colour.
const DARKNESS: f32 = 8.0;
/// By how much the components of skin change against each other, and by how much it darkens and brightens with light and
/// shadow, as logarithms. On the fixtures, one of which wears glasses, shadows reach 0.4 and -0.9; paint in the colours of
/// masks and dark glasses is beyond all of them.
const OTHER_COLOUR: f32 = 0.5;
const DARKER: f32 = -1.0;
const BRIGHTER: f32 = 0.65;

/// Shares, 0..=1, of the looked-at places that do not look like the skin of this face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Covered {
    /// Around the mouth: masks, microphones, dark beards.
    pub(crate) mouth: f32,
    /// Around the eyes: dark glasses.
    pub(crate) eyes: f32,
}

impl Covered {
    /// Looks at a face of a picture that has as many bytes as its size says.
    pub(crate) fn measure(image: &RgbImage, face: &Landmarks) -> Self {
        let radius = SPOT * face.eye_distance();
        let colours = BARE.map(|index| colour_at(image, face.points[index], radius));
        let skin = [0, 1, 2].map(|k| {
            let mut values = colours.map(|colour| colour[k]);
            values.sort_by(f32::total_cmp);
            values[BARE.len() / 2]
        });
        let share = |places: &[usize]| {
            let covered = places.iter().filter(|index| {
                let colour = colour_at(image, face.points[**index], radius);
                let change = [0, 1, 2].map(|k| (colour[k] / skin[k]).ln());
                let lightness = change.iter().sum::<f32>() / 3.0;
                let [low, high] =
                    change.iter().fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], value| {
                        [low.min(*value), high.max(*value)]
                    });
                high - low > OTHER_COLOUR || !(DARKER..=BRIGHTER).contains(&lightness)
            });
            covered.count() as f32 / places.len() as f32
        };
        Self { mouth: share(&AROUND_MOUTH), eyes: share(&AROUND_EYES) }
    }
}

/// Mean colour of a square around a place, as far as the picture has it; never 0.
fn colour_at(image: &RgbImage, [x, y, _]: [f32; 3], radius: f32) -> [f32; 3] {
    // Casting saturates, so that wild places and sizes become the picture's edges.
    let radius = (radius.clamp(1.0, 64.0)) as usize;
    let range = |place: f32, length: usize| {
        let middle = (place as usize).min(length - 1);
        middle.saturating_sub(radius)..(middle + radius + 1).min(length)
    };
    let (columns, rows) = (range(x, image.width), range(y, image.height));
    let mut sum = [0.0; 3];
    for (x, y) in rows.clone().flat_map(|y| columns.clone().map(move |x| (x, y))) {
        for (sum, value) in sum.iter_mut().zip(image.at(x, y)) {
            *sum += f32::from(value);
        }
    }
    sum.map(|sum| sum / (rows.len() * columns.len()) as f32 + DARKNESS)
}
