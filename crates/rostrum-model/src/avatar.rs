//! Avatars: people who can speak in videos. A person is a group; the group's looks are pictures of that person.

use chrono::{DateTime, Utc};

use crate::consent::ConsentStatus;
use crate::ids::{AssetId, AvatarGroupId, LookId, WorkspaceId};
use crate::picture::Size;
use crate::presenter::Appearance;
use crate::video::Failure;

/// The longest name of a group or look, in characters.
pub const MAX_AVATAR_NAME_CHARS: usize = 255;

/// The shortest and the longest footage that becomes a digital twin, in seconds.
pub const FOOTAGE_S: [f64; 2] = [15.0, 600.0];

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvatarGroup {
    /// Id.
    pub id: AvatarGroupId,
    /// Owner.
    pub workspace_id: WorkspaceId,
    /// For people, 1..=[`MAX_AVATAR_NAME_CHARS`] characters.
    pub name: String,
    /// The voice that speaks where a video names none.
    pub default_voice_id: Option<String>,
    /// When its first look was made.
    pub created_at: DateTime<Utc>,
}

/// What was done to a look after it was made; nothing by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookTreatment {
    /// Whether its picture was made larger.
    pub enlarged: bool,
    /// How it moves in videos that say nothing else; `None` when it was not set in motion.
    pub motion_prompt: Option<String>,
}

/// The longest way to move, in characters.
pub const MAX_MOTION_CHARS: usize = 1000;

/// A picture of a person: what videos are asked for with.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// Id.
    pub id: LookId,
    /// Owner.
    pub workspace_id: WorkspaceId,
    /// Whose look it is.
    pub group_id: AvatarGroupId,
    /// For people, 1..=[`MAX_AVATAR_NAME_CHARS`] characters.
    pub name: String,
    /// The photo, the picture of a drawn person, or the footage of a digital twin; it cannot be deleted while the look is
    /// there.
    pub photo: AssetId,
    /// Size of photo or footage, upright.
    pub size: Size,
    /// What a drawn person is drawn from; `None` of others.
    pub appearance: Option<Box<Appearance>>,
    /// What is known of a digital twin's footage; `None` of others.
    pub footage: Option<Footage>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// What is known of the footage of a digital twin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footage {
    /// Its length.
    pub duration_ms: u64,
    /// How far the look into all of its frames has come.
    pub study: Study,
}

/// How far the look into all frames of a piece of footage has come. It moves once, from pending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Study {
    /// Not all frames were looked at yet.
    Pending,
    /// It can be made to speak.
    Ready,
    /// It cannot.
    Failed(Failure),
}

/// Whether a look can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookStatus {
    /// Its footage is being looked at.
    Processing,
    /// Its person has not agreed yet.
    PendingConsent,
    /// Yes.
    Completed,
    /// Never.
    Failed(Failure),
}

impl Look {
    /// Whether it can be used, where it stands so with the consent of its person. Only digital twins need one.
    pub fn status(&self, consent: Option<ConsentStatus>) -> LookStatus {
        match self.footage.as_ref().map(|footage| &footage.study) {
            None => LookStatus::Completed,
            Some(Study::Pending) => LookStatus::Processing,
            Some(Study::Failed(failure)) => LookStatus::Failed(failure.clone()),
            Some(Study::Ready) if consent == Some(ConsentStatus::Approved) => LookStatus::Completed,
            Some(Study::Ready) => LookStatus::PendingConsent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digital_twin_waits_for_its_study_and_then_for_consent() {
        let look = |study: Option<Study>| Look {
            id: LookId::from_uuid(uuid::Uuid::nil()),
            workspace_id: WorkspaceId::from_uuid(uuid::Uuid::nil()),
            group_id: AvatarGroupId::from_uuid(uuid::Uuid::nil()),
            name: "Ada".to_owned(),
            photo: AssetId::from_uuid(uuid::Uuid::nil()),
            size: Size { width: 1, height: 1 },
            appearance: None,
            footage: study.map(|study| Footage { duration_ms: 15_000, study }),
            created_at: DateTime::UNIX_EPOCH,
        };
        let failure = || Failure { code: "training_failed".to_owned(), message: "No face.".to_owned() };
        let (pending, approved) = (Some(ConsentStatus::Pending), Some(ConsentStatus::Approved));
        for (study, consent, status) in [
            (None, None, LookStatus::Completed),
            (Some(Study::Pending), approved, LookStatus::Processing),
            (Some(Study::Ready), None, LookStatus::PendingConsent),
            (Some(Study::Ready), pending, LookStatus::PendingConsent),
            (Some(Study::Ready), approved, LookStatus::Completed),
            (Some(Study::Failed(failure())), approved, LookStatus::Failed(failure())),
        ] {
            assert_eq!(look(study.clone()).status(consent), status, "{study:?} {consent:?}");
        }
    }
}
