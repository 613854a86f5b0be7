//! `uploads`

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait,
};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "uploads")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub batch_id: Option<Uuid>,
    pub batch_index: Option<i32>,
    pub name: String,
    pub media_type: String,
    pub size_bytes: Option<i64>,
    pub checksum: Option<Vec<u8>>,
    pub folder_id: Option<Uuid>,
    pub status: String,
    pub content_hash: Option<Vec<u8>>,
    pub received_bytes: Option<i64>,
    pub failure_code: Option<String>,
    pub failure_message: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
