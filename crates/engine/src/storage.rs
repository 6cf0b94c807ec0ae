//! Where the archive's parts lie on the disk, and how much memory they may take.
//!
//! Sizes that shape files (page, section, table) are fixed for the life of the data.

use commonware_runtime::buffer::paged::CacheRef;
use commonware_storage::archive::immutable;
use commonware_utils::{NZU16, NZU64, NZUsize};
use std::num::{NonZeroU16, NonZeroU64, NonZeroUsize};

/// Prefix of every partition.
pub(crate) const PREFIX: &str = "weal";
/// Blocks in one section of marshal's cache of open blocks.
pub(crate) const CACHE_SECTION: NonZeroU64 = NZU64!(1_024);
/// Enough to write many small records at once; a large body is written in one go anyway.
pub(crate) const WRITE_BUFFER: NonZeroUsize = NZUsize!(16 << 10);
/// Read at a time while a journal is replayed at a start.
pub(crate) const REPLAY_BUFFER: NonZeroUsize = NZUsize!(64 << 10);

/// A page of 4,096 bytes on the disk, of which 12 are its checksum.
const PAGE: NonZeroU16 = NZU16!(4_084);
/// Pages of keys held in memory: one megabyte.
const PAGES: NonZeroUsize = NZUsize!(256);
/// Heights in one section: a file each, and two kilobytes of its commit record.
const SECTION: NonZeroU64 = NZU64!(16_384);
/// Bytes of values in one file.
const VALUES: u64 = 256 << 20;

/// The page cache all parts share.
pub(crate) fn page_cache() -> CacheRef {
    CacheRef::new(PAGE, PAGES)
}

/// An archive that never prunes.
pub(crate) fn archive<C>(name: &str, pages: &CacheRef, codec_config: C) -> immutable::Config<C> {
    let part = |part: &str| format!("{PREFIX}-{name}-{part}");
    immutable::Config {
        metadata_partition: part("metadata"),
        freezer_table_partition: part("table"),
        freezer_table_initial_size: 1 << 12,
        freezer_table_resize_frequency: 4,
        freezer_table_resize_chunk_size: 1 << 12,
        freezer_key_partition: part("key"),
        freezer_key_page_cache: pages.clone(),
        freezer_key_write_buffer: WRITE_BUFFER,
        freezer_value_partition: part("value"),
        freezer_value_write_buffer: WRITE_BUFFER,
        freezer_value_target_size: VALUES,
        freezer_value_compression: None,
        ordinal_partition: part("ordinal"),
        ordinal_write_buffer: WRITE_BUFFER,
        items_per_section: SECTION,
        codec_config,
        replay_buffer: REPLAY_BUFFER,
    }
}
