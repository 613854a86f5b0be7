//! Which of espeak-ng's languages reads a word: its own, or that of the letters it is written in.

/// Letters of one script: their ranges, the language that reads them where the text's own does not, and the languages
/// written in them.
struct Letters {
    ranges: &'static [(char, char)],
    reader: &'static str,
    own: &'static [&'static str],
}

#[rustfmt::skip]
const SCRIPTS: [Letters; 22] = [
    Letters { ranges: &[('\u{370}', '\u{3ff}'), ('\u{1f00}', '\u{1fff}')], reader: "el", own: &["el", "grc"] },
    Letters {
        ranges: &[('\u{400}', '\u{52f}')],
        reader: "ru",
        own: &["ru", "ru-lv", "uk", "be", "bg", "mk", "sr", "kk", "ky", "tt", "ba", "uz", "az", "bs"],
    },
    Letters { ranges: &[('\u{530}', '\u{58f}')], reader: "hy", own: &["hy", "hyw"] },
    Letters { ranges: &[('\u{590}', '\u{5ff}')], reader: "he", own: &["he"] },
    Letters {
        ranges: &[('\u{600}', '\u{6ff}'), ('\u{750}', '\u{77f}'), ('\u{fb50}', '\u{fdff}'), ('\u{fe70}', '\u{fefe}')],
        reader: "ar",
        own: &["ar", "fa", "ur", "sd", "ug", "ku", "ms"],
    },
    Letters { ranges: &[('\u{900}', '\u{97f}')], reader: "hi", own: &["hi", "mr", "ne", "kok"] },
    Letters { ranges: &[('\u{980}', '\u{9ff}')], reader: "bn", own: &["bn", "as", "bpy"] },
    Letters { ranges: &[('\u{a00}', '\u{a7f}')], reader: "pa", own: &["pa"] },
    Letters { ranges: &[('\u{a80}', '\u{aff}')], reader: "gu", own: &["gu"] },
    Letters { ranges: &[('\u{b00}', '\u{b7f}')], reader: "or", own: &["or"] },
    Letters { ranges: &[('\u{b80}', '\u{bff}')], reader: "ta", own: &["ta"] },
    Letters { ranges: &[('\u{c00}', '\u{c7f}')], reader: "te", own: &["te"] },
    Letters { ranges: &[('\u{c80}', '\u{cff}')], reader: "kn", own: &["kn"] },
    Letters { ranges: &[('\u{d00}', '\u{d7f}')], reader: "ml", own: &["ml"] },
    Letters { ranges: &[('\u{d80}', '\u{dff}')], reader: "si", own: &["si"] },
    Letters { ranges: &[('\u{e00}', '\u{e7f}')], reader: "th", own: &["th"] },
    Letters { ranges: &[('\u{1000}', '\u{109f}')], reader: "my", own: &["my", "shn"] },
    Letters { ranges: &[('\u{10a0}', '\u{10ff}'), ('\u{1c90}', '\u{1cbf}')], reader: "ka", own: &["ka"] },
    Letters { ranges: &[('\u{1200}', '\u{139f}')], reader: "am", own: &["am"] },
    Letters {
        ranges: &[('\u{1100}', '\u{11ff}'), ('\u{3130}', '\u{318f}'), ('\u{ac00}', '\u{d7a3}')],
        reader: "ko",
        own: &["ko"],
    },
    Letters { ranges: &[('\u{3040}', '\u{30ff}')], reader: "ja", own: &[] },
    Letters {
        ranges: &[('\u{3400}', '\u{4dbf}'), ('\u{4e00}', '\u{9fff}'), ('\u{20000}', '\u{323af}')],
        reader: "cmn-latn-pinyin",
        own: &["cmn-latn-pinyin", "yue"],
    },
];

fn script_of(c: char) -> Option<&'static Letters> {
    if c < '\u{370}' {
        return None;
    }
    SCRIPTS.iter().find(|script| script.ranges.iter().any(|(first, last)| (*first..=*last).contains(&c)))
}

/// The language that reads a word in a text of `language`. Latin letters and signs are every language's.
pub(super) fn reader_of<'l>(word: &str, language: &'l str) -> &'l str {
    let mut letters = word.chars().filter_map(script_of);
    match letters.next() {
        Some(script) if !script.own.contains(&language) => script.reader,
        _ => language,
    }
}

/// Whether a word is written in letters that some language of the program reads.
pub(super) fn is_written_in_another_script(word: &str) -> bool {
    word.chars().any(|c| script_of(c).is_some())
}

/// Whether a character is a letter of another script than the Latin one.
pub(crate) fn is_foreign_letter(c: char) -> bool {
    c.is_alphabetic() && script_of(c).is_some()
}

/// Whether each letter is a word's sound of its own: Chinese characters.
pub(crate) fn is_han(c: char) -> bool {
    script_of(c).is_some_and(|script| script.reader == "cmn-latn-pinyin")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_other_letters_are_read_by_their_own_language() {
        assert_eq!(reader_of("Привет", "es"), "ru");
        assert_eq!(reader_of("Привіт", "uk"), "uk");
        assert_eq!(reader_of("Ελλάδα", "fr-fr"), "el");
        assert_eq!(reader_of("niño", "es"), "es");
        assert_eq!(reader_of("25%", "hi"), "hi");
        assert_eq!(reader_of("hello", "hi"), "hi");
        assert_eq!(reader_of("世界", "it"), "cmn-latn-pinyin");
    }
}
