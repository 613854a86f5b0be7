//! What lies beside a network: how to write sounds for it, and how it is to speak.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

/// The settings of a voice, as the Piper project writes them.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Config {
    pub(super) audio: Audio,
    pub(super) espeak: Espeak,
    #[serde(default)]
    pub(super) inference: Inference,
    /// What a text is turned into; left out, it is espeak-ng's sounds.
    pub(super) phoneme_type: Option<String>,
    /// The numbers that stand for each letter.
    #[serde(rename = "phoneme_id_map")]
    pub(super) ids: HashMap<char, Vec<i32>>,
    /// The speakers of a network of several, by name.
    #[serde(default, rename = "speaker_id_map")]
    pub(super) speakers: BTreeMap<String, i32>,
    pub(super) language: Language,
    /// Whose recordings it was trained on: the voice's name.
    pub(super) dataset: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Audio {
    /// Samples per second.
    pub(super) sample_rate: u32,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Espeak {
    /// The language's name for espeak-ng.
    pub(super) voice: String,
}

/// How lively it speaks and how fast.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default)]
pub(super) struct Inference {
    pub(super) noise_scale: f32,
    pub(super) length_scale: f32,
    pub(super) noise_w: f32,
}

impl Default for Inference {
    /// Those of Piper.
    fn default() -> Self {
        Self { noise_scale: 0.667, length_scale: 1.0, noise_w: 0.8 }
    }
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Language {
    /// As in `en_US`.
    pub(super) code: String,
    pub(super) name_english: String,
    pub(super) country_english: String,
}

impl Config {
    /// Reads the settings of a voice that can speak here.
    ///
    /// # Errors
    /// Why it cannot, for people.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let config: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if let Some(other) = config.phoneme_type.as_deref().filter(|kind| *kind != "espeak") {
            return Err(format!("it was trained on '{other}', and only espeak-ng's sounds are spoken here"));
        }
        if let Some(missing) = ['^', '_', '$'].into_iter().find(|mark| config.id(*mark).is_none()) {
            return Err(format!("phoneme_id_map has no number for {missing}"));
        }
        if !(8_000..=48_000).contains(&config.audio.sample_rate) {
            return Err(format!("a sample rate of {} is outside 8000..=48000", config.audio.sample_rate));
        }
        let Inference { noise_scale, length_scale, noise_w } = config.inference;
        if ![noise_scale, noise_w].iter().all(|scale| (0.0..=2.0).contains(scale))
            || !(0.1..=10.0).contains(&length_scale)
        {
            return Err("its inference scales are outside what speech can have".to_owned());
        }
        Ok(config)
    }

    /// The number of a mark that every network has.
    pub(super) fn id(&self, mark: char) -> Option<i32> {
        self.ids.get(&mark)?.first().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOE: &str = r#"{
        "audio": {"sample_rate": 22050, "quality": "medium"}, "espeak": {"voice": "en-us"},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8}, "phoneme_type": "espeak",
        "phoneme_id_map": {"_": [0], "^": [1], "$": [2], " ": [3], "a": [14]},
        "num_speakers": 1, "speaker_id_map": {}, "dataset": "joe",
        "language": {"code": "en_US", "name_english": "English", "country_english": "United States"}}"#;

    #[test]
    fn settings_as_the_project_writes_them_are_read() {
        let config = Config::parse(JOE.as_bytes()).unwrap();
        assert_eq!((config.audio.sample_rate, config.id('$'), config.id('b')), (22_050, Some(2), None));
        assert_eq!((config.espeak.voice.as_str(), config.dataset.as_str()), ("en-us", "joe"));
    }

    #[test]
    fn what_cannot_be_spoken_here_is_refused_with_the_reason() {
        for (from, to, why) in [
            ("\"espeak\",", "\"text\",", "trained on 'text'"),
            ("\"^\"", "\"x\"", "no number for ^"),
            ("22050", "0", "sample rate of 0"),
            ("0.667", "-1", "scales"),
            ("\"length_scale\": 1", "\"length_scale\": 0", "scales"),
            ("\"dataset\"", "\"set\"", "dataset"),
            ("\"_\": [0]", "\"__\": [0]", "__"),
        ] {
            let refused = Config::parse(JOE.replacen(from, to, 1).as_bytes()).unwrap_err();
            assert!(refused.contains(why), "{refused}");
        }
    }
}
