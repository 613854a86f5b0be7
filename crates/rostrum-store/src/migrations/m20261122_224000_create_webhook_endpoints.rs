//! Endpoints of webhooks, which events they were told of, and what they answered.

use sea_orm_migration::schema::{
    boolean, json_binary_null, pk_uuid, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};
use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::{ForeignKey, Index, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let endpoints = Table::create()
            .table(WebhookEndpoints::Table)
            .col(pk_uuid(WebhookEndpoints::Id))
            .col(uuid(WebhookEndpoints::WorkspaceId))
            .col(text(WebhookEndpoints::Url))
            .col(text(WebhookEndpoints::Origin))
            .col(json_binary_null(WebhookEndpoints::Events))
            .col(text_null(WebhookEndpoints::EntityId))
            .col(text(WebhookEndpoints::Secret))
            .col(text_null(WebhookEndpoints::PreviousSecret))
            .col(timestamp_with_time_zone_null(WebhookEndpoints::PreviousUntil))
            .col(boolean(WebhookEndpoints::IsEnabled))
            .col(timestamp_with_time_zone_null(WebhookEndpoints::FailingSince))
            .col(timestamp_with_time_zone(WebhookEndpoints::CreatedAt))
            .foreign_key(
                ForeignKey::create()
                    .from(WebhookEndpoints::Table, WebhookEndpoints::WorkspaceId)
                    .to(Workspaces::Table, Workspaces::Id),
            )
            .take();
        manager.create_table(endpoints).await?;
        let newest_first = Index::create()
            .name("webhook_endpoints_newest_first")
            .table(WebhookEndpoints::Table)
            .col(WebhookEndpoints::WorkspaceId)
            .col(WebhookEndpoints::CreatedAt)
            .col(WebhookEndpoints::Id)
            .take();
        manager.create_index(newest_first).await?;
        // SQLite adds one column at a time.
        for mut column in [text_null(Events::EntityId).take(), boolean(Events::IsTold).default(false).take()]
        {
            let alter = Table::alter().table(Events::Table).add_column(&mut column).take();
            manager.alter_table(alter).await?;
        }
        let untold = Index::create()
            .name("events_untold")
            .table(Events::Table)
            .col(Events::IsTold)
            .col(Events::CreatedAt)
            .take();
        manager.create_index(untold).await?;
        for mut column in
            [uuid_null(Deliveries::EndpointId).take(), json_binary_null(Deliveries::LastAnswer).take()]
        {
            let alter = Table::alter().table(Deliveries::Table).add_column(&mut column).take();
            manager.alter_table(alter).await?;
        }
        let by_event = Index::create()
            .name("deliveries_by_event")
            .table(Deliveries::Table)
            .col(Deliveries::EventId)
            .take();
        manager.create_index(by_event).await
    }
}

#[derive(DeriveIden)]
enum WebhookEndpoints {
    Table,
    Id,
    WorkspaceId,
    Url,
    Origin,
    Events,
    EntityId,
    Secret,
    PreviousSecret,
    PreviousUntil,
    IsEnabled,
    FailingSince,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Events {
    Table,
    CreatedAt,
    EntityId,
    IsTold,
}

#[derive(DeriveIden)]
enum Deliveries {
    Table,
    EventId,
    EndpointId,
    LastAnswer,
}

#[derive(DeriveIden)]
enum Workspaces {
    Table,
    Id,
}
