//! Counted things: money, percentages, measures, ranges, telephone numbers.

use super::numbers::{Decimal, Words, digits};
use super::reader::Say;
use super::units::{self, Currency, Unit};
use crate::voices::Accent;

/// Words for `Say`.
pub(crate) fn say(words: Words) -> Vec<Say> {
    words.into_iter().map(Say::fixed).collect()
}

fn counted(unit: Unit, number: &Decimal) -> &'static str {
    if number.is_one() { unit.0 } else { unit.1 }
}

/// Money. The second value is the unit when it is still to be said, behind the magnitude that follows (`$1.2 million`).
pub(crate) fn money(
    core: &str,
    magnitude_follows: bool,
    accent: Accent,
) -> Option<(Vec<Say>, Option<&'static str>)> {
    let (negative, core) = match core.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, core),
    };
    let (currency, amount) = units::leading_currency(core).or_else(|| units::trailing_currency(core))?;
    let (amount, approximately_more) =
        amount.strip_suffix('+').map_or((amount, false), |amount| (amount, true));
    let mut words = Vec::new();
    if negative {
        words.push("minus");
    }
    if let Some((low, high)) = amount.split_once(['-', '–']) {
        let high = units::leading_currency(high).map_or(high, |(_, rest)| rest);
        let (low, high) = (Decimal::parse(low)?, magnified(high)?);
        words.extend(low.words(accent));
        words.push("to");
        words.extend(high.0.words(accent));
        words.extend(high.1);
        if magnitude_follows {
            return Some((say(words), Some(currency.unit.1)));
        }
        words.push(currency.unit.1);
        return Some((say(words), None));
    }
    let (number, magnitude) = magnified(amount)?;
    if magnitude_follows && magnitude.is_none() {
        words.extend(number.words(accent));
        return Some((say(words), Some(currency.unit.1)));
    }
    words.extend(sum(&number, magnitude, &currency, accent));
    if approximately_more {
        words.push("plus");
    }
    Some((say(words), None))
}

/// A number and the magnitude stuck to it: 5k, 1.2M, 3bn.
fn magnified(text: &str) -> Option<(Decimal, Option<&'static str>)> {
    let end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let (number, suffix) = text.split_at(end);
    let magnitude = if suffix.is_empty() { None } else { Some(units::magnitude(suffix)?) };
    Some((Decimal::parse(number)?, magnitude))
}

fn sum(number: &Decimal, magnitude: Option<&'static str>, currency: &Currency, accent: Accent) -> Words {
    let mut words = Words::new();
    if let Some(magnitude) = magnitude {
        words.extend(number.words(accent));
        words.extend([magnitude, currency.unit.1]);
        return words;
    }
    match currency.hundredth {
        Some(hundredth) if number.fraction.len() == 2 => {
            let whole = Decimal { fraction: String::new(), ..number.clone() };
            let cents = Decimal::parse(number.fraction.trim_start_matches('0'))
                .filter(|cents| !cents.whole.is_empty());
            let has_whole = whole.whole.chars().any(|digit| digit != '0');
            if has_whole || cents.is_none() {
                words.extend(whole.words(accent));
                words.push(counted(currency.unit, &whole));
            }
            if let Some(cents) = cents {
                if has_whole {
                    words.push("and");
                }
                words.extend(cents.words(accent));
                words.push(counted(hundredth, &cents));
            }
        }
        _ => {
            words.extend(number.words(accent));
            words.push(counted(currency.unit, number));
        }
    }
    words
}

/// A number with a unit written against it: 5km, 20°C, 15%, 10k, 3x. Also `+5%` and `~20`.
pub(crate) fn measure(core: &str, accent: Accent) -> Option<Vec<Say>> {
    let (approximately, core) = match core.strip_prefix('~') {
        Some(rest) => (true, rest),
        None => (false, core),
    };
    let end = core.rfind(|c: char| c.is_ascii_digit())? + 1;
    // m2 and km2 end in a digit of their own.
    let letters = core.find(|c: char| c.is_alphabetic()).unwrap_or(end);
    let (number, suffix) = core.split_at(letters.min(end));
    let mut words = Words::new();
    if approximately {
        words.push("about");
    }
    let (low, high) = range(number)?;
    words.extend(low.words(accent));
    if core.starts_with('+') {
        words.insert(usize::from(approximately), "plus");
    }
    if let Some(high) = &high {
        words.push("to");
        words.extend(high.words(accent));
    }
    let last = high.as_ref().unwrap_or(&low);
    match suffix {
        "" if approximately || core.starts_with('+') || high.is_some() => {}
        "" => return None,
        "+" => words.push("plus"),
        suffix => {
            if let Some(unit) = units::unit(suffix) {
                words.push(counted(unit, last));
            } else {
                words.push(units::magnitude(suffix)?);
            }
        }
    }
    Some(say(words))
}

/// One number, or two with a dash between them.
fn range(text: &str) -> Option<(Decimal, Option<Decimal>)> {
    if let Some(number) = Decimal::parse(text) {
        return Some((number, None));
    }
    let dash = text.char_indices().skip(1).find(|(_, c)| matches!(c, '-' | '–' | '‑'))?;
    let (low, high) = (&text[..dash.0], &text[dash.0 + dash.1.len_utf8()..]);
    Some((Decimal::parse(low)?, Some(Decimal::parse(high)?)))
}

/// A telephone number or the like: groups of digits with signs between them, seven digits or more. Read digit by
/// digit, with a short pause behind each group.
pub(crate) fn telephone(core: &str) -> Option<Vec<Say>> {
    let body = core.strip_prefix('+').unwrap_or(core);
    let groups: Vec<&str> =
        body.split(['-', '.', '(', ')', '/', '‑', '–']).filter(|group| !group.is_empty()).collect();
    let count = groups.iter().map(|group| group.len()).sum::<usize>();
    let all_digits = groups.iter().all(|group| group.chars().all(|c| c.is_ascii_digit()));
    let international = core.starts_with('+') && count >= 7;
    if !all_digits || !((groups.len() > 1 && (7..=16).contains(&count)) || international) {
        return None;
    }
    // 2000-2010 is a pair of years, 10000-20000 a range.
    if groups.len() == 2
        && !core.starts_with(['+', '('])
        && groups[0].len() > 3
        && groups[0].len() <= groups[1].len()
    {
        return None;
    }
    let mut out = Vec::new();
    if core.starts_with('+') {
        out.push(Say::fixed("plus"));
    }
    for group in groups {
        out.extend(say(digits(group)));
        out.push(Say::Comma);
    }
    out.pop();
    Some(out)
}
