//! Voices learnt from a recording by an external engine.

use rostrum_jobs::JobsError;
use rostrum_model::asset::{AssetInput, AssetKind};
use rostrum_model::ids::{VoiceId, WorkspaceId};
use rostrum_model::voice::{Gender, PrivateVoice, VoiceSource, VoiceState};
use rostrum_store::StoreError;
use serde_json::Value;

use crate::App;
use crate::asset_inputs::InputError;
use crate::assets::DeleteAssetError;
use crate::jobs::CLONE_VOICE;
use crate::voices::{ANY_LANGUAGE, ANY_LOCALE, catalogue};

/// The longest recording taken, in bytes.
pub const MAX_SAMPLE_BYTES: u64 = 32 * 1024 * 1024;

/// A voice cannot be learnt as asked.
#[derive(Debug, thiserror::Error)]
pub enum CloneVoiceError {
    /// The settings name no engine that learns voices.
    #[error("this server has no engine that learns voices")]
    NotConfigured,
    /// The recording cannot be used.
    #[error("the recording cannot be used")]
    Input(#[source] InputError),
    /// The recording is too long.
    #[error("the recording has {size_bytes} bytes, at most {MAX_SAMPLE_BYTES} are taken")]
    TooLarge {
        /// Its length.
        size_bytes: u64,
    },
    /// What was made for the refused request cannot be removed.
    #[error("the recording of a refused request could not be removed")]
    Discard(#[from] DeleteAssetError),
    /// Records could not be reached.
    #[error("the voice could not be recorded")]
    Store(#[from] StoreError),
    /// The job could not be started.
    #[error("the job of the voice could not be started")]
    Jobs(#[from] JobsError),
}

/// A request for a voice that passed the checks of the API.
#[derive(Debug, Clone)]
pub struct NewClone {
    /// Its name.
    pub name: String,
    /// The recording.
    pub audio: AssetInput,
    /// The language it speaks: a BCP 47 tag or an English name; many when not told.
    pub language: Option<String>,
    /// Whether noise is to be taken out of the recording first.
    pub remove_noise: bool,
}

impl App {
    /// Records a voice as pending and starts the job that has it learnt.
    ///
    /// # Errors
    /// When no engine learns voices here, or the recording cannot be used; then nothing stays behind.
    pub async fn clone_voice(
        &self,
        workspace_id: WorkspaceId,
        new: NewClone,
    ) -> Result<PrivateVoice, CloneVoiceError> {
        let backends = &self.backends;
        let engine = backends.speech_engines.clone_engine().ok_or(CloneVoiceError::NotConfigured)?;
        let id = self.mint("voice", VoiceId::generate);
        if self.may_have_made()
            && let Some(made) = backends.store.voices().get(workspace_id, id).await?
        {
            self.start_clone(id).await?;
            return Ok(made);
        }
        let resolved = self.resolve_input(workspace_id, new.audio, AssetKind::Audio).await;
        let resolved = resolved.map_err(CloneVoiceError::Input)?;
        let sample = &resolved.asset;
        if sample.size_bytes > MAX_SAMPLE_BYTES {
            self.discard_new(&resolved).await?;
            return Err(CloneVoiceError::TooLarge { size_bytes: sample.size_bytes });
        }
        let (language, locale) = language_of(new.language.as_deref());
        let voice = PrivateVoice {
            id,
            workspace_id,
            name: new.name,
            gender: Gender::Unknown,
            language,
            locale,
            source: VoiceSource::Clone {
                engine: engine.to_owned(),
                sample: sample.content_hash,
                sample_mime: sample.media_type.mime().to_owned(),
                remove_noise: new.remove_noise,
                remote_id: None,
            },
            state: VoiceState::Pending,
            created_at: backends.clock.now(),
        };
        backends.store.voices().add(&voice).await?;
        // A crash between these two is mended at the next start.
        if let Err(error) = self.start_clone(voice.id).await {
            backends.store.voices().delete(workspace_id, voice.id).await?;
            return Err(error.into());
        }
        Ok(voice)
    }

    /// Starts a voice's job; starting it again does nothing.
    pub(crate) async fn start_clone(&self, id: VoiceId) -> Result<(), JobsError> {
        self.asset_jobs.start(CLONE_VOICE, &id.to_string(), Value::Null).await
    }
}

/// English name and BCP 47 tag of a language told in either way.
fn language_of(told: Option<&str>) -> (String, String) {
    let Some(told) = told.map(str::trim).filter(|told| !told.is_empty()) else {
        return (ANY_LANGUAGE.to_owned(), ANY_LOCALE.to_owned());
    };
    let tag = told.replace('_', "-");
    let primary = |locale: &str| locale.split('-').next().unwrap_or_default().to_lowercase();
    let by_locale = catalogue().find(|voice| voice.locale.eq_ignore_ascii_case(&tag));
    let by_name = catalogue().find(|voice| voice.language.eq_ignore_ascii_case(told));
    let by_language = catalogue().find(|voice| primary(voice.locale) == primary(&tag));
    match (by_locale, by_name, by_language) {
        (Some(voice), ..) => (voice.language.to_owned(), voice.locale.to_owned()),
        (None, Some(voice), _) => (voice.language.to_owned(), primary(voice.locale)),
        (None, None, Some(voice)) => (voice.language.to_owned(), tag),
        (None, None, None) => (told.to_owned(), tag),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_told_by_tag_or_by_name() {
        for (told, language, locale) in [
            (None, "Multilingual", "und"),
            (Some(" "), "Multilingual", "und"),
            (Some("en_gb"), "English", "en-GB"),
            (Some("english"), "English", "en"),
            (Some("en-AU"), "English", "en-AU"),
            (Some("tlh"), "tlh", "tlh"),
        ] {
            assert_eq!(language_of(told), (language.to_owned(), locale.to_owned()), "{told:?}");
        }
    }
}
