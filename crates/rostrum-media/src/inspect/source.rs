//! A file that is read by its headers, from place to place, within bounds.

use std::io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};

use crate::error::{Limited, MediaError};

/// A file with a known length. Every read beyond the end is the typed error for a file that was cut off.
pub(super) struct Source<R> {
    reader: BufReader<R>,
    length: u64,
    position: u64,
    parts: u64,
    max_parts: u64,
}

impl<R: Read + Seek> Source<R> {
    pub(super) fn new(mut reader: R, max_parts: u64) -> Result<Self, MediaError> {
        let length = reader.seek(SeekFrom::End(0)).map_err(unreadable)?;
        reader.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        Ok(Self { reader: BufReader::new(reader), length, position: 0, parts: 0, max_parts })
    }

    /// Length of the file.
    pub(super) fn len(&self) -> u64 {
        self.length
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Bytes up to the end.
    pub(super) fn remaining(&self) -> u64 {
        self.length - self.position
    }

    /// Counts a chunk, block or box towards the limit.
    pub(super) fn count_part(&mut self) -> Result<(), MediaError> {
        self.parts += 1;
        Limited::FileParts.check(self.parts, self.max_parts)
    }

    pub(super) fn seek_to(&mut self, position: u64) -> Result<(), MediaError> {
        if position > self.length {
            return Err(self.cut_off(position - self.length));
        }
        // Both are at most the length of a file, which fits.
        let distance = position as i64 - self.position as i64;
        self.reader.seek_relative(distance).map_err(unreadable)?;
        self.position = position;
        Ok(())
    }

    pub(super) fn skip(&mut self, count: u64) -> Result<(), MediaError> {
        if count > self.remaining() {
            return Err(self.cut_off(count - self.remaining()));
        }
        self.seek_to(self.position + count)
    }

    pub(super) fn read<const N: usize>(&mut self) -> Result<[u8; N], MediaError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    pub(super) fn read_u8(&mut self) -> Result<u8, MediaError> {
        self.read::<1>().map(|[byte]| byte)
    }

    /// Reads `count` bytes; the caller bounds it.
    pub(super) fn read_vec(&mut self, count: u64) -> Result<Vec<u8>, MediaError> {
        if count > self.remaining() {
            return Err(self.cut_off(count - self.remaining()));
        }
        let mut bytes = vec![0; count as usize];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// Goes past the next byte `wanted`, within `max` bytes. `None` when the file ends before it.
    pub(super) fn skip_past(&mut self, wanted: u8, max: u64) -> Result<Option<u64>, MediaError> {
        let start = self.position;
        while self.position - start <= max {
            let buffer = self.reader.fill_buf().map_err(unreadable)?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let found = buffer.iter().position(|byte| *byte == wanted);
            let passed = found.map_or(buffer.len(), |at| at + 1);
            self.reader.consume(passed);
            self.position += passed as u64;
            if found.is_some() {
                return Ok(Some(self.position - start));
            }
        }
        Ok(None)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), MediaError> {
        let count = bytes.len() as u64;
        if count > self.remaining() {
            return Err(self.cut_off(count - self.remaining()));
        }
        self.reader.read_exact(bytes).map_err(|error| {
            // A file that became shorter while it was read.
            if error.kind() == ErrorKind::UnexpectedEof { self.cut_off(count) } else { unreadable(error) }
        })?;
        self.position += count;
        Ok(())
    }

    fn cut_off(&self, missing: u64) -> MediaError {
        MediaError::malformed(format!(
            "it ends after {} bytes, at least {missing} more are announced",
            self.length
        ))
    }
}

fn unreadable(error: std::io::Error) -> MediaError {
    MediaError::io("read the file")(error)
}
