//! Paging by key: pages stay stable while rows come and go, and page 1000 costs what page 1 does.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, IntoSimpleExpr, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::rows::instant;

/// A place in a list that goes from new to old: just after a record, which need not exist any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor<I> {
    /// When that record was made.
    pub created_at: DateTime<Utc>,
    /// Its id.
    pub id: I,
}

/// Orders rows by instant, then id, both falling, and starts after a given pair. An index on (workspace, instant, id)
/// makes this a walk along the index.
pub(crate) fn newest_first<Q, C>(
    query: Q,
    at: C,
    id: C,
    limit: u64,
    after: Option<(DateTime<Utc>, Uuid)>,
) -> Q
where
    Q: QueryFilter + QueryOrder + QuerySelect,
    C: ColumnTrait + IntoSimpleExpr,
{
    let page = query.order_by_desc(at).order_by_desc(id).limit(limit);
    let Some((after_at, after_id)) = after else { return page };
    let position = Expr::tuple([at.into_simple_expr(), id.into_simple_expr()]);
    page.filter(position.lt(Expr::tuple([Expr::val(instant(after_at)), Expr::val(after_id)])))
}
