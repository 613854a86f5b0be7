//! Finished films, decoded.

use super::{ffmpeg, ffprobe};

/// Samples a second of what is heard.
pub const RATE: usize = 8000;

/// Frames of a film, and its sound.
pub struct Film {
    pub width: usize,
    pub height: usize,
    /// RGB, one after the other.
    pub frames: Vec<Vec<u8>>,
    /// Mono samples at [`RATE`]; none where only frames were wanted.
    pub samples: Vec<f32>,
}

impl Film {
    /// Three of its frames: the first, the middle one, the last.
    pub fn of(bytes: &[u8]) -> Self {
        decode(bytes, |path, last| {
            let chosen = format!("select='eq(n,0)+eq(n,{})+eq(n,{last})'", last.div_ceil(2));
            ["-i", path, "-vf", &chosen, "-fps_mode", "passthrough"].map(str::to_owned).to_vec()
        })
    }

    /// All of its frames and its sound.
    pub fn whole(bytes: &[u8]) -> Self {
        let mut film = decode(bytes, |path, _| ["-i", path, "-map", "0:v"].map(str::to_owned).to_vec());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film");
        std::fs::write(&path, bytes).unwrap();
        let sound = ["-i", path.to_str().unwrap(), "-map", "0:a", "-ac", "1", "-ar", "8000", "-f", "s16le"];
        let sound = ffmpeg(&sound, "pcm");
        let pairs = sound.as_chunks::<2>().0;
        film.samples = pairs.iter().map(|pair| f32::from(i16::from_le_bytes(*pair)) / 32768.0).collect();
        film
    }

    /// Root mean square of the sound between two times.
    pub fn level(&self, from_s: f64, to_s: f64) -> f32 {
        let part = &self.samples[(from_s * RATE as f64) as usize..(to_s * RATE as f64) as usize];
        (part.iter().map(|sample| sample * sample).sum::<f32>() / part.len() as f32).sqrt()
    }

    /// The colour at a place given in shares of the width and the height.
    pub fn at(&self, frame: usize, x: f64, y: f64) -> [u8; 3] {
        let (x, y) = ((x * self.width as f64) as usize, (y * self.height as f64) as usize);
        let first = (y * self.width + x) * 3;
        self.frames[frame][first..first + 3].try_into().unwrap()
    }

    /// The rows, in shares of the height, in which the middle frame of another film of this size is not the same.
    pub fn rows_that_differ(&self, other: &Self) -> Vec<f64> {
        let middle = self.frames.len() / 2;
        let rows = |film: &Self| {
            film.frames[middle].chunks_exact(film.width * 3).map(<[u8]>::to_vec).collect::<Vec<_>>()
        };
        let differs =
            |(a, b): &(Vec<u8>, Vec<u8>)| a.iter().zip(b).filter(|(a, b)| a.abs_diff(**b) > 40).count() > 6;
        let both = rows(self).into_iter().zip(rows(other)).enumerate();
        both.filter(|(_, pair)| differs(pair)).map(|(y, _)| y as f64 / self.height as f64).collect()
    }
}

/// A `WebM` with an alpha plane, laid over a colour: its first, middle and last frame.
pub fn over(bytes: &[u8], colour: &str) -> Film {
    decode(bytes, |path, last| {
        // VP9's own decoder of ffmpeg leaves the alpha plane out.
        let chosen = format!(
            "color={colour}:size=16x16:rate=25,format=gbrp[c];\
             [0:v]select='eq(n,0)+eq(n,{})+eq(n,{last})',setpts=N/25/TB,format=gbrap[film];\
             [c][film]scale2ref[c2][film2];[c2][film2]overlay=format=gbrp:shortest=1",
            last.div_ceil(2)
        );
        let input = ["-c:v", "libvpx-vp9", "-i", path, "-filter_complex", &chosen, "-frames:v", "3"];
        input.map(str::to_owned).to_vec()
    })
}

fn decode(bytes: &[u8], arguments: impl Fn(&str, usize) -> Vec<String>) -> Film {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film");
    std::fs::write(&path, bytes).unwrap();
    let probed = ffprobe(bytes);
    let picture = &probed["streams"][0];
    let side = |name: &str| picture[name].as_u64().unwrap() as usize;
    let (width, height) = (side("width"), side("height"));
    let count: usize = picture["nb_read_frames"].as_str().unwrap().parse().unwrap();
    let arguments = arguments(path.to_str().unwrap(), count - 1);
    let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    arguments.extend(["-f", "rawvideo", "-pix_fmt", "rgb24"]);
    let raw = ffmpeg(&arguments, "rgb");
    let frames = raw.chunks_exact(width * height * 3).map(<[u8]>::to_vec).collect();
    Film { width, height, frames, samples: Vec::new() }
}
