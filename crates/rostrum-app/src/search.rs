//! Finding pictures and icons by name, by tags and by meaning: everybody's, and a workspace's own.
//!
//! What everybody may use becomes an asset of [`PUBLIC_WORKSPACE`] when somebody first asks for it by its id; its id
//! follows from its name, so URLs in answers hold from the start.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use rostrum_blob::BlobError;
use rostrum_model::asset::{Asset, AssetKind, AssetMetadata, ContentHash, MediaType};
use rostrum_model::folder::InFolder;
use rostrum_model::ids::{AssetId, WorkspaceId};
use rostrum_model::picture::Size;
use rostrum_model::processing::Processing;
use rostrum_model::workspace::PUBLIC_WORKSPACE;
use rostrum_search::{Catalogue, Encoder, Query, SearchError, Vector, words};
pub use rostrum_search::{ItemKind, Score};
use rostrum_store::{AssetFilter, StoreError};
use sha2::{Digest, Sha256};
use tokio::sync::{Mutex, OnceCell};

use crate::App;
use crate::assets::content_key;

/// The longest query, in characters.
pub const MAX_QUERY_CHARS: usize = 200;

/// The most words of a query that a workspace's names are searched for.
const MAX_NAME_WORDS: usize = 8;

/// The most assets of a workspace with words of the query in their names: the newest ones.
const MAX_BY_WORDS: u64 = 500;

/// The most assets of a workspace, those with one of the words first and then the newest, whose names' meanings are
/// looked at.
const MAX_BY_MEANING: usize = 32;

/// Meanings of texts that are remembered; each takes half a kilobyte.
const MAX_REMEMBERED: usize = 4096;

/// Whose assets are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's.
    Public,
    /// The workspace's own.
    Personal,
}

/// What is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetSearch {
    /// The query, 1 to [`MAX_QUERY_CHARS`] characters.
    pub text: String,
    /// The kind of what is wanted.
    pub kind: ItemKind,
    /// Whose.
    pub scope: Scope,
    /// How many at most.
    pub limit: u32,
    /// Where the page starts; `None` for the first.
    pub after: Option<FoundPlace>,
}

/// A place among what was found: just after an item, which need not be found any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundPlace {
    /// How well that item fitted.
    pub score: Score,
    /// Its id.
    pub id: AssetId,
}

/// Something that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Id of the asset it is.
    pub id: AssetId,
    /// Type of its file.
    pub media_type: MediaType,
    /// Its size in pixels, where it is known.
    pub size: Option<Size>,
    /// Whether what lies behind shows through, where it is known.
    pub is_transparent: Option<bool>,
}

/// A page of what fits, the best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPage {
    /// The items.
    pub items: Vec<Found>,
    /// Where the next page starts; `None` on the last.
    pub next: Option<FoundPlace>,
}

/// Nothing can be searched.
#[derive(Debug, thiserror::Error)]
pub enum AssetSearchError {
    /// There are no icons in the models folder.
    #[error("the icons are missing; run `rostrum models pull`")]
    NoIcons,
    /// The files of the search are damaged.
    #[error("the files of the search are damaged; run `rostrum models pull`")]
    Search(#[from] SearchError),
    /// The search was interrupted.
    #[error("the search was interrupted")]
    Interrupted(#[from] tokio::task::JoinError),
    /// The records do not answer.
    #[error("the assets could not be looked up")]
    Store(#[from] StoreError),
}

/// Why something public cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum PublicAssetError {
    /// The catalogue cannot be used.
    #[error(transparent)]
    Search(#[from] AssetSearchError),
    /// Its bytes cannot be kept.
    #[error("a public asset could not be stored")]
    Blob(#[from] BlobError),
    /// Its record cannot be kept.
    #[error("a public asset could not be recorded")]
    Store(#[from] StoreError),
}

/// The catalogue and the network, loaded when first needed, and the meanings of the last texts.
#[derive(Debug, Default)]
pub(crate) struct SearchEngine {
    catalogue: OnceCell<Arc<Catalogue>>,
    encoder: OnceCell<Option<Arc<Encoder>>>,
    /// Held while texts are encoded, so that searches take one processor together.
    remembered: Mutex<HashMap<String, Vector>>,
}

impl SearchEngine {
    async fn catalogue(&self, models_dir: &Path) -> Result<&Arc<Catalogue>, AssetSearchError> {
        let dir = models_dir.to_owned();
        let load = async || {
            let loaded = tokio::task::spawn_blocking(move || Catalogue::load(&dir)).await??;
            Ok(Arc::new(loaded))
        };
        self.catalogue.get_or_try_init(load).await
    }

    /// The meanings of texts; `None` when the network is not there.
    async fn vectors(
        &self,
        models_dir: &Path,
        texts: &[String],
    ) -> Result<Option<Vec<Vector>>, AssetSearchError> {
        let dir = models_dir.to_owned();
        let load = async || -> Result<_, AssetSearchError> {
            let loaded = tokio::task::spawn_blocking(move || Encoder::load(&dir)).await??;
            Ok(loaded.map(Arc::new))
        };
        let Some(encoder) = self.encoder.get_or_try_init(load).await? else { return Ok(None) };
        let mut remembered = self.remembered.lock().await;
        if remembered.len() + texts.len() > MAX_REMEMBERED {
            remembered.clear();
        }
        let unknown: Vec<String> =
            texts.iter().filter(|text| !remembered.contains_key(*text)).cloned().collect();
        if !unknown.is_empty() {
            let encoder = Arc::clone(encoder);
            let encoded = tokio::task::spawn_blocking(move || {
                let texts: Vec<&str> = unknown.iter().map(String::as_str).collect();
                let vectors = encoder.vectors(&texts);
                unknown.into_iter().zip(vectors).collect::<Vec<_>>()
            });
            remembered.extend(encoded.await?);
        }
        Ok(Some(texts.iter().map(|text| remembered[text].clone()).collect()))
    }
}

impl App {
    /// Finds pictures or icons, the best first.
    ///
    /// # Errors
    /// When the catalogue is missing or damaged, or the records do not answer.
    pub async fn search_assets(
        &self,
        workspace_id: WorkspaceId,
        search: &AssetSearch,
    ) -> Result<FoundPage, AssetSearchError> {
        let models_dir = self.backends.engines.models_dir();
        let meaning = self.search.vectors(models_dir, std::slice::from_ref(&search.text)).await?;
        let query = Query::new(&search.text, meaning.and_then(|mut vectors| vectors.pop()));
        let found = match search.scope {
            Scope::Public => {
                let catalogue = self.search.catalogue(models_dir).await?;
                if !catalogue.has(search.kind) {
                    return Err(AssetSearchError::NoIcons);
                }
                let (catalogue, kind) = (Arc::clone(catalogue), search.kind);
                let searching = tokio::task::spawn_blocking(move || {
                    let found = catalogue.search(&query, kind).into_iter();
                    found.map(|(score, item)| (score, found_item(item))).collect::<Vec<_>>()
                });
                searching.await?
            }
            Scope::Personal => self.search_own(workspace_id, search, &query).await?,
        };
        let place = |(score, found): &(Score, Found)| FoundPlace { score: *score, id: found.id };
        let is_after =
            |found: &(Score, Found)| search.after.is_none_or(|after| order(&place(found)) > order(&after));
        let mut page: Vec<_> = found.into_iter().filter(is_after).take(search.limit as usize + 1).collect();
        let has_more = page.len() > search.limit as usize;
        page.truncate(search.limit as usize);
        let next = if has_more { page.last().map(place) } else { None };
        Ok(FoundPage { items: page.into_iter().map(|(_, found)| found).collect(), next })
    }

    async fn search_own(
        &self,
        workspace_id: WorkspaceId,
        search: &AssetSearch,
        query: &Query,
    ) -> Result<Vec<(Score, Found)>, AssetSearchError> {
        let records = self.backends.store.assets();
        let mut filter = AssetFilter::of_kind(Some(AssetKind::Image), InFolder::Anywhere);
        if let Some(types) = &mut filter.media_types {
            types.retain(|media_type| (*media_type == MediaType::Svg) == (search.kind == ItemKind::Icon));
        }
        let beginnings = &query.words()[..query.words().len().min(MAX_NAME_WORDS)];
        let mut candidates = Vec::new();
        if !beginnings.is_empty() {
            candidates = records.search(workspace_id, &filter, beginnings, MAX_BY_WORDS).await?;
        }
        candidates.extend(records.list(workspace_id, &filter, MAX_BY_MEANING as u64, None).await?);
        let mut seen = HashSet::new();
        candidates.retain(|asset| seen.insert(asset.id));
        let names: Vec<Vec<String>> = candidates.iter().map(|asset| words(stem(&asset.name))).collect();
        let texts: Vec<String> = names.iter().take(MAX_BY_MEANING).map(|words| words.join(" ")).collect();
        let vectors = self.search.vectors(self.backends.engines.models_dir(), &texts).await?;
        let vectors = vectors.unwrap_or_default();
        let scored = candidates.iter().zip(&names).enumerate().filter_map(|(i, (asset, name))| {
            let facts = asset.processing.facts();
            let found = Found {
                id: asset.id,
                media_type: asset.media_type,
                size: facts.and_then(|facts| facts.shown_size).or(asset.metadata.size),
                is_transparent: facts.and_then(|facts| facts.has_alpha),
            };
            Some((query.score(name, &[], vectors.get(i))?, found))
        });
        let mut found: Vec<_> = scored.collect();
        found.sort_by_key(|(score, found)| order(&FoundPlace { score: *score, id: found.id }));
        Ok(found)
    }

    /// The public asset with this id, made an asset now if it was none before; `None` when there is no such one.
    ///
    /// # Errors
    /// When the catalogue, bytes or records cannot be used.
    pub async fn public_asset(&self, id: AssetId) -> Result<Option<Asset>, PublicAssetError> {
        let backends = &self.backends;
        let catalogue = Arc::clone(self.search.catalogue(backends.engines.models_dir()).await?);
        if catalogue.get(id).is_none() {
            return Ok(None);
        }
        let drawing = tokio::task::spawn_blocking(move || {
            catalogue.get(id).map(|item| (item.file(), found_item(item), item.name.clone()))
        });
        let Some((bytes, found, name)) = drawing.await.map_err(AssetSearchError::from)? else {
            return Ok(None);
        };
        let content_hash = ContentHash(Sha256::digest(&bytes).into());
        let asset = Asset {
            id,
            workspace_id: PUBLIC_WORKSPACE,
            name: format!("{name}.{}", found.media_type.extension()),
            media_type: found.media_type,
            size_bytes: bytes.len() as u64,
            content_hash,
            metadata: AssetMetadata { size: found.size, frame_count: Some(1), ..AssetMetadata::default() },
            folder_id: None,
            processing: Processing::Pending,
            created_at: backends.clock.now(),
        };
        let _alone = backends.contents.lock(&content_hash).await;
        backends.blobs.put(&content_key(&content_hash), &bytes).await?;
        match backends.store.assets().add(&asset).await {
            // Somebody else was as fast.
            Err(StoreError::Conflict(_)) => Ok(backends.store.assets().get_public(id).await?),
            added => {
                added?;
                self.derive_later(id).await;
                Ok(Some(asset))
            }
        }
    }
}

/// The best first; ids decide among equals.
fn order(place: &FoundPlace) -> (std::cmp::Reverse<Score>, AssetId) {
    (std::cmp::Reverse(place.score), place.id)
}

fn found_item(item: &rostrum_search::Item) -> Found {
    Found {
        id: item.id,
        media_type: item.media_type(),
        size: Some(item.size()),
        is_transparent: Some(item.is_transparent()),
    }
}

/// A file name without its extension.
fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
