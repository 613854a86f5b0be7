//! The folders of a workspace, out and in.

use rostrum_model::folder::{Folder, FolderName, MAX_FOLDER_DEPTH, Trashed};
use rostrum_model::ids::{FolderId, WorkspaceId};
use rostrum_store::{FolderCursor, FolderFilter, StoreError};

use super::FolderLine;
use super::import::{LineError, refused};
use crate::Backends;

/// Folders looked up at a time.
const PAGE: u64 = 500;

impl Backends {
    /// All folders, parents before what lies in them.
    pub(super) async fn folder_lines(
        &self,
        workspace_id: WorkspaceId,
    ) -> Result<Vec<FolderLine>, StoreError> {
        let mut folders = Vec::new();
        for trashed in [false, true] {
            let filter = FolderFilter { trashed, ..FolderFilter::default() };
            let mut after = None;
            loop {
                let page = self.store.folders().list(workspace_id, &filter, PAGE, after).await?;
                let Some(last) = page.last() else { break };
                after = Some(FolderCursor::after(last));
                folders.extend(page);
            }
        }
        // Nothing can be put into a folder before there is one.
        folders.sort_by_key(|folder| (folder.created_at, folder.id));
        Ok(folders.iter().map(line_of).collect())
    }

    /// Makes a folder again; tells whether it is new.
    pub(super) async fn import_folder(
        &self,
        workspace_id: WorkspaceId,
        line: &FolderLine,
    ) -> Result<bool, LineError> {
        let folder = folder_of(workspace_id, line)?;
        let folders = self.store.folders();
        if folders.get(workspace_id, folder.id).await?.is_some() {
            return Ok(false);
        }
        let mut above = folder.parent_id;
        for depth in 1.. {
            let Some(id) = above else { break };
            if depth == MAX_FOLDER_DEPTH {
                return Err(refused(format!("it lies more than {MAX_FOLDER_DEPTH} folders deep")));
            }
            let parent = folders.get(workspace_id, id).await?;
            above = parent.ok_or_else(|| refused(format!("folder {id} above it is not there")))?.parent_id;
        }
        match folders.add(&folder).await {
            Err(StoreError::Conflict(_)) => Err(refused("its id belongs to another folder")),
            added => Ok(added.map(|()| true)?),
        }
    }
}

fn line_of(folder: &Folder) -> FolderLine {
    FolderLine {
        id: folder.id.to_string(),
        name: folder.name.as_str().to_owned(),
        project_type: folder.project_type,
        parent_id: folder.parent_id.map(|id| id.to_string()),
        trashed_at: folder.trashed.map(|trashed| trashed.at),
        trashed_with: folder.trashed.map(|trashed| trashed.with.to_string()),
        created_at: folder.created_at,
    }
}

fn folder_of(workspace_id: WorkspaceId, line: &FolderLine) -> Result<Folder, LineError> {
    let id = |text: &String| text.parse::<FolderId>().map_err(refused);
    let with = line.trashed_with.as_ref().map(id).transpose()?;
    Ok(Folder {
        id: id(&line.id)?,
        workspace_id,
        name: FolderName::new(&line.name).ok_or_else(|| refused("its name cannot be a folder's"))?,
        project_type: line.project_type,
        parent_id: line.parent_id.as_ref().map(id).transpose()?,
        trashed: line.trashed_at.zip(with).map(|(at, with)| Trashed { at, with }),
        created_at: line.created_at,
    })
}
