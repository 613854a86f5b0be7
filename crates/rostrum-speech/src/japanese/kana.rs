//! Katakana to the symbols the network was trained on (the table is that of the misaki project).

/// Katakana with their sounds, those of a row of five together.
#[rustfmt::skip]
const KANA: [(char, &str); 78] = [
    ('ア', "a"), ('イ', "i"), ('ウ', "ɯ"), ('エ', "e"), ('オ', "o"),
    ('カ', "ka"), ('キ', "kʲi"), ('ク', "kɯ"), ('ケ', "ke"), ('コ', "ko"),
    ('ガ', "ɡa"), ('ギ', "ɡʲi"), ('グ', "ɡɯ"), ('ゲ', "ɡe"), ('ゴ', "ɡo"),
    ('サ', "sa"), ('シ', "ɕi"), ('ス', "sɨ"), ('セ', "se"), ('ソ', "so"),
    ('ザ', "ʣa"), ('ジ', "ʥi"), ('ズ', "zɨ"), ('ゼ', "ʣe"), ('ゾ', "ʣo"),
    ('タ', "ta"), ('チ', "ʨi"), ('ツ', "ʦɨ"), ('テ', "te"), ('ト', "to"),
    ('ダ', "da"), ('ヂ', "ʥi"), ('ヅ', "zɨ"), ('デ', "de"), ('ド', "do"),
    ('ナ', "na"), ('ニ', "ɲi"), ('ヌ', "nɯ"), ('ネ', "ne"), ('ノ', "no"),
    ('ハ', "ha"), ('ヒ', "çi"), ('フ', "ɸɯ"), ('ヘ', "he"), ('ホ', "ho"),
    ('バ', "ba"), ('ビ', "bʲi"), ('ブ', "bɯ"), ('ベ', "be"), ('ボ', "bo"),
    ('パ', "pa"), ('ピ', "pʲi"), ('プ', "pɯ"), ('ペ', "pe"), ('ポ', "po"),
    ('マ', "ma"), ('ミ', "mʲi"), ('ム', "mɯ"), ('メ', "me"), ('モ', "mo"),
    ('ヤ', "ja"), ('ユ', "jɯ"), ('ヨ', "jo"),
    ('ラ', "ɾa"), ('リ', "ɾʲi"), ('ル', "ɾɯ"), ('レ', "ɾe"), ('ロ', "ɾo"),
    ('ワ', "βa"), ('ヰ', "i"), ('ヱ', "e"), ('ヲ', "o"), ('ヴ', "vɯ"),
    ('ヵ', "ka"), ('ヶ', "ke"), ('ヷ', "va"), ('ヮ', "βa"), ('ヺ', "vo"),
];

/// Small katakana, which change the one before them, as large ones.
const SMALL: [(char, char); 8] = [
    ('ァ', 'ア'),
    ('ィ', 'イ'),
    ('ゥ', 'ウ'),
    ('ェ', 'エ'),
    ('ォ', 'オ'),
    ('ャ', 'ヤ'),
    ('ュ', 'ユ'),
    ('ョ', 'ヨ'),
];

fn of(kana: char) -> Option<&'static str> {
    KANA.iter().find(|(known, _)| *known == kana).map(|(_, sounds)| *sounds)
}

fn large(kana: char) -> Option<char> {
    SMALL.iter().find(|(small, _)| *small == kana).map(|(_, large)| *large)
}

/// Whether the character is katakana, or marks length or a stop among them.
pub(super) fn is_katakana(c: char) -> bool {
    matches!(c, 'ァ'..='ヺ' | 'ー')
}

/// Hiragana as katakana; others as they are.
pub(super) fn katakana(c: char) -> char {
    match c {
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => char::from_u32(c as u32 + 0x60).unwrap_or(c),
        _ => c,
    }
}

/// The sounds of katakana, one entry for each of them; a small one's are with the one before. Others have none.
pub(super) fn sounds(katakana: &[char]) -> Vec<String> {
    let mut sounds: Vec<String> = Vec::with_capacity(katakana.len());
    for (place, kana) in katakana.iter().enumerate() {
        let next = katakana.get(place + 1).copied();
        let own = match kana {
            'ー' => "ː".to_owned(),
            'ッ' => "ʔ".to_owned(),
            'ン' => nasal(next).to_owned(),
            _ => match (of(*kana), next.and_then(large)) {
                (Some(own), Some(small)) => together(*kana, own, small),
                (Some(own), None) => own.to_owned(),
                (None, _) => match large(*kana) {
                    // With the one before, unless there is none it can change.
                    Some(_) if place > 0 && of(katakana[place - 1]).is_some() => String::new(),
                    Some(large) => of(large).unwrap_or_default().to_owned(),
                    None => String::new(),
                },
            },
        };
        sounds.push(own);
    }
    sounds
}

/// A kana and the small one behind it.
fn together(kana: char, own: &str, small: char) -> String {
    let vowel = match small {
        'ア' | 'ヤ' => "a",
        'イ' => "i",
        'ウ' => "ɯ",
        'エ' => "e",
        'ユ' => "ɨ",
        _ => "o",
    };
    let mut onset = own.to_owned();
    onset.pop();
    let glides = matches!(small, 'ヤ' | 'ユ' | 'ヨ');
    match (kana, small) {
        ('ウ', 'イ' | 'エ' | 'オ') => onset.push('β'),
        ('イ', 'エ') => onset.push('j'),
        ('ク' | 'グ', _) if !glides => onset.push('ᵝ'),
        ('ヴ', _) if glides => "bʲ".clone_into(&mut onset),
        ('ツ' | 'フ' | 'ヴ' | 'テ' | 'デ', _) if glides || small == 'イ' => onset.push('ʲ'),
        _ => {}
    }
    onset + vowel
}

/// The nasal is spoken where the next sound is.
fn nasal(next: Option<char>) -> &'static str {
    let Some(next) = next.and_then(of) else { return "ɴ" };
    match next.chars().next() {
        Some('m' | 'p' | 'b') => "m",
        Some('k' | 'ɡ') => "ŋ",
        Some('ɲ' | 'ʨ' | 'ʥ') => "ɲ",
        Some('n' | 't' | 'd' | 'ɾ' | 'z') => "n",
        _ => "ɴ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn katakana_are_written_as_the_network_learnt_them() {
        for (kana, expected) in [
            ("トーキョー", "toːkʲoː"),
            ("ガッコー", "ɡaʔkoː"),
            ("シャシン", "ɕaɕiɴ"),
            ("サンポ", "sampo"),
            ("マンガ", "maŋɡa"),
            ("コンニチワ", "koɲɲiʨiβa"),
            ("ホンダ", "honda"),
            ("オンセイ", "oɴsei"),
            ("ジュース", "ʥɨːsɨ"),
            ("ファイル", "ɸaiɾɯ"),
            ("フィルム", "ɸʲiɾɯmɯ"),
            ("ティー", "tʲiː"),
            ("ウェブ", "βebɯ"),
            ("クォーター", "kᵝoːtaː"),
            ("ヴァイオリン", "vaioɾʲiɴ"),
            ("チェック", "ʨeʔkɯ"),
            ("リョコー", "ɾʲokoː"),
            ("ァ", "a"),
        ] {
            let kana: Vec<char> = kana.chars().collect();
            assert_eq!(sounds(&kana).concat(), expected);
        }
    }

    #[test]
    fn hiragana_become_katakana() {
        assert_eq!("これはテスト".chars().map(katakana).collect::<String>(), "コレハテスト");
    }
}
