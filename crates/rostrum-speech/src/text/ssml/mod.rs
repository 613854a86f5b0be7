//! Speech Synthesis Markup Language (W3C recommendation 1.1) to a script: what of it a voice here can follow.
//!
//! Understood are `speak, p, s, break, prosody` (rate, volume and pitch), `emphasis, say-as, sub, phoneme` (IPA) and `lang`.
//! Anything else is an error that names the tag and its place, so that nobody hears something other than was asked for.

pub(crate) mod ipa;
mod values;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use super::tags::MAX_BREAKS_TOTAL_S;
use super::terms::Terms;
use super::{How, Manner, Piece, Script, Spoken, tokens};
use crate::error::SpeechError;
use crate::voices::{Engine, Reading as LanguageReading, Voice};

/// Tags within tags.
const MAX_DEPTH: usize = 32;
/// Silence behind a paragraph, in seconds, beyond that of its last sentence.
const PARAGRAPH_S: f64 = 0.3;

/// Reads SSML as this voice would.
///
/// # Errors
/// [`SpeechError::Ssml`] for what is malformed, unknown, or cannot be followed.
pub(crate) fn read(ssml: &str, voice: &Voice, terms: &Terms) -> Result<Script, SpeechError> {
    let mut builder = Builder {
        ssml,
        voice: *voice,
        terms,
        out: Script::default(),
        text: String::new(),
        open: vec![],
        breaks_s: 0.0,
        at: 0,
    };
    let mut reader = Reader::from_str(ssml);
    loop {
        builder.at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        match reader.read_event() {
            Ok(Event::Start(tag)) => builder.open(&tag)?,
            Ok(Event::Empty(tag)) => {
                builder.open(&tag)?;
                builder.close()?;
            }
            Ok(Event::End(_)) => builder.close()?,
            Ok(Event::Text(text)) => {
                let text = text.decode().map_err(|error| builder.fault(error.to_string()))?;
                builder.add(&text)?;
            }
            Ok(Event::CData(text)) => {
                let text = text.decode().map_err(|error| builder.fault(error.to_string()))?;
                builder.add(&text)?;
            }
            Ok(Event::GeneralRef(name)) => {
                let character = name.resolve_char_ref().map_err(|error| builder.fault(error.to_string()))?;
                let name = name.decode().map_err(|error| builder.fault(error.to_string()))?;
                match (character, resolve_predefined_entity(&name)) {
                    (Some(character), _) => builder.add(character.encode_utf8(&mut [0; 4]))?,
                    (None, Some(text)) => builder.add(text)?,
                    (None, None) => return Err(builder.fault(format!("the entity &{name}; is not known"))),
                }
            }
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
            Ok(Event::DocType(_)) => return Err(builder.fault("a document type is not taken")),
            Ok(Event::Eof) => return builder.finish(),
            Err(error) => {
                builder.at = usize::try_from(reader.error_position()).unwrap_or(usize::MAX);
                return Err(builder.fault(error.to_string()));
            }
        }
    }
}

/// An open tag.
struct Open {
    name: String,
    /// How it is spoken inside.
    manner: Manner,
    /// What is made of the text inside.
    reading: Reading,
}

/// What is made of the text inside a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reading {
    /// It is read as any text.
    Plain,
    /// Character by character.
    Characters,
    /// Its numbers are ordinal ones.
    Ordinals,
    /// This is read instead of it.
    Alias(String),
    /// These are its sounds, in the alphabet of the voices.
    Sounds(String),
}

struct Builder<'a> {
    ssml: &'a str,
    voice: Voice,
    terms: &'a Terms,
    out: Script,
    /// Text that is not read yet.
    text: String,
    open: Vec<Open>,
    breaks_s: f64,
    /// Where the reader is, in bytes.
    at: usize,
}

impl Builder<'_> {
    fn fault(&self, what: impl Into<String>) -> SpeechError {
        let before = self.ssml.get(..self.at).unwrap_or(self.ssml);
        SpeechError::Ssml { character: before.chars().count() + 1, what: what.into() }
    }

    fn manner(&self) -> Manner {
        self.open.last().map_or_else(Manner::default, |open| open.manner)
    }

    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), SpeechError> {
        self.flush();
        let name = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
        if self.open.is_empty() && (name != "speak" || !self.out.pieces.is_empty()) {
            return Err(self.fault(format!("<{name}> stands where the one <speak> must be")));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(self.fault(format!("tags lie more than {MAX_DEPTH} deep")));
        }
        if let Some(around) = self.open.iter().find(|around| around.reading != Reading::Plain) {
            return Err(self.fault(format!("<{name}> inside <{}>, which takes text alone", around.name)));
        }
        let mut manner = self.manner();
        let mut reading = Reading::Plain;
        match name.as_str() {
            "speak" | "lang" => {
                if let Some(tag) = self.attribute(tag, "xml:lang")? {
                    self.require_language(&tag)?;
                } else if name == "lang" {
                    return Err(self.fault("<lang> needs 'xml:lang'"));
                }
            }
            "p" | "s" => {}
            "break" => {
                let (time, strength) = (self.attribute(tag, "time")?, self.attribute(tag, "strength")?);
                let seconds =
                    values::pause_s(time.as_deref(), strength.as_deref()).map_err(|what| self.fault(what))?;
                self.pause(seconds)?;
            }
            "prosody" => {
                if let Some(unheard) = self.first_attribute(tag, &["contour", "range", "duration"])? {
                    return Err(self.fault(format!(
                        "'{unheard}' of <prosody> is not built; 'rate', 'volume' and 'pitch' are"
                    )));
                }
                let (rate, volume) = (self.attribute(tag, "rate")?, self.attribute(tag, "volume")?);
                let pitch = self.attribute(tag, "pitch")?;
                let changed = values::prosody(manner, rate.as_deref(), volume.as_deref(), pitch.as_deref());
                manner = changed.map_err(|what| self.fault(what))?;
                self.out.pieces.push(Piece::Manner(manner));
            }
            "emphasis" => {
                let level = self.attribute(tag, "level")?;
                manner = values::emphasis(manner, level.as_deref()).map_err(|what| self.fault(what))?;
                self.out.pieces.push(Piece::Manner(manner));
            }
            "say-as" => {
                reading = match self.required(tag, "interpret-as")?.as_str() {
                    "characters" | "spell-out" | "verbatim" | "digits" | "telephone" => Reading::Characters,
                    "ordinal" if !self.speaks_english() => {
                        return Err(
                            self.fault("'interpret-as' ordinal of <say-as> is for English voices alone")
                        );
                    }
                    "ordinal" => Reading::Ordinals,
                    // A reader tells these from the way they are written.
                    "cardinal" | "number" | "date" | "time" | "currency" | "fraction" | "unit"
                    | "address" => Reading::Plain,
                    other => {
                        return Err(self
                            .fault(format!("'interpret-as' of <say-as> is '{other}', which is not known")));
                    }
                };
            }
            "sub" => reading = Reading::Alias(self.required(tag, "alias")?),
            "phoneme" => {
                let alphabet = self.attribute(tag, "alphabet")?;
                if alphabet.is_some_and(|alphabet| alphabet != "ipa") {
                    return Err(self.fault("'alphabet' of <phoneme> must be ipa"));
                }
                let written = self.required(tag, "ph")?;
                if self.voice.engine == Engine::Basic {
                    return Err(self.fault("<phoneme> is for voices of the engine kokoro alone"));
                }
                let sounds = ipa::symbols(&written, self.speaks_english())
                    .map_err(|what| self.fault(format!("'ph' of <phoneme> {what}")))?;
                reading = Reading::Sounds(sounds);
            }
            other => {
                return Err(self.fault(format!(
                    "<{other}> is not known; known are speak, p, s, break, prosody, emphasis, say-as, sub, phoneme \
                     and lang"
                )));
            }
        }
        self.open.push(Open { name, manner, reading });
        Ok(())
    }

    /// The reader has seen to it that the names match.
    fn close(&mut self) -> Result<(), SpeechError> {
        self.flush();
        let Some(closed) = self.open.pop() else {
            return Err(self.fault("a tag is closed that is not open"));
        };
        match closed.name.as_str() {
            "s" | "p" => self.end_sentence(),
            "prosody" | "emphasis" => self.out.pieces.push(Piece::Manner(self.manner())),
            _ => {}
        }
        if closed.name == "p" {
            self.pause(PARAGRAPH_S)?;
        }
        Ok(())
    }

    fn finish(self) -> Result<Script, SpeechError> {
        if let Some(open) = self.open.last() {
            let what = format!("<{}> is not closed", open.name);
            return Err(self.fault(what));
        }
        Ok(self.out)
    }

    fn add(&mut self, text: &str) -> Result<(), SpeechError> {
        if self.open.is_empty() {
            if text.trim().is_empty() {
                return Ok(());
            }
            return Err(self.fault("text outside of <speak>"));
        }
        self.text.push_str(text);
        Ok(())
    }

    fn pause(&mut self, seconds: f64) -> Result<(), SpeechError> {
        self.breaks_s += seconds;
        if self.breaks_s > MAX_BREAKS_TOTAL_S {
            return Err(self.fault(format!("the pauses add up to more than {MAX_BREAKS_TOTAL_S} s")));
        }
        self.out.pieces.push(Piece::Break(seconds));
        Ok(())
    }

    /// Ends the sentence before, unless it has its own mark.
    fn end_sentence(&mut self) {
        let last = self.out.pieces.iter_mut().rev().find_map(|piece| match piece {
            Piece::Word(word) => Some(&mut word.mark),
            Piece::Sounds(sounds) => Some(&mut sounds.mark),
            Piece::Break(_) | Piece::Manner(_) => None,
        });
        if let Some(mark) = last
            && !matches!(mark, Some('.' | '!' | '?' | '…'))
        {
            *mark = Some('.');
        }
    }

    /// Reads the text so far.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        let reading = self.open.last().map_or(&Reading::Plain, |open| &open.reading);
        if text.trim().is_empty() && !matches!(reading, Reading::Alias(_) | Reading::Sounds(_)) {
            return;
        }
        let written = &mut self.out.written;
        let words = match reading {
            Reading::Plain => {
                let tokens = super::tokens_of(&text, self.voice.reading, written);
                self.out.pieces.extend(self.terms.read(&tokens, written, &self.voice));
                return;
            }
            Reading::Ordinals => {
                let mut tokens = tokens::tokens(&text, written);
                for token in &mut tokens {
                    if token.core.chars().all(|c| c.is_ascii_digit()) {
                        token.core.push_str(values::ordinal_ending(&token.core));
                    }
                }
                super::words(&tokens, self.voice.reading)
            }
            Reading::Characters => {
                let tokens = tokens::tokens(&text, written);
                tokens.iter().flat_map(|token| self.characters(token)).collect()
            }
            Reading::Alias(alias) => {
                written.push(text.trim().to_owned());
                let index = written.len() - 1;
                let mut words = {
                    let tokens = super::tokens_of(alias, self.voice.reading, &mut Vec::new());
                    super::words(&tokens, self.voice.reading)
                };
                for word in &mut words {
                    word.written = index;
                }
                words
            }
            Reading::Sounds(symbols) => {
                written.push(text.trim().to_owned());
                let sounds =
                    super::Sounds { symbols: symbols.clone(), written: written.len() - 1, mark: None };
                self.out.pieces.push(Piece::Sounds(sounds));
                return;
            }
        };
        self.out.pieces.extend(words.into_iter().map(Piece::Word));
    }

    /// Letters by their names, digits one by one, signs as they are read alone.
    fn characters(&self, token: &tokens::Token) -> Vec<Spoken> {
        let mut words: Vec<Spoken> = Vec::new();
        for character in token.core.chars() {
            if character.is_ascii_alphabetic() && self.speaks_english() {
                let text = character.to_ascii_uppercase().to_string();
                words.push(Spoken { text, how: How::Letters, written: token.written, mark: None });
            } else {
                let alone = tokens::Token {
                    core: character.to_string(),
                    period: false,
                    mark: None,
                    written: token.written,
                };
                words.extend(super::words(&[alone], self.voice.reading));
            }
        }
        if let Some(last) = words.last_mut() {
            last.mark = token.mark;
        }
        words
    }

    fn speaks_english(&self) -> bool {
        matches!(self.voice.reading, LanguageReading::English(_))
    }

    fn require_language(&self, tag: &str) -> Result<(), SpeechError> {
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case(self.voice.language_tag()) {
            return Ok(());
        }
        Err(self.fault(format!("the language is {tag}, and the voice speaks {} alone", self.voice.language)))
    }

    fn required(&self, tag: &BytesStart<'_>, name: &str) -> Result<String, SpeechError> {
        let missing = || {
            let tag = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
            self.fault(format!("<{tag}> needs '{name}'"))
        };
        self.attribute(tag, name)?.filter(|value| !value.trim().is_empty()).ok_or_else(missing)
    }

    fn attribute(&self, tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, SpeechError> {
        let found = tag.try_get_attribute(name).map_err(|error| self.fault(error.to_string()))?;
        let value = found
            .map(|value| value.normalized_value(XmlVersion::Implicit1_0).map(std::borrow::Cow::into_owned));
        value.transpose().map_err(|error| self.fault(error.to_string()))
    }

    fn first_attribute<'n>(
        &self,
        tag: &BytesStart<'_>,
        names: &[&'n str],
    ) -> Result<Option<&'n str>, SpeechError> {
        for name in names {
            if self.attribute(tag, name)?.is_some() {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests;
