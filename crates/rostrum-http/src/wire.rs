//! The words of the wire, for use cases that need them outside of a request.

use rostrum_api::error::Refusal;
use rostrum_api::events::event_body;
use rostrum_api::v3::videos::{BodyForm, read_create_video};
use rostrum_app::videos::CreateVideoError;
use rostrum_app::wire::Wire;
use rostrum_model::batch::ItemFault;
use rostrum_model::event::Event;
use rostrum_model::video::{Video, VideoRequest};
use serde_json::Value;

use crate::api_error::ApiError;
use crate::extract::Origin;
use crate::v3::videos::urls;

/// HeyGen's words.
#[derive(Debug, Clone, Copy, Default)]
pub struct HeyGenWire;

impl Wire for HeyGenWire {
    fn video_request(&self, body: &Value) -> Result<VideoRequest, ItemFault> {
        read_create_video(body).map_err(fault)
    }

    fn video_fault(&self, body: &Value, error: CreateVideoError) -> ItemFault {
        fault(ApiError::from((&BodyForm::of_v3(body), error)).into())
    }

    fn event(&self, event: &Event, video: Option<&Video>, origin: &str) -> String {
        let urls = video.map(|video| urls(video, &Origin::kept(origin)));
        event_body(event, urls.as_ref()).to_string()
    }
}

fn fault(refusal: Refusal) -> ItemFault {
    let Refusal { code, message, param, .. } = refusal;
    ItemFault { code: code.as_str().to_owned(), message, param }
}
