//! Texts spoken into files.

use rostrum_store::StoreError;

use crate::database::Fresh;
use crate::records::Records;

pub(crate) async fn a_speech_is_read_back_as_added_and_only_once(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let speech = records.speech(records.stored_workspace(&store).await);
    assert_eq!(store.speeches().get_public(speech.id).await.unwrap(), None);
    store.speeches().add(&speech).await.unwrap();
    assert_eq!(store.speeches().get_public(speech.id).await.unwrap(), Some(speech.clone()));
    assert!(matches!(store.speeches().add(&speech).await, Err(StoreError::Conflict(_))));
}

pub(crate) async fn a_speech_needs_its_workspace(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let speech = records.speech(records.workspace("elsewhere").id);
    assert!(matches!(store.speeches().add(&speech).await, Err(StoreError::Conflict(_))));
}
