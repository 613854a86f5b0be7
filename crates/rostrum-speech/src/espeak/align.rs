//! Which sounds of a clause belong to which of its written words.
//!
//! In a clause words run into each other: the program joins small ones, moves consonants across, reads a number as
//! several words. Each word said by itself is the guide: its sounds are laid along those of the clause so that as few as
//! possible differ (the edit distance), and each sound goes to the word it was laid beside.

use crate::phonemes::is_phoneme;
use crate::timeline::is_vowel;

/// A stretch of sounds in a clause that belong to one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// Symbols of the misaki alphabet, with marks of stress and length.
    pub(crate) symbols: String,
    /// Which of the clause's words.
    pub(crate) word: usize,
    /// Which of the program's words it is in.
    pub(crate) token: usize,
}

/// A sound with the marks that go with it.
struct Sound {
    phoneme: char,
    symbols: String,
    token: usize,
}

fn sounds(tokens: &[String]) -> Vec<Sound> {
    let mut sounds: Vec<Sound> = Vec::new();
    for (token, symbols) in tokens.iter().enumerate() {
        let mut marks = String::new();
        for symbol in symbols.chars() {
            if is_phoneme(symbol) {
                let mut symbols = std::mem::take(&mut marks);
                symbols.push(symbol);
                sounds.push(Sound { phoneme: symbol, symbols, token });
            } else if matches!(symbol, 'ˈ' | 'ˌ') {
                marks.push(symbol);
            } else if let Some(last) = sounds.last_mut().filter(|last| last.token == token) {
                last.symbols.push(symbol);
            }
        }
    }
    sounds
}

/// Lays a clause's sounds (words as the program parts them) along those of its written words, each said by itself.
/// Every word that has sounds by itself gets some here, unless there are more words than sounds.
pub(crate) fn align(clause: &[String], alone: &[Vec<String>]) -> Vec<Part> {
    let heard = sounds(clause);
    let expected: Vec<(char, usize)> = alone
        .iter()
        .enumerate()
        .flat_map(|(word, tokens)| sounds(tokens).into_iter().map(move |sound| (sound.phoneme, word)))
        .collect();
    let owners = whole_tokens(&heard, &owners(&heard, &expected));
    let owners = give_each_some(owners, &expected);
    let mut parts: Vec<Part> = Vec::new();
    for (sound, word) in heard.iter().zip(owners) {
        match parts.last_mut() {
            Some(last) if (last.word, last.token) == (word, sound.token) => {
                last.symbols.push_str(&sound.symbols);
            }
            _ => parts.push(Part { symbols: sound.symbols.clone(), word, token: sound.token }),
        }
    }
    parts
}

/// What it costs to take one sound for another, in thirds of an added one.
fn difference(a: char, b: char) -> u32 {
    match (a == b, is_vowel(a) == is_vowel(b)) {
        (true, _) => 0,
        (false, true) => 2,
        (false, false) => 5,
    }
}

const ADDED: u32 = 3;
/// Pairs of sounds that are compared: more are laid along by their number alone.
const MAX_PAIRS: usize = 4_000_000;

/// The word each heard sound was laid beside; `None` for those laid beside nothing.
fn owners(heard: &[Sound], expected: &[(char, usize)]) -> Vec<Option<usize>> {
    if heard.len() * expected.len() > MAX_PAIRS {
        return (0..heard.len()).map(|at| Some(expected[at * expected.len() / heard.len()].1)).collect();
    }
    let width = expected.len() + 1;
    let mut cost = vec![0u32; (heard.len() + 1) * width];
    for at in 0..=heard.len() {
        for beside in 0..=expected.len() {
            let added = (at > 0).then(|| cost[(at - 1) * width + beside] + ADDED);
            let left_out = (beside > 0).then(|| cost[at * width + beside - 1] + ADDED);
            let taken = (at > 0 && beside > 0).then(|| {
                cost[(at - 1) * width + beside - 1]
                    + difference(heard[at - 1].phoneme, expected[beside - 1].0)
            });
            cost[at * width + beside] = [taken, added, left_out].into_iter().flatten().min().unwrap_or(0);
        }
    }
    let mut owners = vec![None; heard.len()];
    let (mut at, mut beside) = (heard.len(), expected.len());
    while at > 0 && beside > 0 {
        let here = cost[at * width + beside];
        let (phoneme, word) = expected[beside - 1];
        if here == cost[(at - 1) * width + beside - 1] + difference(heard[at - 1].phoneme, phoneme) {
            owners[at - 1] = Some(word);
            at -= 1;
            beside -= 1;
        } else if here == cost[(at - 1) * width + beside] + ADDED {
            at -= 1;
        } else {
            beside -= 1;
        }
    }
    owners
}

/// Sounds laid beside nothing go with their neighbours in the same token; a token that is one word's but for a sound or
/// two is wholly that word's.
fn whole_tokens(heard: &[Sound], owners: &[Option<usize>]) -> Vec<usize> {
    let mut whole = Vec::with_capacity(owners.len());
    let mut start = 0;
    let mut before = 0;
    while start < heard.len() {
        let token = heard[start].token;
        let length = heard[start..].iter().take_while(|sound| sound.token == token).count();
        let own = &owners[start..start + length];
        let mut word = own.iter().flatten().next().copied().unwrap_or(before).max(before);
        for owner in own {
            // Words follow each other.
            word = owner.unwrap_or(word).max(word);
            whole.push(word);
        }
        let words = &mut whole[start..];
        if let Some((at, word)) = stray_ends(words) {
            words[at] = word;
        }
        before = word.max(*whole.last().unwrap_or(&before));
        start += length;
    }
    whole
}

/// A single sound at an end of a token whose other sounds, three or more, are all another word's: where, and that word.
fn stray_ends(words: &[usize]) -> Option<(usize, usize)> {
    let last = words.len().checked_sub(1).filter(|last| *last >= 3)?;
    if words[1..].iter().all(|word| *word == words[1]) && words[0] != words[1] {
        return Some((0, words[1]));
    }
    (words[..last].iter().all(|word| *word == words[0]) && words[last] != words[0])
        .then_some((last, words[0]))
}

/// Gives words that got nothing a sound of a neighbour that has several.
fn give_each_some(mut owners: Vec<usize>, expected: &[(char, usize)]) -> Vec<usize> {
    let mut words: Vec<usize> = expected.iter().map(|(_, word)| *word).collect();
    words.dedup();
    for word in words {
        if owners.contains(&word) {
            continue;
        }
        let count = |owners: &[usize], of: usize| owners.iter().filter(|owner| **owner == of).count();
        let behind = owners.iter().position(|owner| *owner > word);
        let before = behind.unwrap_or(owners.len()).checked_sub(1);
        if let Some(behind) = behind.filter(|at| count(&owners, owners[*at]) > 1) {
            owners[behind] = word;
        } else if let Some(before) = before.filter(|at| count(&owners, owners[*at]) > 1) {
            owners[before] = word;
        }
    }
    owners
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aligned(clause: &str, alone: &[&str]) -> Vec<(String, usize)> {
        let words = |text: &str| text.split_whitespace().map(String::from).collect::<Vec<_>>();
        let alone: Vec<_> = alone.iter().map(|word| words(word)).collect();
        align(&words(clause), &alone).into_iter().map(|part| (part.symbols, part.word)).collect()
    }

    fn expect(clause: &str, alone: &[&str], parts: &[(&str, usize)]) {
        let parts: Vec<_> = parts.iter().map(|(symbols, word)| ((*symbols).to_owned(), *word)).collect();
        assert_eq!(aligned(clause, alone), parts, "{clause}");
    }

    #[test]
    fn words_that_stay_apart_keep_their_sounds() {
        expect("ˈola mˈundo", &["ˈola", "mˈundo"], &[("ˈola", 0), ("mˈundo", 1)]);
    }

    #[test]
    fn a_number_of_several_words_is_one_written_word() {
        expect(
            "kwˈesta mˈil dosθjˈentos ˈWɾos",
            &["kwˈesta", "mˈil dosθjˈentos", "ˈWɾo"],
            &[("kwˈesta", 0), ("mˈil", 1), ("dosθjˈentos", 1), ("ˈWɾos", 2)],
        );
    }

    #[test]
    fn words_joined_into_one_are_parted() {
        expect(
            "ɾˈʊpjˌeː hɛ̃ ɛtˈil",
            &["ɾˈʊpjˌeː", "hɛ̃", "ˈɛ", "ˈil"],
            &[("ɾˈʊpjˌeː", 0), ("hɛ̃", 1), ("ɛt", 2), ("ˈil", 3)],
        );
    }

    #[test]
    fn a_consonant_that_links_words_stays_with_the_first() {
        expect("lez ɑ̃fˈɑ̃z ˈɔ̃", &["lˈe", "ɑ̃fˈɑ̃", "ˈɔ̃"], &[("lez", 0), ("ɑ̃fˈɑ̃z", 1), ("ˈɔ̃", 2)]);
    }

    #[test]
    fn a_word_swallowed_by_its_neighbour_still_gets_a_sound() {
        let parts = aligned("deˈl", &["de", "ˈel"]);
        assert_eq!(parts.iter().map(|(_, word)| *word).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn clauses_too_long_to_compare_are_laid_along_by_number() {
        let clause = vec!["a".repeat(3000), "i".repeat(3000)];
        let alone: Vec<_> = clause.iter().map(|token| vec![token.clone()]).collect();
        let parts = align(&clause, &alone);
        assert_eq!(
            parts.iter().map(|part| (part.word, part.symbols.len())).collect::<Vec<_>>(),
            [(0, 3000), (1, 3000)]
        );
    }

    #[test]
    fn nothing_heard_is_nobodys() {
        assert!(aligned("", &["a"]).is_empty());
        expect("a", &[""], &[("a", 0)]);
    }
}
