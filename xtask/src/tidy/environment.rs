//! The environment and the home folder are read in the binary and in tests only; everything else takes parameters.

use super::Finding;
use super::source::{TextFile, product_lines};

/// Folders whose code may read them.
const ALLOWED: [&str; 2] = ["crates/rostrum/", "xtask/"];

/// Calls that read the environment or find the home folder, as written behind a `std::` or a `use std::env`.
const CALLS: [&str; 6] =
    ["env::var(", "env::var_os(", "env::vars(", "env::vars_os(", "env::home_dir(", "env::temp_dir("];

/// Complains about each such call outside the binary.
pub(super) fn check(file: &TextFile) -> Vec<Finding> {
    if ALLOWED.iter().any(|folder| file.path.starts_with(folder)) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (number, line) in product_lines(file) {
        if line.trim_start().starts_with("//") {
            continue;
        }
        if let Some(call) = CALLS.into_iter().find(|call| line.contains(call)) {
            findings.push(Finding {
                path: file.path.clone(),
                line: Some(number),
                message: format!(
                    "`{call}...)`: only the binary reads the environment; take a parameter instead"
                ),
            });
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_found(path: &str, text: &str) -> Vec<Option<usize>> {
        check(&TextFile { path: path.into(), text: text.into() }).into_iter().map(|f| f.line).collect()
    }

    const READS: &str = "fn a() {\n    std::env::var(\"HOME\");\n}\n";

    #[test]
    fn a_library_may_not_read_the_environment() {
        assert_eq!(lines_found("crates/rostrum-app/src/lib.rs", READS), [Some(2)]);
    }

    #[test]
    fn the_binary_may() {
        assert_eq!(lines_found("crates/rostrum/src/config.rs", READS), []);
    }

    #[test]
    fn tests_may() {
        let module = format!("#[cfg(test)]\nmod tests {{\n{READS}\n}}\n");
        assert_eq!(lines_found("crates/rostrum-app/src/lib.rs", &module), []);
        assert_eq!(lines_found("crates/rostrum-app/tests/videos.rs", READS), []);
    }

    #[test]
    fn words_about_it_are_no_call() {
        assert_eq!(lines_found("crates/rostrum-app/src/lib.rs", "/// Never calls `env::var(..)`.\n"), []);
    }
}
