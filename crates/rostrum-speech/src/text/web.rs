//! Web addresses and mail addresses, read piece by piece.

/// Endings that make a dotted word a host name.
const TOP_LEVELS: [&str; 30] = [
    "com", "org", "net", "io", "dev", "ai", "co", "uk", "gov", "edu", "de", "fr", "eu", "app", "info", "us",
    "ca", "tv", "ch", "at", "au", "jp", "nl", "es", "se", "be", "biz", "cloud", "tech", "xyz",
];

/// Whether the text is a web or mail address.
pub(crate) fn is_address(text: &str) -> bool {
    if !text.is_ascii() {
        return false;
    }
    if text.contains("://") || text.to_ascii_lowercase().starts_with("www.") {
        return true;
    }
    if let Some((user, host)) = text.split_once('@') {
        return !user.is_empty() && host.contains('.') && !host.contains('@');
    }
    let host = text.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let labels: Vec<&str> = host.split('.').collect();
    let Some((last, before)) = labels.split_last() else { return false };
    !before.is_empty()
        && TOP_LEVELS.contains(&last.to_ascii_lowercase().as_str())
        && before
            .iter()
            .all(|label| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
        && before.iter().any(|label| label.len() > 1 && label.contains(|c: char| c.is_ascii_alphabetic()))
}

/// A piece of an address.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// A name of a sign.
    Sign(&'static str),
    /// Letters read as a word.
    Word(&'a str),
    /// Letters spelled out.
    Letters(&'a str),
    /// Digits.
    Digits(&'a str),
}

/// Cuts an address into what is said; the scheme and a final slash are not.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let text = text.trim_end_matches('/');
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let same_kind = |c: char| {
            (first.is_ascii_alphabetic() && c.is_ascii_alphabetic())
                || (first.is_ascii_digit() && c.is_ascii_digit())
        };
        let length = if first.is_ascii_alphanumeric() {
            rest.find(|c| !same_kind(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (piece, after) = rest.split_at(length);
        if first.is_ascii_digit() {
            pieces.push(Piece::Digits(piece));
        } else if first.is_ascii_alphabetic() {
            pieces.push(word_or_letters(piece));
        } else if let Some(name) = sign(first) {
            pieces.push(Piece::Sign(name));
        }
        rest = after;
    }
    pieces
}

fn word_or_letters(piece: &str) -> Piece<'_> {
    let lower = piece.to_ascii_lowercase();
    let spelled = ["www", "io", "ai", "uk", "de", "us", "eu", "tv", "ca", "fr", "html", "php"]
        .contains(&lower.as_str());
    if spelled || piece.len() == 1 { Piece::Letters(piece) } else { Piece::Word(piece) }
}

fn sign(c: char) -> Option<&'static str> {
    Some(match c {
        '.' => "dot",
        '/' => "slash",
        '-' => "dash",
        '_' => "underscore",
        '@' => "at",
        ':' => "colon",
        '?' => "question mark",
        '=' => "equals",
        '&' => "and",
        '#' => "hash",
        '%' => "percent",
        '+' => "plus",
        '~' => "tilde",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_words() {
        for address in
            ["example.com", "https://a.b/c?d=e", "www.example.org", "jo@mail.example.com", "docs.rs.io/x"]
        {
            assert!(is_address(address), "{address}");
        }
        for word in ["hello", "e.g", "U.S.A", "3.14", "node.js", "@name", "a@b", "end.Next", "J.K"] {
            assert!(!is_address(word), "{word}");
        }
    }

    #[test]
    fn an_address_is_read_sign_by_sign() {
        assert_eq!(
            pieces("https://www.example.com/"),
            [
                Piece::Letters("www"),
                Piece::Sign("dot"),
                Piece::Word("example"),
                Piece::Sign("dot"),
                Piece::Word("com")
            ]
        );
    }
}
