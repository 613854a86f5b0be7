//! Tenants.

use sea_orm_migration::schema::{pk_uuid, text, timestamp_with_time_zone};
use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::Table;
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Workspaces::Table)
            .col(pk_uuid(Workspaces::Id))
            .col(text(Workspaces::Name))
            .col(timestamp_with_time_zone(Workspaces::CreatedAt))
            .take();
        manager.create_table(table).await
    }
}

#[derive(DeriveIden)]
enum Workspaces {
    Table,
    Id,
    Name,
    CreatedAt,
}
