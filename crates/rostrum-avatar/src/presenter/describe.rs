//! From a description in words to what a presenter is drawn from.
//!
//! Known English words decide; what they leave open is drawn from a seed, so that one description gives as many people
//! as there are seeds, and the same one for the same seed. A colour or a kind belongs to the next noun: in "a black
//! woman with long red hair in a white suit" skin, hair and suit each have theirs.

use rostrum_model::presenter::{
    Appearance, Beard, Colour, EyeColour, Garment, Glasses, HairColour, HairStyle, Headwear, Outfit, Person,
    Setting, Skin,
};

use crate::motion::Draws;

/// What a description says. `None` is left to chance.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Description {
    /// Drawn as a woman (true) or a man.
    pub woman: Option<bool>,
    /// 0 young, 1 old.
    pub age: Option<f32>,
    /// Skins that fit, and whether lids are drawn without a crease.
    pub skins: Option<(Vec<Skin>, bool)>,
    /// How hair is worn.
    pub hair: Option<HairStyle>,
    /// Colour of the hair.
    pub hair_colour: Option<HairColour>,
    /// Colour of the eyes.
    pub eyes: Option<EyeColour>,
    /// Hair of the face.
    pub beard: Option<Beard>,
    /// Spectacles.
    pub glasses: Option<Glasses>,
    /// What is worn on the body.
    pub garment: Option<Garment>,
    /// Its colour.
    pub colour: Option<Colour>,
    /// What is worn on the head.
    pub headwear: Option<Headwear>,
    /// Rings in the ears.
    pub earrings: Option<bool>,
    /// What is behind.
    pub setting: Option<Setting>,
    /// How much of a smile, 0..=1.
    pub smile: Option<f32>,
}

/// Skins of people from a part of the world, as prompts name them, and whether most of them have plain lids.
fn people(word: &str) -> Option<(Vec<Skin>, bool)> {
    Some(match word {
        "black" | "african" | "nigerian" | "kenyan" | "ghanaian" | "ethiopian" => {
            (vec![Skin::Deep, Skin::Ebony, Skin::Brown], false)
        }
        "white" | "caucasian" | "european" | "british" | "german" | "french" | "russian" | "scandinavian"
        | "pale" | "fair" => (vec![Skin::Porcelain, Skin::Light], false),
        "asian" | "chinese" | "japanese" | "korean" | "taiwanese" => {
            (vec![Skin::Porcelain, Skin::Beige], true)
        }
        "vietnamese" | "thai" | "filipino" | "filipina" | "indonesian" | "malay" | "malaysian" => {
            (vec![Skin::Olive, Skin::Tan], true)
        }
        "hispanic" | "latino" | "latina" | "mexican" | "brazilian" | "colombian" => {
            (vec![Skin::Olive, Skin::Tan, Skin::Beige], false)
        }
        "arab" | "arabic" | "persian" | "turkish" | "egyptian" | "moroccan" => {
            (vec![Skin::Beige, Skin::Olive], false)
        }
        "indian" | "pakistani" | "bangladeshi" | "polynesian" | "hawaiian" | "maori" | "samoan" => {
            (vec![Skin::Tan, Skin::Brown], false)
        }
        "brown" => (vec![Skin::Brown, Skin::Tan], false),
        _ => return None,
    })
}

fn colour(word: &str) -> Option<Colour> {
    let rgb = match word {
        "black" => 0x2a2c33,
        "white" => 0xf6f5f2,
        "grey" | "gray" => 0x6b7480,
        "charcoal" => 0x3b4049,
        "silver" => 0xb9c0c8,
        "navy" => 0x27406e,
        "blue" => 0x3b6fb0,
        "teal" | "turquoise" => 0x2f7d83,
        "green" => 0x3d7a55,
        "olive" => 0x6b7340,
        "red" => 0xb8383f,
        "burgundy" | "wine" | "maroon" => 0x7a2e3f,
        "pink" => 0xe3a3b0,
        "purple" | "violet" | "plum" => 0x6a3f8a,
        "yellow" => 0xe8bd45,
        "mustard" | "gold" | "golden" => 0xd0962c,
        "orange" => 0xe08237,
        "beige" | "cream" | "tan" => 0xe2d2b6,
        "brown" => 0x7a5a40,
        _ => return None,
    };
    Some(colour_of(rgb))
}

fn hair_colour(word: &str) -> Option<HairColour> {
    Some(match word {
        "black" | "dark" => HairColour::Black,
        "brown" | "brunette" => HairColour::Brown,
        "chestnut" | "auburn" => HairColour::Auburn,
        "red" | "ginger" | "orange" => HairColour::Ginger,
        "blond" | "blonde" | "golden" | "yellow" => HairColour::Blond,
        "sandy" => HairColour::Sandy,
        "grey" | "gray" => HairColour::Grey,
        "silver" | "white" => HairColour::Silver,
        _ => return None,
    })
}

fn eye_colour(word: &str) -> Option<EyeColour> {
    Some(match word {
        "brown" => EyeColour::Brown,
        "dark" | "black" => EyeColour::Dark,
        "hazel" | "amber" => EyeColour::Hazel,
        "green" => EyeColour::Green,
        "blue" => EyeColour::Blue,
        "grey" | "gray" => EyeColour::Grey,
        _ => return None,
    })
}

/// What people of a trade wear; with the garment, what they wear on the head.
fn dress(word: &str) -> Option<(Garment, Headwear)> {
    Some(match word {
        "suit" | "lawyer" | "banker" | "businessman" | "executive" => (Garment::Suit, Headwear::None),
        "blazer" | "jacket" | "businesswoman" | "manager" | "business" => (Garment::Blazer, Headwear::None),
        "shirt" | "polo" => (Garment::Shirt, Headwear::None),
        "tshirt" | "tee" => (Garment::Tshirt, Headwear::None),
        "sweater" | "pullover" | "jumper" => (Garment::Sweater, Headwear::None),
        "turtleneck" => (Garment::Turtleneck, Headwear::None),
        "hoodie" | "developer" | "programmer" | "gamer" => (Garment::Hoodie, Headwear::None),
        "cardigan" | "teacher" | "librarian" => (Garment::Cardigan, Headwear::None),
        "dress" | "blouse" | "gown" => (Garment::Dress, Headwear::None),
        "coat" | "doctor" | "physician" | "scientist" | "pharmacist" | "researcher" | "dentist" => {
            (Garment::LabCoat, Headwear::None)
        }
        "scrubs" | "nurse" | "surgeon" => (Garment::Scrubs, Headwear::None),
        "apron" | "barista" | "baker" | "waiter" | "waitress" => (Garment::Apron, Headwear::None),
        "chef" | "cook" => (Garment::Apron, Headwear::ChefHat),
        "vest" | "engineer" => (Garment::SafetyVest, Headwear::None),
        "builder" | "construction" | "foreman" => (Garment::SafetyVest, Headwear::HardHat),
        "tracksuit" | "athlete" | "trainer" | "coach" | "fitness" | "sportswear" => {
            (Garment::TrackJacket, Headwear::None)
        }
        _ => return None,
    })
}

const PALE: Colour = Colour([0xf4, 0xf1, 0xec]);

impl Description {
    /// Reads a description; unknown words say nothing.
    pub fn from_prompt(prompt: &str) -> Self {
        let mut said = Self::default();
        let text = prompt
            .to_lowercase()
            .replace("t-shirt", "tshirt")
            .replace("cat-eye", "cateye")
            .replace("clean-shaven", "shaven");
        for clause in text.split([',', '.', ';', ':', '\n']) {
            // What was said of the noun to come.
            let mut before: Vec<&str> = Vec::new();
            for word in clause.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
            {
                let parts = ["with", "in", "and", "wearing", "against", "on", "at"];
                if said.read(word, &before) || parts.contains(&word) {
                    before.clear();
                } else {
                    before.push(word);
                }
            }
            // "African", "blonde" and the like may stand alone.
            for word in before {
                if let Some(skins) = people(word).filter(|_| colour(word).is_none()) {
                    said.skins.get_or_insert(skins);
                }
            }
        }
        said
    }

    /// Takes a noun with the words before it; false when the word is none that is known.
    fn read(&mut self, word: &str, before: &[&str]) -> bool {
        self.read_years(word, before);
        let person = self.read_person(word, before);
        self.read_clothes(word, before)
            || self.read_hair(word, before)
            || self.read_rest(word, before)
            || person
    }

    /// Whether a woman or a man, how old and in what mood.
    fn read_years(&mut self, word: &str, before: &[&str]) {
        match word {
            "woman" | "women" | "female" | "lady" | "girl" | "she" | "her" | "mother" | "grandmother"
            | "actress" | "waitress" | "businesswoman" => {
                self.woman = Some(true);
            }
            "man" | "men" | "male" | "guy" | "gentleman" | "boy" | "he" | "his" | "father"
            | "grandfather" | "actor" | "businessman" => {
                self.woman = Some(false);
            }
            _ => {}
        }
        if matches!(word, "grandmother" | "grandfather") {
            self.age = Some(0.85);
        }
        match word {
            "young" | "teenager" | "teen" | "student" | "20s" | "twenties" => self.age = Some(0.0),
            "30s" | "thirties" => self.age = Some(0.15),
            "middle" | "40s" | "forties" | "mature" => self.age = Some(0.4),
            "50s" | "fifties" => self.age = Some(0.55),
            "old" | "elderly" | "senior" | "60s" | "sixties" | "70s" | "seventies" | "retired" | "aged" => {
                self.age = Some(if before.last() == Some(&"middle") { 0.4 } else { 0.8 });
            }
            "smiling" | "happy" | "cheerful" | "friendly" | "smile" | "joyful" | "laughing" => {
                self.smile = Some(0.95);
            }
            "serious" | "stern" | "sad" | "neutral" | "thoughtful" => self.smile = Some(0.1),
            _ => {}
        }
    }

    /// Where the person comes from, which stands before the noun; true when the word is such a noun.
    fn read_person(&mut self, word: &str, before: &[&str]) -> bool {
        let person = matches!(
            word,
            "woman"
                | "man"
                | "person"
                | "people"
                | "lady"
                | "guy"
                | "girl"
                | "boy"
                | "gentleman"
                | "female"
                | "male"
                | "american"
                | "skin"
                | "skinned"
                | "men"
                | "women"
        );
        let trade = dress(word).is_some() && !is_cloth(word);
        if (person || trade)
            && let Some(skins) = before.iter().rev().find_map(|word| people(word))
        {
            self.skins = Some(skins);
        }
        if person && before.contains(&"asian") && before.contains(&"south") {
            self.skins = people("indian");
        }
        person
    }

    fn read_clothes(&mut self, word: &str, before: &[&str]) -> bool {
        if let Some((garment, headwear)) = dress(word) {
            // A trade says less than what is worn.
            if is_cloth(word) || self.garment.is_none() {
                self.garment = Some(garment);
            }
            if headwear != Headwear::None {
                self.headwear.get_or_insert(headwear);
            }
            if is_cloth(word) {
                self.colour = before.iter().rev().find_map(|word| colour(word)).or(self.colour);
            }
            return true;
        }
        false
    }

    fn read_hair(&mut self, word: &str, before: &[&str]) -> bool {
        match word {
            "hair" | "haired" => {
                self.hair_colour =
                    before.iter().rev().find_map(|word| hair_colour(word)).or(self.hair_colour);
                self.hair = hair_style(before).or(self.hair);
            }
            "blonde" | "blond" | "brunette" | "redhead" => {
                self.hair_colour = hair_colour(if word == "redhead" { "red" } else { word });
            }
            "eyes" | "eyed" => self.eyes = before.iter().rev().find_map(|word| eye_colour(word)),
            "bald" => self.hair = Some(HairStyle::Bald),
            "afro" => self.hair = Some(HairStyle::Afro),
            "bun" => self.hair = Some(HairStyle::Bun),
            "ponytail" => self.hair = Some(HairStyle::Ponytail),
            "bob" => self.hair = Some(HairStyle::Bob),
            "pixie" => self.hair = Some(HairStyle::Pixie),
            "bangs" | "fringe" => self.hair = Some(HairStyle::Fringe),
            "curls" => {
                let short = before.contains(&"short");
                self.hair = Some(if short { HairStyle::ShortCurls } else { HairStyle::LongCurls });
            }
            "hijab" | "headscarf" => self.hair = Some(HairStyle::Hijab),
            "turban" => self.hair = Some(HairStyle::Turban),
            "beard" | "bearded" => {
                let full = before.iter().any(|word| matches!(*word, "full" | "long" | "bushy" | "thick"));
                self.beard = Some(if full { Beard::Full } else { Beard::Short });
            }
            "moustache" | "mustache" => self.beard = Some(Beard::Moustache),
            "goatee" => self.beard = Some(Beard::Goatee),
            "stubble" => self.beard = Some(Beard::Stubble),
            "shaven" => self.beard = Some(Beard::None),
            _ => return false,
        }
        true
    }

    /// What is worn on the head, and what is behind.
    fn read_rest(&mut self, word: &str, before: &[&str]) -> bool {
        match word {
            "glasses" | "spectacles" | "eyeglasses" => {
                let kind = |word: &str| match word {
                    "round" => Some(Glasses::Round),
                    "cateye" => Some(Glasses::CatEye),
                    "no" | "without" => Some(Glasses::None),
                    _ => None,
                };
                self.glasses =
                    Some(before.iter().rev().find_map(|word| kind(word)).unwrap_or(Glasses::Square));
            }
            "earrings" => self.earrings = Some(true),
            "headset" | "headphones" => self.headwear = Some(Headwear::Headset),
            "cap" => self.headwear = Some(Headwear::Cap),
            "helmet" => self.headwear = Some(Headwear::HardHat),
            "background" | "backdrop" | "wall" => {
                if let Some(colour) = before.iter().rev().find_map(|word| colour(word)) {
                    self.setting = Some(wall(colour));
                }
            }
            "outdoors" | "park" | "garden" | "nature" | "forest" => {
                self.setting = Some(wall(Colour([0xb9, 0xd3, 0xa0])));
            }
            "beach" | "sea" | "sky" => self.setting = Some(wall(Colour([0xa9, 0xcb, 0xe8]))),
            "office" | "studio" => self.setting = Some(wall(Colour([0xc9, 0xd2, 0xde]))),
            "night" => self.setting = Some(wall(Colour([0x2b, 0x36, 0x55]))),
            _ => return false,
        }
        true
    }

    /// A person who fits the description; `seed` decides what it leaves open. Where `base` is given, what the
    /// description leaves open stays as there.
    pub fn imagine(&self, seed: u64, base: Option<&Appearance>) -> Appearance {
        let mut draws = Draws::new(seed);
        let chosen = self.invent(&mut draws);
        match base {
            None => chosen,
            Some(base) => self.keep(base, chosen),
        }
    }

    fn invent(&self, draws: &mut Draws) -> Appearance {
        let woman = self.woman.unwrap_or_else(|| draws.between(0.0, 1.0) < 0.5);
        let age = self.age.unwrap_or_else(|| pick(&[0.0, 0.0, 0.15, 0.3, 0.45], draws));
        let (skins, plain_lids) = self.skins.clone().unwrap_or_else(|| (Skin::ALL.to_vec(), false));
        let skin = pick(&skins, draws);
        let dark = matches!(skin, Skin::Brown | Skin::Deep | Skin::Ebony);
        let light = matches!(skin, Skin::Porcelain | Skin::Light) && !plain_lids;
        let hair = match self.hair {
            Some(hair) if hair == HairStyle::LongStraight && !woman => HairStyle::SlickedBack,
            Some(hair) => hair,
            None => pick(styles(woman, dark, age), draws),
        };
        let usual = if age > 0.7 {
            pick(&[HairColour::Grey, HairColour::Silver], draws)
        } else if light {
            pick(
                &[
                    HairColour::Brown,
                    HairColour::Blond,
                    HairColour::Sandy,
                    HairColour::DarkBrown,
                    HairColour::Ginger,
                    HairColour::Auburn,
                ],
                draws,
            )
        } else {
            pick(&[HairColour::Black, HairColour::Black, HairColour::DarkBrown], draws)
        };
        let eyes = if light {
            pick(
                &[EyeColour::Blue, EyeColour::Green, EyeColour::Brown, EyeColour::Grey, EyeColour::Hazel],
                draws,
            )
        } else {
            pick(&[EyeColour::Dark, EyeColour::Brown], draws)
        };
        let mut within = |range: f64| draws.between(-range, range) as f32;
        let (face_width, jaw, chin, eye_tilt) = (within(0.4), within(0.4), within(0.4), within(0.4));
        let (brows, nose, lips, build) = (within(0.5), within(0.4), within(0.4), within(0.5));
        let beard = pick(&[Beard::None, Beard::None, Beard::Stubble, Beard::Short, Beard::Goatee], draws);
        let lips_painted = woman && draws.between(0.0, 1.0) < 0.7;
        let lipstick = pick(&[0xb8_50_58_u32, 0xc2_60_5c, 0xa8_42_4a, 0xc8_63_6a], draws);
        let person = Person {
            skin,
            femininity: if woman { 0.95 } else { 0.05 },
            age,
            face_width,
            jaw,
            chin,
            eyes: self.eyes.unwrap_or(eyes),
            eye_tilt: if plain_lids { 0.3 } else { eye_tilt * 0.5 },
            plain_lids,
            brows,
            nose: nose + if dark { 0.25 } else { 0.0 },
            lips: lips + if dark { 0.35 } else { 0.0 },
            lipstick: lips_painted.then_some(colour_of(lipstick)),
            freckles: light && draws.between(0.0, 1.0) < 0.2,
            hair,
            hair_colour: self.hair_colour.unwrap_or(usual),
            beard: self.beard.unwrap_or(if woman { Beard::None } else { beard }),
            build,
            smile: self.smile,
        };
        let garment = self.garment.unwrap_or_else(|| {
            pick(
                &[Garment::Blazer, Garment::Sweater, Garment::Shirt, Garment::Turtleneck, Garment::Cardigan],
                draws,
            )
        });
        let cloths = ["navy", "teal", "burgundy", "green", "mustard", "charcoal", "plum", "blue", "beige"];
        let free = colour(pick(&cloths, draws)).unwrap_or(PALE);
        let main = match garment {
            Garment::LabCoat => PALE,
            Garment::SafetyVest => Colour([0xf0, 0x8a, 0x24]),
            _ => free,
        };
        let accent = colour(pick(&["red", "teal", "mustard", "navy", "silver"], draws)).unwrap_or(PALE);
        let second = match garment {
            Garment::LabCoat | Garment::SafetyVest | Garment::Apron => {
                colour(pick(&["blue", "grey", "silver"], draws)).unwrap_or(PALE)
            }
            _ => PALE,
        };
        let walls = [0xc9d8ef, 0xe4d2ba, 0xc3e0d3, 0xeccdd3, 0xd3cbea, 0xb9c3cf, 0xf3dca4, 0xc7d8a8];
        let free_wall = pick(&walls, draws);
        let outfit = Outfit {
            garment,
            colour: self.colour.unwrap_or(main),
            second,
            accent,
            glasses: self.glasses.unwrap_or_else(|| {
                pick(&[Glasses::None, Glasses::None, Glasses::None, Glasses::Round], draws)
            }),
            headwear: self.headwear.unwrap_or(Headwear::None),
            earrings: self.earrings.unwrap_or_else(|| woman && draws.between(0.0, 1.0) < 0.5),
        };
        let free_wall = wall(colour_of(free_wall));
        Appearance { person, outfit, setting: self.setting.unwrap_or(free_wall) }
    }

    /// `base`, changed in what the description says.
    fn keep(&self, base: &Appearance, chosen: Appearance) -> Appearance {
        let mut kept = base.clone();
        let (person, new) = (&mut kept.person, chosen.person);
        if self.woman.is_some_and(|woman| woman != (person.femininity > 0.5)) || self.skins.is_some() {
            *person = new;
        } else {
            person.age = self.age.unwrap_or(person.age);
            person.hair = self.hair.unwrap_or(person.hair);
            person.hair_colour = self.hair_colour.unwrap_or(person.hair_colour);
            person.eyes = self.eyes.unwrap_or(person.eyes);
            person.beard = self.beard.unwrap_or(person.beard);
            person.smile = self.smile.or(person.smile);
        }
        if self.garment.is_some() || self.colour.is_some() {
            let (glasses, earrings) = (kept.outfit.glasses, kept.outfit.earrings);
            let garment = self.garment.unwrap_or(kept.outfit.garment);
            kept.outfit = Outfit { garment, glasses, earrings, ..chosen.outfit };
        }
        kept.outfit.glasses = self.glasses.unwrap_or(kept.outfit.glasses);
        kept.outfit.headwear = self.headwear.unwrap_or(kept.outfit.headwear);
        kept.outfit.earrings = self.earrings.unwrap_or(kept.outfit.earrings);
        kept.setting = self.setting.unwrap_or(kept.setting);
        kept
    }
}

/// Whether the word names what is worn, not who wears it.
fn is_cloth(word: &str) -> bool {
    matches!(
        word,
        "suit"
            | "blazer"
            | "jacket"
            | "shirt"
            | "polo"
            | "tshirt"
            | "tee"
            | "sweater"
            | "pullover"
            | "jumper"
            | "turtleneck"
            | "hoodie"
            | "cardigan"
            | "dress"
            | "blouse"
            | "gown"
            | "coat"
            | "scrubs"
            | "apron"
            | "vest"
            | "tracksuit"
            | "sportswear"
    )
}

fn hair_style(before: &[&str]) -> Option<HairStyle> {
    let has = |word: &str| before.contains(&word);
    Some(if has("curly") {
        if has("short") { HairStyle::ShortCurls } else { HairStyle::LongCurls }
    } else if has("wavy") {
        HairStyle::LongWavy
    } else if has("long") || has("straight") {
        HairStyle::LongStraight
    } else if has("buzzed") || has("shaved") {
        HairStyle::Buzz
    } else if has("slicked") {
        HairStyle::SlickedBack
    } else if has("short") {
        HairStyle::SidePart
    } else {
        return None;
    })
}

/// Styles that fit without being asked for.
fn styles(woman: bool, dark: bool, age: f32) -> &'static [HairStyle] {
    match (woman, dark, age > 0.7) {
        (true, _, true) => &[HairStyle::Pixie, HairStyle::Bob, HairStyle::Bun],
        (true, true, _) => {
            &[HairStyle::Afro, HairStyle::LongCurls, HairStyle::Bun, HairStyle::LongStraight, HairStyle::Bob]
        }
        (true, false, _) => &[
            HairStyle::LongWavy,
            HairStyle::LongStraight,
            HairStyle::Bob,
            HairStyle::Ponytail,
            HairStyle::Bun,
            HairStyle::Fringe,
            HairStyle::Pixie,
        ],
        (false, _, true) => &[HairStyle::Wreath, HairStyle::SidePart, HairStyle::SlickedBack],
        (false, true, _) => &[HairStyle::Buzz, HairStyle::ShortCurls, HairStyle::Bald],
        (false, false, _) => {
            &[HairStyle::SidePart, HairStyle::Quiff, HairStyle::SlickedBack, HairStyle::Buzz]
        }
    }
}

fn colour_of(rgb: u32) -> Colour {
    Colour([(rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8])
}

fn wall(colour: Colour) -> Setting {
    let top = colour.0.map(|part| part + ((255 - u16::from(part)) * 3 / 5) as u8);
    Setting { top: Colour(top), bottom: colour }
}

fn pick<T: Clone>(of: &[T], draws: &mut Draws) -> T {
    let place = draws.between(0.0, of.len() as f64) as usize;
    of[place.min(of.len() - 1)].clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_belong_to_the_noun_that_follows() {
        let said = Description::from_prompt(
            "A black woman with long red hair and green eyes in a white suit, blue background",
        );
        assert_eq!(said.woman, Some(true));
        assert!(said.skins.as_ref().unwrap().0.contains(&Skin::Ebony));
        assert_eq!((said.hair, said.hair_colour), (Some(HairStyle::LongStraight), Some(HairColour::Ginger)));
        assert_eq!(said.eyes, Some(EyeColour::Green));
        assert_eq!((said.garment, said.colour), (Some(Garment::Suit), colour("white")));
        assert_eq!(said.setting.map(|setting| setting.bottom), colour("blue"));
    }

    #[test]
    fn trades_ages_and_faces_are_understood() {
        let said =
            Description::from_prompt("smiling elderly Japanese chef with a moustache and round glasses");
        assert_eq!((said.garment, said.headwear), (Some(Garment::Apron), Some(Headwear::ChefHat)));
        assert_eq!(
            (said.age, said.beard, said.glasses),
            (Some(0.8), Some(Beard::Moustache), Some(Glasses::Round))
        );
        assert!(said.skins.unwrap().1 && said.smile == Some(0.95));
        let middle = Description::from_prompt("a middle-aged South Asian man in a navy t-shirt");
        assert_eq!((middle.age, middle.garment), (Some(0.4), Some(Garment::Tshirt)));
        assert_eq!(middle.skins, people("indian"));
    }

    #[test]
    fn one_description_gives_other_people_by_other_seeds_and_the_same_by_the_same() {
        let said = Description::from_prompt("a man in a blue shirt");
        let people: Vec<Appearance> = (0..4).map(|seed| said.imagine(seed, None)).collect();
        for (i, one) in people.iter().enumerate() {
            assert!(people[..i].iter().all(|other| other != one));
            assert!(one.person.femininity < 0.5 && one.outfit.garment == Garment::Shirt);
            assert_eq!(one.outfit.colour, colour("blue").unwrap());
        }
        assert_eq!(people[2], said.imagine(2, None));
    }

    #[test]
    fn who_is_described_anew_stays_who_it_is() {
        let base = Description::from_prompt("a woman with a bun").imagine(7, None);
        let changed = Description::from_prompt("wearing a red dress and glasses").imagine(1, Some(&base));
        assert_eq!(changed.person, base.person);
        assert_eq!((changed.outfit.garment, changed.outfit.colour), (Garment::Dress, colour("red").unwrap()));
        assert_eq!(changed.outfit.glasses, Glasses::Square);
        assert_eq!(changed.setting, base.setting);
    }

    #[test]
    fn any_text_gives_a_person() {
        for prompt in ["", "🙂🙂", "ein Mann", &"word ".repeat(300)] {
            let appearance = Description::from_prompt(prompt).imagine(3, None);
            let json = serde_json::to_string(&appearance).unwrap();
            assert_eq!(serde_json::from_str::<Appearance>(&json).unwrap(), appearance);
        }
    }
}
