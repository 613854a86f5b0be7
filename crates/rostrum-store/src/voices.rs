//! Voices that workspaces made for themselves.

use std::fmt::Write;

use rostrum_model::ids::{VoiceId, WorkspaceId};
use rostrum_model::voice::{BlendPart, Gender, PrivateVoice, VoiceSource, VoiceState};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use tracing::instrument;

use crate::Store;
use crate::entities::voice::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::newest_first::{Cursor, newest_first};
use crate::rows::{Place, fold, instant};

/// The private voices of a store.
#[derive(Debug, Clone, Copy)]
pub struct Voices<'s> {
    store: &'s Store,
}

/// A place in the list of private voices.
pub type VoiceCursor = Cursor<VoiceId>;

impl VoiceCursor {
    /// The place just after a voice.
    pub fn after(voice: &PrivateVoice) -> Self {
        Self { created_at: voice.created_at, id: voice.id }
    }
}

/// Which private voices to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrivateVoiceFilter {
    /// English name of a language, any case.
    pub language: Option<String>,
    /// Gender.
    pub gender: Option<Gender>,
    /// Name of the engine that speaks them.
    pub engine: Option<String>,
}

impl PrivateVoiceFilter {
    fn condition(&self, workspace_id: WorkspaceId) -> Condition {
        let mut all = Condition::all().add(Column::WorkspaceId.eq(workspace_id.as_uuid()));
        if let Some(language) = &self.language {
            all = all.add(Column::LanguageFolded.eq(fold(language)));
        }
        if let Some(gender) = self.gender {
            all = all.add(Column::Gender.eq(gender_word(gender)));
        }
        if let Some(engine) = &self.engine {
            all = all.add(Column::Engine.eq(engine));
        }
        all
    }
}

impl<'s> Voices<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// Adds a voice.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id is taken, its workspace is not there, or it is a blend that the workspace
    /// has already.
    #[instrument(name = "db.voice.add", level = "debug", skip_all, fields(voice.id = %voice.id))]
    pub async fn add(&self, voice: &PrivateVoice) -> Result<(), StoreError> {
        Entity::insert(row_of(voice)?).exec_without_returning(&self.store.writer).await?;
        Ok(())
    }

    /// A voice of a workspace.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.voice.get", level = "debug", skip_all, fields(voice.id = %id))]
    pub async fn get(
        &self,
        workspace_id: WorkspaceId,
        id: VoiceId,
    ) -> Result<Option<PrivateVoice>, StoreError> {
        let mine = Entity::find_by_id(id.as_uuid()).filter(Column::WorkspaceId.eq(workspace_id.as_uuid()));
        mine.one(&self.store.reader).await?.map(voice_of).transpose()
    }

    /// A voice of any workspace, for its job and for its sample, which whoever has the URL may hear.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.voice.get_any", level = "debug", skip_all, fields(voice.id = %id))]
    pub async fn get_any(&self, id: VoiceId) -> Result<Option<PrivateVoice>, StoreError> {
        Entity::find_by_id(id.as_uuid()).one(&self.store.reader).await?.map(voice_of).transpose()
    }

    /// A workspace's voice that blends exactly these parts.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.voice.get_blend", level = "debug", skip_all)]
    pub async fn get_blend(
        &self,
        workspace_id: WorkspaceId,
        parts: &[BlendPart],
    ) -> Result<Option<PrivateVoice>, StoreError> {
        let same = Entity::find()
            .filter(Column::WorkspaceId.eq(workspace_id.as_uuid()))
            .filter(Column::BlendKey.eq(blend_key(parts)));
        same.one(&self.store.reader).await?.map(voice_of).transpose()
    }

    /// Voices of a workspace, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.voice.list", level = "debug", skip_all, fields(workspace.id = %workspace_id))]
    pub async fn list(
        &self,
        workspace_id: WorkspaceId,
        filter: &PrivateVoiceFilter,
        limit: u64,
        after: Option<VoiceCursor>,
    ) -> Result<Vec<PrivateVoice>, StoreError> {
        let mine = Entity::find().filter(filter.condition(workspace_id));
        let after = after.map(|cursor| (cursor.created_at, cursor.id.as_uuid()));
        let page = newest_first(mine, Column::CreatedAt, Column::Id, limit, after);
        page.all(&self.store.reader).await?.into_iter().map(voice_of).collect()
    }

    /// All voices that are pending, of all workspaces, oldest first, for the start to resume.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.voice.list_pending", level = "debug", skip_all)]
    pub async fn list_pending(&self) -> Result<Vec<PrivateVoice>, StoreError> {
        let pending = Entity::find().filter(Column::Status.eq(VoiceState::Pending.name()));
        let oldest_first = pending.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id);
        oldest_first.all(&self.store.reader).await?.into_iter().map(voice_of).collect()
    }

    /// Stores how a voice that was pending ended. Tells whether it was still there and pending.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.voice.finish", level = "debug", skip_all, fields(voice.id = %voice.id))]
    pub async fn finish(&self, voice: &PrivateVoice) -> Result<bool, StoreError> {
        let row = row_of(voice)?;
        let finished = Entity::update_many()
            .set(ActiveModel {
                source: row.source,
                status: row.status,
                failure_message: row.failure_message,
                ..Default::default()
            })
            .filter(Column::Id.eq(voice.id.as_uuid()))
            .filter(Column::Status.eq(VoiceState::Pending.name()))
            .exec(&self.store.writer)
            .await?;
        Ok(finished.rows_affected > 0)
    }

    /// Removes a voice of a workspace and gives it back.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.voice.delete", level = "debug", skip_all, fields(voice.id = %id))]
    pub async fn delete(
        &self,
        workspace_id: WorkspaceId,
        id: VoiceId,
    ) -> Result<Option<PrivateVoice>, StoreError> {
        let Some(voice) = self.get(workspace_id, id).await? else { return Ok(None) };
        let deleted = Entity::delete_by_id(id.as_uuid()).exec(&self.store.writer).await?;
        Ok((deleted.rows_affected > 0).then_some(voice))
    }
}

/// The stored word; rows hold these for ever.
fn gender_word(gender: Gender) -> &'static str {
    match gender {
        Gender::Female => "female",
        Gender::Male => "male",
        Gender::Unknown => "unknown",
    }
}

/// Tells blends apart: the same parts in the same order have the same.
fn blend_key(parts: &[BlendPart]) -> String {
    let mut key = String::new();
    for part in parts {
        write!(key, "{}:{};", part.voice_id, part.weight).expect("writing to a String does not fail");
    }
    key
}

fn place(id: VoiceId) -> Place {
    Place { table: "voices", row: id.as_uuid() }
}

fn row_of(voice: &PrivateVoice) -> Result<ActiveModel, StoreError> {
    let source = serde_json::to_value(&voice.source).map_err(place(voice.id).unreadable("source"))?;
    let blend_key = match &voice.source {
        VoiceSource::Blend { parts } => Some(blend_key(parts)),
        VoiceSource::Clone { .. } => None,
    };
    let failure_message = match &voice.state {
        VoiceState::Failed { message } => Some(message.clone()),
        VoiceState::Pending | VoiceState::Complete => None,
    };
    Ok(ActiveModel {
        id: Set(voice.id.as_uuid()),
        workspace_id: Set(voice.workspace_id.as_uuid()),
        name: Set(voice.name.clone()),
        gender: Set(gender_word(voice.gender).to_owned()),
        language: Set(voice.language.clone()),
        language_folded: Set(fold(&voice.language)),
        locale: Set(voice.locale.clone()),
        source: Set(source),
        engine: Set(voice.source.engine().to_owned()),
        blend_key: Set(blend_key),
        status: Set(voice.state.name().to_owned()),
        failure_message: Set(failure_message),
        created_at: Set(instant(voice.created_at)),
    })
}

fn voice_of(row: Model) -> Result<PrivateVoice, StoreError> {
    let id = VoiceId::from_uuid(row.id);
    let place = place(id);
    let gender = Gender::ALL.into_iter().find(|gender| gender_word(*gender) == row.gender);
    let state = match row.status.as_str() {
        "pending" => VoiceState::Pending,
        "complete" => VoiceState::Complete,
        "failed" => VoiceState::Failed {
            message: row.failure_message.ok_or_else(|| place.inconsistent("failure_message"))?,
        },
        _ => return Err(place.inconsistent("status")),
    };
    Ok(PrivateVoice {
        id,
        workspace_id: WorkspaceId::from_uuid(row.workspace_id),
        name: row.name,
        gender: gender.ok_or_else(|| place.inconsistent("gender"))?,
        language: row.language,
        locale: row.locale,
        source: serde_json::from_value(row.source).map_err(place.unreadable("source"))?,
        state,
        created_at: row.created_at,
    })
}
