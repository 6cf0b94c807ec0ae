//! The quirks of such lists, each in a small made-up one.
