//! Sound files of our own making.

use std::fs::File;
use std::io::{BufWriter, Cursor};
use std::path::Path;

use crate::error::MediaError;

/// A file of mono 16-bit PCM that is written bit by bit. Blocking.
pub struct WavFile(hound::WavWriter<BufWriter<File>>);

impl WavFile {
    /// An empty file.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(path: &Path, sample_rate: u32) -> Result<Self, MediaError> {
        hound::WavWriter::create(path, spec(sample_rate)).map(Self).map_err(not_written)
    }

    /// Adds samples (-1..1, louder ones clipped).
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write(&mut self, samples: &[f32]) -> Result<(), MediaError> {
        samples.iter().try_for_each(|sample| self.0.write_sample(pcm(*sample))).map_err(not_written)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> Result<(), MediaError> {
        self.0.finalize().map_err(not_written)
    }
}

/// Writes mono samples (-1..1, louder ones clipped) as 16-bit PCM. Blocking.
///
/// # Errors
/// When the file cannot be written.
pub fn write_wav(path: &Path, samples: &[f32], sample_rate: u32) -> Result<(), MediaError> {
    let mut file = WavFile::create(path, sample_rate)?;
    file.write(samples)?;
    file.finish()
}

/// The file of mono samples (-1..1, louder ones clipped) as 16-bit PCM.
pub fn wav(samples: &[f32], sample_rate: u32) -> Vec<u8> {
    let mut file = Cursor::new(Vec::with_capacity(44 + samples.len() * 2));
    let mut write = || -> Result<(), hound::Error> {
        let mut writer = hound::WavWriter::new(&mut file, spec(sample_rate))?;
        samples.iter().try_for_each(|sample| writer.write_sample(pcm(*sample)))?;
        writer.finalize()
    };
    write().expect("memory takes what the format can hold");
    file.into_inner()
}

fn spec(sample_rate: u32) -> hound::WavSpec {
    hound::WavSpec { channels: 1, sample_rate, bits_per_sample: 16, sample_format: hound::SampleFormat::Int }
}

/// A sample that is not a number becomes silence.
fn pcm(sample: f32) -> i16 {
    (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round() as i16
}

fn not_written(error: hound::Error) -> MediaError {
    let source = match error {
        hound::Error::IoError(source) => source,
        other => std::io::Error::other(other),
    };
    MediaError::Io { doing: "write the sound file", source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_come_back_from_the_file_and_loud_ones_are_clipped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        write_wav(&path, &[0.0, 0.5, -1.0, 3.0, f32::NAN], 24_000).unwrap();
        let mut reader = hound::WavReader::open(&path).unwrap();
        assert_eq!((reader.spec().channels, reader.spec().sample_rate), (1, 24_000));
        let samples: Vec<i16> = reader.samples().map(Result::unwrap).collect();
        assert_eq!(samples, [0, 16384, -32767, 32767, 0]);
    }
}
