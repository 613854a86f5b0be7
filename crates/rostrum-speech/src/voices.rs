//! The voices that can speak.
//!
//! A voice is listed only when the engine can really speak its language. To add one, put its style file into the
//! model folder and its line here; a voice of another language also needs a `text` reading and phonemes for
//! that language.

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
}

/// One voice of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voice {
    /// Id, also the stem of its style file.
    pub id: &'static str,
    /// Name shown to people.
    pub name: &'static str,
    /// Name of its language, in English.
    pub language: &'static str,
    /// BCP 47 tag of its language.
    pub locale: &'static str,
    /// Gender.
    pub gender: Gender,
    /// Accent, which picks dictionary and number readings.
    pub accent: Accent,
}

impl Voice {
    /// Its language and region, in English.
    pub fn locale_name(&self) -> &'static str {
        match self.accent {
            Accent::American => "English (United States)",
            Accent::British => "English (United Kingdom)",
        }
    }
}

/// The voice used where none is asked for.
pub const DEFAULT_VOICE_ID: &str = "af_heart";

const fn american(id: &'static str, name: &'static str, gender: Gender) -> Voice {
    Voice { id, name, language: "English", locale: "en-US", gender, accent: Accent::American }
}

const fn british(id: &'static str, name: &'static str, gender: Gender) -> Voice {
    Voice { id, name, language: "English", locale: "en-GB", gender, accent: Accent::British }
}

/// All voices, the default first, in the order they are listed to users.
pub const VOICES: [Voice; 28] = [
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
    VOICES.iter().find(|voice| voice.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_the_default_comes_first() {
        let ids: std::collections::BTreeSet<_> = VOICES.iter().map(|voice| voice.id).collect();
        assert_eq!(ids.len(), VOICES.len());
        assert_eq!(VOICES[0].id, DEFAULT_VOICE_ID);
        assert_eq!(find("bm_george").unwrap().locale, "en-GB");
        assert!(find("jf_alpha").is_none());
    }

    #[test]
    fn every_alias_stands_for_a_voice() {
        for (alias, id) in ALIASES {
            assert_eq!(find(alias).map(|voice| voice.id), Some(id));
        }
    }

    #[test]
    fn the_first_two_letters_of_an_id_tell_accent_and_gender() {
        for voice in VOICES {
            let accent = if voice.id.starts_with('a') { Accent::American } else { Accent::British };
            let gender = if voice.id[1..].starts_with('f') { Gender::Female } else { Gender::Male };
            assert_eq!((voice.accent, voice.gender), (accent, gender), "{}", voice.id);
        }
    }
}
