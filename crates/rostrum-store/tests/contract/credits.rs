//! The ledger of credits.

use std::collections::HashMap;

use rostrum_model::credits::{Account, CreditEntry, Credits, EntryKind, Price};
use rostrum_model::event::{EventData, VideoCompleted};
use rostrum_model::ids::WorkspaceId;
use rostrum_model::video::{Video, VideoState};
use rostrum_store::{Paid, Store};

use crate::database::Fresh;
use crate::records::{Records, at, completed, failed};

const PRICE: Price = Price { fixed: Credits::from_micro(10), per_s: Credits::from_micro(100) };

fn micro(amount: i64) -> Credits {
    Credits::from_micro(amount)
}

fn entry(
    records: &Records,
    workspace: WorkspaceId,
    kind: EntryKind,
    subject: &str,
    amount: i64,
) -> CreditEntry {
    records.credit_entry(workspace, kind, subject, micro(amount))
}

/// Gives credits; the subject is only this grant's.
async fn grant(store: &Store, records: &Records, workspace: WorkspaceId, name: &str, amount: i64) {
    let given = entry(records, workspace, EntryKind::Grant, name, amount);
    let correction = entry(records, workspace, EntryKind::Correction, name, 0);
    store.credits().grant(&given, &correction).await.unwrap();
}

async fn balance(store: &Store, workspace: WorkspaceId) -> i64 {
    store.credits().account(workspace).await.unwrap().unwrap().balance.micro()
}

/// Adds a video for which an amount is set aside.
async fn add(store: &Store, records: &Records, video: &Video, amount: i64) -> Paid {
    let reserve =
        entry(records, video.workspace_id, EntryKind::Reserve(PRICE), &video.id.to_string(), -amount);
    store.videos().add_paid(video, &reserve).await.unwrap()
}

/// Ends a video that waits: as one of so many seconds, or as one that failed. Tells whether it waited.
async fn end(store: &Store, records: &Records, video: &Video, seconds: Option<f64>) -> bool {
    let to = match (completed(1), seconds) {
        (VideoState::Completed { completed_at, output, .. }, Some(duration_s)) => {
            VideoState::Completed { completed_at, duration_s, output }
        }
        _ => failed(1),
    };
    let data = EventData::VideoCompleted(VideoCompleted {
        video_id: video.id,
        title: None,
        duration: 2.5,
        folder_id: None,
        callback_id: None,
    });
    let event = records.event(video.workspace_id, data);
    store.videos().finish(video.id, &VideoState::Pending, &to, &event, None).await.unwrap()
}

pub(crate) async fn a_limited_workspace_has_no_more_videos_than_it_can_pay_for(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (mine, other) = (records.stored_workspace(&store).await, records.stored_workspace(&store).await);
    let ledger = store.credits();
    grant(&store, &records, mine, "first", 1000).await;
    let [a, b, free] = [(); 3].map(|()| records.video(mine, None));
    assert_eq!(add(&store, &records, &a, 600).await, Paid::Yes);
    assert_eq!(add(&store, &records, &b, 401).await, Paid::Short(micro(400)));
    assert_eq!(store.videos().get_any(b.id).await.unwrap(), None);
    assert_eq!(add(&store, &records, &b, 400).await, Paid::Yes);
    assert_eq!(add(&store, &records, &free, 0).await, Paid::Yes);
    assert_eq!(store.videos().get_any(b.id).await.unwrap(), Some(b.clone()));
    // What cannot be recorded costs nothing.
    let again = entry(&records, mine, EntryKind::Reserve(PRICE), "another subject", 0);
    assert!(store.videos().add_paid(&b, &again).await.is_err());
    assert_eq!(ledger.entries(mine, 1).await.unwrap()[0].subject, free.id.to_string());
    // What is there already is charged all the same.
    let made = entry(&records, mine, EntryKind::Charge, "made", -5);
    ledger.charge(&made).await.unwrap();
    ledger.charge(&made).await.unwrap();
    assert_eq!(balance(&store, mine).await, -5);
    assert_eq!(add(&store, &records, &records.video(mine, None), 0).await, Paid::Yes);
    assert_eq!(ledger.spent_since(mine, at(0)).await.unwrap(), micro(1005));
    assert_eq!(ledger.spent_since(mine, at(1000)).await.unwrap(), Credits::ZERO);
    assert_eq!(ledger.entries(other, 10).await.unwrap(), []);
}

pub(crate) async fn what_is_set_aside_is_settled_once(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    grant(&store, &records, mine, "first", 10_000).await;
    let [longer, failed, deleted, open] = [(); 4].map(|()| records.video(mine, None));
    for video in [&longer, &failed, &deleted, &open] {
        assert_eq!(add(&store, &records, video, 1010).await, Paid::Yes);
    }
    assert_eq!(balance(&store, mine).await, 10_000 - 4 * 1010);
    assert!(end(&store, &records, &longer, Some(12.0)).await);
    assert!(!end(&store, &records, &longer, Some(12.0)).await);
    assert!(end(&store, &records, &failed, None).await);
    for video in [&deleted, &longer] {
        assert!(store.videos().delete(mine, video.id).await.unwrap().is_some());
        assert!(store.videos().delete(mine, video.id).await.unwrap().is_none());
    }
    assert!(!end(&store, &records, &deleted, Some(1.0)).await);
    assert_eq!(balance(&store, mine).await, 10_000 - 1210 - 1010);
    assert_eq!(store.credits().spent_since(mine, at(0)).await.unwrap(), micro(1210 + 1010));
}

pub(crate) async fn a_limit_begins_with_what_is_given(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let ledger = store.credits();
    let unlimited = |balance| Some(Account { balance: micro(balance), is_limited: false });
    assert_eq!(ledger.account(mine).await.unwrap(), unlimited(0));
    let used = entry(&records, mine, EntryKind::Charge, "used", -700);
    ledger.charge(&used).await.unwrap();
    assert_eq!(ledger.account(mine).await.unwrap(), unlimited(-700));
    grant(&store, &records, mine, "first", 50).await;
    grant(&store, &records, mine, "second", -20).await;
    assert_eq!(ledger.account(mine).await.unwrap(), Some(Account { balance: micro(30), is_limited: true }));
    assert!(ledger.unlimit(mine).await.unwrap());
    assert_eq!(ledger.account(mine).await.unwrap(), unlimited(30));
    let elsewhere = records.workspace("elsewhere").id;
    assert!(!ledger.unlimit(elsewhere).await.unwrap());
    assert_eq!(ledger.account(elsewhere).await.unwrap(), None);
}

pub(crate) async fn balances_are_the_sums_of_their_entries_whatever_happens(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspaces = [records.stored_workspace(&store).await, records.stored_workspace(&store).await];
    let ledger = store.credits();
    // A sequence without pattern, and the same in every run (Knuth's MMIX).
    let mut state = 7u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let videos: Vec<Video> = (0..40).map(|i| records.video(workspaces[i % 2], None)).collect();
    let mut settled = HashMap::new();
    for step in 0..400u64 {
        let video = &videos[random(40) as usize];
        let workspace = video.workspace_id;
        let amount = random(2000) as i64;
        match random(7) {
            0 => grant(&store, &records, workspace, &format!("grant {step}"), amount - 500).await,
            1 => assert!(ledger.unlimit(workspace).await.unwrap()),
            2 if store.videos().get_any(video.id).await.unwrap().is_none() => {
                add(&store, &records, video, amount).await;
            }
            2..=4 => {
                let seconds = [None, Some(amount as f64 / 100.0)][random(2) as usize];
                if end(&store, &records, video, seconds).await {
                    // The first end counts, should a video be recorded anew under its id.
                    settled.entry(video.id).or_insert(seconds.map_or(0, |seconds| PRICE.of(seconds).micro()));
                }
            }
            5 => {
                store.videos().delete(workspace, video.id).await.unwrap();
            }
            _ => {
                let charge = entry(&records, workspace, EntryKind::Charge, &format!("now {step}"), -amount);
                ledger.charge(&charge).await.unwrap();
            }
        }
        for workspace in workspaces {
            let entries = ledger.entries(workspace, 10_000).await.unwrap();
            let sum: Credits = entries.iter().map(|entry| entry.amount).sum();
            assert_eq!(balance(&store, workspace).await, sum.micro(), "step {step}");
        }
    }
    assert!(settled.len() > 10, "{}", settled.len());
    let mut entries = ledger.entries(workspaces[0], 10_000).await.unwrap();
    entries.extend(ledger.entries(workspaces[1], 10_000).await.unwrap());
    for (id, cost) in settled {
        let of_it = entries.iter().filter(|entry| entry.subject == id.to_string());
        assert_eq!(-of_it.map(|entry| entry.amount).sum::<Credits>().micro(), cost, "{id}");
    }
}
