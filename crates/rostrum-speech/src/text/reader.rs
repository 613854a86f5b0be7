//! The order in which readings are tried, and what the neighbours of a word decide.

use super::abbreviations::{self, Abbreviation};
use super::amounts::{self, say};
use super::letters::{is_silent, plain_latin, symbol_name};
use super::numbers::{self, Decimal, cardinal, digits, fraction, ordinal, year};
use super::tokens::Token;
use super::{How, Spoken, calendar, units, web};
use crate::espeak::is_foreign_letter;
use crate::voices::Accent;

/// Something to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Say {
    /// A word.
    Word(String),
    /// Letters one by one.
    Letters(String),
    /// Signs of no known reading.
    Foreign(String),
    /// A short pause.
    Comma,
}

impl Say {
    /// A word of our own.
    pub(crate) fn fixed(word: &'static str) -> Self {
        Self::Word(word.to_owned())
    }
}

/// Reads tokens into spoken words.
pub(crate) fn read(tokens: &[Token], accent: Accent) -> Vec<Spoken> {
    let mut reader = Reader { tokens, accent, out: Vec::new(), owed_unit: None, in_telephone: false };
    for position in 0..tokens.len() {
        reader.token(position);
    }
    reader.out
}

struct Reader<'a> {
    tokens: &'a [Token],
    accent: Accent,
    out: Vec<Spoken>,
    /// The currency to be said behind the magnitude that comes next.
    owed_unit: Option<&'static str>,
    /// Whether the tokens before this one were groups of a telephone number.
    in_telephone: bool,
}

impl Reader<'_> {
    fn core(&self, position: usize) -> &str {
        self.tokens.get(position).map_or("", |token| token.core.as_str())
    }

    /// The core before, unless a pause lies between.
    fn before(&self, position: usize) -> &str {
        match position.checked_sub(1).map(|before| &self.tokens[before]) {
            Some(token) if token.mark.is_none() || token.period => &token.core,
            _ => "",
        }
    }

    fn token(&mut self, position: usize) {
        let token = &self.tokens[position];
        let mut mark = token.mark;
        let says = match self.abbreviation(position) {
            Some((says, ends_sentence)) => {
                if !ends_sentence && mark == Some('.') {
                    mark = None;
                }
                says
            }
            None => self.reading(position),
        };
        let says = if says.is_empty() && token.core.chars().any(char::is_alphanumeric) {
            vec![Say::Foreign(token.core.clone())]
        } else {
            says
        };
        for item in says {
            let (text, how) = match item {
                Say::Word(text) => (text, How::Word),
                Say::Letters(text) => (text, How::Letters),
                Say::Foreign(text) => (text, How::Foreign),
                Say::Comma => {
                    if let Some(last) = self.out.last_mut() {
                        last.mark.get_or_insert(',');
                    }
                    continue;
                }
            };
            // A reading may hold several words.
            for word in text.split(' ').filter(|word| !word.is_empty()) {
                let how = if how == How::Word && word.len() == 1 && !matches!(word, "a" | "A" | "I") {
                    How::Letters
                } else {
                    how
                };
                self.out.push(Spoken { text: word.to_owned(), how, written: token.written, mark: None });
            }
        }
        if mark.is_some()
            && let Some(last) = self.out.last_mut()
        {
            last.mark = mark;
        }
    }

    /// Abbreviations written with a period, and whether that period also ends the sentence.
    fn abbreviation(&self, position: usize) -> Option<(Vec<Say>, bool)> {
        let token = &self.tokens[position];
        let next = self.tokens.get(position + 1);
        let sentence_may_end = next.is_none_or(|next| next.core.starts_with(char::is_uppercase));
        let after_number =
            Decimal::parse(self.before(position)).is_some() || self.before(position).contains(':');
        if (after_number || token.core.contains('.'))
            && let Some(half) = calendar::half_of_day(&token.core)
        {
            return Some((vec![Say::Letters(half.into())], sentence_may_end));
        }
        if let Some(letters) = initials(&token.core) {
            return Some((vec![Say::Letters(letters)], sentence_may_end && token.core.len() > 1));
        }
        if !token.period {
            return None;
        }
        if let Some(unit) = self.unit_after_number(position) {
            return Some((unit, sentence_may_end));
        }
        let core = token.core.as_str();
        let capital_follows = next.is_some_and(|next| next.core.starts_with(char::is_uppercase));
        match core {
            "St" => {
                let words = if capital_follows && !self.before(position).starts_with(char::is_uppercase) {
                    "Saint"
                } else {
                    "Street"
                };
                return Some((say(vec![words]), words == "Street" && sentence_may_end));
            }
            "Dr" if !capital_follows && self.before(position).starts_with(char::is_uppercase) => {
                return Some((say(vec!["Drive"]), true));
            }
            "No" | "no" | "Nr"
                if next.is_some_and(|next| next.core.starts_with(|c: char| c.is_ascii_digit())) =>
            {
                return Some((say(vec!["number"]), false));
            }
            _ => {}
        }
        if let Some(month) = abbreviations::month(core).filter(|_| core.len() < 5 && core != "may") {
            let dated = next.is_some_and(|next| next.core.starts_with(|c: char| c.is_ascii_digit()));
            if dated || !matches!(core, "mar" | "jan" | "sep" | "dec" | "jun" | "Mar") {
                return Some((say(vec![month]), !dated && sentence_may_end));
            }
        }
        if core.len() == 1 && core.chars().all(|c| c.is_ascii_uppercase()) && capital_follows && core != "I" {
            // the J of J. Smith
            return Some((vec![Say::Letters(core.to_owned())], false));
        }
        match abbreviations::with_period(core)? {
            found @ Abbreviation::Before(_) => Some((say(vec![found.words()]), false)),
            found @ Abbreviation::Anywhere(_) => Some((say(vec![found.words()]), sentence_may_end)),
        }
    }

    fn reading(&mut self, position: usize) -> Vec<Say> {
        let core = self.core(position).to_owned();
        let core = core.as_str();
        if let Some(says) = self.continued(position, core) {
            return says;
        }
        if web::is_address(core) {
            return address(core, self.accent);
        }
        if let Some(words) = abbreviations::without_period(core) {
            return vec![Say::fixed(words)];
        }
        let follows = self.core(position + 1);
        let magnitude_follows = follows.len() > 2 && units::magnitude(follows).is_some();
        if let Some((says, owed)) = amounts::money(core, magnitude_follows, self.accent) {
            self.owed_unit = owed;
            return says;
        }
        if core.contains(char::is_numeric)
            && let Some(says) = self.numeric(position, core)
        {
            return says;
        }
        if let Some(says) = roman(core, self.before(position), self.accent) {
            return says;
        }
        word(core, self.accent)
    }

    /// Words whose reading hangs on the one before: magnitudes of money, units, groups of a telephone number.
    fn continued(&mut self, position: usize, core: &str) -> Option<Vec<Say>> {
        if let Some(unit) = self.owed_unit.take() {
            return Some(vec![Say::fixed(units::magnitude(core)?), Say::fixed(unit)]);
        }
        let before = self.before(position);
        let all_digits = !core.is_empty() && core.chars().all(|c| c.is_ascii_digit() || c == '-');
        let starts_telephone =
            before.starts_with('+') && before.len() > 1 && before[1..].chars().all(|c| c.is_ascii_digit());
        let in_brackets =
            before.len() == 3 && before.chars().all(|c| c.is_ascii_digit()) && core.contains('-');
        if all_digits
            && core.len() >= 2
            && (self.in_telephone || starts_telephone || (in_brackets && core.len() == 8))
        {
            self.in_telephone = true;
            let mut says = vec![Say::Comma];
            for group in core.split('-') {
                says.extend(say(digits(group)));
                says.push(Say::Comma);
            }
            says.pop();
            return Some(says);
        }
        self.in_telephone = false;
        self.unit_after_number(position)
    }

    /// A unit standing behind its number: 2.5 kg.
    fn unit_after_number(&self, position: usize) -> Option<Vec<Say>> {
        let core = self.core(position);
        let number = Decimal::parse(self.before(position))?;
        if units::is_unit_only_when_joined(core) || self.tokens[position - 1].mark.is_some() {
            return None;
        }
        let unit = units::unit(core)?;
        Some(vec![Say::fixed(if number.is_one() { unit.0 } else { unit.1 })])
    }

    fn numeric(&self, position: usize, core: &str) -> Option<Vec<Say>> {
        let accent = self.accent;
        if core == "24/7" {
            return Some(say(vec!["twenty", "four", "seven"]));
        }
        if let Some(mixed) = vulgar_fraction(core, accent) {
            return Some(mixed);
        }
        if let Some(telephone) = amounts::telephone(core).filter(|_| calendar::date(core, accent).is_none()) {
            return Some(telephone);
        }
        if let Some(rest) = core.strip_prefix('#')
            && let Some(number) = Decimal::parse(rest)
        {
            return Some([vec![Say::fixed("number")], say(number.words(accent))].concat());
        }
        if let Some(words) = calendar::date(core, accent).or_else(|| calendar::decade(core, accent)) {
            return Some(say(words));
        }
        if let Some(says) = self.time(position, core) {
            return Some(says);
        }
        if let Some(number) = ordinal_number(core) {
            return Some(say(ordinal(number, accent)));
        }
        if let Some(number) = Decimal::parse(core).filter(|_| !core.starts_with('+')) {
            return Some(self.number(position, &number));
        }
        if let Some((low, high)) = core.split_once(['-', '–'])
            && let (Some(low), Some(high)) = (year_number(low), year_number(high))
        {
            return Some(say([year(low, accent), vec!["to"], year(high, accent)].concat()));
        }
        if let Some((over, under)) = core.split_once('/')
            && let (Ok(over), Ok(under)) = (over.parse(), under.parse())
            && let Some(words) = fraction(over, under, accent)
        {
            return Some(say(words));
        }
        if let Some((width, height)) = core.split_once(['x', '×'])
            && let (Some(width), Some(height)) = (Decimal::parse(width), Decimal::parse(height))
        {
            let side =
                |side: &Decimal| side.integer().map_or_else(|| side.words(accent), |n| year(n, accent));
            return Some(say([side(&width), vec!["by"], side(&height)].concat()));
        }
        amounts::measure(core, accent)
    }

    /// A bare number: an ordinal in a date, a year, or a count.
    fn number(&self, position: usize, number: &Decimal) -> Vec<Say> {
        let accent = self.accent;
        let Some(integer) = number.integer().filter(|_| !number.negative && !number.grouped) else {
            return say(number.words(accent));
        };
        let before = self.before(position);
        let follows = self.core(position + 1);
        let length = number.whole.len();
        if length == 3 && follows.len() == 8 && amounts::telephone(follows).is_some() {
            // the (555) of (555) 123-4567
            return say(digits(&number.whole));
        }
        if (1..=31).contains(&integer) && length <= 2 {
            if abbreviations::month(before).is_some() && before.starts_with(char::is_uppercase) {
                return say(ordinal(integer, accent));
            }
            let month_follows =
                abbreviations::month(follows).is_some() && follows.starts_with(char::is_uppercase);
            if month_follows && self.tokens[position].mark.is_none() {
                let the = (before != "the").then_some("the");
                return say(the.into_iter().chain(ordinal(integer, accent)).chain(["of"]).collect());
            }
        }
        if length == 4 && (1100..2100).contains(&integer) {
            const YEAR_FOLLOWS: [&str; 14] = [
                "in", "since", "of", "until", "till", "year", "before", "after", "circa", "during", "by",
                "from", "summer", "winter",
            ];
            let dated = YEAR_FOLLOWS.contains(&before.to_ascii_lowercase().as_str());
            let counted = follows.ends_with('s') && self.tokens[position].mark.is_none() && follows.len() > 3;
            if dated || !counted {
                return say(year(integer, accent));
            }
        }
        say(cardinal(integer, accent))
    }

    fn time(&self, position: usize, core: &str) -> Option<Vec<Say>> {
        let lower = core.to_ascii_lowercase();
        let (clock, half) = match lower.strip_suffix("am").or_else(|| lower.strip_suffix("pm")) {
            Some(clock) => (clock, lower.ends_with("am").then_some("AM").or(Some("PM"))),
            None => (lower.as_str(), None),
        };
        let half_follows = half.is_some() || calendar::half_of_day(self.core(position + 1)).is_some();
        let words = calendar::time(clock, half_follows, self.accent).or_else(|| {
            let hour = clock.parse::<u64>().ok().filter(|hour| half.is_some() && (1..=12).contains(hour))?;
            Some(cardinal(hour, self.accent))
        });
        let mut says = if let Some(words) = words {
            say(words)
        } else {
            let (first, second) = clock.split_once(':')?;
            let (first, second) = (Decimal::parse(first)?, Decimal::parse(second)?);
            say([first.words(self.accent), vec!["to"], second.words(self.accent)].concat())
        };
        says.extend(half.map(|half| Say::Letters(half.into())));
        Some(says)
    }
}

/// Letters with a period behind each: U.S.A, J.K, e.g is not one.
fn initials(core: &str) -> Option<String> {
    let letters: Vec<&str> = core.split('.').collect();
    let single = |part: &&str| part.len() == 1 && part.chars().all(|c| c.is_ascii_alphabetic());
    if letters.len() < 2 || !letters.iter().all(single) || abbreviations::with_period(core).is_some() {
        return (core == "Ph.D" || core == "PhD").then(|| "PHD".to_owned());
    }
    Some(letters.concat().to_ascii_uppercase())
}

fn ordinal_number(core: &str) -> Option<u64> {
    let lower = core.to_ascii_lowercase();
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|ending| lower.strip_suffix(ending))?;
    Decimal::parse(digits).filter(|number| !number.negative)?.integer()
}

fn year_number(text: &str) -> Option<u64> {
    (text.len() == 4)
        .then(|| Decimal::parse(text))
        .flatten()?
        .integer()
        .filter(|year| (1100..2100).contains(year))
}

/// ½ and the like, alone or behind a whole number.
fn vulgar_fraction(core: &str, accent: Accent) -> Option<Vec<Say>> {
    let last = core.chars().next_back()?;
    let (over, under) = match last {
        '½' => (1, 2),
        '¼' => (1, 4),
        '¾' => (3, 4),
        '⅓' => (1, 3),
        '⅔' => (2, 3),
        '⅛' => (1, 8),
        '⅜' => (3, 8),
        '⅝' => (5, 8),
        '⅞' => (7, 8),
        _ => return None,
    };
    let part = fraction(over, under, accent)?;
    let whole = &core[..core.len() - last.len_utf8()];
    if whole.is_empty() {
        return Some(say(part));
    }
    let whole = Decimal::parse(whole)?;
    let part = if over == 1 { [vec!["a"], part[1..].to_vec()].concat() } else { part };
    Some(say([whole.words(accent), vec!["and"], part].concat()))
}

/// Roman numerals behind a word that is counted (chapter IV) or a ruler's name (Henry VIII).
fn roman(core: &str, before: &str, accent: Accent) -> Option<Vec<Say>> {
    const COUNTED: [&str; 10] =
        ["chapter", "part", "war", "volume", "act", "section", "phase", "type", "class", "step"];
    const RULERS: [&str; 12] = [
        "henry",
        "louis",
        "george",
        "edward",
        "elizabeth",
        "charles",
        "james",
        "william",
        "pius",
        "napoleon",
        "paul",
        "richard",
    ];
    const NUMERALS: [&str; 20] = [
        "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI",
        "XVII", "XVIII", "XIX", "XX",
    ];
    let number = NUMERALS.iter().position(|numeral| *numeral == core)? as u64 + 1;
    let lower = before.to_ascii_lowercase();
    if COUNTED.contains(&lower.as_str()) && before.starts_with(char::is_uppercase) {
        return Some(say(cardinal(number, accent)));
    }
    (RULERS.contains(&lower.as_str()) && number > 1)
        .then(|| say([vec!["the"], ordinal(number, accent)].concat()))
}

fn address(core: &str, accent: Accent) -> Vec<Say> {
    web::pieces(core)
        .into_iter()
        .flat_map(|piece| match piece {
            web::Piece::Sign(name) => vec![Say::fixed(name)],
            web::Piece::Word(word) => vec![Say::Word(word.to_owned())],
            web::Piece::Letters(letters) => vec![Say::Letters(letters.to_ascii_uppercase())],
            web::Piece::Digits(text) => code(text, accent),
        })
        .collect()
}

/// Digits inside a name: COVID-19, H264, A4.
fn code(text: &str, accent: Accent) -> Vec<Say> {
    let number = text.parse::<u64>().ok().filter(|_| !text.starts_with('0') || text == "0");
    say(match (number, text.len()) {
        (Some(number), 1 | 2) => cardinal(number, accent),
        (Some(number), 3) if number % 100 == 0 => cardinal(number, accent),
        (Some(number), 3) if number % 100 >= 10 => {
            [cardinal(number / 100, accent), cardinal(number % 100, accent)].concat()
        }
        (Some(number), 4) if (1100..2100).contains(&number) || number % 1000 == 0 => year(number, accent),
        _ => numbers::digits(text),
    })
}

/// A word of letters, possibly with digits and signs in it.
fn word(core: &str, accent: Accent) -> Vec<Say> {
    if let Some(name) = core.strip_prefix('#').filter(|rest| rest.starts_with(char::is_alphabetic)) {
        return [vec![Say::fixed("hashtag")], word(name, accent)].concat();
    }
    if is_foreign_word(core) {
        // With its marks: in many scripts they are vowels.
        return vec![Say::Foreign(core.to_owned())];
    }
    let plain = plain_latin(core);
    let mut says = Vec::new();
    let mut rest = plain.as_str();
    while let Some(first) = rest.chars().next() {
        let kind = Kind::of(first);
        let length = rest
            .char_indices()
            .find(|(offset, c)| !kind.goes_on(*c, &rest[*offset..]))
            .map_or(rest.len(), |(offset, _)| offset)
            .max(first.len_utf8());
        let (run, after) = rest.split_at(length);
        match kind {
            Kind::Latin => says.push(letters_or_word(run, run.len() == plain.len())),
            Kind::Digit => says.extend(code(run, accent)),
            Kind::Other => {
                let names: Vec<_> = run.chars().map(symbol_name).collect();
                if first == '#' {
                    says.push(Say::fixed("sharp"));
                } else if first == '.' && !says.is_empty() && !after.is_empty() {
                    says.push(Say::fixed("dot"));
                } else if names.iter().all(Option::is_some) {
                    says.extend(names.into_iter().flatten().map(Say::fixed));
                } else if !run.chars().all(is_silent) {
                    says.push(Say::Foreign(run.to_owned()));
                }
            }
        }
        rest = after;
    }
    says
}

/// Three letters or more, all of other scripts; fewer Greek ones are symbols.
fn is_foreign_word(core: &str) -> bool {
    let foreign = core.chars().filter(|c| is_foreign_letter(*c)).count();
    foreign > 2 && !core.chars().any(|c| c.is_ascii_alphanumeric())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Latin,
    Digit,
    Other,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            c if c.is_ascii_alphabetic() => Self::Latin,
            c if c.is_ascii_digit() => Self::Digit,
            _ => Self::Other,
        }
    }

    /// Whether the run of this kind goes on with this character, which starts `rest`.
    fn goes_on(self, c: char, rest: &str) -> bool {
        let apostrophe_inside = c == '\'' && rest[1..].starts_with(|next: char| next.is_ascii_alphabetic());
        match self {
            Self::Latin => c.is_ascii_alphabetic() || apostrophe_inside,
            Self::Digit => c.is_ascii_digit(),
            // Signs are taken one by one; letters of another script together.
            Self::Other => Self::of(c) == Self::Other && (!is_silent(c) && symbol_name(c).is_none()),
        }
    }
}

fn letters_or_word(run: &str, whole: bool) -> Say {
    let stem = run.strip_suffix("'s").or_else(|| run.strip_suffix('s')).unwrap_or(run);
    let plural_of_capitals =
        stem.len() < run.len() && stem.len() > 1 && stem.chars().all(|c| c.is_ascii_uppercase());
    if plural_of_capitals {
        return Say::Letters(format!("{stem}s"));
    }
    if run.len() == 1 && !(whole && matches!(run, "a" | "A" | "I" | "i")) {
        return Say::Letters(run.to_ascii_uppercase());
    }
    Say::Word(if run == "i" { "I".to_owned() } else { run.to_owned() })
}
