//! Whole lists, for generations of the API that have no pages.

use rostrum_model::ids::{AvatarGroupId, WorkspaceId};
use rostrum_store::StoreError;

use super::{ShownGroup, ShownLook};
use crate::App;

/// The most people or looks that a list without pages holds, the newest ones: a bound on what one answer takes. Lists with
/// pages go through all.
pub const MAX_LISTED: usize = 5000;

/// How many of them are read at a time.
const READ_AT_ONCE: u32 = 500;

impl App {
    /// The workspace's people, newest first, at most [`MAX_LISTED`], and how many there are in all.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn all_avatar_groups(
        &self,
        workspace_id: WorkspaceId,
    ) -> Result<(Vec<ShownGroup>, u64), StoreError> {
        let total = self.backends.store.avatars().count_groups(workspace_id).await?;
        let (mut groups, mut after) = (Vec::new(), None);
        loop {
            let page = self.avatar_groups(workspace_id, READ_AT_ONCE, after).await?;
            groups.extend(page.groups);
            after = page.next;
            if after.is_none() || groups.len() >= MAX_LISTED {
                groups.truncate(MAX_LISTED);
                return Ok((groups, total));
            }
        }
    }

    /// The workspace's looks, of one group or of all, newest first, at most [`MAX_LISTED`].
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn all_looks(
        &self,
        workspace_id: WorkspaceId,
        group_id: Option<AvatarGroupId>,
    ) -> Result<Vec<ShownLook>, StoreError> {
        let (mut looks, mut after) = (Vec::new(), None);
        loop {
            let page = self.looks(workspace_id, group_id, READ_AT_ONCE, after).await?;
            looks.extend(page.looks);
            after = page.next;
            if after.is_none() || looks.len() >= MAX_LISTED {
                looks.truncate(MAX_LISTED);
                return Ok(looks);
            }
        }
    }
}
