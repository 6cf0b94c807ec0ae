//! Open files: what the system allows this process, and that it asks for all of it.
//!
//! The archive answers a failed open with the end of the process, so a node that has too few does
//! not start.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that a node needs at the least: the archive, the read model and the other institutions
/// take up to 256, and half of it is for readers.
pub const FILES_MIN: u64 = 512;

/// The system allows too few open files.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "this process may have only {0} open files, and a node needs {FILES_MIN}: raise the limit \
     (`ulimit -n 65536`, LimitNOFILE=65536 in a unit, --ulimit nofile=65536 for a container)"
)]
pub struct TooFewFiles(pub u64);

/// How many files this process may have open now.
pub fn files_max() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// Raises the limit as far as the system lets it, and returns it.
pub fn raise_files() -> Result<u64, TooFewFiles> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum {
        let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
        if let Err(error) = raised {
            tracing::warn!(%error, "the limit of open files could not be raised");
        }
    }
    enough(files_max())
}

fn enough(files: u64) -> Result<u64, TooFewFiles> {
    if files < FILES_MIN { Err(TooFewFiles(files)) } else { Ok(files) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_few_files_are_refused_with_what_to_do() {
        assert_eq!(enough(FILES_MIN), Ok(FILES_MIN));
        let refused = enough(FILES_MIN - 1).unwrap_err().to_string();
        assert!(refused.contains("only 511") && refused.contains("LimitNOFILE"), "{refused}");
    }

    #[test]
    fn the_limit_is_raised_as_far_as_it_goes() {
        let files = raise_files().unwrap();
        assert_eq!(Some(files), getrlimit(Resource::Nofile).maximum.or(Some(u64::MAX)));
    }
}
