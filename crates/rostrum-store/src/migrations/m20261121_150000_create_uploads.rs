//! Files announced before they are sent, alone or in batches, and the keys that sign their URLs.

use sea_orm_migration::schema::{
    big_integer_null, blob, blob_null, integer_null, pk_uuid, text, text_null, timestamp_with_time_zone,
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
        let batches = Table::create()
            .table(UploadBatches::Table)
            .col(pk_uuid(UploadBatches::Id))
            .col(uuid(UploadBatches::WorkspaceId))
            .col(text_null(UploadBatches::Title))
            .col(timestamp_with_time_zone_null(UploadBatches::CompletionAskedAt))
            .col(timestamp_with_time_zone(UploadBatches::CreatedAt))
            .foreign_key(
                ForeignKey::create()
                    .from(UploadBatches::Table, UploadBatches::WorkspaceId)
                    .to(Workspaces::Table, Workspaces::Id),
            )
            .take();
        manager.create_table(batches).await?;
        let uploads = Table::create()
            .table(Uploads::Table)
            .col(pk_uuid(Uploads::Id))
            .col(uuid(Uploads::WorkspaceId))
            .col(uuid_null(Uploads::BatchId))
            .col(integer_null(Uploads::BatchIndex))
            .col(text(Uploads::Name))
            .col(text(Uploads::MediaType))
            .col(big_integer_null(Uploads::SizeBytes))
            .col(blob_null(Uploads::Checksum))
            .col(text(Uploads::Status))
            .col(blob_null(Uploads::ContentHash))
            .col(big_integer_null(Uploads::ReceivedBytes))
            .col(text_null(Uploads::FailureCode))
            .col(text_null(Uploads::FailureMessage))
            .col(timestamp_with_time_zone(Uploads::CreatedAt))
            .col(timestamp_with_time_zone(Uploads::ExpiresAt))
            .foreign_key(
                ForeignKey::create()
                    .from(Uploads::Table, Uploads::WorkspaceId)
                    .to(Workspaces::Table, Workspaces::Id),
            )
            .foreign_key(
                ForeignKey::create()
                    .from(Uploads::Table, Uploads::BatchId)
                    .to(UploadBatches::Table, UploadBatches::Id),
            )
            .take();
        manager.create_table(uploads).await?;
        let of_batch = Index::create()
            .name("uploads_of_batch")
            .table(Uploads::Table)
            .col(Uploads::BatchId)
            .col(Uploads::BatchIndex)
            .take();
        manager.create_index(of_batch).await?;
        let by_expiry = Index::create()
            .name("uploads_by_expiry")
            .table(Uploads::Table)
            .col(Uploads::Status)
            .col(Uploads::ExpiresAt)
            .take();
        manager.create_index(by_expiry).await?;
        let by_content =
            Index::create().name("uploads_by_content").table(Uploads::Table).col(Uploads::ContentHash).take();
        manager.create_index(by_content).await?;
        let keys = Table::create()
            .table(SigningKeys::Table)
            .col(pk_uuid(SigningKeys::Id))
            .col(blob(SigningKeys::Secret))
            .col(timestamp_with_time_zone(SigningKeys::CreatedAt))
            .take();
        manager.create_table(keys).await
    }
}

#[derive(DeriveIden)]
enum UploadBatches {
    Table,
    Id,
    WorkspaceId,
    Title,
    CompletionAskedAt,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Uploads {
    Table,
    Id,
    WorkspaceId,
    BatchId,
    BatchIndex,
    Name,
    MediaType,
    SizeBytes,
    Checksum,
    Status,
    ContentHash,
    ReceivedBytes,
    FailureCode,
    FailureMessage,
    CreatedAt,
    ExpiresAt,
}

#[derive(DeriveIden)]
enum SigningKeys {
    Table,
    Id,
    Secret,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Workspaces {
    Table,
    Id,
}
