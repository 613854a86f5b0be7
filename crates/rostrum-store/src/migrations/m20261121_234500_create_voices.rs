//! Voices that workspaces made for themselves.

use sea_orm_migration::schema::{
    json_binary, pk_uuid, string, text, text_null, timestamp_with_time_zone, uuid,
};
use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::{ForeignKey, Index, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let voices = Table::create()
            .table(Voices::Table)
            .col(pk_uuid(Voices::Id))
            .col(uuid(Voices::WorkspaceId))
            .col(text(Voices::Name))
            .col(string(Voices::Gender))
            .col(text(Voices::Language))
            .col(text(Voices::LanguageFolded))
            .col(text(Voices::Locale))
            .col(json_binary(Voices::Source))
            .col(text(Voices::Engine))
            .col(text_null(Voices::BlendKey))
            .col(string(Voices::Status))
            .col(text_null(Voices::FailureMessage))
            .col(timestamp_with_time_zone(Voices::CreatedAt))
            .foreign_key(
                ForeignKey::create()
                    .from(Voices::Table, Voices::WorkspaceId)
                    .to(Workspaces::Table, Workspaces::Id),
            )
            .take();
        manager.create_table(voices).await?;
        let newest_first = Index::create()
            .name("voices_newest_first")
            .table(Voices::Table)
            .col(Voices::WorkspaceId)
            .col(Voices::CreatedAt)
            .col(Voices::Id)
            .take();
        manager.create_index(newest_first).await?;
        let one_blend = Index::create()
            .name("voices_one_of_each_blend")
            .table(Voices::Table)
            .col(Voices::WorkspaceId)
            .col(Voices::BlendKey)
            .unique()
            .take();
        manager.create_index(one_blend).await
    }
}

#[derive(DeriveIden)]
enum Voices {
    Table,
    Id,
    WorkspaceId,
    Name,
    Gender,
    Language,
    LanguageFolded,
    Locale,
    Source,
    Engine,
    BlendKey,
    Status,
    FailureMessage,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Workspaces {
    Table,
    Id,
}
