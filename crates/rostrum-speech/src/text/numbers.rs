//! Numbers as words, in American and British reading.

use crate::voices::Accent;

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
/// Names of the powers of a thousand, from the first on.
const SCALES: [&str; 6] = ["thousand", "million", "billion", "trillion", "quadrillion", "quintillion"];

/// Words of a reading, in order.
pub(crate) type Words = Vec<&'static str>;

/// `342` as three hundred (and) forty two.
pub(crate) fn cardinal(number: u64, accent: Accent) -> Words {
    if number == 0 {
        return vec!["zero"];
    }
    let mut groups = Vec::new();
    let mut rest = number;
    while rest > 0 {
        groups.push(rest % 1000);
        rest /= 1000;
    }
    let mut words = Vec::new();
    for (power, group) in groups.iter().enumerate().rev() {
        if *group == 0 {
            continue;
        }
        // "two thousand and five" in British reading
        if power == 0 && *group < 100 && !words.is_empty() && accent == Accent::British {
            words.push("and");
        }
        below_thousand(*group, accent, &mut words);
        if power > 0 {
            words.push(SCALES[power - 1]);
        }
    }
    words
}

fn below_thousand(number: u64, accent: Accent, words: &mut Words) {
    let (hundreds, rest) = ((number / 100) as usize, (number % 100) as usize);
    if hundreds > 0 {
        words.extend([ONES[hundreds], "hundred"]);
        if rest > 0 && accent == Accent::British {
            words.push("and");
        }
    }
    below_hundred(rest, words);
}

fn below_hundred(number: usize, words: &mut Words) {
    match number {
        0 => {}
        1..20 => words.push(ONES[number]),
        _ => {
            words.push(TENS[number / 10]);
            if !number.is_multiple_of(10) {
                words.push(ONES[number % 10]);
            }
        }
    }
}

/// `14` as fourteenth, `342` as three hundred (and) forty second.
pub(crate) fn ordinal(number: u64, accent: Accent) -> Words {
    let mut words = cardinal(number, accent);
    if let Some(last) = words.last_mut() {
        *last = ordinal_of(last);
    }
    words
}

fn ordinal_of(cardinal: &'static str) -> &'static str {
    const ORDINALS: [(&str, &str); 36] = [
        ("zero", "zeroth"),
        ("one", "first"),
        ("two", "second"),
        ("three", "third"),
        ("four", "fourth"),
        ("five", "fifth"),
        ("six", "sixth"),
        ("seven", "seventh"),
        ("eight", "eighth"),
        ("nine", "ninth"),
        ("ten", "tenth"),
        ("eleven", "eleventh"),
        ("twelve", "twelfth"),
        ("thirteen", "thirteenth"),
        ("fourteen", "fourteenth"),
        ("fifteen", "fifteenth"),
        ("sixteen", "sixteenth"),
        ("seventeen", "seventeenth"),
        ("eighteen", "eighteenth"),
        ("nineteen", "nineteenth"),
        ("twenty", "twentieth"),
        ("thirty", "thirtieth"),
        ("forty", "fortieth"),
        ("fifty", "fiftieth"),
        ("sixty", "sixtieth"),
        ("seventy", "seventieth"),
        ("eighty", "eightieth"),
        ("ninety", "ninetieth"),
        ("hundred", "hundredth"),
        ("thousand", "thousandth"),
        ("million", "millionth"),
        ("billion", "billionth"),
        ("trillion", "trillionth"),
        ("quadrillion", "quadrillionth"),
        ("quintillion", "quintillionth"),
        ("half", "half"),
    ];
    ORDINALS.iter().find(|(from, _)| *from == cardinal).map_or(cardinal, |(_, to)| to)
}

/// Each digit by its name.
pub(crate) fn digits(text: &str) -> Words {
    text.chars().filter_map(|digit| digit.to_digit(10)).map(|digit| ONES[digit as usize]).collect()
}

/// A year as it is said: nineteen ninety eight, two thousand five, twenty twenty five, nineteen oh four.
pub(crate) fn year(number: u64, accent: Accent) -> Words {
    let (century, rest) = ((number / 100) as usize, (number % 100) as usize);
    if !(1010..2100).contains(&number) || (2000..2010).contains(&number) {
        return cardinal(number, accent);
    }
    let mut words = Vec::new();
    below_hundred(century, &mut words);
    match rest {
        0 => words.push("hundred"),
        1..10 => words.extend(["oh", ONES[rest]]),
        _ => below_hundred(rest, &mut words),
    }
    words
}

/// The years of a decade: 1990 as nineteen nineties; `None` unless the number is a multiple of ten.
pub(crate) fn decade(number: u64, accent: Accent) -> Option<Words> {
    const PLURALS: [(&str, &str); 9] = [
        ("ten", "tens"),
        ("twenty", "twenties"),
        ("thirty", "thirties"),
        ("forty", "forties"),
        ("fifty", "fifties"),
        ("sixty", "sixties"),
        ("seventy", "seventies"),
        ("eighty", "eighties"),
        ("ninety", "nineties"),
    ];
    if !number.is_multiple_of(10) || number == 0 {
        return None;
    }
    let mut words = if number < 100 { cardinal(number, accent) } else { year(number, accent) };
    let last = words.last_mut()?;
    *last = match *last {
        "hundred" => "hundreds",
        "thousand" => "thousands",
        other => PLURALS.iter().find(|(from, _)| *from == other)?.1,
    };
    Some(words)
}

/// A number as written with digits: optional sign, thousands separated by commas, decimals after a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decimal {
    pub(crate) negative: bool,
    /// Digits before the point, without commas.
    pub(crate) whole: String,
    /// Digits after the point; empty when there is none.
    pub(crate) fraction: String,
    /// Whether commas separated the thousands: such a number is never a year.
    pub(crate) grouped: bool,
}

/// More digits than this are read one by one.
const MOST_COUNTED_DIGITS: usize = 15;

impl Decimal {
    /// Reads the whole text, or nothing.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix(['-', '−', '+']) {
            Some(rest) => (!text.starts_with('+'), rest),
            None => (false, text),
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let has_point = text.contains('.');
        let all_digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());
        if (has_point && fraction.is_empty()) || !all_digits(fraction) || (whole.is_empty() && !has_point) {
            return None;
        }
        let grouped = whole.contains(',');
        if grouped {
            let mut groups = whole.split(',');
            let first = groups.next()?;
            if !(1..=3).contains(&first.len()) || !all_digits(first) {
                return None;
            }
            // Western thousands; Indian grouping (12,34,567) has pairs before the last three.
            let rest: Vec<&str> = groups.collect();
            let last_is_three = rest.last().is_some_and(|group| group.len() == 3);
            if !last_is_three || !rest.iter().all(|group| all_digits(group) && matches!(group.len(), 2 | 3)) {
                return None;
            }
        } else if !all_digits(whole) {
            return None;
        }
        Some(Self { negative, whole: whole.replace(',', ""), fraction: fraction.to_owned(), grouped })
    }

    /// The number, when it has no decimals and can be counted.
    pub(crate) fn integer(&self) -> Option<u64> {
        (self.fraction.is_empty() && !self.is_code()).then(|| self.whole.parse().ok()).flatten()
    }

    /// Whether the thing counted stands in the singular.
    pub(crate) fn is_one(&self) -> bool {
        self.fraction.is_empty() && self.whole == "1"
    }

    /// Leading zeros or very many digits: a code, read digit by digit.
    fn is_code(&self) -> bool {
        self.whole.len() > MOST_COUNTED_DIGITS
            || (self.whole.len() > 1 && self.whole.starts_with('0') && self.fraction.is_empty())
    }

    /// Counted: minus twelve point five.
    pub(crate) fn words(&self, accent: Accent) -> Words {
        let mut words = Vec::new();
        if self.negative {
            words.push("minus");
        }
        if self.is_code() {
            words.extend(digits(&self.whole));
        } else {
            words.extend(cardinal(self.whole.parse().unwrap_or(0), accent));
        }
        if !self.fraction.is_empty() {
            words.push("point");
            words.extend(digits(&self.fraction));
        }
        words
    }
}

/// A fraction such as 3/4 as three quarters; `None` where no such name is usual.
pub(crate) fn fraction(over: u64, under: u64, accent: Accent) -> Option<Words> {
    let plural = over != 1;
    let mut words = cardinal(over, accent);
    words.push(match (under, plural) {
        (2, false) => "half",
        (2, true) => "halves",
        (3, false) => "third",
        (3, true) => "thirds",
        (4, false) => "quarter",
        (4, true) => "quarters",
        (5, false) => "fifth",
        (5, true) => "fifths",
        (6, false) => "sixth",
        (6, true) => "sixths",
        (7, false) => "seventh",
        (7, true) => "sevenths",
        (8, false) => "eighth",
        (8, true) => "eighths",
        (9, false) => "ninth",
        (9, true) => "ninths",
        (10, false) => "tenth",
        (10, true) => "tenths",
        _ => return None,
    });
    (over < under * 10).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn us(words: &[&str]) -> String {
        words.join(" ")
    }

    #[test]
    fn numbers_are_counted_in_both_readings() {
        for (number, american, british) in [
            (0, "zero", "zero"),
            (13, "thirteen", "thirteen"),
            (42, "forty two", "forty two"),
            (100, "one hundred", "one hundred"),
            (342, "three hundred forty two", "three hundred and forty two"),
            (2005, "two thousand five", "two thousand and five"),
            (1_000_000, "one million", "one million"),
            (
                1_234_567,
                "one million two hundred thirty four thousand five hundred sixty seven",
                "one million two hundred and thirty four thousand five hundred and sixty seven",
            ),
        ] {
            assert_eq!(us(&cardinal(number, Accent::American)), american);
            assert_eq!(us(&cardinal(number, Accent::British)), british);
        }
        assert!(us(&cardinal(u64::MAX, Accent::American)).starts_with("eighteen quintillion"));
    }

    #[test]
    fn years_are_read_in_pairs() {
        for (number, words) in [
            (1998, "nineteen ninety eight"),
            (1904, "nineteen oh four"),
            (1900, "nineteen hundred"),
            (2000, "two thousand"),
            (2005, "two thousand five"),
            (2025, "twenty twenty five"),
            (1066, "ten sixty six"),
        ] {
            assert_eq!(us(&year(number, Accent::American)), words);
        }
    }

    #[test]
    fn ordinals_and_decades_change_the_last_word() {
        assert_eq!(us(&ordinal(14, Accent::American)), "fourteenth");
        assert_eq!(us(&ordinal(21, Accent::American)), "twenty first");
        assert_eq!(us(&ordinal(100, Accent::American)), "one hundredth");
        assert_eq!(us(&decade(1990, Accent::American).unwrap()), "nineteen nineties");
        assert_eq!(us(&decade(80, Accent::American).unwrap()), "eighties");
        assert!(decade(1995, Accent::American).is_none());
    }

    #[test]
    fn decimals_are_parsed_strictly() {
        for good in ["1", "1,234", "12,34,567", "3.14", ".5", "-7", "0.05", "007"] {
            assert!(Decimal::parse(good).is_some(), "{good}");
        }
        for bad in ["", ".", "1.", "1,2", "1,23", "1.2.3", "a", "1e5", "--1", ",123"] {
            assert!(Decimal::parse(bad).is_none(), "{bad}");
        }
        assert_eq!(
            us(&Decimal::parse("-12.50").unwrap().words(Accent::American)),
            "minus twelve point five zero"
        );
        assert_eq!(us(&Decimal::parse("007").unwrap().words(Accent::American)), "zero zero seven");
    }
}
