//! Abbreviations and what they stand for.

/// An abbreviation's reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Abbreviation {
    /// Stands before a name or number, so its period never ends a sentence.
    Before(&'static str),
    /// May end a sentence.
    Anywhere(&'static str),
}

impl Abbreviation {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Before(words) | Self::Anywhere(words) => words,
        }
    }
}

/// The reading of a word written with a period after it (given without that period).
pub(crate) fn with_period(word: &str) -> Option<Abbreviation> {
    use Abbreviation::{Anywhere, Before};
    Some(match word.to_ascii_lowercase().as_str() {
        "dr" => Before("Doctor"),
        "mr" => Before("Mister"),
        "mrs" => Before("Missus"),
        "ms" => Before("Miz"),
        "prof" => Before("Professor"),
        "rev" => Before("Reverend"),
        "hon" => Before("Honorable"),
        "gov" => Before("Governor"),
        "sen" => Before("Senator"),
        "rep" => Before("Representative"),
        "gen" => Before("General"),
        "col" => Before("Colonel"),
        "capt" => Before("Captain"),
        "lt" => Before("Lieutenant"),
        "sgt" => Before("Sergeant"),
        "mt" => Before("Mount"),
        "ft" => Before("Fort"),
        "fig" => Before("figure"),
        "eq" => Before("equation"),
        "vol" => Before("volume"),
        "ch" => Before("chapter"),
        "pp" => Before("pages"),
        "approx" => Before("approximately"),
        "vs" => Before("versus"),
        "cf" => Before("compare"),
        "e.g" => Before("for example"),
        "i.e" => Before("that is"),
        "viz" => Before("namely"),
        "jr" => Anywhere("Junior"),
        "sr" => Anywhere("Senior"),
        "etc" => Anywhere("et cetera"),
        "inc" => Anywhere("Incorporated"),
        "ltd" => Anywhere("Limited"),
        "corp" => Anywhere("Corporation"),
        "co" => Anywhere("Company"),
        "bros" => Anywhere("Brothers"),
        "dept" => Anywhere("department"),
        "est" => Anywhere("established"),
        "ave" => Anywhere("Avenue"),
        "blvd" => Anywhere("Boulevard"),
        "rd" => Anywhere("Road"),
        "apt" => Anywhere("apartment"),
        _ => return None,
    })
}

/// The reading of a word that is an abbreviation without any period.
pub(crate) fn without_period(word: &str) -> Option<&'static str> {
    Some(match word {
        "Dr" => "Doctor",
        "Mr" => "Mister",
        "Mrs" => "Missus",
        "Ms" => "Miz",
        "vs" => "versus",
        "etc" => "et cetera",
        "w/" => "with",
        "w/o" => "without",
        "aka" | "a.k.a" => "also known as",
        "Wi-Fi" | "WiFi" | "wifi" | "wi-fi" => "why fie",
        "HeyGen" => "hey jen",
        "YouTube" => "you tube",
        "GitHub" => "git hub",
        "LinkedIn" => "linked in",
        "OpenAI" => "open A I",
        _ => return None,
    })
}

/// The month an abbreviated or full name stands for.
pub(crate) fn month(word: &str) -> Option<&'static str> {
    const MONTHS: [(&str, &str); 12] = [
        ("jan", "January"),
        ("feb", "February"),
        ("mar", "March"),
        ("apr", "April"),
        ("may", "May"),
        ("jun", "June"),
        ("jul", "July"),
        ("aug", "August"),
        ("sep", "September"),
        ("oct", "October"),
        ("nov", "November"),
        ("dec", "December"),
    ];
    let lower = word.to_ascii_lowercase();
    MONTHS
        .iter()
        .find(|(short, full)| {
            lower == *short || lower == full.to_ascii_lowercase() || (*short == "sep" && lower == "sept")
        })
        .map(|(_, full)| *full)
}
