//! What things cost, and the ledger of what workspaces have.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Neg, Sub};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::{CreditEntryId, WorkspaceId};
use crate::video::{Mark, VideoSpec};

/// An amount of credits, to a millionth; negative where they are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Credits(i64);

/// Millionths in a credit.
const MICRO: f64 = 1e6;

impl Credits {
    /// None.
    pub const ZERO: Self = Self(0);

    /// The nearest amount to a number of credits; more than can be counted is as many as can be.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "casts of floats stop at the ends, which is what is wanted"
    )]
    pub fn new(credits: f64) -> Self {
        Self((credits * MICRO).round() as i64)
    }

    /// The amount kept in a store column, in millionths.
    pub const fn from_micro(micro: i64) -> Self {
        Self(micro)
    }

    /// The value for a store column.
    pub const fn micro(self) -> i64 {
        self.0
    }

    /// The number of credits.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / MICRO
    }

    /// What some seconds cost at this much a second.
    #[must_use]
    pub fn for_seconds(self, seconds: f64) -> Self {
        Self::new(self.to_f64() * seconds)
    }
}

impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_f64().fmt(f)
    }
}

impl Add for Credits {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Credits {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Credits {
    type Output = Self;

    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl Sum for Credits {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl Serialize for Credits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.to_f64())
    }
}

impl<'de> Deserialize<'de> for Credits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(Self::new)
    }
}

/// What things cost, in credits. The defaults are those that HeyGen's enterprise plans had in 2026; a credit was half a dollar
/// of its wallets then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Prices {
    /// A second of a video.
    pub video_s: Credits,
    /// A second of a video whose shorter side has more than 1080 pixels.
    pub video_4k_s: Credits,
    /// A cinematic video of any length.
    pub cinematic_video: Credits,
    /// A second of a speech that is no video's.
    pub speech_s: Credits,
    /// A look of a person.
    pub avatar: Credits,
}

impl Default for Prices {
    fn default() -> Self {
        Self {
            video_s: Credits::new(0.1),
            // A third more, as in the prices in dollars: 0.0667 to 0.05.
            video_4k_s: Credits::new(0.1334),
            // 7 dollars.
            cinematic_video: Credits::new(14.0),
            speech_s: Credits::new(0.000_333),
            avatar: Credits::new(1.0),
        }
    }
}

/// The longest shorter side at the price of usual videos, in pixels.
const USUAL_SIDE: usize = 1080;

impl Prices {
    /// What a video costs. One that is marked as a trial is free.
    pub fn of_video(&self, spec: &VideoSpec) -> Price {
        if spec.watermark.as_ref().is_some_and(|watermark| watermark.mark == Mark::Preview) {
            return Price::default();
        }
        if spec.scenes.iter().any(|scene| scene.camera.is_some()) {
            return Price { fixed: self.cinematic_video, per_s: Credits::ZERO };
        }
        let is_large = spec.size.width.min(spec.size.height) > USUAL_SIDE;
        Price { fixed: Credits::ZERO, per_s: if is_large { self.video_4k_s } else { self.video_s } }
    }
}

/// What one thing costs; free by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Price {
    /// However long it is.
    pub fixed: Credits,
    /// For each second of it.
    pub per_s: Credits,
}

impl Price {
    /// The cost at a length.
    pub fn of(self, seconds: f64) -> Credits {
        self.fixed + self.per_s.for_seconds(seconds)
    }
}

/// What a workspace has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// The sum of its entries.
    pub balance: Credits,
    /// Whether it may have no more than the balance. Where not, entries only tell what was used.
    pub is_limited: bool,
}

impl Account {
    /// Whether something of this cost may be had. What is free always may, even by those who owe.
    pub fn affords(self, cost: Credits) -> bool {
        cost <= Credits::ZERO || !self.is_limited || cost <= self.balance
    }
}

/// A line of a workspace's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditEntry {
    /// Id.
    pub id: CreditEntryId,
    /// Whose.
    pub workspace_id: WorkspaceId,
    /// Why.
    pub kind: EntryKind,
    /// Id of what was paid for; the entry's own for grants and corrections. There is one entry of a kind for each.
    pub subject: String,
    /// What is added.
    pub amount: Credits,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Why an entry was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// The operator gave credits.
    Grant,
    /// What was used without a limit is not counted against the credits that were given later.
    Correction,
    /// About what a job will cost is set aside, at the price of this time.
    Reserve(Price),
    /// The job ended: what was set aside is given back, and the cost is taken, unless it failed.
    End,
    /// Something was made at once.
    Charge,
}

impl EntryKind {
    /// The word it is stored and shown by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Correction => "correction",
            Self::Reserve(_) => "reserve",
            Self::End => "end",
            Self::Charge => "charge",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_owes_may_have_only_what_is_free() {
        let account = |balance, is_limited| Account { balance: Credits::new(balance), is_limited };
        let [free, one] = [0.0, 1.0].map(Credits::new);
        for (account, affords_free, affords_one) in [
            (account(-2.0, true), true, false),
            (account(0.5, true), true, false),
            (account(1.0, true), true, true),
            (account(-2.0, false), true, true),
        ] {
            assert_eq!((account.affords(free), account.affords(one)), (affords_free, affords_one));
        }
    }

    #[test]
    fn amounts_are_exact_to_a_millionth() {
        assert_eq!(Credits::new(0.000_333).micro(), 333);
        assert_eq!(Credits::new(0.1).for_seconds(30.0), Credits::new(3.0));
        assert_eq!(Credits::new(-1.5).to_string(), "-1.5");
        assert_eq!(Credits::new(f64::MAX) + Credits::new(1.0), Credits::new(f64::MAX));
        assert_eq!([0.1, 0.2, -0.3].map(Credits::new).into_iter().sum::<Credits>(), Credits::ZERO);
    }

    #[test]
    fn prices_have_a_fixed_part_and_one_that_grows() {
        let price = Price { fixed: Credits::new(1.0), per_s: Credits::new(0.5) };
        assert_eq!(price.of(3.0), Credits::new(2.5));
        assert_eq!(Price::default().of(100.0), Credits::ZERO);
    }
}
