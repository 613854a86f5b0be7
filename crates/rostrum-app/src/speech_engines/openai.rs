//! OpenAI's way to speak: a text in, a sound file out. Times of words are not told.

use bytes::Bytes;
use serde_json::json;

use super::MAX_ANSWER_BYTES;
use crate::engine_calls::{Again, CallFault, Calls};

/// The model when the settings name none.
const DEFAULT_MODEL: &str = "tts-1";

/// The sound file of a text.
pub(super) async fn speak(
    calls: &Calls,
    model: Option<&str>,
    voice: &str,
    text: &str,
    speed: f32,
) -> Result<Bytes, CallFault> {
    let mut body = json!({
        "model": model.unwrap_or(DEFAULT_MODEL),
        "voice": voice,
        "input": text,
        "response_format": "wav",
    });
    if (speed - 1.0).abs() > f32::EPSILON {
        body["speed"] = json!(speed);
    }
    calls
        .ask("/audio/speech", Again::Always, MAX_ANSWER_BYTES, |client, url| client.post(url).json(&body))
        .await
}
