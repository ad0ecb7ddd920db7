//! PostgreSQL 15 or newer.
