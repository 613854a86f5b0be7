use std::collections::HashSet;

use rostrum_model::picture::{Rect, Size};
use rostrum_model::speech::WordSpan;
use rostrum_text::{Anchor, CaptionStyle, CaptionTrack, Cue, Fonts, PRESETS, cues, safe_area};

use crate::{fonts, pixels};

/// A cue of lines whose words, parted by blanks, take half a second each.
fn cue(lines: &[&str]) -> Cue {
    let mut words = Vec::new();
    for text in lines.iter().flat_map(|line| line.split(' ')) {
        let start_s = words.len() as f64 * 0.5;
        words.push(WordSpan { text: text.to_owned(), start_s, end_s: start_s + 0.4 });
    }
    let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    let end_s = words.len() as f64 * 0.5;
    cues([(0.0, end_s, &lines[..])], &words).remove(0)
}

fn untimed(text: &str) -> Cue {
    Cue { start_s: 0.0, end_s: 2.0, text: text.to_owned(), words: Vec::new() }
}

fn preset(name: &str) -> CaptionStyle {
    CaptionStyle::preset(name).expect("a preset")
}

const FULL_HD: Size = Size { width: 1920, height: 1080 };
const TALL: Size = Size { width: 1080, height: 1920 };

/// Everything that the cues ever show, within `area`.
fn assert_within(area: Rect, cues: &[Cue], style: &CaptionStyle, canvas: Size, name: &str) {
    let track = CaptionTrack::plan(fonts(), cues, style, canvas);
    let states: HashSet<_> = track.changes().iter().filter_map(|(_, state)| *state).collect();
    assert!(!states.is_empty(), "{name}");
    for state in states {
        let (image, (x, y)) = track.draw(fonts(), state);
        assert!(image.width > 0, "{name} {state:?}");
        let inside = x >= area.x as i32
            && y >= area.y as i32
            && x + image.width as i32 <= (area.x + area.width) as i32
            && y + image.height as i32 <= (area.y + area.height) as i32;
        assert!(inside, "{name} on {canvas:?}: {image:?} at {x}, {y} is not within {area:?}");
    }
}

#[test]
fn captions_stay_in_the_safe_area_of_every_canvas_in_every_look() {
    let cues = [
        cue(&["Captions are read by most of all people,", "so they ought to look good everywhere now"]),
        cue(&["https://example.org/a/path/that/goes-on-and-on-and-on-for-ever-and-ever.html"]),
        cue(&["السلام عليكم ورحمة الله وبركاته،", "مُحَمَّدٌ رَسُولُ اللَّهِ"]),
        cue(&["大家好欢迎来到我们的频道今天我们来谈谈字幕", "谢谢你们的观看再见再见"]),
    ];
    for (i, side) in [720, 1080, 2160].into_iter().enumerate() {
        for (width, height) in [(side * 16 / 9, side), (side, side * 16 / 9), (side, side)] {
            let canvas = Size { width, height };
            // Each cue is long to draw at 4K; there one look for each shape has to do.
            for (name, _) in PRESETS.iter().skip(if side == 2160 { i } else { 0 }).step_by(if side == 2160 {
                4
            } else {
                1
            }) {
                for cue in &cues {
                    let shifted = Cue { words: cue.words.iter().take(3).cloned().collect(), ..cue.clone() };
                    assert_within(safe_area(canvas), &[shifted], &preset(name), canvas, name);
                }
            }
        }
    }
}

#[test]
fn captions_stay_in_the_safe_area_at_every_anchor_and_size() {
    for key in 1..=9 {
        for size_px in [None, Some(20.0), Some(150.0), Some(900.0)] {
            for name in ["default", "bold_pop"] {
                let anchor = Anchor::numpad(key).expect("a key");
                let style = CaptionStyle { anchor, size_px, ..preset(name) };
                for canvas in [FULL_HD, TALL] {
                    let cues = [untimed("Some words that are not timed, on a line.")];
                    assert_within(
                        safe_area(canvas),
                        &cues,
                        &style,
                        canvas,
                        &format!("{name} {key} {size_px:?}"),
                    );
                }
            }
        }
    }
}

#[test]
fn anchors_are_told_apart() {
    let at = |key| {
        let style = CaptionStyle { anchor: Anchor::numpad(key).expect("a key"), ..preset("default") };
        let track = CaptionTrack::plan(fonts(), &[untimed("Here")], &style, FULL_HD);
        let (image, (x, y)) = track.draw(fonts(), track.at(0.0).expect("a caption"));
        (x + image.width as i32 / 2, y + image.height as i32 / 2)
    };
    let (middle_x, middle_y) = at(5);
    assert!(middle_x.abs_diff(960) <= 1 && middle_y.abs_diff(540) <= 1);
    assert!(at(7).0 < 300 && at(7).1 < 150);
    assert!(at(3).0 > 1620 && at(3).1 > 930);
    assert_eq!(at(2).0, middle_x);
}

#[test]
fn captions_move_by_their_offset_but_not_off_the_canvas() {
    let place = |offset_px| {
        let style = CaptionStyle { offset_px, ..preset("default") };
        let track = CaptionTrack::plan(fonts(), &[untimed("Here")], &style, FULL_HD);
        let (image, at) = track.draw(fonts(), track.at(0.0).expect("a caption"));
        (at, image)
    };
    let ((x, y), image) = place([0.0, 0.0]);
    assert_eq!(place([30.0, -200.0]).0, (x + 30, y - 200));
    assert_eq!(place([-9000.0, 9000.0]).0, (0, 1080 - image.height as i32));
}

#[test]
fn letters_do_not_move_or_change_shape_when_the_word_that_stands_out_changes() {
    for name in ["bold_pop", "karaoke"] {
        let track =
            CaptionTrack::plan(fonts(), &[cue(&["one two three", "سلام شكرا"])], &preset(name), FULL_HD);
        let drawn: Vec<_> = [0.0, 0.6, 1.2, 2.2]
            .map(|at_s| track.draw(fonts(), track.at(at_s).expect("a state")))
            .into_iter()
            .collect();
        let alpha = |i: usize| pixels(&drawn[i].0).map(|pixel| pixel[3]).collect::<Vec<_>>();
        for i in 1..drawn.len() {
            assert_eq!(drawn[i].1, drawn[0].1, "{name}");
            assert_eq!(alpha(i), alpha(0), "{name}");
            assert_ne!(drawn[i].0, drawn[i - 1].0, "{name}: another word stands out");
        }
    }
}

#[test]
fn words_stand_out_in_the_order_they_are_read() {
    let mut style = preset("karaoke");
    style.outline = None;
    let gold = style.highlight.expect("karaoke highlights").colour;
    let places = |text: &str| {
        let track = CaptionTrack::plan(fonts(), &[cue(&[text])], &style, FULL_HD);
        [0.1, 0.6].map(|at_s| {
            let (image, _) = track.draw(fonts(), track.at(at_s).expect("a state"));
            let columns: Vec<usize> = pixels(&image)
                .enumerate()
                .filter(|(_, pixel)| *pixel == gold)
                .map(|(i, _)| i % image.width)
                .collect();
            let middle = columns.iter().sum::<usize>() as f64 / columns.len() as f64 / image.width as f64;
            (middle, columns.len())
        })
    };
    let [(left, few), (middle, more)] = places("one two three");
    assert!(left < 0.25 && middle < 0.45 && more > few * 3 / 2, "{left} {middle}");
    let [(right, _), (middle, _)] = places("אחת שתיים שלוש");
    assert!(right > 0.75 && middle > 0.5, "{right} {middle}");
}

#[test]
fn states_follow_the_words_and_nothing_is_shown_between_captions() {
    let first = cue(&["one two"]);
    let mut second = cue(&["three"]);
    (second.start_s, second.end_s) = (3.0, 4.0);
    second.words[0].start_s = 3.2;
    let track = CaptionTrack::plan(fonts(), &[second, first], &preset("bold_pop"), FULL_HD);
    let at = |time_s| track.at(time_s);
    assert_eq!(at(-0.1), None);
    assert_eq!(at(0.0), at(0.49));
    assert_ne!(at(0.0), at(0.5));
    assert_eq!(at(0.5), at(0.99));
    assert_eq!(at(1.0), None);
    assert_eq!(at(2.99), None);
    assert!(at(3.0).is_some() && at(3.0) != at(3.2));
    assert_eq!(at(4.0), None);
    let times: Vec<f64> = track.changes().iter().map(|(from_s, _)| *from_s).collect();
    assert_eq!(times, [0.0, 0.5, 1.0, 3.0, 3.2, 4.0]);
}

#[test]
fn without_a_highlight_a_caption_is_one_state() {
    let style = CaptionStyle { highlight: None, ..preset("bold_pop") };
    let track = CaptionTrack::plan(fonts(), &[cue(&["one two three four"])], &style, FULL_HD);
    assert_eq!(track.changes().len(), 2);
}

#[test]
fn lines_that_fit_are_kept_and_those_that_do_not_flow() {
    let height = |lines: &[&str], canvas| {
        let track = CaptionTrack::plan(fonts(), &[cue(lines)], &preset("default"), canvas);
        let parts = track.changes().iter().filter(|(_, state)| state.is_some()).count();
        (parts, track.draw(fonts(), track.at(0.0).expect("a caption")).0.height)
    };
    let one_line = height(&["one two"], FULL_HD).1;
    assert!(height(&["one", "two"], FULL_HD).1 > one_line * 3 / 2, "its own line end stays");
    let long = ["a line of forty letters, all of them read", "and one more line of nearly the same size"];
    assert_eq!(height(&long, FULL_HD).0, 1);
    let (parts, tall) = height(&long, TALL);
    assert!(parts > 1, "it is shown in parts where the canvas is narrow");
    assert!(tall < one_line * 5 / 2, "of at most two lines");
}

#[test]
fn parts_of_a_caption_show_every_word_when_it_is_spoken() {
    let long = cue(&["these are quite a few rather long words", "that cannot be shown on a narrow canvas"]);
    let style = CaptionStyle { size_px: Some(90.0), ..preset("bold_pop") };
    let track = CaptionTrack::plan(fonts(), std::slice::from_ref(&long), &style, TALL);
    let changes: Vec<f64> = track.changes().iter().map(|(from_s, _)| *from_s).collect();
    let spoken: Vec<f64> = long.words.iter().map(|word| word.start_s).chain([long.end_s]).collect();
    assert_eq!(changes, spoken);
    let images: Vec<_> = spoken[..spoken.len() - 1]
        .iter()
        .map(|at_s| track.draw(fonts(), track.at(*at_s).expect("a state")).0)
        .collect();
    let yellow = |image| pixels(image).filter(|pixel| *pixel == [255, 221, 0, 255]).count();
    assert!(images.iter().all(|image| yellow(image) > 100), "a word stands out at all times");
}

#[test]
fn a_caption_without_times_shrinks_instead_of_overflowing() {
    let text = "many words without any times ".repeat(12);
    let track = CaptionTrack::plan(fonts(), &[untimed(&text)], &preset("default"), FULL_HD);
    assert_eq!(track.changes().len(), 2, "one part");
    let (image, _) = track.draw(fonts(), track.at(0.0).expect("a caption"));
    assert!(image.width <= 1728 && image.height < 250, "{image:?}");
}

#[test]
fn what_no_font_has_is_named_for_the_whole_track() {
    let built_in = Fonts::load(&[]);
    let cues = [untimed("क a"), Cue { start_s: 2.0, end_s: 3.0, ..untimed("漢क") }];
    let track = CaptionTrack::plan(&built_in, &cues, &preset("default"), FULL_HD);
    assert_eq!(track.missing(), ['क', '漢']);
    let (image, _) = track.draw(&built_in, track.at(2.5).expect("a state"));
    assert_eq!((image.width, image.height), (0, 0), "nothing is left to be seen");
}
