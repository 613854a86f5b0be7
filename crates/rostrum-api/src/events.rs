//! The bodies in which events are told, to callbacks of single videos and to subscribers alike.

use rostrum_model::event::{Event, EventData};
use rostrum_model::ids::{AvatarGroupId, FolderId, LookId};
use serde_json::{Value, json};

use crate::v3::videos::VideoUrls;

/// The JSON that tells of an event, with the addresses of the video that it is about.
pub fn event_body(event: &Event, urls: Option<&VideoUrls>) -> Value {
    let mut body = serde_json::to_value(&event.data).expect("events always make JSON");
    for (name, id) in ids(&event.data) {
        body["event_data"][name] = json!(id);
    }
    if let (EventData::VideoCompleted(_), Some(urls)) = (&event.data, urls) {
        for (name, url) in [
            // The same address under the names that its readers know it by.
            ("url", &urls.video),
            ("video_url", &urls.video),
            ("captioned_video_url", &urls.captioned),
            ("subtitle_url", &urls.subtitle),
            ("thumbnail_url", &urls.thumbnail),
            ("gif_url", &urls.gif),
            ("gif_download_url", &urls.gif),
            ("video_page_url", &urls.page),
            ("video_share_page_url", &urls.share),
        ] {
            body["event_data"][name] = json!(url);
        }
    }
    if let EventData::VideoFailed(failed) = &event.data {
        body["event_data"]["error"] = json!(failed.msg);
    }
    body["event_id"] = json!(event.id.to_string());
    body["created_at"] = json!(event.created_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
    // Workflows of n8n read the type by this name.
    body["event"] = body["event_type"].clone();
    body
}

/// The ids in an event as the API writes them; kept are the bare numbers.
fn ids(data: &EventData) -> Vec<(&'static str, Option<String>)> {
    let folder = |id: Option<FolderId>| ("folder_id", id.map(|id| id.to_string()));
    match data {
        EventData::AssetReady(told) => vec![("asset_id", Some(told.asset_id.to_string()))],
        EventData::AssetFailed(told) => vec![("asset_id", Some(told.asset_id.to_string()))],
        EventData::VideoCompleted(told) => {
            vec![("video_id", Some(told.video_id.to_string())), folder(told.folder_id)]
        }
        EventData::VideoFailed(told) => {
            vec![("video_id", Some(told.video_id.to_string())), folder(told.folder_id)]
        }
        EventData::BatchFinished(told) => vec![("batch_id", Some(told.batch_id.to_string()))],
        EventData::TwinReady(told) => twin(told.avatar_id, told.avatar_group_id),
        EventData::TwinFailed(told) => twin(told.avatar_id, told.avatar_group_id),
        EventData::EndpointDisabled(told) => vec![("endpoint_id", Some(told.endpoint_id.to_string()))],
    }
}

fn twin(look: LookId, group: AvatarGroupId) -> Vec<(&'static str, Option<String>)> {
    vec![("avatar_id", Some(look.to_string())), ("avatar_group_id", Some(group.to_string()))]
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use rostrum_model::event::VideoCompleted;

    use super::*;

    #[test]
    fn a_finished_video_is_told_with_all_names_of_its_addresses() {
        let nothing = "0".repeat(32);
        let event = Event {
            id: format!("evt_{nothing}").parse().unwrap(),
            workspace_id: format!("ws_{nothing}").parse().unwrap(),
            data: EventData::VideoCompleted(VideoCompleted {
                video_id: nothing.parse().unwrap(),
                title: None,
                duration: 1.5,
                folder_id: None,
                callback_id: Some("mine".to_owned()),
            }),
            created_at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        };
        let urls = VideoUrls { video: Some("https://v/video.mp4".to_owned()), ..VideoUrls::default() };
        let body = event_body(&event, Some(&urls));
        assert_eq!(body["event_type"], "avatar_video.success");
        assert_eq!(body["event"], body["event_type"]);
        assert_eq!(body["created_at"], "2027-01-15T08:00:00Z");
        let data = &body["event_data"];
        assert_eq!((&data["video_id"], &data["folder_id"]), (&json!(nothing), &Value::Null));
        assert_eq!((&data["url"], &data["callback_id"]), (&json!("https://v/video.mp4"), &json!("mine")));
        assert_eq!((&data["video_url"], &data["duration"]), (&data["url"], &json!(1.5)));
    }
}
