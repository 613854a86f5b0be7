//! Brand glossaries: how names are said, and what translations do with words.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{GlossaryId, WorkspaceId};

/// The longest name of a glossary, in characters.
pub const MAX_GLOSSARY_NAME_CHARS: usize = 64;
/// The most entries of one kind in a glossary.
pub const MAX_GLOSSARY_TERMS: usize = 1000;
/// The longest term, pronunciation or translation, in characters.
pub const MAX_TERM_CHARS: usize = 255;

/// How a term is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The word or words as scripts write them.
    pub term: String,
    /// The same, spelled as it sounds, or in IPA between slashes: `/ˈækmi/`.
    pub pronunciation: String,
}

/// What a term becomes in translations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForcedTranslation {
    /// The word or words in the source language.
    pub term: String,
    /// What stands for them.
    pub translation: String,
}

/// A glossary of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrandGlossary {
    /// Its id.
    pub id: GlossaryId,
    /// Owner.
    pub workspace_id: WorkspaceId,
    /// 1..=[`MAX_GLOSSARY_NAME_CHARS`] characters; unique in the workspace in any case.
    pub name: String,
    /// What is in it.
    pub content: GlossaryContent,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// The entries of a glossary, at most [`MAX_GLOSSARY_TERMS`] of each kind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GlossaryContent {
    /// How terms are said.
    pub terms: Vec<Term>,
    /// Terms that translations leave as they are.
    pub do_not_translate: Vec<String>,
    /// Terms with a translation of their own.
    pub forced_translations: Vec<ForcedTranslation>,
}
