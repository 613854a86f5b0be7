//! Presenters: drawn people. What one looks like is data, from which every frame is drawn.

use serde::{Deserialize, Serialize};

/// A colour as red, green and blue; `#rrggbb` in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Colour(pub [u8; 3]);

impl Serialize for Colour {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [r, g, b] = self.0;
        serializer.serialize_str(&format!("#{r:02x}{g:02x}{b:02x}"))
    }
}

impl<'de> Deserialize<'de> for Colour {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || serde::de::Error::custom(format!("'{text}' is no colour such as #27457a"));
        let hex = text.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.is_ascii()).ok_or_else(wrong)?;
        let mut rgb = [0; 3];
        for (value, digits) in rgb.iter_mut().zip([&hex[..2], &hex[2..4], &hex[4..]]) {
            *value = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        Ok(Self(rgb))
    }
}

/// Declares an enum whose variants are words of data files and prompts.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $variant:ident,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$of])* $variant,)+ }

        impl $name {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];
        }
    };
}

words! {
    /// Skin, from the lightest to the darkest.
    Skin {
        /// Very light, pink.
        Porcelain,
        /// Light.
        Light,
        /// Light, golden.
        Beige,
        /// Olive.
        Olive,
        /// Tan.
        Tan,
        /// Brown.
        Brown,
        /// Dark brown.
        Deep,
        /// Very dark.
        Ebony,
    }
}

words! {
    /// How hair is cut and worn.
    HairStyle {
        /// None.
        Bald,
        /// A few millimetres.
        Buzz,
        /// Short, parted at a side.
        SidePart,
        /// Short sides, more on top, brushed up.
        Quiff,
        /// Combed back.
        SlickedBack,
        /// Short curls.
        ShortCurls,
        /// Grey wreath around a bald head.
        Wreath,
        /// Short all around, for a narrow face.
        Pixie,
        /// To the chin.
        Bob,
        /// Below the shoulders, straight.
        LongStraight,
        /// Below the shoulders, in waves.
        LongWavy,
        /// Below the shoulders, with a fringe.
        Fringe,
        /// Drawn back to a tail over one shoulder.
        Ponytail,
        /// Drawn up to a knot.
        Bun,
        /// Round and curly.
        Afro,
        /// Curls to the shoulders.
        LongCurls,
        /// Under a scarf.
        Hijab,
        /// Under a turban.
        Turban,
    }
}

words! {
    /// Colour of hair and brows.
    HairColour {
        /// Black.
        Black,
        /// Dark brown.
        DarkBrown,
        /// Brown.
        Brown,
        /// Reddish brown.
        Auburn,
        /// Red.
        Ginger,
        /// Dark blond.
        Sandy,
        /// Blond.
        Blond,
        /// Grey.
        Grey,
        /// Nearly white.
        Silver,
    }
}

words! {
    /// Colour of eyes.
    EyeColour {
        /// Dark brown.
        Dark,
        /// Brown.
        Brown,
        /// Hazel.
        Hazel,
        /// Green.
        Green,
        /// Blue.
        Blue,
        /// Grey.
        Grey,
    }
}

words! {
    /// Hair of the face.
    Beard {
        /// Shaven, or none.
        None,
        /// A few days.
        Stubble,
        /// Trimmed.
        Short,
        /// Full.
        Full,
        /// Around the mouth.
        Goatee,
        /// On the lip only.
        Moustache,
    }
}

words! {
    /// Spectacles.
    Glasses {
        /// None.
        None,
        /// Round.
        Round,
        /// With straight edges.
        Square,
        /// Pointed to the sides.
        CatEye,
    }
}

words! {
    /// What is worn on the body.
    Garment {
        /// Jacket, shirt and tie.
        Suit,
        /// Jacket over a top.
        Blazer,
        /// Shirt with a collar.
        Shirt,
        /// T-shirt, arms bare.
        Tshirt,
        /// Pullover with a round neck.
        Sweater,
        /// Pullover with a high collar.
        Turtleneck,
        /// Pullover with a hood.
        Hoodie,
        /// Open knitted jacket over a top.
        Cardigan,
        /// Dress or blouse with a deep neckline.
        Dress,
        /// White coat over a shirt, with a stethoscope.
        LabCoat,
        /// Clothes of nurses and surgeons.
        Scrubs,
        /// Apron over a shirt.
        Apron,
        /// Reflecting vest over a shirt.
        SafetyVest,
        /// Sports jacket with a zip.
        TrackJacket,
    }
}

words! {
    /// What is worn on the head, beside hair.
    Headwear {
        /// Nothing.
        None,
        /// Cook's hat.
        ChefHat,
        /// Builder's helmet.
        HardHat,
        /// Headphones with a microphone.
        Headset,
        /// Cap with a peak.
        Cap,
    }
}

/// A person: what stays in every look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Skin.
    pub skin: Skin,
    /// Drawn with a broad neck and shoulders and short lashes (0) to a slender neck and long lashes (1).
    pub femininity: f32,
    /// 0 young, 1 old: lines of the face.
    #[serde(default)]
    pub age: f32,
    /// Breadth of the face, -1..=1.
    #[serde(default)]
    pub face_width: f32,
    /// Breadth of the jaw, -1..=1.
    #[serde(default)]
    pub jaw: f32,
    /// Length of the chin, -1..=1.
    #[serde(default)]
    pub chin: f32,
    /// Colour of the eyes.
    pub eyes: EyeColour,
    /// How far the outer corners of the eyes are raised, -1..=1.
    #[serde(default)]
    pub eye_tilt: f32,
    /// Whether lids are drawn without a crease.
    #[serde(default)]
    pub plain_lids: bool,
    /// Thickness of the brows, -1..=1.
    #[serde(default)]
    pub brows: f32,
    /// Breadth of the nose, -1..=1.
    #[serde(default)]
    pub nose: f32,
    /// Fullness of the lips, -1..=1.
    #[serde(default)]
    pub lips: f32,
    /// Colour of painted lips.
    #[serde(default)]
    pub lipstick: Option<Colour>,
    /// Freckles on nose and cheeks.
    #[serde(default)]
    pub freckles: bool,
    /// How hair is worn.
    pub hair: HairStyle,
    /// Its colour.
    pub hair_colour: HairColour,
    /// Hair of the face.
    #[serde(default = "no_beard")]
    pub beard: Beard,
    /// Breadth of the shoulders, -1..=1.
    #[serde(default)]
    pub build: f32,
}

fn no_beard() -> Beard {
    Beard::None
}

fn no_glasses() -> Glasses {
    Glasses::None
}

fn no_headwear() -> Headwear {
    Headwear::None
}

/// What a person wears.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outfit {
    /// What is worn on the body.
    pub garment: Garment,
    /// Its colour.
    pub colour: Colour,
    /// Colour of what shows below it: shirt, top, lining.
    pub second: Colour,
    /// Colour of a tie, buttons, scarf or stripes.
    pub accent: Colour,
    /// Spectacles.
    #[serde(default = "no_glasses")]
    pub glasses: Glasses,
    /// What is worn on the head.
    #[serde(default = "no_headwear")]
    pub headwear: Headwear,
    /// Rings in the ears.
    #[serde(default)]
    pub earrings: bool,
}

/// What is behind a person where a video asks for nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// Colour at the top.
    pub top: Colour,
    /// Colour at the bottom.
    pub bottom: Colour,
}

/// All that a presenter is drawn from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Appearance {
    /// Who.
    pub person: Person,
    /// In what.
    pub outfit: Outfit,
    /// Before what.
    pub setting: Setting,
}
