//! What can be wrong with engines that speak.

use crate::engine_calls::CallFault;

/// An engine does not do what it is asked.
#[derive(Debug, thiserror::Error)]
#[error("the speech engine '{engine}' {fault}")]
pub struct EngineFault {
    /// Its name in the settings.
    pub engine: String,
    /// What is wrong.
    pub fault: SpeechFault,
}

/// What is wrong with an engine's answer or with what it is asked; begins with a verb.
#[derive(Debug, thiserror::Error)]
pub enum SpeechFault {
    /// The settings have no such engine.
    #[error("is not in the settings of this server ('speech_engines')")]
    NotConfigured,
    /// Its API has no way to learn voices.
    #[error("cannot learn voices")]
    CannotClone,
    /// It takes no SSML.
    #[error("takes no SSML; send plain text, in which <break time=\"1s\"/> makes a pause")]
    SsmlNotTaken,
    /// It cannot raise or lower its voices.
    #[error("cannot raise or lower its voices")]
    PitchNotTaken,
    /// It does not speak at this speed.
    #[error("speaks at speeds from {least} to {most}, not at {speed}")]
    Speed {
        /// Slowest, as a factor.
        least: f32,
        /// Fastest, as a factor.
        most: f32,
        /// What was asked for.
        speed: f32,
    },
    /// It does not answer as it should.
    #[error(transparent)]
    Call(#[from] CallFault),
}

impl SpeechFault {
    /// Whether asking again later may help.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Call(fault) => fault.may_pass(),
            Self::NotConfigured
            | Self::CannotClone
            | Self::SsmlNotTaken
            | Self::PitchNotTaken
            | Self::Speed { .. } => false,
        }
    }
}

impl From<std::io::Error> for SpeechFault {
    fn from(error: std::io::Error) -> Self {
        Self::Call(CallFault::Io(error))
    }
}
