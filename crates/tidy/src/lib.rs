//! Development only: the tests of this crate read the repository.
