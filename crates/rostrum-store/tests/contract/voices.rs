//! Voices of workspaces' own.

use rostrum_model::voice::{Gender, VoiceState};
use rostrum_store::{PrivateVoiceFilter, StoreError, VoiceCursor};

use crate::database::Fresh;
use crate::records::Records;

pub(crate) async fn a_voice_is_read_back_as_added_and_only_by_its_workspace(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (mine, other) = (records.stored_workspace(&store).await, records.stored_workspace(&store).await);
    for voice in [records.blend(mine, 3), records.clone_of(mine)] {
        store.voices().add(&voice).await.unwrap();
        assert_eq!(store.voices().get(mine, voice.id).await.unwrap(), Some(voice.clone()));
        assert_eq!(store.voices().get_any(voice.id).await.unwrap(), Some(voice.clone()));
        assert_eq!(store.voices().get(other, voice.id).await.unwrap(), None);
        assert_eq!(store.voices().delete(other, voice.id).await.unwrap(), None);
        assert_eq!(store.voices().delete(mine, voice.id).await.unwrap(), Some(voice.clone()));
        assert_eq!(store.voices().delete(mine, voice.id).await.unwrap(), None);
    }
}

pub(crate) async fn a_blend_is_kept_once_in_a_workspace(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (mine, other) = (records.stored_workspace(&store).await, records.stored_workspace(&store).await);
    let blend = records.blend(mine, 3);
    let rostrum_model::voice::VoiceSource::Blend { parts } = &blend.source else { unreachable!() };
    store.voices().add(&blend).await.unwrap();
    assert!(matches!(store.voices().add(&records.blend(mine, 3)).await, Err(StoreError::Conflict(_))));
    assert_eq!(store.voices().get_blend(mine, parts).await.unwrap(), Some(blend.clone()));
    assert_eq!(store.voices().get_blend(other, parts).await.unwrap(), None);
    store.voices().add(&records.blend(mine, 4)).await.unwrap();
    store.voices().add(&records.blend(other, 3)).await.unwrap();
    // Clones are never the same.
    store.voices().add(&records.clone_of(mine)).await.unwrap();
    store.voices().add(&records.clone_of(mine)).await.unwrap();
}

pub(crate) async fn voices_are_listed_newest_first_by_what_they_are(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let (blend, clone) = (records.blend(mine, 1), records.clone_of(mine));
    store.voices().add(&blend).await.unwrap();
    store.voices().add(&clone).await.unwrap();
    let listed =
        async |filter: PrivateVoiceFilter| store.voices().list(mine, &filter, 10, None).await.unwrap();
    let all = PrivateVoiceFilter::default();
    assert_eq!(listed(all.clone()).await, [clone.clone(), blend.clone()]);
    assert_eq!(
        listed(PrivateVoiceFilter { engine: Some("kokoro".to_owned()), ..all.clone() }).await,
        std::slice::from_ref(&blend)
    );
    assert_eq!(
        listed(PrivateVoiceFilter { engine: Some("studio".to_owned()), ..all.clone() }).await,
        std::slice::from_ref(&clone)
    );
    let female = PrivateVoiceFilter { gender: Some(Gender::Female), ..all.clone() };
    assert_eq!(listed(female).await, std::slice::from_ref(&blend));
    let french = PrivateVoiceFilter { language: Some("FRANÇAIS".to_owned()), ..all.clone() };
    assert_eq!(listed(french).await, std::slice::from_ref(&clone));
    let first = store.voices().list(mine, &all, 1, None).await.unwrap();
    assert_eq!(first, std::slice::from_ref(&clone));
    let rest = store.voices().list(mine, &all, 9, Some(VoiceCursor::after(&clone))).await.unwrap();
    assert_eq!(rest, [blend]);
}

pub(crate) async fn a_voice_ends_being_pending_once(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let (first, second) = (records.clone_of(mine), records.clone_of(mine));
    store.voices().add(&first).await.unwrap();
    store.voices().add(&second).await.unwrap();
    assert_eq!(store.voices().list_pending().await.unwrap(), [first.clone(), second.clone()]);
    let complete = first.clone().complete("remote-1".to_owned()).unwrap();
    assert!(store.voices().finish(&complete).await.unwrap());
    let failed = first.fail("too late".to_owned()).unwrap();
    assert!(!store.voices().finish(&failed).await.unwrap());
    assert_eq!(store.voices().get_any(complete.id).await.unwrap(), Some(complete));
    let failed = second.fail("too noisy".to_owned()).unwrap();
    assert!(store.voices().finish(&failed).await.unwrap());
    let read = store.voices().get_any(failed.id).await.unwrap().unwrap();
    assert_eq!(read.state, VoiceState::Failed { message: "too noisy".to_owned() });
    assert_eq!(store.voices().list_pending().await.unwrap(), []);
}
