//! What workspaces have and what things cost them.
//!
//! About what a job will cost is set aside when it is asked for (`Backends::set_aside`), and settled in the transaction that ends it
//! (`Videos::finish` of the store). What is made at once is charged when it is there.

use chrono::TimeDelta;
use rostrum_model::credits::{Account, CreditEntry, Credits, EntryKind, Price};
use rostrum_model::ids::{CreditEntryId, VideoId, WorkspaceId};
use rostrum_model::video::VideoSpec;
use rostrum_store::{Spent, StoreError};

use crate::App;
use crate::backends::Backends;
use crate::videos::CreateVideoError;

/// How long a request may take from setting credits aside to its record.
const RECORDING_TIME: TimeDelta = TimeDelta::hours(1);

/// Entries looked at at a time.
const LOOKED_AT_ONCE: u64 = 500;

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
        let mut grant = self.entry(workspace_id, EntryKind::Grant, String::new(), amount);
        grant.subject = grant.id.to_string();
        let mut correction = self.entry(workspace_id, EntryKind::Correction, String::new(), Credits::ZERO);
        correction.subject = correction.id.to_string();
        self.store.credits().grant(&grant, &correction).await
    }

    /// Sets aside about what a video will cost. Free ones need nothing.
    ///
    /// # Errors
    /// When the workspace has too few credits.
    pub(crate) async fn set_aside(
        &self,
        workspace_id: WorkspaceId,
        id: VideoId,
        price: Price,
        needed: Credits,
    ) -> Result<(), CreditError> {
        if price == Price::default() {
            return Ok(());
        }
        let entry = self.entry(workspace_id, EntryKind::Reserve(price), id.to_string(), -needed);
        match self.store.credits().spend(&entry).await? {
            Spent::Added | Spent::Before => Ok(()),
            Spent::Short(balance) => Err(CreditError::Insufficient { balance, needed }),
        }
    }

    /// Takes back what was set aside for a video that does not come to be, or goes before its end.
    ///
    /// # Errors
    /// When the records do not answer.
    pub(crate) async fn put_back(&self, id: VideoId) -> Result<bool, StoreError> {
        self.store.credits().undo(&id.to_string()).await
    }

    /// Refuses what a workspace cannot pay for.
    pub(crate) async fn require_credits(
        &self,
        workspace_id: WorkspaceId,
        needed: Credits,
    ) -> Result<(), CreditError> {
        let Account { balance, is_limited } = self.account(workspace_id).await?;
        if is_limited && balance < needed {
            return Err(CreditError::Insufficient { balance, needed });
        }
        Ok(())
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
    pub(crate) async fn cost_of(
        &self,
        workspace_id: WorkspaceId,
        spec: &VideoSpec,
    ) -> Result<(Price, Credits), CreateVideoError> {
        let price = self.backends.limits.prices.of_video(spec);
        // Estimating takes looking at files, and only limits need it.
        let takes_estimate = price.per_s != Credits::ZERO && self.account(workspace_id).await?.is_limited;
        let seconds =
            if takes_estimate { self.scenes_s(workspace_id, spec).await?.iter().sum() } else { 0.0 };
        Ok((price, price.of(seconds)))
    }

    /// Takes back what was set aside for videos that are not there, as a crash came before their records, or after them; gives for
    /// how many. `is_start` tells that no request is under way.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn put_back_lost(&self, is_start: bool) -> Result<usize, StoreError> {
        let backends = &self.backends;
        let age = if is_start { TimeDelta::zero() } else { RECORDING_TIME };
        let until = backends.clock.now() - age;
        let mut lost = 0;
        for entry in backends.store.credits().open_until(until, LOOKED_AT_ONCE).await? {
            if let Ok(id) = entry.subject.parse::<VideoId>()
                && backends.store.videos().get_any(id).await?.is_none()
            {
                lost += usize::from(backends.put_back(id).await?);
            }
        }
        Ok(lost)
    }
}
