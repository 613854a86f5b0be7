//! The words that stand for a video's state in its row.

use rostrum_model::video::VideoState;

/// A kind of state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Pending,
    Processing,
    Completed,
    Failed,
}

impl Status {
    const ALL: [Self; 4] = [Self::Pending, Self::Processing, Self::Completed, Self::Failed];

    /// Kinds that somebody must still work on.
    pub(super) const UNFINISHED: [Self; 2] = [Self::Pending, Self::Processing];

    /// The kind of a state.
    pub(super) fn of(state: &VideoState) -> Self {
        match state {
            VideoState::Pending => Self::Pending,
            VideoState::Processing { .. } => Self::Processing,
            VideoState::Completed { .. } => Self::Completed,
            VideoState::Failed { .. } => Self::Failed,
        }
    }

    /// The stored word; rows hold these for ever.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// The kind a stored word stands for.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}
