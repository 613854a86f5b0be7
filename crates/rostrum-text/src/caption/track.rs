//! Which captions are shown when, and their pixels.

use rostrum_model::picture::{RgbaImage, Size};

use super::cue::Cue;
use super::fit::{Fitting, Part, Room, Shown};
use super::place::{column_area, corner, moved_within};
use super::style::CaptionStyle;
use crate::draw::look;
use crate::fonts::Fonts;
use crate::paint::paint;
use crate::style::{Align, Backing, TextStyle};

/// The captions of a video on a canvas. Planned once; drawn from any thread.
#[derive(Debug, Clone)]
pub struct CaptionTrack {
    canvas: Size,
    style: CaptionStyle,
    text_style: TextStyle,
    shown: Vec<Shown>,
    /// From when on which state holds, in order.
    changes: Vec<(f64, Option<CaptionState>)>,
    missing: Vec<char>,
}

/// What is shown: which caption, and which of its words stands out. Equal states have equal pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CaptionState {
    cue: u32,
    /// The word that is being spoken, counted from 1; 0 where none stands out.
    word: u32,
}

impl CaptionTrack {
    /// Fits cues into the safe area of a canvas. A cue whose lines are too long for it flows into up to two lines; what needs
    /// more is shown in parts, cut where its words are spoken, or, where their times are not known, in smaller letters.
    pub fn plan(fonts: &Fonts, cues: &[Cue], style: &CaptionStyle, canvas: Size) -> Self {
        let short_side = canvas.width.min(canvas.height) as f32;
        let text_style = TextStyle {
            family: style.family.clone(),
            size_px: style.size_px.unwrap_or(short_side * style.size_share).max(1.0),
            weight: style.weight,
            italic: false,
            colour: style.colour,
            backing: style.backing,
            outline: style.outline,
            shadow: style.shadow,
            align: [Align::Left, Align::Center, Align::Right][usize::from(style.anchor.column())],
            line_height: 1.0,
            language: style.language.clone(),
        };
        let area = column_area(canvas, style.anchor);
        let reach = reach_em(style);
        let room = |size_px: f32| Room {
            width_px: (area.width as f32 - 2.0 * (reach[0] * size_px).ceil()).max(1.0),
            height_px: (area.height as f32 - 2.0 * (reach[1] * size_px).ceil()).max(1.0),
        };
        let mut fitting = Fitting { fonts, style: text_style.clone(), room: &room, missing: Vec::new() };
        let mut shown = Vec::new();
        let mut ordered: Vec<&Cue> = cues.iter().collect();
        ordered.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
        fonts.with_scratch(|scratch| {
            for cue in ordered {
                fitting.fit(scratch, whole(cue), &mut shown);
            }
        });
        let changes = changes(&shown, style.highlight.is_some());
        Self { canvas, style: style.clone(), text_style, missing: fitting.missing, shown, changes }
    }

    /// What is shown at a time, in seconds; `None` where nothing is.
    pub fn at(&self, time_s: f64) -> Option<CaptionState> {
        let passed = self.changes.partition_point(|(from_s, _)| *from_s <= time_s);
        self.changes[..passed].last().and_then(|(_, state)| *state)
    }

    /// When what is shown changes, in seconds, and to what; in order.
    pub fn changes(&self) -> &[(f64, Option<CaptionState>)] {
        &self.changes
    }

    /// Characters that no font has, each once; they are left out of the captions. [`crate::package_for`] says what has them.
    pub fn missing(&self) -> &[char] {
        &self.missing
    }

    /// The pixels of a state of this track, and where on the canvas their upper left corner lies.
    pub fn draw(&self, fonts: &Fonts, state: CaptionState) -> (RgbaImage, (i32, i32)) {
        let Some(shown) = self.shown.get(state.cue as usize) else { return (RgbaImage::clear(0, 0), (0, 0)) };
        let style = TextStyle { size_px: shown.size_px, ..self.text_style.clone() };
        fonts.with_scratch(|scratch| {
            let laid = shown.lay_out(fonts, scratch, &style);
            let Some(area) = laid.area() else { return (RgbaImage::clear(0, 0), (0, 0)) };
            let colour = |mark: u32| match self.style.highlight {
                Some(highlight) if mark > 0 && mark == state.word => highlight.colour,
                Some(highlight) if highlight.stays && mark > 0 && mark < state.word => highlight.colour,
                _ => self.style.colour,
            };
            let mut look = look(&style, &colour);
            let spot = self.style.highlight.and_then(|highlight| highlight.spot);
            look.spot = spot.filter(|_| state.word > 0).map(|spot| (state.word, spot));
            let (image, offset) = paint(scratch, &laid, &look);

            let reach = reach_em(&self.style).map(|em| (em * shown.size_px).ceil());
            let (width, height) =
                (area.right - area.left + 2.0 * reach[0], area.bottom - area.top + 2.0 * reach[1]);
            let room = column_area(self.canvas, self.style.anchor);
            let (left, top) = corner(room, width, height, self.style.anchor);
            let x = (left + reach[0] - area.left).round() as i32 + offset.0;
            let y = (top + reach[1] - area.top).round() as i32 + offset.1;
            // Swashes may reach beyond their lines.
            let x = moved_within(x, image.width, room.x, room.width) + self.style.offset_px[0].round() as i32;
            let y =
                moved_within(y, image.height, room.y, room.height) + self.style.offset_px[1].round() as i32;
            let x = moved_within(x, image.width, 0, self.canvas.width);
            let y = moved_within(y, image.height, 0, self.canvas.height);
            (image, (x, y))
        })
    }
}

/// How far captions reach beyond their lines, to the sides and above and below, in ems.
fn reach_em(style: &CaptionStyle) -> [f32; 2] {
    let letters = style.outline.map_or(0.0, |outline| outline.width_em)
        + style.shadow.map_or(0.0, |shadow| shadow.reach_em());
    let spot = style.highlight.and_then(|highlight| highlight.spot);
    let beyond = |side: usize| {
        let backings = style.backing.into_iter().chain(spot);
        backings.map(|backing: Backing| backing.padding_em[side]).fold(letters, f32::max)
    };
    [beyond(0), beyond(1)]
}

/// A cue as one text, its words told apart.
fn whole(cue: &Cue) -> Shown {
    let mut parts = Vec::new();
    let mut words_s = Vec::new();
    let mut done = 0;
    let between = |parts: &mut Vec<Part>, text: &str| {
        if !text.is_empty() {
            parts.push(Part { text: text.to_owned(), mark: 0 });
        }
    };
    for word in &cue.words {
        let (Some(before), Some(text)) =
            (cue.text.get(done..word.range.start), cue.text.get(word.range.clone()))
        else {
            continue;
        };
        between(&mut parts, before);
        words_s.push(word.start_s);
        parts.push(Part { text: text.to_owned(), mark: words_s.len() as u32 });
        done = word.range.end;
    }
    between(&mut parts, &cue.text[done..]);
    Shown { start_s: cue.start_s, end_s: cue.end_s, parts, words_s, ..Shown::default() }
}

fn changes(shown: &[Shown], by_word: bool) -> Vec<(f64, Option<CaptionState>)> {
    let mut changes: Vec<(f64, Option<CaptionState>)> = Vec::new();
    for (i, this) in shown.iter().enumerate() {
        let end_s = shown.get(i + 1).map_or(this.end_s, |next| this.end_s.min(next.start_s));
        let mut add = |from_s: f64, state| {
            // Of what begins at the same time the last holds.
            while changes.last().is_some_and(|(earlier_s, _)| *earlier_s >= from_s) {
                changes.pop();
            }
            changes.push((from_s, state));
        };
        if end_s <= this.start_s {
            continue;
        }
        let cue = i as u32;
        add(this.start_s, Some(CaptionState { cue, word: 0 }));
        if by_word {
            for (word, from_s) in this.words_s.iter().enumerate().filter(|(_, from_s)| **from_s < end_s) {
                add(from_s.max(this.start_s), Some(CaptionState { cue, word: word as u32 + 1 }));
            }
        }
        add(end_s, None);
    }
    changes
}
