//! Colours of skin, hair and eyes.

use rostrum_model::presenter::{EyeColour, HairColour, Outfit, Person, Skin};

use super::paint::Ink;

/// All colours of a person and what is worn.
#[derive(Debug, Clone)]
pub(super) struct Palette {
    pub(super) skin: SkinInks,
    pub(super) hair: HairInks,
    pub(super) iris: [Ink; 3],
    pub(super) main: Ink,
    pub(super) second: Ink,
    pub(super) accent: Ink,
}

/// Shades of skin, warm in the dark.
#[derive(Debug, Clone, Copy)]
pub(super) struct SkinInks {
    pub(super) base: Ink,
    pub(super) lit: Ink,
    pub(super) shade: Ink,
    pub(super) dark: Ink,
    pub(super) blush: Ink,
    pub(super) lip: Ink,
    pub(super) lip_dark: Ink,
}

/// Shades of hair.
#[derive(Debug, Clone, Copy)]
pub(super) struct HairInks {
    pub(super) base: Ink,
    pub(super) lit: Ink,
    pub(super) mid: Ink,
    pub(super) shade: Ink,
    pub(super) brow: Ink,
}

fn skin(skin: Skin) -> SkinInks {
    let [base, lit, shade, dark, blush, lip, lip_dark] = match skin {
        Skin::Porcelain => [0xf5d0ba, 0xfee8da, 0xdfa78c, 0xc28468, 0xee8f84, 0xcb6a68, 0xab4f50],
        Skin::Light => [0xf0bf9b, 0xfcdcc3, 0xd9976f, 0xba7854, 0xe8876f, 0xc4605c, 0xa84a4b],
        Skin::Beige => [0xe6b48c, 0xf6d0ae, 0xca9068, 0xa86f4a, 0xdd7f66, 0xba5f58, 0x9b4845],
        Skin::Olive => [0xd4a27a, 0xe9bf98, 0xb37e55, 0x8f5f3b, 0xc8725a, 0xab5a52, 0x8c443f],
        Skin::Tan => [0xbf895f, 0xd9a97f, 0x9a6742, 0x774c2e, 0xb5634c, 0x9f564c, 0x80413a],
        Skin::Brown => [0xa06a48, 0xc08b66, 0x7a4a30, 0x5a3420, 0xb0604a, 0x985349, 0x793d37],
        Skin::Deep => [0x7f5036, 0xa1704f, 0x5c3622, 0x402415, 0x984b3a, 0x8a4a42, 0x6a332f],
        Skin::Ebony => [0x60402d, 0x845a41, 0x43291b, 0x2d1910, 0x7c4133, 0x774039, 0x582b27],
    }
    .map(Ink::hex);
    SkinInks { base, lit, shade, dark, blush, lip, lip_dark }
}

fn hair(colour: HairColour) -> HairInks {
    let (base, lit) = match colour {
        HairColour::Black => (0x231b1a, 0x4a3c3a),
        HairColour::DarkBrown => (0x3b2722, 0x6b4636),
        HairColour::Brown => (0x5a3a29, 0x8d6144),
        HairColour::Auburn => (0x74381f, 0xa85d38),
        HairColour::Ginger => (0xab5426, 0xdd8a4c),
        HairColour::Sandy => (0x9b7345, 0xc9a16c),
        HairColour::Blond => (0xc99a55, 0xedcb8c),
        HairColour::Grey => (0x7d7b7c, 0xb4b2b2),
        HairColour::Silver => (0xc3c1c0, 0xeeecea),
    };
    let (base, lit) = (Ink::hex(base), Ink::hex(lit));
    HairInks { base, lit, mid: base.mix(lit, 0.35), shade: base.shaded(0.34), brow: base.shaded(0.12) }
}

fn iris(colour: EyeColour) -> [Ink; 3] {
    match colour {
        EyeColour::Dark => [0x6e4a30, 0x43291a, 0x22140d],
        EyeColour::Brown => [0x9a673c, 0x6b4325, 0x3a2114],
        EyeColour::Hazel => [0xa98647, 0x77652f, 0x41361a],
        EyeColour::Green => [0x8fae6a, 0x5b7f49, 0x2d4428],
        EyeColour::Blue => [0x8fc0e2, 0x4f86b6, 0x25486c],
        EyeColour::Grey => [0xb6c2c9, 0x7c8d98, 0x414e57],
    }
    .map(Ink::hex)
}

impl Palette {
    pub(super) fn new(person: &Person, outfit: &Outfit) -> Self {
        let mut skin = skin(person.skin);
        if let Some(lipstick) = person.lipstick {
            skin.lip = Ink::from(lipstick);
            skin.lip_dark = skin.lip.shaded(0.24);
        }
        Self {
            skin,
            hair: hair(person.hair_colour),
            iris: iris(person.eyes),
            main: outfit.colour.into(),
            second: outfit.second.into(),
            accent: outfit.accent.into(),
        }
    }
}
