//! Writes a page of texts in many scripts and one of all presets of captions, to be looked at:
//! `cargo run -p rostrum-text --example scripts -- FOLDER [FONT_FOLDER...]` (`/usr/share/fonts` where none is named).

use std::path::{Path, PathBuf};

use image::{ImageFormat, RgbaImage as Png};
use rostrum_model::picture::Size;
use rostrum_text::{
    Backing, BackingShape, CaptionStyle, CaptionTrack, Cue, CueWord, Fonts, Outline, PRESETS, TextStyle,
    package_for, safe_area,
};

const TEXTS: &[(&str, &str)] = &[
    ("Latin", "The quick brown fox – “façade”, Tiếng Việt, İstanbul"),
    ("Greek", "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία"),
    ("Cyrillic", "Съешь же ещё этих мягких французских булок"),
    ("Arabic", "السلام عليكم ورحمة الله وبركاته"),
    ("Persian", "می‌خواهم یک فنجان چای بنوشم ۱۲۳"),
    ("Urdu", "میں پاکستان سے ہوں"),
    ("Hebrew", "שָׁלוֹם עוֹלָם, מה שלומך?"),
    ("Devanagari", "नमस्ते दुनिया, क्षत्रिय विद्यार्थी श्रृंखला"),
    ("Bengali", "আমি বাংলায় গান গাই, স্ত্রী"),
    ("Tamil", "வணக்கம் உலகம், கொடுக்கிறது"),
    ("Telugu", "నమస్కారం ప్రపంచం"),
    ("Kannada", "ನಮಸ್ಕಾರ ಪ್ರಪಂಚ"),
    ("Malayalam", "നമസ്കാരം ലോകം"),
    ("Gujarati", "નમસ્તે વિશ્વ"),
    ("Gurmukhi", "ਸਤਿ ਸ੍ਰੀ ਅਕਾਲ"),
    ("Sinhala", "ආයුබෝවන් ලෝකය ශ්‍රී"),
    ("Thai", "สวัสดีชาวโลก ที่นี่มีน้ำดื่ม"),
    ("Lao", "ສະບາຍດີໂລກ"),
    ("Khmer", "សួស្តី\u{200b}ពិភពលោក"),
    ("Burmese", "မင်္ဂလာပါ ကမ္ဘာလောက"),
    ("Tibetan", "བཀྲ་ཤིས་བདེ་ལེགས།"),
    ("Georgian, Armenian", "გამარჯობა მსოფლიო  Բարեւ աշխարհ"),
    ("Amharic", "ሰላም ለዓለም"),
    ("Chinese", "你好，世界。直骨角今令"),
    ("Traditional", "歡迎光臨，請坐。ㄅㄆㄇ"),
    ("Japanese", "こんにちは世界、直骨角「東京」ラーメン"),
    ("Korean", "안녕하세요 세계! 直骨角"),
    ("Emoji", "👩‍👩‍👧‍👦 🇫🇷🇧🇷🇯🇵 👍🏽 ❤️ 1️⃣ 😀🚀 🏴󠁧󠁢󠁳󠁣󠁴󠁿 ☺︎"),
    ("Mixed directions", "The title is «مرحبا 123» and שלום (2024)!"),
    ("Arabic with Latin", "استخدم Rostrum 2.0 لإنشاء الفيديو (مجانًا)!"),
    ("Symbols", "→ ✓ ♥ ∑ √2 ≈ 1.41 ½ ™ € ₿ ♫ ⌘ ☎"),
    ("No font has these", "before \u{e000}\u{10ffff}𗀀 after"),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let folder = arguments.next().ok_or("name a folder to write to")?;
    let mut font_folders: Vec<PathBuf> = arguments.collect();
    if font_folders.is_empty() {
        font_folders.push("/usr/share/fonts".into());
    }
    let started = std::time::Instant::now();
    let fonts = Fonts::load(&font_folders);
    println!("{} families in {:.0} ms", fonts.families().len(), started.elapsed().as_secs_f64() * 1e3);
    scripts(&fonts, &folder)?;
    presets(&fonts, &folder)?;
    captions(&fonts, &folder)
}

/// A cue of words, each of half a second; those of a text without blanks are given with `|` between them.
fn cue(text: &str) -> Cue {
    let mut cue = Cue::default();
    for (i, word) in text.split_inclusive([' ', '|', '\n']).enumerate() {
        let start = cue.text.len();
        cue.text.push_str(word.trim_end_matches('|'));
        let end = start + word.trim_end_matches([' ', '|', '\n']).len();
        cue.words.push(CueWord { range: start..end, start_s: i as f64 * 0.5 });
        cue.end_s = (i + 1) as f64 * 0.5;
    }
    cue
}

/// Every look on every shape of canvas, with the safe area in lines.
fn presets(fonts: &Fonts, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let text = "Captions are read by most people,\nso they ought to look good everywhere.";
    let mut page = backdrop(2100, PRESETS.len() * 400 + 20);
    for (i, (name, _)) in PRESETS.iter().enumerate() {
        let style = CaptionStyle::preset(name).ok_or("a preset without a look")?;
        let mut x = 10;
        for (width, height) in [(1920, 1080), (1080, 1920), (1080, 1080)] {
            let frame = frame(fonts, &cue(text), &style, Size { width, height }, 1.2);
            let small = image::imageops::thumbnail(&frame, (width * 380 / height) as u32, 380);
            image::imageops::overlay(&mut page, &small, x, i as i64 * 400 + 10);
            x += i64::from(small.width()) + 10;
        }
        // At its real size.
        let frame = frame(fonts, &cue(text), &style, Size { width: 1280, height: 720 }, 1.2);
        let part = image::imageops::crop_imm(&frame, 200, 480, 860, 240).to_image();
        image::imageops::overlay(&mut page, &part, x, i as i64 * 400 + 80);
    }
    page.save_with_format(folder.join("presets.png"), ImageFormat::Png)?;
    Ok(())
}

/// Captions of many scripts in all looks.
fn captions(fonts: &Fonts, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let texts = [
        "Ein Satz auf Deutsch, der für eine\nZeile bei weitem zu lang ist.",
        "Съешь же ещё этих мягких\nфранцузских булок, да выпей чаю.",
        "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.",
        "السلام عليكم ورحمة الله وبركاته،\nكيف حالك اليوم يا صديقي؟",
        "שלום לכולם, ברוכים הבאים\nלסרטון החדש שלנו!",
        "नमस्ते, इस वीडियो में\nआपका स्वागत है।",
        "আমি বাংলায় গান গাই,\nআমি বাংলার গান গাই।",
        "வணக்கம், இந்த காணொளிக்கு\nஉங்களை வரவேற்கிறோம்.",
        "สวัสดี|ครับ |ยินดี|ต้อนรับ|สู่|วิดีโอ|ใหม่|ของ|เรา",
        "大家好，|欢迎|来到|我们的|频道，|\n今天|我们|来|谈谈|字幕。",
        "こんにちは、|この|動画|では|字幕|について|\nお話し|します。",
        "안녕하세요, 오늘은\n자막에 대해 이야기합니다.",
        "We are a family 👩‍👩‍👧‍👦 from 🇫🇷 and 🇯🇵\nand we like it 👍🏽❤️!",
        "The word «مرحبا» means hello,\nand שלום means peace (2024).",
        "See https://example.org/a/very/long/path/that-never-ends/and-goes-on-and-on.html for more",
        "Tiếng Việt có nhiều dấu: ấ ề ỗ ự,\nvà chúng phải đọc được.",
    ];
    let size = Size { width: 1280, height: 720 };
    let mut page = backdrop(4 * 650, texts.len() / 2 * 180);
    for (i, text) in texts.iter().enumerate() {
        for half in 0..2 {
            let (name, _) = PRESETS[(i * 2 + half) % PRESETS.len()];
            let style = CaptionStyle::preset(name).ok_or("a preset without a look")?;
            let frame = frame(fonts, &cue(text), &style, size, 0.7);
            let part = image::imageops::crop_imm(&frame, 180, 520, 920, 200).to_image();
            let part = image::imageops::resize(&part, 640, 139, image::imageops::FilterType::Lanczos3);
            let (x, y) = (i % 2 * 1300 + half * 650, i / 2 * 180 + 20);
            image::imageops::overlay(&mut page, &part, x as i64, y as i64);
        }
    }
    page.save_with_format(folder.join("captions.png"), ImageFormat::Png)?;
    Ok(())
}

fn frame(fonts: &Fonts, cue: &Cue, style: &CaptionStyle, size: Size, time_s: f64) -> Png {
    let mut frame = backdrop(size.width, size.height);
    let safe = safe_area(size);
    for x in safe.x..safe.x + safe.width {
        for y in [safe.y, safe.y + safe.height - 1] {
            frame.put_pixel(x as u32, y as u32, image::Rgba([255, 0, 0, 255]));
        }
    }
    for y in safe.y..safe.y + safe.height {
        for x in [safe.x, safe.x + safe.width - 1] {
            frame.put_pixel(x as u32, y as u32, image::Rgba([255, 0, 0, 255]));
        }
    }
    let track = CaptionTrack::plan(fonts, std::slice::from_ref(cue), style, size);
    if let Some(state) = track.at(time_s) {
        let (image, (x, y)) = track.draw(fonts, state);
        lay(&mut frame, &image, x, y);
    }
    frame
}

fn scripts(fonts: &Fonts, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let row = 76;
    let mut page = backdrop(1900, TEXTS.len().div_ceil(2) * row + 20);
    for (i, (name, text)) in TEXTS.iter().enumerate() {
        let (x, y) = ((i % 2 * 940 + 20) as i32, (i / 2 * row + 24) as i32);
        put(&mut page, &fonts.draw(name, &TextStyle::new(15.0, [255, 220, 120, 255]), None), x, y - 18);
        let mut style = TextStyle::new(34.0, [255; 4]);
        style.weight = if i % 4 < 2 { 400 } else { 700 };
        if i % 3 == 0 {
            style.outline = Some(Outline { width_em: 0.07, colour: [0, 0, 0, 255] });
        } else if i % 3 == 1 {
            style.backing = Some(Backing {
                colour: [0, 0, 0, 160],
                padding_em: [0.3, 0.08],
                radius_em: 0.25,
                shape: BackingShape::Lines,
            });
        }
        let drawn = fonts.draw(text, &style, None);
        for missing in &drawn.missing {
            println!(
                "{name}: no font has {missing:?} (U+{:04X}): {:?}",
                *missing as u32,
                package_for(*missing)
            );
        }
        put(&mut page, &drawn, x + 10, y);
    }
    page.save_with_format(folder.join("scripts.png"), ImageFormat::Png)?;
    Ok(())
}

/// A gradient, on which both dark and light letters must be legible.
fn backdrop(width: usize, height: usize) -> Png {
    Png::from_fn(width as u32, height as u32, |x, y| {
        let (across, down) = (x as f32 / width as f32, y as f32 / height as f32);
        image::Rgba([
            (90.0 + 120.0 * across) as u8,
            (120.0 + 60.0 * down) as u8,
            (170.0 - 90.0 * across) as u8,
            255,
        ])
    })
}

fn put(page: &mut Png, drawn: &rostrum_text::DrawnText, x: i32, y: i32) {
    lay(page, &drawn.image, x + drawn.offset.0, y + drawn.offset.1);
}

fn lay(page: &mut Png, image: &rostrum_model::picture::RgbaImage, x: i32, y: i32) {
    for (i, pixel) in image.pixels.chunks_exact(4).enumerate() {
        let (px, py) = (x + (i % image.width) as i32, y + (i / image.width) as i32);
        if px < 0 || py < 0 || px as u32 >= page.width() || py as u32 >= page.height() {
            continue;
        }
        let under = page.get_pixel_mut(px as u32, py as u32);
        for k in 0..3 {
            under.0[k] = (u32::from(pixel[k]) + u32::from(under.0[k]) * (255 - u32::from(pixel[3])) / 255)
                .min(255) as u8;
        }
    }
}
