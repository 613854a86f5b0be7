//! Whose video is made next.
//!
//! Accepted videos wait as records; few are in work at once, so that the first of many is ready early, and those who ask for many do
//! not keep others waiting: each workspace with a waiting video has one in work, and what room is left goes to whoever has the
//! fewest, oldest first.

use std::collections::HashMap;

use rostrum_jobs::JobsError;
use rostrum_model::ids::{VideoId, WorkspaceId};
use rostrum_store::{StoreError, UnfinishedVideo};
use tokio::sync::Mutex;

use super::CreateVideoError;
use crate::App;

/// The videos in work.
#[derive(Default)]
pub(crate) struct RenderQueue {
    /// With whose they are.
    in_work: Mutex<HashMap<VideoId, WorkspaceId>>,
    /// Held by whoever counts a workspace's videos and adds one.
    accepting: Mutex<()>,
}

/// Waiting videos cannot be begun.
#[derive(Debug, thiserror::Error)]
pub enum BeginVideosError {
    /// Records could not be reached.
    #[error("the waiting videos could not be looked up")]
    Store(#[from] StoreError),
    /// A job could not be started.
    #[error("a render job could not be started")]
    Jobs(#[from] JobsError),
}

impl App {
    /// Begins waiting videos where there is room; gives how many.
    ///
    /// # Errors
    /// When records or jobs cannot be reached; what was not begun waits for the next call.
    pub async fn begin_waiting_videos(&self) -> Result<usize, BeginVideosError> {
        let mut in_work = self.queue.in_work.lock().await;
        let unfinished = self.backends.store.videos().unfinished().await?;
        in_work.retain(|id, _| unfinished.iter().any(|video| video.id == *id));
        let mut begun = 0;
        for video in next(&unfinished, &in_work, self.jobs.workers().get()) {
            self.start_render(video.id).await?;
            in_work.insert(video.id, video.workspace_id);
            begun += 1;
        }
        Ok(begun)
    }

    /// Begins waiting videos where a new one of this workspace can be among them. All that wait are not looked at while
    /// everyone is busy: whoever waits is looked at when a video ends.
    pub(crate) async fn begin_for(&self, workspace_id: WorkspaceId) -> Result<usize, BeginVideosError> {
        let in_work = self.queue.in_work.lock().await;
        if in_work.len() >= self.jobs.workers().get() && in_work.values().any(|owner| *owner == workspace_id)
        {
            return Ok(0);
        }
        drop(in_work);
        self.begin_waiting_videos().await
    }

    /// Comes back when a video ended, also where that was before the call.
    pub async fn video_ended(&self) {
        self.backends.video_ended.notified().await;
    }

    /// Takes a video for one in work, as its job was found after a start.
    pub(crate) async fn goes_on(&self, video: UnfinishedVideo) {
        self.queue.in_work.lock().await.insert(video.id, video.workspace_id);
    }

    /// Stops the job of a video that is not to be made any more, if it was begun.
    pub(crate) async fn stop_render(&self, id: VideoId) -> Result<(), JobsError> {
        if self.queue.in_work.lock().await.remove(&id).is_some() {
            self.jobs.cancel(&id.to_string()).await?;
        }
        Ok(())
    }

    /// Lets a workspace add a video while the guard lives, if it has fewer unfinished ones than it may have.
    pub(crate) async fn room_for_video(
        &self,
        workspace_id: WorkspaceId,
    ) -> Result<tokio::sync::MutexGuard<'_, ()>, CreateVideoError> {
        let guard = self.queue.accepting.lock().await;
        if let Some(most) = self.backends.limits.max_unfinished_videos
            && self.backends.store.videos().count_unfinished(workspace_id).await? >= u64::from(most.get())
        {
            return Err(CreateVideoError::TooMany { most: most.get() });
        }
        Ok(guard)
    }
}

/// The videos to begin, out of all that are not finished, oldest first, at least for `room` in work.
fn next(
    unfinished: &[UnfinishedVideo],
    in_work: &HashMap<VideoId, WorkspaceId>,
    room: usize,
) -> Vec<UnfinishedVideo> {
    let mut busy: HashMap<WorkspaceId, usize> = HashMap::new();
    let mut waiting = Vec::new();
    for video in unfinished {
        if in_work.contains_key(&video.id) {
            *busy.entry(video.workspace_id).or_default() += 1;
        } else {
            waiting.push(*video);
        }
    }
    let mut chosen = Vec::new();
    while let Some((place, owner, has)) = waiting
        .iter()
        .enumerate()
        .map(|(place, video)| {
            (place, video.workspace_id, busy.get(&video.workspace_id).copied().unwrap_or(0))
        })
        .min_by_key(|(place, _, has)| (*has, *place))
    {
        if has > 0 && busy.values().sum::<usize>() >= room {
            break;
        }
        chosen.push(waiting.remove(place));
        *busy.entry(owner).or_default() += 1;
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Videos by the letters of their workspaces, oldest first; their ids are their places.
    fn videos(owners: &str) -> Vec<UnfinishedVideo> {
        let video = |(place, owner): (usize, char)| UnfinishedVideo {
            id: format!("{place:032x}").parse().unwrap(),
            workspace_id: format!("ws_{:032x}", u32::from(owner)).parse().unwrap(),
        };
        owners.chars().enumerate().map(video).collect()
    }

    fn begun(owners: &str, in_work: &[usize], room: usize) -> Vec<usize> {
        let all = videos(owners);
        let in_work = in_work.iter().map(|place| (all[*place].id, all[*place].workspace_id)).collect();
        let place = |video| all.iter().position(|other| *other == video).unwrap();
        next(&all, &in_work, room).into_iter().map(place).collect()
    }

    #[test]
    fn videos_of_one_workspace_are_begun_in_their_order_while_there_is_room() {
        assert_eq!(begun("aaaa", &[], 2), [0, 1]);
        assert!(begun("aaaa", &[0, 1], 2).is_empty());
        assert_eq!(begun("aaaa", &[1], 2), [0]);
        assert!(begun("", &[], 2).is_empty());
    }

    #[test]
    fn each_workspace_has_one_in_work_however_many_others_ask_for() {
        assert_eq!(begun("aaaaaab", &[0, 1], 2), [6]);
        assert_eq!(begun("aaaabcb", &[0, 1], 2), [4, 5]);
        assert_eq!(begun("aaab", &[], 2), [0, 3]);
    }

    #[test]
    fn room_that_is_left_goes_to_whoever_has_the_fewest() {
        assert_eq!(begun("aaaabb", &[0, 1, 4], 4), [5]);
        assert_eq!(begun("aaaabb", &[0, 4], 5), [1, 5, 2]);
    }
}
