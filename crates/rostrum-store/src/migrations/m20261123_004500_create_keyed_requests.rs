//! Requests that carry an `Idempotency-Key`, with their answers.

use sea_orm_migration::schema::{
    binary_null, blob, boolean, small_integer_null, text, text_null, timestamp_with_time_zone, uuid,
};
use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::{ForeignKey, Index, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let requests = Table::create()
            .table(KeyedRequests::Table)
            .col(blob(KeyedRequests::Id).primary_key())
            .col(uuid(KeyedRequests::WorkspaceId))
            .col(text(KeyedRequests::Operation))
            .col(blob(KeyedRequests::Seed))
            .col(binary_null(KeyedRequests::BodyHash))
            .col(boolean(KeyedRequests::IsRunning))
            .col(small_integer_null(KeyedRequests::Status))
            .col(text_null(KeyedRequests::ContentType))
            .col(binary_null(KeyedRequests::Body))
            .col(timestamp_with_time_zone(KeyedRequests::CreatedAt))
            .foreign_key(
                ForeignKey::create()
                    .from(KeyedRequests::Table, KeyedRequests::WorkspaceId)
                    .to(Workspaces::Table, Workspaces::Id),
            )
            .take();
        manager.create_table(requests).await?;
        let by_age = Index::create()
            .name("keyed_requests_by_age")
            .table(KeyedRequests::Table)
            .col(KeyedRequests::CreatedAt)
            .take();
        manager.create_index(by_age).await
    }
}

#[derive(DeriveIden)]
enum KeyedRequests {
    Table,
    Id,
    WorkspaceId,
    Operation,
    Seed,
    BodyHash,
    IsRunning,
    Status,
    ContentType,
    Body,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Workspaces {
    Table,
    Id,
}
