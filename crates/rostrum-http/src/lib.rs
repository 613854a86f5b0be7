//! HTTP: the routes of each API generation, what requests carry in, and how answers and errors go out.
//!
//! Handlers extract, call one use case of `rostrum-app` and wrap its answer; they decide nothing. To add an operation:
//! its bodies go to `rostrum-api`, its use case to `rostrum-app`, its handler into the noun's file here, and one line
//! into [`router`].

mod api_error;
mod consents;
mod extract;
mod files;
mod health;
mod keyed_requests;
mod middleware;
mod not_built;
mod pages;
mod players;
mod rates;
mod reference;
mod route_table;
mod router;
mod scopes;
mod serving;
mod state;
mod tus;
mod unknown_fields;
mod uploads;
mod v1;
mod v2;
mod v3;
mod wire;

pub use rates::RequestRates;
pub use route_table::{Route, route_table};
pub use router::router;
pub use serving::serve;
pub use state::{HttpOptions, HttpState, MetricsText};
pub use wire::HeyGenWire;
