//! rostrum-avatar
