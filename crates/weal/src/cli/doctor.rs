//! `weal node doctor`: looks for what would keep a node from working, and says the way out.

use super::output::{self, Exit, Failure};
use crate::door::DoorLimits;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime};
use weal_node::Directory;
use weal_proof::genesis::Keeper;
use weal_services::schemas;

/// A machine that does not answer within this is away.
const PATIENCE: Duration = Duration::from_secs(2);
/// Clocks before this are wrong: the program is younger.
const YOUNGEST_S: u64 = 1_760_000_000;

/// Files below which a public node turns readers away on a busy day.
const FILES_AMPLE: u64 = 4_096;
/// Memory below which a book of some size does not fit.
const MEMORY_AMPLE: u64 = 1 << 30;
/// Threads that a node may have: the engine's, the door's, those that check and save.
const TASKS_AMPLE: u64 = 200;

/// What was found.
enum Finding {
    Good(String),
    Doubtful(String, &'static str),
    Bad(String, &'static str),
}

/// Looks at everything; fails if anything is bad.
pub(crate) fn run(data: &Path) -> Result<(), Failure> {
    let directory = Directory::open(data).map_err(Failure::error)?;
    let mut findings = vec![
        Finding::Good(format!(
            "book \"{}\", network {}",
            directory.genesis.name, directory.network
        )),
        rules(&directory),
        clock(),
        disk(data),
        files(),
        memory(),
        tasks(),
    ];
    findings.extend(["validator.key", "owner.key"].iter().filter_map(|name| secret(data, name)));
    findings.push(standing(&directory));
    findings.extend(directory.genesis.validators.iter().filter_map(|k| reach(&directory, k)));
    let mut bad = 0;
    for finding in findings {
        match finding {
            Finding::Good(text) => output::line(&format!("  ok     {text}"))?,
            Finding::Doubtful(text, help) => {
                output::line(&format!("  doubt  {text}\n         {help}"))?;
            }
            Finding::Bad(text, help) => {
                bad += 1;
                output::line(&format!("  BAD    {text}\n         {help}"))?;
            }
        }
    }
    if bad == 0 { Ok(()) } else { Err(Failure::new(Exit::Error, format!("{bad} to be mended"))) }
}

fn rules(directory: &Directory) -> Finding {
    let named = &directory.genesis.rules;
    if schemas::of(named).hash() == *named {
        return Finding::Good("the rules are those of this program".into());
    }
    Finding::Doubtful(
        "the book's rules are of another version than this program's".into(),
        "that is fine for an older book; new kinds of records are not known in it",
    )
}

fn clock() -> Finding {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    if now.as_secs() >= YOUNGEST_S {
        return Finding::Good("the clock is plausible".into());
    }
    Finding::Bad("the clock is years behind".into(), "set it; blocks of others would wait for it")
}

fn disk(data: &Path) -> Finding {
    let free = weal_node::free_bytes(data).unwrap_or(0) >> 20;
    if free >= 1_024 {
        return Finding::Good(format!("{free} MB are free on the disk"));
    }
    Finding::Bad(
        format!("only {free} MB are free on the disk"),
        "make room: below 64 MB nothing is taken",
    )
}

/// Limits are those of whoever asks; a service has those of its unit.
fn files() -> Finding {
    let files = weal_node::raise_files().unwrap_or_else(|few| few.0);
    let seats = DoorLimits::for_files(files).seats;
    let found = format!("{files} files may be open here (nofile), so {seats} connections");
    match files {
        0..weal_node::FILES_MIN => Finding::Bad(
            format!("only {files} files may be open here (nofile)"),
            "the node does not start: `ulimit -n 65536`, or LimitNOFILE=65536 in its unit",
        ),
        weal_node::FILES_MIN..FILES_AMPLE => {
            Finding::Doubtful(found, "for a public node `ulimit -n 65536`, or LimitNOFILE=65536")
        }
        _ => Finding::Good(found),
    }
}

fn memory() -> Finding {
    let help = "a book of a million entries needs about 1 GB: raise MemoryMax, or take a larger \
                machine";
    match weal_node::memory_limit_bytes() {
        None => Finding::Doubtful("the limit of memory is not known".into(), help),
        Some(bytes) if bytes < MEMORY_AMPLE => {
            Finding::Doubtful(format!("only {} MB of memory may be used here", bytes >> 20), help)
        }
        Some(bytes) => Finding::Good(format!("{} MB of memory may be used here", bytes >> 20)),
    }
}

fn tasks() -> Finding {
    match weal_node::task_limit() {
        None => Finding::Good("nothing limits the number of threads here".into()),
        Some(tasks) if tasks < TASKS_AMPLE => Finding::Bad(
            format!("only {tasks} threads may run here (tasks)"),
            "the node may need 200: raise TasksMax in its unit",
        ),
        Some(tasks) => Finding::Good(format!("{tasks} threads may run here (tasks)")),
    }
}

fn secret(data: &Path, name: &str) -> Option<Finding> {
    let mode = std::fs::metadata(data.join(name)).ok()?.permissions().mode() & 0o077;
    if mode == 0 {
        return Some(Finding::Good(format!("{name} is readable by its owner alone")));
    }
    Some(Finding::Bad(format!("{name} can be read by others"), "chmod 600, and think of a new key"))
}

fn standing(directory: &Directory) -> Finding {
    let Ok(key) = directory.key() else {
        return Finding::Bad("validator.key cannot be read".into(), "restore it from its copy");
    };
    let founder = directory.genesis.validators.iter().any(|k| k.key == key.public());
    let follows = std::fs::read_to_string(directory.join("upstream"));
    match (founder, follows) {
        (true, _) => Finding::Good("this machine is one of the founders'".into()),
        (false, Ok(from)) => Finding::Good(format!("this machine follows {}", from.trim())),
        (false, Err(_)) => Finding::Bad(
            "this machine's key is no founder's, and it follows nobody".into(),
            "name a node with `weal node follow --from` or `weal node join --from`",
        ),
    }
}

fn reach(directory: &Directory, keeper: &Keeper) -> Option<Finding> {
    let own = directory.key().ok()?.public() == keeper.key;
    if own || keeper.address.ends_with(":0") {
        return None;
    }
    let at = format!("{} at {}", keeper.name, keeper.address);
    let addresses = keeper.address.to_socket_addrs().map(Iterator::collect::<Vec<_>>);
    let Ok(addresses) = addresses else {
        return Some(Finding::Doubtful(
            format!("{at}: the name is not known"),
            "ask them; a keeper moves with `weal network move`",
        ));
    };
    let answers = addresses.iter().any(|to| TcpStream::connect_timeout(to, PATIENCE).is_ok());
    if answers {
        return Some(Finding::Good(format!("{at} answers")));
    }
    Some(Finding::Doubtful(format!("{at} does not answer"), "it may be away, or a wall is between"))
}
