//! Telling a file's type from its first bytes.

use std::borrow::Cow;

use rostrum_model::asset::MediaType;

/// What the first bytes of a file say it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sniffed {
    /// One of the types an asset can have.
    Supported(MediaType),
    /// Something else, in words with an article: `a GIF image`, `an empty file`.
    Other(Cow<'static, str>),
}

/// Tells the type from the first bytes (4 KiB suffice for almost all files; 64 KiB for all we know). The file's name
/// plays no part. The rest of the file may still be damaged: [`crate::probe()`] or a decoder tells.
pub fn sniff(head: &[u8]) -> Sniffed { let _ = head; unimplemented!() }
