//! What is behind a presenter.

use rostrum_model::picture::{RgbImage, Size};
use rostrum_model::presenter::Setting;
use vello_cpu::kurbo::Affine;
use vello_cpu::{Pixmap, RenderContext, Resources};

use super::paint::{Ink, Outline, Painter, linear};

/// A setting alone, without a person.
pub fn picture(setting: Setting, size: Size) -> RgbImage {
    let rgba = draw(setting, size);
    let pixels = rgba.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    RgbImage { width: size.width, height: size.height, pixels }
}

/// Draws a setting: a wall from its upper to its lower colour, with light falling on it. Opaque RGBA.
pub(super) fn draw(setting: Setting, size: Size) -> Vec<u8> {
    let (w, h) = (size.width as f64, size.height as f64);
    let mut context = RenderContext::new(size.width as u16, size.height as u16);
    let mut p = Painter::new(&mut context, Affine::IDENTITY);
    let (top, bottom) = (Ink::from(setting.top), Ink::from(setting.bottom));
    let wall = Outline::m(0.0, 0.0).l(w, 0.0).l(w, h).l(0.0, h).z();
    p.fill(&wall, linear([w * 0.3, 0.0], [w * 0.7, h], top, bottom));
    let disc = h.min(w * 1.2) * 0.46;
    p.ellipse(w * 0.5, h * 0.55, disc, disc, top.lit(0.28).alpha(0.42));
    p.ellipse(w * 0.5, h * 0.55, disc * 0.8, disc * 0.8, top.lit(0.4).alpha(0.36));
    p.glow(w * 0.22, h * 0.1, w * 0.5, h * 0.7, Ink::hex(0xffffff).alpha(0.22));
    p.glow(w * 0.5, h * 1.02, w * 0.62, h * 0.26, bottom.shaded(0.4).alpha(0.4));
    let mut pixmap = Pixmap::new(size.width as u16, size.height as u16);
    context.flush();
    context.render(&mut pixmap, &mut Resources::new());
    pixmap.data_as_u8_slice().to_vec()
}
