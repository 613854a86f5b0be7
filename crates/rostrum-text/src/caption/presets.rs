//! Looks of captions by name.

use super::style::{Anchor, CaptionStyle, Highlight};
use crate::style::{Backing, BackingShape, Outline, Rgba, Shadow};

/// The names of the looks, each with what it looks like.
pub const PRESETS: [(&str, &str); 7] = [
    ("default", "white on a dark, translucent box"),
    ("outline_classic", "white with a black outline"),
    ("bold_pop", "large, heavy and white with a black outline; the spoken word is yellow"),
    ("boxed", "black on white boxes, one behind each line"),
    ("minimal", "small and white with a soft shadow"),
    ("karaoke", "white with an outline; words turn golden as they are spoken"),
    ("marker", "white on a dark box; the spoken word lies on violet"),
];

const WHITE: Rgba = [255; 4];
const BLACK: Rgba = [0, 0, 0, 255];

impl CaptionStyle {
    /// The look of a name of [`PRESETS`].
    pub fn preset(name: &str) -> Option<Self> {
        let base = Self {
            family: None,
            size_px: None,
            size_share: 0.045,
            weight: 600,
            colour: WHITE,
            backing: None,
            outline: None,
            shadow: None,
            highlight: None,
            anchor: Anchor::BOTTOM,
            offset_px: [0.0; 2],
            language: None,
        };
        let block = Backing {
            colour: [0, 0, 0, 168],
            padding_em: [0.5, 0.2],
            radius_em: 0.28,
            shape: BackingShape::Block,
        };
        let style = match name {
            "default" => Self { backing: Some(block), ..base },
            "outline_classic" => {
                Self { weight: 700, outline: Some(Outline { width_em: 0.075, colour: BLACK }), ..base }
            }
            "bold_pop" => Self {
                weight: 900,
                size_share: 0.06,
                outline: Some(Outline { width_em: 0.09, colour: BLACK }),
                shadow: Some(Shadow { offset_em: [0.0, 0.06], blur_em: 0.12, colour: [0, 0, 0, 150] }),
                highlight: Some(Highlight { colour: [255, 221, 0, 255], stays: false, spot: None }),
                ..base
            },
            "boxed" => Self {
                weight: 700,
                colour: [18, 18, 20, 255],
                backing: Some(Backing {
                    colour: WHITE,
                    padding_em: [0.35, 0.08],
                    radius_em: 0.16,
                    shape: BackingShape::Lines,
                }),
                ..base
            },
            "minimal" => Self {
                weight: 500,
                size_share: 0.038,
                shadow: Some(Shadow { offset_em: [0.0, 0.03], blur_em: 0.14, colour: BLACK }),
                ..base
            },
            "karaoke" => Self {
                weight: 700,
                size_share: 0.05,
                outline: Some(Outline { width_em: 0.075, colour: [20, 16, 40, 255] }),
                highlight: Some(Highlight { colour: [255, 196, 46, 255], stays: true, spot: None }),
                ..base
            },
            "marker" => Self {
                weight: 700,
                backing: Some(block),
                highlight: Some(Highlight {
                    colour: WHITE,
                    stays: false,
                    spot: Some(Backing {
                        colour: [124, 58, 237, 255],
                        padding_em: [0.13, -0.02],
                        radius_em: 0.2,
                        shape: BackingShape::Block,
                    }),
                }),
                ..base
            },
            _ => return None,
        };
        Some(style)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_look_of_its_own_and_other_names_have_none() {
        let looks: Vec<CaptionStyle> =
            PRESETS.iter().map(|(name, _)| CaptionStyle::preset(name).expect("a look")).collect();
        for (i, look) in looks.iter().enumerate() {
            assert!(!looks[i + 1..].contains(look), "{}", PRESETS[i].0);
        }
        assert_eq!(CaptionStyle::preset("Default"), None);
    }
}
