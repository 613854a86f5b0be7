//! Sound to words, each with its time.
//!
//! [`Recogniser::recognise`] writes down what is said in a sound of any length and in any of 99 languages;
//! [`Recogniser::align`] finds when the words of a known text are said. The networks are OpenAI's Whisper: `base` for the
//! words, and `tiny.en`, whose times are the better ones, for the times of English.
//!
//! A sound is cut at its pauses into stretches of at most 30 s, for the networks hear no more at once; silence is not
//! listened to. A stretch whose words are unlikely or repeat themselves is listened to again with more freedom. The same
//! sound gives the same words, on any number of threads.
//!
//! Sound is mono at [`SAMPLE_RATE`]. This crate reads no sound files; speech at the rate it is made at here is brought to
//! that one by [`from_speech`]. Speech that was made by `rostrum-speech` has exact times already and should not be sent
//! through here.

mod align;
mod compare;
mod decode;
mod error;
mod mel;
mod network;
pub mod recipe;
mod resample;
mod stretches;
mod times;
mod tokens;

use std::path::Path;

use rostrum_model::speech::WordSpan;

pub use compare::{Comparison, compare};
pub use error::RecognitionError;
use network::Whisper;
pub use resample::from_speech;
use stretches::stretches;

/// Samples in a second of the sound that is listened to.
pub const SAMPLE_RATE: u32 = 16_000;
/// Folder of the networks in the models folder.
pub const FOLDER: &str = "recognition";
/// The size that words are recognised with, by its folder in [`FOLDER`], and by how much it hears them later than they are
/// said, in seconds; less than nothing is earlier. Measured on speech whose times are known (`examples/judge.rs`).
const WORDS: (&str, f64) = ("base", -0.08);
/// The size that gives the times of English words, likewise.
const ENGLISH_TIMES: (&str, f64) = ("tiny-en", 0.06);
/// A pause that ends a segment, in seconds.
const SEGMENT_PAUSE_S: f64 = 1.0;

/// What was said in a sound.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Transcript {
    /// The language: a code of ISO 639-1, or of 639-3 where that has none (`haw`, `yue`). `None` when nothing was said.
    pub language: Option<String>,
    /// How sure that is, 0..1; 1 when it was asked for.
    pub language_probability: f32,
    /// Sentences, in order.
    pub segments: Vec<Segment>,
}

impl Transcript {
    /// All that was said.
    pub fn text(&self) -> String {
        self.segments.iter().map(|segment| segment.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// All words, in order.
    pub fn words(&self) -> impl Iterator<Item = &WordSpan> {
        self.segments.iter().flat_map(|segment| &segment.words)
    }
}

/// A sentence, or what lies between two pauses.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// What was said, with punctuation.
    pub text: String,
    /// Start of the first word, in seconds.
    pub start_s: f64,
    /// End of the last word, in seconds.
    pub end_s: f64,
    /// Its words; in languages that put no spaces between words, its characters or groups of them.
    pub words: Vec<WordSpan>,
    /// Mean logarithm of the probability of the tokens in the stretch it is from; below -1 it is doubtful.
    pub mean_logprob: f32,
}

/// Recognises speech. Loaded once and shared: it is `Send + Sync` and keeps no state between calls.
pub struct Recogniser {
    words: Whisper,
    english: Whisper,
}

impl Recogniser {
    /// Loads the networks from `recognition/` in the models folder; they run on this many threads.
    ///
    /// # Errors
    /// When a file is missing or damaged.
    pub fn load(models_dir: &Path, threads: usize) -> Result<Self, RecognitionError> {
        let folder = models_dir.join(FOLDER);
        Ok(Self {
            words: Whisper::load(&folder.join(WORDS.0), threads, WORDS.1)?,
            english: Whisper::load(&folder.join(ENGLISH_TIMES.0), threads, ENGLISH_TIMES.1)?,
        })
    }

    /// The codes of the languages that are recognised.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.words.tokens.languages.iter().map(|(_, code)| code.as_str())
    }

    /// Writes down what is said. `language` is one of [`Recogniser::languages`], or `None` to find out.
    ///
    /// # Errors
    /// When the language is none of them, or the networks fail.
    pub fn recognise(&self, samples: &[f32], language: Option<&str>) -> Result<Transcript, RecognitionError> {
        if let Some(language) = language {
            self.words.tokens.language(language)?;
        }
        let mut transcript = Transcript {
            language: language.map(str::to_owned),
            language_probability: if language.is_some() { 1.0 } else { 0.0 },
            segments: Vec::new(),
        };
        for stretch in stretches(samples) {
            let offset = stretch.start as f64 / f64::from(SAMPLE_RATE);
            let heard = self.words.hear(&samples[stretch.clone()])?;
            let language = if let Some(language) = &transcript.language {
                language.clone()
            } else {
                let (language, probability) = self.words.detect_language(&heard)?;
                transcript.language_probability = probability;
                transcript.language.insert(language).clone()
            };
            let Some(said) = self.words.decode_with_fallback(&heard, &language)? else { continue };
            let text = self.words.tokens.text(&said.tokens);
            let words = if language == "en" {
                let words: Vec<&str> = text.split_whitespace().collect();
                align::in_stretch(&self.english, &samples[stretch], &words, &language)?
            } else {
                let mut words = self.words.word_times(&heard, &said.tokens, &language)?;
                times::settle(&mut words, &samples[stretch]);
                words
            };
            transcript.segments.extend(segments(words, offset, said.mean_logprob));
        }
        if transcript.segments.is_empty() && language.is_none() {
            transcript.language = None;
            transcript.language_probability = 0.0;
        }
        Ok(transcript)
    }

    /// The language of the first stretch, if anything is said in the sound: what [`Recogniser::recognise`] would tell, without
    /// writing down the rest.
    ///
    /// # Errors
    /// When the networks fail.
    pub fn detect_language(&self, samples: &[f32]) -> Result<Option<String>, RecognitionError> {
        let mut language = None;
        for stretch in stretches(samples) {
            let heard = self.words.hear(&samples[stretch])?;
            let language = match &mut language {
                Some(language) => language,
                none => none.insert(self.words.detect_language(&heard)?.0),
            };
            if self.words.decode_with_fallback(&heard, language)?.is_some() {
                return Ok(Some(language.clone()));
            }
        }
        Ok(None)
    }

    /// Finds when the words of a text are said. The spans have the words as written, with the spaces around them taken
    /// away, all of them and in order; words that are not said lie between those that are. In languages without spaces,
    /// each character counts as a word.
    ///
    /// # Errors
    /// When the language is none of [`Recogniser::languages`], or the networks fail.
    pub fn align(
        &self,
        samples: &[f32],
        text: &str,
        language: &str,
    ) -> Result<Vec<WordSpan>, RecognitionError> {
        self.words.tokens.language(language)?;
        align::whole(self, samples, text, language)
    }

    /// The network whose times are the better ones.
    fn timing(&self, language: &str) -> &Whisper {
        if language == "en" { &self.english } else { &self.words }
    }
}

/// Cuts words into sentences and at pauses, and moves them to where their stretch lies.
fn segments(words: Vec<WordSpan>, offset_s: f64, mean_logprob: f32) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut ended = true;
    for mut word in words {
        word.start_s += offset_s;
        word.end_s += offset_s;
        let ends = word
            .text
            .trim_end_matches(['"', '\'', ')', '»', '”', '」'])
            .ends_with(['.', '!', '?', '。', '！', '？', '।', '؟', '…']);
        match segments.last_mut() {
            Some(last) if !ended && word.start_s - last.end_s < SEGMENT_PAUSE_S => {
                last.end_s = word.end_s;
                last.words.push(word);
            }
            _ => segments.push(Segment {
                text: String::new(),
                start_s: word.start_s,
                end_s: word.end_s,
                words: vec![word],
                mean_logprob,
            }),
        }
        ended = ends;
    }
    for segment in &mut segments {
        for word in &segment.words {
            segment.text.push_str(&word.text);
        }
        segment.text = segment.text.trim().into();
        for word in &mut segment.words {
            word.text = word.text.trim().into();
        }
    }
    segments
}
