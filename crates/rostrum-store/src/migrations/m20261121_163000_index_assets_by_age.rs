//! To find old assets of all workspaces.

use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::Index;
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let by_age = Index::create()
            .name("assets_by_age")
            .table(Assets::Table)
            .col(Assets::CreatedAt)
            .col(Assets::Id)
            .take();
        manager.create_index(by_age).await
    }
}

#[derive(DeriveIden)]
enum Assets {
    Table,
    CreatedAt,
    Id,
}
