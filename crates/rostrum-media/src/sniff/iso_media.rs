//! The MP4 family: MP4, `QuickTime`, M4A, HEIC, AVIF and their relatives.

use rostrum_model::asset::MediaType;

use super::{Sniffed, other};

/// Brands of plain MP4 videos.
const MP4_BRANDS: [&[u8; 4]; 24] = [
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41", b"mp42",
    b"mp71", b"avc1", b"M4V ", b"M4VH", b"M4VP", b"F4V ", b"MSNV", b"dash", b"msdh", b"mmp4", b"XAVC",
    b"NDAS", b"cmfc",
];

/// Tells the members of the family apart by the brands in their first box (ISO/IEC 14496-12, section 4.3); `None` for
/// other files.
pub(super) fn sniff(head: &[u8]) -> Option<Sniffed> {
    let size = u32::from_be_bytes(*head.first_chunk()?);
    match head.get(4..8)? {
        b"ftyp" => Some(by_brand(head, size as usize)),
        // QuickTime movies from before 2001 have no brands. A size in letters is a text that happens to fit.
        b"moov" | b"mdat" | b"wide" | b"free" | b"skip" | b"pnot" if head[0] < b' ' => {
            Some(Sniffed::Supported(MediaType::Mov))
        }
        _ => None,
    }
}

fn by_brand(head: &[u8], box_size: usize) -> Sniffed {
    use Sniffed::Supported;
    let file_type = &head[..box_size.clamp(8, 256).min(head.len())];
    let major = file_type.get(8..12).unwrap_or_default();
    let has_brand =
        |wanted: &[u8]| file_type.get(16..).unwrap_or_default().chunks_exact(4).any(|brand| brand == wanted);
    match major {
        b"qt  " => Supported(MediaType::Mov),
        b"M4A " | b"M4B " => Supported(MediaType::M4a),
        b"M4P " => other("an M4A audio file with copy protection"),
        b"F4A " | b"F4B " => other("a Flash audio file"),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => Supported(MediaType::Heic),
        b"avif" | b"avis" => Supported(MediaType::Avif),
        b"mif1" | b"msf1" | b"mif2" | b"miaf" if has_brand(b"avif") || has_brand(b"avis") => {
            Supported(MediaType::Avif)
        }
        b"mif1" | b"msf1" | b"mif2" | b"miaf"
            if [b"heic", b"heix", b"hevc", b"hevx"].into_iter().any(|brand| has_brand(brand)) =>
        {
            Supported(MediaType::Heic)
        }
        b"mif1" | b"msf1" | b"mif2" | b"miaf" => other("a HEIF image of an unknown codec"),
        b"crx " => other("a Canon raw photo"),
        b"jp2 " | b"jpx " | b"jpm " => other("a JPEG 2000 image"),
        _ if major.starts_with(b"3g") => other("a 3GP video"),
        _ if MP4_BRANDS.into_iter().any(|brand| brand == major || has_brand(brand)) => {
            Supported(MediaType::Mp4)
        }
        _ => other("an unknown member of the MP4 family"),
    }
}
