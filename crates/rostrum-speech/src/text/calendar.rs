//! Dates and times of day.

use super::numbers::{self, Words, cardinal, ordinal, year};
use crate::voices::Accent;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A date written with digits only: 2025-03-14, 3/14/2025, 14.03.2025. In slashed dates Americans write the month
/// first; where that is impossible the other order is taken.
pub(crate) fn date(text: &str, accent: Accent) -> Option<Words> {
    let separator = ['-', '/', '.'].into_iter().find(|c| text.matches(*c).count() == 2)?;
    let parts: Vec<u64> = text
        .split(separator)
        .map(|part| {
            if part.chars().all(|c| c.is_ascii_digit()) && part.len() <= 4 { part.parse().ok() } else { None }
        })
        .collect::<Option<_>>()?;
    let [first, second, third] = parts[..] else { return None };
    let lengths: Vec<usize> = text.split(separator).map(str::len).collect();
    let (year_number, month, day) = if lengths[0] == 4 {
        (first, second, third)
    } else if lengths[2] == 4 || (lengths[2] == 2 && separator == '/') {
        let full_year = if lengths[2] == 4 { third } else { 2000 + third };
        let month_first = (separator == '/' && accent == Accent::American && first <= 12) || second > 12;
        if month_first { (full_year, first, second) } else { (full_year, second, first) }
    } else {
        return None;
    };
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(1000..3000).contains(&year_number) {
        return None;
    }
    let month = MONTHS[month as usize - 1];
    let mut words = match accent {
        Accent::American => [vec![month], ordinal(day, accent)].concat(),
        Accent::British => [vec!["the"], ordinal(day, accent), vec!["of", month]].concat(),
    };
    words.extend(year(year_number, accent));
    Some(words)
}

/// A time of day: 4:30, 16:05, 9:00. `half_named` tells that am or pm follows, so no "o'clock" is said.
pub(crate) fn time(text: &str, half_named: bool, accent: Accent) -> Option<Words> {
    let mut parts = text.split(':');
    let (hour_text, minute_text, second_text) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() || !(1..=2).contains(&hour_text.len()) || minute_text.len() != 2 {
        return None;
    }
    let two_digits =
        |part: &str| part.chars().all(|c| c.is_ascii_digit()).then(|| part.parse::<u64>().ok()).flatten();
    let (hour, minute) = (two_digits(hour_text)?, two_digits(minute_text)?);
    if hour > 24 || minute > 59 {
        return None;
    }
    let mut words = cardinal(hour, accent);
    match minute {
        0 if second_text.is_none() && half_named => {}
        0 if second_text.is_none() && (1..=12).contains(&hour) => words.push("o'clock"),
        0 if second_text.is_none() => words.push("hundred"),
        0..10 => {
            words.push("oh");
            words.extend(cardinal(minute, accent));
        }
        _ => words.extend(cardinal(minute, accent)),
    }
    if let Some(second_text) = second_text {
        let second = two_digits(second_text).filter(|second| *second < 60)?;
        words.push("and");
        words.extend(cardinal(second, accent));
        words.push(if second == 1 { "second" } else { "seconds" });
    }
    Some(words)
}

/// Whether the text is the second half of a time: am, p.m. and so on.
pub(crate) fn half_of_day(text: &str) -> Option<&'static str> {
    match text.to_ascii_lowercase().as_str() {
        "am" | "a.m" => Some("AM"),
        "pm" | "p.m" => Some("PM"),
        _ => None,
    }
}

/// A decade: 1990s, 80s.
pub(crate) fn decade(text: &str, accent: Accent) -> Option<Words> {
    let number = text.strip_suffix('s').or_else(|| text.strip_suffix("'s"))?;
    if !matches!(number.len(), 2 | 4) || !number.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    numbers::decade(number.parse().ok()?, accent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_follow_the_order_of_the_accent() {
        for (text, american, british) in [
            (
                "2025-03-14",
                "March fourteenth twenty twenty five",
                "the fourteenth of March twenty twenty five",
            ),
            ("3/4/2025", "March fourth twenty twenty five", "the third of April twenty twenty five"),
            (
                "14/3/1998",
                "March fourteenth nineteen ninety eight",
                "the fourteenth of March nineteen ninety eight",
            ),
            (
                "14.03.2005",
                "March fourteenth two thousand five",
                "the fourteenth of March two thousand and five",
            ),
        ] {
            assert_eq!(date(text, Accent::American).unwrap().join(" "), american);
            assert_eq!(date(text, Accent::British).unwrap().join(" "), british);
        }
        for text in ["2025-13-01", "1.2.3", "31/31/2025", "a-b-c", "--", "1/2"] {
            assert_eq!(date(text, Accent::American), None, "{text}");
        }
    }

    #[test]
    fn times_are_read_as_spoken() {
        for (text, half_named, words) in [
            ("4:30", true, "four thirty"),
            ("9:00", false, "nine o'clock"),
            ("9:00", true, "nine"),
            ("16:05", false, "sixteen oh five"),
            ("18:00", false, "eighteen hundred"),
            ("1:02:03", false, "one oh two and three seconds"),
        ] {
            assert_eq!(time(text, half_named, Accent::American).unwrap().join(" "), words);
        }
        for text in ["25:00", "4:60", "4:3", "a:bc", ":", "1:00:61", "1:2:3:4"] {
            assert_eq!(time(text, false, Accent::American), None, "{text}");
        }
    }
}
