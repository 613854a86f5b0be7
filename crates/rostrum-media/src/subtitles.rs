//! Captions that were uploaded: `SubRip` (SRT) and `WebVTT`, read in full.

use std::borrow::Cow;

use rostrum_model::asset::MediaType;

use crate::error::{Limited, MediaError};
use crate::sniff::in_words;

/// The longest file of captions, in bytes: 24 hours of dense speech take 2 MB.
pub const MAX_SUBTITLE_BYTES: u64 = 10 << 20;

/// The most cues of one file.
pub const MAX_CUES: u64 = 100_000;

/// One caption with its times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// When it appears, in milliseconds.
    pub start_ms: u64,
    /// When it goes, in milliseconds; not before its start.
    pub end_ms: u64,
    /// Its lines, parted by `\n`, with the tags they have.
    pub text: String,
}

/// Reads captions: SRT or `WebVTT` as `media_type` says, in UTF-8 or, with a byte order mark, UTF-16; lines may end in
/// LF, CR LF or CR. SRT may lack the numbers of cues, and part its milliseconds with a dot.
///
/// # Errors
/// [`MediaError::MalformedLine`] with the first line that breaks the format, [`MediaError::Limit`] beyond
/// [`MAX_SUBTITLE_BYTES`] or [`MAX_CUES`], [`MediaError::Unsupported`] for other types.
pub fn subtitles(media_type: MediaType, bytes: &[u8]) -> Result<Vec<Cue>, MediaError> {
    Limited::SubtitleBytes.check(bytes.len() as u64, MAX_SUBTITLE_BYTES)?;
    let text = text(bytes)?;
    let unified =
        if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { text };
    let mut lines = Lines { rest: Some(&unified), number: 0 };
    match media_type {
        MediaType::Srt => srt(&mut lines),
        MediaType::Vtt => vtt(&mut lines),
        other => Err(MediaError::Unsupported { found: in_words(other).to_owned() }),
    }
}

/// A text line by line, with the number of the line read last.
struct Lines<'text> {
    rest: Option<&'text str>,
    number: u64,
}

impl<'text> Iterator for Lines<'text> {
    type Item = &'text str;

    fn next(&mut self) -> Option<&'text str> {
        let rest = self.rest?;
        self.number += 1;
        let (line, rest) = rest.split_once('\n').map_or((rest, None), |(line, rest)| (line, Some(rest)));
        self.rest = rest;
        Some(line)
    }
}

impl<'text> Lines<'text> {
    /// The next line that is not blank.
    fn next_written(&mut self) -> Option<&'text str> {
        self.find(|line| !line.trim().is_empty())
    }

    /// What is left of a block, up to a blank line.
    fn block(&mut self) -> String {
        let mut text = String::new();
        while let Some(line) = self.next().filter(|line| !line.trim().is_empty()) {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(line);
        }
        text
    }

    /// The line read last is not what was expected.
    fn unexpected(&self, expected: &str, found: &str) -> MediaError {
        let excerpt: String = found.trim().chars().take(40).flat_map(char::escape_debug).collect();
        let found = if excerpt.is_empty() { "nothing".to_owned() } else { format!("'{excerpt}'") };
        MediaError::MalformedLine { line: self.number, detail: format!("expected {expected}, found {found}") }
    }

    /// Reads the text of a cue whose times are on the line read last.
    fn cue(&mut self, times_line: &str, form: &str, cues: &mut Vec<Cue>) -> Result<(), MediaError> {
        let (start_ms, end_ms) =
            times(times_line).ok_or_else(|| self.unexpected(&format!("times such as {form}"), times_line))?;
        if end_ms < start_ms {
            let detail = "the cue ends before it starts".to_owned();
            return Err(MediaError::MalformedLine { line: self.number, detail });
        }
        Limited::SubtitleCues.check(cues.len() as u64 + 1, MAX_CUES)?;
        cues.push(Cue { start_ms, end_ms, text: self.block() });
        Ok(())
    }
}

fn srt(lines: &mut Lines<'_>) -> Result<Vec<Cue>, MediaError> {
    const FORM: &str = "00:00:01,000 --> 00:00:02,500";
    let mut cues = Vec::new();
    while let Some(line) = lines.next_written() {
        let times_line = if times(line).is_some() {
            line
        } else if is_cue_number(line) {
            lines.next().unwrap_or_default()
        } else {
            return Err(lines.unexpected("the number of a cue", line));
        };
        lines.cue(times_line, FORM, &mut cues)?;
    }
    Ok(cues)
}

fn vtt(lines: &mut Lines<'_>) -> Result<Vec<Cue>, MediaError> {
    const FORM: &str = "00:01.000 --> 00:02.500";
    let signature = lines.next().unwrap_or_default();
    if !signature.strip_prefix("WEBVTT").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
    {
        return Err(lines.unexpected("WEBVTT", signature));
    }
    lines.block();
    let mut cues = Vec::new();
    while let Some(line) = lines.next_written() {
        let first_word = line.split_whitespace().next().unwrap_or_default();
        let times_line = if line.contains("-->") {
            line
        } else if matches!(first_word, "NOTE" | "STYLE" | "REGION") {
            lines.block();
            continue;
        } else {
            lines.next().unwrap_or_default()
        };
        lines.cue(times_line, FORM, &mut cues)?;
    }
    Ok(cues)
}

/// The bytes as text.
fn text(bytes: &[u8]) -> Result<Cow<'_, str>, MediaError> {
    let utf_16 = |from_bytes: fn([u8; 2]) -> u16, text: &[u8]| {
        let (pairs, rest) = text.as_chunks();
        let decoded =
            char::decode_utf16(pairs.iter().map(|pair| from_bytes(*pair))).collect::<Result<String, _>>();
        decoded.ok().filter(|_| rest.is_empty()).map(Cow::Owned).ok_or_else(|| MediaError::MalformedLine {
            line: 1,
            detail: "the text is not whole UTF-16; save it as UTF-8".to_owned(),
        })
    };
    match bytes {
        [0xff, 0xfe, text @ ..] => return utf_16(u16::from_le_bytes, text),
        [0xfe, 0xff, text @ ..] => return utf_16(u16::from_be_bytes, text),
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        MediaError::MalformedLine {
            line: line as u64,
            detail: "the text is not UTF-8; save it as UTF-8".to_owned(),
        }
    })
}

/// Whether a line is the number of an SRT cue.
pub(crate) fn is_cue_number(line: &str) -> bool {
    let number = line.trim();
    (1..=10).contains(&number.len()) && number.bytes().all(|digit| digit.is_ascii_digit())
}

/// Start and end in milliseconds from a line such as `00:00:01,000 --> 00:00:02,500`; settings may follow.
pub(crate) fn times(line: &str) -> Option<(u64, u64)> {
    let (start, end) = line.split_once("-->")?;
    let end = end.split_whitespace().next()?;
    Some((milliseconds(start.trim())?, milliseconds(end)?))
}

/// Reads `[hours:]minutes:seconds[.fraction]`, the fraction of at most 3 digits behind a dot or a comma.
fn milliseconds(time: &str) -> Option<u64> {
    let digits = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        let is_number = lengths.contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_digit());
        is_number.then(|| text.parse::<u64>().ok()).flatten()
    };
    let (whole, fraction) = time.split_once([',', '.']).unwrap_or((time, "0"));
    let (before, seconds) = whole.rsplit_once(':')?;
    let (hours, minutes) = before.rsplit_once(':').unwrap_or(("0", before));
    let fraction_ms = digits(fraction, 1..=3)? * 10u64.pow(3 - fraction.len() as u32);
    let (minutes, seconds) = (digits(minutes, 1..=2)?, digits(seconds, 1..=2)?);
    if minutes > 59 || seconds > 59 {
        return None;
    }
    Some((digits(hours, 1..=5)? * 3600 + minutes * 60 + seconds) * 1000 + fraction_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cue(start_ms: u64, end_ms: u64, text: &str) -> Cue {
        Cue { start_ms, end_ms, text: text.to_owned() }
    }

    #[test]
    fn srt_is_read_however_its_lines_end_and_its_text_is_encoded() {
        let text = "\n1\n00:00:01,000 --> 00:00:02,500 X1:40\nOne\ntwo\n\n\n2\n1:00:00.5 --> 01:00:01,5\nبلى";
        let expected = vec![cue(1000, 2500, "One\ntwo"), cue(3_600_500, 3_601_500, "بلى")];
        for text in [text.to_owned(), text.replace('\n', "\r\n"), text.replace('\n', "\r")] {
            assert_eq!(subtitles(MediaType::Srt, text.as_bytes()).unwrap(), expected);
            let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
            assert_eq!(subtitles(MediaType::Srt, &marked).unwrap(), expected);
            let little: Vec<u8> =
                [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
            assert_eq!(subtitles(MediaType::Srt, &little).unwrap(), expected);
        }
    }

    #[test]
    fn vtt_is_read_with_its_notes_styles_and_names() {
        let text = "WEBVTT - talk\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000\n\nNOTE a\nb\n\nSTYLE\n::cue {}\n\n\
                    intro\n00:01.000 --> 00:02.500 align:start\n<v Ann>Hi\n\n100:00:00.000 --> 100:00:01.000\n";
        let expected = vec![cue(1000, 2500, "<v Ann>Hi"), cue(360_000_000, 360_001_000, "")];
        assert_eq!(subtitles(MediaType::Vtt, text.as_bytes()).unwrap(), expected);
    }

    #[test]
    fn a_wrong_line_is_named_with_what_was_expected() {
        let refused = |media_type, bytes: &[u8]| subtitles(media_type, bytes).unwrap_err().to_string();
        assert_eq!(
            refused(MediaType::Srt, b"1\n00:00:01,000 -> 00:00:02,000\nx"),
            "line 2: expected times such as 00:00:01,000 --> 00:00:02,500, found '00:00:01,000 -> 00:00:02,000'"
        );
        assert_eq!(
            refused(MediaType::Srt, b"1\n00:00:01,000 --> 00:00:02,000\nx\n\nhello"),
            "line 5: expected the number of a cue, found 'hello'"
        );
        assert_eq!(
            refused(MediaType::Srt, b"1\n00:00:03,0 --> 00:00:02,0"),
            "line 2: the cue ends before it starts"
        );
        assert_eq!(
            refused(MediaType::Srt, b"1\n00:00:61,0 --> 00:01:02,0").split(':').next(),
            Some("line 2")
        );
        assert_eq!(
            refused(MediaType::Srt, b"1\n00:00:01,0 --> 00:00:02,0\ncaf\xe9").split(':').next(),
            Some("line 3")
        );
        assert_eq!(refused(MediaType::Vtt, b"WEBVTTX\n"), "line 1: expected WEBVTT, found 'WEBVTTX'");
        assert!(refused(MediaType::Vtt, b"WEBVTT\n\nname").starts_with("line 3: expected times"));
    }

    #[test]
    fn too_many_cues_and_too_long_files_are_refused_with_the_limit() {
        let many = "1\n00:00:01,000 --> 00:00:02,000\n\n".repeat(100_001);
        let refused = subtitles(MediaType::Srt, many.as_bytes()).unwrap_err();
        assert_eq!(refused.to_string(), "the number of cues is 100001, the limit is 100000");
        let refused = subtitles(MediaType::Srt, &vec![b'\n'; (10 << 20) + 1]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the size of the captions in bytes is 10485761, the limit is 10485760"
        );
        assert!(subtitles(MediaType::Srt, &vec![b'\n'; 10 << 20]).unwrap().is_empty());
    }
}
