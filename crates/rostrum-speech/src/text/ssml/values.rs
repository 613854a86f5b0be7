//! What the attributes of tags say.

use super::super::Manner;
use super::super::tags::MAX_BREAK_S;
use crate::{MAX_PITCH, MAX_SPEED, MIN_SPEED};

/// The loudest and the softest that speech may be made beside the rest, in decibels.
const MAX_GAIN_DB: f32 = 12.0;
const MIN_GAIN_DB: f32 = -60.0;

/// The length of a `<break>`, in seconds.
pub(super) fn pause_s(time: Option<&str>, strength: Option<&str>) -> Result<f64, String> {
    if let Some(time) = time {
        let (number, unit_s) = match (time.strip_suffix("ms"), time.strip_suffix('s')) {
            (Some(number), _) => (number, 0.001),
            (None, Some(number)) => (number, 1.0),
            (None, None) => (time, f64::NAN),
        };
        let seconds = number.trim().parse::<f64>().map_or(f64::NAN, |number| number * unit_s);
        if (0.0..=MAX_BREAK_S).contains(&seconds) {
            return Ok(seconds);
        }
        return Err(format!(
            "'time' of <break> must be like 1.5s or 500ms, at most {MAX_BREAK_S} s, got '{time}'"
        ));
    }
    match strength.unwrap_or("medium") {
        "none" => Ok(0.0),
        "x-weak" => Ok(0.1),
        "weak" => Ok(0.25),
        "medium" => Ok(0.5),
        "strong" => Ok(0.8),
        "x-strong" => Ok(1.2),
        other => Err(format!(
            "'strength' of <break> must be none, x-weak, weak, medium, strong or x-strong, got '{other}'"
        )),
    }
}

/// How it is spoken inside a `<prosody>`.
pub(super) fn prosody(
    around: Manner,
    rate: Option<&str>,
    volume: Option<&str>,
    pitch: Option<&str>,
) -> Result<Manner, String> {
    let mut manner = around;
    if let Some(rate) = rate {
        manner.rate *= match rate.trim() {
            "x-slow" => 0.5,
            "slow" => 0.75,
            "medium" | "default" => 1.0,
            "fast" => 1.25,
            "x-fast" => 1.5,
            number => factor(number).ok_or_else(|| {
                format!(
                    "'rate' of <prosody> must be x-slow to x-fast, a percentage or a factor, got '{number}'"
                )
            })?,
        };
        if !(MIN_SPEED..=MAX_SPEED).contains(&manner.rate) {
            return Err(format!(
                "the rate inside <prosody> is {} of the normal one; from {MIN_SPEED} to {MAX_SPEED} can be spoken",
                manner.rate
            ));
        }
    }
    if let Some(volume) = volume {
        let gain_db = match volume.trim() {
            "silent" => MIN_GAIN_DB,
            "x-soft" => -12.0,
            "soft" => -6.0,
            "medium" | "default" => 0.0,
            "loud" => 3.0,
            "x-loud" => 6.0,
            number => decibels(number).ok_or_else(|| {
                format!(
                    "'volume' of <prosody> must be silent, x-soft to x-loud, or like +6dB, got '{number}'"
                )
            })?,
        };
        manner.gain_db = (around.gain_db + gain_db).clamp(MIN_GAIN_DB, MAX_GAIN_DB);
    }
    if let Some(pitch) = pitch {
        let semitones = match pitch.trim() {
            "x-low" => -4.0,
            "low" => -2.0,
            "medium" | "default" => 0.0,
            "high" => 2.0,
            "x-high" => 4.0,
            number => semitones(number).ok_or_else(|| {
                format!("'pitch' of <prosody> must be x-low to x-high, or like +2st or +10%, got '{number}'")
            })?,
        };
        manner.pitch = (around.pitch + semitones).clamp(-MAX_PITCH, MAX_PITCH);
    }
    Ok(manner)
}

/// How it is spoken inside an `<emphasis>`: slower and louder.
pub(super) fn emphasis(around: Manner, level: Option<&str>) -> Result<Manner, String> {
    let (rate, gain_db) = match level.unwrap_or("moderate") {
        "strong" => (0.88, 2.5),
        "moderate" => (0.94, 1.5),
        "none" => (1.0, 0.0),
        "reduced" => (1.08, -2.5),
        other => {
            return Err(format!(
                "'level' of <emphasis> must be strong, moderate, none or reduced, got '{other}'"
            ));
        }
    };
    Ok(Manner {
        rate: (around.rate * rate).clamp(MIN_SPEED, MAX_SPEED),
        gain_db: (around.gain_db + gain_db).clamp(MIN_GAIN_DB, MAX_GAIN_DB),
        pitch: around.pitch,
    })
}

/// `+2st`, `-1.5st`, `+10%` or `-10%`, in semitones.
fn semitones(text: &str) -> Option<f32> {
    let semitones = match text.strip_suffix("st") {
        Some(number) => number.trim().parse().ok()?,
        None if text.starts_with(['+', '-']) && text.ends_with('%') => 12.0 * factor(text)?.log2(),
        None => return None,
    };
    semitones.is_finite().then_some(semitones)
}

/// `120%`, `+10%`, `-10%` or `1.2`.
fn factor(text: &str) -> Option<f32> {
    let factor = match text.strip_suffix('%') {
        Some(percent) => {
            let number = percent.trim().parse::<f32>().ok()? / 100.0;
            if percent.trim_start().starts_with(['+', '-']) { 1.0 + number } else { number }
        }
        None => text.parse().ok()?,
    };
    (factor.is_finite() && factor > 0.0).then_some(factor)
}

/// `+6dB` or `-3.5dB`.
fn decibels(text: &str) -> Option<f32> {
    let number = text.strip_suffix("dB")?.trim().parse::<f32>().ok()?;
    number.is_finite().then_some(number)
}

/// The letters behind digits that make an ordinal number of them.
pub(super) fn ordinal_ending(digits: &str) -> &'static str {
    match digits.as_bytes() {
        [.., b'1', b'1' | b'2' | b'3'] => "th",
        [.., b'1'] => "st",
        [.., b'2'] => "nd",
        [.., b'3'] => "rd",
        _ => "th",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_read_in_both_units_and_by_strength() {
        assert_eq!(pause_s(Some("500ms"), None), Ok(0.5));
        assert_eq!(pause_s(Some("1.5s"), Some("strong")), Ok(1.5));
        assert_eq!(pause_s(None, Some("x-strong")), Ok(1.2));
        assert_eq!(pause_s(None, None), Ok(0.5));
        for bad in ["11s", "-1s", "1", "s", "1m", "NaNs", "infs", "10001ms"] {
            assert!(pause_s(Some(bad), None).unwrap_err().contains(bad), "{bad}");
        }
        assert!(pause_s(None, Some("huge")).is_err());
    }

    #[test]
    fn rates_volumes_and_pitches_build_on_those_around() {
        let fast = prosody(Manner::default(), Some("120%"), Some("-6dB"), Some("+2st")).unwrap();
        assert_eq!(fast, Manner { rate: 1.2, gain_db: -6.0, pitch: 2.0 });
        let slower = prosody(fast, Some("-50%"), Some("loud"), Some("x-low")).unwrap();
        assert!((slower.rate - 0.6).abs() < 1e-6 && slower.gain_db == -3.0, "{slower:?}");
        assert_eq!(slower.pitch, -2.0);
        let octave = prosody(Manner::default(), None, None, Some("+100%")).unwrap();
        assert_eq!(octave.pitch, 12.0);
        let highest = prosody(octave, None, None, Some("high")).unwrap();
        assert_eq!(highest.pitch, MAX_PITCH);
        for bad in ["3", "0", "10%", "-100%", "quick", "NaN", ""] {
            assert!(prosody(Manner::default(), Some(bad), None, None).is_err(), "{bad}");
        }
        for bad in ["6", "dB", "infdB", "shout"] {
            assert!(prosody(Manner::default(), None, Some(bad), None).is_err(), "{bad}");
        }
        for bad in ["2", "st", "NaNst", "200Hz", "10%", "-100%", "squeaky"] {
            assert!(prosody(Manner::default(), None, None, Some(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn ordinals_end_as_they_are_said() {
        for (digits, ending) in
            [("1", "st"), ("11", "th"), ("22", "nd"), ("13", "th"), ("103", "rd"), ("4", "th")]
        {
            assert_eq!(ordinal_ending(digits), ending, "{digits}");
        }
    }
}
