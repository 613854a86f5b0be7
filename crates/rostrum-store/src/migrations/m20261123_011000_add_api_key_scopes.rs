//! What keys may do, and until when.

use sea_orm_migration::schema::{text, timestamp_with_time_zone_null};
use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::Table;
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let scopes = text(ApiKeys::Scopes).default("everything").take();
        manager.alter_table(Table::alter().table(ApiKeys::Table).add_column(scopes).take()).await?;
        let expires_at = timestamp_with_time_zone_null(ApiKeys::ExpiresAt);
        manager.alter_table(Table::alter().table(ApiKeys::Table).add_column(expires_at).take()).await
    }
}

#[derive(DeriveIden)]
enum ApiKeys {
    Table,
    Scopes,
    ExpiresAt,
}
