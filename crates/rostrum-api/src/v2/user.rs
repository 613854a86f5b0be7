//! `/v2/user/remaining_quota`.

use rostrum_model::credits::{Account, Credits};
use serde::{Deserialize, Serialize};

/// Told as what remains where there is no limit: clients read a number, and take none for nothing.
const NO_LIMIT: i64 = i32::MAX as i64;

/// What a workspace has left, in whole credits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemainingQuota {
    /// Credits left, rounded down, at least 0.
    pub remaining_quota: i64,
    /// Credits spent in the last 30 days, rounded up.
    pub used_quota: i64,
    /// The same by kind of credits.
    pub details: QuotaDetails,
}

/// Credits by kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaDetails {
    /// Those of the API: all there are.
    pub api: i64,
    /// Always 0.
    pub plan_credit: i64,
    /// Always 0.
    pub generative_credit: i64,
    /// Always 0.
    pub seat: i64,
}

impl RemainingQuota {
    /// What is left of an account that spent this much.
    #[expect(clippy::cast_possible_truncation, reason = "whole credits of counts that fit into an i64")]
    pub fn new(account: Account, spent: Credits) -> Self {
        let left = account.balance.to_f64().floor().max(0.0) as i64;
        let left = if account.is_limited { left } else { NO_LIMIT };
        let used = spent.to_f64().ceil().max(0.0) as i64;
        let details = QuotaDetails { api: left, plan_credit: 0, generative_credit: 0, seat: 0 };
        Self { remaining_quota: left, used_quota: used, details }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quota_is_told_in_whole_credits_and_as_much_where_there_is_no_limit() {
        let account = |balance, is_limited| Account { balance: Credits::new(balance), is_limited };
        let told = |balance, is_limited| {
            let quota = RemainingQuota::new(account(balance, is_limited), Credits::new(0.1));
            (quota.remaining_quota, quota.details.api, quota.used_quota)
        };
        assert_eq!(told(7.9, true), (7, 7, 1));
        assert_eq!(told(-3.0, true), (0, 0, 1));
        assert_eq!(told(-3.0, false), (2_147_483_647, 2_147_483_647, 1));
    }
}
