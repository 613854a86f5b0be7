//! Avatars: groups and their looks.

use rostrum_model::avatar::{AvatarGroup, Footage, Look, Study};
use rostrum_model::event::{Event, EventData, TwinFailed};
use rostrum_model::ids::WorkspaceId;
use rostrum_model::video::Failure;
use rostrum_store::{EventFilter, GroupCursor, GroupSummary, LookCursor, LookFilter, Store, StoreError};

use crate::database::Fresh;
use crate::records::Records;

/// A group with as many looks as asked for, oldest first.
async fn stored(
    store: &Store,
    records: &Records,
    workspace_id: WorkspaceId,
    looks: usize,
) -> (AvatarGroup, Vec<Look>) {
    let photo = records.asset(workspace_id);
    store.assets().add(&photo).await.unwrap();
    let group = records.avatar_group(workspace_id);
    let looks: Vec<Look> = (0..looks).map(|_| records.look(&group, &photo)).collect();
    store.avatars().add_group(&group, &looks[0]).await.unwrap();
    store.avatars().add_looks(&looks[1..]).await.unwrap();
    (group, looks)
}

pub(crate) async fn a_group_tells_how_many_looks_it_has_and_the_first(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let (ada, looks_of_ada) = stored(&store, &records, mine, 3).await;
    let (grace, looks_of_grace) = stored(&store, &records, mine, 1).await;
    let summary = |group: &AvatarGroup, looks: &[Look]| GroupSummary {
        group: group.clone(),
        look_count: looks.len() as u64,
        first_look: looks[0].clone(),
        consent: None,
    };
    let (ada, grace) = (summary(&ada, &looks_of_ada), summary(&grace, &looks_of_grace));
    let avatars = store.avatars();
    assert_eq!(avatars.group(mine, ada.group.id).await.unwrap(), Some(ada.clone()));
    assert_eq!(avatars.groups(mine, 9, None).await.unwrap(), [grace.clone(), ada.clone()]);
    assert_eq!(avatars.count_groups(mine).await.unwrap(), 2);
    let after = Some(GroupCursor::after(&grace));
    assert_eq!(avatars.groups(mine, 9, after).await.unwrap(), [ada]);

    let all = avatars.looks(mine, None, 2, None).await.unwrap();
    assert_eq!(all, [looks_of_grace[0].clone(), looks_of_ada[2].clone()]);
    let after = Some(LookCursor::after(&all[1]));
    let rest = [looks_of_ada[1].clone(), looks_of_ada[0].clone()];
    assert_eq!(avatars.looks(mine, None, 9, after).await.unwrap(), rest);
    let of_grace = avatars.looks(mine, Some(grace.group.id), 9, None).await.unwrap();
    assert_eq!(of_grace, looks_of_grace);
}

pub(crate) async fn only_their_workspace_sees_and_changes_avatars(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (mine, other) = (records.stored_workspace(&store).await, records.stored_workspace(&store).await);
    let (group, looks) = stored(&store, &records, mine, 1).await;
    let (group_id, look_id) = (group.id, looks[0].id);
    let avatars = store.avatars();
    assert_eq!(avatars.group(other, group_id).await.unwrap(), None);
    assert_eq!(avatars.look(other, look_id).await.unwrap(), None);
    assert_eq!(avatars.count_groups(other).await.unwrap(), 0);
    assert_eq!(avatars.looks(other, Some(group_id), 9, None).await.unwrap(), []);
    let renamed = AvatarGroup { name: "Ada L.".to_owned(), default_voice_id: None, ..group };
    assert!(!avatars.update_group(&AvatarGroup { workspace_id: other, ..renamed.clone() }).await.unwrap());
    let look = Look { name: "At home".to_owned(), ..looks[0].clone() };
    assert!(!avatars.rename_look(&Look { workspace_id: other, ..look.clone() }).await.unwrap());
    assert!(!avatars.delete_look(other, look_id).await.unwrap());
    assert!(!avatars.delete_group(other, group_id).await.unwrap());

    assert!(avatars.update_group(&renamed).await.unwrap());
    assert!(avatars.rename_look(&look).await.unwrap());
    let found = avatars.group(mine, group_id).await.unwrap().unwrap();
    assert_eq!((found.group, found.first_look), (renamed, look));
}

pub(crate) async fn the_last_look_takes_its_group_along(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let (group, looks) = stored(&store, &records, mine, 2).await;
    let avatars = store.avatars();
    assert!(avatars.delete_look(mine, looks[0].id).await.unwrap());
    assert!(!avatars.delete_look(mine, looks[0].id).await.unwrap());
    let left = avatars.group(mine, group.id).await.unwrap().unwrap();
    assert_eq!((left.look_count, left.first_look), (1, looks[1].clone()));
    assert!(avatars.delete_look(mine, looks[1].id).await.unwrap());
    assert_eq!(avatars.group(mine, group.id).await.unwrap(), None);

    let (group, looks) = stored(&store, &records, mine, 2).await;
    assert!(avatars.delete_group(mine, group.id).await.unwrap());
    assert_eq!(avatars.look(mine, looks[0].id).await.unwrap(), None);
    assert!(matches!(avatars.add_looks(&looks[1..]).await, Err(StoreError::Conflict(_))));
}

pub(crate) async fn a_photo_stays_while_a_look_shows_it(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let (_, looks) = stored(&store, &records, mine, 2).await;
    let photo = looks[0].photo;
    let mut showing = store.avatars().looks_of_photo(photo).await.unwrap();
    showing.sort_by_key(|look| look.created_at);
    assert_eq!(showing, looks);
    assert!(store.assets().delete(mine, photo).await.is_err());
    for look in looks {
        assert!(store.avatars().delete_look(mine, look.id).await.unwrap());
    }
    assert!(store.assets().delete(mine, photo).await.unwrap().is_some());
}

pub(crate) async fn looks_are_added_all_or_none(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let (group, looks) = stored(&store, &records, mine, 1).await;
    let avatars = store.avatars();
    let new = Look { photo: looks[0].photo, ..records.look(&group, &records.asset(mine)) };
    let taken = avatars.add_looks(&[new.clone(), looks[0].clone()]).await;
    assert!(matches!(taken, Err(StoreError::Conflict(_))), "{taken:?}");
    assert_eq!(avatars.looks(mine, Some(group.id), 9, None).await.unwrap(), looks);
    avatars.add_looks(std::slice::from_ref(&new)).await.unwrap();
    assert_eq!(avatars.group(mine, group.id).await.unwrap().unwrap().look_count, 2);
    avatars.add_looks(&[]).await.unwrap();
}

pub(crate) async fn footage_ends_being_studied_once_and_with_one_event(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let (group, looks) = stored(&store, &records, mine, 1).await;
    let avatars = store.avatars();
    let photo = store.assets().get(mine, looks[0].photo).await.unwrap().unwrap();
    let footage = |study| Some(Footage { duration_ms: 16_040, study });
    let twin = Look { appearance: None, footage: footage(Study::Pending), ..records.look(&group, &photo) };
    avatars.add_looks(std::slice::from_ref(&twin)).await.unwrap();
    assert_eq!(avatars.look_any(twin.id).await.unwrap(), Some(twin.clone()));
    assert_eq!(avatars.pending_studies().await.unwrap(), [twin.id]);
    for (of_footage, found) in [(Some(true), &twin), (Some(false), &looks[0])] {
        let filter = LookFilter { group_id: Some(group.id), of_footage };
        let listed = avatars.looks(mine, filter, 9, None).await.unwrap();
        assert_eq!(listed, std::slice::from_ref(found));
    }

    let failure = Failure { code: "training_failed".to_owned(), message: "No face was seen.".to_owned() };
    let failed = TwinFailed {
        avatar_id: twin.id,
        avatar_group_id: group.id,
        name: twin.name.clone(),
        code: failure.code.clone(),
        msg: failure.message.clone(),
    };
    let event = Event { data: EventData::TwinFailed(failed), ..records.ready_event(&photo) };
    let study = Study::Failed(failure);
    assert!(avatars.finish_study(twin.id, &study, &event).await.unwrap());
    assert!(!avatars.finish_study(twin.id, &Study::Ready, &records.ready_event(&photo)).await.unwrap());
    assert!(!avatars.finish_study(looks[0].id, &Study::Ready, &records.ready_event(&photo)).await.unwrap());
    let found = avatars.look(mine, twin.id).await.unwrap();
    assert_eq!(found, Some(Look { footage: footage(study), ..twin }));
    assert_eq!(avatars.pending_studies().await.unwrap(), []);
    assert_eq!(store.events().list(mine, EventFilter::default(), 9, None).await.unwrap(), [event]);
}
