//! Folders that people sort their things into.
//!
//! Nothing is ever removed here. What lies in a folder stays usable by id whatever happens to the folder; the trash only
//! takes things out of lists.

use rostrum_model::folder::{Folder, FolderName, InFolder, MAX_FOLDER_DEPTH, ProjectType};
use rostrum_model::ids::{FolderId, WorkspaceId};
use rostrum_store::StoreError;
pub use rostrum_store::{FolderCursor, FolderFilter};

use crate::App;
use crate::pages::page_of;

/// The most folders of a workspace, those in the trash included.
pub const MAX_FOLDERS: u64 = 10_000;

/// A folder to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFolder {
    /// Its name.
    pub name: FolderName,
    /// What it is meant for.
    pub project_type: ProjectType,
    /// The folder it will lie in; `None` for the root.
    pub parent_id: Option<FolderId>,
}

/// A page of folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderPage {
    /// The folders, newest first.
    pub folders: Vec<Folder>,
    /// How many there are on all pages.
    pub total: u64,
    /// Where the next page starts; `None` on the last.
    pub next: Option<FolderCursor>,
}

/// A folder cannot be used or changed.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The workspace has no such folder.
    #[error("folder {0} was not found")]
    NotFound(FolderId),
    /// It is in the trash.
    #[error("folder {0} is in the trash")]
    Trashed(FolderId),
    /// It lies too deep for another one in it.
    #[error("folder {0} lies {MAX_FOLDER_DEPTH} deep, and none may lie deeper")]
    TooDeep(FolderId),
    /// There are [`MAX_FOLDERS`].
    #[error("the workspace has {MAX_FOLDERS} folders")]
    TooMany,
    /// The records do not answer.
    #[error("the folder could not be looked up")]
    Store(#[from] StoreError),
}

impl App {
    /// Makes a folder.
    ///
    /// # Errors
    /// When the folder it is to lie in is not there, in the trash or too deep, or there are too many.
    pub async fn create_folder(
        &self,
        workspace_id: WorkspaceId,
        new: NewFolder,
    ) -> Result<Folder, FolderError> {
        let backends = &self.backends;
        if let Some(parent_id) = new.parent_id {
            self.require_folder(workspace_id, Some(parent_id)).await?;
            let mut above = Some(parent_id);
            for depth in 1.. {
                let Some(id) = above else { break };
                if depth == MAX_FOLDER_DEPTH {
                    return Err(FolderError::TooDeep(parent_id));
                }
                above = self.folder(workspace_id, id).await?.parent_id;
            }
        }
        let all = |trashed| FolderFilter { trashed, ..FolderFilter::default() };
        let folders = backends.store.folders();
        let count = folders.count(workspace_id, &all(false)).await?;
        if count + folders.count(workspace_id, &all(true)).await? >= MAX_FOLDERS {
            return Err(FolderError::TooMany);
        }
        let folder = Folder {
            id: FolderId::generate(&*backends.clock, &*backends.chance),
            workspace_id,
            name: new.name,
            project_type: new.project_type,
            parent_id: new.parent_id,
            trashed: None,
            created_at: backends.clock.now(),
        };
        folders.add(&folder).await?;
        Ok(folder)
    }

    /// Folders of the workspace, newest first; a limit of 0 only counts.
    ///
    /// # Errors
    /// When the parent asked for is not there, or the records do not answer.
    pub async fn folders(
        &self,
        workspace_id: WorkspaceId,
        filter: &FolderFilter,
        limit: u32,
        after: Option<FolderCursor>,
    ) -> Result<FolderPage, FolderError> {
        if let Some(parent_id) = filter.parent_id {
            self.folder(workspace_id, parent_id).await?;
        }
        let records = self.backends.store.folders();
        let total = records.count(workspace_id, filter).await?;
        let found = records.list(workspace_id, filter, u64::from(limit) + 1, after).await?;
        let (folders, next) = page_of(found, limit as usize, FolderCursor::after);
        Ok(FolderPage { folders, total, next })
    }

    /// Gives a folder another name.
    ///
    /// # Errors
    /// When the workspace has none of this id, or the records do not answer.
    pub async fn rename_folder(
        &self,
        workspace_id: WorkspaceId,
        id: FolderId,
        name: &FolderName,
    ) -> Result<Folder, FolderError> {
        self.backends.store.folders().rename(workspace_id, id, name).await?;
        self.folder(workspace_id, id).await
    }

    /// Puts a folder into the trash, with all below it. May be repeated.
    ///
    /// # Errors
    /// When the workspace has none of this id, or the records do not answer.
    pub async fn trash_folder(&self, workspace_id: WorkspaceId, id: FolderId) -> Result<Folder, FolderError> {
        self.folder(workspace_id, id).await?;
        self.backends.store.folders().trash(workspace_id, id, self.backends.clock.now()).await?;
        self.folder(workspace_id, id).await
    }

    /// Takes a folder out of the trash, with all that went there with it. May be repeated.
    ///
    /// # Errors
    /// When the workspace has none of this id, the folder it lies in is in the trash itself, or the records do not
    /// answer.
    pub async fn restore_folder(
        &self,
        workspace_id: WorkspaceId,
        id: FolderId,
    ) -> Result<Folder, FolderError> {
        if let Some(parent_id) = self.folder(workspace_id, id).await?.parent_id {
            self.require_folder(workspace_id, Some(parent_id)).await?;
        }
        self.backends.store.folders().restore(workspace_id, id).await?;
        self.folder(workspace_id, id).await
    }

    /// That something can be put into the folder, if one is named.
    ///
    /// # Errors
    /// When it is not there or in the trash.
    pub(crate) async fn require_folder(
        &self,
        workspace_id: WorkspaceId,
        id: Option<FolderId>,
    ) -> Result<(), FolderError> {
        let Some(id) = id else { return Ok(()) };
        if self.folder(workspace_id, id).await?.trashed.is_some() {
            return Err(FolderError::Trashed(id));
        }
        Ok(())
    }

    /// That the folder whose assets are to be listed is there; it may be in the trash.
    pub(crate) async fn require_listable(
        &self,
        workspace_id: WorkspaceId,
        folder: InFolder,
    ) -> Result<(), FolderError> {
        if let InFolder::Folder(id) = folder {
            self.folder(workspace_id, id).await?;
        }
        Ok(())
    }

    async fn folder(&self, workspace_id: WorkspaceId, id: FolderId) -> Result<Folder, FolderError> {
        self.backends.store.folders().get(workspace_id, id).await?.ok_or(FolderError::NotFound(id))
    }
}
