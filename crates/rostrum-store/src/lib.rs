//! rostrum-store
