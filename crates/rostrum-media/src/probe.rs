//! Looking into a media file with ffprobe.

use std::path::Path;

use rostrum_model::picture::Size;
use serde::Deserialize;

use crate::error::MediaError;
use crate::ffmpeg::Ffmpeg;
use crate::sandbox;

/// What is in a media file.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// ffmpeg's name of the container, e.g. `mov,mp4,m4a,3gp,3g2,mj2`.
    pub format: String,
    /// Length of the file in seconds; 0 when the file does not say.
    pub duration_s: f64,
    /// The first stream of moving pictures (cover art does not count).
    pub video: Option<VideoStream>,
    /// The first stream of sound.
    pub audio: Option<AudioStream>,
}

/// A stream of moving pictures.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoStream {
    /// Coded width in pixels.
    pub width: usize,
    /// Coded height in pixels.
    pub height: usize,
    /// Average rate.
    pub frames_per_second: f64,
    /// Number of frames, where the container tells.
    pub frame_count: Option<u64>,
    /// ffmpeg's name of the codec, e.g. `h264`.
    pub codec: String,
    /// Length in seconds (the file's, where the stream does not tell).
    pub duration_s: f64,
    /// ffmpeg's name of the pixel format, e.g. `yuv420p`.
    pub pixel_format: String,
    /// ffmpeg's name of the matrix between its colours and RGB, e.g. `bt709`, where the file names one.
    pub color_matrix: Option<String>,
    /// By how many degrees the pictures are turned clockwise to be shown, 0..=359.
    pub rotation_degrees: u16,
    /// Size as shown: turned, with square pixels.
    pub shown_size: Size,
    /// Whether there is a channel for transparency.
    pub has_alpha: bool,
}

/// A stream of sound.
#[derive(Debug, Clone, PartialEq)]
pub struct AudioStream {
    /// Samples per second.
    pub sample_rate: u32,
    /// Number of channels.
    pub channels: u32,
    /// Length in seconds (the file's, where the stream does not tell).
    pub duration_s: f64,
    /// ffmpeg's name of the codec, e.g. `aac`.
    pub codec: String,
}

/// Entries asked from ffprobe; everything else in a file, such as long tags, is never printed.
const ENTRIES: &str = "format=format_name,duration\
    :stream=codec_type,codec_name,width,height,avg_frame_rate,nb_frames,duration,pix_fmt,sample_rate,channels\
    ,sample_aspect_ratio,color_space:stream_disposition=attached_pic:stream_tags=DURATION,alpha_mode\
    :stream_side_data=rotation";

/// More than any real file makes ffprobe print.
const MAX_REPORT_BYTES: usize = 1 << 20;

/// Reads the headers of the file at `path` in the sandbox.
///
/// # Errors
/// [`MediaError::Malformed`] when ffprobe cannot make sense of it.
pub async fn probe(ffmpeg: &Ffmpeg, path: &Path) -> Result<Probe, MediaError> {
    let call = ffmpeg.probe_call(path).args(["-show_entries", ENTRIES, "-of", "json"]);
    let report = sandbox::run(&call, MAX_REPORT_BYTES).await.map_err(MediaError::from_decoder)?;
    read_report(&report)
}

/// Counts the frames of moving pictures in a file by reading, not decoding them.
///
/// # Errors
/// [`MediaError::Malformed`] when ffprobe cannot make sense of it.
pub(crate) async fn count_frames(ffmpeg: &Ffmpeg, path: &Path) -> Result<u64, MediaError> {
    let call = ffmpeg.probe_call(path).args(["-count_packets", "-select_streams", "v:0"]);
    let call =
        call.args(["-show_entries", "stream=nb_read_packets", "-of", "default=nokey=1:noprint_wrappers=1"]);
    let report = sandbox::run(&call, MAX_REPORT_BYTES).await.map_err(MediaError::from_decoder)?;
    let count = str::from_utf8(&report).ok().and_then(|count| count.trim().parse().ok());
    count.ok_or_else(|| MediaError::Malformed { detail: "its frames could not be counted".into() })
}

/// ffprobe's JSON; it writes most numbers as text and leaves out what it does not know.
#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    streams: Vec<StreamReport>,
    format: FormatReport,
}

#[derive(Deserialize)]
struct FormatReport {
    #[serde(default)]
    format_name: String,
    duration: Option<String>,
}

#[derive(Deserialize)]
struct StreamReport {
    #[serde(default)]
    codec_type: String,
    #[serde(default)]
    codec_name: String,
    width: Option<usize>,
    height: Option<usize>,
    #[serde(default)]
    pix_fmt: String,
    color_space: Option<String>,
    avg_frame_rate: Option<String>,
    nb_frames: Option<String>,
    duration: Option<String>,
    sample_rate: Option<String>,
    channels: Option<u32>,
    sample_aspect_ratio: Option<String>,
    #[serde(default)]
    side_data_list: Vec<SideData>,
    #[serde(default)]
    disposition: Disposition,
    #[serde(default)]
    tags: Tags,
}

#[derive(Deserialize, Default)]
struct Disposition {
    #[serde(default)]
    attached_pic: u8,
}

#[derive(Deserialize)]
struct SideData {
    /// Degrees counter-clockwise by which the stream's display matrix turns the pictures.
    rotation: Option<f64>,
}

#[derive(Deserialize, Default)]
struct Tags {
    /// `HH:MM:SS.fraction`, where Matroska keeps the length of a stream.
    #[serde(rename = "DURATION")]
    duration: Option<String>,
    /// `1` where a second VP8 or VP9 stream holds the transparency, which the pixel format does not tell; in capitals
    /// where it was written as a tag too.
    #[serde(alias = "ALPHA_MODE")]
    alpha_mode: Option<String>,
}

fn read_report(report: &[u8]) -> Result<Probe, MediaError> {
    let report: Report = serde_json::from_slice(report)
        .map_err(|_| MediaError::Malformed { detail: "no stream could be read".into() })?;
    let duration_s = report.format.duration.as_deref().and_then(seconds).unwrap_or(0.0);
    let of_type = |codec_type: &'static str| {
        move |stream: &&StreamReport| stream.codec_type == codec_type && stream.disposition.attached_pic == 0
    };
    let video = report
        .streams
        .iter()
        .find(of_type("video"))
        .map(|stream| video_stream(stream, duration_s))
        .transpose()?;
    let audio = report
        .streams
        .iter()
        .find(of_type("audio"))
        .map(|stream| audio_stream(stream, duration_s))
        .transpose()?;
    Ok(Probe { format: report.format.format_name, duration_s, video, audio })
}

fn video_stream(stream: &StreamReport, file_duration_s: f64) -> Result<VideoStream, MediaError> {
    let (Some(width @ 1..), Some(height @ 1..)) = (stream.width, stream.height) else {
        return Err(MediaError::Malformed { detail: "the video stream has no size".into() });
    };
    Ok(VideoStream {
        width,
        height,
        frames_per_second: stream.avg_frame_rate.as_deref().and_then(fraction).unwrap_or(0.0),
        frame_count: stream.nb_frames.as_deref().and_then(|count| count.parse().ok()),
        codec: stream.codec_name.clone(),
        duration_s: stream.duration_s().unwrap_or(file_duration_s),
        pixel_format: stream.pix_fmt.clone(),
        color_matrix: stream.color_space.clone().filter(|name| name != "unknown"),
        rotation_degrees: stream.rotation_degrees(),
        shown_size: stream.shown_size(width, height),
        has_alpha: stream.tags.alpha_mode.as_deref() == Some("1") || has_alpha_channel(&stream.pix_fmt),
    })
}

fn audio_stream(stream: &StreamReport, file_duration_s: f64) -> Result<AudioStream, MediaError> {
    let sample_rate = stream.sample_rate.as_deref().and_then(|rate| rate.parse().ok()).unwrap_or(0);
    let (1.., Some(channels @ 1..)) = (sample_rate, stream.channels) else {
        return Err(MediaError::Malformed {
            detail: "the audio stream has no sample rate or no channels".into(),
        });
    };
    let duration_s = stream.duration_s().unwrap_or(file_duration_s);
    Ok(AudioStream { sample_rate, channels, duration_s, codec: stream.codec_name.clone() })
}

impl StreamReport {
    fn duration_s(&self) -> Option<f64> {
        self.duration.as_deref().or(self.tags.duration.as_deref()).and_then(seconds)
    }

    fn rotation_degrees(&self) -> u16 {
        let counter_clockwise = self.side_data_list.iter().find_map(|data| data.rotation).unwrap_or(0.0);
        (-counter_clockwise.round()).rem_euclid(360.0) as u16
    }

    fn shown_size(&self, width: usize, height: usize) -> Size {
        let aspect = self.sample_aspect_ratio.as_deref().map(|text| text.replace(':', "/"));
        let aspect = aspect.as_deref().and_then(fraction).filter(|aspect| (0.01..=100.0).contains(aspect));
        let wide = (width as f64 * aspect.unwrap_or(1.0)).round().max(1.0) as usize;
        match self.rotation_degrees() {
            90 | 270 => Size { width: height, height: wide },
            _ => Size { width: wide, height },
        }
    }
}

/// Whether pixels of a format of ffmpeg's have an alpha channel.
fn has_alpha_channel(pixel_format: &str) -> bool {
    let beginnings = ["yuva", "ayuv", "ya8", "ya16", "gbrap", "rgba", "bgra", "argb", "abgr"];
    beginnings.iter().any(|beginning| pixel_format.starts_with(beginning))
}

/// Reads `12.5` or `00:00:12.5`.
fn seconds(text: &str) -> Option<f64> {
    let mut total = 0.0;
    for part in text.split(':') {
        total = total * 60.0 + part.parse::<f64>().ok().filter(|value| value.is_finite() && *value >= 0.0)?;
    }
    Some(total)
}

/// Reads `30000/1001`.
fn fraction(text: &str) -> Option<f64> {
    let (numerator, denominator) = text.split_once('/')?;
    let value = numerator.parse::<f64>().ok()? / denominator.parse::<f64>().ok()?;
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_written_as_text_are_read() {
        assert_eq!(seconds("12.5"), Some(12.5));
        assert_eq!(seconds("00:01:02.500000000"), Some(62.5));
        assert_eq!(seconds("N/A"), None);
        assert_eq!(seconds("-1"), None);
        assert_eq!(fraction("30000/1000"), Some(30.0));
        assert_eq!(fraction("0/0"), None);
    }

    #[test]
    fn cover_art_is_no_video_and_a_stream_without_length_has_the_files() {
        let report = br#"{"streams":[
            {"codec_type":"video","codec_name":"mjpeg","width":5,"height":5,"disposition":{"attached_pic":1}},
            {"codec_type":"audio","codec_name":"mp3","sample_rate":"44100","channels":2}],
            "format":{"format_name":"mp3","duration":"2.5"}}"#;
        let probe = read_report(report).unwrap();
        assert_eq!(probe.video, None);
        let audio = AudioStream { sample_rate: 44_100, channels: 2, duration_s: 2.5, codec: "mp3".into() };
        assert_eq!(probe.audio, Some(audio));
    }

    #[test]
    fn transparency_is_told_by_a_tag_in_any_case() {
        for tag in ["alpha_mode", "ALPHA_MODE"] {
            let report = format!(
                r#"{{"streams":[{{"codec_type":"video","codec_name":"vp9","width":4,"height":4,"pix_fmt":"yuv420p",
                "tags":{{"{tag}":"1"}}}}],"format":{{"format_name":"webm","duration":"1"}}}}"#
            );
            assert!(read_report(report.as_bytes()).unwrap().video.unwrap().has_alpha);
        }
    }

    #[test]
    fn a_report_without_format_is_malformed() {
        assert!(matches!(read_report(b"{}"), Err(MediaError::Malformed { .. })));
        assert!(matches!(read_report(b""), Err(MediaError::Malformed { .. })));
    }
}
