//! What looking into assets' files found, and events.

use sea_orm_migration::schema::{
    json_binary, json_binary_null, pk_uuid, text, text_null, timestamp_with_time_zone, uuid,
};
use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::{ForeignKey, Index, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Assets that are there already are looked into after the next start. SQLite adds one column at a time.
        for mut column in [
            text(Assets::ProcessingStatus).default("pending").take(),
            json_binary_null(Assets::MediaFacts).take(),
            text_null(Assets::FailureCode).take(),
            text_null(Assets::FailureMessage).take(),
        ] {
            let alter = Table::alter().table(Assets::Table).add_column(&mut column).take();
            manager.alter_table(alter).await?;
        }
        let by_processing = Index::create()
            .name("assets_by_processing")
            .table(Assets::Table)
            .col(Assets::ProcessingStatus)
            .col(Assets::CreatedAt)
            .take();
        manager.create_index(by_processing).await?;

        let events = Table::create()
            .table(Events::Table)
            .col(pk_uuid(Events::Id))
            .col(uuid(Events::WorkspaceId))
            .col(text(Events::EventType))
            .col(json_binary(Events::Payload))
            .col(timestamp_with_time_zone(Events::CreatedAt))
            .foreign_key(
                ForeignKey::create()
                    .from(Events::Table, Events::WorkspaceId)
                    .to(Workspaces::Table, Workspaces::Id),
            )
            .take();
        manager.create_table(events).await?;
        let newest_first = Index::create()
            .name("events_newest_first")
            .table(Events::Table)
            .col(Events::WorkspaceId)
            .col(Events::CreatedAt)
            .col(Events::Id)
            .take();
        manager.create_index(newest_first).await?;
        let by_type = Index::create()
            .name("events_by_type")
            .table(Events::Table)
            .col(Events::WorkspaceId)
            .col(Events::EventType)
            .col(Events::CreatedAt)
            .col(Events::Id)
            .take();
        manager.create_index(by_type).await
    }
}

#[derive(DeriveIden)]
enum Assets {
    Table,
    ProcessingStatus,
    MediaFacts,
    FailureCode,
    FailureMessage,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Events {
    Table,
    Id,
    WorkspaceId,
    EventType,
    Payload,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Workspaces {
    Table,
    Id,
}
