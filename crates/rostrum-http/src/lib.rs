//! rostrum-http
