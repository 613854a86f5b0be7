//! Bytes of an upload, arriving.

use bytes::Bytes;
use futures::{Stream, StreamExt};
use rostrum_blob::{BlobError, BlobErrorKind, BlobWriter};
use rostrum_model::asset::ContentHash;
use rostrum_model::ids::AssetId;
use rostrum_model::upload::{Received, Upload, UploadState};
use rostrum_store::StoreError;
use sha2::{Digest, Sha256};

use super::turns::Turn;
use super::unfinished_name;
use crate::App;

/// Which part of the file a request carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it, from the first byte.
    Whole,
    /// What comes behind the first `offset` bytes; perhaps not up to the end.
    From {
        /// Bytes that were sent before.
        offset: u64,
        /// Length of the whole file, when the request tells.
        total: Option<u64>,
    },
    /// What comes next, exactly behind the received bytes; perhaps not up to the end.
    Next {
        /// How many bytes the sender takes for received.
        offset: u64,
    },
}

/// Where an upload stands after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reception {
    /// The first bytes are there and durable; more are needed.
    Partly {
        /// How many.
        received_bytes: u64,
    },
    /// All bytes are there and durable.
    Whole(Received),
}

/// Bytes are not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The body ends before the announced length.
    #[error("the body is too short")]
    TooShort {
        /// Bytes received, with those of earlier requests.
        received_bytes: u64,
        /// The announced length.
        size_bytes: u64,
    },
    /// The body goes on after the announced or longest length.
    #[error("the body is too long")]
    TooLong {
        /// The announced or longest length in bytes.
        max_bytes: u64,
    },
    /// The part does not begin where the received bytes end.
    #[error("the part does not fit")]
    WrongOffset {
        /// Where the part begins.
        offset: u64,
        /// Where it must begin.
        received_bytes: u64,
    },
    /// The part belongs to a file of another length.
    #[error("the part belongs to another file")]
    WrongTotal {
        /// The length the request tells.
        total: u64,
        /// The announced length.
        size_bytes: u64,
    },
    /// The bytes are not those that were announced; they were dropped.
    #[error("the checksum does not match")]
    WrongChecksum {
        /// SHA-256 of the bytes.
        measured: ContentHash,
        /// The announced one.
        announced: ContentHash,
    },
    /// Other bytes were received in full before.
    #[error("the upload has its bytes already")]
    AlreadyReceived,
    /// The upload has failed.
    #[error("the upload has failed")]
    Failed {
        /// Why.
        message: String,
    },
    /// A newer request for the same upload took over; what was received is kept.
    #[error("a newer request took over")]
    TakenOver,
    /// The sender stopped in the middle; what was received is kept.
    #[error("the body was cut off")]
    Interrupted {
        /// Bytes that need not be sent again.
        received_bytes: u64,
        /// What the connection told.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The bytes could not be kept.
    #[error("the bytes could not be stored")]
    Blob(#[from] BlobError),
    /// The record could not be kept.
    #[error("the upload could not be recorded")]
    Store(#[from] StoreError),
}

/// What ended a body.
enum End {
    Sender,
    Limit,
    Newer,
    Broken(Box<dyn std::error::Error + Send + Sync>),
}

impl App {
    /// Takes bytes of an upload. What the answer says is there is durable.
    ///
    /// # Errors
    /// When the bytes do not fit what was announced or received before, the sender stops, or they cannot be kept.
    pub async fn receive<S, E>(&self, upload: &Upload, part: Part, body: S) -> Result<Reception, ReceiveError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin + Send,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        if let (Part::From { total: Some(total), .. }, Some(size_bytes)) = (part, upload.size_bytes)
            && total != size_bytes
        {
            return Err(ReceiveError::WrongTotal { total, size_bytes });
        }
        let turn = self.turns.take(upload.id).await;
        let upload = self.current(upload.id).await?;
        match &upload.state {
            UploadState::Pending => self.take_bytes(&upload, part, body, &turn).await,
            UploadState::Received(received) | UploadState::Completed(received) => {
                same_bytes(*received, part, body).await
            }
            UploadState::Failed { message, .. } => Err(ReceiveError::Failed { message: message.clone() }),
        }
    }

    /// How many bytes of an upload are there. Makes a request that is still sending give way.
    ///
    /// # Errors
    /// When the upload has failed or cannot be looked up.
    pub async fn received_bytes(&self, upload: &Upload) -> Result<Reception, ReceiveError> {
        let _turn = self.turns.take(upload.id).await;
        let upload = self.current(upload.id).await?;
        match upload.state {
            UploadState::Failed { message, .. } => Err(ReceiveError::Failed { message }),
            UploadState::Received(received) | UploadState::Completed(received) => {
                Ok(Reception::Whole(received))
            }
            UploadState::Pending => {
                let there = self.backends.blobs.open_unfinished(&unfinished_name(upload.id)).await?;
                let received_bytes = there.map_or(0, |bytes| bytes.len());
                if upload.size_bytes == Some(received_bytes) {
                    // A crash came between the last byte and the record.
                    let writer = self.writer_at(&upload, received_bytes, true).await?;
                    return self.seal(&upload, writer).await.map(Reception::Whole);
                }
                Ok(Reception::Partly { received_bytes })
            }
        }
    }

    /// The upload as it is now: somebody may have moved it while a turn was awaited.
    async fn current(&self, id: AssetId) -> Result<Upload, ReceiveError> {
        let upload = self.backends.store.uploads().get_any(id).await?;
        upload.ok_or_else(|| ReceiveError::Failed { message: "It was removed.".to_owned() })
    }

    async fn take_bytes<S, E>(
        &self,
        upload: &Upload,
        part: Part,
        mut body: S,
        turn: &Turn,
    ) -> Result<Reception, ReceiveError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin + Send,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (offset, total) = match part {
            Part::Whole => (0, None),
            Part::From { offset, total } => (offset, total),
            Part::Next { offset } => (offset, None),
        };
        let max_bytes = upload.size_bytes.unwrap_or_else(|| self.max_upload_bytes(upload.media_type));
        let is_exact = matches!(part, Part::Next { .. });
        let mut writer = self.writer_at(upload, offset, is_exact).await?;
        let mut received_bytes = offset;
        let end = loop {
            let next = tokio::select! {
                biased;
                () = turn.is_over() => break End::Newer,
                next = body.next() => next,
            };
            match next {
                None => break End::Sender,
                Some(Err(error)) => break End::Broken(error.into()),
                Some(Ok(chunk)) => {
                    received_bytes += chunk.len() as u64;
                    if received_bytes > max_bytes {
                        break End::Limit;
                    }
                    writer.write(&chunk).await?;
                }
            }
        };
        match end {
            // Its sender takes small steps and hears of each, so the steps before this one are good.
            End::Limit if is_exact => {
                writer.pause().await?;
                Err(ReceiveError::TooLong { max_bytes })
            }
            End::Limit => {
                drop(writer);
                self.backends.blobs.discard_unfinished(&unfinished_name(upload.id)).await?;
                Err(ReceiveError::TooLong { max_bytes })
            }
            End::Newer => {
                writer.pause().await?;
                Err(ReceiveError::TakenOver)
            }
            End::Broken(source) => {
                let received_bytes = writer.pause().await?;
                Err(ReceiveError::Interrupted { received_bytes, source })
            }
            End::Sender => {
                let size_bytes = upload.size_bytes.or(total);
                let is_whole = match size_bytes {
                    Some(size_bytes) => received_bytes == size_bytes,
                    // Nobody told the length, so the end of the body is the end of the file.
                    None => part == Part::Whole,
                };
                if is_whole {
                    return self.seal(upload, writer).await.map(Reception::Whole);
                }
                let received_bytes = writer.pause().await?;
                match (part, size_bytes) {
                    (Part::Whole, Some(size_bytes)) => {
                        Err(ReceiveError::TooShort { received_bytes, size_bytes })
                    }
                    _ => Ok(Reception::Partly { received_bytes }),
                }
            }
        }
    }

    /// Goes on behind the first `offset` bytes; drops what is there behind them, unless the offset must be exact.
    async fn writer_at(
        &self,
        upload: &Upload,
        offset: u64,
        is_exact: bool,
    ) -> Result<BlobWriter, ReceiveError> {
        let blobs = &self.backends.blobs;
        let name = unfinished_name(upload.id);
        let there = match offset {
            0 if !is_exact => 0,
            _ => blobs.open_unfinished(&name).await?.map_or(0, |bytes| bytes.len()),
        };
        let wrong = || ReceiveError::WrongOffset { offset, received_bytes: there };
        if offset > there || (is_exact && offset != there) {
            return Err(wrong());
        }
        blobs.resume(&name, offset).await.map_err(|error| match error.kind {
            BlobErrorKind::NotFound => wrong(),
            _ => error.into(),
        })
    }

    /// Makes complete bytes durable and notes them.
    async fn seal(&self, upload: &Upload, writer: BlobWriter) -> Result<Received, ReceiveError> {
        let sealed = writer.seal().await?;
        let received = Received { hash: sealed.sealed().hash, size_bytes: sealed.sealed().size_bytes };
        drop(sealed);
        if let Some(announced) = upload.checksum.filter(|checksum| *checksum != received.hash) {
            self.backends.blobs.discard_unfinished(&unfinished_name(upload.id)).await?;
            return Err(ReceiveError::WrongChecksum { measured: received.hash, announced });
        }
        let to = UploadState::Received(received);
        self.backends.store.uploads().update_state(upload.id, &UploadState::Pending, &to).await?;
        metrics::counter!("rostrum_upload_bytes_received_total").increment(received.size_bytes);
        Ok(received)
    }
}

/// A request that repeats one whose answer was lost succeeds; another file is refused.
async fn same_bytes<S, E>(received: Received, part: Part, mut body: S) -> Result<Reception, ReceiveError>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin + Send,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    match part {
        Part::Whole => {}
        Part::Next { offset } if offset == received.size_bytes && body.next().await.is_none() => {
            return Ok(Reception::Whole(received));
        }
        Part::From { .. } | Part::Next { .. } => return Err(ReceiveError::AlreadyReceived),
    }
    let mut hasher = Sha256::new();
    let mut size_bytes = 0;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| ReceiveError::Interrupted {
            received_bytes: received.size_bytes,
            source: error.into(),
        })?;
        size_bytes += chunk.len() as u64;
        if size_bytes > received.size_bytes {
            return Err(ReceiveError::AlreadyReceived);
        }
        hasher.update(&chunk);
    }
    let hash = ContentHash(hasher.finalize().into());
    if hash == received.hash { Ok(Reception::Whole(received)) } else { Err(ReceiveError::AlreadyReceived) }
}
