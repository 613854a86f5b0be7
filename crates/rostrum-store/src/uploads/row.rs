//! Uploads to rows and back.

use rostrum_model::asset::{ContentHash, MediaType};
use rostrum_model::ids::{AssetId, BatchId, FolderId, WorkspaceId};
use rostrum_model::upload::{BatchPlace, Received, Upload, UploadBatch, UploadState};
use sea_orm::ActiveValue::Set;

use crate::entities::upload::{ActiveModel, Model};
use crate::entities::upload_batch;
use crate::error::StoreError;
use crate::rows::{Place, instant};

/// A kind of state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Pending,
    Received,
    Completed,
    Failed,
}

impl Status {
    const ALL: [Self; 4] = [Self::Pending, Self::Received, Self::Completed, Self::Failed];

    /// Kinds that may still become an asset.
    pub(super) const OPEN: [Self; 2] = [Self::Pending, Self::Received];

    pub(super) fn of(state: &UploadState) -> Self {
        match state {
            UploadState::Pending => Self::Pending,
            UploadState::Received(_) => Self::Received,
            UploadState::Completed(_) => Self::Completed,
            UploadState::Failed { .. } => Self::Failed,
        }
    }

    /// The stored word; rows hold these for ever.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Received => "received",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

fn place(id: AssetId) -> Place {
    Place { table: "uploads", row: id.as_uuid() }
}

pub(super) fn row_of(upload: &Upload) -> Result<ActiveModel, StoreError> {
    let place = place(upload.id);
    let size_bytes =
        upload.size_bytes.map(i64::try_from).transpose().map_err(place.unreadable("size_bytes"))?;
    let batch_index = upload.batch.map(|batch| i32::try_from(batch.index)).transpose();
    Ok(ActiveModel {
        id: Set(upload.id.as_uuid()),
        workspace_id: Set(upload.workspace_id.as_uuid()),
        batch_id: Set(upload.batch.map(|batch| batch.id.as_uuid())),
        batch_index: Set(batch_index.map_err(place.unreadable("batch_index"))?),
        name: Set(upload.name.clone()),
        media_type: Set(upload.media_type.mime().to_owned()),
        size_bytes: Set(size_bytes),
        checksum: Set(upload.checksum.map(|hash| hash.0.to_vec())),
        folder_id: Set(upload.folder_id.map(|id| id.as_uuid())),
        created_at: Set(instant(upload.created_at)),
        expires_at: Set(instant(upload.expires_at)),
        ..state_columns(upload.id, &upload.state)?
    })
}

/// The columns that hold a state.
pub(super) fn state_columns(id: AssetId, state: &UploadState) -> Result<ActiveModel, StoreError> {
    let mut row = ActiveModel {
        status: Set(Status::of(state).word().to_owned()),
        content_hash: Set(None),
        received_bytes: Set(None),
        failure_code: Set(None),
        failure_message: Set(None),
        ..Default::default()
    };
    match state {
        UploadState::Pending => {}
        UploadState::Received(received) | UploadState::Completed(received) => {
            let bytes = i64::try_from(received.size_bytes).map_err(place(id).unreadable("received_bytes"))?;
            row.content_hash = Set(Some(received.hash.0.to_vec()));
            row.received_bytes = Set(Some(bytes));
        }
        UploadState::Failed { code, message } => {
            row.failure_code = Set(Some(code.clone()));
            row.failure_message = Set(Some(message.clone()));
        }
    }
    Ok(row)
}

pub(super) fn upload_of(row: Model) -> Result<Upload, StoreError> {
    let id = AssetId::from_uuid(row.id);
    let place = place(id);
    let missing = |column| move || place.inconsistent(column);
    let status = Status::ALL.into_iter().find(|status| status.word() == row.status);
    let hash = |column, bytes: Option<Vec<u8>>| -> Result<Option<ContentHash>, StoreError> {
        bytes.map(|bytes| place.hash(column, &bytes)).transpose()
    };
    let content_hash = hash("content_hash", row.content_hash)?;
    let received_bytes = row.received_bytes.map(|bytes| place.size("received_bytes", bytes)).transpose()?;
    let received = || -> Result<Received, StoreError> {
        Ok(Received {
            hash: content_hash.ok_or_else(missing("content_hash"))?,
            size_bytes: received_bytes.ok_or_else(missing("received_bytes"))?,
        })
    };
    let state = match status.ok_or_else(missing("status"))? {
        Status::Pending => UploadState::Pending,
        Status::Received => UploadState::Received(received()?),
        Status::Completed => UploadState::Completed(received()?),
        Status::Failed => UploadState::Failed {
            code: row.failure_code.ok_or_else(missing("failure_code"))?,
            message: row.failure_message.ok_or_else(missing("failure_message"))?,
        },
    };
    let batch = match (row.batch_id, row.batch_index) {
        (Some(batch), Some(index)) => Some(BatchPlace {
            id: BatchId::from_uuid(batch),
            index: u32::try_from(index).map_err(place.unreadable("batch_index"))?,
        }),
        _ => None,
    };
    Ok(Upload {
        id,
        workspace_id: WorkspaceId::from_uuid(row.workspace_id),
        batch,
        name: row.name,
        media_type: MediaType::from_mime(&row.media_type).ok_or_else(missing("media_type"))?,
        size_bytes: row.size_bytes.map(|bytes| place.size("size_bytes", bytes)).transpose()?,
        checksum: hash("checksum", row.checksum)?,
        folder_id: row.folder_id.map(FolderId::from_uuid),
        state,
        created_at: row.created_at,
        expires_at: row.expires_at,
    })
}

pub(super) fn batch_row_of(batch: &UploadBatch) -> upload_batch::ActiveModel {
    upload_batch::ActiveModel {
        id: Set(batch.id.as_uuid()),
        workspace_id: Set(batch.workspace_id.as_uuid()),
        title: Set(batch.title.clone()),
        completion_asked_at: Set(batch.completion_asked_at.map(instant)),
        created_at: Set(instant(batch.created_at)),
    }
}

pub(super) fn batch_of(row: upload_batch::Model) -> UploadBatch {
    UploadBatch {
        id: BatchId::from_uuid(row.id),
        workspace_id: WorkspaceId::from_uuid(row.workspace_id),
        title: row.title,
        completion_asked_at: row.completion_asked_at,
        created_at: row.created_at,
    }
}
