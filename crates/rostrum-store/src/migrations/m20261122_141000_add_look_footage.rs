//! Looks made of footage.

use sea_orm_migration::schema::{big_integer_null, text_null};
use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::{Index, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for mut column in [
            big_integer_null(Looks::FootageMs).take(),
            text_null(Looks::StudyStatus).take(),
            text_null(Looks::FailureCode).take(),
            text_null(Looks::FailureMessage).take(),
        ] {
            let alter = Table::alter().table(Looks::Table).add_column(&mut column).take();
            manager.alter_table(alter).await?;
        }
        let by_study =
            Index::create().name("looks_by_study").table(Looks::Table).col(Looks::StudyStatus).take();
        manager.create_index(by_study).await
    }
}

#[derive(DeriveIden)]
enum Looks {
    Table,
    FootageMs,
    StudyStatus,
    FailureCode,
    FailureMessage,
}
