//! What can be wrong with voices, speech and glossaries.

use rostrum_api::error::ErrorCode;
use rostrum_api::v3::brand_glossaries::glossary_unknown;
use rostrum_api::v3::voices::not_speakable;
use rostrum_app::brand_glossaries::SaveGlossaryError;
use rostrum_app::engine_calls::CallFault;
use rostrum_app::speech::{CreateSpeechError, SpeakError, SpeechError};
use rostrum_app::speech_engines::{EngineFault, SpeechFault};
use rostrum_app::voice_clones::{CloneVoiceError, MAX_SAMPLE_BYTES};
use rostrum_app::voice_design::DesignError;
use rostrum_app::voices::{DeleteVoiceError, UnusableVoice};

use super::{ApiError, sentence};

impl From<UnusableVoice> for ApiError {
    fn from(unusable: UnusableVoice) -> Self {
        const PARAM: Option<&str> = Some("voice_id");
        match unusable {
            UnusableVoice::NotFound(id) => Self::voice_not_found(&id),
            UnusableVoice::Pending(id) => Self::new(
                ErrorCode::ResourceNotReady,
                format!("Voice '{id}' is still being made; wait until GET /v3/voices/{id} tells 'complete'."),
                PARAM,
            ),
            UnusableVoice::Failed { id, message } => {
                Self::new(ErrorCode::VoiceUnavailable, format!("Voice '{id}' cannot speak. {message}"), PARAM)
            }
        }
    }
}

impl From<CreateSpeechError> for ApiError {
    fn from(error: CreateSpeechError) -> Self {
        match error {
            CreateSpeechError::Voice(unusable) => Self::from(unusable),
            CreateSpeechError::GlossaryNotFound(id) => glossary_unknown(&id.to_string()).into(),
            CreateSpeechError::LanguageMismatch { param, asked, spoken } => Self::invalid(
                param,
                format!(
                    "The voice speaks {spoken}, got '{asked}' as '{param}'; GET /v3/voices lists the voices."
                ),
            ),
            CreateSpeechError::Speak(error) => Self::from(("text", "speed", error)),
            CreateSpeechError::Credit(error) => Self::from(("speech", error)),
            error @ (CreateSpeechError::Blob(_) | CreateSpeechError::Store(_)) => Self::internal(&error),
        }
    }
}

/// For the fields of the text and of the speed.
impl From<(&str, &str, SpeakError)> for ApiError {
    fn from((text, speed, error): (&str, &str, SpeakError)) -> Self {
        match error {
            SpeakError::Speech(SpeechError::TextNotSpeakable) => not_speakable().into(),
            SpeakError::Speech(error @ SpeechError::Ssml { .. }) => {
                Self::invalid(text, format!("'{text}' is not SSML that can be spoken: {error}."))
            }
            SpeakError::Speech(error @ SpeechError::ProgramMissing { .. }) => {
                Self::new(ErrorCode::ServiceUnavailable, format!("On this server {error}."), Some("voice_id"))
            }
            SpeakError::Engine(error) => Self::unusable_engine(&error),
            SpeakError::External(error) => match error.fault {
                SpeechFault::SsmlNotTaken => Self::invalid("input_type", told(&error)),
                SpeechFault::PitchNotTaken => Self::invalid("voice_settings.pitch", told(&error)),
                SpeechFault::Speed { .. } => Self::invalid(speed, told(&error)),
                _ => Self::from(error),
            },
            error @ (SpeakError::Speech(_) | SpeakError::Blob(_) | SpeakError::Interrupted(_)) => {
                Self::internal(&error)
            }
        }
    }
}

fn told(error: &EngineFault) -> String {
    sentence(&error.to_string())
}

/// The code for a fault of an engine of others.
pub(super) fn call_code(fault: &CallFault) -> ErrorCode {
    match fault {
        CallFault::Timeout { .. } => ErrorCode::GatewayTimeout,
        CallFault::Busy(_) | CallFault::Unreachable(_) => ErrorCode::ServiceUnavailable,
        CallFault::Refused(_) | CallFault::TooLarge { .. } | CallFault::Unusable(_) | CallFault::Io(_) => {
            ErrorCode::VoiceProviderError
        }
    }
}

impl From<EngineFault> for ApiError {
    fn from(error: EngineFault) -> Self {
        tracing::warn!(error = ?error, "an external engine failed");
        let code = match &error.fault {
            SpeechFault::Call(fault) => call_code(fault),
            SpeechFault::NotConfigured
            | SpeechFault::CannotClone
            | SpeechFault::SsmlNotTaken
            | SpeechFault::PitchNotTaken
            | SpeechFault::Speed { .. } => ErrorCode::VoiceProviderError,
        };
        Self::new(code, told(&error), Some("voice_id"))
    }
}

impl From<DesignError> for ApiError {
    fn from(error: DesignError) -> Self {
        match error {
            DesignError::LocaleUnknown(locale) => Self::invalid(
                "locale",
                format!(
                    "'locale' is '{locale}', which no voice speaks; GET /v2/voices/locales lists those spoken."
                ),
            ),
            DesignError::Store(error) => Self::from(error),
        }
    }
}

impl From<CloneVoiceError> for ApiError {
    fn from(error: CloneVoiceError) -> Self {
        match error {
            CloneVoiceError::NotConfigured => Self::new(
                ErrorCode::NotImplemented,
                "This server has no engine that learns voices. Its operator can name one of kind 'elevenlabs' in the \
                 setting 'speech_engines' and choose it with 'clone_engine'. POST /v3/voices finds voices by a \
                 description without one.",
                None,
            ),
            CloneVoiceError::Input(error) => Self::from(("audio", error)),
            CloneVoiceError::TooLarge { size_bytes } => Self::new(
                ErrorCode::PayloadTooLarge,
                format!(
                    "'audio' has {size_bytes} bytes, at most {MAX_SAMPLE_BYTES} are taken; cut it, or send it as MP3."
                ),
                Some("audio"),
            ),
            error @ (CloneVoiceError::Discard(_) | CloneVoiceError::Store(_) | CloneVoiceError::Jobs(_)) => {
                Self::internal(&error)
            }
        }
    }
}

impl From<DeleteVoiceError> for ApiError {
    fn from(error: DeleteVoiceError) -> Self {
        match error {
            DeleteVoiceError::Public(id) => Self::new(
                ErrorCode::Forbidden,
                format!("Voice '{id}' belongs to everybody and cannot be deleted."),
                Some("voice_id"),
            ),
            error @ (DeleteVoiceError::Store(_) | DeleteVoiceError::Blob(_)) => Self::internal(&error),
        }
    }
}

impl From<SaveGlossaryError> for ApiError {
    fn from(error: SaveGlossaryError) -> Self {
        match error {
            SaveGlossaryError::NameTaken(name) => Self::new(
                ErrorCode::Conflict,
                format!(
                    "You have a brand glossary '{name}' already; choose another name, or change that one."
                ),
                Some("name"),
            ),
            SaveGlossaryError::Unspeakable { index, what } => {
                let path = format!("terms[{index}].pronunciation");
                let message = format!(
                    "'{path}' {what}; spell the term as it sounds, or give its sounds in IPA between slashes."
                );
                Self::invalid(&path, message)
            }
            SaveGlossaryError::Store(error) => Self::from(error),
        }
    }
}
