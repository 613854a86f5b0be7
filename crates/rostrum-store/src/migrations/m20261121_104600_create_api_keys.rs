//! Keys that let callers in.

use sea_orm_migration::schema::{
    blob, pk_uuid, text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};
use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::{ForeignKey, Index, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(ApiKeys::Table)
            .col(pk_uuid(ApiKeys::Id))
            .col(uuid(ApiKeys::WorkspaceId))
            .col(blob(ApiKeys::KeyHash).unique_key())
            .col(text(ApiKeys::Label))
            .col(timestamp_with_time_zone(ApiKeys::CreatedAt))
            .col(timestamp_with_time_zone_null(ApiKeys::RevokedAt))
            .col(timestamp_with_time_zone_null(ApiKeys::LastUsedAt))
            .foreign_key(
                ForeignKey::create()
                    .from(ApiKeys::Table, ApiKeys::WorkspaceId)
                    .to(Workspaces::Table, Workspaces::Id),
            )
            .take();
        manager.create_table(table).await?;
        let by_workspace = Index::create()
            .name("api_keys_by_workspace")
            .table(ApiKeys::Table)
            .col(ApiKeys::WorkspaceId)
            .take();
        manager.create_index(by_workspace).await
    }
}

#[derive(DeriveIden)]
enum ApiKeys {
    Table,
    Id,
    WorkspaceId,
    KeyHash,
    Label,
    CreatedAt,
    RevokedAt,
    LastUsedAt,
}

#[derive(DeriveIden)]
enum Workspaces {
    Table,
    Id,
}
