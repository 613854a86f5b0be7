//! Text files and the part of a Rust file that is not tests.

use std::ffi::OsStr;
use std::path::Path;

/// A text file of the repository.
pub(super) struct TextFile {
    /// From the root of the repository, with `/`.
    pub(super) path: String,
    /// The whole contents.
    pub(super) text: String,
}

impl TextFile {
    /// Whether it is a Rust source file.
    pub(super) fn is_rust(&self) -> bool {
        Path::new(&self.path).extension() == Some(OsStr::new("rs"))
    }
}

/// The bytes as text; `None` when they are of a binary file.
pub(super) fn text_of(bytes: Vec<u8>) -> Option<String> {
    if bytes.contains(&0) {
        return None;
    }
    String::from_utf8(bytes).ok()
}

/// Whether the whole file is only compiled for tests or measurements.
pub(super) fn is_test_file(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "tests" | "benches" | "tests.rs"))
}

/// The lines of a Rust file that are not part of a `#[cfg(test)]` item, with their numbers from 1. None of a test file.
pub(super) fn product_lines(file: &TextFile) -> Vec<(usize, &str)> {
    let mut kept = Vec::new();
    if is_test_file(&file.path) {
        return kept;
    }
    let mut lines = file.text.lines().enumerate().map(|(index, line)| (index + 1, line));
    while let Some((number, line)) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            let indent = &line[..line.len() - line.trim_start().len()];
            skip_item(&mut lines, indent);
        } else {
            kept.push((number, line));
        }
    }
    kept
}

/// Skips one item whose first line is indented by `indent`. Relies on rustfmt: an item ends with a `;` or `}` on a
/// line of its first line's indent.
fn skip_item<'a>(lines: &mut impl Iterator<Item = (usize, &'a str)>, indent: &str) {
    for (_, line) in lines {
        let Some(rest) = line.strip_prefix(indent) else { continue };
        let ends_here = !rest.starts_with([' ', '#', '/']) && rest.trim_end().ends_with([';', '}']);
        if ends_here {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product_text(path: &str, text: &str) -> Vec<String> {
        let file = TextFile { path: path.into(), text: text.into() };
        product_lines(&file).into_iter().map(|(number, line)| format!("{number} {line}")).collect()
    }

    #[test]
    fn a_trailing_test_module_is_no_product() {
        let text = "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn b() {\n    }\n}\n";
        assert_eq!(product_text("crates/x/src/lib.rs", text), ["1 fn a() {}", "2 "]);
    }

    #[test]
    fn what_follows_a_test_item_is_product_again() {
        let text = "#[cfg(test)]\nmod tests;\nfn a() {}\nimpl A {\n    #[cfg(test)]\n    fn t() {\n        b();\n    }\n    fn c() {}\n}\n";
        assert_eq!(
            product_text("crates/x/src/lib.rs", text),
            ["3 fn a() {}", "4 impl A {", "9     fn c() {}", "10 }"]
        );
    }

    #[test]
    fn attributes_and_comments_between_do_not_end_the_item() {
        let text =
            "#[cfg(test)]\n#[expect(clippy::x, reason = \"y\")]\n// words;\nmod tests {\n}\nfn a() {}\n";
        assert_eq!(product_text("crates/x/src/lib.rs", text), ["6 fn a() {}"]);
    }

    #[test]
    fn test_files_have_no_product_lines() {
        assert_eq!(product_text("crates/x/tests/api/main.rs", "fn a() {}\n"), Vec::<String>::new());
        assert_eq!(product_text("crates/x/src/photo/tests.rs", "fn a() {}\n"), Vec::<String>::new());
        assert_eq!(product_text("crates/x/src/contests.rs", "fn a() {}\n"), ["1 fn a() {}"]);
    }

    #[test]
    fn binary_files_are_no_text() {
        assert_eq!(text_of(vec![0x89, b'P', 0, 1]), None);
        assert_eq!(text_of(b"words\n".to_vec()), Some("words\n".into()));
    }
}
