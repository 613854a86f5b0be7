//! What batches of files and of videos answer alike.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The answer to a batch that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedBatch {
    /// Id of the batch.
    pub batch_id: String,
}

/// Answer of `GET /v3/assets/batches/{batch_id}` and `/v3/videos/batches/{batch_id}`: the page's cursor is inside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BatchDetail<T> {
    /// Id of the batch.
    pub batch_id: String,
    /// `processing`, `completed`, or `failed` when every item failed.
    pub status: String,
    /// Title, when given.
    pub title: Option<String>,
    /// Number of items.
    pub total_items: usize,
    /// Number of items by `queued`, `processing`, `completed` and `failed`.
    pub counts_by_status: BTreeMap<String, usize>,
    /// Unix seconds.
    pub created_at: i64,
    /// This page's items, in the order in which they were sent.
    pub items: Vec<T>,
    /// Whether another page follows.
    pub has_more: bool,
    /// Pass as `token` to get it.
    pub next_token: Option<String>,
}

/// Which items of a batch an answer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchPage {
    /// Position of the first, from 0.
    pub from: usize,
    /// The most.
    pub limit: usize,
}

impl<T> BatchDetail<T> {
    /// The page of a batch; `word` tells where an item stands, `row` shows it, and `next_token` makes a token of a position.
    pub(crate) fn page<I>(
        (batch_id, title, created_at): (String, Option<String>, DateTime<Utc>),
        all: &[I],
        word: impl Fn(&I) -> &'static str,
        row: impl Fn(&I) -> T,
        page: BatchPage,
        next_token: impl FnOnce(usize) -> String,
    ) -> Self {
        let mut counts_by_status: BTreeMap<String, usize> =
            ["queued", "processing", "completed", "failed"].map(|word| (word.to_owned(), 0)).into();
        for item in all {
            *counts_by_status.entry(word(item).to_owned()).or_default() += 1;
        }
        let count = |word: &str| counts_by_status.get(word).copied().unwrap_or(0);
        let status = if count("queued") + count("processing") > 0 {
            "processing"
        } else if count("failed") == all.len() {
            "failed"
        } else {
            "completed"
        };
        let from = page.from.min(all.len());
        let to = (from + page.limit).min(all.len());
        let has_more = to < all.len();
        Self {
            batch_id,
            status: status.to_owned(),
            title,
            total_items: all.len(),
            counts_by_status,
            created_at: created_at.timestamp(),
            items: all[from..to].iter().map(row).collect(),
            has_more,
            next_token: has_more.then(|| next_token(to)),
        }
    }
}
