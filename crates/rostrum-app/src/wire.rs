//! What use cases need of the wire outside of a request: items of batches are bodies of requests, and events are told in
//! bodies of their own.

use rostrum_model::batch::ItemFault;
use rostrum_model::event::Event;
use rostrum_model::video::{Video, VideoRequest};
use serde_json::Value;

use crate::videos::CreateVideoError;

/// The words of the wire. Implemented above this crate, by whoever knows them.
pub trait Wire: Send + Sync {
    /// Reads the body of a request for one video.
    ///
    /// # Errors
    /// As an answer to that request would tell it.
    fn video_request(&self, body: &Value) -> Result<VideoRequest, ItemFault>;

    /// Why the video that this body asks for cannot be made, as an answer would tell it.
    fn video_fault(&self, body: &Value, error: CreateVideoError) -> ItemFault;

    /// The JSON that tells of an event. The video is the one that the event is about, if it is still there; `origin` is
    /// where the receiver reaches this server.
    fn event(&self, event: &Event, video: Option<&Video>, origin: &str) -> String;
}
