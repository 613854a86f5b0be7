//! What is written over a scene: its texts, and its captions.

use std::sync::Arc;

use rostrum_media::captions::captions;
use rostrum_model::picture::Size;
use rostrum_model::speech::WordSpan;
use rostrum_model::video::{CaptionLook, FRAMES_PER_SECOND, TextAlign, TextBox};
use rostrum_text::{
    Align, Anchor, Backing, BackingShape, CaptionStyle, CaptionTrack, Fonts, TextOverlay, TextStyle,
    VerticalAlign, cues, package_for,
};

use super::stage::{Captions, Overlay};

/// The look of captions when none is named.
const USUAL_PRESET: &str = "default";
/// The box behind the lines of a text, in ems.
const PADDING_EM: [f32; 2] = [0.35, 0.15];
const RADIUS_EM: f32 = 0.18;

/// The texts of a scene of so many frames.
pub(super) fn overlays(fonts: &Fonts, texts: &[TextBox], frames: usize) -> Vec<Overlay> {
    let frame = |at_s: f64| ((at_s * f64::from(FRAMES_PER_SECOND)).round().max(0.0) as usize).min(frames);
    let draw = |text: &TextBox| {
        let (image, at, missing) = overlay(text).draw(fonts);
        tell_missing(&missing);
        Overlay { image, at, frames: frame(text.from_s)..text.to_s.map_or(frames, frame) }
    };
    texts.iter().map(draw).collect()
}

fn overlay(text: &TextBox) -> TextOverlay {
    let style = TextStyle {
        family: text.family.clone(),
        weight: text.weight,
        backing: text.background.filter(|colour| colour[3] > 0).map(|colour| Backing {
            colour,
            padding_em: PADDING_EM,
            radius_em: RADIUS_EM,
            shape: BackingShape::Lines,
        }),
        align: match text.align {
            TextAlign::Left => Align::Left,
            TextAlign::Center => Align::Center,
            TextAlign::Right => Align::Right,
        },
        line_height: text.line_height,
        ..TextStyle::new(text.size_px, text.colour)
    };
    TextOverlay { text: text.text.clone(), style, area: text.area, align: VerticalAlign::Top }
}

/// The captions of a scene in which these words are said.
pub(super) fn captions_of(
    fonts: Arc<Fonts>,
    words: &[WordSpan],
    look: &CaptionLook,
    canvas: Size,
) -> Captions {
    let grouped = captions(words);
    let shown = grouped.iter().map(|caption| (caption.start_s, caption.end_s, caption.lines.as_slice()));
    let track = CaptionTrack::plan(&fonts, &cues(shown, words), &style(look), canvas);
    tell_missing(track.missing());
    Captions { track, fonts }
}

fn style(look: &CaptionLook) -> CaptionStyle {
    let named = look.preset.as_deref().and_then(CaptionStyle::preset);
    let usual = || CaptionStyle::preset(USUAL_PRESET).expect("the usual look is one of the presets");
    let mut style = named.unwrap_or_else(usual);
    style.family = look.family.clone().or(style.family);
    style.size_px = look.size_px.or(style.size_px);
    style.colour = look.colour.unwrap_or(style.colour);
    if let Some(colour) = look.background {
        let (padding_em, radius_em, shape) = match style.backing {
            Some(backing) => (backing.padding_em, backing.radius_em, backing.shape),
            None => (PADDING_EM, RADIUS_EM, BackingShape::Block),
        };
        style.backing = (colour[3] > 0).then_some(Backing { colour, padding_em, radius_em, shape });
    }
    if let Some(anchor) = look.anchor.and_then(Anchor::numpad) {
        style.anchor = anchor;
    }
    style.offset_px = look.offset_px;
    if look.plain_words {
        style.highlight = None;
    }
    style
}

/// Names the fonts to install for characters that cannot be drawn.
fn tell_missing(missing: &[char]) {
    let mut packages: Vec<&str> = missing.iter().filter_map(|missing| package_for(*missing)).collect();
    packages.sort_unstable();
    packages.dedup();
    if !missing.is_empty() {
        tracing::error!(characters = ?missing, ?packages, "no font has these characters; they were left out: install fonts");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_look_replace_those_of_its_preset() {
        let look = CaptionLook {
            preset: Some("karaoke".to_owned()),
            size_px: Some(42.0),
            colour: Some([1, 2, 3, 255]),
            background: Some([0, 0, 0, 0]),
            anchor: Some(8),
            plain_words: true,
            ..CaptionLook::default()
        };
        let styled = style(&look);
        assert_eq!((styled.size_px, styled.colour, styled.backing), (Some(42.0), [1, 2, 3, 255], None));
        assert_eq!((styled.anchor, styled.highlight), (Anchor::TOP, None));
        let usual = style(&CaptionLook::default());
        assert_eq!(Some(usual), CaptionStyle::preset("default"));
        let boxed = style(&CaptionLook { background: Some([9, 8, 7, 100]), ..CaptionLook::default() });
        assert_eq!(boxed.backing.map(|backing| backing.colour), Some([9, 8, 7, 100]));
    }
}
