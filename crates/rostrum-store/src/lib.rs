//! Records: workspaces, API keys, assets, uploads and videos in SQLite or Postgres, chosen by URL.
//!
//! [`Store`] opens a database and hands out one repository per noun, each in the file of its name. Lookups go through
//! the workspace; the few that do not say so and why. What is not there is `Ok(None)`, never an error. Instants are
//! kept to the microsecond. What an adding or changing method stored is durable when it returns.
//!
//! Deliberately not here: bytes (the blob store), jobs, rules about what may be asked for (the app checks requests,
//! the model moves states), and any clock.
//!
//! To add a noun: its type in `rostrum-model`; a migration (a new file in `migrations`, never a change to an applied
//! one); its table in `entities`; a repository file with conversions both ways; a method on [`Store`]; a file of tests
//! in `tests/contract`, which run on both databases.

mod api_keys;
mod assets;
mod avatars;
mod brand_glossaries;
mod connect;
mod consents;
mod credits;
mod deliveries;
mod entities;
mod error;
mod events;
mod folders;
mod keyed_requests;
mod look_treatments;
mod migrations;
mod newest_first;
mod photo_generations;
mod rows;
mod signing_keys;
mod speeches;
mod uploads;
mod video_batches;
mod videos;
mod voices;
mod webhook_endpoints;
mod workspaces;

pub use api_keys::{ApiKeys, TOUCH_RESOLUTION};
pub use assets::{AssetCursor, AssetFilter, Assets, SEARCHED_ASSETS};
pub use avatars::{Avatars, GroupCursor, GroupSummary, LookCursor, LookFilter};
pub use brand_glossaries::{BrandGlossaries, GlossaryCursor};
pub use consents::Consents;
pub use credits::{CreditLedger, Paid};
pub use deliveries::Deliveries;
pub use error::StoreError;
pub use events::{EventCursor, EventFilter, Events};
pub use folders::{FolderCursor, FolderFilter, Folders};
pub use keyed_requests::KeyedRequests;
pub use look_treatments::LookTreatments;
pub use newest_first::Cursor;
pub use photo_generations::PhotoGenerations;
pub use signing_keys::SigningKeys;
pub use speeches::Speeches;
pub use uploads::Uploads;
pub use video_batches::VideoBatches;
pub use videos::{UnfinishedVideo, VideoCursor, VideoFilter, VideoWork, Videos};
pub use voices::{PrivateVoiceFilter, VoiceCursor, Voices};
pub use webhook_endpoints::{EndpointCursor, WebhookEndpoints};
pub use workspaces::Workspaces;

use std::path::Path;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait, QueryFilter,
    QuerySelect, Statement, TransactionTrait,
};
use tracing::instrument;

use crate::connect::DatabaseUrl;

/// An open database. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Store {
    /// For statements that change records. SQLite allows one at a time, so there this is a single connection.
    writer: DatabaseConnection,
    /// For statements that only look.
    reader: DatabaseConnection,
}

impl Store {
    /// Opens the database at a URL: `sqlite:` and the path of a file, made when absent in a folder that exists, or
    /// `postgres://user:password@host/database`, where the tables lie in the schema `rostrum`.
    ///
    /// # Errors
    /// [`StoreError::UnsupportedUrl`] for any other URL, [`StoreError::Driver`] when the database does not answer.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let (writer, reader) = url.parse::<DatabaseUrl>()?.open().await?;
        Ok(Self { writer, reader })
    }

    /// Brings the tables up to date, all or nothing; changes nothing when they are. Any number of processes may call
    /// this at once.
    ///
    /// # Errors
    /// When the database fails, or was migrated by a newer version.
    #[instrument(name = "db.migrate", skip_all)]
    pub async fn migrate(&self) -> Result<(), StoreError> {
        migrations::run(&self.writer).await
    }

    /// Whether the database answers and has its tables: one small read.
    ///
    /// # Errors
    /// When it does not.
    #[instrument(name = "db.ready", level = "debug", skip_all)]
    pub async fn ready(&self) -> Result<(), StoreError> {
        entities::video::Entity::find().limit(1).one(&self.reader).await?;
        Ok(())
    }

    /// Whether records can be changed: the smallest write, taken back.
    ///
    /// # Errors
    /// When they cannot.
    #[instrument(name = "db.try_write", skip_all)]
    pub async fn try_write(&self) -> Result<(), StoreError> {
        let transaction = self.writer.begin().await?;
        entities::workspace::Entity::delete_many()
            .filter(entities::workspace::Column::Id.eq(uuid::Uuid::max()))
            .exec(&transaction)
            .await?;
        Ok(transaction.rollback().await?)
    }

    /// Writes a copy of all records, as they are at one moment, to a new SQLite file, while others go on working; false, and
    /// nothing is written, where the records lie in no file. Syncing the copy is left to the caller.
    ///
    /// # Errors
    /// When there is a file at `path` with something in it, or the database fails.
    #[instrument(name = "db.copy_to", skip_all)]
    pub async fn copy_to(&self, path: &Path) -> Result<bool, StoreError> {
        if self.writer.get_database_backend() != DbBackend::Sqlite {
            return Ok(false);
        }
        let Some(path) = path.to_str() else {
            return Err(DbErr::Custom("the path of the copy is not UTF-8".to_owned()).into());
        };
        let copy = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [path.into()]);
        self.writer.execute_raw(copy).await?;
        Ok(true)
    }

    /// Tenants.
    pub fn workspaces(&self) -> Workspaces<'_> {
        Workspaces::new(self)
    }

    /// Keys that let callers in.
    pub fn api_keys(&self) -> ApiKeys<'_> {
        ApiKeys::new(self)
    }

    /// Uploaded files.
    pub fn assets(&self) -> Assets<'_> {
        Assets::new(self)
    }

    /// Folders.
    pub fn folders(&self) -> Folders<'_> {
        Folders::new(self)
    }

    /// Texts spoken into files.
    pub fn speeches(&self) -> Speeches<'_> {
        Speeches::new(self)
    }

    /// What happened.
    pub fn events(&self) -> Events<'_> {
        Events::new(self)
    }

    /// Events on their way to whoever asked to be told.
    pub fn deliveries(&self) -> Deliveries<'_> {
        Deliveries::new(self)
    }

    /// Files on their way.
    pub fn uploads(&self) -> Uploads<'_> {
        Uploads::new(self)
    }

    /// Secrets that sign URLs.
    pub fn signing_keys(&self) -> SigningKeys<'_> {
        SigningKeys::new(self)
    }

    /// Videos in every state.
    pub fn videos(&self) -> Videos<'_> {
        Videos::new(self)
    }

    /// Videos that are asked for together.
    pub fn video_batches(&self) -> VideoBatches<'_> {
        VideoBatches::new(self)
    }

    /// Voices of workspaces' own.
    pub fn voices(&self) -> Voices<'_> {
        Voices::new(self)
    }

    /// Avatars: groups and their looks.
    pub fn avatars(&self) -> Avatars<'_> {
        Avatars::new(self)
    }

    /// What was done to looks.
    pub fn look_treatments(&self) -> LookTreatments<'_> {
        LookTreatments::new(self)
    }

    /// Pictures made from descriptions.
    pub fn photo_generations(&self) -> PhotoGenerations<'_> {
        PhotoGenerations::new(self)
    }

    /// Consents of people to being made avatars of.
    pub fn consents(&self) -> Consents<'_> {
        Consents::new(self)
    }

    /// Endpoints of webhooks.
    pub fn webhook_endpoints(&self) -> WebhookEndpoints<'_> {
        WebhookEndpoints::new(self)
    }

    /// What workspaces have, and what they spent it on.
    pub fn credits(&self) -> CreditLedger<'_> {
        CreditLedger::new(self)
    }

    /// Requests that carry an `Idempotency-Key`.
    pub fn keyed_requests(&self) -> KeyedRequests<'_> {
        KeyedRequests::new(self)
    }

    /// Brand glossaries.
    pub fn brand_glossaries(&self) -> BrandGlossaries<'_> {
        BrandGlossaries::new(self)
    }
}
