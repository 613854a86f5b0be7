use rostrum_text::{
    Align, BUILT_IN_FAMILY, Backing, BackingShape, Outline, Shadow, TextOverlay, TextStyle, VerticalAlign,
};

use crate::{WHITE, fonts, ink, pixels};

fn style() -> TextStyle {
    TextStyle::new(60.0, WHITE)
}

fn backing(shape: BackingShape) -> Backing {
    Backing { colour: [0, 0, 0, 128], padding_em: [0.5, 0.25], radius_em: 0.2, shape }
}

#[test]
fn an_outline_reaches_outwards_and_leaves_the_letters_as_they_are() {
    let plain = fonts().draw("Ito", &style(), None);
    let outline = Some(Outline { width_em: 0.1, colour: [255, 0, 0, 255] });
    let outlined = fonts().draw("Ito", &TextStyle { outline, ..style() }, None);
    assert_eq!(outlined.image.width.abs_diff(plain.image.width + 12), 0);
    assert_eq!(plain.offset.0 - outlined.offset.0, 6);
    let white = |image| pixels(image).filter(|pixel| *pixel == WHITE).count();
    assert_eq!(white(&outlined.image), white(&plain.image));
    assert!(pixels(&outlined.image).any(|pixel| pixel == [255, 0, 0, 255]));
}

#[test]
fn translucent_letters_do_not_show_each_other_where_they_overlap() {
    for text in ["سلام", "W̊AV", "क्षि"] {
        let style = TextStyle {
            colour: [255, 255, 255, 100],
            outline: Some(Outline { width_em: 0.1, colour: [255, 255, 255, 100] }),
            ..style()
        };
        let drawn = fonts().draw(text, &TextStyle { outline: None, ..style.clone() }, None);
        assert_eq!(pixels(&drawn.image).map(|pixel| pixel[3]).max(), Some(100), "{text}");
        let outlined = fonts().draw(text, &style, None);
        // Letters lie over outlines, once.
        let over = 100 + 100 * (255 - 100) / 255;
        let most = pixels(&outlined.image).map(|pixel| pixel[3]).max().expect("pixels");
        assert!(most.abs_diff(over as u8) <= 2, "{text}: {most}");
    }
}

#[test]
fn a_box_has_its_opacity_everywhere_even_where_boxes_of_lines_overlap() {
    for shape in [BackingShape::Block, BackingShape::Lines] {
        let style =
            TextStyle { colour: [0; 4], backing: Some(backing(shape)), align: Align::Center, ..style() };
        let drawn = fonts().draw("two lines\nof text", &style, None);
        let alphas: Vec<u8> = pixels(&drawn.image).map(|pixel| pixel[3]).collect();
        assert_eq!(alphas.iter().max(), Some(&128), "{shape:?}");
        assert_eq!(alphas[0], 0, "corners are round");
        assert_eq!(alphas[drawn.image.width * drawn.image.height / 2], 128, "{shape:?}");
    }
}

#[test]
fn boxes_of_lines_are_as_wide_as_their_lines_and_a_block_as_the_widest() {
    let areas = [BackingShape::Block, BackingShape::Lines].map(|shape| {
        let drawn = fonts().draw(
            "a long first line\nshort",
            &TextStyle { backing: Some(backing(shape)), ..style() },
            None,
        );
        let text = fonts().measure("a long first line\nshort", &style(), None);
        assert!((drawn.image.width as f32 - text.0 - 60.0).abs() < 2.0, "half an em on both sides");
        assert!((drawn.image.height as f32 - text.1 - 30.0).abs() < 2.0, "a quarter above and below");
        ink(&drawn.image)
    });
    assert!(areas[1] < areas[0] * 0.85, "{areas:?}");
}

#[test]
fn a_shadow_lies_below_the_letters() {
    let shadow = Some(Shadow { offset_em: [0.2, 0.1], blur_em: 0.0, colour: [255, 0, 0, 255] });
    let plain = fonts().draw("I", &style(), None);
    let shaded = fonts().draw("I", &TextStyle { shadow, ..style() }, None);
    assert_eq!(shaded.image.width, plain.image.width + 12);
    assert_eq!(shaded.image.height, plain.image.height + 6);
    assert_eq!(shaded.offset, plain.offset);
    let white = |image| pixels(image).filter(|pixel| *pixel == WHITE).count();
    assert_eq!(white(&shaded.image), white(&plain.image));
}

#[test]
fn bold_is_heavier_and_italics_lean_in_fonts_with_and_without_such_cuts() {
    for text in ["Hamburg", "漢字", "สวัสดี"] {
        let draw = |weight, italic| fonts().draw(text, &TextStyle { weight, italic, ..style() }, None).image;
        assert!(ink(&draw(800, false)) > ink(&draw(400, false)) * 1.15, "{text}");
        assert!(draw(400, true).width > draw(400, false).width + 4, "{text}");
    }
}

#[test]
fn a_family_is_found_in_any_letter_case_and_an_unknown_one_is_replaced() {
    let draw = |family: Option<&str>| {
        fonts().draw("Family", &TextStyle { family: family.map(str::to_owned), ..style() }, None).image
    };
    assert_ne!(draw(Some("noto serif")), draw(None));
    assert_eq!(draw(Some("Noto Serif")), draw(Some("noto serif")));
    assert_eq!(draw(Some("No Such Family")), draw(None));
    assert_eq!(draw(Some(BUILT_IN_FAMILY)), draw(None));
}

#[test]
fn colours_are_multiplied_by_their_opacity() {
    let style = TextStyle { colour: [200, 100, 50, 128], ..style() };
    let drawn = fonts().draw("■", &style, None);
    let middle = drawn.image.height / 2 * drawn.image.width + drawn.image.width / 2;
    let pixel = pixels(&drawn.image).nth(middle).expect("a pixel");
    for (part, expected) in pixel.into_iter().zip([100, 50, 25, 128]) {
        assert!(u8::abs_diff(part, expected) <= 1, "{pixel:?}");
    }
}

#[test]
fn pictures_of_endless_texts_are_cut_off() {
    let drawn = fonts().draw(&"endless ".repeat(2000), &style(), None);
    assert!(drawn.image.width <= 8192 && drawn.image.height < 200, "{:?}", drawn.image);
    let drawn = fonts().draw(&"aक漢".repeat(100_000), &style(), Some(500.0));
    assert!(drawn.image.height <= 8192, "{:?}", drawn.image);
    let drawn = fonts().draw(&"endless\n".repeat(300), &style(), None);
    assert!(drawn.image.height <= 8192, "{:?}", drawn.image);
}

#[test]
fn sizes_and_widths_out_of_all_range_draw_something_and_do_no_harm() {
    for size_px in [f32::NAN, -3.0, 0.0, 1e9, f32::INFINITY] {
        for max_width_px in [Some(f32::NAN), Some(-5.0), Some(0.0), Some(f32::INFINITY), None] {
            let style = TextStyle { size_px, line_height: size_px, ..style() };
            let drawn = fonts().draw("Aa 漢", &style, max_width_px);
            assert!(drawn.image.width <= 8192 && drawn.image.height <= 8192, "{size_px} {max_width_px:?}");
        }
    }
}

#[test]
fn an_overlay_shrinks_before_it_breaks_a_word() {
    let long = TextOverlay {
        text: "Unforgettable".into(),
        style: style(),
        area: [0.0, 0.0, 300.0, 500.0],
        align: VerticalAlign::Top,
    };
    let (image, ..) = long.draw(fonts());
    assert!(image.width <= 302 && image.width > 270, "{image:?}");
    assert!(image.height < 60, "one line: {image:?}");
}

#[test]
fn an_overlay_shrinks_until_it_fits_its_box_and_stands_where_it_is_told() {
    let text = "A title that is much too long for the box that it is given, in every respect".to_owned();
    for (align, top) in [(VerticalAlign::Top, true), (VerticalAlign::Bottom, false)] {
        let overlay =
            TextOverlay { text: text.clone(), style: style(), area: [100.0, 50.0, 400.0, 120.0], align };
        let (image, (x, y), missing) = overlay.draw(fonts());
        assert_eq!(missing, [] as [char; 0]);
        assert!(x >= 98 && x + image.width as i32 <= 502, "{x} {image:?}");
        assert!(y >= 48 && y + image.height as i32 <= 172, "{y} {image:?}");
        let short = TextOverlay { text: "Short".into(), ..overlay }.draw(fonts());
        assert_eq!(short.0, fonts().draw("Short", &style(), None).image, "what fits keeps its size");
        assert_eq!(short.1.1 < 110, top);
    }
}
