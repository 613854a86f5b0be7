//! File sizes: a file long enough to hold several subjects is split.

use super::Finding;
use super::source::{TextFile, product_lines};

/// Lines without tests from which on a file is named.
const LONG: usize = 500;
/// Lines without tests that no file may exceed.
const TOO_LONG: usize = 800;

/// Complains about a file that is too long.
pub(super) fn check(file: &TextFile) -> Option<Finding> {
    let lines = product_lines(file).len();
    (lines > TOO_LONG).then(|| Finding {
        path: file.path.clone(),
        line: None,
        message: format!(
            "{lines} lines without its tests; at most {TOO_LONG} are allowed, so split it by subject"
        ),
    })
}

/// The files that are long but not too long, with their lines, longest first.
pub(super) fn long_files(files: &[TextFile]) -> Vec<(&str, usize)> {
    let mut long: Vec<_> = files
        .iter()
        .filter(|file| file.is_rust())
        .map(|file| (file.path.as_str(), product_lines(file).len()))
        .filter(|(_, lines)| (LONG + 1..=TOO_LONG).contains(lines))
        .collect();
    long.sort_by_key(|&(_, lines)| std::cmp::Reverse(lines));
    long
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file_of(lines: usize) -> TextFile {
        TextFile { path: format!("src/{lines}.rs"), text: "let x = 1;\n".repeat(lines) }
    }

    #[test]
    fn eight_hundred_lines_pass_and_one_more_does_not() {
        assert_eq!(check(&file_of(800)), None);
        assert!(check(&file_of(801)).unwrap().message.starts_with("801 lines"));
    }

    #[test]
    fn tests_do_not_count() {
        let mut file = file_of(800);
        file.text.push_str("#[cfg(test)]\nmod tests {\n    fn a() {}\n}\n");
        assert_eq!(check(&file), None);
    }

    #[test]
    fn long_files_are_named_longest_first() {
        let files = [file_of(500), file_of(501), file_of(700), file_of(900)];
        assert_eq!(long_files(&files), [("src/700.rs", 700), ("src/501.rs", 501)]);
    }
}
