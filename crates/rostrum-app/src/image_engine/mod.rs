//! An engine of others that makes pictures: one that answers as OpenAI's image API does, hosted or self-hosted.
//!
//! A description goes to `POST /images/generations`; with pictures of the person it goes to `POST /images/edits`. One
//! picture is asked for at a time, so that what was made before a crash need not be made again. What comes back is a
//! stranger's file, and is kept and checked like an upload.

mod settings;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use futures::TryStreamExt;
use reqwest::multipart::{Form, Part};
use rostrum_model::photo_generation::Orientation;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;

pub use settings::{ImageEngineSettings, ImageSettingsFault};

use crate::assets::MAX_UPLOAD_BYTES;
use crate::engine_calls::{Again, CallFault, Calls, Endpoint, KeyHeader};
use crate::fetch::{FetchError, Fetcher};

/// How the engine is called in errors and in the log.
const NAME: &str = "image engine";
/// How long one picture may take.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(3);
/// The longest answer, in bytes: the longest picture, as Base64 in JSON.
const MAX_ANSWER_BYTES: usize = MAX_UPLOAD_BYTES as usize / 3 * 4 + 64 * 1024;
/// Pictures that the engine is asked for at once.
const AT_ONCE: usize = 2;
/// The most pictures of a person that it is shown.
pub const MAX_REFERENCES: usize = 3;

/// The engine gave no picture.
#[derive(Debug, thiserror::Error)]
pub enum ImageEngineFault {
    /// It does not answer as it should.
    #[error("the image engine {0}")]
    Call(#[from] CallFault),
    /// The picture lies at a URL that does not give it.
    #[error("the picture of the image engine could not be fetched")]
    Fetch(#[from] FetchError),
}

/// A picture of somebody that the engine is to start from.
#[derive(Debug, Clone)]
pub struct Reference {
    /// The file.
    pub bytes: Bytes,
    /// Its MIME type.
    pub mime: &'static str,
}

/// The engine of the settings.
pub struct ImageEngine {
    calls: Calls,
    settings: ImageEngineSettings,
    asking: Semaphore,
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Told>,
}

#[derive(Deserialize)]
struct Told {
    b64_json: Option<String>,
    url: Option<String>,
}

impl ImageEngine {
    /// The engine of these settings.
    ///
    /// # Errors
    /// When they cannot be used.
    pub fn new(settings: ImageEngineSettings) -> Result<Self, ImageSettingsFault> {
        settings.check()?;
        let calls = Calls::new(&Endpoint {
            name: NAME,
            url: &settings.url,
            key: settings.key.as_ref(),
            key_header: KeyHeader::Bearer,
            answer_timeout: settings
                .timeout_s
                .map_or(ANSWER_TIMEOUT, |s| Duration::from_secs(s.get().into())),
        });
        Ok(Self { calls, settings, asking: Semaphore::new(AT_ONCE) })
    }

    /// The file of a picture that fits a description, and the person in the references where there are any, of which at
    /// most [`MAX_REFERENCES`] are sent.
    ///
    /// # Errors
    /// When the engine cannot be reached, refuses, or answers what is none of its API.
    pub async fn picture(
        &self,
        prompt: &str,
        orientation: Orientation,
        references: &[Reference],
        fetcher: &Fetcher,
    ) -> Result<Bytes, ImageEngineFault> {
        let _turn = self.asking.acquire().await.expect("nobody closes it");
        let answer: Answer = if references.is_empty() {
            let mut body = json!({"prompt": prompt, "n": 1, "size": self.settings.size(orientation)});
            for (name, value) in self.optional() {
                body[name] = json!(value);
            }
            self.calls
                .ask_json("/images/generations", Again::IfNothingWasDone, MAX_ANSWER_BYTES, |client, url| {
                    client.post(url).json(&body)
                })
                .await?
        } else {
            self.calls
                .ask_json("/images/edits", Again::IfNothingWasDone, MAX_ANSWER_BYTES, |client, url| {
                    client.post(url).multipart(self.form(prompt, orientation, references))
                })
                .await?
        };
        let told = answer.data.into_iter().next();
        let told = told.ok_or_else(|| CallFault::Unusable("'data' is empty".to_owned()))?;
        match told {
            Told { b64_json: Some(digits), .. } => {
                let bytes = STANDARD.decode(digits.as_bytes());
                let bytes = bytes.map_err(|error| CallFault::Unusable(format!("'b64_json': {error}")))?;
                Ok(bytes.into())
            }
            Told { url: Some(url), .. } => fetched(fetcher, &url).await,
            Told { .. } => {
                Err(CallFault::Unusable("a picture has neither 'b64_json' nor 'url'".to_owned()).into())
            }
        }
    }

    /// What is sent only where the settings say so: models differ in what they take.
    fn optional(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let fields = [("model", &self.settings.model), ("response_format", &self.settings.response_format)];
        fields.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }

    fn form(&self, prompt: &str, orientation: Orientation, references: &[Reference]) -> Form {
        let mut form = Form::new()
            .text("prompt", prompt.to_owned())
            .text("n", "1")
            .text("size", self.settings.size(orientation).to_owned());
        for (name, value) in self.optional() {
            form = form.text(name, value.to_owned());
        }
        let name = if references.len() > 1 { "image[]" } else { "image" };
        for (place, Reference { bytes, mime }) in references.iter().take(MAX_REFERENCES).enumerate() {
            let extension = mime.rsplit('/').next().unwrap_or("png");
            let file_name = format!("person-{place}.{extension}");
            let length = bytes.len() as u64;
            let part = Part::stream_with_length(bytes.clone(), length).file_name(file_name.clone());
            let part =
                part.mime_str(mime).unwrap_or_else(|_| Part::bytes(bytes.to_vec()).file_name(file_name));
            form = form.part(name, part);
        }
        form
    }
}

/// A picture behind a URL, which is a stranger's like any that callers give.
async fn fetched(fetcher: &Fetcher, url: &str) -> Result<Bytes, ImageEngineFault> {
    let mut body = fetcher.fetch(url).await?.body;
    let mut bytes = BytesMut::new();
    while let Some(piece) = body.try_next().await? {
        if bytes.len() + piece.len() > MAX_UPLOAD_BYTES as usize {
            return Err(CallFault::TooLarge { limit_bytes: MAX_UPLOAD_BYTES as usize }.into());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.freeze())
}
