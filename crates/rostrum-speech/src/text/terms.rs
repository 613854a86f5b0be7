//! Words that a glossary tells how to say. They are found as whole words; what is written stays as it is.
//!
//! A term in capitals alone (`US`) is found in capitals alone; others are found in any case. Of terms that begin at the
//! same word the longest is taken. A possessive `'s` behind a term is said behind its pronunciation.

use std::collections::HashMap;

use rostrum_model::glossary::Term;

use super::ssml::ipa;
use super::tokens::{Token, tokens};
use super::{Piece, Sounds, tokens_of, words};
use crate::espeak::is_han;
use crate::voices::{Accent, Engine, Reading, Voice};

/// Terms made ready to be found.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    /// By the first word in small letters, longest first.
    entries: HashMap<String, Vec<Entry>>,
}

#[derive(Debug)]
struct Entry {
    /// The words, as [`tokens`] cuts them, with the marks behind them.
    words: Vec<(String, Option<char>)>,
    /// Whether only these letters fit, not their other case.
    exact: bool,
    said: Said,
}

#[derive(Debug)]
enum Said {
    /// Read as these words are.
    Words(Vec<Token>),
    /// In the alphabet of the voices.
    Sounds(String),
}

/// Refuses a pronunciation that cannot be said: neither words nor IPA between slashes.
///
/// # Errors
/// What is wrong, as the end of a sentence.
pub fn check_pronunciation(pronunciation: &str) -> Result<(), String> {
    said(pronunciation, Reading::English(Accent::American)).map(drop)
}

fn said(pronunciation: &str, reading: Reading) -> Result<Said, String> {
    let english = matches!(reading, Reading::English(_));
    let text = pronunciation.trim();
    let ipa = text.strip_prefix('/').and_then(|text| text.strip_suffix('/'));
    let words = match ipa {
        Some(ipa) => return ipa::symbols(ipa, english).map(Said::Sounds),
        None => tokens_of(text, reading, &mut Vec::new()),
    };
    if words.iter().any(|word| word.core.chars().any(char::is_alphanumeric)) {
        Ok(Said::Words(words))
    } else {
        Err("has no word in it".to_owned())
    }
}

/// A written word, and how it is spelled for somebody else who is to say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Respelled {
    /// As written, with its punctuation.
    pub written: String,
    /// The same where no term was found.
    pub said: String,
}

/// Spells a plain text for a speaker that takes words alone: terms as they sound, but for those told in IPA, which stay
/// as they are. Joined by spaces, what is said is the text.
pub fn respell(text: &str, terms: &[Term]) -> Vec<Respelled> {
    let mut written = Vec::new();
    let tokens = tokens(text, &mut written);
    let terms = Terms::new(terms, Reading::English(Accent::American));
    let mut said: Vec<Option<String>> = written.iter().cloned().map(Some).collect();
    let mut position = 0;
    while let Some(token) = tokens.get(position) {
        let Some((entry, possessive)) = terms.find(&tokens[position..]) else {
            position += 1;
            continue;
        };
        let found = &tokens[position..position + entry.words.len()];
        position += found.len();
        let Said::Words(words) = &entry.said else { continue };
        let last = &found[found.len() - 1];
        let spelled: Vec<&str> = words.iter().map(|word| word.core.as_str()).collect();
        let spelled = spelled.join(" ");
        let ending = if possessive { "'s" } else { "" };
        let goes_on = tokens.get(position).is_some_and(|next| next.written == last.written);
        if token.written == last.written {
            if let Some(word) = &mut said[token.written] {
                *word = word.replacen(&token.core, &format!("{spelled}{ending}"), 1);
            }
        } else if !goes_on {
            let lead = written[token.written].split(&token.core).next().unwrap_or_default().to_owned();
            let trail = written[last.written].rsplit(&last.core).next().unwrap_or_default().to_owned();
            said[token.written] = Some(format!("{lead}{spelled}{ending}{trail}"));
            said[token.written + 1..=last.written].fill(None);
            written[token.written] = written[token.written..=last.written].join(" ");
        }
    }
    written
        .into_iter()
        .zip(said)
        .filter_map(|(written, said)| said.map(|said| Respelled { written, said }))
        .collect()
}

impl Terms {
    /// Those that can be found and said; [`check_pronunciation`] tells the others.
    pub(crate) fn new(terms: &[Term], reading: Reading) -> Self {
        let mut entries: HashMap<String, Vec<Entry>> = HashMap::new();
        for term in terms {
            let tokens = tokens_of(&term.term, reading, &mut Vec::new()).into_iter();
            let words: Vec<_> = tokens.map(|token| (token.core, token.mark)).collect();
            let (Some((first, _)), Ok(said)) = (words.first(), said(&term.pronunciation, reading)) else {
                continue;
            };
            let letters = term.term.chars().filter(|c| c.is_alphabetic());
            let exact = letters.clone().count() > 1 && letters.clone().all(char::is_uppercase);
            entries.entry(first.to_lowercase()).or_default().push(Entry { words, exact, said });
        }
        for same in entries.values_mut() {
            same.sort_by_key(|entry| std::cmp::Reverse(entry.words.len()));
        }
        Self { entries }
    }

    /// Reads tokens, terms as they are to be said. The written words of a longer term become one.
    pub(crate) fn read(&self, tokens: &[Token], written: &mut [String], voice: &Voice) -> Vec<Piece> {
        let words = |tokens: &[Token]| words(tokens, voice.reading).into_iter().map(Piece::Word);
        if self.entries.is_empty() {
            return words(tokens).collect();
        }
        let mut pieces = Vec::new();
        let mut plain: Vec<Token> = Vec::new();
        let mut position = 0;
        while let Some(token) = tokens.get(position) {
            // Voices that take no sounds read such a term as it is written.
            let sayable =
                |entry: &Entry| voice.engine != Engine::Basic || matches!(entry.said, Said::Words(_));
            let found = self.find(&tokens[position..]).filter(|(entry, _)| sayable(entry));
            let Some((entry, possessive)) = found else {
                plain.push(token.clone());
                position += 1;
                continue;
            };
            let found = &tokens[position..position + entry.words.len()];
            position += found.len();
            let goes_on = tokens.get(position).map(|next| next.written);
            join(found, goes_on, written);
            let last = &found[found.len() - 1];
            match &entry.said {
                Said::Words(words) => {
                    let mut words = words.clone();
                    for word in &mut words {
                        word.written = token.written;
                    }
                    if let Some(word) = words.last_mut() {
                        word.mark = last.mark.or(word.mark);
                        if possessive {
                            word.core.push_str("'s");
                        }
                    }
                    plain.append(&mut words);
                }
                Said::Sounds(symbols) => {
                    pieces.extend(words(&std::mem::take(&mut plain)));
                    let ending = if possessive { plural(symbols) } else { "" };
                    let symbols = format!("{symbols}{ending}");
                    pieces.push(Piece::Sounds(Sounds { symbols, written: token.written, mark: last.mark }));
                }
            }
        }
        pieces.extend(words(&plain));
        pieces
    }

    /// The entry that these tokens begin with, and whether `'s` stands behind it.
    fn find(&self, tokens: &[Token]) -> Option<(&Entry, bool)> {
        let first = tokens.first()?.core.to_lowercase();
        let bare = without_possessive(&first).unwrap_or(&first);
        let of = |first: &str| self.entries.get(first).into_iter().flatten();
        let mut fits: Vec<(&Entry, bool)> = of(&first)
            .chain(of(bare).filter(|_| bare != first))
            .filter_map(|entry| Some((entry, entry.fits(tokens)?)))
            .collect();
        fits.sort_by_key(|(entry, _)| std::cmp::Reverse(entry.words.len()));
        fits.first().copied()
    }
}

impl Entry {
    /// Whether the tokens begin with this term, and then whether `'s` stands behind it.
    fn fits(&self, tokens: &[Token]) -> Option<bool> {
        let found = tokens.get(..self.words.len())?;
        let (last, before) = found.split_last()?;
        let ((wanted, _), wanted_before) = self.words.split_last()?;
        // A term does not reach over a pause that is not its own.
        let fits = |(token, (core, mark)): (&Token, &(String, Option<char>))| {
            self.same(&token.core, core) && (token.mark.is_none() || token.mark == *mark)
        };
        if !before.iter().zip(wanted_before).all(fits) {
            return None;
        }
        if self.same(&last.core, wanted) {
            return Some(false);
        }
        without_possessive(&last.core).is_some_and(|core| self.same(core, wanted)).then_some(true)
    }

    fn same(&self, core: &str, wanted: &str) -> bool {
        core == wanted || (!self.exact && core.to_lowercase() == wanted.to_lowercase())
    }
}

fn without_possessive(core: &str) -> Option<&str> {
    core.strip_suffix("'s").or_else(|| core.strip_suffix("’s")).filter(|core| !core.is_empty())
}

/// The sound of `'s` behind these sounds.
fn plural(symbols: &str) -> &'static str {
    match symbols.chars().next_back() {
        Some('s' | 'z' | 'ʃ' | 'ʒ' | 'ʧ' | 'ʤ') => "ᵻz",
        Some('p' | 't' | 'k' | 'f' | 'θ') => "s",
        _ => "z",
    }
}

/// Makes one written word of those that a term covers, unless the last one goes on behind it.
fn join(found: &[Token], goes_on: Option<usize>, written: &mut [String]) {
    let (first, last) = (found[0].written, found[found.len() - 1].written);
    if last > first && goes_on != Some(last) {
        // Characters are written without spaces.
        let apart = if found.iter().all(|token| token.core.starts_with(is_han)) { "" } else { " " };
        written[first] = written[first..=last].join(apart);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{How, read};
    use crate::voices::VOICES;

    fn said_with(text: &str, terms: &[(&str, &str)]) -> (String, Vec<String>) {
        let terms: Vec<Term> = terms
            .iter()
            .map(|(term, pronunciation)| Term {
                term: (*term).to_owned(),
                pronunciation: (*pronunciation).to_owned(),
            })
            .collect();
        let script = read(text, &VOICES[0], &Terms::new(&terms, VOICES[0].reading));
        let mut used = Vec::new();
        let words: Vec<String> = script
            .pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Word(word) => {
                    used.push(word.written);
                    let text =
                        if word.how == How::Letters { word.text.to_uppercase() } else { word.text.clone() };
                    Some(format!("{text}{}", word.mark.map(String::from).unwrap_or_default()))
                }
                Piece::Sounds(sounds) => {
                    used.push(sounds.written);
                    Some(format!("/{}/{}", sounds.symbols, sounds.mark.map(String::from).unwrap_or_default()))
                }
                Piece::Break(_) | Piece::Manner(_) => None,
            })
            .collect();
        used.dedup();
        (words.join(" "), used.into_iter().map(|index| script.written[index].clone()).collect())
    }

    #[test]
    fn a_term_is_said_as_told_and_written_as_it_was() {
        let terms =
            [("Xiaomi", "shao me"), ("Nginx", "/ˈɛndʒɪn ɛks/"), ("New Haven", "noo hayven"), ("New", "nyoo")];
        let (said, written) = said_with("Ask xiaomi, or Nginx's team in New Haven; new ones.", &terms);
        assert_eq!(said, "Ask shao me, or /ˈɛnʤɪnɛksᵻz/ team in noo hayven; nyoo ones.");
        assert_eq!(written, ["Ask", "xiaomi,", "or", "Nginx's", "team", "in", "New Haven;", "new", "ones."]);
    }

    #[test]
    fn a_term_of_characters_is_found_among_them() {
        let voice = crate::voices::find("zf_xiaoxiao").unwrap();
        let term = Term { term: "重庆".to_owned(), pronunciation: "山城".to_owned() };
        let script = read("我在重庆，你呢？", voice, &Terms::new(&[term], voice.reading));
        let said: String = script
            .pieces
            .iter()
            .filter_map(|piece| if let Piece::Word(word) = piece { Some(word.text.as_str()) } else { None })
            .collect();
        assert_eq!(said, "我在山城你呢");
        assert_eq!(script.written[2], "重庆，");
    }

    #[test]
    fn only_whole_words_are_terms() {
        let terms = [("cat", "dog")];
        for text in ["category", "concat", "cat-like"] {
            let (said, _) = said_with(text, &terms);
            assert!(!said.contains("dog"), "{text}: {said}");
        }
        assert_eq!(said_with("(Cat) “cat’s”", &terms).0, "dog, dog's");
    }

    #[test]
    fn a_term_in_capitals_is_found_in_capitals_alone() {
        let terms = [("US", "you ess")];
        assert_eq!(said_with("US tells us.", &terms).0, "you ess tells us.");
    }

    #[test]
    fn a_term_ends_with_its_sentence() {
        assert_eq!(
            said_with("It is new. Haven is far.", &[("new haven", "X")]).0,
            "It is new. Haven is far."
        );
    }

    #[test]
    fn words_are_respelled_for_others_with_their_punctuation() {
        let term = |term: &str, pronunciation: &str| Term {
            term: term.to_owned(),
            pronunciation: pronunciation.to_owned(),
        };
        let terms = [term("Xiaomi", "shao me"), term("New Haven", "noo hayven"), term("Nginx", "/ˈɛndʒɪn/")];
        let words = respell("“Xiaomi's” in (New  Haven), by Nginx —Xiaomi—too!", &terms);
        let pairs: Vec<_> = words.iter().map(|word| (word.written.as_str(), word.said.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("“Xiaomi's”", "“shao me's”"),
                ("in", "in"),
                ("(New Haven),", "(noo hayven),"),
                ("by", "by"),
                ("Nginx", "Nginx"),
                ("—Xiaomi—too!", "—shao me—too!"),
            ]
        );
    }

    #[test]
    fn what_cannot_be_said_is_refused() {
        for good in ["ak me", "/ˈækmi/", "7"] {
            assert_eq!(check_pronunciation(good), Ok(()), "{good}");
        }
        for bad in ["", "—", "//", "/ʙ/", "!!"] {
            assert!(check_pronunciation(bad).is_err(), "{bad}");
        }
    }
}
