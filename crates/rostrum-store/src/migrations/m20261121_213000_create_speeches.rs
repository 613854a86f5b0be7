//! Texts that were spoken into files of their own.

use sea_orm_migration::schema::{blob, pk_uuid, timestamp_with_time_zone, uuid};
use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::{ForeignKey, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let speeches = Table::create()
            .table(Speeches::Table)
            .col(pk_uuid(Speeches::Id))
            .col(uuid(Speeches::WorkspaceId))
            .col(blob(Speeches::Spoken))
            .col(timestamp_with_time_zone(Speeches::CreatedAt))
            .foreign_key(
                ForeignKey::create()
                    .from(Speeches::Table, Speeches::WorkspaceId)
                    .to(Workspaces::Table, Workspaces::Id),
            )
            .take();
        manager.create_table(speeches).await
    }
}

#[derive(DeriveIden)]
enum Speeches {
    Table,
    Id,
    WorkspaceId,
    Spoken,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Workspaces {
    Table,
    Id,
}
