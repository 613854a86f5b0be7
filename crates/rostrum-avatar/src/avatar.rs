//! Every kind of avatar, for those who do not care which.

use rostrum_model::picture::{Rect, RgbImage, Size};

use crate::photo::{PhotoAvatar, Scratch};
use crate::pose::Pose;
use crate::presenter::{Presenter, PresenterScratch};

/// An avatar that is ready to be drawn; share one between threads.
#[derive(Debug)]
pub enum Avatar {
    /// A photo, warped.
    Photo(Box<PhotoAvatar>),
    /// A drawn person.
    Presenter(Box<Presenter>),
}

/// What is kept from frame to frame of one run of frames.
#[derive(Debug, Default)]
pub struct AvatarScratch {
    photo: Scratch,
    presenter: PresenterScratch,
}

impl Avatar {
    /// Size of its pictures.
    pub fn size(&self) -> Size {
        match self {
            Self::Photo(photo) => photo.size(),
            Self::Presenter(presenter) => presenter.size(),
        }
    }

    /// Whether nothing of its pictures is transparent; otherwise [`Avatar::draw_opacity`] tells what is.
    pub fn is_opaque(&self) -> bool {
        match self {
            Self::Photo(photo) => photo.is_opaque(),
            Self::Presenter(presenter) => presenter.is_opaque(),
        }
    }

    /// Writes the opacity of the pose that was last rendered with `scratch`, where [`Avatar::render`] said to have `drawn`,
    /// or around that, into `out`, which has a byte for each pixel.
    pub fn draw_opacity(&self, scratch: &mut AvatarScratch, drawn: Rect, out: &mut [u8]) {
        match self {
            Self::Photo(photo) => photo.draw_opacity(&mut scratch.photo, drawn, out),
            Self::Presenter(presenter) => presenter.copy_opacity(&scratch.presenter, drawn, out),
        }
    }

    /// Draws a pose into `out`, colours multiplied by their opacity. `out` is of [`Avatar::size`] and, unless `scratch` is
    /// new, holds what was last drawn with it. Returns the pixels that may have changed, in areas that have none in common.
    pub fn render(&self, pose: &Pose, scratch: &mut AvatarScratch, out: &mut RgbImage) -> Vec<Rect> {
        match self {
            Self::Photo(photo) => photo.render(pose, &mut scratch.photo, out),
            Self::Presenter(presenter) => presenter.render(pose, &mut scratch.presenter, out),
        }
    }
}
