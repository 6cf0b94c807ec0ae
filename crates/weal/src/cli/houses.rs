//! The institutions that keep the demonstration's book: each with keys, a directory, a node and
//! pages of its own, all on this machine.

use super::keys;
use super::output::Failure;
use crate::app::App;
use crate::door::{self, DoorLimits};
use crate::serve::{self, Live};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;
use weal_node::{Config, Directory, Liar, write_key};
use weal_proof::genesis::{EPOCH_BLOCKS, Genesis, Keeper};
use weal_proof::keys::{PublicKey, SecretKey};
use weal_services::book::Reader;
use weal_services::relief::scenario;
use weal_services::schemas;

/// Short epochs, so that a demonstration sees some.
const SHORT_EPOCH: u64 = 32;
/// The longest silence of an institution that is alone.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// An institution.
pub(crate) struct House {
    pub(crate) keeper: Keeper,
    key: SecretKey,
    owner: SecretKey,
    data: PathBuf,
    peers: SocketAddr,
    listener: Option<TcpListener>,
    running: Option<(Arc<Live>, Reader)>,
    door: Option<Door>,
}

/// Serves an institution's pages in a thread that ends when it is closed.
struct Door {
    close: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

/// Makes a book that so many institutions keep, and starts them. The first serves its pages at
/// this address, the others beside it.
pub(crate) fn found(
    home: &Path,
    name: &str,
    count: usize,
    listen: SocketAddr,
) -> Result<Vec<House>, Failure> {
    let mut houses = build(home, count, listen)?;
    let rules = schemas::founding();
    let keepers = houses.iter().map(|house| house.keeper.clone()).collect();
    let mut genesis = Genesis::new(name, serve::now().0, keepers, rules.hash());
    genesis.epoch_blocks = if count == 1 { EPOCH_BLOCKS } else { SHORT_EPOCH };
    for house in &houses {
        Directory::create(&house.data, &genesis, &rules).map_err(Failure::error)?;
        for (file, key) in [("validator.key", &house.key), ("owner.key", &house.owner)] {
            write_key(&house.data.join(file), key).map_err(Failure::error)?;
        }
    }
    std::thread::scope(|scope| {
        let starts: Vec<_> = houses.iter_mut().map(|h| scope.spawn(|| h.start())).collect();
        let ended = |start: std::thread::ScopedJoinHandle<'_, _>| {
            start.join().unwrap_or_else(|_| Err(Failure::error("an institution did not start")))
        };
        starts.into_iter().map(ended).collect::<Result<Vec<()>, Failure>>()
    })?;
    Ok(houses)
}

/// Keys, ports and names, before anything runs.
fn build(home: &Path, count: usize, listen: SocketAddr) -> Result<Vec<House>, Failure> {
    let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let held: Result<Vec<_>, _> = (0..count).map(|_| TcpListener::bind(local)).collect();
    let held = held.map_err(Failure::error)?;
    let mut houses = Vec::with_capacity(count);
    for (at, (name, peers)) in scenario::keepers().into_iter().zip(&held).enumerate() {
        let listener = doors(listen, at)?;
        let pages = listener.local_addr().map_err(Failure::error)?;
        let peers = peers.local_addr().map_err(Failure::error)?;
        let (key, owner) = (keys::random()?, keys::random()?);
        let keeper = Keeper {
            name,
            key: key.public(),
            owner: owner.public(),
            address: peers.to_string(),
            web: format!("http://{pages}"),
        };
        let data = if count == 1 { home.to_owned() } else { home.join((at + 1).to_string()) };
        let listener = Some(listener);
        houses.push(House { keeper, key, owner, data, peers, listener, running: None, door: None });
    }
    Ok(houses)
}

/// Where the pages of an institution are: the first at the address asked for, the others on the
/// ports that follow, or on any.
fn doors(listen: SocketAddr, at: usize) -> Result<TcpListener, Failure> {
    let fail = |e| {
        Failure::error(serve::ServeError::Listen(listen, e))
            .help("another program uses this address: name another with --listen")
    };
    if at == 0 {
        return TcpListener::bind(listen).map_err(fail);
    }
    let port = u16::try_from(at).ok().and_then(|at| listen.port().checked_add(at));
    let port = port.filter(|_| listen.port() > 0).unwrap_or(0);
    TcpListener::bind((listen.ip(), port))
        .or_else(|_| TcpListener::bind((listen.ip(), 0)))
        .map_err(fail)
}

/// What each of so many houses in one process may serve.
pub(crate) fn limits(count: usize) -> DoorLimits {
    let share = weal_node::files_max() / u64::try_from(count.max(1)).unwrap_or(1);
    DoorLimits::for_files(share)
}

impl House {
    fn config(&self, data: &Path) -> Result<Config, Failure> {
        Ok(Config {
            directory: Directory::open(data).map_err(Failure::error)?,
            key: self.key.clone(),
            listen: self.peers,
            heartbeat: HEARTBEAT,
            checkers: 1,
            upstream: None,
        })
    }

    fn start(&mut self) -> Result<(), Failure> {
        let config = self.config(&self.data)?;
        self.running = Some(serve::start(config, true).map_err(Failure::error)?);
        Ok(())
    }

    /// Validator's key and owner's key, for those who answer in its name.
    pub(crate) fn keys(&self) -> (PublicKey, SecretKey) {
        (self.keeper.key, self.owner.clone())
    }

    /// Its node and what it shows, while it runs.
    pub(crate) fn live(&self) -> Option<(Arc<Live>, Reader)> {
        self.running.clone()
    }

    /// What its pages are served on; once.
    pub(crate) fn listener(&mut self) -> Option<TcpListener> {
        self.listener.take()
    }

    /// Serves its pages until it is closed.
    pub(crate) fn open(&mut self, limits: DoorLimits) -> Result<(), Failure> {
        let (Some((live, reader)), Some(listener)) = (self.live(), self.listener()) else {
            return Ok(());
        };
        let (close, closed) = oneshot::channel();
        let builder = || tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = builder().map_err(Failure::error)?;
        let serve = move || {
            let app = App::with_limits(reader, live, limits.clone());
            let pages = async {
                listener.set_nonblocking(true)?;
                let listener = tokio::net::TcpListener::from_std(listener)?;
                let never = door::serve(listener, serve::router(app), limits).await;
                Ok::<_, std::io::Error>(never)
            };
            runtime.block_on(async {
                tokio::select! { _ = pages => {}, _ = closed => {} }
            });
            // Readers who are still connected are cut off, as when a machine loses its power.
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("weal-pages".into()).spawn(serve);
        self.door = Some(Door { close, thread: thread.map_err(Failure::error)? });
        Ok(())
    }

    /// Stops its node and its pages.
    pub(crate) fn stop(&mut self) {
        self.listener = None;
        if let Some(Door { close, thread }) = self.door.take() {
            let _ = close.send(());
            let _ = thread.join();
        }
        drop(self.running.take());
    }

    /// Stops it, and lets its key contradict itself.
    pub(crate) fn go_bad(&mut self) -> Result<Liar, Failure> {
        self.stop();
        let data = self.data.join("liar");
        let own = Directory::open(&self.data).map_err(Failure::error)?;
        Directory::create(&data, &own.genesis, &own.rules).map_err(Failure::error)?;
        weal_node::lie(&self.config(&data)?).map_err(Failure::error)
    }
}

/// Stops all at the same time: each takes a moment to say farewell.
pub(crate) fn stop_all(houses: &mut [House]) {
    std::thread::scope(|scope| {
        houses.iter_mut().for_each(|house| drop(scope.spawn(|| house.stop())));
    });
}
