//! The voices that can speak.
//!
//! Three engines have voices: the Kokoro network, networks of the Piper project that an administrator put into the models
//! folder, and `espeak-ng`, a program that may be missing. A voice is listed only
//! when its language can be spoken here ([`listed`]); it is found also when the program is missing, so that asking for it
//! tells what to install. To add a voice of the network, put its style file into the model folder and its line into
//! [`VOICES`]; a language of espeak-ng is a line in `basic`.

mod basic;

use crate::error::SpeechError;
use crate::{espeak, japanese, piper};

/// What makes the sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// The Kokoro network.
    Kokoro,
    /// A network of the Piper project.
    Piper,
    /// The program espeak-ng: plainly a machine's voice, in many languages.
    Basic,
}

impl Engine {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kokoro => "kokoro",
            Self::Piper => "piper",
            Self::Basic => "basic",
        }
    }
}

/// What turns a text into sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reading {
    /// Our own reader of English.
    English(Accent),
    /// The program espeak-ng with the language of this name.
    Espeak(&'static str),
    /// Our own reader of Mandarin.
    Mandarin,
    /// The program MeCab and our own reader of what it writes.
    Japanese,
}

/// Which English a voice speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Accent {
    /// General American.
    American,
    /// Southern British.
    British,
}

/// The gender of a voice, as its publisher states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gender {
    /// A female voice.
    Female,
    /// A male voice.
    Male,
    /// It is not told.
    Unknown,
}

/// One voice of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voice {
    /// Id; of a voice of the network also the stem of its style file.
    pub id: &'static str,
    /// Name shown to people.
    pub name: &'static str,
    /// Name of its language, in English.
    pub language: &'static str,
    /// BCP 47 tag of its language.
    pub locale: &'static str,
    /// Its language and region, in English.
    pub locale_name: &'static str,
    /// Gender.
    pub gender: Gender,
    /// What makes its sound.
    pub engine: Engine,
    /// What turns its texts into sounds.
    pub reading: Reading,
}

impl Voice {
    /// Its language and region, in English.
    pub fn locale_name(&self) -> &'static str {
        self.locale_name
    }

    /// The language without its region, as a BCP 47 subtag.
    pub fn language_tag(&self) -> &'static str {
        self.locale.split('-').next().unwrap_or(self.locale)
    }

    /// Whether it can speak here: its language needs no program, or the program is there and knows it.
    pub fn is_ready(&self) -> bool {
        self.require_ready().is_ok()
    }

    /// Refuses a voice that cannot speak here.
    ///
    /// # Errors
    /// [`SpeechError::ProgramMissing`], which tells what to install.
    pub fn require_ready(&self) -> Result<(), SpeechError> {
        match self.reading {
            Reading::English(_) | Reading::Mandarin => Ok(()),
            Reading::Espeak(language) => espeak::needed(self.id, language).map(drop),
            Reading::Japanese => japanese::needed(self.id).map(drop),
        }
    }

    /// A short text in its language, for people to hear how it sounds.
    pub fn greeting(&self) -> String {
        let name = self.name;
        match (self.engine, self.language_tag()) {
            (Engine::Basic, "he") => "שלום, שלום.".to_owned(),
            (Engine::Basic, _) => DIGITS.to_owned(),
            (_, "es") => {
                format!("Hola, soy {name}. Así suena mi voz, y con gusto leeré tus palabras.")
            }
            (_, "fr") => {
                format!("Bonjour, je m'appelle {name}. Voici ma voix, et je lirai volontiers vos textes.")
            }
            (_, "hi") => "नमस्ते, यह मेरी आवाज़ है। आपके शब्द इसी आवाज़ में सुनाई देंगे।".to_owned(),
            (_, "it") => {
                format!("Ciao, sono {name}. Questa è la mia voce, e leggerò volentieri le tue parole.")
            }
            (_, "pt") => {
                format!("Olá, eu sou {name}. Esta é a minha voz, e vou ler os seus textos com prazer.")
            }
            (_, "de") => {
                format!("Hallo, ich bin {name}. So klingt meine Stimme, und ich lese gern Ihre Texte vor.")
            }
            (Engine::Kokoro, "ja") => {
                "こんにちは。これが私の声です。この声で、あなたの言葉を読み上げます。".to_owned()
            }
            (_, "zh") => format!("你好，我是{name}。这是我的声音，我很乐意朗读你的文字。"),
            (_, "en") => {
                format!("Hi, I am {name}. This is how I sound, and I will gladly read your words.")
            }
            (_, _) => DIGITS.to_owned(),
        }
    }
}

/// A text that can be read in every language.
const DIGITS: &str = "1, 2, 3, 4, 5.";
/// The voice used where none is asked for.
pub const DEFAULT_VOICE_ID: &str = "af_heart";

const fn kokoro(
    id: &'static str,
    name: &'static str,
    gender: Gender,
    [language, locale, locale_name]: [&'static str; 3],
    reading: Reading,
) -> Voice {
    Voice { id, name, language, locale, locale_name, gender, engine: Engine::Kokoro, reading }
}

const fn american(id: &'static str, name: &'static str, gender: Gender) -> Voice {
    let locale = ["English", "en-US", "English (United States)"];
    kokoro(id, name, gender, locale, Reading::English(Accent::American))
}

const fn british(id: &'static str, name: &'static str, gender: Gender) -> Voice {
    let locale = ["English", "en-GB", "English (United Kingdom)"];
    kokoro(id, name, gender, locale, Reading::English(Accent::British))
}

const fn spanish(id: &'static str, name: &'static str, gender: Gender) -> Voice {
    kokoro(id, name, gender, ["Spanish", "es-ES", "Spanish (Spain)"], Reading::Espeak("es"))
}

const fn french(id: &'static str, name: &'static str, gender: Gender) -> Voice {
    kokoro(id, name, gender, ["French", "fr-FR", "French (France)"], Reading::Espeak("fr-fr"))
}

const fn hindi(id: &'static str, name: &'static str, gender: Gender) -> Voice {
    kokoro(id, name, gender, ["Hindi", "hi-IN", "Hindi (India)"], Reading::Espeak("hi"))
}

const fn italian(id: &'static str, name: &'static str, gender: Gender) -> Voice {
    kokoro(id, name, gender, ["Italian", "it-IT", "Italian (Italy)"], Reading::Espeak("it"))
}

const fn brazilian(id: &'static str, name: &'static str, gender: Gender) -> Voice {
    kokoro(id, name, gender, ["Portuguese", "pt-BR", "Portuguese (Brazil)"], Reading::Espeak("pt-br"))
}

const fn japanese(id: &'static str, name: &'static str, gender: Gender) -> Voice {
    kokoro(id, name, gender, ["Japanese", "ja-JP", "Japanese (Japan)"], Reading::Japanese)
}

const fn mandarin(id: &'static str, name: &'static str, gender: Gender) -> Voice {
    kokoro(id, name, gender, ["Chinese", "zh-CN", "Chinese (Mandarin, China)"], Reading::Mandarin)
}

/// The voices of the network, the default first, in the order they are listed to users.
pub const VOICES: [Voice; 54] = [
    american("af_heart", "Heart", Gender::Female),
    american("af_bella", "Bella", Gender::Female),
    american("af_nicole", "Nicole", Gender::Female),
    american("af_aoede", "Aoede", Gender::Female),
    american("af_kore", "Kore", Gender::Female),
    american("af_sarah", "Sarah", Gender::Female),
    american("af_nova", "Nova", Gender::Female),
    american("af_sky", "Sky", Gender::Female),
    american("af_alloy", "Alloy", Gender::Female),
    american("af_jessica", "Jessica", Gender::Female),
    american("af_river", "River", Gender::Female),
    american("am_michael", "Michael", Gender::Male),
    american("am_fenrir", "Fenrir", Gender::Male),
    american("am_puck", "Puck", Gender::Male),
    american("am_echo", "Echo", Gender::Male),
    american("am_eric", "Eric", Gender::Male),
    american("am_liam", "Liam", Gender::Male),
    american("am_onyx", "Onyx", Gender::Male),
    american("am_santa", "Santa", Gender::Male),
    american("am_adam", "Adam", Gender::Male),
    british("bf_emma", "Emma", Gender::Female),
    british("bf_isabella", "Isabella", Gender::Female),
    british("bf_alice", "Alice", Gender::Female),
    british("bf_lily", "Lily", Gender::Female),
    british("bm_george", "George", Gender::Male),
    british("bm_fable", "Fable", Gender::Male),
    british("bm_lewis", "Lewis", Gender::Male),
    british("bm_daniel", "Daniel", Gender::Male),
    spanish("ef_dora", "Dora", Gender::Female),
    spanish("em_alex", "Alex", Gender::Male),
    spanish("em_santa", "Santa", Gender::Male),
    french("ff_siwis", "Siwis", Gender::Female),
    hindi("hf_alpha", "Alpha", Gender::Female),
    hindi("hf_beta", "Beta", Gender::Female),
    hindi("hm_omega", "Omega", Gender::Male),
    hindi("hm_psi", "Psi", Gender::Male),
    italian("if_sara", "Sara", Gender::Female),
    italian("im_nicola", "Nicola", Gender::Male),
    brazilian("pf_dora", "Dora", Gender::Female),
    brazilian("pm_alex", "Alex", Gender::Male),
    brazilian("pm_santa", "Santa", Gender::Male),
    japanese("jf_alpha", "Alpha", Gender::Female),
    japanese("jf_gongitsune", "Gongitsune", Gender::Female),
    japanese("jf_nezumi", "Nezumi", Gender::Female),
    japanese("jf_tebukuro", "Tebukuro", Gender::Female),
    japanese("jm_kumo", "Kumo", Gender::Male),
    mandarin("zf_xiaobei", "Xiaobei", Gender::Female),
    mandarin("zf_xiaoni", "Xiaoni", Gender::Female),
    mandarin("zf_xiaoxiao", "Xiaoxiao", Gender::Female),
    mandarin("zf_xiaoyi", "Xiaoyi", Gender::Female),
    mandarin("zm_yunjian", "Yunjian", Gender::Male),
    mandarin("zm_yunxi", "Yunxi", Gender::Male),
    mandarin("zm_yunxia", "Yunxia", Gender::Male),
    mandarin("zm_yunyang", "Yunyang", Gender::Male),
];

/// Ids of HeyGen's voices that its documents use in examples, and the voices that speak them here.
pub const ALIASES: [(&str, &str); 3] = [
    ("1bd001e7e50f421d891986aad5158bc8", "af_sarah"),
    ("1bd001e7e50f421d891986aad5e3e5d2", "af_bella"),
    ("2d5b0e6a8c3f47d9a1b2c3d4e5f60718", "bf_emma"),
];

/// The voice with this id, or the one that stands for it (see [`ALIASES`]).
pub fn find(id: &str) -> Option<&'static Voice> {
    let id = ALIASES.iter().find(|(alias, _)| *alias == id).map_or(id, |(_, id)| *id);
    all().find(|voice| voice.id == id)
}

/// All voices that there are, those of the Kokoro network first.
pub fn all() -> impl Iterator<Item = &'static Voice> {
    static NEURAL: [Voice; VOICES.len()] = VOICES;
    let piper = piper::installed().iter().map(|installed| &installed.voice);
    NEURAL.iter().chain(piper).chain(basic::LANGUAGES.as_flattened())
}

/// The voices that can speak here, in the order they are listed to users.
pub fn listed() -> impl Iterator<Item = &'static Voice> {
    all().filter(|voice| voice.is_ready())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_the_default_comes_first() {
        let ids: std::collections::BTreeSet<_> = all().map(|voice| voice.id).collect();
        assert_eq!(ids.len(), all().count());
        assert_eq!(VOICES[0].id, DEFAULT_VOICE_ID);
        assert_eq!(find("bm_george").unwrap().locale, "en-GB");
        assert_eq!(find("jf_alpha").unwrap().locale, "ja-JP");
        assert!(find("jf_nobody").is_none());
    }

    #[test]
    fn every_alias_stands_for_a_voice() {
        for (alias, id) in ALIASES {
            assert_eq!(find(alias).map(|voice| voice.id), Some(id));
        }
    }

    #[test]
    fn the_first_two_letters_of_an_id_of_the_network_tell_language_and_gender() {
        for voice in VOICES {
            let reading = match &voice.id[..1] {
                "a" => Reading::English(Accent::American),
                "b" => Reading::English(Accent::British),
                "e" => Reading::Espeak("es"),
                "f" => Reading::Espeak("fr-fr"),
                "h" => Reading::Espeak("hi"),
                "i" => Reading::Espeak("it"),
                "j" => Reading::Japanese,
                "z" => Reading::Mandarin,
                _ => Reading::Espeak("pt-br"),
            };
            let gender = if voice.id[1..].starts_with('f') { Gender::Female } else { Gender::Male };
            assert_eq!((voice.reading, voice.gender), (reading, gender), "{}", voice.id);
        }
    }

    #[test]
    fn basic_voices_say_so_and_add_a_hundred_languages() {
        let basic: Vec<_> = all().filter(|voice| voice.engine == Engine::Basic).collect();
        assert!(basic.iter().all(|voice| voice.id.starts_with("espeak-") && voice.name.contains("(basic")));
        let languages: std::collections::BTreeSet<_> = basic.iter().map(|voice| voice.language).collect();
        assert!(languages.len() >= 100, "{}", languages.len());
        assert_eq!(find("espeak-de").unwrap().locale, "de-DE");
        assert_eq!(find("espeak-de-f").unwrap().gender, Gender::Female);
    }
}
