//! Cues made to fit: their lines, sizes, and where one becomes several.

use crate::choice::Piece;
use crate::fonts::{Fonts, Scratch};
use crate::layout::{Laid, lay_out};
use crate::style::{Align, TextStyle};

/// Most lines of a caption; one more where the times of words are not known and it cannot be shown in parts.
const MAX_LINES: usize = 2;
/// How much smaller a caption may become so that its longest word need not be broken.
const SMALLEST_FOR_WORD: f32 = 0.6;
/// Smallest font size in pixels that something is shrunk to.
const SMALLEST_PX: f32 = 6.0;

/// A text that is shown at once.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Shown {
    pub(super) start_s: f64,
    pub(super) end_s: f64,
    /// Words and what is between them.
    pub(super) parts: Vec<Part>,
    /// When words are first heard, in order; word `n` has the mark `n + 1`.
    pub(super) words_s: Vec<f64>,
    pub(super) size_px: f32,
    /// How wide lines may be; `None` where they end where the text says so.
    pub(super) width_px: Option<f32>,
}

/// A word, or what is between words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    pub(super) text: String,
    /// 0 between words.
    pub(super) mark: u32,
}

/// Where captions have to fit, in pixels, without what reaches beyond their lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) width_px: f32,
    pub(super) height_px: f32,
}

/// What fitting needs to know.
pub(super) struct Fitting<'f> {
    pub(super) fonts: &'f Fonts,
    pub(super) style: TextStyle,
    /// The room for a font size in pixels: what reaches beyond the lines grows with it.
    pub(super) room: &'f dyn Fn(f32) -> Room,
    pub(super) missing: Vec<char>,
}

impl Shown {
    /// Sets the text in its lines.
    pub(super) fn lay_out(&self, fonts: &Fonts, scratch: &mut Scratch, style: &TextStyle) -> Laid {
        let pieces: Vec<Piece<'_>> =
            self.parts.iter().map(|part| Piece { text: &part.text, mark: part.mark }).collect();
        let style = TextStyle { size_px: self.size_px, ..style.clone() };
        lay_out(fonts, scratch, &pieces, &style, self.width_px)
    }
}

impl Fitting<'_> {
    /// Fits a text; where it needs more lines than it may have, and the times of its words are known, as several.
    pub(super) fn fit(&mut self, scratch: &mut Scratch, mut shown: Shown, out: &mut Vec<Shown>) {
        shown.size_px = self.style.size_px;
        let room = (self.room)(shown.size_px);
        let laid = shown.lay_out(self.fonts, scratch, &self.style);
        for c in &laid.missing {
            if !self.missing.contains(c) {
                self.missing.push(*c);
            }
        }
        let width = laid.area().map_or(0.0, |area| area.right - area.left);
        if width <= room.width_px
            && laid.layout.len() <= MAX_LINES
            && self.is_low_enough(&laid, shown.size_px)
        {
            out.push(shown);
            return;
        }

        // Its own lines do not fit: it flows.
        flow(&mut shown.parts);
        let longest = shown.lay_out(self.fonts, scratch, &self.style).longest_word_px();
        let for_word = room.width_px / longest.max(1.0);
        if (SMALLEST_FOR_WORD..1.0).contains(&for_word) {
            shown.size_px *= for_word * 0.99;
        }
        let timed = shown.words_s.len() > 1;
        let max_lines = if timed { MAX_LINES } else { MAX_LINES + 1 };
        loop {
            shown.width_px = Some((self.room)(shown.size_px).width_px);
            let mut laid = shown.lay_out(self.fonts, scratch, &self.style);
            let lines = laid.layout.len();
            if timed && lines > max_lines {
                break;
            }
            let fits = lines <= max_lines && self.is_low_enough(&laid, shown.size_px);
            let smaller = if lines > 2 * max_lines { 0.75 } else { 0.94 };
            if fits || shown.size_px * smaller < SMALLEST_PX {
                // Lines of similar length read better than a full and a short one.
                shown.width_px = shown.width_px.map(|width_px| laid.balanced_width(width_px, Align::Left));
                out.push(shown);
                return;
            }
            shown.size_px *= smaller;
        }
        let (first, second) = in_two(&shown);
        self.fit(scratch, first, out);
        self.fit(scratch, second, out);
    }

    fn is_low_enough(&self, laid: &Laid, size_px: f32) -> bool {
        laid.area().is_none_or(|area| area.bottom - area.top <= (self.room)(size_px).height_px)
    }
}

/// Replaces line ends by blanks, or by nothing between characters that are written without blanks.
fn flow(parts: &mut [Part]) {
    let text: String = parts.iter().map(|part| part.text.as_str()).collect();
    let mut at = 0;
    for part in parts {
        let mut flowing = String::with_capacity(part.text.len());
        for c in part.text.chars() {
            let before = text[..at].chars().next_back();
            at += c.len_utf8();
            let after = text[at..].chars().next();
            match c {
                '\n' if before.is_some_and(is_wide) && after.is_some_and(is_wide) => {}
                '\n' => flowing.push(' '),
                _ => flowing.push(c),
            }
        }
        part.text = flowing;
    }
}

/// Chinese, Japanese and full-width characters, which are written without blanks.
fn is_wide(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}')
}

/// Cuts a text of several words before the word nearest to its middle; a clause may end further from it.
fn in_two(shown: &Shown) -> (Shown, Shown) {
    let total: usize = shown.parts.iter().map(|part| part.text.chars().count()).sum();
    let (mut before, mut best, mut best_price) = (0_usize, 0, usize::MAX);
    for (i, part) in shown.parts.iter().enumerate() {
        if part.mark > 1 {
            let ends = shown.parts[..i].iter().rev().find(|part| part.mark > 0);
            let ends_clause = ends.is_some_and(|word| !word.text.ends_with(char::is_alphanumeric));
            let price = before.abs_diff(total / 2) + if ends_clause { 0 } else { total / 8 };
            if price < best_price {
                (best, best_price) = (i, price);
            }
        }
        before += part.text.chars().count();
    }
    let words_before = shown.parts[best].mark - 1;
    let at_s = shown.words_s[words_before as usize].clamp(shown.start_s, shown.end_s);
    let mut first = shown.parts[..best].to_vec();
    if let Some(last) = first.last_mut() {
        last.text.truncate(last.text.trim_end().len());
    }
    let second = shown.parts[best..]
        .iter()
        .map(|part| Part { text: part.text.clone(), mark: part.mark.saturating_sub(words_before) })
        .collect();
    let (first_s, second_s) = shown.words_s.split_at(words_before as usize);
    (
        Shown {
            end_s: at_s,
            parts: first,
            words_s: first_s.to_vec(),
            ..Shown { start_s: shown.start_s, ..Shown::default() }
        },
        Shown {
            start_s: at_s,
            end_s: shown.end_s,
            parts: second,
            words_s: second_s.to_vec(),
            ..Shown::default()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(words: &[&str]) -> Shown {
        let mut parts = Vec::new();
        for (i, word) in words.iter().enumerate() {
            if i > 0 {
                parts.push(Part { text: " ".into(), mark: 0 });
            }
            parts.push(Part { text: (*word).into(), mark: i as u32 + 1 });
        }
        let words_s = (0..words.len()).map(|i| i as f64).collect();
        Shown { start_s: 0.0, end_s: words.len() as f64, parts, words_s, ..Shown::default() }
    }

    fn text(shown: &Shown) -> String {
        shown.parts.iter().map(|part| part.text.as_str()).collect()
    }

    #[test]
    fn a_text_is_cut_near_its_middle_and_rather_at_a_clause() {
        let (first, second) = in_two(&shown(&["one", "two", "three,", "four", "fives", "six", "seven"]));
        assert_eq!(
            (text(&first).as_str(), text(&second).as_str()),
            ("one two three,", "four fives six seven")
        );
        assert_eq!((first.end_s, second.start_s, second.end_s), (3.0, 3.0, 7.0));
        assert_eq!(second.words_s, [3.0, 4.0, 5.0, 6.0]);
        assert_eq!(second.parts[0].mark, 1, "words are counted anew");
    }

    #[test]
    fn line_ends_become_blanks_but_not_between_east_asian_characters() {
        let mut parts = vec![
            Part { text: "two\nlines 東".into(), mark: 1 },
            Part { text: "\n".into(), mark: 0 },
            Part { text: "京".into(), mark: 2 },
        ];
        flow(&mut parts);
        assert_eq!(parts.iter().map(|part| part.text.as_str()).collect::<String>(), "two lines 東京");
    }
}
