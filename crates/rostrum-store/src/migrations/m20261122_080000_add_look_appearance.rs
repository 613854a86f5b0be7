//! What drawn people are drawn from.

use sea_orm_migration::schema::json_binary_null;
use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::Table;
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column =
            Table::alter().table(Looks::Table).add_column(json_binary_null(Looks::Appearance)).take();
        manager.alter_table(column).await
    }
}

#[derive(DeriveIden)]
enum Looks {
    Table,
    Appearance,
}
