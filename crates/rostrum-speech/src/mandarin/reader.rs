//! Written words to spoken ones: numbers, dates, times, money and units in characters; words in other letters go to the
//! reader of English.

use super::numbers::{MOST_DIGITS, cardinal, decimal, digits, telephone};
use crate::espeak::is_han;
use crate::text::{How, Spoken, Token, half_width, is_address, read_english};
use crate::voices::Accent;

/// Units behind a number.
#[rustfmt::skip]
const UNITS: [(&str, &str); 40] = [
    ("km", "公里"), ("m", "米"), ("cm", "厘米"), ("mm", "毫米"), ("nm", "纳米"), ("km/h", "公里每小时"), ("m/s", "米每秒"),
    ("kg", "公斤"), ("g", "克"), ("mg", "毫克"), ("t", "吨"), ("L", "升"), ("l", "升"), ("ml", "毫升"), ("mL", "毫升"),
    ("m²", "平方米"), ("㎡", "平方米"), ("m2", "平方米"), ("m³", "立方米"), ("km²", "平方公里"), ("cm²", "平方厘米"), ("°", "度"),
    ("℃", "摄氏度"), ("°C", "摄氏度"), ("℉", "华氏度"), ("°F", "华氏度"), ("W", "瓦"), ("kW", "千瓦"), ("kWh", "千瓦时"), ("V", "伏"),
    ("Hz", "赫兹"), ("kHz", "千赫兹"), ("MHz", "兆赫兹"), ("GHz", "吉赫兹"), ("h", "小时"), ("min", "分钟"), ("s", "秒"), ("ms", "毫秒"),
    ("px", "像素"), ("dB", "分贝"),
];

/// Money by its sign.
const CURRENCIES: [(char, &str); 6] =
    [('¥', "元"), ('$', "美元"), ('€', "欧元"), ('£', "英镑"), ('₩', "韩元"), ('₹', "卢比")];

/// Signs by themselves.
#[rustfmt::skip]
const SIGNS: [(&str, &str); 14] = [
    ("&", "和"), ("+", "加"), ("=", "等于"), ("×", "乘"), ("÷", "除以"), ("%", "百分号"), ("±", "正负"), ("≈", "约等于"),
    ("≠", "不等于"), ("≤", "小于等于"), ("≥", "大于等于"), ("°", "度"), ("∞", "无穷大"), ("¥", "元"),
];

/// What two of is 两: what is counted.
const COUNTED: &str = "個隻張點塊輛條雙歲門種倍頭項組个只位名本张件次天年周人小分点块元米公斤台辆条座间家种场颗瓶杯碗双套份部篇句倍步遍万亿千岁头匹把根棵粒朵幅门秒项支组批排代星";
/// What may stand between a number and its currency, traditional characters too.
const MAGNITUDES: &str = "万亿千百萬億";
/// Behind these a row of digits is called or dialled.
const BEFORE_TELEPHONES: &str = "話號碼線撥话号码线拨打机群";

/// Something to be said.
#[derive(Debug, PartialEq, Eq)]
enum Say {
    Chinese(String),
    Other(String),
}

/// Reads tokens into spoken words: single characters, and words in other letters.
pub(crate) fn read(tokens: &[Token]) -> Vec<Spoken> {
    let mut spoken: Vec<Spoken> = Vec::new();
    // Money is said behind the magnitude: $3万.
    let mut owed: Option<&'static str> = None;
    let mut place = 0;
    while let Some(token) = tokens.get(place) {
        let first = spoken.len();
        let before = place.checked_sub(1).and_then(|before| tokens[before].core.chars().next_back());
        let after = tokens.get(place + 1).filter(|_| token.mark.is_none());
        let core: String = token.core.chars().map(half_width).collect();
        let core = core.as_str();
        if core.starts_with(|c: char| is_han(c) || c == '〇') {
            push_chinese(&mut spoken, core, token.written);
            let next = after.and_then(|after| after.core.chars().next());
            if !next.is_some_and(|next| MAGNITUDES.contains(next)) {
                let name = owed.take().filter(|name| next != name.chars().next());
                push_chinese(&mut spoken, name.unwrap_or_default(), token.written);
            }
        } else {
            // The unit may be a word of its own: 5 km.
            let unit =
                after.map(|after| after.core.chars().map(half_width).collect::<String>()).filter(|unit| {
                    core.ends_with(|c: char| c.is_ascii_digit()) && is_number(core) && unit_of(unit).is_some()
                });
            let next = after.and_then(|after| after.core.chars().next());
            let said = match &unit {
                Some(unit) => say(&format!("{core}{unit}"), before, None),
                None => say(core, before, next),
            };
            let money =
                CURRENCIES.iter().find(|(sign, _)| core.trim_start_matches(['-', '+']).starts_with(*sign));
            let goes_on = next.is_some_and(|next| MAGNITUDES.contains(next));
            for part in said {
                match part {
                    Say::Chinese(text) => push_chinese(&mut spoken, &text, token.written),
                    Say::Other(text) => push_other(&mut spoken, text, token),
                }
            }
            if let Some((_, name)) = money.filter(|_| core.chars().count() > 1) {
                if goes_on {
                    owed = Some(name);
                } else if next != name.chars().next() {
                    push_chinese(&mut spoken, name, token.written);
                }
            }
            if unit.is_some() {
                place += 1;
            }
        }
        let mark = tokens[place].mark;
        if let Some(last) = spoken[first..].last_mut() {
            last.mark = mark.or(last.mark);
        }
        place += 1;
    }
    spoken
}

fn push_chinese(spoken: &mut Vec<Spoken>, text: &str, written: usize) {
    let word = |c: char| Spoken {
        text: if c == '〇' { '零' } else { c }.to_string(),
        how: How::Word,
        written,
        mark: None,
    };
    spoken.extend(text.chars().map(word));
}

fn push_other(spoken: &mut Vec<Spoken>, text: String, token: &Token) {
    let part = Token { core: text, mark: None, period: false, written: token.written };
    spoken.extend(read_english(&[part], Accent::American));
}

fn is_number(text: &str) -> bool {
    let number = text.trim_start_matches(['-', '+', '~']);
    number.starts_with(|c: char| c.is_ascii_digit())
        && number.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
}

fn unit_of(text: &str) -> Option<&'static str> {
    UNITS.iter().find(|(unit, _)| *unit == text).map(|(_, name)| *name)
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What a word without Chinese characters says, between the characters around it.
fn say(core: &str, before: Option<char>, after: Option<char>) -> Vec<Say> {
    if let Some((_, name)) = SIGNS.iter().find(|(sign, _)| *sign == core) {
        return vec![Say::Chinese((*name).to_owned())];
    }
    if is_address(core) || !core.contains(|c: char| c.is_ascii_digit()) {
        return vec![Say::Other(core.to_owned())];
    }
    whole(core, before, after).map_or_else(|| pieces(core, before, after), |said| vec![Say::Chinese(said)])
}

/// Readings of a whole word: dates, times, telephone numbers, ranges, fractions.
fn whole(core: &str, before: Option<char>, after: Option<char>) -> Option<String> {
    let split = |separator: &[char]| -> Vec<&str> { core.split(separator).collect() };
    for separator in ['-', '/', '.'] {
        if let [year, month, day] = split(&[separator])[..]
            && let Some(date) = date(year, month, day)
        {
            return Some(date);
        }
    }
    let groups = split(&['-']);
    let digit_count: usize = groups.iter().map(|group| group.len()).sum();
    if groups.iter().all(|group| all_digits(group)) {
        let dialled = digit_count >= 7
            && (groups.len() > 2 || core.starts_with('0') || (groups.len() == 2 && groups[0].len() == 3));
        let mobile = digit_count == 11 && core.starts_with('1') && !core.contains('-');
        let called = digit_count >= 3 && before.is_some_and(|c| BEFORE_TELEPHONES.contains(c));
        if dialled || mobile || called || digit_count > MOST_DIGITS {
            return Some(groups.iter().map(|group| telephone(group)).collect());
        }
    }
    if let [from, to] = split(&['-', '~', '–', '—'])[..]
        && !from.is_empty()
    {
        return range(from, to, after);
    }
    time(core).or_else(|| parts(core)).or_else(|| row(core, after))
}

fn date(year: &str, month: &str, day: &str) -> Option<String> {
    let fits = |text: &str, most: u32| {
        (1..=2).contains(&text.len())
            && all_digits(text)
            && text.parse().is_ok_and(|n| (1..=most).contains(&n))
    };
    (year.len() == 4 && all_digits(year) && fits(month, 12) && fits(day, 31))
        .then(|| format!("{}年{}月{}日", digits(year), cardinal(month), cardinal(day)))
}

fn range(from: &str, to: &str, after: Option<char>) -> Option<String> {
    if let (Some(from), Some(to)) = (time(from), time(to)) {
        return Some(format!("{from}到{to}"));
    }
    if !is_number(from.trim_end_matches('%')) || !is_number(to.trim_end_matches('%')) {
        return None;
    }
    if after == Some('年')
        && let (Some(from), Some(to)) = (row(from, after), row(to, after))
    {
        return Some(format!("{from}到{to}"));
    }
    // 10-20% are both shares.
    let share = if to.ends_with('%') && !from.ends_with('%') { "%" } else { "" };
    Some(format!("{}到{}", amount(&format!("{from}{share}"))?, amount(to)?))
}

/// A number or a share.
fn amount(text: &str) -> Option<String> {
    let number = text.trim_end_matches('%');
    let said = is_number(number).then(|| decimal(&number.replace(',', "")))?;
    Some(if number.len() < text.len() { format!("百分之{said}") } else { said })
}

fn time(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(':').collect();
    let (hour, rest) = parts.split_first()?;
    let fits = |text: &&str| text.len() == 2 && all_digits(text) && **text < *"60";
    let is_hour =
        (1..=2).contains(&hour.len()) && all_digits(hour) && hour.parse().is_ok_and(|hour: u32| hour <= 24);
    if !is_hour || !(1..=2).contains(&rest.len()) || !rest.iter().all(fits) {
        return None;
    }
    let hour = if hour.trim_start_matches('0') == "2" { "两".to_owned() } else { cardinal(hour) };
    let of = |number: &str, unit: &str| {
        let zero = if number.starts_with('0') && number != "00" { "零" } else { "" };
        format!("{zero}{}{unit}", cardinal(number))
    };
    Some(match rest {
        ["00"] => format!("{hour}点"),
        [minute] => format!("{hour}点{}", of(minute, "分")),
        [minute, second, ..] => format!("{hour}点{}{}", of(minute, "分"), of(second, "秒")),
        [] => return None,
    })
}

/// A fraction or a ratio.
fn parts(core: &str) -> Option<String> {
    if let Some((over, under)) = core.split_once('/') {
        return (all_digits(over) && all_digits(under))
            .then(|| format!("{}分之{}", cardinal(under), cardinal(over)));
    }
    let (left, right) = core.split_once(':')?;
    (is_number(left) && is_number(right)).then(|| format!("{}比{}", decimal(left), decimal(right)))
}

/// Digits that are no amount: years, decades of birth, and what begins with a zero.
fn row(core: &str, after: Option<char>) -> Option<String> {
    if !all_digits(core) {
        return None;
    }
    let is_year = after == Some('年') && core.len() == 4 && ("1001".."3000").contains(&core);
    let is_birth = matches!(after, Some('后' | '後')) && core.len() == 2 && core.ends_with(['0', '5']);
    let is_row = core.len() > 1 && core.starts_with('0');
    (is_year || is_birth || is_row).then(|| digits(core))
}

/// Numbers with what is around them, letters between them, one behind the other.
fn pieces(core: &str, before: Option<char>, after: Option<char>) -> Vec<Say> {
    let mut said: Vec<Say> = Vec::new();
    let chinese = |said: &mut Vec<Say>, text: &str| match said.last_mut() {
        Some(Say::Chinese(last)) => last.push_str(text),
        _ => said.push(Say::Chinese(text.to_owned())),
    };
    let mut rest = core;
    while let Some(next) = rest.chars().next() {
        let signed = rest.trim_start_matches(|c: char| "-+±~≈¥$€£₩₹#".contains(c));
        if signed.starts_with(|c: char| c.is_ascii_digit()) {
            let signs = &rest[..rest.len() - signed.len()];
            let end =
                signed.find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.').unwrap_or(signed.len());
            let number = signed[..end].trim_end_matches([',', '.']);
            rest = &signed[number.len()..];
            // A hyphen behind letters is no sign: GPT-4.
            let signs = if said.is_empty() { signs } else { signs.trim_start_matches('-') };
            let (text, suffix) = number_with(signs, number, rest, before, after);
            chinese(&mut said, &text);
            rest = &rest[suffix..];
            continue;
        }
        let end = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| c.is_ascii_digit() || c.is_alphanumeric() != next.is_alphanumeric())
            .map_or(rest.len(), |(end, _)| end);
        let (piece, behind) = rest.split_at(end);
        rest = behind;
        if next.is_alphabetic() {
            said.push(Say::Other(piece.to_owned()));
        } else if let Some((_, name)) = SIGNS.iter().find(|(sign, _)| *sign == piece) {
            chinese(&mut said, name);
        }
    }
    said
}

/// A number with the signs before it; and how many bytes of what follows are its unit.
fn number_with(
    signs: &str,
    number: &str,
    rest: &str,
    before: Option<char>,
    after: Option<char>,
) -> (String, usize) {
    let plain = number.replace(',', "");
    let unit = unit_of(rest);
    let suffix = match rest.chars().next() {
        Some('%' | '‰') => rest.chars().next().map_or(0, char::len_utf8),
        Some(c) if CURRENCIES.iter().any(|(sign, _)| *sign == c) => c.len_utf8(),
        _ if unit.is_some() => rest.len(),
        _ => 0,
    };
    let counted = unit.and_then(|unit| unit.chars().next()).or(after.filter(|_| suffix == rest.len()));
    let two = plain == "2" && before != Some('第') && counted.is_some_and(|c| COUNTED.contains(c));
    let mut said = String::new();
    for sign in signs.chars() {
        said.push_str(match sign {
            '-' if unit.is_some_and(|unit| unit.ends_with("氏度")) => "零下",
            '-' => "负",
            '+' => "加",
            '±' => "正负",
            '~' | '≈' => "约",
            _ => "",
        });
    }
    match rest.chars().next() {
        Some('%') => said.push_str("百分之"),
        Some('‰') => said.push_str("千分之"),
        _ => {}
    }
    let row = if suffix == 0 && rest.is_empty() { row(&plain, after) } else { None };
    said.push_str(&match row {
        Some(row) => row,
        None if two => "两".to_owned(),
        None => decimal(&plain),
    });
    match rest.chars().next() {
        Some(sign) if suffix > 0 && unit.is_none() => {
            said.push_str(CURRENCIES.iter().find(|(other, _)| *other == sign).map_or("", |(_, name)| name));
        }
        _ => said.push_str(unit.unwrap_or_default()),
    }
    (said, suffix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;
    use crate::text::terms::Terms;
    use crate::voices;

    fn said(text: &str) -> String {
        let voice = voices::find("zf_xiaoxiao").unwrap();
        let script = text::read(text, voice, &Terms::default());
        let mut said = String::new();
        for piece in script.pieces {
            if let text::Piece::Word(word) = piece {
                let joins =
                    word.text.starts_with(is_han) && said.ends_with(|c| is_han(c) || ",.?!:;".contains(c));
                if !said.is_empty() && !joins {
                    said.push(' ');
                }
                said.push_str(&word.text);
                said.extend(word.mark);
            }
        }
        said
    }

    #[test]
    fn numbers_are_read_by_what_they_are() {
        for (text, expected) in [
            ("2024年3月15日", "二零二四年三月十五日"),
            ("2024-03-15", "二零二四年三月十五日"),
            ("二〇二四年", "二零二四年"),
            ("下午3:30开会。", "下午三点三十分开会."),
            ("2:05到9:00-18:00", "两点零五分到九点到十八点"),
            ("3：20", "三点二十分"),
            ("价格是¥199.5，", "价格是一百九十九点五元,"),
            ("￥3万", "三万元"),
            ("约¥3万左右", "约三万元左右"),
            ("¥3百萬元", "三百萬元"),
            ("花了200元", "花了两百元"),
            ("$5和€10", "五美元和十欧元"),
            ("增长25.6%", "增长百分之二十五点六"),
            ("１０％～２０％", "百分之十到百分之二十"),
            ("10-20人", "十到二十人"),
            ("2019-2023年", "二零一九到二零二三年"),
            ("手机13800138000", "手机幺三八零零幺三八零零零"),
            ("010-12345678", "零幺零幺二三四五六七八"),
            ("请拨打110", "请拨打幺幺零"),
            ("第3名，第2次", "第三名,第二次"),
            ("2个苹果、2月、12个", "两个苹果,二月,十二个"),
            ("1,234,567人", "一百二十三万四千五百六十七人"),
            ("跑了5km", "跑了五公里"),
            ("跑了 5 km。", "跑了五公里."),
            ("-10℃", "零下十摄氏度"),
            ("气温-3度", "气温负三度"),
            ("60km/h", "六十公里每小时"),
            ("3/4的人", "四分之三的人"),
            ("比分3:2", "比分三比二"),
            ("90后和00后", "九零后和零零后"),
            ("版本3.2.1", "版本三点二点一"),
            ("100+", "一百加"),
            ("A & B", "A 和 B"),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
    }

    #[test]
    fn words_in_other_letters_go_to_the_reader_of_english() {
        for (text, expected) in [
            ("我用iPhone15手机", "我用 iPhone 十五手机"),
            ("GPT-4很好", "GPT 四很好"),
            ("看example.com。", "看 example dot com."),
            ("说Привет", "说 Привет"),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
    }
}
