//! rostrum-jobs
