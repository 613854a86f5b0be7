//! Consents of people to being made avatars of.

use sea_orm_migration::schema::{
    blob_null, pk_uuid, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
    uuid_null,
};
use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::{ForeignKey, ForeignKeyAction, Index, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Consents::Table)
            .col(pk_uuid(Consents::Id))
            .col(uuid(Consents::WorkspaceId))
            .col(uuid(Consents::GroupId))
            .col(text(Consents::Text))
            .col(blob_null(Consents::TokenHash).unique_key())
            .col(timestamp_with_time_zone_null(Consents::ExpiresAt))
            .col(text_null(Consents::RerouteUrl))
            .col(uuid_null(Consents::VideoId))
            .col(text_null(Consents::Name))
            .col(text_null(Consents::Address))
            .col(text_null(Consents::ForwardedFor))
            .col(timestamp_with_time_zone_null(Consents::AgreedAt))
            .col(timestamp_with_time_zone(Consents::CreatedAt))
            .foreign_key(
                ForeignKey::create()
                    .from(Consents::Table, Consents::GroupId)
                    .to(AvatarGroups::Table, AvatarGroups::Id)
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .foreign_key(
                ForeignKey::create().from(Consents::Table, Consents::VideoId).to(Assets::Table, Assets::Id),
            )
            .take();
        manager.create_table(table).await?;
        let of_a_group = Index::create()
            .name("consents_of_a_group")
            .table(Consents::Table)
            .col(Consents::GroupId)
            .col(Consents::CreatedAt)
            .col(Consents::Id)
            .take();
        manager.create_index(of_a_group).await?;
        let of_a_video =
            Index::create().name("consents_of_a_video").table(Consents::Table).col(Consents::VideoId).take();
        manager.create_index(of_a_video).await
    }
}

#[derive(DeriveIden)]
enum Consents {
    Table,
    Id,
    WorkspaceId,
    GroupId,
    Text,
    TokenHash,
    ExpiresAt,
    RerouteUrl,
    VideoId,
    Name,
    Address,
    ForwardedFor,
    AgreedAt,
    CreatedAt,
}

#[derive(DeriveIden)]
enum AvatarGroups {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum Assets {
    Table,
    Id,
}
