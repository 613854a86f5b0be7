//! Which pictures and icons fit a query: by name, by tags and by meaning. Also what there is for everybody: a catalogue
//! of icons, and of backdrops that are drawn here.
//!
//! [`Encoder`] turns short English texts into vectors that lie close when the texts mean something similar: the `MiniLM`
//! network, six layers, run on the CPU. [`Catalogue`] holds the public items; [`Query`] and [`Query::score`] say how well
//! an item fits. [`recipe`] makes the model files out of published packages.
//!
//! Everything is pure: the same input gives the same bytes on every machine, because sums have a fixed order and
//! functions such as `exp` are our own. Deliberately not here: databases, files of users, downloads.
//!
//! To add a backdrop, add an entry to the table in `backdrops.rs` and a new version of the recipe `embed_catalogue`.

mod arithmetic;
mod backdrops;
mod catalogue;
mod encoder;
mod icons;
mod rank;
pub mod recipe;
mod tokenizer;
mod vector;
mod weights;

pub use catalogue::{Catalogue, Item, ItemKind};
pub use encoder::{Encoder, MAX_TOKENS};
pub use rank::{Query, Score, words};
pub use vector::Vector;

/// A model file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// It cannot be read.
    #[error("{path} cannot be read")]
    Io {
        /// The file.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is something else than it should be.
    #[error("{what} is damaged")]
    Damaged {
        /// The file, in words.
        what: &'static str,
    },
}
