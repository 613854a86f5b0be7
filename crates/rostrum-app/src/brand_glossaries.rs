//! Brand glossaries: how a workspace wants its words said and translated.

use rostrum_model::glossary::{BrandGlossary, GlossaryContent, Term};
use rostrum_model::ids::{GlossaryId, WorkspaceId};
pub use rostrum_store::GlossaryCursor;
use rostrum_store::StoreError;

use crate::App;
use crate::pages::page_of;

/// A glossary cannot be stored.
#[derive(Debug, thiserror::Error)]
pub enum SaveGlossaryError {
    /// The workspace has another of that name, in any case.
    #[error("there is a brand glossary '{0}' already")]
    NameTaken(String),
    /// A pronunciation is neither words nor IPA.
    #[error("the pronunciation {what}")]
    Unspeakable {
        /// Which of the terms, from 0.
        index: usize,
        /// What is wrong with it, as the end of a sentence.
        what: String,
    },
    /// Records could not be reached.
    #[error("the brand glossary could not be recorded")]
    Store(#[source] StoreError),
}

/// What is to be changed in a glossary; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GlossaryChange {
    /// Another name.
    pub name: Option<String>,
    /// Other entries, each list as a whole.
    pub content: GlossaryContentChange,
}

/// The lists to be replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GlossaryContentChange {
    /// How terms are said.
    pub terms: Option<Vec<Term>>,
    /// Terms that translations leave as they are.
    pub do_not_translate: Option<Vec<String>>,
    /// Terms with a translation of their own.
    pub forced_translations: Option<Vec<rostrum_model::glossary::ForcedTranslation>>,
}

/// A page of glossaries.
pub struct GlossaryPage {
    /// Newest first.
    pub glossaries: Vec<BrandGlossary>,
    /// Where the next page starts, when there is one.
    pub next: Option<GlossaryCursor>,
}

fn save_error(name: &str) -> impl FnOnce(StoreError) -> SaveGlossaryError {
    let name = name.to_owned();
    move |error| match error {
        StoreError::Conflict(_) => SaveGlossaryError::NameTaken(name),
        error => SaveGlossaryError::Store(error),
    }
}

fn require_speakable(terms: &[Term]) -> Result<(), SaveGlossaryError> {
    for (index, term) in terms.iter().enumerate() {
        rostrum_speech::check_pronunciation(&term.pronunciation)
            .map_err(|what| SaveGlossaryError::Unspeakable { index, what })?;
    }
    Ok(())
}

impl App {
    /// Stores a new glossary.
    ///
    /// # Errors
    /// When its name is taken, a pronunciation cannot be said, or the records do not answer.
    pub async fn create_glossary(
        &self,
        workspace_id: WorkspaceId,
        name: String,
        content: GlossaryContent,
    ) -> Result<BrandGlossary, SaveGlossaryError> {
        require_speakable(&content.terms)?;
        let backends = &self.backends;
        let (id, now) = (self.mint("glossary", GlossaryId::generate), backends.clock.now());
        if self.may_have_made()
            && let Some(made) = self.glossary(workspace_id, id).await.map_err(SaveGlossaryError::Store)?
        {
            return Ok(made);
        }
        let glossary = BrandGlossary { id, workspace_id, name, content, created_at: now, updated_at: now };
        backends.store.brand_glossaries().add(&glossary).await.map_err(save_error(&glossary.name))?;
        Ok(glossary)
    }

    /// A glossary of the workspace.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn glossary(
        &self,
        workspace_id: WorkspaceId,
        id: GlossaryId,
    ) -> Result<Option<BrandGlossary>, StoreError> {
        self.backends.store.brand_glossaries().get(workspace_id, id).await
    }

    /// How a glossary of the workspace says its terms.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn terms(
        &self,
        workspace_id: WorkspaceId,
        id: GlossaryId,
    ) -> Result<Option<Vec<Term>>, StoreError> {
        Ok(self.glossary(workspace_id, id).await?.map(|glossary| glossary.content.terms))
    }

    /// A page of the workspace's glossaries, newest first.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn glossaries(
        &self,
        workspace_id: WorkspaceId,
        limit: u32,
        after: Option<GlossaryCursor>,
    ) -> Result<GlossaryPage, StoreError> {
        let glossaries = self.backends.store.brand_glossaries();
        let found = glossaries.list(workspace_id, u64::from(limit) + 1, after).await?;
        let (glossaries, next) = page_of(found, limit as usize, GlossaryCursor::after);
        Ok(GlossaryPage { glossaries, next })
    }

    /// Changes a glossary; `None` when the workspace has no such glossary.
    ///
    /// # Errors
    /// When its new name is taken, a pronunciation cannot be said, or the records do not answer.
    pub async fn change_glossary(
        &self,
        workspace_id: WorkspaceId,
        id: GlossaryId,
        change: GlossaryChange,
    ) -> Result<Option<BrandGlossary>, SaveGlossaryError> {
        require_speakable(change.content.terms.as_deref().unwrap_or_default())?;
        let found = self.glossary(workspace_id, id).await.map_err(SaveGlossaryError::Store)?;
        let Some(mut glossary) = found else { return Ok(None) };
        let GlossaryContentChange { terms, do_not_translate, forced_translations } = change.content;
        glossary.name = change.name.unwrap_or(glossary.name);
        glossary.content = GlossaryContent {
            terms: terms.unwrap_or(glossary.content.terms),
            do_not_translate: do_not_translate.unwrap_or(glossary.content.do_not_translate),
            forced_translations: forced_translations.unwrap_or(glossary.content.forced_translations),
        };
        glossary.updated_at = self.backends.clock.now();
        let updated = self.backends.store.brand_glossaries().update(&glossary).await;
        Ok(updated.map_err(save_error(&glossary.name))?.then_some(glossary))
    }

    /// Deletes a glossary; false when the workspace has no such glossary. Videos that were asked for with it keep its
    /// terms.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn delete_glossary(
        &self,
        workspace_id: WorkspaceId,
        id: GlossaryId,
    ) -> Result<bool, StoreError> {
        self.backends.store.brand_glossaries().delete(workspace_id, id).await
    }
}
