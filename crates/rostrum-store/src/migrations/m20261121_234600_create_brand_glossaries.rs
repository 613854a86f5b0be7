//! Brand glossaries.

use sea_orm_migration::schema::{json_binary, pk_uuid, text, timestamp_with_time_zone, uuid};
use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::{ForeignKey, Index, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let glossaries = Table::create()
            .table(BrandGlossaries::Table)
            .col(pk_uuid(BrandGlossaries::Id))
            .col(uuid(BrandGlossaries::WorkspaceId))
            .col(text(BrandGlossaries::Name))
            .col(text(BrandGlossaries::NameFolded))
            .col(json_binary(BrandGlossaries::Content))
            .col(timestamp_with_time_zone(BrandGlossaries::CreatedAt))
            .col(timestamp_with_time_zone(BrandGlossaries::UpdatedAt))
            .foreign_key(
                ForeignKey::create()
                    .from(BrandGlossaries::Table, BrandGlossaries::WorkspaceId)
                    .to(Workspaces::Table, Workspaces::Id),
            )
            .take();
        manager.create_table(glossaries).await?;
        let newest_first = Index::create()
            .name("brand_glossaries_newest_first")
            .table(BrandGlossaries::Table)
            .col(BrandGlossaries::WorkspaceId)
            .col(BrandGlossaries::CreatedAt)
            .col(BrandGlossaries::Id)
            .take();
        manager.create_index(newest_first).await?;
        let one_name = Index::create()
            .name("brand_glossaries_one_of_each_name")
            .table(BrandGlossaries::Table)
            .col(BrandGlossaries::WorkspaceId)
            .col(BrandGlossaries::NameFolded)
            .unique()
            .take();
        manager.create_index(one_name).await
    }
}

#[derive(DeriveIden)]
enum BrandGlossaries {
    Table,
    Id,
    WorkspaceId,
    Name,
    NameFolded,
    Content,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum Workspaces {
    Table,
    Id,
}
