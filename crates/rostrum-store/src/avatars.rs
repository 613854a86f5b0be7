//! Avatars: groups and their looks. A group has at least one look: the last one takes it along.

mod studies;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rostrum_model::avatar::{AvatarGroup, Look};
use rostrum_model::consent::ConsentStatus;
use rostrum_model::ids::{AssetId, AvatarGroupId, LookId, WorkspaceId};
use rostrum_model::picture::Size;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, TransactionTrait,
};
use tracing::instrument;
use uuid::Uuid;

use crate::Store;
use crate::entities::{avatar_group, look};
use crate::error::StoreError;
use crate::newest_first::{Cursor, newest_first};
use crate::rows::{Place, instant};

/// The avatars of a store.
#[derive(Debug, Clone, Copy)]
pub struct Avatars<'s> {
    store: &'s Store,
}

/// A group with what lists tell of its looks.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupSummary {
    /// The group.
    pub group: AvatarGroup,
    /// How many looks it has, at least one.
    pub look_count: u64,
    /// The oldest of them.
    pub first_look: Look,
    /// How it stands with the person's consent; `None` when nobody asked.
    pub consent: Option<ConsentStatus>,
}

/// A place in the list of groups.
pub type GroupCursor = Cursor<AvatarGroupId>;

impl GroupCursor {
    /// The place just after a group.
    pub fn after(summary: &GroupSummary) -> Self {
        Self { created_at: summary.group.created_at, id: summary.group.id }
    }
}

/// A place in the list of looks.
pub type LookCursor = Cursor<LookId>;

impl LookCursor {
    /// The place just after a look.
    pub fn after(look: &Look) -> Self {
        Self { created_at: look.created_at, id: look.id }
    }
}

/// Which looks a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LookFilter {
    /// Those of one group, or of all.
    pub group_id: Option<AvatarGroupId>,
    /// Those made of footage, those that are not, or both.
    pub of_footage: Option<bool>,
}

impl From<Option<AvatarGroupId>> for LookFilter {
    fn from(group_id: Option<AvatarGroupId>) -> Self {
        Self { group_id, ..Self::default() }
    }
}

impl<'s> Avatars<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// Adds a group with its first look.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when an id is taken, or workspace or photo are not there.
    #[instrument(name = "db.avatar.add_group", level = "debug", skip_all, fields(group.id = %group.id))]
    pub async fn add_group(&self, group: &AvatarGroup, first: &Look) -> Result<(), StoreError> {
        let transaction = self.store.writer.begin().await?;
        let row = avatar_group::ActiveModel {
            id: Set(group.id.as_uuid()),
            workspace_id: Set(group.workspace_id.as_uuid()),
            name: Set(group.name.clone()),
            default_voice_id: Set(group.default_voice_id.clone()),
            created_at: Set(instant(group.created_at)),
        };
        avatar_group::Entity::insert(row).exec_without_returning(&transaction).await?;
        look::Entity::insert(row_of(first)?).exec_without_returning(&transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// Adds looks to their groups, all or none.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when an id is taken, or a group or photo is not there.
    #[instrument(name = "db.avatar.add_looks", level = "debug", skip_all, fields(looks = looks.len()))]
    pub async fn add_looks(&self, looks: &[Look]) -> Result<(), StoreError> {
        let transaction = self.store.writer.begin().await?;
        for look in looks {
            look::Entity::insert(row_of(look)?).exec_without_returning(&transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// A group of a workspace.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.avatar.group", level = "debug", skip_all, fields(group.id = %id))]
    pub async fn group(
        &self,
        workspace_id: WorkspaceId,
        id: AvatarGroupId,
    ) -> Result<Option<GroupSummary>, StoreError> {
        let mine = avatar_group::Entity::find_by_id(id.as_uuid())
            .filter(avatar_group::Column::WorkspaceId.eq(workspace_id.as_uuid()));
        let found = mine.all(&self.store.reader).await?;
        Ok(self.summaries(found).await?.pop())
    }

    /// Groups of a workspace, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.avatar.groups", level = "debug", skip_all, fields(workspace.id = %workspace_id))]
    pub async fn groups(
        &self,
        workspace_id: WorkspaceId,
        limit: u64,
        after: Option<GroupCursor>,
    ) -> Result<Vec<GroupSummary>, StoreError> {
        use avatar_group::Column;
        let mine = avatar_group::Entity::find().filter(Column::WorkspaceId.eq(workspace_id.as_uuid()));
        let after = after.map(|cursor| (cursor.created_at, cursor.id.as_uuid()));
        let page = newest_first(mine, Column::CreatedAt, Column::Id, limit, after);
        self.summaries(page.all(&self.store.reader).await?).await
    }

    /// How many groups a workspace has.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.avatar.count_groups", level = "debug", skip_all, fields(workspace.id = %workspace_id))]
    pub async fn count_groups(&self, workspace_id: WorkspaceId) -> Result<u64, StoreError> {
        let mine =
            avatar_group::Entity::find().filter(avatar_group::Column::WorkspaceId.eq(workspace_id.as_uuid()));
        Ok(mine.count(&self.store.reader).await?)
    }

    /// The groups of a workspace with these ids, in no order.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.avatar.groups_by_id", level = "debug", skip_all, fields(workspace.id = %workspace_id))]
    pub async fn groups_by_id(
        &self,
        workspace_id: WorkspaceId,
        ids: impl IntoIterator<Item = AvatarGroupId> + Send,
    ) -> Result<Vec<AvatarGroup>, StoreError> {
        let mine = avatar_group::Entity::find()
            .filter(avatar_group::Column::WorkspaceId.eq(workspace_id.as_uuid()))
            .filter(avatar_group::Column::Id.is_in(ids.into_iter().map(|id| id.as_uuid())));
        Ok(mine.all(&self.store.reader).await?.into_iter().map(group_of).collect())
    }

    /// Tells of groups how many looks they have, the first, and how it stands with consent. A group that lost its last look meanwhile is left out.
    async fn summaries(&self, groups: Vec<avatar_group::Model>) -> Result<Vec<GroupSummary>, StoreError> {
        use look::Column;
        let ids: Vec<Uuid> = groups.iter().map(|group| group.id).collect();
        let counts: Vec<(Uuid, i64, DateTime<Utc>)> = look::Entity::find()
            .select_only()
            .column(Column::GroupId)
            .column_as(Column::Id.count(), "looks")
            .column_as(Column::CreatedAt.min(), "first")
            .filter(Column::GroupId.is_in(ids.iter().copied()))
            .group_by(Column::GroupId)
            .into_tuple()
            .all(&self.store.reader)
            .await?;
        let consents = self.store.consents().statuses(&ids).await?;
        let firsts = look::Entity::find()
            .filter(Column::GroupId.is_in(ids))
            .filter(Column::CreatedAt.is_in(counts.iter().map(|(_, _, first)| instant(*first))))
            .all(&self.store.reader)
            .await?;
        let mut counts: HashMap<Uuid, (i64, DateTime<Utc>)> =
            counts.into_iter().map(|(group, count, first)| (group, (count, first))).collect();
        let mut summaries = Vec::with_capacity(groups.len());
        for row in groups {
            let Some((count, first)) = counts.remove(&row.id) else { continue };
            let of_group = firsts.iter().filter(|look| look.group_id == row.id && look.created_at == first);
            let Some(first) = of_group.min_by_key(|look| look.id) else { continue };
            summaries.push(GroupSummary {
                look_count: Place { table: "avatar_groups", row: row.id }.size("looks", count)?,
                first_look: look_of(first.clone())?,
                consent: consents.get(&row.id).copied(),
                group: group_of(row),
            });
        }
        Ok(summaries)
    }

    /// Stores name and default voice of a group. Tells whether its workspace has it.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.avatar.update_group", level = "debug", skip_all, fields(group.id = %group.id))]
    pub async fn update_group(&self, group: &AvatarGroup) -> Result<bool, StoreError> {
        let updated = avatar_group::Entity::update_many()
            .set(avatar_group::ActiveModel {
                name: Set(group.name.clone()),
                default_voice_id: Set(group.default_voice_id.clone()),
                ..Default::default()
            })
            .filter(avatar_group::Column::Id.eq(group.id.as_uuid()))
            .filter(avatar_group::Column::WorkspaceId.eq(group.workspace_id.as_uuid()))
            .exec(&self.store.writer)
            .await?;
        Ok(updated.rows_affected > 0)
    }

    /// Removes a group with its looks. Tells whether the workspace had it.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.avatar.delete_group", level = "debug", skip_all, fields(group.id = %id))]
    pub async fn delete_group(
        &self,
        workspace_id: WorkspaceId,
        id: AvatarGroupId,
    ) -> Result<bool, StoreError> {
        let deleted = avatar_group::Entity::delete_many()
            .filter(avatar_group::Column::Id.eq(id.as_uuid()))
            .filter(avatar_group::Column::WorkspaceId.eq(workspace_id.as_uuid()))
            .exec(&self.store.writer)
            .await?;
        Ok(deleted.rows_affected > 0)
    }

    /// A look of a workspace.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.avatar.look", level = "debug", skip_all, fields(look.id = %id))]
    pub async fn look(&self, workspace_id: WorkspaceId, id: LookId) -> Result<Option<Look>, StoreError> {
        let mine = look::Entity::find_by_id(id.as_uuid())
            .filter(look::Column::WorkspaceId.eq(workspace_id.as_uuid()));
        mine.one(&self.store.reader).await?.map(look_of).transpose()
    }

    /// Looks of a workspace that a filter lets through, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.avatar.looks", level = "debug", skip_all, fields(workspace.id = %workspace_id))]
    pub async fn looks(
        &self,
        workspace_id: WorkspaceId,
        filter: impl Into<LookFilter> + Send,
        limit: u64,
        after: Option<LookCursor>,
    ) -> Result<Vec<Look>, StoreError> {
        use look::Column;
        let LookFilter { group_id, of_footage } = filter.into();
        let mut mine = look::Entity::find().filter(Column::WorkspaceId.eq(workspace_id.as_uuid()));
        if let Some(group_id) = group_id {
            mine = mine.filter(Column::GroupId.eq(group_id.as_uuid()));
        }
        match of_footage {
            Some(true) => mine = mine.filter(Column::FootageMs.is_not_null()),
            Some(false) => mine = mine.filter(Column::FootageMs.is_null()),
            None => {}
        }
        let after = after.map(|cursor| (cursor.created_at, cursor.id.as_uuid()));
        let page = newest_first(mine, Column::CreatedAt, Column::Id, limit, after);
        page.all(&self.store.reader).await?.into_iter().map(look_of).collect()
    }

    /// The looks that show this asset.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.avatar.looks_of_photo", level = "debug", skip_all, fields(asset.id = %photo))]
    pub async fn looks_of_photo(&self, photo: AssetId) -> Result<Vec<Look>, StoreError> {
        let found = look::Entity::find().filter(look::Column::PhotoId.eq(photo.as_uuid()));
        found.all(&self.store.reader).await?.into_iter().map(look_of).collect()
    }

    /// Stores the name of a look. Tells whether its workspace has it.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.avatar.rename_look", level = "debug", skip_all, fields(look.id = %look.id))]
    pub async fn rename_look(&self, look: &Look) -> Result<bool, StoreError> {
        let renamed = look::Entity::update_many()
            .set(look::ActiveModel { name: Set(look.name.clone()), ..Default::default() })
            .filter(look::Column::Id.eq(look.id.as_uuid()))
            .filter(look::Column::WorkspaceId.eq(look.workspace_id.as_uuid()))
            .exec(&self.store.writer)
            .await?;
        Ok(renamed.rows_affected > 0)
    }

    /// Removes a look, and its group when it was the last one. Tells whether the workspace had it.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.avatar.delete_look", level = "debug", skip_all, fields(look.id = %id))]
    pub async fn delete_look(&self, workspace_id: WorkspaceId, id: LookId) -> Result<bool, StoreError> {
        let Some(look) = self.look(workspace_id, id).await? else { return Ok(false) };
        let transaction = self.store.writer.begin().await?;
        // So that of two last looks that go at once one sees that it is the last.
        let group = avatar_group::Entity::find_by_id(look.group_id.as_uuid());
        group.lock_exclusive().one(&transaction).await?;
        let deleted = look::Entity::delete_by_id(id.as_uuid()).exec(&transaction).await?;
        let left = look::Entity::find().filter(look::Column::GroupId.eq(look.group_id.as_uuid()));
        if left.one(&transaction).await?.is_none() {
            avatar_group::Entity::delete_by_id(look.group_id.as_uuid()).exec(&transaction).await?;
        }
        transaction.commit().await?;
        Ok(deleted.rows_affected > 0)
    }
}

fn group_of(row: avatar_group::Model) -> AvatarGroup {
    AvatarGroup {
        id: AvatarGroupId::from_uuid(row.id),
        workspace_id: WorkspaceId::from_uuid(row.workspace_id),
        name: row.name,
        default_voice_id: row.default_voice_id,
        created_at: row.created_at,
    }
}

fn row_of(look: &Look) -> Result<look::ActiveModel, StoreError> {
    let place = Place { table: "looks", row: look.id.as_uuid() };
    let [width, height] = [("width", look.size.width), ("height", look.size.height)]
        .map(|(column, length)| i64::try_from(length).map_err(place.unreadable(column)));
    let appearance = look.appearance.as_ref().map(serde_json::to_value).transpose();
    let row = look::ActiveModel {
        id: Set(look.id.as_uuid()),
        workspace_id: Set(look.workspace_id.as_uuid()),
        group_id: Set(look.group_id.as_uuid()),
        name: Set(look.name.clone()),
        photo_id: Set(look.photo.as_uuid()),
        width: Set(width?),
        height: Set(height?),
        appearance: Set(appearance.map_err(place.unreadable("appearance"))?),
        created_at: Set(instant(look.created_at)),
        ..look::ActiveModel::default()
    };
    studies::columns_of(row, look)
}

fn look_of(mut row: look::Model) -> Result<Look, StoreError> {
    let place = Place { table: "looks", row: row.id };
    let footage = studies::footage_of(&mut row)?;
    let [width, height] = [("width", row.width), ("height", row.height)]
        .map(|(column, length)| usize::try_from(length).map_err(place.unreadable(column)));
    let appearance = row.appearance.map(serde_json::from_value).transpose();
    Ok(Look {
        id: LookId::from_uuid(row.id),
        workspace_id: WorkspaceId::from_uuid(row.workspace_id),
        group_id: AvatarGroupId::from_uuid(row.group_id),
        name: row.name,
        photo: AssetId::from_uuid(row.photo_id),
        size: Size { width: width?, height: height? },
        appearance: appearance.map_err(place.unreadable("appearance"))?,
        footage,
        created_at: row.created_at,
    })
}
