//! Puts every file of a folder through the eyes that an upload meets, to see that none of them makes the product panic
//! or wait: `cargo run -p rostrum-media --example corpus -- DIR`. One line per file: type, verdict, milliseconds, name.
//! Ends with 1 when anything panicked.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rostrum_media::{Ffmpeg, ImageLimits, InspectLimits, MediaError, decode_picture, inspect, sniff};
use rostrum_model::asset::{AssetKind, MediaType};

fn main() {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).expect("usage: corpus DIR");
    let ffmpeg = Ffmpeg::locate("/usr/local/bin:/usr/bin:/bin".as_ref()).expect("ffmpeg is installed");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads can be started");
    let mut files = Vec::new();
    collect(&folder, &mut files);
    files.sort();
    let (mut accepted, mut refused, mut foreign, mut panicked, mut ours) = (0, 0, 0, 0, 0);
    let mut slowest = (0, PathBuf::new());
    for path in &files {
        let Ok(bytes) = std::fs::read(path) else { continue };
        let start = Instant::now();
        let found = std::panic::catch_unwind(|| sniff(&bytes[..bytes.len().min(64 << 10)]));
        let media_type = found.as_ref().ok().and_then(rostrum_media::Sniffed::media_type);
        let look = || runtime.block_on(look(&ffmpeg, path, media_type, bytes.clone()));
        let verdict = match (&found, std::panic::catch_unwind(AssertUnwindSafe(look))) {
            (Err(_), _) | (_, Err(_)) => {
                panicked += 1;
                "PANIC".to_owned()
            }
            (Ok(_), Ok(Ok(None))) => {
                foreign += 1;
                "foreign".to_owned()
            }
            (Ok(_), Ok(Ok(Some(words)))) => {
                accepted += 1;
                words
            }
            (Ok(_), Ok(Err(error))) if error.is_the_files_fault() => {
                refused += 1;
                format!("refused: {error}")
            }
            (Ok(_), Ok(Err(error))) => {
                ours += 1;
                format!("OURS: {error}")
            }
        };
        let ms = start.elapsed().as_millis();
        if ms > slowest.0 {
            slowest = (ms, path.clone());
        }
        let found = found.map_or_else(|_| "?".to_owned(), |found| found.found().to_owned());
        println!("{found}\t{verdict}\t{ms} ms\t{}", path.display());
    }
    println!(
        "{} files: {accepted} accepted, {refused} refused, {foreign} of other types, {ours} not the file's fault, \
         {panicked} panics; slowest {} ms: {}",
        files.len(),
        slowest.0,
        slowest.1.display()
    );
    std::process::exit(i32::from(panicked > 0));
}

async fn look(
    ffmpeg: &Ffmpeg,
    path: &Path,
    media_type: Option<MediaType>,
    bytes: Vec<u8>,
) -> Result<Option<String>, MediaError> {
    let Some(media_type) = media_type else { return Ok(None) };
    let inspected = inspect(media_type, &mut std::io::Cursor::new(&bytes), &InspectLimits::default())?;
    match inspected.media_type.kind() {
        AssetKind::Image => {
            let folder = tempfile::tempdir().expect("a folder can be made");
            let image = decode_picture(ffmpeg, folder.path(), bytes, ImageLimits::default()).await?;
            Ok(Some(format!("{}x{}", image.width, image.height)))
        }
        AssetKind::Audio => {
            let samples = rostrum_media::decode_audio(ffmpeg, path).await?;
            Ok(Some(format!("{} samples", samples.len())))
        }
        AssetKind::Video => {
            Ok(Some(format!("{:.1} s", rostrum_media::probe(ffmpeg, path).await?.duration_s)))
        }
        _ => Ok(Some("kept".to_owned())),
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(&path, files),
            Ok(kind) if kind.is_file() => files.push(path),
            _ => {}
        }
    }
}
