//! Videos to rows and back.

use rostrum_model::ids::{FolderId, VideoId, WorkspaceId};
use rostrum_model::video::{Callback, Failure, Video, VideoState};
use sea_orm::ActiveValue::Set;

use super::status::Status;
use crate::entities::video::{ActiveModel, Model};
use crate::error::StoreError;
use crate::rows::{Place, fold, instant};

fn place(id: VideoId) -> Place {
    Place { table: "videos", row: id.as_uuid() }
}

/// The whole row of a new video.
pub(super) fn row_of(video: &Video) -> Result<ActiveModel, StoreError> {
    let spec = serde_json::to_value(&video.spec).map_err(place(video.id).unreadable("spec"))?;
    let callback = serde_json::to_value(&video.callback).map_err(place(video.id).unreadable("callback"))?;
    Ok(ActiveModel {
        id: Set(video.id.as_uuid()),
        workspace_id: Set(video.workspace_id.as_uuid()),
        title: Set(video.title.clone()),
        title_folded: Set(video.title.as_deref().map(fold)),
        spec: Set(spec),
        folder_id: Set(video.folder_id.map(|id| id.as_uuid())),
        callback: Set(Some(callback)),
        progress: Set(f64::from(video.progress)),
        progressed_at: Set(video.progressed_at.map(instant)),
        created_at: Set(instant(video.created_at)),
        ..state_columns(video.id, &video.state)?
    })
}

/// The columns that hold a state. Those that the state says nothing about keep what they have: a finished video still
/// tells when it was started.
pub(super) fn state_columns(id: VideoId, state: &VideoState) -> Result<ActiveModel, StoreError> {
    let mut row = ActiveModel { status: Set(Status::of(state).word().to_owned()), ..Default::default() };
    match state {
        VideoState::Pending => {}
        VideoState::Processing { started_at } => {
            row.started_at = Set(Some(instant(*started_at)));
        }
        VideoState::Completed { completed_at, duration_s, output } => {
            let output = serde_json::to_value(output).map_err(place(id).unreadable("output"))?;
            row.finished_at = Set(Some(instant(*completed_at)));
            row.duration_s = Set(Some(*duration_s));
            row.output = Set(Some(output));
            row.progress = Set(1.0);
        }
        VideoState::Failed { failed_at, failure } => {
            row.finished_at = Set(Some(instant(*failed_at)));
            row.failure_code = Set(Some(failure.code.clone()));
            row.failure_message = Set(Some(failure.message.clone()));
        }
    }
    Ok(row)
}

/// The video in a row.
pub(super) fn video_of(row: Model) -> Result<Video, StoreError> {
    let id = VideoId::from_uuid(row.id);
    let place = place(id);
    let missing = |column| move || place.inconsistent(column);
    let status = Status::from_word(&row.status).ok_or_else(missing("status"))?;
    let state = match status {
        Status::Pending => VideoState::Pending,
        Status::Processing => {
            VideoState::Processing { started_at: row.started_at.ok_or_else(missing("started_at"))? }
        }
        Status::Completed => {
            let output = row.output.ok_or_else(missing("output"))?;
            VideoState::Completed {
                completed_at: row.finished_at.ok_or_else(missing("finished_at"))?,
                duration_s: row.duration_s.ok_or_else(missing("duration_s"))?,
                output: serde_json::from_value(output).map_err(place.unreadable("output"))?,
            }
        }
        Status::Failed => VideoState::Failed {
            failed_at: row.finished_at.ok_or_else(missing("finished_at"))?,
            failure: Failure {
                code: row.failure_code.ok_or_else(missing("failure_code"))?,
                message: row.failure_message.ok_or_else(missing("failure_message"))?,
            },
        },
    };
    Ok(Video {
        id,
        workspace_id: WorkspaceId::from_uuid(row.workspace_id),
        title: row.title,
        spec: serde_json::from_value(row.spec).map_err(place.unreadable("spec"))?,
        state,
        folder_id: row.folder_id.map(FolderId::from_uuid),
        callback: match row.callback {
            Some(callback) => serde_json::from_value(callback).map_err(place.unreadable("callback"))?,
            None => Callback::default(),
        },
        progress: row.progress as f32,
        progressed_at: row.progressed_at,
        created_at: row.created_at,
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn pending() -> Model {
        let spec = json!({
            "image_asset_id": Uuid::from_u128(1), "sound": {"Audio": {"asset_id": Uuid::from_u128(2)}},
            "aspect_ratio": "Wide", "resolution": "P720", "fit": null, "background_rgb": [0, 0, 0],
            "expressiveness": "Low",
        });
        Model {
            id: Uuid::from_u128(3),
            workspace_id: Uuid::from_u128(4),
            title: None,
            title_folded: None,
            spec,
            status: "pending".to_owned(),
            started_at: None,
            finished_at: None,
            duration_s: None,
            output: None,
            failure_code: None,
            failure_message: None,
            progress: 0.0,
            folder_id: None,
            callback: None,
            progressed_at: None,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn rows_written_by_the_first_version_can_be_read() {
        assert_eq!(video_of(pending()).unwrap().state, VideoState::Pending);
    }

    #[test]
    fn an_impossible_row_is_told_by_column() {
        let finished = Model { finished_at: Some(DateTime::UNIX_EPOCH), duration_s: Some(1.0), ..pending() };
        let cases = [
            ("status", Model { status: "asleep".to_owned(), ..pending() }),
            ("spec", Model { spec: json!({}), ..pending() }),
            ("started_at", Model { status: "processing".to_owned(), ..pending() }),
            ("output", Model { status: "completed".to_owned(), ..finished.clone() }),
            ("output", Model { status: "completed".to_owned(), output: Some(json!(1)), ..finished.clone() }),
            ("failure_code", Model { status: "failed".to_owned(), ..finished }),
        ];
        for (wrong, row) in cases {
            let Err(StoreError::Inconsistent { table: "videos", column, row, .. }) = video_of(row) else {
                panic!("{wrong} was taken")
            };
            assert_eq!((column, row), (wrong, Uuid::from_u128(3).to_string()));
        }
    }
}
