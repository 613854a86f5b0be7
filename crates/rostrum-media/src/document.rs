//! Documents, read by poppler's programs in the sandbox.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use image::DynamicImage;

use crate::decode::decode_image;
use crate::error::{Limited, MediaError};
use crate::ffmpeg::{MissingProgram, find_program};
use crate::inspect::{ImageLimits, InspectLimits};
use crate::sandbox::{self, Invocation, Limits};
use crate::thumbnail::{Pixels, THUMBNAIL_SIDE, Thumbnail, encode};

/// For one page, or the list of them.
const ONE_PAGE: Limits = Limits { wall_clock: Duration::from_secs(30), cpu_s: 30, ..Limits::READING };

/// More than pdfinfo prints of any real file.
const MAX_REPORT_BYTES: usize = 1 << 20;

/// More than a page of our size has as PNG.
const MAX_PAGE_BYTES: usize = 4 << 20;

/// The two programs, by absolute path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poppler {
    /// Tells the number of pages.
    pub pdfinfo: PathBuf,
    /// Draws pages.
    pub pdftoppm: PathBuf,
}

impl Poppler {
    /// Finds both programs in the folders of `path_var`, written as in the `PATH` variable.
    ///
    /// # Errors
    /// When one of them is in no folder.
    pub fn locate(path_var: &OsStr) -> Result<Self, MissingProgram> {
        let find = |program| find_program(path_var, program, "poppler-utils");
        Ok(Self { pdfinfo: find("pdfinfo")?, pdftoppm: find("pdftoppm")? })
    }
}

/// Counts the pages of a PDF.
///
/// # Errors
/// [`MediaError::Malformed`] when it cannot be opened (damaged, or it needs a password), [`MediaError::Limit`] when it
/// has too many pages.
pub async fn count_pages(poppler: &Poppler, path: &Path) -> Result<u64, MediaError> {
    let call = Invocation::new(&poppler.pdfinfo, ONE_PAGE).arg(absolute(path)).readable(path);
    let report = sandbox::run(&call, MAX_REPORT_BYTES)
        .await
        .map_err(|error| MediaError::from_decoder(error).blaming_the_file())?;
    let pages = pages(&String::from_utf8_lossy(&report))
        .ok_or_else(|| MediaError::malformed("it does not tell how many pages it has"))?;
    if pages == 0 {
        return Err(MediaError::malformed("it has no pages"));
    }
    Limited::DocumentPages.check(pages, InspectLimits::default().max_pages)?;
    Ok(pages)
}

/// Draws the first page of a PDF, small.
///
/// # Errors
/// When it cannot be drawn.
pub async fn look_at_document(poppler: &Poppler, path: &Path) -> Result<Thumbnail, MediaError> {
    let side = THUMBNAIL_SIDE.to_string();
    let call = Invocation::new(&poppler.pdftoppm, ONE_PAGE)
        .args(["-png", "-f", "1", "-l", "1", "-singlefile", "-cropbox", "-scale-to", &side])
        .arg(absolute(path))
        .readable(path);
    let page = sandbox::run(&call, MAX_PAGE_BYTES)
        .await
        .map_err(|error| MediaError::from_decoder(error).blaming_the_file())?;
    let page = decode_image(&page, ImageLimits::default())?;
    let image = image::RgbImage::from_raw(page.width as u32, page.height as u32, page.pixels);
    encode(&Pixels::of(DynamicImage::from(image.expect("three bytes for each pixel"))))
}

/// A path that cannot be taken for an option.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The number in the last line that tells it; what stands before may be texts of the document.
fn pages(report: &str) -> Option<u64> {
    report.lines().filter_map(|line| line.strip_prefix("Pages:")).next_back()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_tell_the_number_of_pages() {
        let report = "Title:          x\nPages:  9\nPages:           3\nEncrypted:       no\n";
        assert_eq!(pages(report), Some(3));
        assert_eq!(pages("Title: Pages: 4\n"), None);
    }
}
