//! The ledger of credits.

use std::collections::HashMap;

use rostrum_model::credits::{Account, CreditEntry, Credits, EntryKind, Price};
use rostrum_model::ids::WorkspaceId;
use rostrum_store::{Spent, Store};

use crate::database::Fresh;
use crate::records::{Records, at};

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

pub(crate) async fn a_limited_workspace_spends_no_more_than_it_has(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (mine, other) = (records.stored_workspace(&store).await, records.stored_workspace(&store).await);
    let ledger = store.credits();
    grant(&store, &records, mine, "first", 1000).await;
    let spend = |subject: &str, amount: i64| entry(&records, mine, EntryKind::Charge, subject, -amount);
    assert_eq!(ledger.spend(&spend("a", 600)).await.unwrap(), Spent::Added);
    assert_eq!(ledger.spend(&spend("a", 600)).await.unwrap(), Spent::Before);
    assert_eq!(ledger.spend(&spend("b", 401)).await.unwrap(), Spent::Short(micro(400)));
    assert_eq!(ledger.spend(&spend("b", 400)).await.unwrap(), Spent::Added);
    assert_eq!(ledger.spend(&spend("free", 0)).await.unwrap(), Spent::Added);
    // What is there already is charged all the same.
    ledger.charge(&spend("made", 5)).await.unwrap();
    ledger.charge(&spend("made", 5)).await.unwrap();
    assert_eq!(balance(&store, mine).await, -5);
    assert_eq!(ledger.spend(&spend("free too", 0)).await.unwrap(), Spent::Added);
    assert_eq!(ledger.spent_since(mine, at(0)).await.unwrap(), micro(1005));
    assert_eq!(ledger.spent_since(mine, at(1000)).await.unwrap(), Credits::ZERO);
    assert_eq!(ledger.entries(other, 10).await.unwrap(), []);
    assert_eq!(ledger.entries(mine, 1).await.unwrap()[0].subject, "free too");
}

pub(crate) async fn what_is_set_aside_is_settled_once(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let ledger = store.credits();
    grant(&store, &records, mine, "first", 10_000).await;
    let reserve = |subject| entry(&records, mine, EntryKind::Reserve(PRICE), subject, -1010);
    let end = |subject: &'static str, seconds| {
        let id = reserve(subject).id;
        async move { ledger.end(id, subject, seconds, at(500)).await.unwrap() }
    };
    for subject in ["longer", "failed", "undone", "open"] {
        assert_eq!(ledger.spend(&reserve(subject)).await.unwrap(), Spent::Added);
    }
    assert_eq!(balance(&store, mine).await, 10_000 - 4 * 1010);
    assert!(end("longer", Some(12.0)).await);
    assert!(!end("longer", Some(12.0)).await);
    assert!(end("failed", None).await);
    assert!(ledger.undo("undone").await.unwrap());
    assert!(!ledger.undo("undone").await.unwrap());
    assert!(!ledger.undo("longer").await.unwrap());
    assert!(!end("unknown", Some(1.0)).await);
    assert_eq!(balance(&store, mine).await, 10_000 - 1210 - 1010);
    let open = ledger.open_until(at(1000), 10).await.unwrap();
    assert_eq!(open.iter().map(|entry| &*entry.subject).collect::<Vec<_>>(), ["open"]);
    assert_eq!(open[0].kind, EntryKind::Reserve(PRICE));
    assert_eq!(ledger.open_until(at(0), 10).await.unwrap(), []);
    assert_eq!(ledger.spent_since(mine, at(0)).await.unwrap(), micro(1210 + 1010));
}

pub(crate) async fn a_limit_begins_with_what_is_given(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let ledger = store.credits();
    let unlimited = |balance| Some(Account { balance: micro(balance), is_limited: false });
    assert_eq!(ledger.account(mine).await.unwrap(), unlimited(0));
    let used = entry(&records, mine, EntryKind::Charge, "used", -700);
    assert_eq!(ledger.spend(&used).await.unwrap(), Spent::Added);
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
    let mut settled = HashMap::new();
    for step in 0..400u64 {
        let workspace = workspaces[random(2) as usize];
        let subject = format!("{workspace} {}", random(40));
        let amount = random(2000) as i64;
        match random(7) {
            0 => grant(&store, &records, workspace, &format!("grant {step}"), amount - 500).await,
            1 => assert!(ledger.unlimit(workspace).await.unwrap()),
            2 => {
                let reserve = entry(&records, workspace, EntryKind::Reserve(PRICE), &subject, -amount);
                ledger.spend(&reserve).await.unwrap();
            }
            3 | 4 => {
                let seconds = [None, Some(amount as f64 / 100.0)][random(2) as usize];
                let id = entry(&records, workspace, EntryKind::End, &subject, 0).id;
                if ledger.end(id, &subject, seconds, at(9)).await.unwrap() {
                    settled.insert(subject, seconds.map_or(0, |seconds| PRICE.of(seconds).micro()));
                }
            }
            5 => {
                ledger.undo(&subject).await.unwrap();
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
    for workspace in workspaces {
        let entries = ledger.entries(workspace, 10_000).await.unwrap();
        for (subject, cost) in
            settled.iter().filter(|(subject, _)| subject.starts_with(&workspace.to_string()))
        {
            let taken: Credits =
                entries.iter().filter(|entry| entry.subject == *subject).map(|entry| entry.amount).sum();
            assert_eq!(-taken.micro(), *cost, "{subject}");
        }
    }
}
