//! Voices that fit a description: those of the catalogue, and blends of those that fit best.
//!
//! A description is read word by word: gender, language and accent choose, and words for age, pitch, warmth, energy and pace
//! rank by what was measured of the voices (`TRAITS`). Nothing here understands sentences; words it does not know change
//! nothing. The same description and batch give the same voices, for blends are kept.

mod wishes;

use rostrum_model::ids::{VoiceId, WorkspaceId};
use rostrum_model::voice::{BlendPart, Gender, PrivateVoice, VoiceSource, VoiceState};
use rostrum_speech::Voice as CatalogueVoice;
use rostrum_speech::voices::Engine;
use rostrum_store::StoreError;

use crate::App;
use crate::voices::{Voice, catalogue, gender_of};
use wishes::{AXES, Axis, Wishes};

/// Voices in one batch.
pub const BATCH: usize = 3;
/// Of these, so many are voices of the catalogue while there are any left.
const PLAIN_IN_BATCH: usize = 2;
/// The best plain matches that are blended with each other.
const BLENDED: usize = 6;
/// The weights blends are tried with.
const WEIGHTS: [(u32, u32); 3] = [(1, 1), (2, 1), (1, 2)];

/// What was measured of a voice, by `cargo run --release --example measure_voices -p rostrum-speech`: the median of its
/// pitch in Hz, the spread of its pitch in semitones (10th to 90th percentile), the centre of its spectrum in Hz, and its
/// pace in words per minute, all of the same text.
struct Traits {
    voice_id: &'static str,
    pitch_hz: f32,
    spread_semitones: f32,
    centre_hz: f32,
    pace_wpm: f32,
}

const fn traits(
    voice_id: &'static str,
    pitch_hz: f32,
    spread_semitones: f32,
    centre_hz: f32,
    pace_wpm: f32,
) -> Traits {
    Traits { voice_id, pitch_hz, spread_semitones, centre_hz, pace_wpm }
}

/// Voices that are not here are ranked behind those that are.
const TRAITS: [Traits; 28] = [
    traits("af_heart", 190.0, 7.0, 1803.0, 251.0),
    traits("af_bella", 190.0, 6.4, 1533.0, 243.0),
    traits("af_nicole", 145.0, 4.7, 1537.0, 201.0),
    traits("af_aoede", 175.0, 7.5, 769.0, 239.0),
    traits("af_kore", 148.0, 9.5, 1062.0, 232.0),
    traits("af_sarah", 183.0, 9.7, 1572.0, 255.0),
    traits("af_nova", 154.0, 6.9, 1113.0, 240.0),
    traits("af_sky", 154.0, 8.5, 1112.0, 244.0),
    traits("af_alloy", 139.0, 8.1, 1206.0, 237.0),
    traits("af_jessica", 205.0, 7.6, 1255.0, 256.0),
    traits("af_river", 176.0, 5.4, 1353.0, 256.0),
    traits("am_michael", 110.0, 7.8, 1443.0, 228.0),
    traits("am_fenrir", 131.0, 11.6, 1275.0, 236.0),
    traits("am_puck", 108.0, 10.2, 1398.0, 227.0),
    traits("am_echo", 105.0, 9.9, 1345.0, 237.0),
    traits("am_eric", 154.0, 8.7, 899.0, 258.0),
    traits("am_liam", 121.0, 9.4, 1247.0, 250.0),
    traits("am_onyx", 83.0, 6.4, 667.0, 212.0),
    traits("am_santa", 157.0, 12.5, 1198.0, 225.0),
    traits("am_adam", 114.0, 7.8, 1188.0, 254.0),
    traits("bf_emma", 178.0, 6.0, 1888.0, 255.0),
    traits("bf_isabella", 200.0, 6.2, 1898.0, 247.0),
    traits("bf_alice", 209.0, 10.7, 1273.0, 223.0),
    traits("bf_lily", 176.0, 9.3, 1095.0, 226.0),
    traits("bm_george", 139.0, 7.0, 969.0, 212.0),
    traits("bm_fable", 108.0, 12.3, 2535.0, 210.0),
    traits("bm_lewis", 79.0, 9.2, 1168.0, 228.0),
    traits("bm_daniel", 124.0, 6.4, 892.0, 239.0),
];

/// How far voices that were not measured are from what is asked for.
const UNMEASURED: f32 = 1000.0;

/// The voices that whisper, by listening.
const BREATHY: [&str; 1] = ["af_nicole"];

/// A description to find voices for.
#[derive(Debug, Clone, Default)]
pub struct Description {
    /// In words.
    pub prompt: String,
    /// Gender, whatever the words say.
    pub gender: Option<Gender>,
    /// Locale or language as a BCP 47 tag, whatever the words say.
    pub locale: Option<String>,
    /// Which batch: 0 has the best.
    pub batch: u32,
}

/// No voices can be designed.
#[derive(Debug, thiserror::Error)]
pub enum DesignError {
    /// No voice of the catalogue speaks the language.
    #[error("no voice of the catalogue speaks '{0}'")]
    LocaleUnknown(String),
    /// Records could not be reached.
    #[error("the blended voices could not be recorded")]
    Store(#[from] StoreError),
}

/// One of the voices that fit.
#[derive(Debug, Clone, PartialEq)]
enum Match {
    Plain(&'static CatalogueVoice),
    Blend { name: String, first: &'static CatalogueVoice, parts: Vec<BlendPart> },
}

/// How a voice lies on each axis, in standard deviations from the mean of its gender; `None` when it was not measured.
fn place(voice: &CatalogueVoice) -> Option<[f32; AXES]> {
    let values = |traits: &Traits| {
        [traits.pitch_hz.ln(), traits.centre_hz.ln(), traits.spread_semitones.ln(), traits.pace_wpm.ln()]
    };
    let of = |id: &str| TRAITS.iter().find(|traits| traits.voice_id == id);
    let own = values(of(voice.id)?);
    let same: Vec<[f32; AXES - 1]> = catalogue()
        .filter(|other| other.gender == voice.gender)
        .filter_map(|other| of(other.id).map(values))
        .collect();
    let count = same.len() as f32;
    let mut place = [0.0; AXES];
    for (axis, value) in own.iter().enumerate() {
        let mean = same.iter().map(|values| values[axis]).sum::<f32>() / count;
        let variance = same.iter().map(|values| (values[axis] - mean).powi(2)).sum::<f32>() / count;
        place[axis] = (value - mean) / variance.sqrt().max(1e-3);
    }
    place[Axis::Breath as usize] = if BREATHY.contains(&voice.id) { 2.0 } else { 0.0 };
    Some(place)
}

/// All that fits, best first in each batch.
fn matches(wishes: &Wishes) -> Vec<Match> {
    let mut plain: Vec<(f32, &CatalogueVoice)> = catalogue()
        .filter(|voice| wishes.admits(voice))
        .map(|voice| (place(voice).map_or(UNMEASURED, |place| wishes.distance(&place)), voice))
        .collect();
    // Stable: what fits alike stays in the order of the catalogue.
    plain.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut blends = Vec::new();
    let best: Vec<_> = plain.iter().take(BLENDED).map(|(_, voice)| *voice).collect();
    for (index, first) in best.iter().enumerate() {
        for second in &best[index + 1..] {
            let one_network = [first, second].iter().all(|voice| voice.engine == Engine::Kokoro);
            if !one_network || first.locale != second.locale || first.gender != second.gender {
                continue;
            }
            let places = place(first).zip(place(second));
            for (more, less) in WEIGHTS {
                let (more_share, sum) = (more as f32, (more + less) as f32);
                let distance = places.map_or(UNMEASURED, |(a, b)| {
                    let mixed =
                        std::array::from_fn(|axis| (a[axis] * more_share + b[axis] * less as f32) / sum);
                    wishes.distance(&mixed)
                });
                blends.push((distance, blend(first, more, second, less)));
            }
        }
    }
    blends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut plain = plain.into_iter().map(|(distance, voice)| (distance, Match::Plain(voice))).peekable();
    let mut blends = blends.into_iter().peekable();
    let mut all = Vec::new();
    while plain.peek().is_some() || blends.peek().is_some() {
        let mut batch: Vec<_> = plain.by_ref().take(PLAIN_IN_BATCH).collect();
        batch.extend(blends.by_ref().take(BATCH - batch.len()));
        batch.extend(plain.by_ref().take(BATCH - batch.len()));
        batch.sort_by(|a, b| a.0.total_cmp(&b.0));
        all.extend(batch.into_iter().map(|(_, found)| found));
    }
    all
}

fn blend(first: &'static CatalogueVoice, more: u32, second: &'static CatalogueVoice, less: u32) -> Match {
    let part = |voice: &CatalogueVoice, weight| BlendPart { voice_id: voice.id.to_owned(), weight };
    let mut parts = vec![part(first, more), part(second, less)];
    // The same blend has the same parts, whichever fitted better.
    parts.sort_by(|a, b| a.voice_id.cmp(&b.voice_id));
    Match::Blend { name: format!("{} & {} {more}:{less}", first.name, second.name), first, parts }
}

impl App {
    /// A batch of the voices that fit a description, best first; empty behind the last one. Blends among them are kept as
    /// voices of the workspace, once.
    ///
    /// # Errors
    /// When no voice speaks the language asked for, or the records do not answer.
    pub async fn design_voices(
        &self,
        workspace_id: WorkspaceId,
        description: &Description,
    ) -> Result<Vec<Voice>, DesignError> {
        let mut wishes = Wishes::read(&description.prompt);
        wishes.gender = description.gender.or(wishes.gender);
        if let Some(locale) = &description.locale {
            wishes.ask_for_locale(locale);
            if !catalogue().any(|voice| wishes.admits_language(voice)) {
                return Err(DesignError::LocaleUnknown(locale.clone()));
            }
        }
        let first = (description.batch as usize).saturating_mul(BATCH);
        let mut voices = Vec::new();
        for found in matches(&wishes).into_iter().skip(first).take(BATCH) {
            voices.push(match found {
                Match::Plain(voice) => voice.into(),
                Match::Blend { name, first, parts } => {
                    self.keep_blend(workspace_id, name, first, parts).await?.into()
                }
            });
        }
        Ok(voices)
    }

    async fn keep_blend(
        &self,
        workspace_id: WorkspaceId,
        name: String,
        first: &CatalogueVoice,
        parts: Vec<BlendPart>,
    ) -> Result<PrivateVoice, StoreError> {
        let backends = &self.backends;
        let voices = backends.store.voices();
        if let Some(kept) = voices.get_blend(workspace_id, &parts).await? {
            return Ok(kept);
        }
        let voice = PrivateVoice {
            id: VoiceId::generate(&*backends.clock, &*backends.chance),
            workspace_id,
            name,
            gender: gender_of(first.gender),
            language: first.language.to_owned(),
            locale: first.locale.to_owned(),
            source: VoiceSource::Blend { parts: parts.clone() },
            state: VoiceState::Complete,
            created_at: backends.clock.now(),
        };
        match voices.add(&voice).await {
            // Another request kept it just now.
            Err(conflict @ StoreError::Conflict(_)) => {
                voices.get_blend(workspace_id, &parts).await?.ok_or(conflict)
            }
            added => added.map(|()| voice),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(prompt: &str) -> Vec<String> {
        let told = matches(&Wishes::read(prompt)).into_iter().map(|found| match found {
            Match::Plain(voice) => voice.id.to_owned(),
            Match::Blend { parts, .. } => {
                let parts: Vec<_> =
                    parts.iter().map(|part| format!("{}*{}", part.voice_id, part.weight)).collect();
                parts.join("+")
            }
        });
        told.collect()
    }

    fn plain(prompt: &str) -> Vec<String> {
        ids(prompt).into_iter().filter(|id| !id.contains('*')).collect()
    }

    #[test]
    fn every_measured_voice_is_in_the_catalogue_and_the_other_way_round_for_english() {
        for traits in &TRAITS {
            assert!(catalogue().any(|voice| voice.id == traits.voice_id), "{}", traits.voice_id);
        }
        for voice in catalogue().filter(|voice| voice.language == "English" && voice.engine == Engine::Kokoro)
        {
            assert!(place(voice).is_some(), "{}", voice.id);
        }
    }

    #[test]
    fn words_choose_gender_and_accent_and_rank_by_pitch() {
        let deep = plain("A deep male voice, American");
        assert_eq!(deep[0], "am_onyx");
        assert!(deep.iter().all(|id| id.starts_with("am_")), "{deep:?}");
        let high = plain("a young woman with a British accent and a high voice");
        assert!(high.iter().all(|id| id.starts_with("bf_")), "{high:?}");
        assert!(["bf_alice", "bf_isabella"].contains(&high[0].as_str()), "{high:?}");
        assert_eq!(plain("a whispering woman")[0], "af_nicole");
        let reversed = plain("a man, not deep");
        assert_ne!(reversed[0], "am_onyx");
        // Behind those that were measured come those of other languages.
        let last_measured = reversed.iter().rfind(|id| TRAITS.iter().any(|traits| traits.voice_id == **id));
        assert_eq!(last_measured.map(String::as_str), Some("bm_lewis"));
    }

    #[test]
    fn each_batch_has_a_blend_of_one_language_and_nothing_comes_twice() {
        let all = ids("a warm friendly narrator");
        for batch in all.chunks(BATCH).take(5) {
            assert!(batch.iter().any(|id| id.contains('*')), "{batch:?}");
        }
        let unique: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(unique.len(), all.len());
        for found in matches(&Wishes::default()) {
            if let Match::Blend { parts, .. } = found {
                let locale = |part: &BlendPart| rostrum_speech::voices::find(&part.voice_id).unwrap().locale;
                assert!(parts.iter().all(|part| locale(part) == locale(&parts[0])), "{parts:?}");
            }
        }
    }

    #[test]
    fn words_nobody_knows_leave_the_order_of_the_catalogue() {
        let first = plain("xyzzy")[0].clone();
        assert_eq!(first, rostrum_speech::DEFAULT_VOICE_ID);
    }
}
