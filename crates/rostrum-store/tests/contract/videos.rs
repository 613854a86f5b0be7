//! Videos in every state.

use rostrum_model::ids::{AssetId, WorkspaceId};
use rostrum_model::video::{Sound, Video, VideoState};
use rostrum_store::{Store, StoreError, UnfinishedVideo, VideoCursor, VideoFilter};
use uuid::Uuid;

use crate::database::Fresh;
use crate::records::{Records, at, completed, failed, processing};

/// A pending video in the store.
async fn stored(store: &Store, records: &Records, title: Option<&str>) -> Video {
    let video = records.video(records.stored_workspace(store).await, title);
    store.videos().add(&video).await.unwrap();
    video
}

async fn reread(store: &Store, video: &Video) -> Video {
    store.videos().get(video.workspace_id, video.id).await.unwrap().unwrap()
}

pub(crate) async fn a_video_is_read_back_as_added_in_every_state(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    let states = [VideoState::Pending, processing(5), completed(9), failed(9)];
    for (state, title) in states.into_iter().zip([None, Some("One"), Some(""), Some("Ünï")]) {
        let progress = if matches!(state, VideoState::Completed { .. }) { 1.0 } else { 0.1 };
        let mut video = Video { state, progress, ..records.video(workspace_id, title) };
        if title.is_none() {
            video.spec.scenes[0].sound = Sound::Audio { asset: AssetId::from_uuid(Uuid::from_u128(7)) };
        }
        store.videos().add(&video).await.unwrap();
        assert_eq!(reread(&store, &video).await.spec, video.spec);
        assert_eq!(store.videos().get_any(video.id).await.unwrap(), Some(video.clone()));
        assert!(matches!(store.videos().add(&video).await, Err(StoreError::Conflict(_))));
    }
}

pub(crate) async fn another_workspace_sees_nothing(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let video = stored(&store, &records, Some("mine")).await;
    let theirs = records.stored_workspace(&store).await;
    assert_eq!(store.videos().get(theirs, video.id).await.unwrap(), None);
    assert_eq!(store.videos().delete(theirs, video.id).await.unwrap(), None);
    assert!(list(&store, theirs, None).await.is_empty());
    assert_eq!(reread(&store, &video).await, video);
}

pub(crate) async fn a_state_moves_only_from_the_expected_one(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let video = stored(&store, &records, None).await;
    let videos = store.videos();
    assert!(!videos.update_state(video.id, &processing(1), &completed(2)).await.unwrap());
    assert_eq!(reread(&store, &video).await, video);

    assert!(videos.update_state(video.id, &VideoState::Pending, &processing(1)).await.unwrap());
    assert_eq!(reread(&store, &video).await.state, processing(1));
    assert!(videos.update_state(video.id, &processing(1), &completed(2)).await.unwrap());
    let finished = reread(&store, &video).await;
    assert_eq!((finished.state.clone(), finished.progress), (completed(2), 1.0));

    assert!(!videos.update_state(video.id, &processing(1), &failed(3)).await.unwrap());
    assert_eq!(reread(&store, &video).await, finished);

    videos.delete(video.workspace_id, video.id).await.unwrap();
    assert!(!videos.update_state(video.id, &completed(2), &completed(2)).await.unwrap());
}

pub(crate) async fn of_many_workers_one_moves_the_state(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let video = stored(&store, &records, None).await;
    let mut workers = Vec::new();
    for worker in 0..8 {
        let (store, id) = (store.clone(), video.id);
        workers.push(tokio::spawn(async move {
            store.videos().update_state(id, &VideoState::Pending, &processing(worker)).await.unwrap()
        }));
    }
    let mut winners = 0;
    for worker in workers {
        winners += usize::from(worker.await.unwrap());
    }
    assert_eq!(winners, 1);
}

pub(crate) async fn a_finished_video_keeps_its_start(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let video = stored(&store, &records, None).await;
    store.videos().update_state(video.id, &VideoState::Pending, &processing(4)).await.unwrap();
    store.videos().update_state(video.id, &processing(4), &failed(6)).await.unwrap();
    // Seen through a state that shows it.
    store.videos().update_state(video.id, &failed(6), &processing(4)).await.unwrap();
    assert_eq!(reread(&store, &video).await.state, VideoState::Processing { started_at: at(4) });
}

pub(crate) async fn progress_only_grows_and_only_while_processing(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let video = stored(&store, &records, None).await;
    let videos = store.videos();
    assert!(!videos.set_progress(video.id, 0.5, at(1)).await.unwrap());
    assert_eq!(reread(&store, &video).await.progress, 0.0);

    videos.update_state(video.id, &VideoState::Pending, &processing(1)).await.unwrap();
    for (given, kept) in
        [(0.3, 0.3), (0.2, 0.3), (f32::NAN, 0.3), (-1.0, 0.3), (0.7, 0.7), (0.7, 0.7), (7.0, 1.0)]
    {
        videos.set_progress(video.id, given, at(2)).await.unwrap();
        let video = reread(&store, &video).await;
        assert_eq!((video.progress, video.progressed_at), (kept, Some(at(2))), "after {given}");
    }

    videos.update_state(video.id, &processing(1), &completed(2)).await.unwrap();
    assert!(!videos.set_progress(video.id, 0.9, at(3)).await.unwrap());
}

async fn list(store: &Store, workspace_id: WorkspaceId, title_contains: Option<&str>) -> Vec<String> {
    let filter = VideoFilter { title_contains: title_contains.map(str::to_owned), ..VideoFilter::default() };
    let videos = store.videos().list(workspace_id, &filter, 100, None).await.unwrap();
    videos.into_iter().map(|video| video.title.unwrap_or_default()).collect()
}

pub(crate) async fn titles_are_searched_in_any_case_and_without_wildcards(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    for title in [Some("Öffnung 100%"), Some("a_b\\c"), Some("axb 1000"), None] {
        store.videos().add(&records.video(workspace_id, title)).await.unwrap();
    }
    for (text, found) in [
        ("öFFnung", vec!["Öffnung 100%"]),
        ("100%", vec!["Öffnung 100%"]),
        ("100", vec!["axb 1000", "Öffnung 100%"]),
        ("A_B", vec!["a_b\\c"]),
        ("b\\", vec!["a_b\\c"]),
        ("'; --", vec![]),
        ("", vec!["axb 1000", "a_b\\c", "Öffnung 100%"]),
    ] {
        assert_eq!(list(&store, workspace_id, Some(text)).await, found, "{text}");
    }
    assert_eq!(list(&store, workspace_id, None).await.len(), 4);
}

pub(crate) async fn pages_follow_each_other_without_gaps_or_repeats(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    for number in 0..7 {
        // Pairs share an instant.
        let created_at = at(number / 2);
        let video = Video { created_at, ..records.video(workspace_id, Some(&number.to_string())) };
        store.videos().add(&video).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = store.videos().list(workspace_id, &VideoFilter::default(), 2, after).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(VideoCursor::after(last));
        seen.extend(page.into_iter().filter_map(|video| video.title));
    }
    assert_eq!(seen, ["6", "5", "4", "3", "2", "1", "0"]);
}

pub(crate) async fn deleting_gives_the_video_back_once(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let video = stored(&store, &records, Some("gone")).await;
    assert_eq!(store.videos().delete(video.workspace_id, video.id).await.unwrap(), Some(video.clone()));
    assert_eq!(store.videos().delete(video.workspace_id, video.id).await.unwrap(), None);
    assert_eq!(store.videos().get_any(video.id).await.unwrap(), None);
}

pub(crate) async fn unfinished_videos_are_pending_or_processing_oldest_first(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (mine, theirs) = (records.stored_workspace(&store).await, records.stored_workspace(&store).await);
    let mut expected = Vec::new();
    for (workspace_id, state) in [
        (mine, VideoState::Pending),
        (theirs, processing(1)),
        (mine, completed(2)),
        (mine, failed(2)),
        (mine, VideoState::Pending),
    ] {
        let unfinished = matches!(state, VideoState::Pending | VideoState::Processing { .. });
        let video = Video { state, ..records.video(workspace_id, None) };
        store.videos().add(&video).await.unwrap();
        let (id, workspace_id) = (video.id, video.workspace_id);
        expected.extend(unfinished.then_some(UnfinishedVideo { id, workspace_id }));
    }
    assert_eq!(store.videos().unfinished().await.unwrap(), expected);
    assert_eq!(store.videos().count_unfinished(mine).await.unwrap(), 2);
    assert_eq!(store.videos().count_unfinished(theirs).await.unwrap(), 1);
}

pub(crate) async fn videos_are_listed_by_folder_and_found_by_their_ids(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let one = stored(&store, &records, None).await;
    let other = records.video(one.workspace_id, None);
    store.videos().add(&other).await.unwrap();
    let filter = VideoFilter { folder_id: one.folder_id, ..VideoFilter::default() };
    let listed = store.videos().list(one.workspace_id, &filter, 10, None).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&one));
    let theirs = stored(&store, &records, None).await;
    let ids = [one.id, theirs.id, other.id];
    let mut found = store.videos().get_many(one.workspace_id, &ids).await.unwrap();
    found.sort_by_key(|video| video.id);
    assert_eq!(found, [one, other]);
}

pub(crate) async fn the_time_that_finished_videos_took_is_told_newest_first(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mut size = None;
    for took_s in [4, 8, 16] {
        let video = stored(&store, &records, None).await;
        let videos = store.videos();
        videos.update_state(video.id, &VideoState::Pending, &processing(1)).await.unwrap();
        videos.update_state(video.id, &processing(1), &completed(1 + took_s)).await.unwrap();
        size = Some(video.spec.size);
    }
    stored(&store, &records, None).await;
    let works = store.videos().works(2).await.unwrap();
    let took: Vec<_> = works.iter().map(|work| work.took_s).collect();
    assert_eq!((took, Some(works[0].size)), (vec![16.0, 8.0], size));
}
