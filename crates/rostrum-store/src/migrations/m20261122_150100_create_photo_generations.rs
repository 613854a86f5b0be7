//! Pictures of people made from a description.

use sea_orm_migration::schema::{
    big_integer, json_binary, json_binary_null, pk_uuid, text, text_null, timestamp_with_time_zone, uuid,
};
use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::{ForeignKey, ForeignKeyAction, Index, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let generations = Table::create()
            .table(PhotoGenerations::Table)
            .col(pk_uuid(PhotoGenerations::Id))
            .col(uuid(PhotoGenerations::WorkspaceId))
            .col(json_binary(PhotoGenerations::Brief))
            .col(big_integer(PhotoGenerations::Seed))
            .col(json_binary(PhotoGenerations::Pictures))
            .col(text(PhotoGenerations::Status))
            .col(text_null(PhotoGenerations::Message))
            .col(timestamp_with_time_zone(PhotoGenerations::CreatedAt))
            .foreign_key(
                ForeignKey::create()
                    .from(PhotoGenerations::Table, PhotoGenerations::WorkspaceId)
                    .to(Workspaces::Table, Workspaces::Id),
            )
            .take();
        manager.create_table(generations).await?;
        let by_status = Index::create()
            .name("photo_generations_by_status")
            .table(PhotoGenerations::Table)
            .col(PhotoGenerations::Status)
            .col(PhotoGenerations::CreatedAt)
            .take();
        manager.create_index(by_status).await?;
        let pictures = Table::create()
            .table(GeneratedPictures::Table)
            .col(pk_uuid(GeneratedPictures::AssetId))
            .col(uuid(GeneratedPictures::WorkspaceId))
            .col(json_binary_null(GeneratedPictures::Appearance))
            .foreign_key(
                ForeignKey::create()
                    .from(GeneratedPictures::Table, GeneratedPictures::AssetId)
                    .to(Assets::Table, Assets::Id)
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .take();
        manager.create_table(pictures).await
    }
}

#[derive(DeriveIden)]
enum PhotoGenerations {
    Table,
    Id,
    WorkspaceId,
    Brief,
    Seed,
    Pictures,
    Status,
    Message,
    CreatedAt,
}

#[derive(DeriveIden)]
enum GeneratedPictures {
    Table,
    AssetId,
    WorkspaceId,
    Appearance,
}

#[derive(DeriveIden)]
enum Workspaces {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum Assets {
    Table,
    Id,
}
