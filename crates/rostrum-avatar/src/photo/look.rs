//! Colours and light read from the portrait.

use super::geometry::{Point, lerp, smoothstep};
use super::mouth::Planes;
use super::topology::{CHEEK_SPOTS, LOWER_LIP_SPOTS, UPPER_SKIN_SPOTS};

/// What painted parts must match.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// How bright a white thing would be in this light: 0.4..=1.
    exposure: f32,
    /// Colour cast of the skin against ordinary skin, per channel; 1 is none.
    cast: [f32; 3],
    /// How much of a painted thing's colour is left out: 1 in a photo without colours, 0 in others.
    greyness: f32,
    /// Colour of the lower lip.
    pub(crate) lip_colour: [f32; 3],
    /// Output pixels per portrait pixel: painted parts are blurred to the same softness.
    pub(crate) magnification: f32,
}

/// Colours of the face in one picture, 0..=255.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct FaceColours {
    /// Mean of the cheeks.
    pub(crate) skin: [f32; 3],
    /// Luminance of the brighter skin.
    pub(crate) bright: f32,
    /// Mean of the lower lip.
    pub(crate) lip: [f32; 3],
}

impl FaceColours {
    /// Measures a face of this size in a picture of which `colour` tells the places.
    pub(crate) fn of(vertices: &[Point], unit: f32, colour: impl Fn(Point) -> [f32; 3]) -> Self {
        let skin = mean_colour(&colour, vertices, &CHEEK_SPOTS, 0.010 * unit);
        let mut luminances: Vec<f32> =
            CHEEK_SPOTS.iter().chain(&UPPER_SKIN_SPOTS).map(|&i| luminance(colour(vertices[i]))).collect();
        luminances.sort_by(f32::total_cmp);
        let bright = luminances[luminances.len() * 3 / 4].max(luminance(skin));
        Self { skin, bright, lip: mean_colour(&colour, vertices, &LOWER_LIP_SPOTS, 0.004 * unit) }
    }

    /// How bright a white thing would be in this light: 0.4..=1.
    pub(crate) fn exposure(&self) -> f32 {
        (self.bright * 1.12).clamp(95.0, 235.0) / 235.0
    }
}

impl Look {
    /// What matches a face of these colours.
    pub(crate) fn of_colours(colours: &FaceColours, magnification: f32) -> Self {
        Self {
            cast: cast(colours.skin),
            greyness: greyness(colours),
            exposure: colours.exposure(),
            lip_colour: colours.lip,
            magnification,
        }
    }

    /// How bright a white thing would be in this light: 0.4..=1.
    pub(crate) fn exposure(&self) -> f32 {
        self.exposure
    }

    /// What a painted colour is multiplied by.
    pub(crate) fn light(&self) -> [f32; 3] {
        self.cast.map(|channel| channel * self.exposure)
    }

    /// Takes colours from an area that was painted for a photo without any.
    pub(crate) fn drain_colour(&self, planes: &mut Planes) {
        if self.greyness <= 0.0 {
            return;
        }
        let [reds, greens, blues] = planes;
        for ((red, green), blue) in reds.iter_mut().zip(greens).zip(blues) {
            let grey = luminance([*red, *green, *blue]);
            for channel in [red, green, blue] {
                *channel = lerp(*channel, grey, self.greyness);
            }
        }
    }

    /// The dark between closed lips.
    pub(crate) fn lip_line_colour(&self) -> [f32; 3] {
        let [r, g, b] = self.lip_colour;
        let dark = [r * 0.34, g * 0.24, b * 0.24];
        dark.map(|channel| lerp(channel, luminance(dark), self.greyness))
    }
}

/// Half of the skin's deviation from ordinary skin, which has this colour at luminance 1: the rest may well be the skin.
fn cast(skin: [f32; 3]) -> [f32; 3] {
    const ORDINARY: [f32; 3] = [1.23, 0.92, 0.77];
    let brightness = luminance(skin).max(1.0);
    [0, 1, 2].map(|k| (skin[k] / brightness / ORDINARY[k]).clamp(0.7, 1.4).sqrt())
}

/// 1 where neither skin nor lips have a colour, 0 where either has as much as skin has in the weakest light.
fn greyness(colours: &FaceColours) -> f32 {
    let chroma = |rgb: [f32; 3]| {
        let [low, high] = rgb
            .iter()
            .fold([f32::INFINITY, 0.0], |[low, high]: [f32; 2], value| [low.min(*value), high.max(*value)]);
        // Noise in the dark is no colour.
        (high - low) / luminance(rgb).max(60.0)
    };
    1.0 - smoothstep(0.05, 0.15, chroma(colours.skin).max(chroma(colours.lip)))
}

pub(crate) fn luminance(rgb: [f32; 3]) -> f32 {
    0.30 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2]
}

/// Mean of 5 × 5 samples around each vertex, `step` pixels apart.
fn mean_colour(
    colour: impl Fn(Point) -> [f32; 3],
    vertices: &[Point],
    spots: &[usize],
    step: f32,
) -> [f32; 3] {
    let offsets = || (-2i8..=2).map(|i| f32::from(i) * step);
    let mut sum = [0.0; 3];
    let mut count = 0.0;
    for &vertex in spots {
        let [x, y] = vertices[vertex];
        for place in offsets().flat_map(|dy| offsets().map(move |dx| -> Point { [x + dx, y + dy] })) {
            let colour = colour(place);
            sum = [sum[0] + colour[0], sum[1] + colour[1], sum[2] + colour[2]];
            count += 1.0;
        }
    }
    sum.map(|channel| channel / count)
}
