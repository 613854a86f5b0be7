//! What several fuzz targets ask of a file.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use rostrum_media::{InspectLimits, inspect};
use rostrum_model::asset::MediaType;

/// Looks at a file twice, once in whole and once from a source that gives 7 bytes at a time; the verdicts are the same,
/// and neither is our own fault.
pub fn inspects_alike(media_type: MediaType, bytes: &[u8]) {
    // A limit that a small input reaches too.
    let limits = InspectLimits { max_parts: 10_000, ..InspectLimits::default() };
    let whole = inspect(media_type, &mut Cursor::new(bytes), &limits);
    let slow = inspect(media_type, &mut Slow(Cursor::new(bytes)), &limits);
    match (whole, slow) {
        (Ok(whole), Ok(slow)) => assert_eq!(whole, slow),
        (Err(whole), Err(slow)) => {
            assert_eq!(whole.to_string(), slow.to_string());
            assert!(whole.is_the_files_fault(), "{whole}");
        }
        (whole, slow) => panic!("{whole:?}, then {slow:?}"),
    }
}

/// A file that gives a few bytes at a time.
struct Slow<'bytes>(Cursor<&'bytes [u8]>);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(7);
        self.0.read(&mut buffer[..most])
    }
}

impl Seek for Slow<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}
