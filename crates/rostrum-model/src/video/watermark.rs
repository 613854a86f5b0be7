//! Marks over whole videos.

use serde::{Deserialize, Serialize};

use crate::asset::AssetInput;
use crate::ids::AssetId;

/// A mark over all frames of a video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Watermark<M = Mark> {
    /// What is shown.
    pub mark: M,
    /// Its size, above 0: at 1 a pixel of the picture is as large as a pixel of a canvas whose short edge is 1080.
    pub scale: f32,
    /// 0..=1.
    pub opacity: f32,
    /// Where.
    pub corner: Corner,
    /// Distance from the corner's two edges inwards, in pixels of such a canvas.
    pub offset: [f32; 2],
}

/// What a mark shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mark {
    /// The word that tells a try from a finished video.
    Preview,
    /// A picture.
    Image {
        /// Which.
        asset: AssetId,
    },
}

/// What a mark is to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WantedMark {
    /// See [`Mark::Preview`].
    Preview,
    /// A picture.
    Image(AssetInput),
}

/// A corner of the canvas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Corner {
    /// Left above.
    TopLeft,
    /// Right above.
    TopRight,
    /// Left below.
    BottomLeft,
    /// Right below.
    BottomRight,
}

/// Distance of a mark from the edges where none is given, in pixels of a canvas whose short edge is 1080.
pub const WATERMARK_MARGIN: f32 = 40.0;

impl<M> Watermark<M> {
    /// A mark as it is where nothing but the mark is given: right below, opaque, in its own size.
    pub fn new(mark: M) -> Self {
        let offset = [WATERMARK_MARGIN; 2];
        Self { mark, scale: 1.0, opacity: 1.0, corner: Corner::BottomRight, offset }
    }

    /// The same with another mark.
    pub fn with<N>(self, mark: N) -> Watermark<N> {
        let Self { scale, opacity, corner, offset, .. } = self;
        Watermark { mark, scale, opacity, corner, offset }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::picture::Size;
    use crate::video::VideoSpec;

    #[test]
    fn the_picture_of_a_mark_is_an_asset_of_its_video() {
        let asset = AssetId::from_uuid(Uuid::from_u128(1));
        let plain = VideoSpec::new(Size { width: 128, height: 128 }, Vec::new());
        let marked = |mark| VideoSpec { watermark: Some(Watermark::new(mark)), ..plain.clone() };
        assert_eq!(marked(Mark::Image { asset }).asset_ids(), [asset]);
        assert_eq!(marked(Mark::Preview).asset_ids(), []);
        assert_eq!(plain.asset_ids(), []);
    }
}
