//! Sound files of our own making.

use std::io::Cursor;
use std::path::Path;

use crate::error::MediaError;

/// Writes mono samples (-1..1, louder ones clipped) as 16-bit PCM. Blocking.
///
/// # Errors
/// When the file cannot be written.
pub fn write_wav(path: &Path, samples: &[f32], sample_rate: u32) -> Result<(), MediaError> {
    std::fs::write(path, wav(samples, sample_rate))
        .map_err(|source| MediaError::Io { doing: "write the sound file", source })
}

/// The file of mono samples (-1..1, louder ones clipped) as 16-bit PCM.
pub fn wav(samples: &[f32], sample_rate: u32) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = Cursor::new(Vec::with_capacity(44 + samples.len() * 2));
    let mut write = || -> Result<(), hound::Error> {
        let mut writer = hound::WavWriter::new(&mut file, spec)?;
        for sample in samples {
            // A sample that is not a number becomes silence.
            writer.write_sample((sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round() as i16)?;
        }
        writer.finalize()
    };
    write().expect("memory takes what the format can hold");
    file.into_inner()
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
