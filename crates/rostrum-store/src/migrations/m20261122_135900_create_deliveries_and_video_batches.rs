//! Whom to tell of a video's end, deliveries of events, and videos asked for together.

use sea_orm_migration::schema::{
    integer, json_binary, json_binary_null, pk_uuid, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};
use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::{ForeignKey, ForeignKeyAction, Index, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for mut column in [
            uuid_null(Videos::FolderId).take(),
            json_binary_null(Videos::Callback).take(),
            timestamp_with_time_zone_null(Videos::ProgressedAt).take(),
        ] {
            let alter = Table::alter().table(Videos::Table).add_column(&mut column).take();
            manager.alter_table(alter).await?;
        }
        create_deliveries(manager).await?;
        create_batches(manager).await
    }
}

async fn create_deliveries(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let deliveries = Table::create()
        .table(Deliveries::Table)
        .col(pk_uuid(Deliveries::Id))
        .col(uuid(Deliveries::WorkspaceId))
        .col(uuid(Deliveries::EventId))
        .col(text(Deliveries::Url))
        .col(text(Deliveries::Origin))
        .col(integer(Deliveries::Attempts))
        .col(text(Deliveries::Status))
        .col(timestamp_with_time_zone_null(Deliveries::DueAt))
        .col(timestamp_with_time_zone_null(Deliveries::EndedAt))
        .col(text_null(Deliveries::LastFault))
        .col(timestamp_with_time_zone(Deliveries::CreatedAt))
        .foreign_key(
            ForeignKey::create().from(Deliveries::Table, Deliveries::EventId).to(Events::Table, Events::Id),
        )
        .take();
    manager.create_table(deliveries).await?;
    let due = Index::create()
        .name("deliveries_due")
        .table(Deliveries::Table)
        .col(Deliveries::Status)
        .col(Deliveries::DueAt)
        .take();
    manager.create_index(due).await
}

async fn create_batches(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let batches = Table::create()
        .table(VideoBatches::Table)
        .col(pk_uuid(VideoBatches::Id))
        .col(uuid(VideoBatches::WorkspaceId))
        .col(text_null(VideoBatches::Title))
        .col(uuid_null(VideoBatches::FolderId))
        .col(json_binary(VideoBatches::Callback))
        .col(timestamp_with_time_zone_null(VideoBatches::FinishedAt))
        .col(timestamp_with_time_zone(VideoBatches::CreatedAt))
        .foreign_key(
            ForeignKey::create()
                .from(VideoBatches::Table, VideoBatches::WorkspaceId)
                .to(Workspaces::Table, Workspaces::Id),
        )
        .take();
    manager.create_table(batches).await?;
    let unfinished = Index::create()
        .name("video_batches_unfinished")
        .table(VideoBatches::Table)
        .col(VideoBatches::FinishedAt)
        .col(VideoBatches::CreatedAt)
        .take();
    manager.create_index(unfinished).await?;
    let items = Table::create()
        .table(VideoBatchItems::Table)
        .col(uuid(VideoBatchItems::BatchId))
        .col(integer(VideoBatchItems::ItemIndex))
        .col(text(VideoBatchItems::Body))
        .col(uuid(VideoBatchItems::VideoId))
        .col(text(VideoBatchItems::Outcome))
        .col(json_binary_null(VideoBatchItems::Fault))
        .primary_key(Index::create().col(VideoBatchItems::BatchId).col(VideoBatchItems::ItemIndex))
        .foreign_key(
            ForeignKey::create()
                .from(VideoBatchItems::Table, VideoBatchItems::BatchId)
                .to(VideoBatches::Table, VideoBatches::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take();
    manager.create_table(items).await
}

#[derive(DeriveIden)]
enum Videos {
    Table,
    FolderId,
    Callback,
    ProgressedAt,
}

#[derive(DeriveIden)]
enum Deliveries {
    Table,
    Id,
    WorkspaceId,
    EventId,
    Url,
    Origin,
    Attempts,
    Status,
    DueAt,
    EndedAt,
    LastFault,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Events {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum VideoBatches {
    Table,
    Id,
    WorkspaceId,
    Title,
    FolderId,
    Callback,
    FinishedAt,
    CreatedAt,
}

#[derive(DeriveIden)]
enum VideoBatchItems {
    Table,
    BatchId,
    ItemIndex,
    Body,
    VideoId,
    Outcome,
    Fault,
}

#[derive(DeriveIden)]
enum Workspaces {
    Table,
    Id,
}
