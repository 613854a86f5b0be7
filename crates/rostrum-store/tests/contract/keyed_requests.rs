//! Requests that carry an `Idempotency-Key`.

use rostrum_model::keyed_request::{KeptAnswer, KeyedRequest, KeyedState};
use rostrum_store::StoreError;

use crate::database::Fresh;
use crate::records::{Records, at};

fn answer() -> KeptAnswer {
    KeptAnswer { status: 202, content_type: "application/json".to_owned(), body: b"{\"data\":1}".to_vec() }
}

pub(crate) async fn a_request_is_read_back_as_added_and_only_once(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let requests = store.keyed_requests();
    let plain = records.keyed_request(mine);
    let form =
        KeyedRequest { body_hash: None, state: KeyedState::Interrupted, ..records.keyed_request(mine) };
    let answered = KeyedRequest { state: KeyedState::Answered(answer()), ..records.keyed_request(mine) };
    for request in [&plain, &form, &answered] {
        assert_eq!(requests.get(request.id).await.unwrap(), None);
        assert!(requests.add(request).await.unwrap());
        assert_eq!(requests.get(request.id).await.unwrap().as_ref(), Some(request));
        assert!(!requests.add(request).await.unwrap());
    }
    requests.delete(plain.id).await.unwrap();
    assert_eq!(requests.get(plain.id).await.unwrap(), None);
    let astray = records.keyed_request(records.workspace("elsewhere").id);
    assert!(matches!(requests.add(&astray).await, Err(StoreError::Conflict(_))));
}

pub(crate) async fn a_request_goes_from_running_to_its_answer(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let requests = store.keyed_requests();
    let request = records.keyed_request(records.stored_workspace(&store).await);
    requests.add(&request).await.unwrap();
    requests.answer(request.id, answer()).await.unwrap();
    let answered = KeyedRequest { state: KeyedState::Answered(answer()), ..request };
    assert_eq!(requests.get(answered.id).await.unwrap().as_ref(), Some(&answered));
    assert_eq!(requests.interrupt_all().await.unwrap(), 0);
    assert!(!requests.resume(answered.id).await.unwrap());
    assert_eq!(requests.get(answered.id).await.unwrap(), Some(answered));
}

pub(crate) async fn an_interrupted_request_is_resumed_by_one(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let requests = store.keyed_requests();
    let request = records.keyed_request(records.stored_workspace(&store).await);
    requests.add(&request).await.unwrap();
    assert!(!requests.resume(request.id).await.unwrap());
    assert_eq!(requests.interrupt_all().await.unwrap(), 1);
    let state = || async { requests.get(request.id).await.unwrap().unwrap().state };
    assert_eq!(state().await, KeyedState::Interrupted);
    assert!(requests.resume(request.id).await.unwrap());
    assert!(!requests.resume(request.id).await.unwrap());
    assert_eq!(state().await, KeyedState::Running);
    requests.interrupt(request.id).await.unwrap();
    assert_eq!(state().await, KeyedState::Interrupted);
}

pub(crate) async fn old_requests_are_forgotten(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let requests = store.keyed_requests();
    let [old, new] =
        [at(100), at(101)].map(|created_at| KeyedRequest { created_at, ..records.keyed_request(mine) });
    for request in [&old, &new] {
        requests.add(request).await.unwrap();
    }
    assert_eq!(requests.delete_until(at(100)).await.unwrap(), 1);
    assert_eq!(requests.get(old.id).await.unwrap(), None);
    assert_eq!(requests.get(new.id).await.unwrap(), Some(new));
}
