//! The coded pictures of a file, as streams that decoders take.

use super::items::{Fields, Items};
use crate::error::MediaError;
use crate::inspect::ImageLimits;

/// The most tiles of a picture; 50 megapixels in the usual tiles of 512x512 are 200.
const MAX_TILES: usize = 4096;

/// How much longer than four times the file a stream may be, in bytes: every tile repeats the parameters.
const MAX_REPEATED_BYTES: usize = 1 << 20;

/// The most pictures looked at to find the transparency.
const MAX_AUXILIARIES: usize = 16;

/// How a picture is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codec {
    /// HEVC, as in HEIC; the stream is in the form of ITU-T H.265, annex B.
    Hevc,
    /// AV1, as in AVIF; the stream is in an IVF file.
    Av1,
}

/// A picture of one or more tiles, each a frame of the stream, row by row.
#[derive(Debug)]
pub(crate) struct CodedPicture {
    pub(crate) codec: Codec,
    pub(crate) stream: Vec<u8>,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    /// Size of the whole; tiles may reach over its right and lower edge.
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Size of each tile.
    pub(crate) tile_size: (usize, usize),
    /// Matrix coefficients (ITU-T H.273, table 4) and whether the full range is used, where the file tells.
    pub(crate) matrix: Option<(u16, bool)>,
}

/// A file's picture with its transparency and how it is turned.
#[derive(Debug)]
pub(crate) struct CodedPictures {
    pub(crate) picture: CodedPicture,
    /// Opaque where it is white; of the same size.
    pub(crate) alpha: Option<CodedPicture>,
    /// To do one after the other.
    pub(crate) transforms: Vec<Transform>,
}

/// How a picture is brought upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transform {
    /// By so many quarter turns to the left.
    TurnLeft(u8),
    /// Top and bottom change places.
    FlipVertically,
    /// Left and right change places.
    FlipHorizontally,
}

impl CodedPictures {
    /// Takes a file apart; `meta` is the content of its box of that name.
    pub(crate) fn read(file: &[u8], meta: &[u8], limits: ImageLimits) -> Result<Self, MediaError> {
        let items = Items::read(meta)?;
        let damaged = || MediaError::malformed("the picture's list of items is damaged");
        let primary = items.primary().ok_or_else(damaged)?;
        let reader = Reader { items: &items, file, limits };
        let picture = reader.picture(primary)?;
        // What cannot be read of the transparency is no reason to refuse the picture.
        let alpha =
            items.referring(*b"auxl", primary).take(MAX_AUXILIARIES).find(|item| is_alpha(&items, *item));
        let alpha = alpha
            .and_then(|item| reader.picture(item).ok())
            .filter(|alpha| (alpha.width, alpha.height) == (picture.width, picture.height));
        let transforms = items.properties_of(primary).filter_map(transform).collect();
        Ok(Self { picture, alpha, transforms })
    }
}

fn is_alpha(items: &Items<'_>, item: u32) -> bool {
    const NAMES: [&[u8]; 2] = [b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1"];
    let name = items.property(item, *b"auxC").and_then(|content| content.get(4..)).unwrap_or_default();
    NAMES.into_iter().any(|alpha| name.starts_with(alpha))
}

fn transform((kind, content): (&[u8; 4], &[u8])) -> Option<Transform> {
    let value = content.first()?;
    match kind {
        b"irot" => Some(Transform::TurnLeft(value & 3)),
        b"imir" if value & 1 == 0 => Some(Transform::FlipVertically),
        b"imir" => Some(Transform::FlipHorizontally),
        _ => None,
    }
}

struct Reader<'file> {
    items: &'file Items<'file>,
    file: &'file [u8],
    limits: ImageLimits,
}

impl Reader<'_> {
    fn picture(&self, item: u32) -> Result<CodedPicture, MediaError> {
        let damaged = || MediaError::malformed("the picture's items are damaged or cut off");
        let is_grid = self.items.kind(item) == Some(b"grid");
        let (columns, rows, (width, height)) = if is_grid {
            self.grid(item).ok_or_else(damaged)?
        } else {
            (1, 1, self.items.size(item).ok_or_else(damaged)?)
        };
        self.limits.check(width, height)?;
        let own = [item];
        let tiles = if is_grid { self.items.referred(*b"dimg", item) } else { &own };
        if tiles.len() != columns * rows || tiles.len() > MAX_TILES {
            return Err(damaged());
        }
        let codec = match self.items.kind(tiles[0]) {
            Some(b"hvc1" | b"hev1") => Codec::Hevc,
            Some(b"av01") => Codec::Av1,
            _ => {
                return Err(MediaError::Undrawable {
                    found: "a HEIF image put together in an unusual way".to_owned(),
                    way_out: "export it as PNG or JPEG",
                });
            }
        };
        let tile_size = self.items.size(tiles[0]).ok_or_else(damaged)?;
        // Tiles cover the whole and reach over its edges by less than one tile.
        let covers = |tile: u32, count: usize, whole: u32| {
            let covered = u64::from(tile) * count as u64;
            covered >= u64::from(whole) && covered - u64::from(whole) < u64::from(tile)
        };
        if is_grid && !(covers(tile_size.0, columns, width) && covers(tile_size.1, rows, height)) {
            return Err(damaged());
        }
        let mut stream = Vec::new();
        if codec == Codec::Av1 {
            begin_ivf(&mut stream, tile_size);
        }
        for (number, tile) in tiles.iter().enumerate() {
            let is_alike = self.items.kind(*tile) == self.items.kind(tiles[0])
                && self.items.size(*tile) == Some(tile_size);
            let data = self.items.data(*tile, self.file).filter(|_| is_alike).ok_or_else(damaged)?;
            match codec {
                Codec::Hevc => self.append_hevc(&mut stream, *tile, &data).ok_or_else(damaged)?,
                Codec::Av1 => append_ivf(&mut stream, number as u64, &data),
            }
            // Otherwise the same bytes are used over and over.
            if stream.len() > self.file.len() * 4 + MAX_REPEATED_BYTES {
                return Err(damaged());
            }
        }
        let (width, height) = (width as usize, height as usize);
        let tile_size = (tile_size.0 as usize, tile_size.1 as usize);
        let matrix = self.matrix(item, tiles[0]);
        Ok(CodedPicture { codec, stream, columns, rows, width, height, tile_size, matrix })
    }

    /// Columns, rows and the size of the whole.
    fn grid(&self, item: u32) -> Option<(usize, usize, (u32, u32))> {
        let data = self.items.data(item, self.file)?;
        let mut fields = Fields(&data);
        let flags = fields.uint(2)?;
        let size = if flags & 1 == 0 { 2 } else { 4 };
        let (rows, columns) = (fields.uint(1)? as usize + 1, fields.uint(1)? as usize + 1);
        Some((columns, rows, (fields.uint(size)? as u32, fields.uint(size)? as u32)))
    }

    /// The colours as the item or its tiles say them, independent of the codec.
    fn matrix(&self, item: u32, tile: u32) -> Option<(u16, bool)> {
        let colours = |item| {
            let mut named = self.items.properties_of(item).filter(|(kind, _)| *kind == b"colr");
            named.find_map(|(_, content)| content.strip_prefix(b"nclx"))
        };
        let mut fields = Fields(colours(item).or_else(|| colours(tile))?);
        fields.uint(4)?;
        Some((fields.uint(2)? as u16, fields.uint(1)? & 0x80 != 0))
    }

    /// Appends a tile with its parameter sets (ISO/IEC 14496-15, section 8.3.3).
    fn append_hevc(&self, stream: &mut Vec<u8>, item: u32, data: &[u8]) -> Option<()> {
        const START: [u8; 4] = [0, 0, 0, 1];
        let mut configuration = Fields(self.items.property(item, *b"hvcC")?);
        configuration.take(21)?;
        let length_size = (configuration.uint(1)? & 3) as usize + 1;
        for _ in 0..configuration.uint(1)? {
            configuration.uint(1)?;
            for _ in 0..configuration.uint(2)? {
                let length = configuration.uint(2)? as usize;
                stream.extend(START);
                stream.extend(configuration.take(length)?);
            }
        }
        let mut units = Fields(data);
        while !units.0.is_empty() {
            let length = units.uint(length_size)? as usize;
            stream.extend(START);
            stream.extend(units.take(length)?);
        }
        Some(())
    }
}

/// The header of an IVF file.
fn begin_ivf(stream: &mut Vec<u8>, (width, height): (u32, u32)) {
    stream.extend(b"DKIF\0\0\x20\0AV01");
    stream.extend((width as u16).to_le_bytes());
    stream.extend((height as u16).to_le_bytes());
    // One frame per second, of unknown number.
    stream.extend([1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}

/// A frame with the mark that begins one, which files of pictures leave out (AV1 image file format, section 2.1).
fn append_ivf(stream: &mut Vec<u8>, number: u64, data: &[u8]) {
    const TEMPORAL_DELIMITER: [u8; 2] = [0x12, 0];
    let length = (data.len() + TEMPORAL_DELIMITER.len()) as u32;
    stream.extend(length.to_le_bytes());
    stream.extend(number.to_le_bytes());
    stream.extend(TEMPORAL_DELIMITER);
    stream.extend(data);
}
