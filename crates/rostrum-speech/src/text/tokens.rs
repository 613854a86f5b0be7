//! Written words, and the pause marks that follow them.

use unicode_normalization::char::is_combining_mark;

use super::letters::{is_invisible, is_silent, symbol_name};
use super::web;

/// A word to be read, without the punctuation around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// The characters to be read.
    pub(crate) core: String,
    /// Whether a period stood right behind the core: it may belong to an abbreviation.
    pub(crate) period: bool,
    /// The pause mark behind it, one of `. , ! ? ; : … —`.
    pub(crate) mark: Option<char>,
    /// Which written word it is part of.
    pub(crate) written: usize,
}

/// Cuts text into written words (appended to `written`) and tokens. Punctuation standing alone joins the written word
/// before it, or the one after it at the very start.
pub(crate) fn tokens(text: &str, written: &mut Vec<String>) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut orphan = String::new();
    let mut rest = text;
    loop {
        let word_start = rest.trim_start();
        let gap = &rest[..rest.len() - word_start.len()];
        if gap.matches('\n').count() > 1
            && let Some(last) = tokens.last_mut()
        {
            // A blank line ends a sentence, whatever stands before it.
            last.mark = Some(last.mark.filter(|mark| matches!(mark, '!' | '?')).unwrap_or('.'));
        }
        if word_start.is_empty() {
            break;
        }
        let end = word_start.find(char::is_whitespace).unwrap_or(word_start.len());
        let (word, after) = word_start.split_at(end);
        rest = after;
        let parts = parts(word);
        if parts.is_empty() {
            if let Some(last) = tokens.last_mut() {
                last.mark = stronger(last.mark, mark_of(word, true));
                if let Some(text) = written.last_mut() {
                    text.push(' ');
                    text.push_str(word);
                }
            } else if let Some(text) = written.last_mut() {
                text.push(' ');
                text.push_str(word);
            } else {
                orphan.push_str(word);
                orphan.push(' ');
            }
            continue;
        }
        let index = written.len();
        written.push(std::mem::take(&mut orphan) + word);
        tokens.extend(parts.into_iter().map(|(core, trail)| Token {
            period: trail.starts_with('.'),
            mark: mark_of(trail, false),
            core: core.chars().filter(|c| !is_invisible(*c)).collect(),
            written: index,
        }));
    }
    tokens
}

/// The readable parts of a word without white space, each with the punctuation behind it.
fn parts(word: &str) -> Vec<(&str, &str)> {
    let mut parts = Vec::new();
    let mut rest = word;
    while let Some((lead, core, trail)) = strip(rest) {
        let _ = lead;
        let offset = inner_border(core);
        let (core, inner) = core.split_at(offset);
        if inner.is_empty() {
            parts.push((core, trail));
            break;
        }
        let stop = inner.find(|c: char| c.is_alphanumeric()).unwrap_or(inner.len());
        parts.push((core, &inner[..stop]));
        let consumed = rest.len() - trail.len() - inner.len() + stop;
        rest = &rest[consumed..];
    }
    parts
}

/// Where a word stuck to the next one by punctuation ends: `word—another`, `one,two`, `end.Next`.
fn inner_border(core: &str) -> usize {
    if web::is_address(core) {
        return core.len();
    }
    let chars: Vec<(usize, char)> = core.char_indices().collect();
    for (position, (offset, c)) in chars.iter().enumerate().skip(1) {
        let before = chars[position - 1].1;
        let Some(after) = chars.get(position + 1).map(|(_, c)| *c) else { break };
        let between_digits = before.is_ascii_digit() && after.is_ascii_digit();
        let border = match c {
            '—' | '…' | '!' | '?' | ';' => true,
            '-' | '.' if after == *c => true,
            ',' | ':' => !between_digits,
            '–' => !between_digits && before.is_alphabetic(),
            '.' => before.is_lowercase() && position > 1 && after.is_uppercase(),
            '(' | '[' => before.is_alphanumeric() && after.is_alphanumeric() && !core.ends_with([')', ']']),
            _ => false,
        };
        if border {
            return *offset;
        }
    }
    core.len()
}

/// Lead, core and trail of a word; `None` when nothing in it can be read.
fn strip(word: &str) -> Option<(&str, &str, &str)> {
    if matches!(word, "<" | ">" | "#" | "*") {
        return None;
    }
    let lone_sign = word.chars().all(|c| is_silent(c) || symbol_name(c).is_some())
        && word.chars().any(|c| symbol_name(c).is_some());
    let readable = |c: char| !is_silent(c) || (lone_sign && symbol_name(c).is_some());
    let first = word.find(readable)?;
    let last = word.rfind(readable)?;
    let mut after_last = last + word[last..].chars().next().map_or(0, char::len_utf8);
    // Marks above and below, which are vowels in some scripts, belong to their letter.
    after_last += word[after_last..]
        .chars()
        .take_while(|c| is_combining_mark(*c) || is_invisible(*c))
        .map(char::len_utf8)
        .sum::<usize>();
    // Signs that belong to what they touch: -5, +5, #1, @name, .5, $5, ~5; and 5%, 5°, C++, C#, 5+.
    let mut start = first;
    for (offset, c) in word[..first].char_indices().rev() {
        let before_digit = word[start..].starts_with(|c: char| c.is_ascii_digit() || c == '$' || c == '.');
        match c {
            '$' | '#' | '@' => start = offset,
            '-' | '+' | '~' | '.' | '±' if before_digit && !word[start..].starts_with("..") => {
                start = offset;
            }
            _ => break,
        }
    }
    let mut end = after_last;
    for c in word[after_last..].chars() {
        match c {
            '%' | '％' | '+' | '#' | '$' => end += c.len_utf8(),
            '/' if word[start..end].eq_ignore_ascii_case("w") => end += 1,
            _ => break,
        }
    }
    Some((&word[..start], &word[start..end], &word[end..]))
}

/// The pause that punctuation stands for. A dash alone between words is a pause; a hyphen behind a word is not.
fn mark_of(punctuation: &str, alone: bool) -> Option<char> {
    let mut mark = None;
    for c in punctuation.chars() {
        let here = match c {
            '?' | '？' | '؟' | '\u{37e}' | '՞' | '፧' => '?',
            '!' | '！' | '՜' => '!',
            '.' | '。' | '｡' | '।' | '॥' | '۔' | '։' | '။' | '።' | '។' => '.',
            '…' => '…',
            ':' | '：' | '፡' | '፥' => ':',
            ';' | '；' | '؛' | '፤' => ';',
            ',' | '，' | '、' | '､' | '،' | '՝' | '၊' | '፣' | ')' | ']' | '）' | '］' => ',',
            '—' | '–' => '—',
            '-' if alone || punctuation.starts_with("--") => '—',
            _ => continue,
        };
        mark = stronger(mark, Some(here));
    }
    mark
}

/// Of two marks, the one with the longer pause; the first where they are equal.
fn stronger(first: Option<char>, second: Option<char>) -> Option<char> {
    let rank = |mark: Option<char>| {
        mark.map_or(0, |mark| ",—;:….!?".chars().position(|c| c == mark).unwrap_or(0) + 1)
    };
    if rank(second) > rank(first) { second } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(String, Option<char>)> {
        tokens(text, &mut Vec::new()).into_iter().map(|token| (token.core, token.mark)).collect()
    }

    #[test]
    fn punctuation_becomes_marks() {
        for (text, expected) in [
            ("Hello, world!", vec![("Hello", Some(',')), ("world", Some('!'))]),
            ("(yes) \"no\"", vec![("yes", Some(',')), ("no", None)]),
            ("wait—what?!", vec![("wait", Some('—')), ("what", Some('?'))]),
            ("one - two", vec![("one", Some('—')), ("two", None)]),
            ("1,234 a,b", vec![("1,234", None), ("a", Some(',')), ("b", None)]),
            ("done.Next", vec![("done", Some('.')), ("Next", None)]),
            (
                "well-known C++ #1 @me 5% -3 $5.",
                vec![
                    ("well-known", None),
                    ("C++", None),
                    ("#1", None),
                    ("@me", None),
                    ("5%", None),
                    ("-3", None),
                    ("$5", Some('.')),
                ],
            ),
            ("see example.com.", vec![("see", None), ("example.com", Some('.'))]),
            ("Title\n\nText", vec![("Title", Some('.')), ("Text", None)]),
            ("a & b", vec![("a", None), ("&", None), ("b", None)]),
        ] {
            let expected: Vec<_> = expected.into_iter().map(|(core, mark)| (core.to_owned(), mark)).collect();
            assert_eq!(cut(text), expected, "{text}");
        }
    }

    #[test]
    fn punctuation_alone_stays_with_the_word_it_follows() {
        let mut written = Vec::new();
        tokens("« Bonjour — monde »", &mut written);
        assert_eq!(written, ["« Bonjour —", "monde »"]);
    }
}
