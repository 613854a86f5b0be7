//! Uploaded files.

use sea_orm_migration::schema::{big_integer, blob, pk_uuid, text, timestamp_with_time_zone, uuid};
use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::{ForeignKey, Index, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Assets::Table)
            .col(pk_uuid(Assets::Id))
            .col(uuid(Assets::WorkspaceId))
            .col(text(Assets::Name))
            .col(text(Assets::MediaType))
            .col(big_integer(Assets::SizeBytes))
            .col(blob(Assets::ContentHash))
            .col(timestamp_with_time_zone(Assets::CreatedAt))
            .foreign_key(
                ForeignKey::create()
                    .from(Assets::Table, Assets::WorkspaceId)
                    .to(Workspaces::Table, Workspaces::Id),
            )
            .take();
        manager.create_table(table).await?;
        let newest_first = Index::create()
            .name("assets_newest_first")
            .table(Assets::Table)
            .col(Assets::WorkspaceId)
            .col(Assets::CreatedAt)
            .col(Assets::Id)
            .take();
        manager.create_index(newest_first).await?;
        let by_content =
            Index::create().name("assets_by_content").table(Assets::Table).col(Assets::ContentHash).take();
        manager.create_index(by_content).await
    }
}

#[derive(DeriveIden)]
enum Assets {
    Table,
    Id,
    WorkspaceId,
    Name,
    MediaType,
    SizeBytes,
    ContentHash,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Workspaces {
    Table,
    Id,
}
