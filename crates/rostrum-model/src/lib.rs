//! rostrum-model
