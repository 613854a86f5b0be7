//! What the bodies of all requests for videos have in common: title, folder, callback and watermark.

use rostrum_model::asset::AssetInput;
use rostrum_model::video::{
    Callback, Corner, MAX_CALLBACK_ID_CHARS, Music, USUAL_MUSIC_VOLUME, VideoRequest, WATERMARK_MARGIN,
    WantedMark, Watermark,
};
use serde::Deserialize;
use serde_json::Value;

use super::fields::{check_title, within};
use crate::error::{Faults, Refusal};
use crate::v1::folders::folder_id;
use crate::v3::asset_input::WireAssetInput;
use crate::v3::read_part;

#[derive(Debug, Default, Deserialize)]
struct WireOrder {
    title: Option<String>,
    folder_id: Option<String>,
    callback_url: Option<String>,
    callback_id: Option<String>,
    watermark: Option<WireWatermark>,
    /// Beyond the contract.
    background_music: Option<WireMusic>,
    /// Of older bodies: a mark that tells that the video is a try.
    enable_watermark: Option<bool>,
    test: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct WireMusic {
    audio: WireAssetInput,
    volume: Option<f32>,
    ducking: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct WireWatermark {
    image: WireAssetInput,
    scale: Option<f32>,
    opacity: Option<f32>,
    placement: Option<WirePlacement>,
}

#[derive(Debug, Default, Deserialize)]
struct WirePlacement {
    position: Option<WireCorner>,
    offset_x: Option<f32>,
    offset_y: Option<f32>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireCorner {
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
}

impl From<WireCorner> for Corner {
    fn from(wire: WireCorner) -> Self {
        match wire {
            WireCorner::TopLeft => Self::TopLeft,
            WireCorner::TopRight => Self::TopRight,
            WireCorner::BottomLeft => Self::BottomLeft,
            WireCorner::BottomRight => Self::BottomRight,
        }
    }
}

/// The largest factor by which a watermark is scaled, and its largest distance from an edge; ours, for the contract names
/// none.
const MAX_SCALE: f32 = 10.0;
const MAX_OFFSET: f32 = 4096.0;

/// Title, folder, callback and watermark, checked.
#[derive(Debug)]
pub(crate) struct Order {
    title: Option<String>,
    folder_id: Option<rostrum_model::ids::FolderId>,
    callback: Callback,
    watermark: Option<Watermark<WantedMark>>,
    music: Option<Music<AssetInput>>,
}

impl Order {
    /// Reads these fields of a body.
    pub(crate) fn read(body: &Value) -> Result<Self, Refusal> {
        let wire: WireOrder = read_part("", body)?;
        let mut faults = Faults::default();
        faults.take(check_title(wire.title.as_ref()));
        faults.take(check_callback_id(wire.callback_id.as_ref()));
        let folder = wire.folder_id.as_deref().map_or(Ok(None), |id| folder_id("folder_id", id));
        let folder = faults.take(folder);
        let is_try = wire.enable_watermark == Some(true) || wire.test == Some(true);
        let watermark = match wire.watermark {
            Some(watermark) => watermark.check().map(Some),
            None => Ok(is_try.then(|| Watermark::new(WantedMark::Preview))),
        };
        let watermark = faults.take(watermark);
        let music = faults.take(wire.background_music.map(WireMusic::check).transpose());
        let (Some(folder_id), Some(watermark), Some(music)) = (folder, watermark, music) else {
            return Err(faults.refusal());
        };
        faults.end()?;
        let callback = callback(wire.callback_url, wire.callback_id);
        Ok(Self { title: wire.title, folder_id, callback, watermark, music })
    }

    /// The request with these fields.
    pub(crate) fn of(self, request: VideoRequest) -> VideoRequest {
        let Self { title, folder_id, callback, watermark, music } = self;
        VideoRequest { title, folder_id, callback, watermark, music, ..request }
    }
}

/// Whom to tell; empty texts count as left out.
pub(crate) fn callback(url: Option<String>, id: Option<String>) -> Callback {
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    Callback { url: given(url), id: given(id), ..Callback::default() }
}

pub(crate) fn check_callback_id(id: Option<&String>) -> Result<(), Refusal> {
    let chars = id.map_or(0, |id| id.chars().count());
    if chars > MAX_CALLBACK_ID_CHARS {
        let message =
            format!("'callback_id' must be at most {MAX_CALLBACK_ID_CHARS} characters, got {chars}.");
        return Err(Refusal::invalid("callback_id", message));
    }
    Ok(())
}

impl WireMusic {
    fn check(self) -> Result<Music<AssetInput>, Refusal> {
        let mut faults = Faults::default();
        let volume = faults.take(within("background_music.volume", self.volume, 0.0..=1.0, ""));
        let sound = faults.take(self.audio.check("background_music.audio"));
        let (Some(volume), Some(sound)) = (volume, sound) else { return Err(faults.refusal()) };
        let volume = volume.unwrap_or(USUAL_MUSIC_VOLUME);
        Ok(Music { sound, volume, ducks: self.ducking.unwrap_or(true) })
    }
}

impl WireWatermark {
    fn check(self) -> Result<Watermark<WantedMark>, Refusal> {
        let place = self.placement.unwrap_or_default();
        let mut faults = Faults::default();
        let scale = faults.take(within("watermark.scale", self.scale, 0.01..=MAX_SCALE, ""));
        let opacity = faults.take(within("watermark.opacity", self.opacity, 0.0..=1.0, ""));
        let offset = |axis: &str, value| {
            within(&format!("watermark.placement.{axis}"), value, 0.0..=MAX_OFFSET, " pixels")
        };
        let across = faults.take(offset("offset_x", place.offset_x));
        let down = faults.take(offset("offset_y", place.offset_y));
        let image = faults.take(self.image.check("watermark.image"));
        let (Some(scale), Some(opacity), Some(across), Some(down), Some(image)) =
            (scale, opacity, across, down, image)
        else {
            return Err(faults.refusal());
        };
        Ok(Watermark {
            mark: WantedMark::Image(image),
            scale: scale.unwrap_or(1.0),
            opacity: opacity.unwrap_or(1.0),
            corner: place.position.map_or(Corner::BottomRight, Into::into),
            offset: [across.unwrap_or(WATERMARK_MARGIN), down.unwrap_or(WATERMARK_MARGIN)],
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn all_faults_are_told_at_once() {
        let refusal = Order::read(&json!({
            "title": "x".repeat(256),
            "callback_id": "y".repeat(129),
            "watermark": {"image": {"type": "asset_id", "asset_id": "z"}, "opacity": 2, "scale": 0},
            "background_music": {"audio": {"type": "url", "url": "https://a/b.mp3"}, "volume": 1.5},
        }))
        .unwrap_err();
        let more = refusal.more.iter().map(|other| other.param.as_deref().unwrap());
        let params: Vec<_> = refusal.param.as_deref().into_iter().chain(more).collect();
        assert_eq!(
            params,
            [
                "title",
                "callback_id",
                "watermark.scale",
                "watermark.opacity",
                "watermark.image.asset_id",
                "background_music.volume"
            ]
        );
    }

    #[test]
    fn tries_of_older_generations_are_marked_and_empty_texts_count_as_left_out() {
        let order = Order::read(&json!({"test": true, "callback_url": "", "folder_id": ""})).unwrap();
        assert_eq!(order.watermark, Some(Watermark::new(WantedMark::Preview)));
        assert_eq!((order.callback, order.folder_id), (Callback::default(), None));
        assert_eq!(Order::read(&json!({"test": false})).unwrap().watermark, None);
    }
}
