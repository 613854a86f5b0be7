//! What was done to looks after they were made.

use sea_orm_migration::schema::{boolean, pk_uuid, text_null};
use sea_orm_migration::sea_orm::{DbErr, DeriveIden, DeriveMigrationName};
use sea_orm_migration::sea_query::{ForeignKey, ForeignKeyAction, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let treatments = Table::create()
            .table(LookTreatments::Table)
            .col(pk_uuid(LookTreatments::LookId))
            .col(boolean(LookTreatments::Enlarged))
            .col(text_null(LookTreatments::MotionPrompt))
            .foreign_key(
                ForeignKey::create()
                    .from(LookTreatments::Table, LookTreatments::LookId)
                    .to(Looks::Table, Looks::Id)
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .take();
        manager.create_table(treatments).await
    }
}

#[derive(DeriveIden)]
enum LookTreatments {
    Table,
    LookId,
    Enlarged,
    MotionPrompt,
}

#[derive(DeriveIden)]
enum Looks {
    Table,
    Id,
}
