//! What a person is asked to do, in words: the `motion_prompt` of a request.

use crate::pose::Gesture;

/// How a person behaves while speaking, beside what the speech itself brings about.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Manner {
    /// Nods with the stresses of the speech.
    pub nods: bool,
    /// How much of a smile, 0..=1; the usual one where nothing is asked.
    pub smile: Option<f32>,
    /// A gesture to make: a wave at the beginning, clasped hands all the time, others with every phrase.
    pub gesture: Option<Gesture>,
    /// How many of the phrases come with a gesture, 0..=1; by the expressiveness where nothing is asked.
    pub hands: Option<f32>,
}

/// What a word does to the manner.
type Ask = fn(&mut Manner);

/// Beginnings of words, and what each asks for.
const WORDS: &[(&[&str], Ask)] = &[
    (&["nod", "agree"], |manner| manner.nods = true),
    (&["smil", "happ", "cheer", "joy", "warm", "friendl", "laugh", "grin"], |manner| {
        manner.smile = Some(1.0);
    }),
    (&["serious", "stern", "sad", "grave", "solemn", "neutral"], |manner| manner.smile = Some(0.08)),
    (&["wav", "greet"], |manner| manner.gesture = Some(Gesture::Wave)),
    (&["point"], |manner| manner.gesture = Some(Gesture::Point)),
    (&["clasp", "fold"], |manner| manner.gesture = Some(Gesture::Clasp)),
    (&["palm", "present", "explain", "welcom"], |manner| manner.gesture = Some(Gesture::Palm)),
    (
        &["gestur", "gesticulat", "energetic", "enthusias", "excit", "animated", "lively", "passion"],
        |manner| {
            manner.hands = Some(1.0);
        },
    ),
    (&["calm", "still", "motionless", "subtle", "quiet"], |manner| manner.hands = Some(0.0)),
];

/// Words that turn what follows them into its opposite.
const NOT: [&str; 4] = ["no", "not", "without", "never"];

impl Manner {
    /// Reads a prompt: beginnings of known English words count, whatever stands between them; a `no`, `not`, `never` or
    /// `without` directly before a word takes it out. Unknown words ask for nothing.
    pub fn from_prompt(prompt: &str) -> Self {
        let mut manner = Self::default();
        let lower = prompt.to_lowercase();
        let mut negated = false;
        for word in lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
            if NOT.contains(&word) {
                negated = true;
                continue;
            }
            for (beginnings, ask) in WORDS {
                if beginnings.iter().any(|beginning| word.starts_with(beginning)) {
                    if !negated {
                        ask(&mut manner);
                    } else if word.starts_with("gest") {
                        manner.hands = Some(0.0);
                    }
                }
            }
            negated = false;
        }
        manner
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_prompt_ask_for_what_they_say() {
        let manner = Manner::from_prompt("Nodding and smiling, then waves at the viewer.");
        assert!(manner.nods);
        assert_eq!(manner.smile, Some(1.0));
        assert_eq!(manner.gesture, Some(Gesture::Wave));
        assert_eq!(Manner::from_prompt("a serious, calm explanation").smile, Some(0.08));
        assert_eq!(Manner::from_prompt("animated").hands, Some(1.0));
    }

    #[test]
    fn what_is_unknown_or_denied_asks_for_nothing() {
        assert_eq!(Manner::from_prompt(""), Manner::default());
        assert_eq!(Manner::from_prompt("微笑 standing at a desk"), Manner::default());
        assert!(!Manner::from_prompt("not nodding").nods);
        assert_eq!(Manner::from_prompt("no gestures").hands, Some(0.0));
    }
}
