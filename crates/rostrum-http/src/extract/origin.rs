//! Where the caller reaches this server, for URLs in answers.

use axum::extract::FromRequestParts;
use axum::http::header::HOST;
use axum::http::request::Parts;

use rostrum_app::footage::FOOTAGE_PREVIEW;
use rostrum_app::presenters::PresenterFile;
use rostrum_app::voices::{Sample, Voice};
use rostrum_model::asset::MediaType;
use rostrum_model::ids::{AssetId, LookId, SpeechId};

use crate::HttpState;
use crate::api_error::ApiError;
use crate::serving::OverTls;

/// Scheme and authority without a final slash.
pub(crate) struct Origin(String);

impl FromRequestParts<HttpState> for Origin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, ApiError> {
        if let Some(url) = &state.options.public_url {
            return Ok(Self(url.trim_end_matches('/').to_owned()));
        }
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        let scheme = if parts.extensions.get::<OverTls>().is_some() { "https" } else { "http" };
        Ok(Self(format!("{scheme}://{host}")))
    }
}

impl Origin {
    /// One that was kept.
    pub(crate) fn kept(origin: &str) -> Self {
        Self(origin.to_owned())
    }

    /// The text of it, to be kept.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The page that plays a video.
    pub(crate) fn video_page_url(&self, id: rostrum_model::ids::VideoId) -> String {
        format!("{}/videos/{id}", self.0)
    }

    /// The page of a video to pass on.
    pub(crate) fn video_share_url(&self, id: rostrum_model::ids::VideoId) -> String {
        format!("{}/share/{id}", self.0)
    }

    /// The URL of an asset's bytes.
    pub(crate) fn asset_url(&self, asset: &rostrum_model::asset::Asset) -> String {
        self.file_url(asset.id, asset.media_type)
    }

    /// The URL of the bytes of an asset of a type.
    pub(crate) fn file_url(&self, id: AssetId, media_type: MediaType) -> String {
        format!("{}/files/assets/{id}.{}", self.0, media_type.extension())
    }

    /// The URLs of the still picture of studied footage, and of the footage.
    pub(crate) fn footage_urls(&self, footage: &rostrum_model::asset::Asset) -> [String; 2] {
        [self.derived_url(footage.id, FOOTAGE_PREVIEW), self.asset_url(footage)]
    }

    /// The URL of a file made from an asset.
    pub(crate) fn derived_url(&self, id: rostrum_model::ids::AssetId, file: &str) -> String {
        format!("{}/asset/{id}/{file}", self.0)
    }

    /// A signed path behind scheme and host.
    pub(crate) fn signed_url(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The address of an upload by the tus protocol.
    pub(crate) fn tus_url(&self, id: rostrum_model::ids::AssetId) -> String {
        format!("{}/v3/assets/tus/{id}", self.0)
    }

    /// The URL of a spoken text.
    pub(crate) fn speech_url(&self, id: SpeechId) -> String {
        format!("{}/files/speech/{id}.wav", self.0)
    }

    /// The URL of a voice's sample, if there is one.
    pub(crate) fn voice_url(&self, voice: &Voice) -> Option<String> {
        match &voice.sample {
            Sample::Here => Some(format!("{}/files/voices/{}.wav", self.0, voice.id)),
            Sample::At(url) => Some(url.clone()),
            Sample::Nowhere => None,
        }
    }

    /// The URL of the page of a consent.
    pub(crate) fn consent_url(&self, token: &str) -> String {
        format!("{}/consents/{token}", self.0)
    }

    /// The URL of the moving preview of a look of somebody's own.
    pub(crate) fn motion_url(&self, id: LookId, version: &str) -> String {
        format!("{}/files/looks/{id}/{version}.mp4", self.0)
    }

    /// The URLs of the still and the moving preview of a look of the cast.
    pub(crate) fn presenter_urls(&self, look_id: &str) -> [String; 2] {
        PresenterFile::ALL.map(|file| format!("{}/files/presenters/{look_id}/{}", self.0, file.name()))
    }

    /// The URL of one of a video's files.
    pub(crate) fn video_url(&self, id: rostrum_model::ids::VideoId, file: &str) -> String {
        format!("{}/files/videos/{id}/{file}", self.0)
    }
}
