//! Keys that let callers in.

use chrono::{DateTime, TimeDelta, Utc};
use rostrum_model::ids::{ApiKeyId, WorkspaceId};
use rostrum_model::workspace::{ApiKey, NewApiKey, Opened};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    TransactionTrait, sea_query::Expr,
};
use tracing::instrument;

use crate::Store;
use crate::entities::api_key::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::rows::{Place, instant};

/// How much time must pass before a key's last use is written again, so that not every request writes.
pub const TOUCH_RESOLUTION: TimeDelta = TimeDelta::minutes(1);

/// The API keys of a store.
#[derive(Debug, Clone, Copy)]
pub struct ApiKeys<'s> {
    store: &'s Store,
}

impl<'s> ApiKeys<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// Adds a key.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id or hash is taken, or its workspace is not there.
    #[instrument(name = "db.api_key.add", level = "debug", skip_all, fields(api_key.id = %key.id))]
    pub async fn add(&self, key: &NewApiKey) -> Result<(), StoreError> {
        Entity::insert(row_of(key)).exec_without_returning(&self.store.writer).await?;
        Ok(())
    }

    /// Adds a key in the place of another, which then expires at `end`, or earlier if it was to already; in one
    /// transaction. False, and nothing is changed, when the workspace has no such key that was not revoked.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the new key's id or hash is taken.
    #[instrument(name = "db.api_key.replace", level = "debug", skip_all, fields(api_key.id = %old))]
    pub async fn replace(
        &self,
        old: ApiKeyId,
        new: &NewApiKey,
        end: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let end = instant(end);
        let mine = Condition::all()
            .add(Column::Id.eq(old.as_uuid()))
            .add(Column::WorkspaceId.eq(new.workspace_id.as_uuid()))
            .add(Column::RevokedAt.is_null());
        let transaction = self.store.writer.begin().await?;
        Entity::update_many()
            .col_expr(Column::ExpiresAt, Expr::value(end))
            .filter(mine.clone())
            .filter(Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(end)))
            .exec(&transaction)
            .await?;
        if Entity::find().filter(mine).count(&transaction).await? == 0 {
            return Ok(false);
        }
        Entity::insert(row_of(new)).exec_without_returning(&transaction).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// What the key with this SHA-256 opens; nothing if it was revoked or has expired. (Finding the workspace is the
    /// purpose, so none is asked for.)
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.api_key.opened_by", level = "debug", skip_all)]
    pub async fn opened_by(
        &self,
        key_hash: &[u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<Opened>, StoreError> {
        let row =
            Entity::find().filter(Column::KeyHash.eq(key_hash.to_vec())).one(&self.store.reader).await?;
        let key = row.map(api_key_of).transpose()?.filter(|key| key.is_good_at(now));
        Ok(key.map(|ApiKey { id, workspace_id, scopes, .. }| Opened { key_id: id, workspace_id, scopes }))
    }

    /// Notes that a key was used. Writes at most once per [`TOUCH_RESOLUTION`], and never an earlier instant over a
    /// later one; otherwise this is one small read.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.api_key.touch", level = "debug", skip_all, fields(api_key.id = %id))]
    pub async fn touch(&self, id: ApiKeyId, now: DateTime<Utc>) -> Result<(), StoreError> {
        let stale = Condition::all().add(Column::Id.eq(id.as_uuid())).add(
            Condition::any()
                .add(Column::LastUsedAt.is_null())
                .add(Column::LastUsedAt.lte(instant(now - TOUCH_RESOLUTION))),
        );
        if Entity::find().filter(stale.clone()).count(&self.store.reader).await? > 0 {
            Entity::update_many()
                .col_expr(Column::LastUsedAt, Expr::value(instant(now)))
                .filter(stale)
                .exec(&self.store.writer)
                .await?;
        }
        Ok(())
    }

    /// The keys of a workspace, revoked ones too, newest first. All of them: people make keys, so there are few.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.api_key.list", level = "debug", skip_all, fields(workspace.id = %workspace_id))]
    pub async fn list(&self, workspace_id: WorkspaceId) -> Result<Vec<ApiKey>, StoreError> {
        let rows = Entity::find()
            .filter(Column::WorkspaceId.eq(workspace_id.as_uuid()))
            .order_by_desc(Column::CreatedAt)
            .order_by_desc(Column::Id)
            .all(&self.store.reader)
            .await?;
        rows.into_iter().map(api_key_of).collect()
    }

    /// Stops a key from opening anything; tells whether the workspace has a key of this id. Revoking again keeps the
    /// first instant.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.api_key.revoke", level = "debug", skip_all, fields(api_key.id = %id))]
    pub async fn revoke(
        &self,
        workspace_id: WorkspaceId,
        id: ApiKeyId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mine = Condition::all()
            .add(Column::Id.eq(id.as_uuid()))
            .add(Column::WorkspaceId.eq(workspace_id.as_uuid()));
        let revoked = Entity::update_many()
            .col_expr(Column::RevokedAt, Expr::value(instant(now)))
            .filter(mine.clone())
            .filter(Column::RevokedAt.is_null())
            .exec(&self.store.writer)
            .await?;
        Ok(revoked.rows_affected > 0 || Entity::find().filter(mine).count(&self.store.writer).await? > 0)
    }
}

fn row_of(key: &NewApiKey) -> ActiveModel {
    ActiveModel {
        id: Set(key.id.as_uuid()),
        workspace_id: Set(key.workspace_id.as_uuid()),
        key_hash: Set(key.key_hash.to_vec()),
        label: Set(key.label.clone()),
        created_at: Set(instant(key.created_at)),
        revoked_at: Set(None),
        last_used_at: Set(None),
        scopes: Set(key.scopes.to_string()),
        expires_at: Set(None),
    }
}

fn api_key_of(row: Model) -> Result<ApiKey, StoreError> {
    let place = Place { table: "api_keys", row: row.id };
    Ok(ApiKey {
        id: ApiKeyId::from_uuid(row.id),
        workspace_id: WorkspaceId::from_uuid(row.workspace_id),
        label: row.label,
        scopes: row.scopes.parse().map_err(place.unreadable("scopes"))?,
        created_at: row.created_at,
        revoked_at: row.revoked_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
    })
}
