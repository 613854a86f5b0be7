//! Secrets that sign URLs.

use chrono::{DateTime, Utc};
use rostrum_model::ids::SigningKeyId;
use rostrum_model::upload::SigningKey;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tracing::instrument;

use crate::Store;
use crate::entities::signing_key::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::rows::{Place, instant};

/// The signing keys of a store.
#[derive(Debug, Clone, Copy)]
pub struct SigningKeys<'s> {
    store: &'s Store,
}

impl<'s> SigningKeys<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// Adds a key.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id is taken.
    #[instrument(name = "db.signing_key.add", level = "debug", skip_all)]
    pub async fn add(&self, key: &SigningKey) -> Result<(), StoreError> {
        let row = ActiveModel {
            id: Set(key.id.as_uuid()),
            secret: Set(key.secret.to_vec()),
            created_at: Set(instant(key.created_at)),
        };
        Entity::insert(row).exec_without_returning(&self.store.writer).await?;
        Ok(())
    }

    /// All keys, newest first.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.signing_key.list", level = "debug", skip_all)]
    pub async fn list(&self) -> Result<Vec<SigningKey>, StoreError> {
        let newest_first = Entity::find().order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
        newest_first.all(&self.store.reader).await?.iter().map(key_of).collect()
    }

    /// Removes the keys made before an instant; gives how many. URLs signed with them are refused from then on.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.signing_key.delete_before", level = "debug", skip_all)]
    pub async fn delete_before(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let old = Entity::delete_many().filter(Column::CreatedAt.lt(instant(before)));
        Ok(old.exec(&self.store.writer).await?.rows_affected)
    }
}

fn key_of(row: &Model) -> Result<SigningKey, StoreError> {
    let place = Place { table: "signing_keys", row: row.id };
    let secret = place.hash("secret", &row.secret)?.0;
    Ok(SigningKey { id: SigningKeyId::from_uuid(row.id), secret, created_at: row.created_at })
}
