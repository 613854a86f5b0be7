//! Folders that people sort their things into.

use chrono::{DateTime, Utc};

use crate::ids::{FolderId, WorkspaceId};

/// The most folders on the way from the root to a folder, itself included.
pub const MAX_FOLDER_DEPTH: usize = 16;

/// The longest name of a folder, in characters.
pub const MAX_FOLDER_NAME_CHARS: usize = 255;

/// A folder of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Its id.
    pub id: FolderId,
    /// Owner.
    pub workspace_id: WorkspaceId,
    /// Its name; several may have the same.
    pub name: FolderName,
    /// What it is meant for; nothing is kept out of it.
    pub project_type: ProjectType,
    /// The folder it lies in; `None` at the root. Never changes, so folders cannot form circles.
    pub parent_id: Option<FolderId>,
    /// Since when it is in the trash, and with which folder it went there.
    pub trashed: Option<Trashed>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A stay in the trash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trashed {
    /// Since when.
    pub at: DateTime<Utc>,
    /// The folder that was put there: this one, or one above it.
    pub with: FolderId,
}

/// What is known of a folder's place before it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InFolder {
    /// In any folder that is not in the trash, or in none.
    Anywhere,
    /// In no folder.
    Root,
    /// In this folder, but not in one below it.
    Folder(FolderId),
}

/// A name of 1 to [`MAX_FOLDER_NAME_CHARS`] characters without control characters and outer spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderName(String);

impl FolderName {
    /// `None` when the text is no such name.
    pub fn new(text: &str) -> Option<Self> {
        let name = text.trim();
        let fits = (1..=MAX_FOLDER_NAME_CHARS).contains(&name.chars().count());
        (fits && !name.chars().any(char::is_control)).then(|| Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a folder is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectType {
    /// Translated videos.
    VideoTranslate,
    /// Avatars.
    InstantAvatar,
    /// Videos.
    Video,
    /// Files.
    Asset,
    /// Brand kits.
    BrandKit,
    /// Anything.
    Mixed,
}

impl ProjectType {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::VideoTranslate, Self::InstantAvatar, Self::Video, Self::Asset, Self::BrandKit, Self::Mixed];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(FolderName::new("  Spring \u{1f331} ").unwrap().as_str(), "Spring \u{1f331}");
        assert!(FolderName::new(&"é".repeat(255)).is_some());
        for bad in ["", "   ", "a\nb", "a\0", &"x".repeat(256)] {
            assert_eq!(FolderName::new(bad), None, "{bad:?}");
        }
    }
}
