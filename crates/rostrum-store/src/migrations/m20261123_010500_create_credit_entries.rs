//! The ledger of credits.

use sea_orm_migration::schema::{big_integer, boolean, pk_uuid, text, timestamp_with_time_zone, uuid};
use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::{ForeignKey, Index, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let entries = Table::create()
            .table(CreditEntries::Table)
            .col(pk_uuid(CreditEntries::Id))
            .col(uuid(CreditEntries::WorkspaceId))
            .col(text(CreditEntries::Kind))
            .col(text(CreditEntries::Subject))
            .col(big_integer(CreditEntries::Amount))
            .col(big_integer(CreditEntries::PriceFixed))
            .col(big_integer(CreditEntries::PricePerS))
            .col(boolean(CreditEntries::IsOpen))
            .col(timestamp_with_time_zone(CreditEntries::CreatedAt))
            .foreign_key(
                ForeignKey::create()
                    .from(CreditEntries::Table, CreditEntries::WorkspaceId)
                    .to(Workspaces::Table, Workspaces::Id),
            )
            .take();
        manager.create_table(entries).await?;
        let once = Index::create()
            .name("credit_entries_once")
            .table(CreditEntries::Table)
            .col(CreditEntries::Subject)
            .col(CreditEntries::Kind)
            .unique()
            .take();
        manager.create_index(once).await?;
        let newest_first = Index::create()
            .name("credit_entries_newest_first")
            .table(CreditEntries::Table)
            .col(CreditEntries::WorkspaceId)
            .col(CreditEntries::CreatedAt)
            .col(CreditEntries::Id)
            .take();
        manager.create_index(newest_first).await?;
        let open = Index::create()
            .name("credit_entries_open")
            .table(CreditEntries::Table)
            .col(CreditEntries::IsOpen)
            .col(CreditEntries::CreatedAt)
            .take();
        manager.create_index(open).await?;
        // SQLite adds one column at a time.
        for mut column in [
            big_integer(Workspaces::CreditBalance).default(0).take(),
            boolean(Workspaces::IsLimited).default(false).take(),
        ] {
            let alter = Table::alter().table(Workspaces::Table).add_column(&mut column).take();
            manager.alter_table(alter).await?;
        }
        Ok(())
    }
}

#[derive(DeriveIden)]
enum CreditEntries {
    Table,
    Id,
    WorkspaceId,
    Kind,
    Subject,
    Amount,
    PriceFixed,
    PricePerS,
    IsOpen,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Workspaces {
    Table,
    Id,
    CreditBalance,
    IsLimited,
}
