//! The tables as sea-orm sees them; kept in step with `migrations` by the contract tests.

#![expect(unreachable_pub, reason = "the derives make their types public, and want these so too")]

pub(crate) mod api_key;
pub(crate) mod asset;
pub(crate) mod avatar_group;
pub(crate) mod brand_glossary;
pub(crate) mod consent;
pub(crate) mod credit_entry;
pub(crate) mod delivery;
pub(crate) mod event;
pub(crate) mod folder;
pub(crate) mod generated_picture;
pub(crate) mod keyed_request;
pub(crate) mod look;
pub(crate) mod look_treatment;
pub(crate) mod photo_generation;
pub(crate) mod signing_key;
pub(crate) mod speech;
pub(crate) mod upload;
pub(crate) mod upload_batch;
pub(crate) mod video;
pub(crate) mod video_batch;
pub(crate) mod video_batch_item;
pub(crate) mod voice;
pub(crate) mod webhook_endpoint;
pub(crate) mod workspace;
