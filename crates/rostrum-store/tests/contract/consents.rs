//! Consents of people to being made avatars of.

use chrono::TimeDelta;
use rostrum_model::avatar::AvatarGroup;
use rostrum_model::consent::{Agreement, Consent, ConsentMeans, ConsentPage, ConsentStatus};
use rostrum_model::ids::WorkspaceId;
use rostrum_store::{Store, StoreError};

use crate::database::Fresh;
use crate::records::{Records, at};

async fn stored_group(store: &Store, records: &Records, workspace_id: WorkspaceId) -> AvatarGroup {
    let photo = records.asset(workspace_id);
    store.assets().add(&photo).await.unwrap();
    let group = records.avatar_group(workspace_id);
    store.avatars().add_group(&group, &records.look(&group, &photo)).await.unwrap();
    group
}

fn agreement(seconds: i64) -> Agreement {
    Agreement {
        name: "Ada \"King\" O'Byron".to_owned(),
        address: Some("2001:db8::7".parse().unwrap()),
        forwarded_for: Some("192.0.2.1".to_owned()),
        agreed_at: at(seconds),
    }
}

fn page_of(consent: &Consent) -> ConsentPage {
    let ConsentMeans::Page(page) = &consent.means else { panic!("no page: {consent:?}") };
    page.clone()
}

async fn status(store: &Store, group: &AvatarGroup) -> Option<ConsentStatus> {
    store.avatars().group(group.workspace_id, group.id).await.unwrap().unwrap().consent
}

pub(crate) async fn a_consent_is_found_by_its_token_and_given_once(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let group = stored_group(&store, &records, mine).await;
    let consents = store.consents();
    assert_eq!(status(&store, &group).await, None);
    let asked = records.consent(&group);
    consents.add(&asked).await.unwrap();
    assert!(matches!(consents.add(&asked).await, Err(StoreError::Conflict(_))));
    assert_eq!(status(&store, &group).await, Some(ConsentStatus::Pending));
    let token_hash = page_of(&asked).token_hash;
    assert_eq!(consents.by_token_hash(&token_hash).await.unwrap(), Some(asked.clone()));
    assert_eq!(consents.by_token_hash(&[0xee; 32]).await.unwrap(), None);

    assert!(consents.agree(asked.id, &agreement(50)).await.unwrap());
    assert!(!consents.agree(asked.id, &agreement(60)).await.unwrap(), "the first one counts");
    let page = page_of(&asked).agreed(agreement(50)).unwrap();
    let given = Consent { means: ConsentMeans::Page(page), ..asked };
    assert_eq!(consents.by_token_hash(&token_hash).await.unwrap(), Some(given.clone()));
    assert_eq!(status(&store, &group).await, Some(ConsentStatus::Approved));

    // What was given is not taken back by asking again.
    let again = records.consent(&group);
    consents.add(&again).await.unwrap();
    assert_eq!(status(&store, &group).await, Some(ConsentStatus::Approved));
    assert_eq!(consents.of_group(mine, group.id, 9).await.unwrap(), [again.clone(), given]);
    assert_eq!(consents.of_group(mine, group.id, 1).await.unwrap(), [again]);
}

pub(crate) async fn a_video_is_a_consent_and_stays_while_it_is_one(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let group = stored_group(&store, &records, mine).await;
    let video = records.asset(mine);
    store.assets().add(&video).await.unwrap();
    let consent = Consent { means: ConsentMeans::Video(video.id), ..records.consent(&group) };
    let consents = store.consents();
    consents.add(&consent).await.unwrap();
    assert_eq!(status(&store, &group).await, Some(ConsentStatus::Approved));
    assert_eq!(consents.of_group(mine, group.id, 9).await.unwrap(), std::slice::from_ref(&consent));
    assert!(!consents.agree(consent.id, &agreement(1)).await.unwrap(), "it has no page");
    assert_eq!(consents.groups_of_video(video.id).await.unwrap(), [group.id]);
    assert!(store.assets().delete(mine, video.id).await.is_err());
    assert!(store.avatars().delete_group(mine, group.id).await.unwrap());
    assert_eq!(consents.groups_of_video(video.id).await.unwrap(), []);
    assert!(store.assets().delete(mine, video.id).await.unwrap().is_some());
}

pub(crate) async fn consents_are_listed_only_to_their_workspace_and_go_with_their_group(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (mine, other) = (records.stored_workspace(&store).await, records.stored_workspace(&store).await);
    let group = stored_group(&store, &records, mine).await;
    let consents = store.consents();
    let asked = records.consent(&group);
    consents.add(&asked).await.unwrap();
    assert_eq!(consents.of_group(other, group.id, 9).await.unwrap(), []);
    assert!(store.avatars().delete_group(mine, group.id).await.unwrap());
    assert_eq!(consents.by_token_hash(&page_of(&asked).token_hash).await.unwrap(), None);
    let orphan = Consent { created_at: asked.created_at + TimeDelta::seconds(1), ..asked };
    assert!(matches!(consents.add(&orphan).await, Err(StoreError::Conflict(_))));
}
