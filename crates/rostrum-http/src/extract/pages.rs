//! Where a page of a list begins, and the token of the one behind it.

use std::collections::HashMap;
use std::fmt::Display;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use rostrum_api::error::Refusal;
use rostrum_api::v3::page::Page;
use rostrum_app::pages::{Cursor, PageTokens, cursor_text};

use super::Caller;
use crate::HttpState;
use crate::api_error::ApiError;

/// The page tokens of the list that is asked for: the path of the request, in the caller's workspace. Tokens of other
/// lists and other workspaces are refused, and those that somebody changed.
pub(crate) struct Pages {
    tokens: PageTokens,
    /// The `token` that came along; none when it is missing or empty, as clients send it that pass on whatever the last
    /// page told them.
    given: Option<String>,
}

impl FromRequestParts<HttpState> for Pages {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let tokens = state.app.page_tokens(caller.workspace_id, parts.uri.path()).await?;
        let query = Query::<HashMap<String, String>>::try_from_uri(&parts.uri);
        let given = query.ok().and_then(|Query(mut query)| query.remove("token"));
        Ok(Self { tokens, given: given.filter(|token| !token.is_empty()) })
    }
}

impl Pages {
    /// Where the page begins; at the first row when no token came along.
    pub(crate) fn start<T>(&self, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Refusal> {
        let Some(token) = &self.given else { return Ok(None) };
        let start = self.tokens.place(token).and_then(|place| read(&place));
        start.map(Some).ok_or_else(|| {
            Refusal::invalid(
                "token",
                "'token' is not a page token of this list: it was changed, or comes from another list or another \
                 workspace. Pass on what the page before gave, as it is, or leave it out to start at the first page.",
            )
        })
    }

    /// The token of the page that begins behind this place.
    pub(crate) fn token(&self, place: impl Display) -> String {
        self.tokens.token(&place.to_string())
    }

    /// The token of the page that begins behind this place of a list that goes from new to old.
    pub(crate) fn token_after<I: Display>(&self, place: &Cursor<I>) -> String {
        self.token(cursor_text(place))
    }

    /// A page of a list that goes from new to old; `next` is where the next one starts.
    pub(crate) fn before<T, I: Display>(&self, data: Vec<T>, next: Option<Cursor<I>>) -> Page<T> {
        let next_token = next.map(|next| self.token_after(&next));
        Page { data, has_more: next_token.is_some(), next_token }
    }
}

/// Reads the place in a list whose places are numbered, from 0.
pub(crate) fn position(place: &str) -> Option<usize> {
    place.parse().ok()
}
