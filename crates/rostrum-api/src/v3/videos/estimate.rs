//! The answer of `POST /v3/videos?dry_run=true` (beyond the contract).

use serde::{Deserialize, Serialize};

/// What a video would be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DryRun {
    /// Always true.
    pub dry_run: bool,
    /// `mp4` or `webm`.
    pub output_format: String,
    /// Pixels.
    pub width: usize,
    /// Pixels.
    pub height: usize,
    /// Seconds; texts are estimated.
    pub duration: f64,
    /// The scenes in their order.
    pub scenes: Vec<DryScene>,
    /// How many seconds making it would take if nothing else was made.
    pub estimated_render_seconds: f64,
    /// What it would cost.
    pub cost: Cost,
}

/// A scene of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DryScene {
    /// Seconds.
    pub duration: f64,
}

/// A price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// How much: nothing, on a server of one's own.
    pub amount: f64,
    /// `usd`.
    pub currency: String,
}

impl DryRun {
    /// The answer for scenes of these lengths.
    pub fn new(format: &str, (width, height): (usize, usize), scenes_s: &[f64], render_s: f64) -> Self {
        let tenths = |seconds: f64| (seconds * 10.0).round() / 10.0;
        Self {
            dry_run: true,
            output_format: format.to_owned(),
            width,
            height,
            duration: tenths(scenes_s.iter().sum()),
            scenes: scenes_s.iter().map(|seconds| DryScene { duration: tenths(*seconds) }).collect(),
            estimated_render_seconds: tenths(render_s),
            cost: Cost { amount: 0.0, currency: "usd".to_owned() },
        }
    }
}
