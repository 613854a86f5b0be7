//! What handlers take out of requests.

mod caller;
mod file_part;
mod json_body;
mod origin;
mod pages;

pub(crate) use caller::{Caller, unknown_key};
pub(crate) use file_part::{folder_of_query, upload_part};
pub(crate) use json_body::{JsonBody, OptionalJsonBody};
pub(crate) use origin::Origin;
pub(crate) use pages::{Pages, position};
