//! rostrum-blob
