//! What everybody may use: icons and backdrops, found by their words and meanings.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use rostrum_model::asset::MediaType;
use rostrum_model::ids::AssetId;
use rostrum_model::picture::Size;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::SearchError;
use crate::backdrops::{BACKDROPS, Backdrop};
use crate::icons::{ICON_SIZE, svg};
use crate::rank::{Query, Score, words};
use crate::vector::Vector;

/// How the file of meanings begins.
pub(crate) const EMBEDDINGS_MAGIC: &[u8; 20] = b"rostrum-embeddings 1";

/// The most tags of an item whose meanings count; the first ones are the closest.
const MAX_TAGS: usize = 8;

/// Kinds of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// A small drawing for one idea, as SVG.
    Icon,
    /// A picture.
    Image,
}

/// Something everybody may use.
#[derive(Debug)]
pub struct Item {
    /// The id of the asset it is; follows from kind and name, so it never changes.
    pub id: AssetId,
    /// Its kind.
    pub kind: ItemKind,
    /// Its name.
    pub name: String,
    name_words: Vec<String>,
    tags: Vec<Vec<String>>,
    vector: Option<Vector>,
    drawing: Drawing,
}

#[derive(Debug)]
enum Drawing {
    Icon(String),
    Backdrop(&'static Backdrop),
}

impl Item {
    fn new(kind: ItemKind, name: &str, tags: &[impl AsRef<str>], drawing: Drawing) -> Self {
        let hash = Sha256::digest(format!("rostrum public {}", key(kind, name)));
        let bytes = *hash.first_chunk().expect("a hash has 32 bytes");
        Self {
            id: AssetId::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid()),
            kind,
            name: name.to_owned(),
            name_words: words(name),
            tags: tags.iter().map(|tag| words(tag.as_ref())).collect(),
            vector: None,
            drawing,
        }
    }

    /// Its size in pixels.
    pub fn size(&self) -> Size {
        match &self.drawing {
            Drawing::Icon(_) => Size { width: ICON_SIZE, height: ICON_SIZE },
            Drawing::Backdrop(_) => Backdrop::SIZE,
        }
    }

    /// The type of its file.
    pub fn media_type(&self) -> MediaType {
        match &self.drawing {
            Drawing::Icon(_) => MediaType::Svg,
            Drawing::Backdrop(_) => MediaType::Jpeg,
        }
    }

    /// Whether what lies behind shows through.
    pub fn is_transparent(&self) -> bool {
        self.kind == ItemKind::Icon
    }

    /// Its file; a backdrop is drawn, which takes some tenths of a second.
    pub fn file(&self) -> Vec<u8> {
        match &self.drawing {
            Drawing::Icon(svg) => svg.clone().into_bytes(),
            Drawing::Backdrop(backdrop) => backdrop.jpeg(),
        }
    }
}

/// The public items.
#[derive(Debug)]
pub struct Catalogue {
    items: Vec<Item>,
    by_id: HashMap<AssetId, usize>,
}

impl Catalogue {
    /// Where the icons' shapes lie in the models folder.
    pub const SHAPES_FILE: &str = "search/lucide-icon-nodes.json";
    /// Where the icons' tags lie.
    pub const TAGS_FILE: &str = "search/lucide-tags.json";
    /// Where the meanings lie.
    pub const EMBEDDINGS_FILE: &str = "search/catalogue-embeddings.bin";

    /// The items of the models folder; without icons when their files are missing, without meanings when these are.
    ///
    /// # Errors
    /// When a file is damaged or cannot be read.
    pub fn load(models_dir: &Path) -> Result<Self, SearchError> {
        let read = |file: &str| {
            let path = models_dir.join(file);
            match std::fs::read(&path) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(source) => Err(SearchError::Io { path, source }),
            }
        };
        let icons = read(Self::SHAPES_FILE)?.zip(read(Self::TAGS_FILE)?);
        Self::new(
            icons.as_ref().map(|(shapes, tags)| (&shapes[..], &tags[..])),
            read(Self::EMBEDDINGS_FILE)?.as_deref(),
        )
    }

    /// A catalogue of the icons given by their shapes and tags, and of all backdrops.
    ///
    /// # Errors
    /// When one of the files is damaged.
    pub fn new(icons: Option<(&[u8], &[u8])>, embeddings: Option<&[u8]>) -> Result<Self, SearchError> {
        let damaged = |_| SearchError::Damaged { what: "the list of icons" };
        let mut items: Vec<Item> = BACKDROPS
            .iter()
            .map(|backdrop| {
                Item::new(ItemKind::Image, backdrop.name, backdrop.tags, Drawing::Backdrop(backdrop))
            })
            .collect();
        if let Some((shapes, tags)) = icons {
            let shapes: BTreeMap<String, Value> = serde_json::from_slice(shapes).map_err(damaged)?;
            let tags: BTreeMap<String, Vec<String>> = serde_json::from_slice(tags).map_err(damaged)?;
            for (name, shapes) in &shapes {
                let svg = svg(shapes).ok_or(SearchError::Damaged { what: "an icon" })?;
                let tags = tags.get(name).map_or(&[][..], Vec::as_slice);
                items.push(Item::new(ItemKind::Icon, name, tags, Drawing::Icon(svg)));
            }
        }
        if let Some(file) = embeddings {
            let mut vectors = vectors(file).ok_or(SearchError::Damaged { what: "the list of meanings" })?;
            for item in &mut items {
                item.vector = vectors.remove(&key(item.kind, &item.name));
            }
        }
        let by_id = items.iter().enumerate().map(|(index, item)| (item.id, index)).collect();
        Ok(Self { items, by_id })
    }

    /// All items.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Whether there are items of a kind.
    pub fn has(&self, kind: ItemKind) -> bool {
        self.items.iter().any(|item| item.kind == kind)
    }

    /// The item with this id.
    pub fn get(&self, id: AssetId) -> Option<&Item> {
        self.by_id.get(&id).map(|index| &self.items[*index])
    }

    /// All items of a kind that fit, the best first; items that fit equally well by their ids.
    pub fn search(&self, query: &Query, kind: ItemKind) -> Vec<(Score, &Item)> {
        let of_kind = self.items.iter().filter(|item| item.kind == kind);
        let mut found: Vec<_> = of_kind
            .filter_map(|item| Some((query.score(&item.name_words, &item.tags, item.vector.as_ref())?, item)))
            .collect();
        found.sort_by_key(|(score, item)| (std::cmp::Reverse(*score), item.id));
        found
    }
}

fn key(kind: ItemKind, name: &str) -> String {
    match kind {
        ItemKind::Icon => format!("icon/{name}"),
        ItemKind::Image => format!("image/{name}"),
    }
}

/// Every item's key, and the words whose meaning it gets.
pub(crate) fn described(tags: &BTreeMap<String, Vec<String>>) -> Vec<(String, String)> {
    let text = |name: &str, tags: &[&str]| {
        format!("{}: {}", name.replace('-', " "), tags[..tags.len().min(MAX_TAGS)].join(", "))
    };
    let images = BACKDROPS
        .iter()
        .map(|backdrop| (key(ItemKind::Image, backdrop.name), text(backdrop.name, backdrop.tags)));
    let icons = tags.iter().map(|(name, tags)| {
        let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
        (key(ItemKind::Icon, name), text(name, &tags))
    });
    images.chain(icons).collect()
}

fn vectors(file: &[u8]) -> Option<HashMap<String, Vector>> {
    let mut rest = file.strip_prefix(EMBEDDINGS_MAGIC)?;
    let mut vectors = HashMap::new();
    while let Some((length, after)) = rest.split_first() {
        let (key, after) = after.split_at_checked(usize::from(*length))?;
        let (vector, after) = Vector::read(after)?;
        vectors.insert(std::str::from_utf8(key).ok()?.to_owned(), vector);
        rest = after;
    }
    Some(vectors)
}
