//! `weal`: one binary for everybody who reads, writes, checks or keeps the book.

fn main() {}
