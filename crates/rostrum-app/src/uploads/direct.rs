//! Bytes that clients send to the storage itself.

use rostrum_blob::{BlobError, DirectFile, MAX_DIRECT_PUT_BYTES, SignedPart, SignedPut};
use rostrum_model::upload::{Received, Upload, UploadState};

use super::{CompleteError, unfinished_name};
use crate::App;

/// Where a client sends its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Direct {
    /// All to one URL.
    Whole(SignedPut),
    /// To a URL for each part.
    Parts(Vec<SignedPart>),
}

impl App {
    /// URLs to the storage for the bytes of an upload. `None` when they come to us: the storage takes none itself, or
    /// nobody said how many they are.
    pub(super) async fn direct(&self, upload: &Upload, in_parts: bool) -> Result<Option<Direct>, BlobError> {
        let (Some(storage), Some(size_bytes)) = (self.backends.blobs.direct(), upload.size_bytes) else {
            return Ok(None);
        };
        let name = unfinished_name(upload.id);
        let file = DirectFile { size_bytes, mime: upload.media_type.mime(), checksum: upload.checksum };
        let now = self.backends.clock.now();
        let lifetime = upload.expires_at - now;
        let in_parts = in_parts || size_bytes > MAX_DIRECT_PUT_BYTES;
        Ok(Some(if in_parts {
            Direct::Parts(storage.sign_parts(&name, &file, now, lifetime).await?)
        } else {
            Direct::Whole(storage.sign_put(&name, &file, now, lifetime).await?)
        }))
    }

    /// Whether URLs for parts were given out.
    pub(super) async fn is_in_parts(&self, upload: &Upload) -> Result<bool, BlobError> {
        match self.backends.blobs.direct() {
            Some(storage) => storage.is_in_parts(&unfinished_name(upload.id)).await,
            None => Ok(false),
        }
    }

    /// Takes what a client sent to the storage, once it is all there, and notes what it is.
    pub(super) async fn take_direct(&self, upload: &Upload) -> Result<(), CompleteError> {
        let (Some(storage), Some(size_bytes)) = (self.backends.blobs.direct(), upload.size_bytes) else {
            return Ok(());
        };
        let _turn = self.turns.take(upload.id).await;
        let name = unfinished_name(upload.id);
        let Some(sealed) = storage.take(&name, size_bytes).await? else { return Ok(()) };
        // The signature covers both, but not every server holds to that.
        let wrong = if sealed.size_bytes == size_bytes {
            upload
                .checksum
                .filter(|announced| *announced != sealed.hash)
                .map(|announced| CompleteError::WrongChecksum { measured: sealed.hash, given: announced })
        } else {
            Some(CompleteError::WrongSize { received_bytes: sealed.size_bytes, size_bytes })
        };
        if let Some(error) = wrong {
            self.backends.blobs.discard_unfinished(&name).await?;
            return Err(error);
        }
        let received = Received { hash: sealed.hash, size_bytes };
        let to = UploadState::Received(received);
        if self.backends.store.uploads().update_state(upload.id, &UploadState::Pending, &to).await? {
            metrics::counter!("rostrum_upload_bytes_received_total").increment(size_bytes);
        }
        Ok(())
    }
}
