//! The history of the tables. One file per change, named by its date and time; applied ones are never edited.

mod m20261121_104500_create_workspaces;
mod m20261121_104600_create_api_keys;
mod m20261121_104700_create_assets;
mod m20261121_104800_create_videos;
mod m20261121_150000_create_uploads;
mod m20261121_162000_add_asset_metadata;
mod m20261121_163000_index_assets_by_age;
mod m20261121_171000_create_events;
mod m20261121_173000_create_folders;
mod m20261121_213000_create_speeches;
mod m20261121_234500_create_voices;
mod m20261121_234600_create_brand_glossaries;
mod m20261122_040000_create_avatars;
mod m20261122_064000_create_consents;
mod m20261122_080000_add_look_appearance;
mod m20261122_135900_create_deliveries_and_video_batches;
mod m20261122_141000_add_look_footage;
mod m20261122_150100_create_photo_generations;
mod m20261122_150200_create_look_treatments;
mod m20261122_224000_create_webhook_endpoints;
mod m20261123_004500_create_keyed_requests;
mod m20261123_010500_create_credit_entries;
mod m20261123_011000_add_api_key_scopes;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use sea_orm_migration::{MigrationTrait, MigratorTrait};

use crate::error::StoreError;

/// The Postgres schema our tables lie in, beside those of the jobs.
pub(crate) const POSTGRES_SCHEMA: &str = "rostrum";

/// Serialises migrating processes on one Postgres database; any number that nothing else there locks.
const POSTGRES_LOCK: i64 = 0x0726_f737_4727_56d0;

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_104500_create_workspaces::Migration),
            Box::new(m20261121_104600_create_api_keys::Migration),
            Box::new(m20261121_104700_create_assets::Migration),
            Box::new(m20261121_104800_create_videos::Migration),
            Box::new(m20261121_150000_create_uploads::Migration),
            Box::new(m20261121_162000_add_asset_metadata::Migration),
            Box::new(m20261121_163000_index_assets_by_age::Migration),
            Box::new(m20261121_173000_create_folders::Migration),
            Box::new(m20261121_171000_create_events::Migration),
            Box::new(m20261121_213000_create_speeches::Migration),
            Box::new(m20261121_234500_create_voices::Migration),
            Box::new(m20261121_234600_create_brand_glossaries::Migration),
            Box::new(m20261122_040000_create_avatars::Migration),
            Box::new(m20261122_064000_create_consents::Migration),
            Box::new(m20261122_080000_add_look_appearance::Migration),
            Box::new(m20261122_135900_create_deliveries_and_video_batches::Migration),
            Box::new(m20261122_141000_add_look_footage::Migration),
            Box::new(m20261122_150100_create_photo_generations::Migration),
            Box::new(m20261122_150200_create_look_treatments::Migration),
            Box::new(m20261122_224000_create_webhook_endpoints::Migration),
            Box::new(m20261123_004500_create_keyed_requests::Migration),
            Box::new(m20261123_010500_create_credit_entries::Migration),
            Box::new(m20261123_011000_add_api_key_scopes::Migration),
        ]
    }
}

/// Applies what is missing in one transaction that no other migrating process can overlap.
pub(crate) async fn run(writer: &DatabaseConnection) -> Result<(), StoreError> {
    let alone = TransactionOptions {
        sqlite_transaction_mode: (writer.get_database_backend() == DbBackend::Sqlite)
            .then_some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = writer.begin_with_options(alone).await?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        // sea-query has neither locks nor schemas.
        transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({POSTGRES_LOCK})")).await?;
        transaction.execute_unprepared(&format!("CREATE SCHEMA IF NOT EXISTS {POSTGRES_SCHEMA}")).await?;
    }
    Migrator::up(&transaction, None).await?;
    Ok(transaction.commit().await?)
}
