//! Words that no committed file may hold: unfinished work, paths of one machine, hosts of package registries.

use super::Finding;
use super::source::TextFile;

/// This file names what it looks for.
const THIS_FILE: &str = "xtask/src/tidy/words.rs";

/// What may not be written, and what to do instead. Hosts are cut short, so that this file does not name them either.
const FORBIDDEN: [(&str, &str); 13] = [
    ("TODO", "finish it, or file an issue"),
    ("FIXME", "mend it, or file an issue"),
    ("XXX", "say what is meant, or file an issue"),
    ("unimplemented!(", "answer a typed error"),
    ("todo!(", "finish it"),
    ("../shared", "committed files stand alone"),
    ("/work/", "a path of one machine; take it from the settings"),
    ("/root/", "a path of one machine; take it from the settings"),
    ("index.crates", "package tools know their registry"),
    ("static.crates", "package tools know their registry"),
    ("pythonhosted", "package tools know their registry"),
    ("pypi.o", "package tools know their registry"),
    ("registry.npmjs", "package tools know their registry"),
];

/// Complains about each forbidden word, and about a last line that does not end.
pub(super) fn check(file: &TextFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    if file.path != THIS_FILE {
        for (index, line) in file.text.lines().enumerate() {
            // Hashes may spell anything.
            let line = if line.trim_start().starts_with("\"integrity\":") { "" } else { line };
            for (word, instead) in FORBIDDEN {
                if line.contains(word) {
                    findings.push(Finding {
                        path: file.path.clone(),
                        line: Some(index + 1),
                        message: format!("`{word}`: {instead}"),
                    });
                }
            }
        }
    }
    if !file.text.is_empty() && !file.text.ends_with('\n') {
        findings.push(Finding {
            path: file.path.clone(),
            line: None,
            message: "ends without a newline".to_owned(),
        });
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(text: &str) -> Vec<String> {
        check(&TextFile { path: "a.rs".into(), text: text.into() }).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn unfinished_work_is_found_with_its_line() {
        assert_eq!(messages("fine\n// TODO later\n"), ["a.rs:2: `TODO`: finish it, or file an issue"]);
    }

    #[test]
    fn hashes_in_lock_files_may_spell_anything() {
        assert!(messages("  \"integrity\": \"sha512-aXXXb\"\n").is_empty());
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        assert_eq!(messages("see /root/x\n").len(), 1);
    }

    #[test]
    fn a_last_line_without_end_is_found_and_an_empty_file_passes() {
        assert_eq!(messages("fine"), ["a.rs: ends without a newline"]);
        assert_eq!(messages(""), Vec::<String>::new());
    }
}
