//! Checks of the machine itself: its clock, its disk, its fonts.

use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use rostrum_model::clock::Clock;

use crate::commands::minute;
use crate::system::SystemClock;

/// The start of 2025, in Unix seconds: no right clock shows an earlier time.
const NOT_BEFORE: i64 = 1_735_689_600;
/// How far the clock of the disk may be from that of the machine; a network disk has one of its own.
const MOST_APART: TimeDelta = TimeDelta::minutes(5);
/// Room for the files of a few videos at work.
const LEAST_FREE_BYTES: u64 = GIB;
const GIB: u64 = 1 << 30;

/// Whether the machine's clock can be right.
pub(super) fn clock(data_dir: &Path) -> Result<String, String> {
    let now = SystemClock.now();
    let written = written_at(data_dir).map_err(|error| {
        format!(
            "no file could be made in {}: {error}; make the folder writable for whoever runs rostrum",
            data_dir.display()
        )
    })?;
    judge_clock(now, written)
}

fn judge_clock(now: DateTime<Utc>, written: DateTime<Utc>) -> Result<String, String> {
    let shown = minute(now);
    if now.timestamp() < NOT_BEFORE {
        return Err(format!(
            "it shows {shown}, which is over; URLs would be signed for times that are past: set it, e.g. by `timedatectl \
             set-ntp true`"
        ));
    }
    let apart = (written - now).abs();
    if apart > MOST_APART {
        return Err(format!(
            "it shows {shown}, {} s away from that of the disk under the data folder; set both by NTP",
            apart.num_seconds()
        ));
    }
    Ok(shown.to_string())
}

/// The time that the disk gives a new file.
fn written_at(data_dir: &Path) -> std::io::Result<DateTime<Utc>> {
    let path = data_dir.join("doctor.tmp");
    let written = std::fs::File::create(&path)?.metadata()?.modified()?;
    std::fs::remove_file(path)?;
    Ok(written.into())
}

/// Whether there is room under the data folder.
pub(super) fn disk(data_dir: &Path) -> Result<String, String> {
    let free = free_bytes(data_dir)
        .map_err(|error| format!("the room in {} is unknown: {error}", data_dir.display()))?;
    judge_room(free, data_dir)
}

fn judge_room(free: u64, data_dir: &Path) -> Result<String, String> {
    let gib = |bytes: u64| bytes as f64 / GIB as f64;
    let told = format!("{:.1} GiB free in {}", gib(free), data_dir.display());
    if free >= LEAST_FREE_BYTES {
        return Ok(told);
    }
    Err(format!(
        "{told}, and videos at work may need {:.0}; delete what is not needed (`asset_ttl_days` does by itself), or move \
         the data folder to a larger disk",
        gib(LEAST_FREE_BYTES)
    ))
}

#[expect(unsafe_code, reason = "asks the C library; there is no safe call for it")]
fn free_bytes(folder: &Path) -> std::io::Result<u64> {
    let path = CString::new(folder.as_os_str().as_bytes())?;
    // SAFETY: all fields are numbers, for which zero is a value.
    let mut told: libc::statvfs = unsafe { std::mem::zeroed() };
    // SAFETY: the path ends with a zero byte, and `told` is written within its size.
    if unsafe { libc::statvfs(path.as_ptr(), &raw mut told) } != 0 {
        return Err(std::io::Error::last_os_error());
    }
    Ok(told.f_bavail * told.f_frsize)
}

/// Whether there are fonts for other scripts than those of the one that is built in.
pub(super) fn fonts(folders: &[PathBuf]) -> Result<String, String> {
    let count: usize = folders.iter().map(|folder| fonts_below(folder, 8)).sum();
    let places: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
    let places = places.join(", ");
    if count > 0 {
        return Ok(format!("{count} files in {places}, beside the one built in"));
    }
    Err(format!(
        "none in {places} (Debian: apt-get install fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji, or set \
         ROSTRUM_FONT_FOLDERS); until then captions and texts show Latin, Greek and Cyrillic alone"
    ))
}

/// Files of fonts in a folder, and so many folders below it.
fn fonts_below(folder: &Path, depth: usize) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let is_font = |path: &Path| {
        let extension = path.extension().map(OsStr::to_ascii_lowercase);
        extension
            .is_some_and(|extension| ["ttf", "otf", "ttc", "otc"].iter().any(|known| extension == *known))
    };
    entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .map(|path| match (path.is_dir(), depth) {
            (true, 0) => 0,
            (true, _) => fonts_below(&path, depth - 1),
            (false, _) => usize::from(is_font(&path)),
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_of_the_past_or_away_from_the_disks_is_a_fault_that_names_its_mending() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let now = at(NOT_BEFORE + 1000);
        assert!(judge_clock(now, now + TimeDelta::seconds(299)).is_ok());
        assert!(judge_clock(now, now - TimeDelta::seconds(301)).unwrap_err().contains("301 s away"));
        assert!(judge_clock(at(1000), at(1000)).unwrap_err().contains("timedatectl"));
    }

    #[test]
    fn a_full_disk_is_a_fault_and_missing_fonts_name_their_packages() {
        let folder = tempfile::tempdir().unwrap();
        assert!(judge_room(LEAST_FREE_BYTES, folder.path()).is_ok());
        assert!(judge_room(LEAST_FREE_BYTES - 1, folder.path()).unwrap_err().contains("1.0 GiB free"));
        assert!(free_bytes(folder.path()).unwrap() > 0);
        let below = folder.path().join("truetype/noto");
        std::fs::create_dir_all(&below).unwrap();
        let folders = [folder.path().to_owned()];
        assert!(fonts(&folders).unwrap_err().contains("fonts-noto-core"));
        std::fs::write(below.join("A.TTF"), b"").unwrap();
        assert!(fonts(&folders).unwrap().starts_with("1 files"));
    }
}
