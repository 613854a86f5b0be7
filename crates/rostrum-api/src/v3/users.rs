//! `/v3/users/me`, and what other generations tell of the caller.

use rostrum_model::credits::Account;
use rostrum_model::workspace::Workspace;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who calls: a workspace, whose key was sent. People have no accounts of their own, so most fields are null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Id of the workspace, which is the `owner` of its assets, and what lists of them are asked for with.
    pub username: String,
    /// Name of the workspace; beyond the contract.
    pub workspace_name: String,
    /// Always null.
    pub email: Option<String>,
    /// Always null.
    pub first_name: Option<String>,
    /// Always null.
    pub last_name: Option<String>,
    /// `wallet`, as for all keys.
    pub billing_type: String,
    /// What the workspace has.
    pub wallet: Wallet,
    /// Always null.
    pub subscription: Option<Value>,
    /// Always null.
    pub usage_based: Option<Value>,
}

/// What a workspace has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wallet {
    /// `credits`.
    pub currency: String,
    /// Credits left; null where there is no limit.
    pub remaining_balance: Option<f64>,
    /// Always null: nothing is bought.
    pub auto_reload: Option<Value>,
}

impl User {
    /// The caller.
    pub fn new(workspace: &Workspace, account: Account) -> Self {
        Self {
            username: workspace.id.to_string(),
            workspace_name: workspace.name.clone(),
            email: None,
            first_name: None,
            last_name: None,
            billing_type: "wallet".to_owned(),
            wallet: Wallet {
                currency: "credits".to_owned(),
                remaining_balance: account.is_limited.then(|| account.balance.to_f64()),
                auto_reload: None,
            },
            subscription: None,
            usage_based: None,
        }
    }
}
