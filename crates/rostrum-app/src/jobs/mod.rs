//! Durable jobs, one folder each.

mod clone_voice;
pub(crate) mod derive_asset;
mod generate_photos;
mod render_video;
mod study_footage;

use std::sync::Arc;

use rostrum_jobs::Pipeline;

use crate::backends::Backends;

pub(crate) use clone_voice::PIPELINE as CLONE_VOICE;
pub(crate) use generate_photos::PIPELINE as GENERATE_PHOTOS;
pub use render_video::GiveUpError;
pub use render_video::PIPELINE as RENDER_VIDEO;
pub(crate) use render_video::frames_of;
pub use render_video::framing::{Framed, Staging, stage};
pub use render_video::stage::{Behind, Body, Captions, Figure, Frame, Overlay, Stage, WHITE};
pub(crate) use study_footage::PIPELINE as STUDY_FOOTAGE;

/// All pipelines, for opening the job engine.
pub fn pipelines(backends: &Arc<Backends>) -> Vec<Pipeline> {
    vec![
        render_video::pipeline(backends),
        derive_asset::pipeline(backends),
        clone_voice::pipeline(backends),
        study_footage::pipeline(backends),
        generate_photos::pipeline(backends),
    ]
}
