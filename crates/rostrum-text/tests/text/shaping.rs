use rostrum_text::{Align, Fonts, TextStyle, package_for};

use crate::{WHITE, fonts, ink, load, pixels};

fn style() -> TextStyle {
    TextStyle::new(50.0, WHITE)
}

fn width(text: &str) -> f32 {
    fonts().measure(text, &style(), None).0
}

fn height(text: &str, max_width_px: f32) -> f32 {
    fonts().measure(text, &style(), Some(max_width_px)).1
}

#[test]
fn arabic_letters_join() {
    // U+200C keeps letters apart.
    let (joined, apart) = (width("سلام"), width("س\u{200c}ل\u{200c}ا\u{200c}م"));
    assert!(joined < apart * 0.85, "joined {joined}, apart {apart}");
    let drawn = |text| fonts().draw(text, &style(), None);
    assert_ne!(drawn("سلام").image, drawn("س\u{200c}ل\u{200c}ا\u{200c}م").image);
    assert!(drawn("س\u{200c}ل").missing.is_empty(), "a joiner is no missing letter");
}

#[test]
fn text_starts_at_the_side_it_is_read_from() {
    let draw = |text, align| {
        let drawn = fonts().draw(text, &TextStyle { align, ..style() }, Some(600.0));
        (drawn.offset.0, drawn.offset.0 + drawn.image.width as i32)
    };
    let near = |a: i32, b: i32| a.abs_diff(b) <= 6;
    assert!(near(draw("start", Align::Start).0, 0));
    assert!(near(draw("start", Align::End).1, 600));
    for text in ["שלום", "سلام", "שלום hello"] {
        assert!(near(draw(text, Align::Start).1, 600), "{text}");
        assert!(near(draw(text, Align::End).0, 0), "{text}");
        assert!(near(draw(text, Align::Left).0, 0), "{text}");
    }
    let (left, right) = draw("שלום", Align::Center);
    assert!(near(left, 600 - right));
}

#[test]
fn letters_of_indic_scripts_form_conjuncts() {
    let (conjunct, apart) = (width("क्ष"), width("क") + width("ष"));
    assert!(conjunct < apart * 0.95, "{conjunct} {apart}");
    // U+200C shows the halant instead.
    assert_ne!(
        fonts().draw("স্ত্র", &style(), None).image,
        fonts().draw("স্\u{200c}ত্\u{200c}র", &style(), None).image
    );
    assert!(width("கொ") > width("க") * 1.5, "the vowel stands on both sides of its letter");
}

#[test]
fn marks_stand_above_letters_and_take_no_room() {
    assert_eq!(width("ก้"), width("ก"));
    assert_eq!(width("שָ"), width("ש"));
    assert_eq!(width("e\u{301}"), width("é"));
    let plain = fonts().draw("ก", &style(), None);
    let marked = fonts().draw("ก้", &style(), None);
    assert!(marked.image.height > plain.image.height + 5);
}

#[test]
fn chinese_and_japanese_break_between_characters_but_not_before_a_full_stop() {
    let one_line = height("東京", 1000.0);
    let em = width("東");
    assert!(height("東京東京東京東京", em * 3.5) > one_line * 2.5, "three lines");
    let (widest, lines) = fonts().measure("東京東京。", &style(), Some(em * 4.5));
    assert!(lines > one_line * 1.5);
    assert!(widest < em * 3.5, "the full stop takes a character along: {widest}");
}

#[test]
fn thai_breaks_between_words_that_no_blank_parts() {
    let word = width("สวัสดี");
    let (widest, _) = fonts().measure("สวัสดีชาวโลก", &style(), Some(width("สวัสดีช") + 2.0));
    assert!((widest - word).abs() < 1.0, "{widest} {word}");
}

#[test]
fn a_long_address_breaks_and_does_not_overflow() {
    for text in [
        "https://example.org/a/very/long/path-that/never-ends.html",
        "Donaudampfschifffahrtsgesellschaft",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ] {
        let (widest, tall) = fonts().measure(text, &style(), Some(300.0));
        assert!(widest <= 300.0, "{text}: {widest}");
        assert!(tall > height("a", 300.0) * 1.5, "{text}");
    }
}

#[test]
fn emoji_are_in_colour_and_families_and_flags_are_one_picture() {
    let face = fonts().draw("😀", &style(), None);
    let yellow =
        pixels(&face.image).filter(|[r, g, b, a]| *a == 255 && *r > 200 && *g > 150 && *b < 120).count();
    assert!(yellow > 500, "{yellow} yellow pixels");
    for text in ["👩‍👩‍👧‍👦", "🇫🇷", "👍🏽", "1\u{fe0f}\u{20e3}", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"]
    {
        assert!((width(text) - width("😀")).abs() < 1.0, "{text} is as wide as one emoji");
        assert_eq!(fonts().draw(text, &style(), None).missing, [] as [char; 0], "{text}");
    }
    let flag = fonts().draw("🇫🇷", &style(), None);
    assert!(pixels(&flag.image).any(|[r, _, b, _]| b > 120 && r < 60), "blue");
    assert!(pixels(&flag.image).any(|[r, g, b, _]| r > 200 && g < 80 && b < 90), "red");
}

#[test]
fn emoji_keep_their_colours_beside_outlines() {
    let outlined = |text| {
        let outline = Some(rostrum_text::Outline { width_em: 0.1, colour: [0, 0, 255, 255] });
        fonts().draw(text, &TextStyle { outline, ..style() }, None).image
    };
    let blue = |pixel: &[u8; 4]| pixel[2] == 255 && pixel[0] == 0 && pixel[1] == 0;
    assert!(pixels(&outlined("a")).any(|pixel| blue(&pixel)));
    assert!(!pixels(&outlined("😀")).any(|pixel| blue(&pixel)));
}

#[test]
fn shared_characters_take_the_shapes_of_the_language() {
    let draw = |text: &str, language: Option<&str>| {
        let style = TextStyle { language: language.map(str::to_owned), ..style() };
        fonts().draw(text, &style, None).image
    };
    assert_ne!(draw("直", Some("zh")), draw("直", Some("ja")));
    assert_ne!(draw("骨", Some("zh-CN")), draw("骨", Some("zh-TW")));
    assert_eq!(draw("直", None), draw("直", Some("zh")));
    assert_eq!(draw("直の", None), draw("直の", Some("ja")));
}

#[test]
fn letters_of_one_script_come_from_one_font() {
    // Another font has a few Tamil letters, and no bold ones. Up to 600 bold letters are not synthesised.
    let bold = TextStyle { weight: 600, ..style() };
    let heavier =
        |text| ink(&fonts().draw(text, &bold, None).image) / ink(&fonts().draw(text, &style(), None).image);
    assert!(heavier("ர") > 1.15 && heavier("வ") > 1.15, "{} {}", heavier("ர"), heavier("வ"));
}

#[test]
fn what_no_font_has_is_left_out_and_named_with_its_package() {
    let built_in = Fonts::load(&[]);
    let drawn = built_in.draw("aक漢b😀क", &style(), None);
    assert_eq!(drawn.missing, ['क', '漢', '😀']);
    assert_eq!(drawn.image, built_in.draw("ab", &style(), None).image);
    let packages: Vec<_> = drawn.missing.iter().map(|c| package_for(*c)).collect();
    assert_eq!(packages, [Some("fonts-noto-core"), Some("fonts-noto-cjk"), Some("fonts-noto-color-emoji")]);
    assert_eq!(fonts().draw("aक漢b😀क", &style(), None).missing, [] as [char; 0]);
}

#[test]
fn the_packages_named_have_what_they_are_named_for() {
    let texts = "ᐃᓄᒃ ދިވެހި አማርኛ ᏣᎳᎩ ಕನ್ನಡ ꦗꦮ ᠮᠣᠩ ߒߞߏ ⵜⵉⴼ ᓄ ♫ ☃ ∑ ⠓ 𝄞 𝕏 㐀 ｶ ㊗ 𠮷 ㍿ 🫠 🦄";
    let drawn = fonts().draw(texts, &style(), None);
    assert_eq!(drawn.missing, [] as [char; 0]);
}

#[test]
fn a_text_of_nothing_visible_has_no_pixels() {
    for text in ["", "   ", "\n\n", "\u{200b}\u{7}\u{fffff}"] {
        let drawn = fonts().draw(text, &style(), Some(100.0));
        assert_eq!((drawn.image.width, drawn.image.height), (0, 0), "{text:?}");
        assert_eq!(fonts().measure(text, &style(), None), (0.0, 0.0), "{text:?}");
    }
}

#[test]
fn the_same_text_gives_the_same_bytes_on_every_thread_and_after_other_texts() {
    let texts = ["Hello سلام 東京 😀", "नमस्ते 👍🏽", "plain"];
    let draw_all = |fonts: &Fonts| texts.map(|text| fonts.draw(text, &style(), Some(300.0)));
    let expected = draw_all(&load());
    let again = fonts();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| draw_all(again))).collect();
        for thread in threads {
            assert_eq!(thread.join().expect("no panic"), expected);
        }
    });
    let backwards: Vec<_> = texts.iter().rev().map(|text| again.draw(text, &style(), Some(300.0))).collect();
    assert!(backwards.iter().rev().eq(&expected));
}
