//! What the store promises about uploads and the keys that sign their URLs.

use rostrum_model::asset::{Asset, AssetMetadata, ContentHash};
use rostrum_model::processing::Processing;
use rostrum_model::upload::{Received, Upload, UploadState};
use rostrum_store::StoreError;

use crate::database::Fresh;
use crate::records::{Records, at};

const RECEIVED: UploadState =
    UploadState::Received(Received { hash: ContentHash([7; 32]), size_bytes: 6_000_000_000 });

fn asset_of(upload: &Upload) -> Asset {
    Asset {
        id: upload.id,
        workspace_id: upload.workspace_id,
        name: upload.name.clone(),
        media_type: upload.media_type,
        size_bytes: 6_000_000_000,
        content_hash: ContentHash([7; 32]),
        metadata: AssetMetadata::default(),
        folder_id: upload.folder_id,
        processing: Processing::Pending,
        created_at: at(500),
    }
}

pub(crate) async fn an_upload_is_read_back_as_added_in_every_state(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    let failed = UploadState::Failed { code: "invalid_parameter".to_owned(), message: "No.".to_owned() };
    let received = Received { hash: ContentHash([7; 32]), size_bytes: 1 };
    for state in [UploadState::Pending, RECEIVED, UploadState::Completed(received), failed] {
        let upload = Upload { state, ..records.upload(workspace_id) };
        store.uploads().add(&upload).await.unwrap();
        assert_eq!(store.uploads().get(workspace_id, upload.id).await.unwrap(), Some(upload.clone()));
        assert_eq!(store.uploads().get_any(upload.id).await.unwrap(), Some(upload));
    }
    let bare = Upload { size_bytes: None, checksum: None, ..records.upload(workspace_id) };
    store.uploads().add(&bare).await.unwrap();
    assert_eq!(store.uploads().get_many(workspace_id, &[bare.id]).await.unwrap(), [bare]);
}

pub(crate) async fn another_workspace_sees_nothing(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (mine, theirs) = (records.stored_workspace(&store).await, records.stored_workspace(&store).await);
    let (batch, uploads) = records.batch(mine, 2);
    store.uploads().add_batch(&batch, &uploads).await.unwrap();
    assert_eq!(store.uploads().get(theirs, uploads[0].id).await.unwrap(), None);
    assert_eq!(store.uploads().get_many(theirs, &[uploads[0].id]).await.unwrap(), []);
    assert_eq!(store.uploads().get_batch(theirs, batch.id).await.unwrap(), None);
    assert_eq!(store.uploads().get_batch(mine, batch.id).await.unwrap(), Some(batch));
}

pub(crate) async fn a_batch_is_added_whole_or_not_at_all(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    let (batch, uploads) = records.batch(workspace_id, 3);
    store.uploads().add_batch(&batch, &uploads).await.unwrap();
    assert_eq!(store.uploads().of_batch(batch.id).await.unwrap(), uploads);
    let (other, mut others) = records.batch(workspace_id, 2);
    others[1].id = uploads[0].id;
    let refused = store.uploads().add_batch(&other, &others).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))));
    assert_eq!(store.uploads().get_batch(workspace_id, other.id).await.unwrap(), None);
    assert_eq!(store.uploads().of_batch(other.id).await.unwrap(), []);
}

pub(crate) async fn the_first_instant_a_completion_was_asked_for_is_kept(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    let (batch, uploads) = records.batch(workspace_id, 1);
    store.uploads().add_batch(&batch, &uploads).await.unwrap();
    for seconds in [10, 20] {
        store.uploads().ask_completion(batch.id, at(seconds)).await.unwrap();
    }
    let stored = store.uploads().get_batch(workspace_id, batch.id).await.unwrap().unwrap();
    assert_eq!(stored.completion_asked_at, Some(at(10)));
}

pub(crate) async fn an_upload_becomes_an_asset_once(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    let upload = records.upload(workspace_id);
    store.uploads().add(&upload).await.unwrap();
    let asset = asset_of(&upload);
    assert!(!store.uploads().complete(&asset).await.unwrap(), "its bytes are missing");
    assert_eq!(store.assets().get_public(asset.id).await.unwrap(), None);
    assert!(store.uploads().update_state(upload.id, &UploadState::Pending, &RECEIVED).await.unwrap());
    assert!(!store.uploads().update_state(upload.id, &UploadState::Pending, &RECEIVED).await.unwrap());
    assert_eq!(store.uploads().count_received(&asset.content_hash).await.unwrap(), 1);
    assert!(store.uploads().complete(&asset).await.unwrap());
    assert!(!store.uploads().complete(&asset).await.unwrap());
    assert_eq!(store.assets().get_public(asset.id).await.unwrap(), Some(asset.clone()));
    assert_eq!(store.uploads().count_received(&asset.content_hash).await.unwrap(), 0);
    assert!(store.uploads().get_any(upload.id).await.unwrap().unwrap().is_completed());
}

pub(crate) async fn only_open_uploads_expire_are_renewed_or_deleted(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    let received = Received { hash: ContentHash([7; 32]), size_bytes: 1 };
    let waiting = records.upload(workspace_id);
    let sent = Upload { state: RECEIVED, ..records.upload(workspace_id) };
    let done = Upload { state: UploadState::Completed(received), ..records.upload(workspace_id) };
    for upload in [&waiting, &sent, &done] {
        store.uploads().add(upload).await.unwrap();
    }
    let later = at(10_000);
    assert_eq!(store.uploads().expired(later, 9).await.unwrap(), [waiting.clone(), sent.clone()]);
    assert_eq!(store.uploads().expired(later, 1).await.unwrap(), std::slice::from_ref(&waiting));
    assert!(store.uploads().renew(waiting.id, at(20_000)).await.unwrap());
    assert!(!store.uploads().renew(done.id, at(20_000)).await.unwrap());
    assert_eq!(store.uploads().expired(later, 9).await.unwrap(), std::slice::from_ref(&sent));
    assert!(store.uploads().delete_open(sent.id).await.unwrap());
    assert!(!store.uploads().delete_open(sent.id).await.unwrap());
    assert!(!store.uploads().delete_open(done.id).await.unwrap());
}

pub(crate) async fn signing_keys_are_listed_newest_first_and_removed_by_age(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let [old, new] = [records.signing_key(), records.signing_key()];
    for key in [&old, &new] {
        store.signing_keys().add(key).await.unwrap();
    }
    assert_eq!(store.signing_keys().list().await.unwrap(), [new.clone(), old]);
    assert_eq!(store.signing_keys().delete_before(new.created_at).await.unwrap(), 1);
    assert_eq!(store.signing_keys().list().await.unwrap(), [new]);
}
