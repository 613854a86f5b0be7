//! Pause tags inside a script: `<break time="1.5s"/>`.

/// The longest pause one tag may ask for, in seconds.
pub const MAX_BREAK_S: f64 = 10.0;
/// The longest sum of pauses in one text, in seconds; what goes beyond is not inserted.
pub const MAX_BREAKS_TOTAL_S: f64 = 300.0;

/// A stretch of the script.
#[derive(Debug, Clone, PartialEq)]
pub enum Stretch<'a> {
    /// Words.
    Text(&'a str),
    /// Silence, in seconds.
    Break(f64),
    /// A tag that begins like a pause but is not one; read as nothing.
    Malformed(&'a str),
}

/// Cuts a script at its pause tags. Seconds are the only unit, as in `0.5s`.
pub fn split(script: &str) -> Vec<Stretch<'_>> {
    let mut stretches = Vec::new();
    let mut total = 0.0;
    let mut rest = script;
    while let Some(start) = find_tag(rest) {
        if start > 0 {
            stretches.push(Stretch::Text(&rest[..start]));
        }
        let end = rest[start..].find('>').map_or(rest.len(), |offset| start + offset + 1);
        let tag = &rest[start..end];
        match seconds(tag).filter(|time| total + time <= MAX_BREAKS_TOTAL_S) {
            Some(time) => {
                total += time;
                stretches.push(Stretch::Break(time));
            }
            None => stretches.push(Stretch::Malformed(tag)),
        }
        rest = &rest[end..];
    }
    if !rest.is_empty() {
        stretches.push(Stretch::Text(rest));
    }
    stretches
}

/// Where the next `<break` or `</break` starts, in any case.
fn find_tag(text: &str) -> Option<usize> {
    text.match_indices('<').map(|(start, _)| start).find(|start| {
        let name = text[start + 1..].trim_start_matches('/');
        name.get(..5).is_some_and(|name| name.eq_ignore_ascii_case("break"))
            && name[5..].chars().next().is_none_or(|c| !c.is_alphanumeric())
    })
}

/// The time of a well-formed tag.
fn seconds(tag: &str) -> Option<f64> {
    let attributes = tag.get(6..)?.strip_suffix('>')?;
    let attributes = attributes.strip_suffix('/').unwrap_or(attributes).trim();
    let name = attributes.get(..4)?;
    if !name.eq_ignore_ascii_case("time") {
        return None;
    }
    let value = attributes[4..].trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\'' | '“' | '”'))?;
    let value = value[quote.len_utf8()..].strip_suffix(['"', '\'', '“', '”'])?.trim();
    let number = value.strip_suffix(['s', 'S'])?.trim_end();
    if number.is_empty() || !number.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return None;
    }
    number.parse().ok().filter(|time| (0.0..=MAX_BREAK_S).contains(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pause_tags_are_cut_out() {
        assert_eq!(
            split(r#"One <break time="1.5s"/> two<BREAK TIME='.5s' > three"#),
            [
                Stretch::Text("One "),
                Stretch::Break(1.5),
                Stretch::Text(" two"),
                Stretch::Break(0.5),
                Stretch::Text(" three"),
            ]
        );
    }

    #[test]
    fn malformed_tags_are_neither_pauses_nor_words() {
        for tag in [
            r#"<break time="500ms"/>"#,
            "<break/>",
            r#"<break time="-1s"/>"#,
            r#"<break time="99s"/>"#,
            r#"<break strength="weak"/>"#,
            r#"<break time="1.2.3s"/>"#,
            "</break>",
            "<break time=",
            "<break",
        ] {
            assert_eq!(split(tag), [Stretch::Malformed(tag)], "{tag}");
        }
    }

    #[test]
    fn other_angle_brackets_are_text() {
        for text in ["a < b", "<breakfast>", "<b>bold</b>", "<"] {
            assert_eq!(split(text), [Stretch::Text(text)], "{text}");
        }
    }

    #[test]
    fn pauses_stop_adding_up_at_the_limit() {
        let script = r#"<break time="10s"/>"#.repeat(40);
        let sum: f64 = split(&script)
            .iter()
            .map(|stretch| if let Stretch::Break(time) = stretch { *time } else { 0.0 })
            .sum();
        assert_eq!(sum, MAX_BREAKS_TOTAL_S);
    }
}
