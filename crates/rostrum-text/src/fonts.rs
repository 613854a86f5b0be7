//! The fonts there are.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use parley::fontique::{
    Blob, CharmapIndex, Collection, CollectionOptions, FontInfo, FontInfoOverride, SourceCache,
};
use parley::{FontContext, LayoutContext};
use vello_cpu::{RenderContext, Resources};

/// The family that is always there.
pub const BUILT_IN_FAMILY: &str = "Inter";

static INTER: &[u8] = include_bytes!("../fonts/InterVariable.ttf");

/// How deep folders of fonts are searched.
const MAX_DEPTH: u32 = 8;

/// The fonts there are; share one between threads.
pub struct Fonts {
    families: Vec<Family>,
    by_name: HashMap<String, usize>,
    context: FontContext,
    /// One for each thread that has drawn at the same time as others.
    idle: Mutex<Vec<Scratch>>,
}

/// What is kept from text to text.
pub(crate) struct Scratch {
    pub(crate) fonts: FontContext,
    pub(crate) layouts: LayoutContext<u32>,
    pub(crate) canvas: Option<(RenderContext, Resources)>,
    /// Families found for characters; see `choice.rs`.
    pub(crate) found: HashMap<(char, &'static str), Option<usize>>,
}

/// A family with what is needed to tell which characters it has.
pub(crate) struct Family {
    pub(crate) name: String,
    pub(crate) rank: Rank,
    regular: FontInfo,
    charmap: CharmapIndex,
    data: OnceLock<Option<Blob<u8>>>,
}

/// The order in which families are asked for a character that the wanted one lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    Emoji,
    BuiltIn,
    NotoSans,
    OtherSans,
    Other,
    /// Serifs, fixed widths and special cuts.
    Special,
}

impl Fonts {
    /// Reads the built-in family and all fonts (`.ttf`, `.otf`, `.ttc`, `.otc`) of the folders and the folders within. Folders
    /// and files that cannot be read are passed over. Font files are trusted, and must not be cut short while in use: they are
    /// mapped into memory.
    pub fn load(folders: &[PathBuf]) -> Self {
        let options = CollectionOptions { shared: false, system_fonts: false };
        let mut context =
            FontContext { collection: Collection::new(options), source_cache: SourceCache::new_shared() };
        let named = FontInfoOverride { family_name: Some(BUILT_IN_FAMILY), ..FontInfoOverride::default() };
        context.collection.register_fonts(Blob::new(Arc::new(INTER)), Some(named));
        let mut files = Vec::new();
        for folder in folders {
            collect_files(folder, 0, &mut files);
        }
        // Folders are read in no particular order.
        files.sort();
        files.dedup();
        context.collection.load_fonts_from_paths(&files);

        let ids: Vec<_> = context.collection.family_ids().collect();
        let mut families: Vec<Family> = ids
            .into_iter()
            .filter_map(|id| context.collection.family(id))
            .filter_map(|family| {
                let regular = family.default_font()?.clone();
                Some(Family {
                    name: family.name().to_owned(),
                    rank: rank(family.name()),
                    charmap: regular.charmap_index(),
                    regular,
                    data: OnceLock::new(),
                })
            })
            .collect();
        families.sort_by(|a, b| (a.rank, &a.name).cmp(&(b.rank, &b.name)));
        let by_name =
            families.iter().enumerate().map(|(i, family)| (family.name.to_lowercase(), i)).collect();
        Self { families, by_name, context, idle: Mutex::default() }
    }

    /// The names of the families, in alphabetical order.
    pub fn families(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.families.iter().map(|family| family.name.as_str()).collect();
        names.sort_unstable();
        names
    }

    pub(crate) fn family(&self, index: usize) -> &Family {
        &self.families[index]
    }

    /// A family by its name in any letter case.
    pub(crate) fn family_named(&self, name: &str) -> Option<usize> {
        self.by_name.get(&name.trim().to_lowercase()).copied()
    }

    /// The families that are asked for a character, the better ones first; those of colour emoji are not among them.
    pub(crate) fn fallbacks(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.families.len()).filter(|index| self.families[*index].rank != Rank::Emoji)
    }

    pub(crate) fn emoji(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.families.len()).filter(|index| self.families[*index].rank == Rank::Emoji)
    }

    /// Lends what is kept from text to text. What is drawn does not depend on what it was used for before.
    pub(crate) fn with_scratch<T>(&self, work: impl FnOnce(&mut Scratch) -> T) -> T {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let lent = idle().pop();
        let mut scratch = lent.unwrap_or_else(|| Scratch {
            fonts: self.context.clone(),
            layouts: LayoutContext::new(),
            canvas: None,
            found: HashMap::new(),
        });
        let result = work(&mut scratch);
        idle().push(scratch);
        result
    }
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fonts({} families)", self.families.len())
    }
}

impl Family {
    /// Whether it has a glyph for the character.
    pub(crate) fn has(&self, character: char) -> bool {
        let data = self.data.get_or_init(|| self.regular.load(None));
        let charmap = data.as_ref().and_then(|data| self.charmap.charmap(data.as_ref()));
        charmap.and_then(|charmap| charmap.map(character)).is_some_and(|glyph| glyph != 0)
    }
}

fn rank(name: &str) -> Rank {
    const SPECIAL: [&str; 12] = [
        "Serif",
        "Mono",
        "UI",
        "Display",
        "Condensed",
        "Nastaliq",
        "Kufi",
        "Looped",
        "Fallback",
        "Math",
        "Music",
        "Test",
    ];
    if name.contains("Color Emoji") || name.contains("Colour Emoji") {
        Rank::Emoji
    } else if name == BUILT_IN_FAMILY {
        Rank::BuiltIn
    } else if name.split(' ').any(|word| SPECIAL.contains(&word)) {
        Rank::Special
    } else if name.starts_with("Noto Sans") {
        Rank::NotoSans
    } else if name.contains("Sans") {
        Rank::OtherSans
    } else {
        Rank::Other
    }
}

fn collect_files(place: &Path, depth: u32, files: &mut Vec<PathBuf>) {
    if depth > MAX_DEPTH {
        return;
    }
    let Ok(entries) = fs::read_dir(place) else { return };
    for entry in entries.filter_map(Result::ok) {
        let path = entry.path();
        let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_lowercase);
        if path.is_dir() {
            collect_files(&path, depth + 1, files);
        } else if extension.is_some_and(|e| ["ttf", "otf", "ttc", "otc"].contains(&e.as_str())) {
            files.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_of_sans_families_are_asked_before_serifs_and_special_cuts() {
        let mut names =
            ["Noto Serif Thai", "DejaVu Sans", "Noto Sans Thai UI", BUILT_IN_FAMILY, "Noto Sans Thai"];
        names.sort_by_key(|name| rank(name));
        assert_eq!(names[..3], [BUILT_IN_FAMILY, "Noto Sans Thai", "DejaVu Sans"]);
    }

    #[test]
    fn a_folder_that_is_not_there_leaves_the_built_in_family() {
        let fonts = Fonts::load(&[PathBuf::from("no/such/folder")]);
        assert_eq!(fonts.families().len(), 1);
        let built_in = fonts.family_named(BUILT_IN_FAMILY).expect("the built-in family");
        assert!(
            ["a", "Ω", "ж", "ß", "ế", "€"]
                .iter()
                .all(|c| fonts.family(built_in).has(c.chars().next().unwrap()))
        );
        assert!(!fonts.family(built_in).has('ก'));
    }
}
