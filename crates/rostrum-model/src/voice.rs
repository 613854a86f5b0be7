//! Voices that a workspace made for itself.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::asset::ContentHash;
use crate::ids::{VoiceId, WorkspaceId};

/// The longest name of a voice, in characters.
pub const MAX_VOICE_NAME_CHARS: usize = 255;

/// Name of the built-in engine, which is the one that can blend.
pub const BLEND_ENGINE: &str = "kokoro";

/// The gender that a voice sounds like, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Nobody said.
    Unknown,
}

impl Gender {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Female, Self::Male, Self::Unknown];
}

/// A voice of the catalogue and its share in a blend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlendPart {
    /// Id in the catalogue.
    pub voice_id: String,
    /// Its weight against the sum of all weights; at least 1.
    pub weight: u32,
}

/// What a private voice is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoiceSource {
    /// Voices of the catalogue that speak the same language, mixed.
    Blend {
        /// At least one.
        parts: Vec<BlendPart>,
    },
    /// A recording that an external engine learnt a voice from.
    Clone {
        /// Name of the engine in the settings.
        engine: String,
        /// The recording.
        sample: ContentHash,
        /// Its MIME type.
        sample_mime: String,
        /// Whether the engine is to take noise out of the recording.
        remove_noise: bool,
        /// The voice's id at the engine, once it is known.
        remote_id: Option<String>,
    },
}

/// How far a private voice has come. Moves only by [`PrivateVoice::complete`] and [`PrivateVoice::fail`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VoiceState {
    /// The engine has not answered yet.
    Pending,
    /// It can speak.
    Complete,
    /// It never will.
    Failed {
        /// Why, and what to do.
        message: String,
    },
}

/// A voice of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateVoice {
    /// Id, also the secret in the URL of its sample.
    pub id: VoiceId,
    /// Owner.
    pub workspace_id: WorkspaceId,
    /// Name for people: 1..=[`MAX_VOICE_NAME_CHARS`] characters.
    pub name: String,
    /// What it sounds like.
    pub gender: Gender,
    /// English name of its language.
    pub language: String,
    /// BCP 47 tag of its language.
    pub locale: String,
    /// What it is made of.
    pub source: VoiceSource,
    /// How far it has come.
    pub state: VoiceState,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A move that the states of voices do not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a voice that is {from} cannot become {to}")]
pub struct WrongVoiceMove {
    /// Present state.
    pub from: &'static str,
    /// Wanted state.
    pub to: &'static str,
}

impl VoiceState {
    /// The state's word, for logs and errors.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Complete => "complete",
            Self::Failed { .. } => "failed",
        }
    }
}

impl VoiceSource {
    /// Name of the engine that speaks it.
    pub fn engine(&self) -> &str {
        match self {
            Self::Blend { .. } => BLEND_ENGINE,
            Self::Clone { engine, .. } => engine,
        }
    }
}

impl PrivateVoice {
    /// The engine learnt the voice and calls it so; learning it twice keeps the first.
    ///
    /// # Errors
    /// When it has failed, or is no clone.
    pub fn complete(mut self, learnt_id: String) -> Result<Self, WrongVoiceMove> {
        let wrong = WrongVoiceMove { from: self.state.name(), to: "complete" };
        match (&self.state, &mut self.source) {
            (VoiceState::Pending, VoiceSource::Clone { remote_id, .. }) => {
                *remote_id = Some(learnt_id);
                self.state = VoiceState::Complete;
                Ok(self)
            }
            (VoiceState::Complete, VoiceSource::Clone { .. }) => Ok(self),
            _ => Err(wrong),
        }
    }

    /// The voice is given up; giving it up twice keeps the first reason.
    ///
    /// # Errors
    /// When it is complete.
    pub fn fail(mut self, message: String) -> Result<Self, WrongVoiceMove> {
        match self.state {
            VoiceState::Pending => self.state = VoiceState::Failed { message },
            VoiceState::Failed { .. } => {}
            VoiceState::Complete => return Err(WrongVoiceMove { from: "complete", to: "failed" }),
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending() -> PrivateVoice {
        PrivateVoice {
            id: VoiceId::from_uuid(uuid::Uuid::from_u128(1)),
            workspace_id: WorkspaceId::from_uuid(uuid::Uuid::from_u128(2)),
            name: "Ada".into(),
            gender: Gender::Unknown,
            language: "English".into(),
            locale: "en-US".into(),
            source: VoiceSource::Clone {
                engine: "studio".into(),
                sample: ContentHash([0; 32]),
                sample_mime: "audio/wav".into(),
                remove_noise: true,
                remote_id: None,
            },
            state: VoiceState::Pending,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_voice_ends_being_pending_once() {
        let complete = pending().complete("first".into()).unwrap();
        assert_eq!(complete.clone().complete("second".into()), Ok(complete.clone()));
        assert!(complete.fail("late".into()).is_err());
        let failed = pending().fail("noise".into()).unwrap();
        assert_eq!(failed.clone().fail("other".into()), Ok(failed.clone()));
        assert!(failed.complete("late".into()).is_err());
    }
}
