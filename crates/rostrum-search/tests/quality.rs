//! Whether people find what they mean, with the real model files, and how long that takes.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

use std::path::PathBuf;

use rostrum_search::{Catalogue, Encoder, ItemKind, Query};

fn models_dir() -> PathBuf {
    match std::env::var_os("ROSTRUM_MODELS_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => PathBuf::from(std::env::var_os("HOME").unwrap()).join(".local/share/rostrum/models"),
    }
}

/// Queries as people write them, and parts of the names of icons that answer them.
const ICONS: [(&str, &[&str]); 36] = [
    ("money", &["banknote", "dollar", "coins", "wallet", "cash", "piggy"]),
    ("happy", &["smile", "laugh", "party", "face-grinning", "face-slightly-smiling"]),
    ("sad", &["frown", "annoyed", "angry"]),
    ("broken link", &["unlink", "link-2-off"]),
    ("doctor", &["stethoscope", "hospital", "pill", "cross", "syringe", "briefcase-medical"]),
    ("fast", &["zap", "rocket", "gauge", "fast-forward", "timer", "rabbit", "wind", "forward"]),
    ("shopping", &["shopping", "store"]),
    ("delete", &["trash", "delete", "eraser", "x"]),
    ("wifi problem", &["wifi"]),
    ("global warming", &["thermometer", "earth", "globe", "flame", "sun"]),
    ("travel by plane", &["plane", "luggage", "tickets"]),
    ("send an email", &["send", "mail"]),
    ("password", &["key", "lock", "asterisk"]),
    ("love", &["heart"]),
    ("vegetarian food", &["salad", "carrot", "vegan", "leaf", "sprout", "bean"]),
    ("save file", &["save", "file"]),
    ("take a photo", &["camera", "image"]),
    ("listen to music", &["music", "headphone", "audio", "radio", "ear", "disc", "speaker"]),
    ("telephone call", &["phone"]),
    ("school", &["school", "graduation", "university", "book", "backpack", "pencil"]),
    ("winner", &["trophy", "award", "medal", "crown"]),
    ("bad weather", &["cloud", "umbrella", "tornado", "wind"]),
    ("electric car", &["car", "plug", "ev-charger", "battery"]),
    ("idea", &["lightbulb", "brain"]),
    ("security", &["shield", "lock", "fingerprint", "cctv"]),
    ("calendar appointment", &["calendar"]),
    ("artificial intelligence", &["bot", "brain", "sparkle", "cpu", "circuit"]),
    ("statistics", &["chart", "trending", "sigma", "percent"]),
    ("baby", &["baby"]),
    ("drink beer", &["beer"]),
    ("rubbish", &["trash", "recycle"]),
    ("automobile", &["car"]),
    ("hot drink", &["coffee", "cup", "mug"]),
    ("undo mistake", &["undo", "eraser", "delete"]),
    ("talk to each other", &["message", "speech", "mic", "phone", "handshake", "users", "chat"]),
    ("rubbsh", &["trash", "recycle", "eraser", "delete"]),
];

const IMAGES: [(&str, &[&str]); 10] = [
    ("blue gradient", &["ocean-gradient", "sky-gradient", "night-gradient"]),
    ("christmas lights", &["golden-bokeh"]),
    ("classroom", &["chalkboard"]),
    ("office", &["blue-studio", "grey-studio", "white-studio"]),
    ("seaside", &["blue-waves", "ocean-gradient"]),
    ("wedding", &["rose-bokeh"]),
    ("kids birthday party", &["party-dots", "candy-stripes"]),
    ("newsroom", &["blue-studio"]),
    ("alps", &["misty-hills"]),
    ("science fiction", &["neon-grid", "night-gradient"]),
];

/// How many of the queries have an expected item among the first five; those that have not are told.
fn found(
    catalogue: &Catalogue,
    encoder: Option<&Encoder>,
    kind: ItemKind,
    queries: &[(&str, &[&str])],
) -> usize {
    let is_found = |(query, expected): &(&str, &[&str])| {
        let results =
            catalogue.search(&Query::new(query, encoder.map(|encoder| encoder.vector(query))), kind);
        let names: Vec<&str> = results.iter().take(5).map(|(_, item)| item.name.as_str()).collect();
        let found = names.iter().any(|name| {
            let parts = format!("-{name}-");
            expected.iter().any(|part| parts.contains(&format!("-{part}")))
        });
        if !found {
            println!("{query}: {names:?}");
        }
        found
    };
    queries.iter().filter(|query| is_found(query)).count()
}

#[test]
fn most_queries_have_a_sensible_answer_among_the_first_five() {
    let catalogue = Catalogue::load(&models_dir()).unwrap();
    let encoder = Encoder::load(&models_dir()).unwrap().expect("run `rostrum models pull`");
    assert!(catalogue.items().len() > 1900);
    let by_words = found(&catalogue, None, ItemKind::Icon, &ICONS);
    println!("--- with meanings");
    let by_meaning = found(&catalogue, Some(&encoder), ItemKind::Icon, &ICONS);
    let images = found(&catalogue, Some(&encoder), ItemKind::Image, &IMAGES);
    println!("icons: {by_words} by words alone, {by_meaning} by meaning too, of {}", ICONS.len());
    println!("images: {images} of {}", IMAGES.len());
    assert!(by_words >= 32 && by_meaning >= 34 && by_meaning > by_words && images >= 8);
}

#[test]
fn the_network_is_the_published_one() {
    let encoder = Encoder::load(&models_dir()).unwrap().expect("run `rostrum models pull`");
    let cosine = |a: &str, b: &str| encoder.vector(a).cosine(&encoder.vector(b));
    let same = cosine("A man is eating food.", "A man is eating food.");
    assert!((same - 1.0).abs() < 0.01, "{same}");
    // What the published 32-bit network gives, to two digits.
    for (a, b, expected) in [
        ("A man is eating food.", "A man is eating a piece of bread.", 0.76),
        ("That is a happy person", "That is a very happy person", 0.94),
    ] {
        let ours = cosine(a, b);
        assert!((ours - expected).abs() < 0.03, "{a}, {b}: {ours}");
    }
    assert_eq!(encoder.vector("money"), encoder.vectors(&["a much longer text before it", "money"])[1]);
    assert!(encoder.vector(&"many words ".repeat(10_000)).cosine(&encoder.vector("")).is_finite());
}

#[test]
fn public_ids_never_change_and_every_icon_is_an_svg() {
    let catalogue = Catalogue::load(&models_dir()).unwrap();
    let heart =
        catalogue.items().iter().find(|item| item.kind == ItemKind::Icon && item.name == "heart").unwrap();
    assert_eq!(heart.id.to_string(), "asset_ef8cea76a26886c7aa43f40b68bd98ec");
    assert_eq!(catalogue.get(heart.id).unwrap().name, "heart");
    for item in catalogue.items().iter().filter(|item| item.kind == ItemKind::Icon) {
        let svg = String::from_utf8(item.file()).unwrap();
        assert!(svg.ends_with("</svg>\n") && svg.contains("viewBox=\"0 0 24 24\""), "{}", item.name);
    }
}
