//! Names that callers and other servers give files: hostile texts that are shown and never used as paths.

/// The longest name that is kept, in characters.
const MAX_NAME_CHARS: usize = 255;

/// No folders, no control characters, none that turn the direction of writing; `None` when nothing is left.
pub(crate) fn cleaned(given: &str) -> Option<String> {
    let base = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let name: String = base.chars().filter(shown).take(MAX_NAME_CHARS).collect();
    let name = name.trim();
    (!name.is_empty() && !matches!(name, "." | "..")).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_letters_and_nothing_that_leads_elsewhere_or_deceives() {
        for (given, kept) in [
            ("../../etc/passwd", Some("passwd")),
            ("C:\\photos\\me.png", Some("me.png")),
            ("a\u{0}b\n.png", Some("ab.png")),
            ("\u{202e}gnp.exe", Some("gnp.exe")),
            ("照片.jpg", Some("照片.jpg")),
            ("صورة.png", Some("صورة.png")),
            ("-rf", Some("-rf")),
            ("con", Some("con")),
            (" a b ", Some("a b")),
            ("..", None),
            ("/", None),
            ("\u{200f}", None),
        ] {
            assert_eq!(cleaned(given).as_deref(), kept, "{given:?}");
        }
        assert_eq!(cleaned(&"é".repeat(300)).unwrap().chars().count(), 255);
    }
}
