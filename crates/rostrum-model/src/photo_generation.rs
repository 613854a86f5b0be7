//! Pictures of people made from a description, four at a time, of which one may become an avatar.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{AssetId, AvatarGroupId, PhotoGenerationId, WorkspaceId};
use crate::picture::Size;
use crate::presenter::Appearance;

/// How many pictures one generation makes.
pub const GENERATED_PICTURES: usize = 4;
/// The longest description of a person or a look, in characters.
pub const MAX_DESCRIPTION_CHARS: usize = 1000;

/// Declares an enum one may choose from.
macro_rules! choices {
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

choices! {
    /// How old somebody looks.
    AgeRange {
        /// About 25.
        YoungAdult,
        /// About 40.
        EarlyMiddleAge,
        /// About 55.
        LateMiddleAge,
        /// Above 65.
        Senior,
        /// Left to the description, or to chance.
        Unspecified,
    }
}

choices! {
    /// Whether somebody looks like a woman or a man.
    Gender {
        /// A woman.
        Woman,
        /// A man.
        Man,
        /// Left to the description, or to chance.
        Unspecified,
    }
}

choices! {
    /// Where somebody's forebears lived.
    Ethnicity {
        /// Europe.
        White,
        /// Africa.
        Black,
        /// Asia, and America now.
        AsianAmerican,
        /// China, Japan, Korea.
        EastAsian,
        /// Vietnam to Indonesia.
        SouthEastAsian,
        /// India and its neighbours.
        SouthAsian,
        /// Morocco to Iran.
        MiddleEastern,
        /// The islands of the Pacific.
        Pacific,
        /// Latin America and Spain.
        Hispanic,
        /// Left to the description, or to chance.
        Unspecified,
    }
}

choices! {
    /// Shape of the pictures.
    Orientation {
        /// As wide as high.
        Square,
        /// 16:9.
        Horizontal,
        /// 9:16.
        Vertical,
    }
}

choices! {
    /// How much of somebody is seen.
    PhotoPose {
        /// To the hips.
        HalfBody,
        /// Head and shoulders.
        CloseUp,
        /// All of the person.
        FullBody,
    }
}

choices! {
    /// What the pictures look like.
    PhotoStyle {
        /// As a photo.
        Realistic,
        /// As in an animated film for families.
        Pixar,
        /// As in a film: dark, with cold and warm light.
        Cinematic,
        /// As in an old, faded picture.
        Vintage,
        /// As in a crime film in black and white.
        Noir,
        /// In the neon light of a city at night.
        Cyberpunk,
        /// Left open.
        Unspecified,
    }
}

impl Orientation {
    /// Size of pictures drawn here, in pixels: the short edge is 1080.
    pub fn size(self) -> Size {
        match self {
            Self::Square => Size { width: 1080, height: 1080 },
            Self::Horizontal => Size { width: 1920, height: 1080 },
            Self::Vertical => Size { width: 1080, height: 1920 },
        }
    }
}

/// Who is to be seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Sitter {
    /// Somebody new.
    Stranger {
        /// Name of the person; for people.
        name: String,
        /// How old.
        age: AgeRange,
        /// Woman or man.
        gender: Gender,
        /// From where.
        ethnicity: Ethnicity,
        /// In words, at most [`MAX_DESCRIPTION_CHARS`] characters.
        appearance: String,
    },
    /// The person of a group that is drawn, dressed anew.
    Drawn {
        /// The group.
        group_id: AvatarGroupId,
        /// The person as they were when this was asked for.
        base: Box<Appearance>,
        /// In words, 1..=[`MAX_DESCRIPTION_CHARS`] characters.
        prompt: String,
    },
    /// The person of a group of photos, in another picture by the image engine.
    Photographed {
        /// The group.
        group_id: AvatarGroupId,
        /// The photo that shows the person.
        photo: AssetId,
        /// In words, 1..=[`MAX_DESCRIPTION_CHARS`] characters.
        prompt: String,
    },
}

/// What pictures are to show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhotoBrief {
    /// Who.
    pub sitter: Sitter,
    /// In which shape.
    pub orientation: Orientation,
    /// How much of the person.
    pub pose: PhotoPose,
    /// In which style.
    pub style: PhotoStyle,
}

/// How a generation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GenerationState {
    /// Nobody works on it yet.
    Pending,
    /// Pictures are made.
    Processing,
    /// All pictures are there.
    Success {
        /// What was not done as asked, for people.
        notice: Option<String>,
    },
    /// There will be none.
    Failed {
        /// Why, for people.
        message: String,
    },
}

/// A generation moves only forwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the generation has ended")]
pub struct GenerationEnded;

impl GenerationState {
    /// Whether it will not change any more.
    pub fn has_ended(&self) -> bool {
        matches!(self, Self::Success { .. } | Self::Failed { .. })
    }
}

/// Pictures that are asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct PhotoGeneration {
    /// Id.
    pub id: PhotoGenerationId,
    /// Owner.
    pub workspace_id: WorkspaceId,
    /// What they are to show.
    pub brief: PhotoBrief,
    /// Decides what the brief leaves open: the same brief and seed give the same drawn people.
    pub seed: u32,
    /// The assets that the pictures become, [`GENERATED_PICTURES`] of them; chosen beforehand, so that a step that is run
    /// again makes none twice.
    pub pictures: Vec<AssetId>,
    /// How it stands.
    pub state: GenerationState,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

impl PhotoGeneration {
    /// The same at work.
    ///
    /// # Errors
    /// When it has ended.
    pub fn start(&self) -> Result<Self, GenerationEnded> {
        self.moved_to(GenerationState::Processing)
    }

    /// The same with all its pictures.
    ///
    /// # Errors
    /// When it has ended before.
    pub fn succeed(&self, notice: Option<String>) -> Result<Self, GenerationEnded> {
        self.moved_to(GenerationState::Success { notice })
    }

    /// The same without any.
    ///
    /// # Errors
    /// When it has ended before.
    pub fn fail(&self, message: String) -> Result<Self, GenerationEnded> {
        self.moved_to(GenerationState::Failed { message })
    }

    fn moved_to(&self, state: GenerationState) -> Result<Self, GenerationEnded> {
        if self.state.has_ended() {
            return Err(GenerationEnded);
        }
        Ok(Self { state, ..self.clone() })
    }

    /// The turn of the picture at a place, where things are to be taken in turn: other generations begin elsewhere.
    pub fn turn_of(&self, place: usize) -> usize {
        self.seed as usize % 60 + place
    }

    /// The seed of the picture at a place: spread widely, so that neighbours do not resemble each other.
    pub fn seed_of(&self, place: usize) -> u64 {
        // SplitMix64, by Steele, Lea and Flood, 2014.
        let mut z =
            (u64::from(self.seed) << 3 | place as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// A picture that a generation made.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratedPicture {
    /// The asset.
    pub asset_id: AssetId,
    /// Owner.
    pub workspace_id: WorkspaceId,
    /// What the person in it is drawn from; `None` of pictures by an image engine, which are photos like any.
    pub appearance: Option<Box<Appearance>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generation(state: GenerationState) -> PhotoGeneration {
        let id = uuid::Uuid::nil();
        PhotoGeneration {
            id: PhotoGenerationId::from_uuid(id),
            workspace_id: WorkspaceId::from_uuid(id),
            brief: PhotoBrief {
                sitter: Sitter::Stranger {
                    name: "Ada".to_owned(),
                    age: AgeRange::Senior,
                    gender: Gender::Woman,
                    ethnicity: Ethnicity::Pacific,
                    appearance: String::new(),
                },
                orientation: Orientation::Square,
                pose: PhotoPose::CloseUp,
                style: PhotoStyle::Noir,
            },
            seed: 7,
            pictures: Vec::new(),
            state,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_has_ended_stays_as_it_is() {
        let success = generation(GenerationState::Pending).start().unwrap().succeed(None).unwrap();
        let failed = generation(GenerationState::Processing).fail("no".to_owned()).unwrap();
        for ended in [success, failed] {
            assert_eq!(ended.start(), Err(GenerationEnded));
            assert_eq!(ended.succeed(None), Err(GenerationEnded));
            assert_eq!(ended.fail("later".to_owned()), Err(GenerationEnded));
        }
    }

    #[test]
    fn pictures_have_seeds_of_their_own() {
        let one = generation(GenerationState::Pending);
        let other = PhotoGeneration { seed: 8, ..one.clone() };
        let seeds = |of: &PhotoGeneration| (0..GENERATED_PICTURES).map(|i| of.seed_of(i)).collect::<Vec<_>>();
        let mut all = [seeds(&one), seeds(&other)].concat();
        assert_eq!(seeds(&one), seeds(&one.clone()));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 2 * GENERATED_PICTURES);
    }
}
