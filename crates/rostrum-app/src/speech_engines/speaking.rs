//! A text spoken by an external engine, as a track like those of our own.

use std::sync::Arc;

use bytes::Bytes;
use rostrum_media::{Ffmpeg, decode_audio, sniff};
use rostrum_model::asset::AssetKind;
use rostrum_model::speech::{SAMPLE_RATE, SpeechTrack, WordSpan};
use rostrum_speech::{Delivery, Markup, Respelled, Stretch, Text, respell, split_at_breaks};

use super::fault::{EngineFault, SpeechFault};
use super::settings::Kind;
use super::{Aligner, Engine, SpeechEngines, elevenlabs, openai, times};
use crate::engine_calls::CallFault;

/// The longest text sent at once, in characters: OpenAI takes 4096.
const MAX_SENT_CHARS: usize = 4000;

/// What speaking needs of this server.
pub(crate) struct Tools<'a> {
    /// Decodes what engines answer.
    pub(crate) ffmpeg: &'a Ffmpeg,
    /// For the file that is decoded.
    pub(crate) work_dir: &'a std::path::Path,
    /// Finds words where the engine does not tell their times.
    pub(crate) aligner: Option<&'a Arc<dyn Aligner>>,
}

/// A part of a text.
enum Part {
    /// Sent at once.
    Words(Vec<Respelled>),
    /// Silence, in seconds.
    Break(f64),
}

impl SpeechEngines {
    /// Refuses what [`SpeechEngines::speak`] would refuse without asking the engine.
    pub(crate) fn check(&self, engine: &str, text: Text<'_>, delivery: Delivery) -> Result<(), EngineFault> {
        let engine = self.engine(engine)?;
        engine.check(text, delivery).map_err(|fault| engine.fault(fault))
    }

    /// Speaks a text. Words and sound are brought into the form of our own engine's; `None` when no word is in the text.
    pub(crate) async fn speak(
        &self,
        engine: &str,
        voice: &str,
        locale: &str,
        text: Text<'_>,
        speed: f32,
        tools: &Tools<'_>,
    ) -> Result<Option<SpeechTrack>, EngineFault> {
        let engine = self.engine(engine)?;
        engine.check(text, speed.into()).map_err(|fault| engine.fault(fault))?;
        let parts = parts(text);
        if !parts.iter().any(|part| matches!(part, Part::Words(_))) {
            return Ok(None);
        }
        let _turn = engine.speaking.acquire().await.expect("nobody closes it");
        let mut samples: Vec<f32> = Vec::new();
        let mut words = Vec::new();
        for part in parts {
            match part {
                Part::Break(seconds) => {
                    let silence = (seconds * f64::from(SAMPLE_RATE)).round() as usize;
                    samples.resize(samples.len() + silence, 0.0);
                }
                Part::Words(said) => {
                    let before_s = samples.len() as f64 / f64::from(SAMPLE_RATE);
                    let spoken = engine.speak(voice, locale, &said, speed, tools).await;
                    let (sound, times) = spoken.map_err(|fault| engine.fault(fault))?;
                    words.extend(said.into_iter().zip(times).map(|(word, (start, end))| WordSpan {
                        text: word.written,
                        start_s: before_s + start,
                        end_s: before_s + end,
                    }));
                    samples.extend(sound);
                }
            }
        }
        let listening = tokio::task::spawn_blocking(move || {
            rostrum_speech::normalise(&mut samples);
            let phonemes = rostrum_speech::listen::phonemes_from_audio(&samples);
            SpeechTrack { samples, phonemes, words }
        });
        let track = listening.await.map_err(|error| engine.fault(CallFault::Io(error.into()).into()))?;
        Ok(Some(track))
    }
}

impl Engine {
    fn check(&self, text: Text<'_>, Delivery { speed, pitch }: Delivery) -> Result<(), SpeechFault> {
        if pitch != 0.0 {
            return Err(SpeechFault::PitchNotTaken);
        }
        if text.markup == Markup::Ssml {
            return Err(SpeechFault::SsmlNotTaken);
        }
        let speeds = self.settings.kind.speeds();
        if !speeds.contains(&speed) {
            return Err(SpeechFault::Speed { least: *speeds.start(), most: *speeds.end(), speed });
        }
        Ok(())
    }

    /// The samples of some words, and the times of each.
    async fn speak(
        &self,
        voice: &str,
        locale: &str,
        words: &[Respelled],
        speed: f32,
        tools: &Tools<'_>,
    ) -> Result<(Vec<f32>, Vec<(f64, f64)>), SpeechFault> {
        let said: Vec<&str> = words.iter().map(|word| word.said.as_str()).collect();
        let text = said.join(" ");
        let model = self.settings.model.as_deref();
        let (sound, characters) = match self.settings.kind {
            Kind::Openai => (openai::speak(&self.calls, model, voice, &text, speed).await?, None),
            Kind::Elevenlabs => elevenlabs::speak(&self.calls, model, voice, &text, speed).await?,
        };
        let samples = decode(sound, self.settings.kind, tools).await?;
        let duration_s = samples.len() as f64 / f64::from(SAMPLE_RATE);
        if let Some(times) = characters.and_then(|characters| characters.words(&said, duration_s)) {
            return Ok((samples, times));
        }
        let aligner = tools.aligner.cloned();
        let (words, locale): (Vec<String>, _) =
            (said.into_iter().map(str::to_owned).collect(), locale.to_owned());
        let listening = tokio::task::spawn_blocking(move || {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let found = aligner.and_then(|aligner| aligner.align(&samples, &words, &locale));
            let times = found.filter(|times| times.len() == words.len());
            let times = times.unwrap_or_else(|| times::spread(&samples, &words));
            (samples, times)
        });
        listening.await.map_err(|error| SpeechFault::from(std::io::Error::from(error)))
    }
}

/// Cuts a text at its pauses, and where it is too long to be sent at once.
fn parts(text: Text<'_>) -> Vec<Part> {
    let mut parts = Vec::new();
    for stretch in split_at_breaks(text.text) {
        match stretch {
            Stretch::Break(seconds) => parts.push(Part::Break(seconds)),
            Stretch::Malformed(_) => {}
            Stretch::Text(stretch) => {
                let words = respell(stretch, text.terms);
                if words.iter().any(|word| word.said.contains(char::is_alphanumeric)) {
                    parts.extend(sentences(words).into_iter().map(Part::Words));
                }
            }
        }
    }
    parts
}

/// Groups words into as few as can be sent, cut behind sentences where there are any.
fn sentences(words: Vec<Respelled>) -> Vec<Vec<Respelled>> {
    let mut groups: Vec<Vec<Respelled>> = vec![vec![]];
    let mut chars = 0;
    for word in words {
        let length = word.said.chars().count() + 1;
        if let Some(group) = groups.last_mut()
            && chars + length > MAX_SENT_CHARS
            && !group.is_empty()
        {
            let ends = |word: &Respelled| word.said.ends_with(['.', '!', '?', '…', '。']);
            let cut = group.iter().rposition(ends).map_or(group.len(), |last| last + 1);
            let rest = group.split_off(cut);
            chars = rest.iter().map(|word| word.said.chars().count() + 1).sum();
            groups.push(rest);
        }
        chars += length;
        if let Some(group) = groups.last_mut() {
            group.push(word);
        }
    }
    groups
}

/// The samples of an engine's answer.
async fn decode(sound: Bytes, kind: Kind, tools: &Tools<'_>) -> Result<Vec<f32>, CallFault> {
    let unusable = |what: String| CallFault::Unusable(what);
    let is_file = sniff(&sound).media_type().is_some_and(|media_type| media_type.kind() == AssetKind::Audio);
    if !is_file && kind == Kind::Elevenlabs {
        let (samples, odd) = sound.as_chunks::<2>();
        if samples.is_empty() || !odd.is_empty() {
            return Err(unusable(format!("{} bytes are no samples of 16 bits", sound.len())));
        }
        return Ok(samples.iter().map(|sample| f32::from(i16::from_le_bytes(*sample)) / 32768.0).collect());
    }
    let folder = tempfile::tempdir_in(tools.work_dir)?;
    let file = folder.path().join("sound");
    tokio::fs::write(&file, &sound).await?;
    decode_audio(tools.ffmpeg, &file).await.map_err(|error| unusable(format!("the sound: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Respelled> {
        respell(text, &[])
    }

    #[test]
    fn long_texts_are_cut_behind_sentences_and_nothing_is_lost() {
        let sentence = "Seven words stand in each such sentence. ";
        let text = sentence.repeat(250);
        let groups = sentences(words(&text));
        assert!(groups.len() > 2);
        let sent = |group: &Vec<Respelled>| {
            group.iter().map(|word| word.said.as_str()).collect::<Vec<_>>().join(" ")
        };
        for group in &groups {
            assert!(sent(group).chars().count() <= MAX_SENT_CHARS);
            assert!(sent(group).ends_with("sentence."));
        }
        assert_eq!(groups.concat(), words(&text));
    }

    #[test]
    fn a_text_without_sentences_is_cut_between_words() {
        let groups = sentences(words(&"word ".repeat(2000)));
        assert_eq!(groups.concat().len(), 2000);
        assert!(groups.iter().all(|group| group.len() * 5 <= MAX_SENT_CHARS + 5 && !group.is_empty()));
    }

    #[test]
    fn pauses_are_parts_of_their_own() {
        let text = Text::from("One <break time=\"1s\"/> … <break time=\"x\"/> two");
        let told: Vec<String> = parts(text)
            .iter()
            .map(|part| match part {
                Part::Break(seconds) => format!("{seconds}"),
                Part::Words(words) => words[0].said.clone(),
            })
            .collect();
        assert_eq!(told, ["One", "1", "two"]);
    }
}
