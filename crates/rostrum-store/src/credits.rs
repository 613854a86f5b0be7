//! The ledger of credits. An entry and the balance it changes are stored together, so that the balance of a workspace is always
//! the sum of its entries.

use chrono::{DateTime, Utc};
use rostrum_model::credits::{Account, CreditEntry, Credits, EntryKind, Price};
use rostrum_model::ids::{CreditEntryId, WorkspaceId};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter,
    QueryOrder, QuerySelect, TransactionTrait,
};
use tracing::instrument;

use crate::Store;
use crate::entities::credit_entry::{ActiveModel, Column, Entity, Model};
use crate::entities::workspace;
use crate::error::StoreError;
use crate::rows::{Place, instant};

/// The ledger of a store.
#[derive(Debug, Clone, Copy)]
pub struct CreditLedger<'s> {
    store: &'s Store,
}

/// What became of something that has a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paid {
    /// It is stored, and so is its entry.
    Yes,
    /// Nothing is stored: the limited workspace has only this much.
    Short(Credits),
}

impl<'s> CreditLedger<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// What a workspace has; `None` when there is no such workspace.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.credits.account", level = "debug", skip_all, fields(workspace.id = %workspace_id))]
    pub async fn account(&self, workspace_id: WorkspaceId) -> Result<Option<Account>, StoreError> {
        let row = workspace::Entity::find_by_id(workspace_id.as_uuid()).one(&self.store.reader).await?;
        Ok(row.map(|row| Account {
            balance: Credits::from_micro(row.credit_balance),
            is_limited: row.is_limited,
        }))
    }

    /// Adds credits, and limits the workspace to what it has. Where it was not limited, `correction` first brings its balance to
    /// nothing, with the amount that takes.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.credits.grant", level = "debug", skip_all, fields(workspace.id = %entry.workspace_id))]
    pub async fn grant(&self, entry: &CreditEntry, correction: &CreditEntry) -> Result<(), StoreError> {
        let transaction = self.store.writer.begin().await?;
        let limited = workspace::Entity::update_many()
            .set(workspace::ActiveModel { is_limited: Set(true), ..Default::default() })
            .filter(workspace::Column::Id.eq(entry.workspace_id.as_uuid()))
            .filter(workspace::Column::IsLimited.eq(false))
            .exec(&transaction)
            .await?;
        let row = workspace::Entity::find_by_id(entry.workspace_id.as_uuid()).one(&transaction).await?;
        let balance = row.map_or(0, |row| row.credit_balance);
        if limited.rows_affected > 0 && balance != 0 {
            let correction = CreditEntry { amount: Credits::from_micro(-balance), ..correction.clone() };
            add_in(&transaction, &correction).await?;
        }
        add_in(&transaction, entry).await?;
        Ok(transaction.commit().await?)
    }

    /// Lets a workspace have as much as it wants; false when there is no such workspace.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.credits.unlimit", level = "debug", skip_all, fields(workspace.id = %workspace_id))]
    pub async fn unlimit(&self, workspace_id: WorkspaceId) -> Result<bool, StoreError> {
        let changed = workspace::Entity::update_many()
            .set(workspace::ActiveModel { is_limited: Set(false), ..Default::default() })
            .filter(workspace::Column::Id.eq(workspace_id.as_uuid()))
            .exec(&self.store.writer)
            .await?;
        Ok(changed.rows_affected > 0)
    }

    /// Takes credits for what was made, also where there are too few by now; nothing when it was charged before.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.credits.charge", level = "debug", skip_all, fields(subject = entry.subject))]
    pub async fn charge(&self, entry: &CreditEntry) -> Result<(), StoreError> {
        let transaction = self.store.writer.begin().await?;
        add_in(&transaction, entry).await?;
        Ok(transaction.commit().await?)
    }

    /// The newest entries of a workspace, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.credits.entries", level = "debug", skip_all, fields(workspace.id = %workspace_id))]
    pub async fn entries(
        &self,
        workspace_id: WorkspaceId,
        limit: u64,
    ) -> Result<Vec<CreditEntry>, StoreError> {
        let mine = Entity::find()
            .filter(Column::WorkspaceId.eq(workspace_id.as_uuid()))
            .order_by_desc(Column::CreatedAt)
            .order_by_desc(Column::Id)
            .limit(limit);
        mine.all(&self.store.reader).await?.into_iter().map(entry_of).collect()
    }

    /// What a workspace spent on things since an instant, what is set aside included; positive.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.credits.spent_since", level = "debug", skip_all, fields(workspace.id = %workspace_id))]
    pub async fn spent_since(
        &self,
        workspace_id: WorkspaceId,
        since: DateTime<Utc>,
    ) -> Result<Credits, StoreError> {
        let kinds = [EntryKind::Reserve(Price::default()), EntryKind::End, EntryKind::Charge];
        let sum: Option<Option<i64>> = Entity::find()
            .select_only()
            // Postgres sums to a type of any length.
            .column_as(Column::Amount.sum().cast_as("bigint"), "amount")
            .filter(Column::WorkspaceId.eq(workspace_id.as_uuid()))
            .filter(Column::CreatedAt.gte(instant(since)))
            .filter(Column::Kind.is_in(kinds.map(EntryKind::word)))
            .into_tuple()
            .one(&self.store.reader)
            .await?;
        Ok(-Credits::from_micro(sum.flatten().unwrap_or(0)))
    }
}

/// Stores an entry, if there is none of its kind and subject.
async fn insert_in(transaction: &DatabaseTransaction, entry: &CreditEntry) -> Result<bool, StoreError> {
    let price = match entry.kind {
        EntryKind::Reserve(price) => Some(price),
        _ => None,
    };
    let row = ActiveModel {
        id: Set(entry.id.as_uuid()),
        workspace_id: Set(entry.workspace_id.as_uuid()),
        kind: Set(entry.kind.word().to_owned()),
        subject: Set(entry.subject.clone()),
        amount: Set(entry.amount.micro()),
        price_fixed: Set(price.unwrap_or_default().fixed.micro()),
        price_per_s: Set(price.unwrap_or_default().per_s.micro()),
        is_open: Set(price.is_some()),
        created_at: Set(instant(entry.created_at)),
    };
    let once = OnConflict::columns([Column::Subject, Column::Kind]).do_nothing().to_owned();
    Ok(Entity::insert(row).on_conflict(once).exec_without_returning(transaction).await? > 0)
}

/// Adds an entry's amount to the balance, where a condition holds.
async fn change_in(
    transaction: &DatabaseTransaction,
    entry: &CreditEntry,
    condition: Condition,
) -> Result<bool, StoreError> {
    let balance = Expr::col(workspace::Column::CreditBalance).add(entry.amount.micro());
    let changed = workspace::Entity::update_many()
        .col_expr(workspace::Column::CreditBalance, balance)
        .filter(workspace::Column::Id.eq(entry.workspace_id.as_uuid()))
        .filter(condition)
        .exec(transaction)
        .await?;
    Ok(changed.rows_affected > 0)
}

/// Stores an entry and what it changes, whatever the balance; nothing when there is one of its kind and subject.
async fn add_in(transaction: &DatabaseTransaction, entry: &CreditEntry) -> Result<(), StoreError> {
    if insert_in(transaction, entry).await? {
        change_in(transaction, entry, Condition::all()).await?;
    }
    Ok(())
}

/// Takes credits, unless a limited workspace has too few; nothing when there is an entry of this kind and subject.
/// `entry.amount` is negative or nothing. What falls short leaves the transaction to be rolled back.
pub(crate) async fn spend_in(
    transaction: &DatabaseTransaction,
    entry: &CreditEntry,
) -> Result<Paid, StoreError> {
    if !insert_in(transaction, entry).await? {
        return Ok(Paid::Yes);
    }
    let amount = entry.amount.micro();
    let has_it = Condition::any()
        .add(workspace::Column::IsLimited.eq(false))
        .add(Expr::col(workspace::Column::CreditBalance).add(amount).gte(0))
        .add(Expr::value(amount).eq(0));
    if change_in(transaction, entry, has_it).await? {
        return Ok(Paid::Yes);
    }
    let row = workspace::Entity::find_by_id(entry.workspace_id.as_uuid()).one(transaction).await?;
    Ok(Paid::Short(Credits::from_micro(row.map_or(0, |row| row.credit_balance))))
}

/// Removes what is set aside for a subject that goes before its end, as if it had not been.
pub(crate) async fn undo_in(transaction: &DatabaseTransaction, subject: &str) -> Result<(), StoreError> {
    let removed = Entity::delete_many()
        .filter(Column::Subject.eq(subject))
        .filter(Column::IsOpen.eq(true))
        .exec_with_returning(transaction)
        .await?;
    for reserve in removed {
        let reserve = entry_of(reserve)?;
        let given_back = CreditEntry { amount: -reserve.amount, ..reserve };
        change_in(transaction, &given_back, Condition::all()).await?;
    }
    Ok(())
}

/// Ends what was set aside for a subject: it is given back, and the cost of so many seconds is taken at the price of that
/// time; of nothing for what failed.
pub(crate) async fn end_in(
    transaction: &DatabaseTransaction,
    id: CreditEntryId,
    subject: &str,
    seconds: Option<f64>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let ended = Entity::update_many()
        .set(ActiveModel { is_open: Set(false), ..Default::default() })
        .filter(Column::Subject.eq(subject))
        .filter(Column::IsOpen.eq(true))
        .exec_with_returning(transaction)
        .await?;
    let Some(reserve) = ended.into_iter().next().map(entry_of).transpose()? else { return Ok(()) };
    let EntryKind::Reserve(price) = reserve.kind else { return Ok(()) };
    let cost = seconds.map_or(Credits::ZERO, |seconds| price.of(seconds));
    let amount = -reserve.amount - cost;
    let end = CreditEntry { id, kind: EntryKind::End, amount, created_at: now, ..reserve };
    add_in(transaction, &end).await
}

fn entry_of(row: Model) -> Result<CreditEntry, StoreError> {
    let place = Place { table: "credit_entries", row: row.id };
    let price =
        Price { fixed: Credits::from_micro(row.price_fixed), per_s: Credits::from_micro(row.price_per_s) };
    let kinds = [
        EntryKind::Grant,
        EntryKind::Correction,
        EntryKind::Reserve(price),
        EntryKind::End,
        EntryKind::Charge,
    ];
    let kind = kinds.into_iter().find(|kind| kind.word() == row.kind);
    Ok(CreditEntry {
        id: CreditEntryId::from_uuid(row.id),
        workspace_id: WorkspaceId::from_uuid(row.workspace_id),
        kind: kind.ok_or_else(|| place.inconsistent("kind"))?,
        subject: row.subject,
        amount: Credits::from_micro(row.amount),
        created_at: row.created_at,
    })
}
