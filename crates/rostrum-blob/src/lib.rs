//! Bytes: finished files kept under keys.
//!
//! A blob appears under its [`BlobKey`] whole and durable, or not at all: [`BlobWriter`] streams into a temporary
//! place while hashing and counting, and [`BlobWriter::commit`] syncs and then renames. Keys may be made from the
//! content's hash ([`BlobKey::for_content`]), so that the same bytes are stored once. Bytes that arrive over several
//! requests are gathered by [`Blobs::resume`].
//!
//! Deliberately not here: who may see a blob, media types, reference counts (records know those, see the store), and
//! any clock: ages are passed in.
//!
//! Two backends: [`LocalBlobs`], plain files, and [`S3Blobs`], a bucket, to which clients may send bytes themselves
//! ([`DirectBlobs`]).
//!
//! To add a backend, implement [`Blobs`] and [`PendingBlob`] (and [`BlobSource`] for reading) in a module of its own,
//! and call every function of the `contract` test module on it, as `local` does.

mod blobs;
mod blocking;
#[cfg(test)]
mod contract;
mod direct;
mod error;
mod key;
mod local;
mod read;
mod s3;
mod write;

pub use blobs::{Blobs, StoredBlob};
pub use direct::{DirectBlobs, DirectFile, MAX_DIRECT_PUT_BYTES, SignedPart, SignedPut};
pub use error::{BlobError, BlobErrorKind};
pub use key::{BlobKey, InvalidKey, MAX_KEY_LENGTH};
pub use local::LocalBlobs;
pub use read::{BlobReader, BlobSource, MAX_CHUNK_BYTES};
pub use s3::{S3Blobs, S3Settings};
pub use write::{BlobWriter, PendingBlob, Sealed, SealedBlob, Written};
