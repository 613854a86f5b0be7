//! Speech kept for whoever asks for it again: the spans as JSON, then the samples as little-endian floats.

use rostrum_model::speech::{PhonemeSpan, SpeechTrack, WordSpan};
use serde::{Deserialize, Serialize};

/// A text that was spoken.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Spoken {
    /// The sound with its times.
    pub(crate) track: SpeechTrack,
    /// Words, as written, of which something could not be pronounced.
    pub(crate) unspoken_words: Vec<String>,
}

/// The file is not one written by [`encode`].
#[derive(Debug, thiserror::Error)]
#[error("a stored speech track is damaged")]
pub(crate) struct DamagedTrack;

#[derive(Serialize, Deserialize)]
struct Spans {
    phonemes: Vec<PhonemeSpan>,
    words: Vec<WordSpan>,
    /// Words nothing could be spoken for.
    unspoken: Vec<String>,
}

/// The bytes of a track: length of the JSON (u32, little endian), the JSON, the samples.
pub(crate) fn encode(Spoken { track, unspoken_words }: &Spoken) -> Vec<u8> {
    let spans = Spans {
        phonemes: track.phonemes.clone(),
        words: track.words.clone(),
        unspoken: unspoken_words.clone(),
    };
    let json = serde_json::to_vec(&spans).expect("spans always make JSON");
    let mut bytes = Vec::with_capacity(4 + json.len() + track.samples.len() * 4);
    bytes.extend_from_slice(&(json.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&json);
    for sample in &track.samples {
        bytes.extend_from_slice(&sample.to_le_bytes());
    }
    bytes
}

/// Reads what [`encode`] wrote.
pub(crate) fn decode(bytes: &[u8]) -> Result<Spoken, DamagedTrack> {
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or(DamagedTrack)?;
    let (json, sound) = rest.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or(DamagedTrack)?;
    let spans: Spans = serde_json::from_slice(json).map_err(|_| DamagedTrack)?;
    let (samples, odd) = sound.as_chunks::<4>();
    if !odd.is_empty() {
        return Err(DamagedTrack);
    }
    let track = SpeechTrack {
        samples: samples.iter().map(|sample| f32::from_le_bytes(*sample)).collect(),
        phonemes: spans.phonemes,
        words: spans.words,
    };
    Ok(Spoken { track, unspoken_words: spans.unspoken })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_track_survives_being_written_and_read() {
        let track = SpeechTrack {
            samples: vec![0.0, -0.25, 1.0],
            phonemes: vec![PhonemeSpan { symbol: "ɑ".into(), start_s: 0.0, end_s: 0.1, stressed: true }],
            words: vec![WordSpan { text: "Ah.".into(), start_s: 0.0, end_s: 0.1 }],
        };
        let spoken = Spoken { track, unspoken_words: vec!["שלום".into()] };
        assert_eq!(decode(&encode(&spoken)).unwrap(), spoken);
    }

    #[test]
    fn damaged_bytes_are_an_error_and_no_panic() {
        let track = SpeechTrack { samples: vec![0.5], ..SpeechTrack::default() };
        let whole = encode(&Spoken { track, unspoken_words: vec![] });
        for end in 0..whole.len() {
            assert!(decode(&whole[..end]).is_err() || end + 4 == whole.len());
        }
        assert!(decode(&[255; 40]).is_err());
    }
}
