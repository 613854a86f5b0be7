//! Joining the encoded segments with the sound.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use rostrum_model::video::OutputFormat;

use crate::encode::{REORDERED_FRAMES, REPRODUCIBLE, TICKS_PER_FRAME, container};
use crate::error::MediaError;
use crate::ffmpeg::{Ffmpeg, file_url, with_input};
use crate::sandbox::{self, Limits};

/// Sample rate of the sound in finished videos.
const OUTPUT_SAMPLE_RATE: u64 = 48_000;

/// Speech to two channels. Two loudspeakers are twice as loud as one, so each gets 3 dB less: the film is as loud, by EBU R 128,
/// as the speech was.
const MONO_TO_STEREO: &str = "pan=stereo|c0=0.70795*c0|c1=0.70795*c0";

/// The mark that every finished video carries in its metadata.
const AI_MARK: &str = "comment=AI-generated";

/// The sound of a clip that is heard in a part of a video.
#[derive(Debug, Clone, PartialEq)]
pub struct ClipSound {
    /// The clip; it has sound.
    pub clip: PathBuf,
    /// When it starts to be heard, in seconds.
    pub start_s: f64,
    /// For how long at most, in seconds.
    pub length_s: f64,
    /// 0..=1.
    pub volume: f32,
    /// Whether it starts again when it ends.
    pub repeats: bool,
    /// How much faster than it was recorded, above 0; the pitch stays.
    pub tempo: f64,
}

/// Music under a whole video.
#[derive(Debug, Clone, PartialEq)]
pub struct MusicBed {
    /// The recording, as it is heard where nobody speaks.
    pub sound: ClipSound,
    /// Whether it becomes quieter while somebody speaks.
    pub ducks: bool,
}

/// All that is heard in a video.
#[derive(Debug, Clone, PartialEq)]
pub struct Sounds {
    /// What is said: a WAV file, mono.
    pub speech: PathBuf,
    /// The sounds of clips.
    pub clips: Vec<ClipSound>,
    /// Music under it.
    pub music: Option<MusicBed>,
}

/// Music is pressed down where the speech is above this level (about -34 dB of full scale), and comes back softly. Under speech
/// of -16 LUFS it is 12 dB quieter, as measured; a ratio of 6 made it 17.
const DUCKING: &str = "sidechaincompress=threshold=0.02:ratio=2.5:attack=60:release=700:knee=4";
/// How long music takes to come and to go, in seconds.
const MUSIC_FADE_S: [f64; 2] = [0.4, 1.5];

/// The least and the most that one of ffmpeg's filters changes a tempo by.
const TEMPO: std::ops::RangeInclusive<f64> = 0.5..=100.0;
/// Sound of clips fades in and out so long, so that cuts do not click.
const FADE_S: f64 = 0.01;

impl ClipSound {
    /// The filters that make it sound in its place.
    fn filters(&self) -> String {
        let Self { start_s, length_s, volume, .. } = self;
        let mut filters = format!("aresample={OUTPUT_SAMPLE_RATE},aformat=channel_layouts=stereo");
        let mut tempo = self.tempo;
        while tempo < *TEMPO.start() {
            filters.push_str(",atempo=0.5");
            tempo *= 2.0;
        }
        if tempo != 1.0 {
            write!(filters, ",atempo={:.6}", tempo.min(*TEMPO.end()))
                .expect("writing to a String cannot fail");
        }
        let fade_out_s = (length_s - FADE_S).max(0.0);
        write!(
            filters,
            ",atrim=end={length_s:.6},afade=t=in:d={FADE_S},afade=t=out:st={fade_out_s:.6}:d={FADE_S},volume={volume:.4}\
             ,adelay={:.3}:all=1",
            start_s * 1000.0
        )
        .expect("writing to a String cannot fail");
        filters
    }
}

impl Sounds {
    /// Nothing but what is said.
    pub fn of_speech(speech: PathBuf) -> Self {
        Self { speech, clips: Vec::new(), music: None }
    }
}

/// Joins `segments` (made by [`crate::SegmentEncoder`], without encoding them again) with their sounds into the film
/// `out`, which lies in `job_dir` and has the format that its name ends with: AAC in MP4, Opus in `WebM`, plain samples in MOV, stereo, 48 kHz, ready
/// for streaming. Sounds of clips and music are added to what is said. The sound is
/// cut or filled with silence to last exactly `frame_count` frames.
///
/// # Errors
/// When a segment or a sound is missing or damaged.
pub async fn join(
    ffmpeg: &Ffmpeg,
    job_dir: &Path,
    segments: &[PathBuf],
    sounds: &Sounds,
    out: &Path,
    frame_count: u64,
    frames_per_second: u32,
) -> Result<(), MediaError> {
    let list_path = job_dir.join("segments.ffconcat");
    tokio::fs::write(&list_path, segment_list(segments))
        .await
        .map_err(MediaError::io("write the list of segments"))?;

    let sample_count = frame_count * OUTPUT_SAMPLE_RATE / u64::from(frames_per_second);
    let Sounds { speech, clips, music } = sounds;
    let mut sound = format!("[1:a:0]aresample={OUTPUT_SAMPLE_RATE},{MONO_TO_STEREO}");
    if let Some(MusicBed { sound: bed, ducks }) = music {
        let (filters, input) = (bed.filters(), clips.len() + 2);
        let [fade_in_s, fade_out_s] = MUSIC_FADE_S;
        let fade_out_at_s = (bed.length_s - fade_out_s).max(0.0);
        let fades = format!("afade=t=in:d={fade_in_s},afade=t=out:st={fade_out_at_s:.6}:d={fade_out_s}");
        let music = format!("[{input}:a:0]{filters},{fades}");
        // What the speech presses down is heard with it.
        let ducked = if *ducks {
            format!(",asplit=2[said][key];{music}[bed];[bed][key]{DUCKING}[music];")
        } else {
            format!("[said];{music}[music];")
        };
        write!(sound, "{ducked}[said][music]amix=inputs=2:duration=longest:normalize=0")
            .expect("writing to a String cannot fail");
    }
    for (i, clip) in clips.iter().enumerate() {
        // Each is added to what there is so far; no sound becomes quieter because there are others.
        let (filters, input) = (clip.filters(), i + 2);
        write!(
            sound,
            "[s{i}];[{input}:a:0]{filters}[c{i}];[s{i}][c{i}]amix=inputs=2:duration=longest:normalize=0"
        )
        .expect("writing to a String cannot fail");
    }
    if !clips.is_empty() || music.is_some() {
        sound.push_str(",alimiter=level=0:limit=0.98");
    }
    write!(sound, ",apad=whole_len={sample_count},atrim=end_sample={sample_count}[sound]")
        .expect("writing to a String cannot fail");
    // Segments of one or two frames need no reordering and are decoded later than the frames before them say; with one
    // steady beat for all, players see one steady frame rate.
    let steady_decoding = format!("setts=pts=PTS:dts=(N-{REORDERED_FRAMES})*{TICKS_PER_FRAME}");
    let mut call = ffmpeg
        .call(Limits::WRITING)
        .args(["-f", "concat", "-safe", "0", "-protocol_whitelist", "file,pipe", "-i"])
        .arg(file_url(&list_path))
        .folder(job_dir);
    for segment in segments {
        call = call.readable(segment);
    }
    call = with_input(call, speech, &[]);
    for ClipSound { clip, repeats, .. } in clips.iter().chain(music.as_ref().map(|music| &music.sound)) {
        call = with_input(call, clip, if *repeats { &["-stream_loop", "-1"] } else { &[] });
    }
    let is = |format: &OutputFormat| out.extension().is_some_and(|extension| extension == format.extension());
    let format = [OutputFormat::Webm, OutputFormat::Mov].into_iter().find(is).unwrap_or_default();
    let codecs: &[&str] = match format {
        OutputFormat::Mp4 => &["-bsf:v", &steady_decoding, "-c:a", "aac", "-movflags", "+faststart"],
        OutputFormat::Webm => &["-c:a", "libopus", "-cues_to_front", "1"],
        OutputFormat::Mov => &["-c:a", "pcm_s16le", "-movflags", "+faststart"],
    };
    call = call
        .args(["-filter_complex", &sound, "-map", "0:v:0", "-map", "[sound]", "-c:v", "copy"])
        .args(codecs)
        .args(["-b:a", "128k", "-flags:a", "+bitexact"])
        .args(REPRODUCIBLE)
        .args(["-metadata", AI_MARK])
        .args(container(format, frames_per_second))
        .arg(file_url(out));
    sandbox::run(&call, 0).await?;
    Ok(())
}

/// The segments in ffmpeg's own list format, quoted as its manual says.
fn segment_list(segments: &[PathBuf]) -> String {
    let mut list = String::from("ffconcat version 1.0\n");
    for segment in segments {
        let path = std::path::absolute(segment).unwrap_or_else(|_| segment.clone());
        let quoted = path.to_string_lossy().replace('\'', r"'\''");
        writeln!(list, "file 'file:{quoted}'").expect("writing to a String cannot fail");
    }
    list
}
