//! Media files: what they are, what is in them, and how finished videos are put together.
//!
//! Uploaded bytes are told apart ([`sniff()`]), checked for what is cut off or dangerous ([`inspect()`]), looked into
//! ([`probe()`]) and decoded ([`decode_picture`], [`decode_audio`], [`subtitles()`]), videos frame by frame ([`FrameReader`],
//! [`FramePlayer`]). A video is drawn on a [`Canvas`], encoded in segments ([`SegmentEncoder`]), joined with its sound
//! ([`join`]) and checked before anyone sees it ([`verify_output`]). Captions are laid out from word times
//! ([`captions`]). Small pictures and the outline of sound are made of every upload ([`look_at_picture`],
//! [`look_at_video`], [`look_at_document`], [`waveform()`]). Everything that needs native codecs runs ffmpeg in a [`sandbox`].
//!
//! It knows no database, no HTTP, no clock and no environment; programs and folders are passed in. It does not draw
//! avatars and does not fetch anything.
//!
//! To add an upload type: add it to `MediaType`, teach [`sniff()`] its signature and [`inspect()`] its shape, and,
//! if ffmpeg must read it, add its demuxer to the list in `ffmpeg.rs`. To add an output: write one function beside [`thumbnail`] that builds the
//! arguments and runs them in the sandbox.

mod canvas;
pub mod captions;
mod decode;
mod document;
mod encode;
mod error;
mod ffmpeg;
mod fill;
mod frames;
mod heif;
mod inspect;
mod layers;
mod mux;
mod probe;
pub mod sandbox;
mod sniff;
mod still;
mod subtitles;
mod thumbnail;
mod verify;
mod wav;
mod waveform;

pub use canvas::Canvas;
pub use decode::{MAX_AUDIO_S, decode_audio, decode_clear_picture, decode_image, decode_picture};
pub use document::{Poppler, count_pages, look_at_document};
pub use encode::{EncoderGone, SegmentEncoder, gif, thumbnail};
pub use error::{Limited, MediaError};
pub use ffmpeg::{Ffmpeg, MissingProgram};
pub use fill::{centred, enlarged, filled, scale_part, scale_part_clear, scaled};
pub use frames::{Fit, FrameOptions, FramePlayer, FrameReader};
pub use inspect::{ArchiveLimits, ImageLimits, InspectLimits, Inspected, inspect};
pub use layers::{Over, lay_on_colour};
pub use mux::{ClipSound, MusicBed, Sounds, join};
pub use probe::{AudioStream, Probe, VideoStream, probe};
pub use sniff::{Sniffed, sniff};
pub use still::look_at_video;
pub use subtitles::{Cue, MAX_CUES, MAX_SUBTITLE_BYTES, subtitles};
pub use thumbnail::{LookedAt, THUMBNAIL_SIDE, Thumbnail, jpeg, look_at_picture};
pub use verify::{Plan, Verified, VerifyError, verify_output};
pub use wav::{WavFile, wav, write_wav};
pub use waveform::{MAX_WAVEFORM_POINTS, Waveform, waveform};
