//! A book can be dropped at any time and built anew.

use super::story::told;
use super::world::{HOUR, World};
use crate::book::{Book, BookError};
use std::io::{Seek, SeekFrom, Write};

#[test]
fn two_books_of_the_same_log_are_equal() {
    let mut world = told(120);
    let whole = world.book();
    let directory = tempfile::tempdir().unwrap();
    let mut book = Book::open(directory.path()).unwrap();
    for (at, block) in world.blocks.iter().enumerate() {
        book.follow(std::slice::from_ref(block)).unwrap();
        if at % 17 == 0 {
            drop(book);
            book = Book::open(directory.path()).unwrap();
        }
    }
    let reader = book.reader().unwrap();
    let single = super::world::Shelf { book, reader, directory };
    assert_eq!(whole.dump(), single.dump());
    assert_eq!(whole.reader.overview().unwrap(), single.reader.overview().unwrap());
}

#[test]
fn a_dropped_book_is_rebuilt_the_same() {
    let mut world = told(50);
    let shelf = world.book();
    let before = shelf.dump();
    let super::world::Shelf { book, reader, directory } = shelf;
    drop((book, reader));
    std::fs::remove_file(directory.path().join("book.sqlite")).unwrap();
    let mut book = Book::open(directory.path()).unwrap();
    assert_eq!(book.height().unwrap(), 0);
    book.follow(&world.blocks).unwrap();
    let reader = book.reader().unwrap();
    assert_eq!(super::world::Shelf { book, reader, directory }.dump(), before);
}

#[test]
fn blocks_followed_before_are_passed_over_and_a_gap_changes_nothing() {
    let mut world = told(50);
    let mut shelf = world.book();
    let before = shelf.dump();
    shelf.book.follow(&world.blocks).unwrap();
    assert_eq!(shelf.dump(), before);
    let importer = world.party("Late");
    world.block(HOUR);
    world.need(&importer, "mask-n95", 5);
    world.block(HOUR);
    let gap = &world.blocks[world.blocks.len() - 1..];
    let expected = shelf.book.height().unwrap() + 1;
    let refused = shelf.book.follow(gap);
    assert!(matches!(refused, Err(BookError::Order { expected: e, .. }) if e == expected));
    assert_eq!(shelf.dump(), before);
    shelf.book.follow(&world.blocks).unwrap();
    assert_eq!(shelf.reader.height().unwrap(), shelf.book.height().unwrap());
}

#[test]
fn a_damaged_book_or_one_of_another_version_is_started_anew() {
    let mut world = World::new();
    world.party("Somebody");
    let spoil: [fn(&std::path::Path); 3] = [
        |path| {
            let mut file = std::fs::File::options().write(true).open(path).unwrap();
            file.seek(SeekFrom::Start(9_000)).unwrap();
            file.write_all(&[0xff; 40_000]).unwrap();
        },
        |path| std::fs::write(path, b"this is not a book at all").unwrap(),
        |path| {
            let connection = rusqlite::Connection::open(path).unwrap();
            connection.execute_batch("PRAGMA user_version=999").unwrap();
        },
    ];
    for (at, spoil) in spoil.iter().enumerate() {
        let super::world::Shelf { book, reader, directory } = world.book();
        assert_eq!(book.height().unwrap(), 1);
        drop((book, reader));
        spoil(&directory.path().join("book.sqlite"));
        let mut book = Book::open(directory.path()).unwrap();
        assert_eq!(book.height().unwrap(), 0, "{at}");
        book.follow(&world.blocks).unwrap();
        assert_eq!(book.reader().unwrap().overview().unwrap().entries, 1);
    }
}

#[test]
fn readers_see_whole_blocks_while_the_book_follows() {
    let mut world = told(60);
    let directory = tempfile::tempdir().unwrap();
    let mut book = Book::open(directory.path()).unwrap();
    book.follow(&world.blocks[..1]).unwrap();
    let reader = book.reader().unwrap();
    world.block(HOUR);
    std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            for _ in 0..200 {
                let overview = reader.overview().unwrap();
                let latest = overview.latest.first().map_or(0, |entry| entry.index + 1);
                assert_eq!(latest, overview.entries);
            }
        });
        world.blocks.iter().for_each(|block| book.follow(std::slice::from_ref(block)).unwrap());
        watch.join().unwrap();
    });
}
