//! Which package of Debian brings the letters that are missing.

use icu_properties::props::{EmojiPresentation, GeneralCategory, GeneralCategoryGroup, Script};
use icu_properties::{CodePointMapData, CodePointSetData};

/// The Debian package whose fonts have the character; `None` where no script is known for it (private use, unassigned).
pub fn package_for(character: char) -> Option<&'static str> {
    let script = CodePointMapData::<Script>::new().get(character);
    if CodePointSetData::new::<EmojiPresentation>().contains(character)
        || matches!(character, '\u{fe0f}' | '\u{20e3}' | '\u{e0020}'..='\u{e007f}')
    {
        return Some("fonts-noto-color-emoji");
    }
    let category = CodePointMapData::<GeneralCategory>::new().get(character);
    if GeneralCategoryGroup::Other.contains(category) {
        return None;
    }
    let east_asian = [Script::Han, Script::Hiragana, Script::Katakana, Script::Hangul, Script::Bopomofo];
    if east_asian.contains(&script)
        // Punctuation, circled and squared letters, strokes, and full and half widths of these scripts.
        || matches!(character, '\u{2e80}'..='\u{303f}' | '\u{3190}'..='\u{33ff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}')
    {
        return Some("fonts-noto-cjk");
    }
    // Its fonts for letters, symbols and mathematics cover nearly all other scripts.
    Some("fonts-noto-core")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_follow_from_scripts() {
        for c in "漢ひカ한ㄅ。㊗Ａ".chars() {
            assert_eq!(package_for(c), Some("fonts-noto-cjk"), "{c}");
        }
        for c in "कতதกعא♫∑ᐃ".chars() {
            assert_eq!(package_for(c), Some("fonts-noto-core"), "{c}");
        }
        assert_eq!(package_for('😀'), Some("fonts-noto-color-emoji"));
        assert_eq!(package_for('🇩'), Some("fonts-noto-color-emoji"));
        assert_eq!(package_for('\u{e000}'), None);
        assert_eq!(package_for('\u{378}'), None);
    }
}
