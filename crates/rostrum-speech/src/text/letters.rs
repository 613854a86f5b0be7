//! Latin letters without their marks, and which characters say nothing.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Writes a word with plain Latin letters where it can: `naïve` as naive, `Łódź` as Lodz, full-width forms as ASCII,
/// curly apostrophes straight. Other scripts come out as they were, without combining marks.
pub(crate) fn plain_latin(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.nfkd() {
        if is_combining_mark(c) || is_invisible(c) {
            continue;
        }
        match latin(c) {
            Some(letters) => out.push_str(letters),
            None => out.push(c),
        }
    }
    out
}

/// Letters that do not decompose, and look-alikes of ASCII punctuation.
fn latin(c: char) -> Option<&'static str> {
    Some(match c {
        '’' | '‘' | 'ʼ' | '´' | '`' | '′' => "'",
        '‐' | '‑' | '‒' | '–' | '−' => "-",
        '⁄' | '∕' => "/",
        'ß' => "ss",
        'ẞ' => "SS",
        'æ' => "ae",
        'Æ' => "Ae",
        'œ' => "oe",
        'Œ' => "Oe",
        'ø' => "o",
        'Ø' => "O",
        'đ' | 'ð' => "d",
        'Đ' | 'Ð' => "D",
        'þ' => "th",
        'Þ' => "Th",
        'ł' => "l",
        'Ł' => "L",
        'ı' => "i",
        'ħ' => "h",
        'Ħ' => "H",
        'ŋ' => "ng",
        'ə' | 'Ə' => "e",
        'ƒ' => "f",
        _ => return None,
    })
}

/// Characters without shape: zero-width joiners, bidirectional marks, soft hyphen, variation selectors, controls.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e01ef}')
}

/// Punctuation and typographic signs that have no reading of their own.
pub(crate) fn is_silent(c: char) -> bool {
    c.is_whitespace()
        || is_invisible(c)
        || is_combining_mark(c)
        || c.is_ascii_punctuation()
        || is_foreign_punctuation(c)
        || matches!(c, '¡' | '§' | '«' | '¶' | '·' | '»' | '¿' | '´' | '¨' | '¯' | '¸' | '¦'
            | '\u{2000}'..='\u{206f}' | '\u{2190}'..='\u{21ff}' | '\u{2500}'..='\u{25ff}' | '\u{2e00}'..='\u{2e7f}'
            | '\u{3000}'..='\u{303f}' | '\u{fe10}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff0f}')
            && !c.is_alphanumeric()
}

/// Commas, stops and question marks of other scripts, beyond the blocks of punctuation.
fn is_foreign_punctuation(c: char) -> bool {
    matches!(c, '\u{37e}' | '\u{387}' | '\u{55a}'..='\u{55f}' | '։' | '؛' | '،' | '؟' | '٪'..='٭' | '۔' | '।' | '॥' | '๏'
        | '๚' | '๛' | '။' | '၊' | '፡'..='፨' | '។'..='៚' | '；' | '：' | '？' | '｛'..='･')
}

/// English name of a Greek letter or of a symbol standing in a text.
pub(crate) fn symbol_name(c: char) -> Option<&'static str> {
    Some(match c {
        '&' | '＆' => "and",
        '+' => "plus",
        '@' => "at",
        '%' => "percent",
        '=' => "equals",
        '×' => "times",
        '÷' => "divided by",
        '±' => "plus or minus",
        '≈' => "about",
        '≠' => "is not",
        '≤' => "at most",
        '≥' => "at least",
        '∞' => "infinity",
        '√' => "root",
        '°' => "degrees",
        '©' => "copyright",
        '®' => "registered",
        '™' => "trademark",
        '§' => "section",
        '№' => "number",
        '$' => "dollars",
        '€' => "euros",
        '£' => "pounds",
        '¥' => "yen",
        '₹' => "rupees",
        '¢' => "cents",
        'α' | 'Α' => "alpha",
        'β' | 'Β' => "beta",
        'γ' | 'Γ' => "gamma",
        'δ' | 'Δ' => "delta",
        'ε' | 'Ε' => "epsilon",
        'θ' | 'Θ' => "theta",
        'λ' | 'Λ' => "lambda",
        'μ' | 'µ' => "mu",
        'π' | 'Π' => "pi",
        'σ' | 'Σ' | 'ς' => "sigma",
        'τ' => "tau",
        'φ' | 'Φ' => "phi",
        'ω' | 'Ω' => "omega",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_off_latin_letters() {
        for (word, plain) in [
            ("naïve", "naive"),
            ("Łódź", "Lodz"),
            ("Straße", "Strasse"),
            ("Ｈｅｌｌｏ", "Hello"),
            ("don’t", "don't"),
            ("so\u{ad}ft", "soft"),
            ("Søren", "Soren"),
            ("Привет", "Привет"),
        ] {
            assert_eq!(plain_latin(word), plain);
        }
    }
}
