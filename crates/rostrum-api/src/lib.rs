//! rostrum-api
