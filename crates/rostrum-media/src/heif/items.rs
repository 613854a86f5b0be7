//! The list of items.

use crate::error::MediaError;

/// The most pieces that the data of all items may be in, and the most properties of all items together; more than any
/// real file has. They bound the time that looking for them costs.
const MAX_EXTENTS: usize = 20_000;
const MAX_OWNED: usize = 20_000;

/// The items of a file: coded pictures, the grids they form, and their properties.
#[derive(Debug, Default)]
pub(crate) struct Items<'file> {
    primary: Option<u32>,
    kinds: Vec<(u32, [u8; 4])>,
    places: Vec<Place>,
    references: Vec<Reference>,
    properties: Vec<Property<'file>>,
    /// Which item has which property, by the latter's place in `properties`.
    owned: Vec<(u32, usize)>,
    inner_data: &'file [u8],
}

/// A property's kind and content.
pub(crate) type Property<'file> = (&'file [u8; 4], &'file [u8]);

#[derive(Debug)]
struct Place {
    item: u32,
    is_inner: bool,
    /// Start and length; a length of 0 reaches to the end.
    extents: Vec<(u64, u64)>,
}

#[derive(Debug)]
struct Reference {
    kind: [u8; 4],
    from: u32,
    to: Vec<u32>,
}

impl<'file> Items<'file> {
    /// Reads the content of a `meta` box.
    pub(crate) fn read(meta: &'file [u8]) -> Result<Self, MediaError> {
        let mut items = Self::default();
        items
            .read_boxes(meta)
            .ok_or_else(|| MediaError::malformed("the picture's list of items is damaged"))?;
        // In order of the items, each one's in their own order.
        items.kinds.sort_by_key(|(item, _)| *item);
        items.places.sort_by_key(|place| place.item);
        items.owned.sort_by_key(|(item, _)| *item);
        Ok(items)
    }

    fn read_boxes(&mut self, meta: &'file [u8]) -> Option<()> {
        let mut boxes = Fields(meta.get(4..)?);
        while let Some((kind, content)) = boxes.next_box()? {
            let mut fields = Fields(content);
            match kind {
                b"pitm" => {
                    let version = fields.uint(4)? >> 24;
                    self.primary = Some(fields.uint(if version == 0 { 2 } else { 4 })? as u32);
                }
                b"iinf" => self.read_kinds(fields)?,
                b"iloc" => self.read_places(fields)?,
                b"iref" => self.read_references(fields)?,
                b"iprp" => self.read_properties(fields)?,
                b"idat" => self.inner_data = content,
                _ => {}
            }
        }
        Some(())
    }

    fn read_kinds(&mut self, mut fields: Fields<'file>) -> Option<()> {
        let version = fields.uint(4)? >> 24;
        fields.uint(if version == 0 { 2 } else { 4 })?;
        while let Some((kind, content)) = fields.next_box()? {
            let mut entry = Fields(content);
            let version = entry.uint(4)? >> 24;
            if kind != b"infe" || version < 2 {
                continue;
            }
            let item = entry.uint(if version == 2 { 2 } else { 4 })? as u32;
            entry.uint(2)?;
            self.kinds.push((item, *entry.take(4)?.first_chunk()?));
        }
        Some(())
    }

    fn read_places(&mut self, mut fields: Fields<'file>) -> Option<()> {
        let version = fields.uint(4)? >> 24;
        let sizes = fields.uint(2)? as usize;
        let (offset_size, length_size, base_size) = (sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15);
        let index_size = if version == 0 { 0 } else { sizes & 15 };
        let id_size = if version < 2 { 2 } else { 4 };
        let mut extents_left = MAX_EXTENTS;
        for _ in 0..fields.uint(id_size)? {
            let item = fields.uint(id_size)? as u32;
            let construction = if version == 0 { 0 } else { fields.uint(2)? & 15 };
            fields.uint(2)?;
            let base = fields.uint(base_size)?;
            let mut extents = Vec::new();
            for _ in 0..fields.uint(2)? {
                extents_left = extents_left.checked_sub(1)?;
                fields.uint(index_size)?;
                extents.push((base.checked_add(fields.uint(offset_size)?)?, fields.uint(length_size)?));
            }
            if construction < 2 {
                self.places.push(Place { item, is_inner: construction == 1, extents });
            }
        }
        Some(())
    }

    fn read_references(&mut self, mut fields: Fields<'file>) -> Option<()> {
        let version = fields.uint(4)? >> 24;
        let id_size = if version == 0 { 2 } else { 4 };
        while let Some((kind, content)) = fields.next_box()? {
            let mut entry = Fields(content);
            let from = entry.uint(id_size)? as u32;
            let count = entry.uint(2)?;
            let to =
                (0..count).map(|_| entry.uint(id_size).map(|item| item as u32)).collect::<Option<_>>()?;
            self.references.push(Reference { kind: *kind, from, to });
        }
        Some(())
    }

    fn read_properties(&mut self, mut fields: Fields<'file>) -> Option<()> {
        while let Some((kind, content)) = fields.next_box()? {
            let mut entry = Fields(content);
            match kind {
                b"ipco" => {
                    while let Some(property) = entry.next_box()? {
                        self.properties.push(property);
                    }
                }
                b"ipma" => {
                    let version_and_flags = entry.uint(4)?;
                    let id_size = if version_and_flags >> 24 == 0 { 2 } else { 4 };
                    let index_size = if version_and_flags & 1 == 0 { 1 } else { 2 };
                    for _ in 0..entry.uint(4)? {
                        let item = entry.uint(id_size)? as u32;
                        for _ in 0..entry.uint(1)? {
                            // The highest bit says whether the property may be ignored.
                            let index = entry.uint(index_size)? & ((1 << (index_size * 8 - 1)) - 1);
                            // They are counted from 1; 0 is none.
                            if let Some(place) = (index as usize).checked_sub(1) {
                                self.owned.push((item, place));
                                if self.owned.len() > MAX_OWNED {
                                    return None;
                                }
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        Some(())
    }

    /// The item that the file shows.
    pub(crate) fn primary(&self) -> Option<u32> {
        self.primary
    }

    /// `av01`, `hvc1`, `grid` and others.
    pub(crate) fn kind(&self, item: u32) -> Option<&[u8; 4]> {
        let at = self.kinds.binary_search_by_key(&item, |(id, _)| *id).ok()?;
        Some(&self.kinds[at].1)
    }

    /// The properties of an item, in their order.
    pub(crate) fn properties_of(&self, item: u32) -> impl Iterator<Item = Property<'file>> {
        let first = self.owned.partition_point(|(id, _)| *id < item);
        let owned = self.owned[first..].iter().take_while(move |(id, _)| *id == item);
        owned.filter_map(|(_, place)| self.properties.get(*place).copied())
    }

    /// The content of an item's property.
    pub(crate) fn property(&self, item: u32, wanted: [u8; 4]) -> Option<&'file [u8]> {
        self.properties_of(item).find(|(kind, _)| **kind == wanted).map(|(_, content)| content)
    }

    /// Width and height of an item, as coded.
    pub(crate) fn size(&self, item: u32) -> Option<(u32, u32)> {
        size(self.property(item, *b"ispe")?)
    }

    /// Every size that any item says to have.
    pub(crate) fn all_sizes(&self) -> impl Iterator<Item = (u32, u32)> {
        let sizes = self.properties.iter().filter(|(kind, _)| *kind == b"ispe");
        sizes.filter_map(|(_, content)| size(content))
    }

    /// The items that `item` is made of or belongs to.
    pub(crate) fn referred(&self, kind: [u8; 4], item: u32) -> &[u32] {
        let found = self.references.iter().find(|reference| reference.kind == kind && reference.from == item);
        found.map_or(&[], |reference| &reference.to)
    }

    /// The items that refer to `item`.
    pub(crate) fn referring(&self, kind: [u8; 4], item: u32) -> impl Iterator<Item = u32> {
        let referring = move |reference: &&Reference| reference.kind == kind && reference.to.contains(&item);
        self.references.iter().filter(referring).map(|reference| reference.from)
    }

    /// The bytes of an item, put together from where they lie in `file`, and no more than that has.
    pub(crate) fn data(&self, item: u32, file: &[u8]) -> Option<Vec<u8>> {
        let at = self.places.binary_search_by_key(&item, |place| place.item).ok()?;
        let place = &self.places[at];
        let source = if place.is_inner { self.inner_data } else { file };
        let mut data = Vec::new();
        for &(start, length) in &place.extents {
            let rest = source.get(usize::try_from(start).ok()?..)?;
            let piece = if length == 0 { rest } else { rest.get(..usize::try_from(length).ok()?)? };
            if piece.len() > file.len() - data.len() {
                return None;
            }
            data.extend_from_slice(piece);
        }
        Some(data)
    }
}

fn size(property: &[u8]) -> Option<(u32, u32)> {
    let mut fields = Fields(property.get(4..)?);
    Some((fields.uint(4)? as u32, fields.uint(4)? as u32))
}

/// Numbers and boxes one after the other, most significant byte first.
pub(super) struct Fields<'bytes>(pub(super) &'bytes [u8]);

impl<'bytes> Fields<'bytes> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'bytes [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number of at most 8 bytes; 0 for none.
    pub(super) fn uint(&mut self, size: usize) -> Option<u64> {
        let bytes = self.take(size).filter(|bytes| bytes.len() <= 8)?;
        Some(bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// The next box: kind and content. `None` inside when there is no more, outside when it is damaged.
    #[expect(clippy::option_option, reason = "damaged and at the end are different things")]
    fn next_box(&mut self) -> Option<Option<(&'bytes [u8; 4], &'bytes [u8])>> {
        if self.0.is_empty() {
            return Some(None);
        }
        let whole = self.0.len();
        let size = self.uint(4)?;
        let kind = self.take(4)?.first_chunk()?;
        let content = match size {
            0 => whole - 8,
            1 => usize::try_from(self.uint(8)?).ok()?.checked_sub(16)?,
            _ => (size as usize).checked_sub(8)?,
        };
        Some(Some((kind, self.take(content)?)))
    }
}
