//! Videos in every state.

mod row;
mod status;

use chrono::{DateTime, Utc};
use rostrum_model::credits::CreditEntry;
use rostrum_model::delivery::Delivery;
use rostrum_model::event::Event;
use rostrum_model::ids::{CreditEntryId, FolderId, VideoId, WorkspaceId};
use rostrum_model::picture::Size;
use rostrum_model::video::{Video, VideoState};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, TransactionTrait,
    UpdateMany,
};
use tracing::instrument;
use uuid::Uuid;

use crate::Store;
use crate::credits::{self, Paid};
use crate::entities::video::{Column, Entity, Model};
use crate::error::StoreError;
use crate::events;
use crate::newest_first::{Cursor, newest_first};
use crate::rows::{containing, fold, instant};
use row::{row_of, state_columns, video_of};
use status::Status;

/// The videos of a store.
#[derive(Debug, Clone, Copy)]
pub struct Videos<'s> {
    store: &'s Store,
}

/// Which videos to list; the default is all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VideoFilter {
    /// Only videos whose title has this text in it, in upper or lower case.
    pub title_contains: Option<String>,
    /// Only videos in this folder.
    pub folder_id: Option<FolderId>,
}

/// How long the making of a video took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VideoWork {
    /// Its canvas.
    pub size: Size,
    /// Its length in seconds.
    pub duration_s: f64,
    /// From when a worker took it until it was published, in seconds.
    pub took_s: f64,
}

/// A place in the list of videos.
pub type VideoCursor = Cursor<VideoId>;

impl VideoCursor {
    /// The place just after a video.
    pub fn after(video: &Video) -> Self {
        Self { created_at: video.created_at, id: video.id }
    }
}

/// The move of a video from one state to another, if it is still in the first.
fn move_of(id: VideoId, from: &VideoState, to: &VideoState) -> Result<UpdateMany<Entity>, StoreError> {
    let moved = Entity::update_many()
        .set(state_columns(id, to)?)
        .filter(Column::Id.eq(id.as_uuid()))
        .filter(Column::Status.eq(Status::of(from).word()));
    Ok(moved)
}

/// A video that waits or is in work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnfinishedVideo {
    /// Which.
    pub id: VideoId,
    /// Whose.
    pub workspace_id: WorkspaceId,
}

impl<'s> Videos<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// Adds a video in whatever state it has.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id is taken or its workspace is not there.
    #[instrument(name = "db.video.add", level = "debug", skip_all, fields(video.id = %video.id))]
    pub async fn add(&self, video: &Video) -> Result<(), StoreError> {
        Entity::insert(row_of(video)?).exec_without_returning(&self.store.writer).await?;
        Ok(())
    }

    /// Adds a video together with what is set aside for it: both, or neither where a limited workspace has too few credits.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id is taken or its workspace is not there.
    #[instrument(name = "db.video.add_paid", level = "debug", skip_all, fields(video.id = %video.id))]
    pub async fn add_paid(&self, video: &Video, reserve: &CreditEntry) -> Result<Paid, StoreError> {
        let transaction = self.store.writer.begin().await?;
        let paid = credits::spend_in(&transaction, reserve).await?;
        if paid == Paid::Yes {
            Entity::insert(row_of(video)?).exec_without_returning(&transaction).await?;
            transaction.commit().await?;
        } else {
            transaction.rollback().await?;
        }
        Ok(paid)
    }

    /// A video of a workspace.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.video.get", level = "debug", skip_all, fields(video.id = %id))]
    pub async fn get(&self, workspace_id: WorkspaceId, id: VideoId) -> Result<Option<Video>, StoreError> {
        let mine = Entity::find_by_id(id.as_uuid()).filter(Column::WorkspaceId.eq(workspace_id.as_uuid()));
        mine.one(&self.store.reader).await?.map(video_of).transpose()
    }

    /// The video with this id in any workspace: for the job that makes it and for file URLs, where knowing the id is
    /// the permission.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.video.get_any", level = "debug", skip_all, fields(video.id = %id))]
    pub async fn get_any(&self, id: VideoId) -> Result<Option<Video>, StoreError> {
        Entity::find_by_id(id.as_uuid()).one(&self.store.reader).await?.map(video_of).transpose()
    }

    /// Videos of a workspace, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.video.list", level = "debug", skip_all, fields(workspace.id = %workspace_id))]
    pub async fn list(
        &self,
        workspace_id: WorkspaceId,
        filter: &VideoFilter,
        limit: u64,
        after: Option<VideoCursor>,
    ) -> Result<Vec<Video>, StoreError> {
        let mut mine = Entity::find().filter(Column::WorkspaceId.eq(workspace_id.as_uuid()));
        if let Some(text) = &filter.title_contains {
            mine = mine.filter(Column::TitleFolded.like(containing(&fold(text))));
        }
        if let Some(folder_id) = filter.folder_id {
            mine = mine.filter(Column::FolderId.eq(folder_id.as_uuid()));
        }
        let after = after.map(|cursor| (cursor.created_at, cursor.id.as_uuid()));
        let page = newest_first(mine, Column::CreatedAt, Column::Id, limit, after);
        page.all(&self.store.reader).await?.into_iter().map(video_of).collect()
    }

    /// Moves a video from one state to another, if it is still in the first (the kind of state counts, not its data).
    /// Tells whether it was: `false` means that another worker was faster or the video was deleted, and nothing was
    /// changed.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(
        name = "db.video.update_state", level = "debug", skip_all,
        fields(video.id = %id, from = from.name(), to = to.name()),
    )]
    pub async fn update_state(
        &self,
        id: VideoId,
        from: &VideoState,
        to: &VideoState,
    ) -> Result<bool, StoreError> {
        let updated = move_of(id, from, to)?.exec(&self.store.writer).await?;
        Ok(updated.rows_affected > 0)
    }

    /// Moves a video to its end, as [`Videos::update_state`] does, together with the event that tells of it, its delivery,
    /// and the end of what was set aside for it: all are recorded, or none.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(
        name = "db.video.finish", level = "debug", skip_all,
        fields(video.id = %id, from = from.name(), to = to.name()),
    )]
    pub async fn finish(
        &self,
        id: VideoId,
        from: &VideoState,
        to: &VideoState,
        event: &Event,
        delivery: Option<&Delivery>,
    ) -> Result<bool, StoreError> {
        let transaction = self.store.writer.begin().await?;
        let updated = move_of(id, from, to)?.exec(&transaction).await?;
        if updated.rows_affected > 0 {
            let seconds = match to {
                VideoState::Completed { duration_s, .. } => Some(*duration_s),
                _ => None,
            };
            // There is one event for an end, and one entry for it.
            let entry = CreditEntryId::from_uuid(event.id.as_uuid());
            credits::end_in(&transaction, entry, &id.to_string(), seconds, event.created_at).await?;
        }
        events::end_with(transaction, updated, event, delivery).await
    }

    /// Those of the given videos that are the workspace's, in no promised order.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.video.get_many", level = "debug", skip_all)]
    pub async fn get_many(
        &self,
        workspace_id: WorkspaceId,
        ids: &[VideoId],
    ) -> Result<Vec<Video>, StoreError> {
        let mine = Entity::find()
            .filter(Column::WorkspaceId.eq(workspace_id.as_uuid()))
            .filter(Column::Id.is_in(ids.iter().map(VideoId::as_uuid)));
        mine.all(&self.store.reader).await?.into_iter().map(video_of).collect()
    }

    /// How long the videos of all workspaces that were completed last took, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.video.works", level = "debug", skip_all)]
    pub async fn works(&self, limit: u64) -> Result<Vec<VideoWork>, StoreError> {
        let rows = Entity::find()
            .filter(Column::Status.eq(Status::Completed.word()))
            .order_by_desc(Column::CreatedAt)
            .limit(limit)
            .all(&self.store.reader)
            .await?;
        let work = |row: Model| {
            let took_s = (row.finished_at? - row.started_at?).as_seconds_f64();
            let duration_s = row.duration_s?;
            let size = video_of(row).ok()?.spec.size;
            Some(VideoWork { size, duration_s, took_s })
        };
        Ok(rows.into_iter().filter_map(work).collect())
    }

    /// Notes how much of the work is done, 0..=1 (cut to that), while the video is processing; smaller values than
    /// the stored one are ignored. Tells whether it was noted.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.video.set_progress", level = "debug", skip_all, fields(video.id = %id))]
    pub async fn set_progress(
        &self,
        id: VideoId,
        progress: f32,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        if progress.is_nan() {
            return Ok(false);
        }
        let progress = f64::from(progress.clamp(0.0, 1.0));
        let updated = Entity::update_many()
            .col_expr(Column::Progress, Expr::value(progress))
            .col_expr(Column::ProgressedAt, Expr::value(instant(now)))
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::Status.eq(Status::Processing.word()))
            .filter(Column::Progress.lt(progress))
            .exec(&self.store.writer)
            .await?;
        Ok(updated.rows_affected > 0)
    }

    /// Removes a video's record and gives it back; what is set aside for one that has not ended comes back to its workspace.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.video.delete", level = "debug", skip_all, fields(video.id = %id))]
    pub async fn delete(&self, workspace_id: WorkspaceId, id: VideoId) -> Result<Option<Video>, StoreError> {
        let transaction = self.store.writer.begin().await?;
        let deleted = Entity::delete_many()
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::WorkspaceId.eq(workspace_id.as_uuid()))
            .exec_with_returning(&transaction)
            .await?;
        let Some(deleted) = deleted.into_iter().next() else {
            transaction.rollback().await?;
            return Ok(None);
        };
        credits::undo_in(&transaction, &id.to_string()).await?;
        transaction.commit().await?;
        video_of(deleted).map(Some)
    }

    /// How many of a workspace's videos wait or are in work.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.video.count_unfinished", level = "debug", skip_all, fields(workspace.id = %workspace_id))]
    pub async fn count_unfinished(&self, workspace_id: WorkspaceId) -> Result<u64, StoreError> {
        let mine = Entity::find()
            .filter(Column::WorkspaceId.eq(workspace_id.as_uuid()))
            .filter(Column::Status.is_in(Status::UNFINISHED.map(Status::word)));
        Ok(mine.count(&self.store.reader).await?)
    }

    /// The videos of all workspaces that wait or are in work, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.video.unfinished", level = "debug", skip_all)]
    pub async fn unfinished(&self) -> Result<Vec<UnfinishedVideo>, StoreError> {
        let ids = Entity::find()
            .select_only()
            .columns([Column::Id, Column::WorkspaceId])
            .filter(Column::Status.is_in(Status::UNFINISHED.map(Status::word)))
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::Id)
            .into_tuple::<(Uuid, Uuid)>()
            .all(&self.store.reader)
            .await?;
        let video = |(id, workspace)| UnfinishedVideo {
            id: VideoId::from_uuid(id),
            workspace_id: WorkspaceId::from_uuid(workspace),
        };
        Ok(ids.into_iter().map(video).collect())
    }
}
