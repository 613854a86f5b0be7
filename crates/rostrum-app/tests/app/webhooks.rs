//! Webhooks, with a receiver on this machine and a clock that is moved by hand.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use rostrum_app::videos::CreateVideoError;
use rostrum_app::webhooks::{EventFilter, NewEndpoint};
use rostrum_app::wire::Wire;
use rostrum_model::batch::ItemFault;
use rostrum_model::delivery::DeliveryState;
use rostrum_model::event::{EndpointDisabled, Event, EventData, EventType};
use rostrum_model::ids::EventId;
use rostrum_model::video::{Video, VideoRequest};
use rostrum_model::webhook::WebhookEndpoint;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::world::World;

/// Tells of an event by its id.
struct Ids;

impl Wire for Ids {
    fn video_request(&self, _: &Value) -> Result<VideoRequest, ItemFault> {
        unreachable!("there are no batches")
    }

    fn video_fault(&self, _: &Value, _: CreateVideoError) -> ItemFault {
        unreachable!("there are no batches")
    }

    fn event(&self, event: &Event, _: Option<&Video>, _: &str) -> String {
        event.id.to_string()
    }
}

/// Keeps the requests it got, and whether it took them.
struct Receiver {
    url: String,
    is_up: Arc<AtomicBool>,
    got: Arc<Mutex<Vec<(bool, String)>>>,
}

impl Receiver {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let (is_up, got) = (Arc::new(AtomicBool::new(true)), Arc::new(Mutex::new(Vec::new())));
        let (up, kept) = (Arc::clone(&is_up), Arc::clone(&got));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (mut request, mut piece) = (String::new(), [0; 4096]);
                // Bodies are ids.
                while request.split_once("\r\n\r\n").is_none_or(|(_, body)| body.len() < "evt_".len() + 32) {
                    let length = stream.read(&mut piece).await.unwrap();
                    request.push_str(std::str::from_utf8(&piece[..length]).unwrap());
                }
                let takes = up.load(Ordering::Relaxed);
                kept.lock().unwrap().push((takes, request));
                let status = if takes { "204 No Content" } else { "503 Down" };
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self { url, is_up, got }
    }

    fn got(&self) -> Vec<(bool, String)> {
        self.got.lock().unwrap().clone()
    }
}

impl World {
    async fn endpoint(&self, receiver: &Receiver, events: Option<Vec<EventType>>) -> WebhookEndpoint {
        let (url, origin) = (receiver.url.clone(), "https://video.example.org".to_owned());
        let wanted = NewEndpoint { url, events, entity_id: None, origin, ask_first: false };
        self.app.create_endpoint(self.workspace_id, wanted).await.unwrap()
    }

    /// Something happens: an endpoint of no importance is disabled.
    async fn event(&self) -> EventId {
        let (clock, chance) = (&*self.backends.clock, &*self.backends.chance);
        let endpoints = self.backends.store.webhook_endpoints();
        let endpoint = WebhookEndpoint {
            id: rostrum_model::ids::WebhookEndpointId::generate(clock, chance),
            workspace_id: self.workspace_id,
            url: "https://example.org/".to_owned(),
            origin: String::new(),
            events: Some(Vec::new()),
            entity_id: None,
            secret: "whsec_AAAA".to_owned(),
            previous_secret: None,
            is_enabled: true,
            failing_since: None,
            created_at: clock.now(),
        };
        endpoints.add(&endpoint).await.unwrap();
        let data = EventData::EndpointDisabled(EndpointDisabled {
            endpoint_id: endpoint.id,
            url: endpoint.url,
            msg: String::new(),
        });
        let id = EventId::generate(clock, chance);
        let event = Event { id, workspace_id: self.workspace_id, data, created_at: clock.now() };
        assert!(endpoints.disable(endpoint.id, &event).await.unwrap());
        endpoints.delete(self.workspace_id, endpoint.id).await.unwrap();
        id
    }

    /// Moves the clock by so many minutes, one at a time, and delivers what is due.
    async fn pass(&self, minutes: usize) {
        for _ in 0..minutes {
            self.clock.advance(TimeDelta::minutes(1));
            self.app.deliver_due(&Ids).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_is_down_for_27_hours_gets_each_event_in_the_end() {
    let (world, receiver) = (World::fetching_from_this_machine().await, Receiver::start().await);
    let endpoint = world.endpoint(&receiver, None).await;
    receiver.is_up.store(false, Ordering::Relaxed);
    let mut events = vec![world.event().await];
    world.pass(90).await;
    events.push(world.event().await);
    world.pass(20 * 60 - 90).await;
    let rotated = world.app.rotate_endpoint_secret(world.workspace_id, endpoint.id).await.unwrap().unwrap();
    assert_ne!(rotated.secret, endpoint.secret);
    world.pass(7 * 60).await;
    receiver.is_up.store(true, Ordering::Relaxed);
    world.pass(6 * 60).await;
    let got = receiver.got();
    for event in events {
        let id = event.to_string();
        let of_event: Vec<_> = got.iter().filter(|(_, request)| request.ends_with(&id)).collect();
        // The schedule has seven pauses.
        assert!((2..=8).contains(&of_event.len()), "{}", of_event.len());
        let (last, before) = of_event.split_last().unwrap();
        assert!(last.0 && before.iter().all(|(taken, _)| !taken));
        // Signed by both secrets.
        let signature = last.1.lines().find(|line| line.starts_with("webhook-signature: ")).unwrap();
        assert_eq!(signature.matches("v1,").count(), 2, "{signature}");
        let (_, deliveries) = world.app.event(world.workspace_id, event).await.unwrap().unwrap();
        assert!(matches!(deliveries[0].state, DeliveryState::Delivered(_)));
        assert_eq!(deliveries[0].last_answer.as_ref().map(|answer| answer.status), Some(204));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_that_takes_nothing_for_five_days_is_disabled_and_others_are_told() {
    let (world, lost) = (World::fetching_from_this_machine().await, Receiver::start().await);
    let other = Receiver::start().await;
    let endpoint = world.endpoint(&lost, None).await;
    world.endpoint(&other, Some(vec![EventType::EndpointDisabled])).await;
    lost.is_up.store(false, Ordering::Relaxed);
    for _ in 0..6 {
        world.event().await;
        world.pass(24 * 60).await;
    }
    let endpoints = world.app.endpoints(world.workspace_id, 10, None).await.unwrap().endpoints;
    let states: Vec<bool> = endpoints.iter().map(|endpoint| endpoint.is_enabled).collect();
    assert_eq!(states, [true, false]);
    let id = endpoint.id.to_string();
    let which = EventFilter { entity_id: Some(&id), ..EventFilter::default() };
    let told = world.app.events(world.workspace_id, which, 10, None).await.unwrap().events;
    assert_eq!(told.len(), 1);
    assert!(other.got().iter().any(|(taken, request)| *taken && request.ends_with(&told[0].id.to_string())));
    // A disabled endpoint is asked nothing more; a changed one is told again.
    let before = lost.got().len();
    let missed = world.event().await;
    world.pass(60).await;
    assert_eq!(lost.got().len(), before);
    lost.is_up.store(true, Ordering::Relaxed);
    let change = rostrum_app::webhooks::EndpointChange::default();
    assert!(world.app.change_endpoint(world.workspace_id, endpoint.id, change).await.unwrap().is_some());
    let redelivered = world.app.redeliver(world.workspace_id, missed).await.unwrap().unwrap();
    assert_eq!(redelivered.len(), 2);
    world.pass(1).await;
    assert!(
        lost.got().last().is_some_and(|(taken, request)| *taken && request.ends_with(&missed.to_string()))
    );
}
