//! What a prompt says of camera, light and people.

use rostrum_model::video::{Light, MAX_ZOOM, Style, View};

/// How a shot is to be made, as far as the prompt tells.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Direction {
    /// Moves of the camera, in the order in which they are named.
    pub(super) moves: Vec<Move>,
    /// Framings, in the order in which they are named.
    pub(super) framings: Vec<Framing>,
    /// How much the camera shakes, 0..=1.
    pub(super) shake: f32,
    /// How far what is behind is out of focus, 0..=1, where something is said of it.
    pub(super) blur: Option<f32>,
    /// The light, where something is said of it.
    pub(super) light: Option<Light>,
    /// Whether nobody is to cut.
    pub(super) is_one_take: bool,
}

/// A move of the camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    Static,
    Drift,
    PushIn,
    PullBack,
    PanLeft,
    PanRight,
    TiltUp,
    TiltDown,
}

/// How much of somebody is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    Wide,
    Medium,
    CloseUp,
}

impl Framing {
    /// Style and scale of the character.
    pub(super) fn of_character(self) -> (Style, f32) {
        match self {
            Self::Wide => (Style::Normal, 0.86),
            Self::Medium => (Style::Normal, 1.0),
            Self::CloseUp => (Style::CloseUp, 1.0),
        }
    }
}

/// How close the camera comes, and how far it moves aside, in widths of the scene.
const CLOSE: f32 = 1.22;
const ASIDE: f32 = 0.09;

impl Move {
    /// The first and the last view.
    pub(super) fn views(self) -> (View, View) {
        let view = |zoom: f32, x: f32, y: f32| View { zoom: zoom.min(MAX_ZOOM), middle: [x, y] };
        let (whole, near) = (view(1.0, 0.5, 0.5), view(CLOSE, 0.5, 0.46));
        let side = |way: f32| view(CLOSE, 0.5 + way * ASIDE, 0.5);
        let height = |way: f32| view(CLOSE, 0.5, 0.5 + way * ASIDE);
        match self {
            Self::Static => (whole, whole),
            Self::Drift => (whole, view(1.06, 0.5, 0.48)),
            Self::PushIn => (whole, near),
            Self::PullBack => (near, whole),
            Self::PanLeft => (side(1.0), side(-1.0)),
            Self::PanRight => (side(-1.0), side(1.0)),
            Self::TiltUp => (height(1.0), height(-1.0)),
            Self::TiltDown => (height(-1.0), height(1.0)),
        }
    }
}

/// What a phrase does to the direction.
type Ask = fn(&mut Direction);

/// Phrases, and what each asks for. A phrase counts where its words begin words of the prompt, one after the other.
const PHRASES: &[(&[&str], Ask)] = &[
    (
        &["zoom in", "push in", "pushes in", "dolly in", "dollies in", "move in", "moves in", "closing in"],
        |d| {
            d.moves.push(Move::PushIn);
        },
    ),
    (&["zoom out", "pull back", "pulls back", "pull out", "dolly out", "dollies out", "reveal"], |d| {
        d.moves.push(Move::PullBack);
    }),
    (&["pan left", "pans left", "track left", "slide left", "to the left"], |d| d.moves.push(Move::PanLeft)),
    (&["pan", "track", "slide", "sweep", "orbit", "walk"], |d| d.moves.push(Move::PanRight)),
    (&["tilt up", "tilts up", "crane up", "rise", "rising"], |d| d.moves.push(Move::TiltUp)),
    (&["tilt down", "tilts down", "crane down"], |d| d.moves.push(Move::TiltDown)),
    (&["static", "locked", "tripod", "fixed camera"], |d| d.moves.push(Move::Static)),
    (&["handheld", "hand held", "documentary", "shak", "vlog"], |d| d.shake = 1.0),
    (&["close up", "closeup", "close shot", "portrait", "face"], |d| d.framings.push(Framing::CloseUp)),
    (&["medium", "half length", "waist"], |d| d.framings.push(Framing::Medium)),
    (&["wide", "establishing", "full shot", "long shot"], |d| d.framings.push(Framing::Wide)),
    (&["shallow", "bokeh", "depth of field", "blurred background", "soft focus"], |d| d.blur = Some(1.0)),
    (&["deep focus", "everything in focus", "sharp background"], |d| d.blur = Some(0.0)),
    (&["warm", "sunlit", "sunny", "golden", "sunset", "sunrise", "candle", "morning light"], |d| {
        d.light = Some(Light::Warm);
    }),
    (&["cool", "overcast", "cloud", "wint", "snow", "blue light", "rain"], |d| d.light = Some(Light::Cool)),
    (&["night", "moon", "midnight", "dark"], |d| d.light = Some(Light::Night)),
    (&["noir", "black and white", "monochrome"], |d| d.light = Some(Light::Noir)),
    (&["vintage", "retro", "sepia", "old film", "faded", "nostalgi"], |d| d.light = Some(Light::Vintage)),
    (&["neon", "cyberpunk", "synthwave", "nightclub"], |d| d.light = Some(Light::Neon)),
    (&["one take", "single take", "single shot", "one shot", "no cuts", "continuous"], |d| {
        d.is_one_take = true;
    }),
];

impl Direction {
    /// Reads a prompt. At each word the first phrase of the table that stands there counts; of what can be only once, what
    /// is said last.
    pub(super) fn from_prompt(prompt: &str) -> Self {
        let lower = prompt.to_lowercase();
        let words: Vec<&str> =
            lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let mut direction = Self::default();
        for start in 0..words.len() {
            let stands_here = |phrase: &str| {
                let mut place = start;
                phrase.split(' ').all(|beginning| {
                    place += 1;
                    words.get(place - 1).is_some_and(|word| word.starts_with(beginning))
                })
            };
            let said = PHRASES.iter().find(|(phrases, _)| phrases.iter().any(|phrase| stands_here(phrase)));
            if let Some((_, ask)) = said {
                ask(&mut direction);
            }
        }
        direction.moves.dedup();
        direction.framings.dedup();
        direction
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_prompt_direct_the_camera() {
        let direction = Direction::from_prompt(
            "A founder walks through a sunlit startup office, gesturing toward a whiteboard, shot handheld in a \
             documentary style.",
        );
        assert_eq!(direction.moves, [Move::PanRight]);
        assert_eq!((direction.shake, direction.light), (1.0, Some(Light::Warm)));
        let direction = Direction::from_prompt(
            "Wide shot, then slowly zoom in to a close-up; noir, shallow depth of field",
        );
        assert_eq!(direction.framings, [Framing::Wide, Framing::CloseUp]);
        assert_eq!(direction.moves, [Move::PushIn]);
        assert_eq!((direction.blur, direction.light), (Some(1.0), Some(Light::Noir)));
        assert!(!direction.is_one_take);
    }

    #[test]
    fn longer_phrases_go_before_their_first_words() {
        assert_eq!(Direction::from_prompt("pan left").moves, [Move::PanLeft]);
        assert_eq!(
            Direction::from_prompt("the camera pans right, pulls back").moves,
            [Move::PanRight, Move::PullBack]
        );
    }

    #[test]
    fn what_says_nothing_of_pictures_asks_for_nothing() {
        for prompt in ["", "她走进办公室", "somebody talks about taxes"] {
            assert_eq!(Direction::from_prompt(prompt), Direction::default(), "{prompt}");
        }
    }
}
