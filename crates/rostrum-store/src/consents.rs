//! Consents of people to being made avatars of. They go with their group.

use std::collections::HashMap;

use rostrum_model::consent::{Agreement, Consent, ConsentMeans, ConsentPage, ConsentStatus};
use rostrum_model::ids::{AssetId, AvatarGroupId, ConsentId, WorkspaceId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tracing::instrument;
use uuid::Uuid;

use crate::Store;
use crate::entities::consent::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::rows::{Place, instant};

/// The consents of a store.
#[derive(Debug, Clone, Copy)]
pub struct Consents<'s> {
    store: &'s Store,
}

impl<'s> Consents<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// Adds a consent.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id or token is taken, or its group or video is not there.
    #[instrument(name = "db.consent.add", level = "debug", skip_all, fields(consent.id = %consent.id))]
    pub async fn add(&self, consent: &Consent) -> Result<(), StoreError> {
        Entity::insert(row_of(consent)).exec_without_returning(&self.store.writer).await?;
        Ok(())
    }

    /// The consent whose page has the token with this hash, in any workspace: the token is the permission.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.consent.by_token_hash", level = "debug", skip_all)]
    pub async fn by_token_hash(&self, token_hash: &[u8; 32]) -> Result<Option<Consent>, StoreError> {
        let found = Entity::find().filter(Column::TokenHash.eq(token_hash.to_vec()));
        found.one(&self.store.reader).await?.map(consent_of).transpose()
    }

    /// Consents of a workspace's group, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.consent.of_group", level = "debug", skip_all, fields(group.id = %group_id))]
    pub async fn of_group(
        &self,
        workspace_id: WorkspaceId,
        group_id: AvatarGroupId,
        limit: u64,
    ) -> Result<Vec<Consent>, StoreError> {
        let mine = Entity::find()
            .filter(Column::WorkspaceId.eq(workspace_id.as_uuid()))
            .filter(Column::GroupId.eq(group_id.as_uuid()))
            .order_by_desc(Column::CreatedAt)
            .order_by_desc(Column::Id)
            .limit(limit);
        mine.all(&self.store.reader).await?.into_iter().map(consent_of).collect()
    }

    /// The groups whose consent this asset is.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.consent.groups_of_video", level = "debug", skip_all, fields(asset.id = %video))]
    pub async fn groups_of_video(&self, video: AssetId) -> Result<Vec<AvatarGroupId>, StoreError> {
        let found = Entity::find().filter(Column::VideoId.eq(video.as_uuid()));
        let found = found.all(&self.store.reader).await?;
        Ok(found.into_iter().map(|row| AvatarGroupId::from_uuid(row.group_id)).collect())
    }

    /// Stores that somebody agreed on a page, unless somebody did before; tells whether it was stored.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.consent.agree", level = "debug", skip_all, fields(consent.id = %id))]
    pub async fn agree(&self, id: ConsentId, agreement: &Agreement) -> Result<bool, StoreError> {
        let agreed = Entity::update_many()
            .set(ActiveModel {
                name: Set(Some(agreement.name.clone())),
                address: Set(agreement.address.map(|address| address.to_string())),
                forwarded_for: Set(agreement.forwarded_for.clone()),
                agreed_at: Set(Some(instant(agreement.agreed_at))),
                ..Default::default()
            })
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::TokenHash.is_not_null())
            .filter(Column::AgreedAt.is_null())
            .exec(&self.store.writer)
            .await?;
        Ok(agreed.rows_affected > 0)
    }

    /// How it stands with the consents of groups; those that were never asked are left out.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.consent.statuses_of", level = "debug", skip_all)]
    pub async fn statuses_of(
        &self,
        groups: &[AvatarGroupId],
    ) -> Result<HashMap<AvatarGroupId, ConsentStatus>, StoreError> {
        let ids: Vec<Uuid> = groups.iter().map(AvatarGroupId::as_uuid).collect();
        let found = self.statuses(&ids).await?;
        Ok(found.into_iter().map(|(id, status)| (AvatarGroupId::from_uuid(id), status)).collect())
    }

    /// How it stands with the consents of groups; those that were never asked are left out.
    pub(crate) async fn statuses(&self, groups: &[Uuid]) -> Result<HashMap<Uuid, ConsentStatus>, StoreError> {
        let counts: Vec<(Uuid, i64, i64)> = Entity::find()
            .select_only()
            .column(Column::GroupId)
            .column_as(Column::AgreedAt.count(), "agreed")
            .column_as(Column::VideoId.count(), "videos")
            .filter(Column::GroupId.is_in(groups.iter().copied()))
            .group_by(Column::GroupId)
            .into_tuple()
            .all(&self.store.reader)
            .await?;
        let status = |agreed, videos| match (agreed, videos) {
            (0, 0) => ConsentStatus::Pending,
            _ => ConsentStatus::Approved,
        };
        Ok(counts.into_iter().map(|(group, agreed, videos)| (group, status(agreed, videos))).collect())
    }
}

fn row_of(consent: &Consent) -> ActiveModel {
    let (page, video) = match &consent.means {
        ConsentMeans::Page(page) => (Some(page), None),
        ConsentMeans::Video(id) => (None, Some(id.as_uuid())),
    };
    let agreement = page.and_then(|page| page.agreement.as_ref());
    ActiveModel {
        id: Set(consent.id.as_uuid()),
        workspace_id: Set(consent.workspace_id.as_uuid()),
        group_id: Set(consent.group_id.as_uuid()),
        text: Set(consent.text.clone()),
        token_hash: Set(page.map(|page| page.token_hash.to_vec())),
        expires_at: Set(page.map(|page| instant(page.expires_at))),
        reroute_url: Set(page.and_then(|page| page.reroute_url.clone())),
        video_id: Set(video),
        name: Set(agreement.map(|agreement| agreement.name.clone())),
        address: Set(agreement.and_then(|agreement| agreement.address).map(|address| address.to_string())),
        forwarded_for: Set(agreement.and_then(|agreement| agreement.forwarded_for.clone())),
        agreed_at: Set(agreement.map(|agreement| instant(agreement.agreed_at))),
        created_at: Set(instant(consent.created_at)),
    }
}

fn consent_of(row: Model) -> Result<Consent, StoreError> {
    let place = Place { table: "consents", row: row.id };
    let means = match (row.video_id, row.token_hash, row.expires_at) {
        (Some(id), None, None) => ConsentMeans::Video(AssetId::from_uuid(id)),
        (None, Some(token_hash), Some(expires_at)) => {
            let agreement = match (row.name, row.agreed_at) {
                (Some(name), Some(agreed_at)) => {
                    let address = row.address.map(|address| address.parse()).transpose();
                    let address = address.map_err(place.unreadable("address"))?;
                    Some(Agreement { name, address, forwarded_for: row.forwarded_for, agreed_at })
                }
                (None, None) => None,
                _ => return Err(place.inconsistent("agreed_at")),
            };
            let token_hash = place.hash("token_hash", &token_hash)?.0;
            ConsentMeans::Page(ConsentPage {
                token_hash,
                expires_at,
                reroute_url: row.reroute_url,
                agreement,
            })
        }
        _ => return Err(place.inconsistent("token_hash")),
    };
    Ok(Consent {
        id: ConsentId::from_uuid(row.id),
        workspace_id: WorkspaceId::from_uuid(row.workspace_id),
        group_id: AvatarGroupId::from_uuid(row.group_id),
        text: row.text,
        means,
        created_at: row.created_at,
    })
}
