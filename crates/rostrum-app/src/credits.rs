//! What workspaces have and what things cost them.
//!
//! About what a video will cost is set aside in the transaction that records it (`Videos::add_paid` of the store), and settled in the
//! one that ends it (`Videos::finish`). What is made at once is charged when it is there.

use chrono::TimeDelta;
use rostrum_model::credits::{Account, CreditEntry, Credits, EntryKind, Price};
use rostrum_model::ids::{CreditEntryId, WorkspaceId};
use rostrum_model::video::{Video, VideoSpec};
use rostrum_store::{Paid, StoreError};

use crate::App;
use crate::backends::Backends;
use crate::videos::CreateVideoError;

/// The time that is told as used.
pub const USAGE_TIME: TimeDelta = TimeDelta::days(30);

/// Something cannot be paid for.
#[derive(Debug, thiserror::Error)]
pub enum CreditError {
    /// The workspace has too few credits.
    #[error("{needed} credits are needed, and there are {balance}")]
    Insufficient {
        /// What it has.
        balance: Credits,
        /// What it takes.
        needed: Credits,
    },
    /// The records do not answer.
    #[error("the ledger could not be reached")]
    Store(#[from] StoreError),
}

impl Backends {
    fn entry(
        &self,
        workspace_id: WorkspaceId,
        kind: EntryKind,
        subject: String,
        amount: Credits,
    ) -> CreditEntry {
        let id = CreditEntryId::generate(&*self.clock, &*self.chance);
        CreditEntry { id, workspace_id, kind, subject, amount, created_at: self.clock.now() }
    }

    /// What a workspace has.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn account(&self, workspace_id: WorkspaceId) -> Result<Account, StoreError> {
        let account = self.store.credits().account(workspace_id).await?;
        Ok(account.unwrap_or(Account { balance: Credits::ZERO, is_limited: false }))
    }

    /// Gives credits to a workspace, which from then on has no more than it is given.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn grant(&self, workspace_id: WorkspaceId, amount: Credits) -> Result<(), StoreError> {
        let entry = |kind, amount| {
            let entry = self.entry(workspace_id, kind, String::new(), amount);
            // It is for nothing but itself.
            CreditEntry { subject: entry.id.to_string(), ..entry }
        };
        let (grant, correction) =
            (entry(EntryKind::Grant, amount), entry(EntryKind::Correction, Credits::ZERO));
        self.store.credits().grant(&grant, &correction).await
    }

    /// Records a video, and with it what it is about to cost. Free ones need nothing.
    ///
    /// # Errors
    /// When the workspace has too few credits, or the records do not answer; then nothing is recorded.
    pub(crate) async fn add_paid(
        &self,
        video: &Video,
        price: Price,
        needed: Credits,
    ) -> Result<(), CreditError> {
        let videos = self.store.videos();
        if price == Price::default() {
            return Ok(videos.add(video).await?);
        }
        let reserve =
            self.entry(video.workspace_id, EntryKind::Reserve(price), video.id.to_string(), -needed);
        match videos.add_paid(video, &reserve).await? {
            Paid::Yes => Ok(()),
            Paid::Short(balance) => Err(CreditError::Insufficient { balance, needed }),
        }
    }

    /// Refuses what a workspace cannot pay for.
    pub(crate) async fn require_credits(
        &self,
        workspace_id: WorkspaceId,
        needed: Credits,
    ) -> Result<(), CreditError> {
        affordable(self.account(workspace_id).await?, needed)
    }

    /// Charges for something that was made, once, whatever there is by now.
    pub(crate) async fn charge(
        &self,
        workspace_id: WorkspaceId,
        subject: String,
        cost: Credits,
    ) -> Result<(), StoreError> {
        if cost == Credits::ZERO {
            return Ok(());
        }
        let entry = self.entry(workspace_id, EntryKind::Charge, subject, -cost);
        self.store.credits().charge(&entry).await
    }
}

impl App {
    /// What a workspace has.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn account(&self, workspace_id: WorkspaceId) -> Result<Account, StoreError> {
        self.backends.account(workspace_id).await
    }

    /// What a workspace spent in the last [`USAGE_TIME`].
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn spent_lately(&self, workspace_id: WorkspaceId) -> Result<Credits, StoreError> {
        let backends = &self.backends;
        backends.store.credits().spent_since(workspace_id, backends.clock.now() - USAGE_TIME).await
    }

    /// About what a wanted video costs, and the price it is settled at.
    ///
    /// # Errors
    /// When the workspace cannot pay for it.
    pub(crate) async fn cost_of(
        &self,
        workspace_id: WorkspaceId,
        spec: &VideoSpec,
    ) -> Result<(Price, Credits), CreateVideoError> {
        let price = self.backends.limits.prices.of_video(spec);
        let account = self.account(workspace_id).await?;
        // Estimating takes looking at files, and only limits need it.
        let takes_estimate = price.per_s != Credits::ZERO && account.is_limited;
        let seconds =
            if takes_estimate { self.scenes_s(workspace_id, spec).await?.iter().sum() } else { 0.0 };
        let needed = price.of(seconds);
        affordable(account, needed)?;
        Ok((price, needed))
    }
}

/// Refuses what an account may not have.
fn affordable(account: Account, needed: Credits) -> Result<(), CreditError> {
    if account.affords(needed) {
        return Ok(());
    }
    Err(CreditError::Insufficient { balance: account.balance, needed })
}
