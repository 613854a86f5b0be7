//! Videos and how far they have come.

use sea_orm_migration::schema::{
    double, double_null, json_binary, json_binary_null, pk_uuid, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};
use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::{ForeignKey, Index, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Videos::Table)
            .col(pk_uuid(Videos::Id))
            .col(uuid(Videos::WorkspaceId))
            .col(text_null(Videos::Title))
            .col(text_null(Videos::TitleFolded))
            .col(json_binary(Videos::Spec))
            .col(text(Videos::Status))
            .col(timestamp_with_time_zone_null(Videos::StartedAt))
            .col(timestamp_with_time_zone_null(Videos::FinishedAt))
            .col(double_null(Videos::DurationS))
            .col(json_binary_null(Videos::Output))
            .col(text_null(Videos::FailureCode))
            .col(text_null(Videos::FailureMessage))
            .col(double(Videos::Progress))
            .col(timestamp_with_time_zone(Videos::CreatedAt))
            .foreign_key(
                ForeignKey::create()
                    .from(Videos::Table, Videos::WorkspaceId)
                    .to(Workspaces::Table, Workspaces::Id),
            )
            .take();
        manager.create_table(table).await?;
        let newest_first = Index::create()
            .name("videos_newest_first")
            .table(Videos::Table)
            .col(Videos::WorkspaceId)
            .col(Videos::CreatedAt)
            .col(Videos::Id)
            .take();
        manager.create_index(newest_first).await?;
        let by_status = Index::create()
            .name("videos_by_status")
            .table(Videos::Table)
            .col(Videos::Status)
            .col(Videos::CreatedAt)
            .take();
        manager.create_index(by_status).await
    }
}

#[derive(DeriveIden)]
enum Videos {
    Table,
    Id,
    WorkspaceId,
    Title,
    TitleFolded,
    Spec,
    Status,
    StartedAt,
    FinishedAt,
    DurationS,
    Output,
    FailureCode,
    FailureMessage,
    Progress,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Workspaces {
    Table,
    Id,
}
