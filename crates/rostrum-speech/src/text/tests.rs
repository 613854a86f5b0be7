//! Tables of written text and how it is read.

use std::fmt::Write;

use super::*;
use crate::voices::{self, Accent};

fn voice(accent: Accent) -> &'static Voice {
    let id = if accent == Accent::American { "af_heart" } else { "bf_emma" };
    voices::find(id).unwrap()
}

fn spoken(script: &str, accent: Accent) -> String {
    let mut out = String::new();
    for piece in read(script, voice(accent), &Terms::default()).pieces {
        if !out.is_empty() {
            out.push(' ');
        }
        match piece {
            Piece::Break(seconds) => write!(out, "<{seconds}>").expect("a string takes all"),
            Piece::Sounds(_) | Piece::Manner(_) => unreachable!("only SSML has them"),
            Piece::Word(word) => {
                let text = match word.how {
                    How::Word => word.text,
                    How::Letters => word.text.chars().map(String::from).collect::<Vec<_>>().join("."),
                    How::Foreign => format!("[{}]", word.text),
                };
                out.push_str(&text);
                out.extend(word.mark);
            }
        }
    }
    out
}

fn check(table: &[(&str, &str)]) {
    for (written, expected) in table {
        assert_eq!(spoken(written, Accent::American), *expected, "{written}");
    }
}

#[test]
fn money_is_read_with_its_unit_behind() {
    check(&[
        ("a contract worth $1.2 million with us", "a contract worth one point two million dollars with us"),
        ("$1", "one dollar"),
        ("$1.05", "one dollar and five cents"),
        ("$0.99", "ninety nine cents"),
        ("$12.00", "twelve dollars"),
        ("£3.50", "three pounds and fifty pence"),
        ("€5k", "five thousand euros"),
        ("-$20", "minus twenty dollars"),
        ("$1,234.56.", "one thousand two hundred thirty four dollars and fifty six cents."),
        ("20€", "twenty euros"),
        ("¥500", "five hundred yen"),
        ("$20-30", "twenty to thirty dollars"),
        ("$3bn", "three billion dollars"),
        ("$1–2 million", "one to two million dollars"),
        ("5¢", "five cents"),
    ]);
}

#[test]
fn numbers_are_read_by_what_they_count() {
    check(&[
        ("0", "zero"),
        ("42 dollars for 3 tickets", "forty two dollars for three tickets"),
        ("1,234,567", "one million two hundred thirty four thousand five hundred sixty seven"),
        ("3.14", "three point one four"),
        ("-7", "minus seven"),
        ("15%", "fifteen percent"),
        ("5-10%", "five to ten percent"),
        ("1st 2nd 3rd 14th 21ST", "first second third fourteenth twenty first"),
        ("1/2 3/4", "one half three quarters"),
        ("2½ cups", "two and a half cups"),
        ("¾", "three quarters"),
        ("24/7", "twenty four seven"),
        ("10-15", "ten to fifteen"),
        ("1998–2005", "nineteen ninety eight to two thousand five"),
        ("007", "zero zero seven"),
        ("#1", "number one"),
        ("1920x1080", "nineteen twenty by ten eighty"),
        ("~20", "about twenty"),
        ("100+", "one hundred plus"),
        ("3:1", "three to one"),
        (
            "99999999999999999999",
            "nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine",
        ),
        ("No. 5", "number five"),
        ("10k users", "ten thousand users"),
    ]);
}

#[test]
fn dates_and_times_are_read_as_spoken() {
    check(&[
        ("on March 14th, 2025.", "on March fourteenth, twenty twenty five."),
        ("March 14, 2025", "March fourteenth, twenty twenty five"),
        ("14 March 2025", "the fourteenth of March twenty twenty five"),
        ("Jan. 5", "January fifth"),
        ("in 1998.", "in nineteen ninety eight."),
        ("the 1990s", "the nineteen nineties"),
        ("the ’90s", "the nineties"),
        ("2025-03-14", "March fourteenth twenty twenty five"),
        ("4:30 p.m. yesterday", "four thirty P.M yesterday"),
        ("at 4:30 p.m. Then", "at four thirty P.M. Then"),
        ("4:30pm", "four thirty P.M"),
        ("9 am", "nine A.M"),
        ("9:00", "nine o'clock"),
        ("I am here", "I am here"),
        ("1500 people", "fifteen hundred people"),
        ("2000 users", "two thousand users"),
    ]);
}

#[test]
fn measures_are_read_with_their_units() {
    check(&[
        ("2.5 kg", "two point five kilograms"),
        ("1 km", "one kilometer"),
        ("750g", "seven hundred fifty grams"),
        ("20°C", "twenty degrees Celsius"),
        ("60 km/h", "sixty kilometers per hour"),
        ("16 GB", "sixteen gigabytes"),
        ("3x", "three times"),
        ("6 in a row", "six in a row"),
        ("5 m²", "five square meters"),
        ("5 ft. tall", "five feet tall"),
    ]);
}

#[test]
fn addresses_and_telephone_numbers_are_read_piece_by_piece() {
    check(&[
        ("Visit www.example.com/docs.", "Visit W.W.W dot example dot com slash docs."),
        ("jo.doe@example.com", "jo dot doe at example dot com"),
        ("https://example.io", "example dot I.O"),
        ("Call 555-1234 now", "Call five five five, one two three four now"),
        ("+1 800 555 0199", "plus one, eight zero zero, five five five, zero one nine nine"),
        ("+1-800-555-0199", "plus one, eight zero zero, five five five, zero one nine nine"),
        ("(555) 123-4567", "five five five, one two three, four five six seven"),
    ]);
}

#[test]
fn abbreviations_and_signs_are_written_out() {
    check(&[
        ("Dr. Smith", "Doctor Smith"),
        ("St. Mary on Main St.", "Saint Mary on Main Street."),
        ("Mr. and Mrs. Jones", "Mister and Missus Jones"),
        ("e.g. this, i.e. that", "for example this, that is that"),
        ("apples, pears, etc. are", "apples, pears, et cetera are"),
        ("U.S. law", "U.S law"),
        ("in the U.S. We", "in the U.S. We"),
        ("J. K. Rowling", "J K Rowling"),
        ("R&D", "R and D"),
        ("salt & pepper", "salt and pepper"),
        ("C++ and C#", "C plus plus and C sharp"),
        ("@jo #fun", "at jo hashtag fun"),
        ("CEOs use APIs", "C.E.O.s use A.P.I.s"),
        ("COVID-19", "COVID nineteen"),
        ("H264 MP3 4K B2B", "H two sixty four MP three four thousand B two B"),
        ("node.js", "node dot js"),
        ("and/or", "and or"),
        ("Chapter IV, Henry VIII", "Chapter four, Henry the eighth"),
        ("World War II", "World War two"),
        ("well-known x-ray", "well known X ray"),
        ("naïve café", "naive cafe"),
        ("50% off!", "fifty percent off!"),
    ]);
}

#[test]
fn british_readings_say_and_and_put_the_day_first() {
    assert_eq!(spoken("342", Accent::British), "three hundred and forty two");
    assert_eq!(spoken("3/4/2025", Accent::British), "the third of April twenty twenty five");
}

#[test]
fn words_of_other_scripts_are_kept_apart() {
    check(&[
        ("Hello 世界!", "Hello [世界]!"),
        ("Привет", "[Привет]"),
        ("π is nice 🎉", "pi is nice [🎉]"),
        ("... — !!!", ""),
        ("", ""),
    ]);
}

#[test]
fn pauses_stand_between_words() {
    check(&[(r#"One <break time="1.5s"/> <break time="0.5s"/> two"#, "One <1.5> <0.5> two")]);
    let script = read(r#"One <break time="soon"/> two"#, voice(Accent::American), &Terms::default());
    assert_eq!(script.ignored_tags, [r#"<break time="soon"/>"#]);
    assert_eq!(script.pieces.len(), 2);
}

#[test]
fn every_spoken_word_knows_the_word_as_written() {
    let script = read("It cost $1.2 million, right?", voice(Accent::American), &Terms::default());
    assert_eq!(script.written, ["It", "cost", "$1.2", "million,", "right?"]);
    let of = |index: usize| -> Vec<&str> {
        script
            .pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Word(word) if word.written == index => Some(word.text.as_str()),
                _ => None,
            })
            .collect()
    };
    assert_eq!(of(2), ["one", "point", "two"]);
    assert_eq!(of(3), ["million", "dollars"]);
}
