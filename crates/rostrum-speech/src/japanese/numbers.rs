//! Numbers and what is counted, in katakana as they are spoken.

const DIGITS: [&str; 10] = ["ゼロ", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュー"];
const GROUPS: [&str; 4] = ["", "マン", "オク", "チョー"];
/// Longer numbers are read digit by digit.
pub(super) const MOST_DIGITS: usize = 16;

/// What is counted, the longest first where one begins like another: as written, and as said behind most numbers.
#[rustfmt::skip]
pub(super) const COUNTERS: [(&str, &str); 64] = [
    ("キロメートル", "キロメートル"), ("パーセント", "パーセント"), ("メートル", "メートル"), ("ドル", "ドル"), ("ユーロ", "ユーロ"),
    ("時間", "ジカン"), ("分間", "フンカン"), ("秒間", "ビョーカン"), ("日間", "ニチカン"), ("週間", "シューカン"), ("年間", "ネンカン"),
    ("か月", "カゲツ"), ("カ月", "カゲツ"), ("ヶ月", "カゲツ"), ("ヵ月", "カゲツ"), ("箇月", "カゲツ"), ("年", "ネン"), ("月", "ガツ"),
    ("日", "ニチ"), ("時", "ジ"), ("分", "フン"), ("秒", "ビョー"), ("円", "エン"), ("人", "ニン"), ("名", "メー"), ("本", "ホン"),
    ("匹", "ヒキ"), ("杯", "ハイ"), ("個", "コ"), ("回", "カイ"), ("階", "カイ"), ("台", "ダイ"), ("枚", "マイ"), ("歳", "サイ"),
    ("才", "サイ"), ("冊", "サツ"), ("番", "バン"), ("号", "ゴー"), ("度", "ド"), ("倍", "バイ"), ("点", "テン"), ("件", "ケン"),
    ("社", "シャ"), ("位", "イ"), ("曲", "キョク"), ("種類", "シュルイ"), ("通", "ツー"), ("歩", "ホ"), ("頭", "トー"), ("着", "チャク"),
    ("km", "キロメートル"), ("kg", "キログラム"), ("cm", "センチメートル"), ("mm", "ミリメートル"), ("m", "メートル"), ("g", "グラム"),
    ("％", "パーセント"), ("%", "パーセント"), ("℃", "ド"), ("°C", "ド"), ("°", "ド"), ("GB", "ギガバイト"), ("MB", "メガバイト"),
    ("$", "ドル"),
];

/// Days of the month that have names of their own.
const DAYS: [(&str, &str); 13] = [
    ("1", "ツイタチ"),
    ("2", "フツカ"),
    ("3", "ミッカ"),
    ("4", "ヨッカ"),
    ("5", "イツカ"),
    ("6", "ムイカ"),
    ("7", "ナノカ"),
    ("8", "ヨーカ"),
    ("9", "ココノカ"),
    ("10", "トーカ"),
    ("14", "ジューヨッカ"),
    ("20", "ハツカ"),
    ("24", "ニジューヨッカ"),
];

/// Each digit by itself.
pub(super) fn digits(number: &str) -> String {
    number.bytes().filter_map(|digit| DIGITS.get(usize::from(digit.wrapping_sub(b'0')))).copied().collect()
}

/// A whole number.
pub(super) fn cardinal(number: &str) -> String {
    let number = number.trim_start_matches('0');
    if number.is_empty() {
        return DIGITS[0].to_owned();
    }
    if number.len() > MOST_DIGITS {
        return digits(number);
    }
    let count = number.len().div_ceil(4);
    let mut said = String::new();
    for group in (0..count).rev() {
        let end = number.len() - group * 4;
        let four = number[end.saturating_sub(4)..end].trim_start_matches('0');
        if four.is_empty() {
            continue;
        }
        let mut four_said = under_ten_thousand(four);
        if group > 0 && four == "1000" {
            "イッセン".clone_into(&mut four_said);
        }
        if group == 3 {
            four_said = shortened(&four_said);
        }
        said.push_str(&four_said);
        said.push_str(GROUPS[group]);
    }
    said
}

fn under_ten_thousand(number: &str) -> String {
    let mut said = String::new();
    for (offset, digit) in number.bytes().enumerate() {
        let place = number.len() - 1 - offset;
        let digit = usize::from(digit.wrapping_sub(b'0'));
        said.push_str(match (place, digit) {
            (_, 0) => continue,
            (3, 1) => "セン",
            (3, 3) => "サンゼン",
            (3, 8) => "ハッセン",
            (2, 1) => "ヒャク",
            (2, 3) => "サンビャク",
            (2, 6) => "ロッピャク",
            (2, 8) => "ハッピャク",
            (1, 1) => "ジュー",
            (_, digit) => DIGITS[digit],
        });
        said.push_str(match (place, digit) {
            (3, 1 | 3 | 8) | (2, 1 | 3 | 6 | 8) | (1, 1) | (0, _) => "",
            (3, _) => "セン",
            (2, _) => "ヒャク",
            _ => "ジュー",
        });
    }
    said
}

/// A number with a decimal point.
pub(super) fn decimal(number: &str) -> String {
    let mut parts = number.split('.');
    let mut said = cardinal(parts.next().unwrap_or_default());
    for part in parts {
        said = format!("{}テン{}", shortened(&said), digits(part));
    }
    said
}

/// A number as it is said before a counter that it runs into: イチ as イッ and so on.
fn shortened(said: &str) -> String {
    for (ending, short) in [("イチ", "イッ"), ("ハチ", "ハッ"), ("ジュー", "ジュッ")] {
        if let Some(stem) = said.strip_suffix(ending) {
            return format!("{stem}{short}");
        }
    }
    said.to_owned()
}

/// A number with what it counts; `month_before` tells that a day of the month is meant.
pub(super) fn counted(number: &str, counter: &str, written: &str, month_before: bool) -> String {
    if let Some(said) = irregular(number, written, month_before) {
        return said;
    }
    let mut said = decimal(number);
    if number.contains('.') {
        return said + counter;
    }
    let last = number.chars().next_back();
    // Four, seven and nine have shorter names before some.
    let replace = |said: &mut String, ending: &str, short: &str| {
        if let Some(stem) = said.strip_suffix(ending) {
            *said = format!("{stem}{short}");
        }
    };
    match (written, last) {
        ("年" | "年間" | "人" | "円" | "時" | "時間", Some('4')) => replace(&mut said, "ヨン", "ヨ"),
        ("月", Some('4')) => replace(&mut said, "ヨン", "シ"),
        ("月" | "時" | "時間", Some('7')) => replace(&mut said, "ナナ", "シチ"),
        ("月" | "時" | "時間" | "日", Some('9')) => replace(&mut said, "キュー", "ク"),
        _ => {}
    }
    let first = counter.chars().next().unwrap_or_default();
    let in_row = |row: &str| row.contains(first);
    let by_tens = number.ends_with("10") || number.ends_with('0');
    let kilo = counter.starts_with("キロ");
    if in_row("ハヒフホ") {
        let p = |said: String| said + &voiced(counter, 'ハ', 'パ');
        let b = |said: String| said + &voiced(counter, 'ハ', 'バ');
        return match last {
            Some('1' | '8') => p(shortened(&said)),
            Some('6') => p(said.strip_suffix("ロク").map_or(said.clone(), |stem| format!("{stem}ロッ"))),
            Some('0') if by_tens => p(hundreds(&shortened(&said))),
            Some('3') if first == 'フ' || written == "歩" => p(said),
            Some('3') => b(said),
            Some('4') if first == 'フ' => p(said),
            _ => said + counter,
        };
    }
    if kilo {
        // イチキロ, but ロッキロ and ジュッキロ.
        return match last {
            Some('6') => {
                said.strip_suffix("ロク").map_or(said.clone(), |stem| format!("{stem}ロッ")) + counter
            }
            Some('0') => shortened(&said) + counter,
            _ => said + counter,
        };
    }
    let said = match last {
        Some('1' | '8') if in_row("カコケキサシセソスタチツテト") => shortened(&said),
        Some('0') if in_row("カコケキサシセソスタチツテトパ") => shortened(&said),
        Some('6') if in_row("カコケキ") => {
            said.strip_suffix("ロク").map_or(said.clone(), |stem| format!("{stem}ロッ"))
        }
        _ => said,
    };
    let said = if last == Some('0') && in_row("カコケキ") { hundreds(&said) } else { said };
    if written == "階" && last == Some('3') {
        return said + "ガイ";
    }
    said + counter
}

/// ヒャク runs into what follows.
fn hundreds(said: &str) -> String {
    ["ヒャク", "ビャク", "ピャク"]
        .iter()
        .find_map(|ending| {
            said.strip_suffix(ending).map(|stem| format!("{stem}{}ッ", ending.trim_end_matches('ク')))
        })
        .unwrap_or_else(|| said.to_owned())
}

/// The counter with its first kana of the row of `from` in that of `to`.
fn voiced(counter: &str, from: char, to: char) -> String {
    let mut chars = counter.chars();
    let first =
        chars.next().map_or('ハ', |c| char::from_u32(c as u32 + (to as u32 - from as u32)).unwrap_or(c));
    std::iter::once(first).chain(chars).collect()
}

fn irregular(number: &str, written: &str, month_before: bool) -> Option<String> {
    let said = match (number, written) {
        ("1", "人") => "ヒトリ",
        ("2", "人") => "フタリ",
        ("20", "歳" | "才") => "ハタチ",
        ("0", "時") => "レージ",
        ("1", "日") if !month_before => "イチニチ",
        (_, "日" | "日間") => {
            let (_, day) = DAYS.iter().find(|(day, _)| *day == number)?;
            let between = if written == "日間" { "カン" } else { "" };
            if number == "1" && written == "日間" {
                return None;
            }
            return Some(format!("{day}{between}"));
        }
        _ => return None,
    };
    Some(said.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_run_together_as_they_are_spoken() {
        for (number, said) in [
            ("0", "ゼロ"),
            ("10", "ジュー"),
            ("14", "ジューヨン"),
            ("300", "サンビャク"),
            ("605", "ロッピャクゴ"),
            ("1000", "セン"),
            ("2024", "ニセンニジューヨン"),
            ("3800", "サンゼンハッピャク"),
            ("10000", "イチマン"),
            ("123456", "ジューニマンサンゼンヨンヒャクゴジューロク"),
            ("10000000", "イッセンマン"),
            ("100000000", "イチオク"),
            ("1000000000000", "イッチョー"),
        ] {
            assert_eq!(cardinal(number), said, "{number}");
        }
        assert_eq!(decimal("3.14"), "サンテンイチヨン");
        assert_eq!(decimal("10.5"), "ジュッテンゴ");
    }

    #[test]
    fn counters_change_with_their_number() {
        for (number, written, said) in [
            ("1", "本", "イッポン"),
            ("3", "本", "サンボン"),
            ("6", "本", "ロッポン"),
            ("10", "分", "ジュップン"),
            ("30", "分", "サンジュップン"),
            ("4", "分", "ヨンプン"),
            ("5", "分", "ゴフン"),
            ("1", "人", "ヒトリ"),
            ("4", "人", "ヨニン"),
            ("9", "時", "クジ"),
            ("7", "月", "シチガツ"),
            ("4", "月", "シガツ"),
            ("15", "日", "ジューゴニチ"),
            ("20", "日", "ハツカ"),
            ("1", "回", "イッカイ"),
            ("3", "階", "サンガイ"),
            ("8", "歳", "ハッサイ"),
            ("1500", "円", "センゴヒャクエン"),
            ("25", "%", "ニジューゴパーセント"),
            ("6", "か月", "ロッカゲツ"),
            ("100", "個", "ヒャッコ"),
            ("10", "km", "ジュッキロメートル"),
            ("2024", "年", "ニセンニジューヨネン"),
        ] {
            let counter = COUNTERS.iter().find(|(counter, _)| *counter == written).unwrap().1;
            assert_eq!(counted(number, counter, written, false), said, "{number}{written}");
        }
        assert_eq!(counted("1", "ニチ", "日", true), "ツイタチ");
    }
}
