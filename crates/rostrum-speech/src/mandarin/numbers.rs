//! Numbers as Chinese reads them.

/// Digits.
const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
/// Powers of ten inside of a group of four, and the groups.
const PLACES: [&str; 4] = ["", "十", "百", "千"];
const GROUPS: [&str; 4] = ["", "万", "亿", "万亿"];
/// Longer numbers are read digit by digit.
pub(super) const MOST_DIGITS: usize = 16;

/// Each digit by itself, as in years.
pub(super) fn digits(number: &str) -> String {
    number.bytes().filter_map(|digit| DIGITS.get(usize::from(digit.wrapping_sub(b'0')))).copied().collect()
}

/// Each digit by itself with the clearer word for one, as in telephone numbers.
pub(super) fn telephone(number: &str) -> String {
    digits(number).replace('一', "幺")
}

/// A whole number of digits.
pub(super) fn cardinal(number: &str) -> String {
    let number = number.trim_start_matches('0');
    if number.is_empty() {
        return "零".to_owned();
    }
    if number.len() > MOST_DIGITS {
        return digits(number);
    }
    let values: Vec<usize> = number.bytes().map(|digit| usize::from(digit - b'0')).collect();
    let mut said = String::new();
    let mut owes_zero = false;
    for (group, start) in groups(values.len()) {
        let end = values.len() - group * 4;
        let four = &values[start..end];
        if four.iter().all(|digit| *digit == 0) {
            owes_zero = true;
            continue;
        }
        for (offset, digit) in four.iter().enumerate() {
            let place = four.len() - 1 - offset;
            if *digit == 0 {
                owes_zero |= !said.is_empty();
                continue;
            }
            if std::mem::take(&mut owes_zero) {
                said.push_str(DIGITS[0]);
            }
            let leads = said.is_empty();
            match (digit, place) {
                // 十二, but 二十二 and 一百一十二.
                (1, 1) if leads => {}
                (2, 2 | 3) if leads => said.push('两'),
                (2, 0) if group > 0 && four.len() == 1 && leads => said.push('两'),
                _ => said.push_str(DIGITS[*digit]),
            }
            said.push_str(PLACES[place]);
        }
        said.push_str(GROUPS[group]);
        // A group that ends in zeros owes none to the next, unless that begins with one.
        owes_zero = false;
    }
    said
}

/// The groups of four digits, from the front: which it is from the back, and where it begins.
fn groups(length: usize) -> impl Iterator<Item = (usize, usize)> {
    let count = length.div_ceil(4);
    (0..count).rev().map(move |group| (group, length.saturating_sub((group + 1) * 4)))
}

/// A number with a decimal point, or several of them as versions have.
pub(super) fn decimal(number: &str) -> String {
    let mut parts = number.split('.');
    let mut said = cardinal(parts.next().unwrap_or_default());
    for part in parts {
        said.push('点');
        said.push_str(&digits(part));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_in_groups_of_four() {
        for (number, said) in [
            ("0", "零"),
            ("007", "七"),
            ("10", "十"),
            ("12", "十二"),
            ("20", "二十"),
            ("105", "一百零五"),
            ("110", "一百一十"),
            ("200", "两百"),
            ("1001", "一千零一"),
            ("1010", "一千零一十"),
            ("2024", "两千零二十四"),
            ("2200", "两千二百"),
            ("10000", "一万"),
            ("10005", "一万零五"),
            ("12345", "一万二千三百四十五"),
            ("20000", "两万"),
            ("100000", "十万"),
            ("120000", "十二万"),
            ("1234567", "一百二十三万四千五百六十七"),
            ("100000000", "一亿"),
            ("100000001", "一亿零一"),
            ("200010000", "两亿零一万"),
            ("1000000000000", "一万亿"),
        ] {
            assert_eq!(cardinal(number), said, "{number}");
        }
        assert_eq!(cardinal(&"7".repeat(17)).chars().count(), 17);
    }

    #[test]
    fn digits_are_read_one_by_one_where_they_are_no_amount() {
        assert_eq!(digits("2008"), "二零零八");
        assert_eq!(telephone("13800138000"), "幺三八零零幺三八零零零");
        assert_eq!(decimal("3.14"), "三点一四");
        assert_eq!(decimal("0.5"), "零点五");
        assert_eq!(decimal("3.2.1"), "三点二点一");
    }
}
