//! `videos`

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait,
};
use serde_json::Value as Json;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "videos")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub title: Option<String>,
    /// The title in lower case, for searching alike on all databases.
    pub title_folded: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub spec: Json,
    /// One of the words in `videos::status`.
    pub status: String,
    pub started_at: Option<DateTime<Utc>>,
    /// When it was completed or given up.
    pub finished_at: Option<DateTime<Utc>>,
    pub duration_s: Option<f64>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub output: Option<Json>,
    pub failure_code: Option<String>,
    pub failure_message: Option<String>,
    pub progress: f64,
    pub folder_id: Option<Uuid>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub callback: Option<Json>,
    pub progressed_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
