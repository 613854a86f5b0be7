//! Endpoints of webhooks.

use rostrum_model::event::{EndpointDisabled, EventData, EventType};
use rostrum_model::webhook::{PreviousSecret, WebhookEndpoint};
use rostrum_store::{EndpointCursor, EventFilter};

use crate::database::Fresh;
use crate::records::{Records, at};

pub(crate) async fn an_endpoint_is_read_back_as_added_and_only_by_its_workspace(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (mine, other) = (records.stored_workspace(&store).await, records.stored_workspace(&store).await);
    let endpoints = store.webhook_endpoints();
    let plain = records.endpoint(mine);
    let full = WebhookEndpoint {
        events: Some(vec![EventType::AssetReady, EventType::BatchFinished]),
        entity_id: Some("it's".to_owned()),
        previous_secret: Some(PreviousSecret { secret: "whsec_b2xk".to_owned(), until: at(77) }),
        is_enabled: false,
        failing_since: Some(at(7)),
        ..records.endpoint(mine)
    };
    for endpoint in [&plain, &full] {
        endpoints.add(endpoint).await.unwrap();
        assert_eq!(endpoints.get(mine, endpoint.id).await.unwrap().as_ref(), Some(endpoint));
        assert_eq!(endpoints.get(other, endpoint.id).await.unwrap(), None);
    }
    assert_eq!(endpoints.list(mine, 10, None).await.unwrap(), [full.clone(), plain.clone()]);
    let after = Some(EndpointCursor::after(&full));
    assert_eq!(endpoints.list(mine, 10, after).await.unwrap(), [plain]);
    assert_eq!(endpoints.list(other, 10, None).await.unwrap(), []);
    assert!(!endpoints.update(&WebhookEndpoint { workspace_id: other, ..full.clone() }).await.unwrap());
    assert!(!endpoints.delete(other, full.id).await.unwrap());
    assert!(endpoints.delete(mine, full.id).await.unwrap());
    assert!(!endpoints.delete(mine, full.id).await.unwrap());
}

pub(crate) async fn an_endpoint_is_disabled_once_and_with_one_event(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    let (endpoints, endpoint) = (store.webhook_endpoints(), records.endpoint(workspace_id));
    endpoints.add(&endpoint).await.unwrap();
    endpoints.note_failing(endpoint.id, Some(at(5))).await.unwrap();
    let failing = WebhookEndpoint { failing_since: Some(at(5)), ..endpoint.clone() };
    assert_eq!(endpoints.get(workspace_id, endpoint.id).await.unwrap(), Some(failing.clone()));
    let (url, msg) = (endpoint.url.clone(), "no answer".to_owned());
    let data = EventData::EndpointDisabled(EndpointDisabled { endpoint_id: endpoint.id, url, msg });
    let event = records.event(workspace_id, data.clone());
    assert!(endpoints.disable(endpoint.id, &event).await.unwrap());
    assert!(!endpoints.disable(endpoint.id, &records.event(workspace_id, data)).await.unwrap());
    let found = endpoints.get(workspace_id, endpoint.id).await.unwrap().unwrap();
    assert_eq!(found, WebhookEndpoint { is_enabled: false, ..failing });
    let id = endpoint.id.to_string();
    let of = |entity_id| EventFilter { event_type: Some(EventType::EndpointDisabled), entity_id };
    let events = store.events();
    let listed = |which| events.list(workspace_id, which, 10, None);
    assert_eq!(listed(of(Some(&id))).await.unwrap(), [event]);
    assert_eq!(listed(of(Some("another"))).await.unwrap(), []);
    let changed = WebhookEndpoint {
        url: "https://example.org/other".to_owned(),
        events: Some(vec![EventType::VideoFailed]),
        ..endpoint
    };
    assert!(endpoints.update(&changed).await.unwrap());
    assert_eq!(endpoints.get(workspace_id, changed.id).await.unwrap(), Some(changed));
}
