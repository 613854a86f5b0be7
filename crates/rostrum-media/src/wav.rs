//! Sound files of our own making.

use std::path::Path;

use crate::error::MediaError;

/// Writes mono samples (-1..1, clipped) as 16-bit PCM. Blocking.
///
/// # Errors
/// When the file cannot be written.
pub fn write_wav(path: &Path, samples: &[f32], sample_rate: u32) -> Result<(), MediaError> { let _ = (path, samples, sample_rate); unimplemented!() }
