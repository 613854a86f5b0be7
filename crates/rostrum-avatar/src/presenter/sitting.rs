//! From the brief of a photo to a drawn person and the frame around them.
//!
//! What the brief's fields say decides, then what its words say, then the style, then the seed. A style shows in what is
//! worn, in what is behind and in the smile: in that which stays with the person in videos.

use rostrum_model::photo_generation::{AgeRange, Ethnicity, Gender, PhotoPose, PhotoStyle};
use rostrum_model::picture::Size;
use rostrum_model::presenter::{Appearance, Colour, Outfit, Setting};

use super::describe::Description;
use super::engine::Framing;

/// How much smaller than usual somebody is drawn who is to be seen whole: they end at the hips all the same.
const FULL_BODY_SCALE: f32 = 0.78;
/// The same in an upright picture, which leaves room above as it is.
const UPRIGHT_FULL_BODY_SCALE: f32 = 0.92;
/// How much of the height of an upright picture a person fills who is to be seen to the hips.
const UPRIGHT_SCALE: f32 = 1.06;

/// Of a tie, buttons or laces, where nothing else tells the pictures of one outfit apart.
const ACCENTS: [u32; 4] = [0xd8d0c0, 0x8d5bd6, 0x4f9d69, 0xe08a4e];

impl Description {
    /// What fields and words say of a person who is not known yet. Fields count before words.
    pub fn of_stranger(age: AgeRange, gender: Gender, ethnicity: Ethnicity, words: &str) -> Self {
        let mut said = Self::from_prompt(words);
        said.age = years(age).or(said.age);
        said.woman = match gender {
            Gender::Woman => Some(true),
            Gender::Man => Some(false),
            Gender::Unspecified => said.woman,
        };
        if let Some(origin) = origin(ethnicity) {
            said.skins = Self::from_prompt(origin).skins;
        }
        said
    }

    /// A person in a style who fits the description; `seed` decides what it leaves open, and `turn` the colours of the
    /// style, so that pictures whose turns follow each other differ in them.
    pub fn sit(&self, style: PhotoStyle, seed: u64, turn: usize) -> Appearance {
        styled(self, self.imagine(seed, None), style, turn)
    }

    /// `base` dressed anew as the description says, in a style. Where it says nothing of clothes or of what is behind,
    /// `place` 0 keeps them, and every other place has others, so that there is something to choose from.
    pub fn sit_again(&self, base: &Appearance, style: PhotoStyle, seed: u64, place: usize) -> Appearance {
        let mut seen = self.imagine(seed, Some(base));
        if place > 0 {
            let other = self.imagine(seed, None);
            let Outfit { glasses, headwear, earrings, .. } = seen.outfit;
            if self.garment.is_none() && self.colour.is_none() {
                seen.outfit = Outfit { glasses, headwear, earrings, ..other.outfit };
            } else {
                seen.outfit.accent = colour(ACCENTS[place % ACCENTS.len()]);
            }
            if self.setting.is_none() {
                seen.setting = other.setting;
            }
        }
        styled(self, seen, style, place)
    }
}

/// How much of somebody a picture shows.
pub fn framing(size: Size, pose: PhotoPose) -> Framing {
    let usual = Framing::new(size);
    let is_upright = size.height > size.width;
    match pose {
        PhotoPose::HalfBody if is_upright => Framing { scale: UPRIGHT_SCALE, ..usual },
        PhotoPose::HalfBody => usual,
        PhotoPose::CloseUp => Framing { close_up: true, ..usual },
        PhotoPose::FullBody if is_upright => Framing { scale: UPRIGHT_FULL_BODY_SCALE, ..usual },
        PhotoPose::FullBody => Framing { scale: FULL_BODY_SCALE, ..usual },
    }
}

fn years(age: AgeRange) -> Option<f32> {
    match age {
        AgeRange::YoungAdult => Some(0.0),
        AgeRange::EarlyMiddleAge => Some(0.3),
        AgeRange::LateMiddleAge => Some(0.55),
        AgeRange::Senior => Some(0.85),
        AgeRange::Unspecified => None,
    }
}

/// Words by which descriptions tell it.
fn origin(ethnicity: Ethnicity) -> Option<&'static str> {
    match ethnicity {
        Ethnicity::White => Some("white person"),
        Ethnicity::Black => Some("black person"),
        Ethnicity::AsianAmerican => Some("asian person"),
        Ethnicity::EastAsian => Some("chinese person"),
        Ethnicity::SouthEastAsian => Some("vietnamese person"),
        Ethnicity::SouthAsian => Some("indian person"),
        Ethnicity::MiddleEastern => Some("arab person"),
        Ethnicity::Pacific => Some("samoan person"),
        Ethnicity::Hispanic => Some("hispanic person"),
        Ethnicity::Unspecified => None,
    }
}

/// What a style puts where the description says nothing.
struct Look {
    /// Walls, from above to below.
    settings: &'static [[u32; 2]],
    /// Colours of what is worn.
    cloths: &'static [u32],
    /// Of what shows below it.
    seconds: &'static [u32],
    /// Of a tie, buttons, a scarf.
    accents: &'static [u32],
    smile: Option<f32>,
}

fn look(style: PhotoStyle) -> Option<Look> {
    Some(match style {
        PhotoStyle::Realistic | PhotoStyle::Unspecified => return None,
        PhotoStyle::Pixar => Look {
            settings: &[
                [0xfff0b8, 0xffb45c],
                [0xc9f1ff, 0x5cb8ee],
                [0xe9f9c4, 0x8fd06a],
                [0xffe0ea, 0xff9dbb],
            ],
            cloths: &[0xe5484d, 0x2f8fe0, 0xf2a32b, 0x3fa95b, 0x8d5bd6],
            seconds: &[0xfff7e6],
            accents: &[0xffd24a, 0xff7a59, 0x39c0b8],
            smile: Some(0.95),
        },
        PhotoStyle::Cinematic => Look {
            settings: &[
                [0x0f2a3a, 0xb2703a],
                [0x12262f, 0x2f6a73],
                [0x241a1c, 0x9a5a2c],
                [0x101c2e, 0x5b6f86],
            ],
            cloths: &[0x1f2f3f, 0x3a2c26, 0x26423f, 0x4a2530],
            seconds: &[0xd8cdbb],
            accents: &[0xc27a35, 0x2f7d83],
            smile: Some(0.3),
        },
        PhotoStyle::Vintage => Look {
            settings: &[
                [0xefe2c4, 0xbf9f6d],
                [0xe8d8b9, 0xa8875a],
                [0xe3dcc3, 0x9aa083],
                [0xf0dcc8, 0xc18f72],
            ],
            cloths: &[0x8a6b45, 0x6f6a4c, 0x7c4a3a, 0x5d6468, 0x9c7f4f],
            seconds: &[0xf0e3c8],
            accents: &[0x7a3b2e, 0x4f5b45, 0xb38a3f],
            smile: Some(0.45),
        },
        PhotoStyle::Noir => Look {
            settings: &[
                [0x4a4a4d, 0x0f0f11],
                [0x2b2b2e, 0x111113],
                [0x6a6a6d, 0x1b1b1e],
                [0x37373b, 0x050506],
            ],
            cloths: &[0x17171a, 0x2c2c30, 0x46464b, 0x0e0e10],
            seconds: &[0xe6e6e6],
            accents: &[0x9b9b9f, 0x5c5c60],
            smile: Some(0.1),
        },
        PhotoStyle::Cyberpunk => Look {
            settings: &[
                [0x1a0b3b, 0xd1227f],
                [0x06142e, 0x10b3c7],
                [0x240a45, 0x5d2be0],
                [0x0b1033, 0xe0457b],
            ],
            cloths: &[0x15152b, 0x1d1035, 0x0f2435, 0x2a1030],
            seconds: &[0x2de2e6, 0xff3fa4, 0x8a5bff],
            accents: &[0xff3fa4, 0x2de2e6, 0xf9f871],
            smile: Some(0.25),
        },
    })
}

fn styled(said: &Description, mut seen: Appearance, style: PhotoStyle, turn: usize) -> Appearance {
    let Some(look) = look(style) else { return seen };
    let of = |colours: &[u32]| colour(colours[turn % colours.len()]);
    if said.setting.is_none() {
        let [top, bottom] = look.settings[turn % look.settings.len()].map(colour);
        seen.setting = Setting { top, bottom };
    }
    if said.colour.is_none() {
        // What a trade wears keeps its colour: a white coat is white in any light.
        if !is_uniform(&seen.outfit) {
            seen.outfit.colour = of(look.cloths);
        }
        seen.outfit.second = of(look.seconds);
        seen.outfit.accent = of(look.accents);
    }
    if said.smile.is_none() {
        seen.person.smile = look.smile;
    }
    seen
}

fn is_uniform(outfit: &Outfit) -> bool {
    use rostrum_model::presenter::Garment;
    matches!(outfit.garment, Garment::LabCoat | Garment::SafetyVest | Garment::Scrubs)
}

fn colour(rgb: u32) -> Colour {
    Colour([(rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8])
}

#[cfg(test)]
mod tests {
    use rostrum_model::presenter::{Garment, Skin};

    use super::*;

    #[test]
    fn fields_count_before_words_and_words_before_chance() {
        let words = "an old white man with a beard in a red suit";
        let said = Description::of_stranger(AgeRange::YoungAdult, Gender::Woman, Ethnicity::Pacific, words);
        let seen = said.sit(PhotoStyle::Realistic, 5, 0);
        assert!(seen.person.femininity > 0.5 && seen.person.age < 0.1, "{seen:?}");
        assert!(matches!(seen.person.skin, Skin::Tan | Skin::Brown));
        assert_eq!(seen.outfit.garment, Garment::Suit);
        let open = Description::of_stranger(
            AgeRange::Unspecified,
            Gender::Unspecified,
            Ethnicity::Unspecified,
            words,
        );
        let seen = open.sit(PhotoStyle::Realistic, 5, 0);
        assert!(seen.person.femininity < 0.5 && seen.person.age > 0.7, "{seen:?}");
        assert!(matches!(seen.person.skin, Skin::Porcelain | Skin::Light));
    }

    #[test]
    fn every_word_of_origin_is_understood() {
        for ethnicity in Ethnicity::ALL {
            let said = Description::of_stranger(AgeRange::Senior, Gender::Man, *ethnicity, "");
            assert_eq!(said.skins.is_some(), *ethnicity != Ethnicity::Unspecified, "{ethnicity:?}");
        }
    }

    #[test]
    fn a_style_changes_what_the_description_leaves_open_alone() {
        let said = Description::from_prompt("a woman in a green dress, yellow background");
        let plain = said.sit(PhotoStyle::Realistic, 9, 0);
        let open = Description::from_prompt("a woman");
        for style in PhotoStyle::ALL {
            let seen = said.sit(*style, 9, 0);
            assert_eq!((seen.setting, &seen.outfit), (plain.setting, &plain.outfit), "{style:?}");
            let free = open.sit(*style, 9, 0);
            let is_plain = matches!(style, PhotoStyle::Realistic | PhotoStyle::Unspecified);
            assert_eq!(free.setting == open.sit(PhotoStyle::Realistic, 9, 0).setting, is_plain, "{style:?}");
            assert_eq!(free.person.skin, open.sit(PhotoStyle::Realistic, 9, 0).person.skin);
        }
    }

    #[test]
    fn pictures_that_follow_each_other_have_other_walls() {
        let said = Description::from_prompt("a woman");
        for style in [
            PhotoStyle::Pixar,
            PhotoStyle::Cinematic,
            PhotoStyle::Vintage,
            PhotoStyle::Noir,
            PhotoStyle::Cyberpunk,
        ] {
            let walls: Vec<_> = (6..10).map(|turn| said.sit(style, 1, turn).setting).collect();
            for (i, wall) in walls.iter().enumerate() {
                assert!(!walls[..i].contains(wall), "{style:?}");
            }
        }
    }

    #[test]
    fn somebody_dressed_anew_stays_who_they_are_and_has_four_looks() {
        let base = Description::from_prompt("a man with a beard").imagine(3, None);
        for prompt in
            ["at the beach", "in a suit", "in a red hoodie, blue background", "nothing that is known"]
        {
            let said = Description::from_prompt(prompt);
            let looks: Vec<Appearance> = (0..4)
                .map(|place| said.sit_again(&base, PhotoStyle::Unspecified, 100 + place as u64, place))
                .collect();
            for (i, look) in looks.iter().enumerate() {
                assert_eq!(look.person, base.person, "{prompt}");
                assert!(looks[..i].iter().all(|other| other != look), "{prompt}: {i}");
            }
        }
    }
}
