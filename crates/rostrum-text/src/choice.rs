//! Which family draws which part of a text.

use std::ops::Range;

use icu_properties::props::{
    DefaultIgnorableCodePoint, EmojiPresentation, GeneralCategory, GeneralCategoryGroup, Script,
};
use icu_properties::{CodePointMapData, CodePointSetData};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::fonts::{Fonts, Scratch};

/// A text of which every character has a font.
#[derive(Debug, Default)]
pub(crate) struct Chosen {
    /// The text without what no font has and without control characters; lines end with `\n`.
    pub(crate) text: String,
    /// Families of adjacent parts of the text, in order.
    pub(crate) families: Vec<(Range<usize>, usize)>,
    /// Marks of adjacent parts of the text, in order.
    pub(crate) marks: Vec<(Range<usize>, u32)>,
    /// The characters that no font has, each once, in order.
    pub(crate) missing: Vec<char>,
}

/// A part of a text and the mark by which its glyphs are told apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece<'t> {
    pub(crate) text: &'t str,
    pub(crate) mark: u32,
}

/// Longest text in characters; the rest is cut off. Layouts count changes of the font with 16 bits.
const MAX_CHARACTERS: usize = 20_000;

/// Picks the families for a text, grapheme cluster by grapheme cluster. `language` is a BCP 47 tag.
pub(crate) fn choose(
    fonts: &Fonts,
    scratch: &mut Scratch,
    pieces: &[Piece<'_>],
    wanted: Option<&str>,
    language: Option<&str>,
) -> Chosen {
    let east_asian = east_asian_cut(pieces, language);
    let wanted = wanted.and_then(|name| fonts.family_named(name));
    let mut chosen = Chosen::default();
    let mut room = MAX_CHARACTERS;
    for piece in pieces {
        let mut start = chosen.text.len();
        for cluster in piece.text.graphemes(true) {
            room = room.saturating_sub(cluster.chars().count());
            if room == 0 {
                break;
            }
            let Some(cluster) = drawable(cluster) else { continue };
            let family = if cluster == "\n" {
                chosen.families.last().map(|(_, family)| *family)
            } else {
                family_of(fonts, scratch, &cluster, wanted, east_asian, &mut chosen.missing)
            };
            let Some(family) = family else { continue };
            if cluster == "\n" {
                chosen.trim_end();
                start = start.min(chosen.text.len());
            }
            let from = chosen.text.len();
            for c in cluster.chars() {
                // What of a cluster its family lacks was named as missing, or is no more than a hint to the shaper.
                if c == '\n' || is_hint(c) || fonts.family(family).has(c) {
                    chosen.text.push(c);
                }
            }
            let to = chosen.text.len();
            match chosen.families.last_mut() {
                Some((range, last)) if *last == family => range.end = to,
                _ => chosen.families.push((from..to, family)),
            }
        }
        if chosen.text.len() > start {
            chosen.marks.push((start..chosen.text.len(), piece.mark));
        }
    }
    chosen.trim_end();
    chosen
}

impl Chosen {
    /// Takes away blanks at the end, which would move the line from its place.
    fn trim_end(&mut self) {
        let length = self.text.trim_end_matches(|c: char| c.is_whitespace() && c != '\n').len();
        self.text.truncate(length);
        let clip = |range: &mut Range<usize>| {
            range.end = range.end.min(length);
            range.start < length
        };
        self.families.retain_mut(|(range, _)| clip(range));
        self.marks.retain_mut(|(range, _)| clip(range));
    }
}

/// The cluster without control characters; line ends become `\n`, other blanks a blank.
fn drawable(cluster: &str) -> Option<String> {
    match cluster {
        "\n" | "\r\n" | "\r" | "\u{85}" | "\u{2028}" | "\u{2029}" | "\u{b}" | "\u{c}" => {
            return Some("\n".to_owned());
        }
        "\t" => return Some(" ".to_owned()),
        _ => {}
    }
    let text: String = cluster.chars().filter(|c| !c.is_control()).collect();
    (!text.is_empty()).then_some(text)
}

/// The first family that has all of a cluster, or else the first that has its base, with the rest named as missing.
fn family_of(
    fonts: &Fonts,
    scratch: &mut Scratch,
    cluster: &str,
    wanted: Option<usize>,
    east_asian: &'static str,
    missing: &mut Vec<char>,
) -> Option<usize> {
    let needed = || cluster.chars().filter(|c| !is_hint(*c));
    let has_all = |family: &usize| needed().all(|c| fonts.family(*family).has(c));
    if is_emoji(cluster)
        && let Some(family) = fonts.emoji().find(has_all)
    {
        return Some(family);
    }
    if let Some(family) = wanted.filter(has_all) {
        return Some(family);
    }
    let mut characters = needed();
    let Some(base) = characters.next() else {
        // Nothing but hints, such as a direction mark: any family does.
        return fonts.fallbacks().next();
    };
    let alone = characters.next().is_none();
    let by_base =
        *scratch.found.entry((base, east_asian)).or_insert_with(|| first_with(fonts, base, east_asian));
    let family = match by_base {
        Some(family) if alone || has_all(&family) => return Some(family),
        _ => fonts.fallbacks().find(has_all).or_else(|| fonts.emoji().find(has_all)).or(by_base),
    };
    let lacks = |c: &char| family.is_none_or(|family| !fonts.family(family).has(*c));
    for c in needed().filter(lacks) {
        if !missing.contains(&c) && !is_unprintable(c) {
            missing.push(c);
        }
    }
    family
}

/// The family for a character: of the best kind, and of these the one with the most of its neighbours. Some fonts have a few
/// letters of scripts that they are not made for.
fn first_with(fonts: &Fonts, character: char, east_asian: &str) -> Option<usize> {
    let first = fonts.fallbacks().find(|family| fonts.family(*family).has(character));
    let Some(first) = first else { return fonts.emoji().find(|family| fonts.family(*family).has(character)) };
    let block = u32::from(character) & !0x7f;
    let neighbours = |family: usize| {
        (block..block + 0x80).filter_map(char::from_u32).filter(|c| fonts.family(family).has(*c)).count()
    };
    let rank = fonts.family(first).rank;
    let (first, _) = fonts
        .fallbacks()
        .filter(|family| fonts.family(*family).rank == rank && fonts.family(*family).has(character))
        .map(|family| (family, neighbours(family)))
        // Of several the first, unlike with `max_by_key`.
        .reduce(|best, other| if other.1 > best.1 { other } else { best })?;
    // The five cuts of a Chinese, Japanese and Korean family have the same characters in different shapes.
    let name = &fonts.family(first).name;
    let Some((family, _)) = name.rsplit_once(" CJK ") else { return Some(first) };
    let cut = fonts.family_named(&format!("{family} CJK {east_asian}"));
    Some(cut.filter(|cut| fonts.family(*cut).has(character)).unwrap_or(first))
}

/// The cut of fonts for Chinese, Japanese and Korean: by the language, or by the letters that only one of them has.
fn east_asian_cut(pieces: &[Piece<'_>], language: Option<&str>) -> &'static str {
    let language = language.unwrap_or_default().to_lowercase();
    let mut subtags = language.split(['-', '_']);
    match subtags.next() {
        Some("ja") => return "JP",
        Some("ko") => return "KR",
        Some("yue") => return "HK",
        Some("zh") => {
            let has = |tags: &[&str]| language.split(['-', '_']).any(|tag| tags.contains(&tag));
            return match () {
                () if has(&["hk", "mo"]) => "HK",
                () if has(&["tw", "hant"]) => "TC",
                () => "SC",
            };
        }
        _ => {}
    }
    let scripts = CodePointMapData::<Script>::new();
    let used = |script| pieces.iter().any(|piece| piece.text.chars().any(|c| scripts.get(c) == script));
    if used(Script::Hiragana) || used(Script::Katakana) {
        "JP"
    } else if used(Script::Hangul) {
        "KR"
    } else if used(Script::Bopomofo) {
        "TC"
    } else {
        "SC"
    }
}

/// Whether the cluster asks to be drawn as a colour picture (UTS #51).
pub(crate) fn is_emoji(cluster: &str) -> bool {
    let presented = CodePointSetData::new::<EmojiPresentation>();
    let mut characters = cluster.chars();
    let Some(first) = characters.next() else { return false };
    match characters.next() {
        Some('\u{fe0e}') => false,
        // A selector, a key cap, or a colour of skin.
        Some('\u{fe0f}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}') => true,
        _ => presented.contains(first),
    }
}

/// Characters that a font need not have: joiners, direction marks, variation selectors and the like.
fn is_hint(character: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
}

/// Characters that are no loss: those that nobody assigned, and lone surrogates.
fn is_unprintable(character: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(character);
    GeneralCategoryGroup::Other.contains(category) && category != GeneralCategory::PrivateUse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presentation_of_emoji_follows_selectors() {
        assert!(
            ["😀", "❤\u{fe0f}", "1\u{fe0f}\u{20e3}", "👩‍👩‍👧", "🇫🇷", "☝🏽"]
                .iter()
                .all(|cluster| is_emoji(cluster))
        );
        assert!(["❤", "1", "a", "☺\u{fe0e}", "漢"].iter().all(|cluster| !is_emoji(cluster)));
    }

    #[test]
    fn language_decides_between_the_shapes_of_shared_characters_before_the_letters_do() {
        let cut = |text, language| east_asian_cut(&[Piece { text, mark: 0 }], language);
        assert_eq!(cut("直す", None), "JP");
        assert_eq!(cut("直", None), "SC");
        assert_eq!(cut("한국어 直", None), "KR");
        assert_eq!(cut("直", Some("zh-Hant")), "TC");
        assert_eq!(cut("直す", Some("zh-HK")), "HK");
        assert_eq!(cut("直", Some("ja-JP")), "JP");
    }

    #[test]
    fn what_no_font_has_is_left_out_once_and_named() {
        let fonts = Fonts::load(&[]);
        let pieces = [Piece { text: "aสb\u{7}สค", mark: 0 }, Piece { text: "ค c", mark: 7 }];
        let chosen = fonts.with_scratch(|scratch| choose(&fonts, scratch, &pieces, None, None));
        assert_eq!(chosen.text, "ab c");
        assert_eq!(chosen.missing, ['ส', 'ค']);
        assert_eq!(chosen.marks, [(0..2, 0), (2..4, 7)]);
    }

    #[test]
    fn blanks_at_the_ends_of_lines_are_left_out() {
        let fonts = Fonts::load(&[]);
        let pieces = [("a \t", 1), (" \r\n b", 2), (" ", 3)].map(|(text, mark)| Piece { text, mark });
        let chosen = fonts.with_scratch(|scratch| choose(&fonts, scratch, &pieces, None, None));
        assert_eq!(chosen.text, "a\n b");
        assert_eq!(chosen.marks, [(0..1, 1), (1..4, 2)]);
        assert_eq!(chosen.families, [(0..4, 0)]);
    }
}
