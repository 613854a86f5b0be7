//! Assets as requests name them, resolved: the one way from `{type: asset_id | url | base64}` to an asset.

use bytes::Bytes;
use futures::stream;
use rostrum_model::asset::{Asset, AssetInput, AssetKind, ContentHash};
use rostrum_model::ids::{AssetId, WorkspaceId};
use rostrum_store::StoreError;

use crate::App;
use crate::assets::{DeleteAssetError, UploadError};
use crate::fetch::{FetchError, Fetched};

/// An input that is an asset now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The asset.
    pub asset: Asset,
    /// Whether it was made from this request, by download or from the request's own bytes.
    pub is_new: bool,
}

/// Of a request that may have several inputs, the same bytes are the same asset.
fn input_label(hash: &ContentHash) -> String {
    format!("input {hash}")
}

/// An input cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The workspace has no such asset.
    #[error("asset {0} was not found")]
    NotFound(AssetId),
    /// The file is of a kind that this input does not take.
    #[error("the asset is {found}")]
    WrongKind {
        /// MIME type of the file.
        found: &'static str,
        /// The kind that is needed.
        wanted: AssetKind,
    },
    /// The URL does not give a file.
    #[error("the file could not be fetched")]
    Fetch(#[source] FetchError),
    /// The file is none that can be kept.
    #[error("the file could not be kept")]
    Upload(#[source] UploadError),
    /// The records do not answer.
    #[error("the asset could not be looked up")]
    Store(#[from] StoreError),
    /// What was made for a refused request cannot be removed.
    #[error("the file of a refused request could not be removed")]
    Discard(#[from] DeleteAssetError),
}

impl App {
    /// The asset that a request names. Files from URLs and from the request itself are kept as assets of the workspace.
    ///
    /// # Errors
    /// When there is none, it is of another kind, or it cannot be had; then nothing is kept.
    pub async fn resolve_input(
        &self,
        workspace_id: WorkspaceId,
        input: AssetInput,
        kind: AssetKind,
    ) -> Result<Resolved, InputError> {
        let resolved = self.resolve_any_input(workspace_id, input).await?;
        let found = resolved.asset.media_type;
        if found.kind() != kind {
            self.discard_new(&resolved).await?;
            return Err(InputError::WrongKind { found: found.mime(), wanted: kind });
        }
        Ok(resolved)
    }

    /// The same for inputs that take files of several kinds.
    ///
    /// # Errors
    /// As [`App::resolve_input`], whatever the kind.
    pub async fn resolve_any_input(
        &self,
        workspace_id: WorkspaceId,
        input: AssetInput,
    ) -> Result<Resolved, InputError> {
        let (asset, is_new) = match input {
            AssetInput::AssetId(id) => {
                let asset = self.asset(workspace_id, id).await?.ok_or(InputError::NotFound(id))?;
                (asset, false)
            }
            AssetInput::Url(url) => {
                if let Some(asset) = self.asset_at(workspace_id, &url).await? {
                    (asset, false)
                } else {
                    let Fetched { file_name, body, .. } =
                        self.backends.fetcher.fetch(&url).await.map_err(InputError::Fetch)?;
                    let asset =
                        self.upload_for(workspace_id, None, file_name.as_deref(), body, input_label).await;
                    (asset.map_err(told_by_the_fetcher)?, true)
                }
            }
            AssetInput::Inline(bytes) => {
                let body = stream::iter([Ok::<_, std::convert::Infallible>(Bytes::from(bytes))]);
                let asset = self.upload_for(workspace_id, None, None, body, input_label).await;
                (asset.map_err(InputError::Upload)?, true)
            }
        };
        Ok(Resolved { asset, is_new })
    }

    /// The asset whose file a URL names, if the workspace has it: clients pass the URL of an upload on, or build one of the
    /// host that HeyGen serves files by. The host does not matter, for the id names no other file.
    async fn asset_at(&self, workspace_id: WorkspaceId, url: &str) -> Result<Option<Asset>, StoreError> {
        match asset_id_in(url) {
            Some(id) => self.asset(workspace_id, id).await,
            None => Ok(None),
        }
    }

    /// Removes an asset again that was made for a request which is refused after all.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub async fn discard_new(&self, resolved: &Resolved) -> Result<(), DeleteAssetError> {
        if resolved.is_new {
            self.delete_asset(resolved.asset.workspace_id, resolved.asset.id).await?;
        }
        Ok(())
    }
}

/// The id in a URL like that of an asset's file: `/files/assets/{id}.{extension}` or `/asset/{id}`.
fn asset_id_in(url: &str) -> Option<AssetId> {
    let (_, rest) = url.split_once("://")?;
    let (_, path) = rest.split(['?', '#']).next()?.split_once('/')?;
    let name = path.strip_prefix("files/assets/").or_else(|| path.strip_prefix("asset/"))?;
    name.split('.').next()?.parse().ok()
}

/// A download that ends in the middle has more to tell than that it was cut off.
fn told_by_the_fetcher(error: UploadError) -> InputError {
    match error {
        UploadError::Interrupted(source) => match source.downcast::<FetchError>() {
            Ok(error) => InputError::Fetch(*error),
            Err(source) => InputError::Upload(UploadError::Interrupted(source)),
        },
        error => InputError::Upload(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_files_of_assets_are_told_by_their_path() {
        let id = "asset_018bcfe5680070008000000000000000";
        for url in [
            format!("http://127.0.0.1:8080/files/assets/{id}.png"),
            format!("https://files.heygen.ai/asset/{id}"),
            format!("https://files.heygen.com/asset/{id}.jpg?x=1#y"),
        ] {
            assert_eq!(asset_id_in(&url).map(|id| id.to_string()).as_deref(), Some(id), "{url}");
        }
        for url in [
            format!("https://example.org/{id}"),
            format!("https://example.org/asset/{id}/thumbnail.jpg"),
            format!("https://example.org?/asset/{id}"),
            "https://example.org/asset/me.png".to_owned(),
            format!("/asset/{id}"),
        ] {
            assert_eq!(asset_id_in(&url), None, "{url}");
        }
    }
}
