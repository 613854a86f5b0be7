//! Arrays of 32-bit floats out of a `NumPy` archive.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::error::SpeechError;

/// The largest archive member read, in bytes.
const MAX_MEMBER_BYTES: u64 = 64 << 20;

/// Named arrays, flattened in row-major order.
pub(crate) type Arrays = HashMap<String, Vec<f32>>;

/// Reads all arrays of an archive.
pub(crate) fn read(path: &Path) -> Result<Arrays, SpeechError> {
    let unreadable = |source: io::Error| SpeechError::ModelFile { path: path.to_owned(), source };
    let damaged = |what, source| SpeechError::ModelDamaged { path: path.to_owned(), what, source };
    let file = File::open(path).map_err(unreadable)?;
    let mut archive = zip::ZipArchive::new(io::BufReader::new(file))
        .map_err(|error| damaged("not a zip archive", Some(error.into())))?;
    let mut arrays = HashMap::new();
    for index in 0..archive.len() {
        let member =
            archive.by_index(index).map_err(|error| damaged("member unreadable", Some(error.into())))?;
        let name = member.name().trim_end_matches(".npy").to_owned();
        let mut bytes = Vec::new();
        member.take(MAX_MEMBER_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
        let array = floats(&bytes).ok_or_else(|| damaged("not a row-major array of 32-bit floats", None))?;
        arrays.insert(name, array);
    }
    Ok(arrays)
}

/// The numbers of one array file, whose header is a Python dictionary in ASCII.
fn floats(bytes: &[u8]) -> Option<Vec<f32>> {
    let rest = bytes.strip_prefix(b"\x93NUMPY")?;
    let (length, start): (usize, usize) = match rest.first()? {
        1 => (usize::from(u16::from_le_bytes(rest.get(2..4)?.try_into().ok()?)), 4),
        _ => (u32::from_le_bytes(rest.get(2..6)?.try_into().ok()?) as usize, 6),
    };
    let header = std::str::from_utf8(rest.get(start..start.checked_add(length)?)?).ok()?;
    if !header.contains("'descr': '<f4'") || !header.contains("'fortran_order': False") {
        return None;
    }
    let (numbers, []) = rest[start + length..].as_chunks::<4>() else { return None };
    Some(numbers.iter().map(|number| f32::from_le_bytes(*number)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_that_are_not_plain_floats_are_refused() {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
        let mut file = b"\x93NUMPY\x01\x00".to_vec();
        file.extend((header.len() as u16).to_le_bytes());
        file.extend(header.as_bytes());
        file.extend(1.5f32.to_le_bytes());
        assert_eq!(floats(&file), Some(vec![1.5]));
        assert_eq!(floats(&file[..file.len() - 1]), None);
        assert_eq!(floats(&file[..12]), None);
        assert_eq!(floats(b""), None);
    }
}
