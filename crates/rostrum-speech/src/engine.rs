//! The way from a script to a track.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use rostrum_model::asset::ContentHash;
use rostrum_model::glossary::Term;
use rostrum_model::speech::SpeechTrack;
use rostrum_model::voice::BlendPart;
use rten::ThreadPool;
use sha2::{Digest, Sha256};

use crate::assembly::{Assembly, PhraseSound};
use crate::at_once::Places;
use crate::error::SpeechError;
use crate::espeak::{self, EspeakFallback};
use crate::kokoro::{Kokoro, Style};
use crate::mandarin::Mandarin;
use crate::phonemes::{Pronouncer, Pronunciation};
use crate::phrases::{COMFORTABLE_SYMBOLS, Phrase, phrases};
use crate::text::terms::Terms;
use crate::text::{Manner, Script};
use crate::timeline::Utterance;
use crate::voices::{self, Engine, Reading, Voice};
use crate::{
    MAX_PITCH, MAX_SPEED, MAX_TEXT_CHARS, MIN_SPEED, basic, japanese, loudness, piper, text, timeline,
};

/// Silence before the first sound, in seconds.
pub const LEAD_S: f64 = 0.12;
/// Silence behind the last sound, in seconds.
pub const TAIL_S: f64 = 0.25;
/// Raised whenever the same text would sound different from before.
pub const ENGINE_VERSION: u32 = 1;

/// Phrases sounded at the same time: one of seven seconds takes up to 350 MiB.
const MOST_PHRASES: usize = 4;
/// Kept of the sound before the first span of a phrase: 20 ms.
const MARGIN_BEFORE: usize = 480;
/// Kept behind the last span, where the room rings on: 50 ms.
const MARGIN_AFTER: usize = 1200;
/// Fade at both ends of a phrase: 10 ms.
const FADE: usize = 240;

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Markup {
    /// As people write.
    Plain,
    /// In the Speech Synthesis Markup Language 1.1 of the W3C: `speak, p, s, break, prosody` (rate, volume and pitch),
    /// `emphasis, say-as, sub, phoneme` (IPA) and `lang`; other tags are refused.
    Ssml,
}

/// A text to be spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<'a> {
    /// Its characters, tags included.
    pub text: &'a str,
    /// How it is written.
    pub markup: Markup,
    /// Words that are said otherwise than they are written.
    pub terms: &'a [Term],
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self { text, markup: Markup::Plain, terms: &[] }
    }
}

impl<'a> From<&'a String> for Text<'a> {
    fn from(text: &'a String) -> Self {
        text.as_str().into()
    }
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker<'a> {
    /// The voice with this id.
    Voice(&'a str),
    /// Several voices of one language as one, by the weighted mean of their styles.
    Blend(&'a [BlendPart]),
}

impl<'a> From<&'a str> for Speaker<'a> {
    fn from(voice_id: &'a str) -> Self {
        Self::Voice(voice_id)
    }
}

impl<'a> From<&'a String> for Speaker<'a> {
    fn from(voice_id: &'a String) -> Self {
        Self::Voice(voice_id)
    }
}

impl Speaker<'_> {
    /// Its voices with their shares, which add up to 1; never empty.
    fn styles(self) -> Result<Vec<Style>, SpeechError> {
        let found =
            |id: &str| voices::find(id).ok_or_else(|| SpeechError::VoiceUnknown { id: id.to_owned() });
        let parts = match self {
            Self::Voice(id) => return Ok(vec![(found(id)?, 1.0)]),
            Self::Blend(parts) => parts,
        };
        let sum: f32 = parts.iter().map(|part| part.weight as f32).sum();
        let styles: Vec<Style> = parts
            .iter()
            .map(|part| Ok((found(&part.voice_id)?, part.weight as f32 / sum)))
            .collect::<Result<_, SpeechError>>()?;
        let one_language = styles.windows(2).all(|pair| pair[0].0.locale == pair[1].0.locale);
        let of_the_network = styles.iter().all(|(voice, _)| voice.engine == Engine::Kokoro);
        if styles.is_empty() || !one_language || !of_the_network || parts.iter().any(|part| part.weight == 0)
        {
            return Err(SpeechError::BlendUnusable);
        }
        Ok(styles)
    }
}

/// How a text is spoken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delivery {
    /// How fast, as a factor: [`MIN_SPEED`]..=[`MAX_SPEED`].
    pub speed: f32,
    /// How much higher than the voice's own pitch, in semitones; not a number is 0, and more than [`MAX_PITCH`] is that.
    pub pitch: f32,
}

impl From<f32> for Delivery {
    fn from(speed: f32) -> Self {
        Self { speed, pitch: 0.0 }
    }
}

impl Delivery {
    /// How a phrase is spoken that has a manner of its own.
    pub(crate) fn of(self, manner: Manner) -> Self {
        let pitch = if self.pitch.is_nan() { 0.0 } else { self.pitch } + manner.pitch;
        Self {
            speed: (self.speed * manner.rate).clamp(MIN_SPEED, MAX_SPEED),
            pitch: pitch.clamp(-MAX_PITCH, MAX_PITCH),
        }
    }
}

/// Refuses what [`SpeechEngine::speak`] would refuse before it sounds anything, in a millisecond and without an engine.
///
/// # Errors
///
/// As [`SpeechEngine::speak`], but for a text that has nothing in it which can be said.
pub fn check<'t>(
    text: impl Into<Text<'t>>,
    speaker: impl Into<Speaker<'t>>,
    delivery: impl Into<Delivery>,
) -> Result<(), SpeechError> {
    read(text.into(), speaker.into(), delivery.into().speed).map(drop)
}

fn read(text: Text<'_>, speaker: Speaker<'_>, speed: f32) -> Result<(Script, Vec<Style>), SpeechError> {
    let Text { text, markup, terms } = text;
    let chars = text.chars().count();
    if text.trim().is_empty() {
        return Err(SpeechError::TextEmpty);
    }
    if chars > MAX_TEXT_CHARS {
        return Err(SpeechError::TextTooLong { chars });
    }
    if !(MIN_SPEED..=MAX_SPEED).contains(&speed) {
        return Err(SpeechError::SpeedOutOfRange { speed });
    }
    let styles = speaker.styles()?;
    let (voice, _) = styles[0];
    voice.require_ready()?;
    let terms = Terms::new(terms, voice.reading);
    let script = match markup {
        Markup::Plain => text::read(text, voice, &terms),
        Markup::Ssml => text::ssml::read(text, voice, &terms)?,
    };
    Ok((script, styles))
}

/// Speech and what could not be said.
#[derive(Debug, Clone, PartialEq)]
pub struct Speech {
    /// The sound with its times.
    pub track: SpeechTrack,
    /// Words, as written, of which something could not be pronounced, in order.
    pub unspoken_words: Vec<String>,
    /// Pause tags, as written, that are malformed or ask for too long a pause, and were read as nothing.
    pub ignored_tags: Vec<String>,
}

/// Text to speech. Loaded once and shared: it is `Send + Sync` and keeps no state between calls.
pub struct SpeechEngine {
    kokoro: Kokoro,
    piper: piper::Networks,
    /// What texts of one phrase run on: they do not wait for those of several.
    short: Arc<ThreadPool>,
    /// What texts of several phrases run on. All phrases share these threads: a thread that has no phrase of its own helps with
    /// another's.
    long: Arc<ThreadPool>,
    places: Places,
    pronouncer: Pronouncer,
    mandarin: Mandarin,
    voices: Vec<&'static Voice>,
}

/// What sounds the phrases of a text.
enum Network<'a> {
    Kokoro(&'a Kokoro, &'a [Style]),
    /// With the speaker's number, in a network of several.
    Piper(Arc<piper::Network>, Option<i32>),
}

impl Network<'_> {
    fn knows(&self, symbol: char) -> bool {
        match self {
            Self::Kokoro(network, _) => network.knows(symbol),
            Self::Piper(network, _) => network.knows(symbol),
        }
    }

    /// Up to how many symbols sentences are sounded in one: Piper's networks learned from single sentences.
    fn together(&self) -> usize {
        match self {
            Self::Kokoro(..) => COMFORTABLE_SYMBOLS,
            Self::Piper(..) => 0,
        }
    }

    fn speak(
        &self,
        symbols: &[char],
        delivery: Delivery,
        pool: &Arc<ThreadPool>,
    ) -> Result<Utterance, SpeechError> {
        match self {
            Self::Kokoro(network, styles) => network.speak(symbols, styles, delivery, pool),
            Self::Piper(network, speaker) => network.speak(symbols, *speaker, delivery, pool),
        }
    }
}

impl SpeechEngine {
    /// Loads the Kokoro network from `speech/` in the models folder; networks run on this many threads, up to as many
    /// phrases of a text at the same time. The sound does not depend on their number.
    ///
    /// # Errors
    ///
    /// When a file is missing or damaged. Missing voices are only left out of [`SpeechEngine::voices`].
    pub fn load(models_dir: &Path, threads: usize) -> Result<Self, SpeechError> {
        let speech_dir = models_dir.join("speech");
        let threads = threads.max(1);
        let pool = || Arc::new(ThreadPool::with_num_threads(threads));
        let kokoro = Kokoro::load(&speech_dir)?;
        let mandarin = Mandarin::new(&speech_dir);
        let has_files = |voice: &Voice| {
            voice.engine != Engine::Kokoro
                || (kokoro.style_file(voice).is_file()
                    && (voice.reading != Reading::Mandarin || mandarin.is_there()))
        };
        let voices = voices::listed().filter(|voice| has_files(voice)).collect();
        let mut pronouncer = Pronouncer::load(&speech_dir)?;
        pronouncer.fallback = Some(Box::new(EspeakFallback));
        Ok(Self {
            kokoro,
            piper: piper::Networks::default(),
            short: pool(),
            long: pool(),
            places: Places::new(threads.min(MOST_PHRASES)),
            pronouncer,
            mandarin,
            voices,
        })
    }

    /// The voices that could speak here when the engine was loaded and whose files are there.
    pub fn voices(&self) -> &[&'static Voice] {
        &self.voices
    }

    /// Speaks a text of 1 to [`MAX_TEXT_CHARS`] characters at [`MIN_SPEED`]..=[`MAX_SPEED`]. In a plain one
    /// `<break time="1.5s"/>` inserts silence. The same arguments give the same bytes, on any number of threads.
    ///
    /// # Errors
    ///
    /// When an argument is out of its range, SSML is malformed, nothing in the text can be said, or the network fails.
    pub fn speak<'t>(
        &self,
        text: impl Into<Text<'t>>,
        speaker: impl Into<Speaker<'t>>,
        delivery: impl Into<Delivery>,
    ) -> Result<Speech, SpeechError> {
        let delivery = delivery.into();
        let (script, styles) = read(text.into(), speaker.into(), delivery.speed)?;
        let (voice, _) = styles[0];
        let mut assembly = Assembly::default();
        let unspoken = match (voice.engine, voice.reading) {
            (Engine::Basic, Reading::Espeak(language)) => {
                let program = espeak::needed(voice.id, language)?;
                let spoken = basic::speak(program, &script, voice, language, delivery)?;
                for (phrase, sound) in &spoken.phrases {
                    assembly.add(phrase, sound);
                }
                spoken.unspoken
            }
            (_, reading) => {
                let network = self.network(voice, &styles)?;
                let pronunciation = self.pronounce(&script, voice, reading, &network)?;
                let phrases = phrases(&pronunciation.units, delivery.speed, network.together());
                let pool = if phrases.len() == 1 { &self.short } else { &self.long };
                let sounds = self.places.work(&phrases, |phrase| sound(phrase, &network, delivery, pool))?;
                for (phrase, sound) in phrases.iter().zip(&sounds) {
                    assembly.add(phrase, sound);
                }
                pronunciation.unspoken
            }
        };
        if assembly.is_empty() {
            return Err(SpeechError::TextNotSpeakable);
        }
        Ok(Speech {
            track: assembly.finish(&script.written),
            unspoken_words: written_words(&script, &unspoken),
            ignored_tags: script.ignored_tags,
        })
    }

    /// What sounds this voice.
    fn network<'a>(&'a self, voice: &Voice, styles: &'a [Style]) -> Result<Network<'a>, SpeechError> {
        match piper::of(voice) {
            Some(voice) => Ok(Network::Piper(self.piper.of(voice)?, voice.speaker)),
            None => Ok(Network::Kokoro(&self.kokoro, styles)),
        }
    }

    fn pronounce(
        &self,
        script: &Script,
        voice: &Voice,
        reading: Reading,
        network: &Network<'_>,
    ) -> Result<Pronunciation, SpeechError> {
        let known = |symbol| network.knows(symbol);
        match reading {
            Reading::English(accent) => Ok(self.pronouncer.pronounce(script, accent, known)),
            Reading::Espeak(language) => {
                espeak::pronounce(espeak::needed(voice.id, language)?, script, language, known)
            }
            Reading::Mandarin => self.mandarin.pronounce(script, &self.pronouncer, known),
            Reading::Japanese => {
                japanese::pronounce(japanese::needed(voice.id)?, script, &self.pronouncer, known)
            }
        }
    }
}

fn sound(
    phrase: &Phrase,
    network: &Network<'_>,
    delivery: Delivery,
    pool: &Arc<ThreadPool>,
) -> Result<PhraseSound, SpeechError> {
    if phrase.symbols.iter().all(|(_, written)| written.is_none()) {
        return Ok(PhraseSound::default());
    }
    let symbols: Vec<char> = phrase.symbols.iter().map(|(symbol, _)| *symbol).collect();
    let utterance = network.speak(&symbols, delivery.of(phrase.manner), pool)?;
    let mut spans = timeline::spans(&phrase.symbols, &utterance);
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else {
        return Ok(PhraseSound::default());
    };
    let start = first.samples.start.saturating_sub(MARGIN_BEFORE);
    let end = (last.samples.end + MARGIN_AFTER).min(utterance.samples.len());
    let mut samples = utterance.samples[start..end].to_vec();
    loudness::fade_ends(&mut samples, FADE);
    if phrase.manner.gain_db != 0.0 {
        loudness::scale(&mut samples, f64::from(phrase.manner.gain_db));
    }
    for span in &mut spans {
        span.samples = span.samples.start - start..span.samples.end - start;
    }
    Ok(PhraseSound { samples, spans })
}

fn written_words(script: &Script, places: &BTreeSet<usize>) -> Vec<String> {
    places.iter().map(|place| script.written[*place].clone()).collect()
}

/// Under which a finished track may be kept: all that decides how it sounds, this engine's version included.
pub fn cache_key<'t>(
    text: impl Into<Text<'t>>,
    speaker: impl Into<Speaker<'t>>,
    delivery: impl Into<Delivery>,
) -> ContentHash {
    let delivery = delivery.into();
    let Text { text, markup, terms } = text.into();
    let mut hash = Sha256::new();
    hash.update(b"rostrum-speech");
    hash.update(ENGINE_VERSION.to_le_bytes());
    hash.update(crate::recipe::KOKORO_PATCHED_SHA256);
    let counted = |hash: &mut Sha256, text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    let speaker = speaker.into();
    match speaker {
        Speaker::Voice(voice_id) => counted(&mut hash, voice_id),
        Speaker::Blend(parts) => {
            // No id is that long.
            hash.update(u64::MAX.to_le_bytes());
            hash.update((parts.len() as u64).to_le_bytes());
            for part in parts {
                counted(&mut hash, &part.voice_id);
                hash.update(part.weight.to_le_bytes());
            }
        }
    }
    hash.update(delivery.speed.to_bits().to_le_bytes());
    hash.update(delivery.pitch.to_bits().to_le_bytes());
    hash.update([u8::from(markup == Markup::Ssml) + if terms.is_empty() { 0 } else { 2 }]);
    if !terms.is_empty() {
        hash.update((terms.len() as u64).to_le_bytes());
        for term in terms {
            counted(&mut hash, &term.term);
            counted(&mut hash, &term.pronunciation);
        }
    }
    if let Speaker::Voice(id) = speaker
        && let Some(installed) = voices::find(id).and_then(piper::of)
    {
        hash.update(installed.files.fingerprint);
    }
    let reading = speaker.styles().ok().map(|styles| styles[0].0.reading);
    let in_english = matches!(reading, Some(Reading::English(_)));
    if reading == Some(Reading::Japanese)
        && let Some(program) = japanese::installed()
    {
        hash.update(program.version());
    }
    if (!in_english || text.contains(espeak::is_foreign_letter))
        && let Some(program) = espeak::installed()
    {
        hash.update(program.version());
    }
    hash.update(text);
    ContentHash(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_key_depends_on_every_argument() {
        let key = cache_key("Hello", "af_heart", 1.0);
        assert_eq!(key, cache_key("Hello", "af_heart", 1.0));
        assert_ne!(key, cache_key("Hello.", "af_heart", 1.0));
        assert_ne!(key, cache_key("Hello", "af_bella", 1.0));
        assert_ne!(key, cache_key("Hello", "af_heart", 1.1));
        let text = Text::from("Hello");
        assert_ne!(key, cache_key(Text { markup: Markup::Ssml, ..text }, "af_heart", 1.0));
        let terms = [Term { term: "Hello".into(), pronunciation: "hullo".into() }];
        assert_ne!(key, cache_key(Text { terms: &terms, ..text }, "af_heart", 1.0));
        let blend = |weight| {
            [("af_heart", 1), ("af_bella", weight)]
                .map(|(id, weight)| BlendPart { voice_id: id.to_owned(), weight })
        };
        let blended = cache_key("Hello", Speaker::Blend(&blend(1)), 1.0);
        assert_ne!(key, blended);
        assert_ne!(blended, cache_key("Hello", Speaker::Blend(&blend(2)), 1.0));
        assert_ne!(cache_key("rt", "af_hea", 1.0), cache_key("t", "af_hear", 1.0));
    }

    #[test]
    fn voices_of_two_languages_are_not_blended() {
        let blend = |ids: &[&str], weight| -> Vec<BlendPart> {
            ids.iter().map(|id| BlendPart { voice_id: (*id).to_owned(), weight }).collect()
        };
        let checked = |ids: &[&str], weight| {
            check("Hi", Speaker::Blend(&blend(ids, weight)), 1.0).map_err(|e| e.to_string())
        };
        assert_eq!(checked(&["af_heart", "am_adam"], 1), Ok(()));
        for (ids, weight) in [(&["af_heart", "bf_emma"][..], 1), (&[], 1), (&["af_heart"], 0)] {
            assert!(checked(ids, weight).is_err(), "{ids:?}");
        }
        assert!(checked(&["nobody"], 1).unwrap_err().contains("nobody"));
    }

    #[test]
    fn the_engine_can_be_shared() {
        fn shared<T: Send + Sync>() {}
        shared::<SpeechEngine>();
    }
}
