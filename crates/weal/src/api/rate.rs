//! Token buckets: how often one address may ask without telling who it is.
//!
//! Writing is not counted here: the ledger limits it by sender, whose signature is on it.

use super::fault::Fault;
use super::limits::{ADDRESSES, READ_RATE, Rate, STREAMS_PER_ADDRESS};
use super::problem::Problem;
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Buckets of all addresses seen lately.
#[derive(Debug)]
pub(super) struct Buckets {
    rate: Rate,
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// When it will be full again; a bucket full already is forgotten.
    full_at: Instant,
    streams: usize,
}

impl Buckets {
    pub(super) fn new() -> Arc<Buckets> {
        Arc::new(Buckets { rate: READ_RATE, buckets: Mutex::default() })
    }

    fn bucket<T>(&self, address: IpAddr, now: Instant, work: impl FnOnce(&mut Bucket) -> T) -> T {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= ADDRESSES && !buckets.contains_key(&address) {
            buckets.retain(|_, bucket| bucket.full_at > now || bucket.streams > 0);
        }
        let crowded = buckets.len() >= ADDRESSES && !buckets.contains_key(&address);
        let address = if crowded { IpAddr::V6(Ipv6Addr::UNSPECIFIED) } else { address };
        work(buckets.entry(address).or_insert(Bucket { full_at: now, streams: 0 }))
    }

    /// Takes one token, or says after how long there is one.
    fn take(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let token = Duration::from_secs(1) / self.rate.per_s;
        let depth = token * self.rate.burst;
        self.bucket(address, now, |bucket| {
            let full_at = bucket.full_at.max(now) + token;
            let excess = full_at.duration_since(now).saturating_sub(depth);
            if excess.is_zero() {
                bucket.full_at = full_at;
                return Ok(());
            }
            Err(excess)
        })
    }

    /// Counts an open stream until the guard is dropped.
    pub(super) fn stream(self: &Arc<Self>, address: IpAddr) -> Result<StreamGuard, Problem> {
        let granted = self.bucket(address, Instant::now(), |bucket| {
            let free = bucket.streams < STREAMS_PER_ADDRESS;
            bucket.streams += usize::from(free);
            free
        });
        if granted {
            return Ok(StreamGuard { buckets: self.clone(), address });
        }
        let detail = format!("{STREAMS_PER_ADDRESS} streams are open");
        Err(Problem::new(Fault::TooManyStreams, detail).retry_after(10))
    }

    /// Lets a request pass, or answers in its place.
    pub(super) fn admit(&self, request: &Request) -> Option<Response> {
        let wait = self.take(address(request), Instant::now()).err()?;
        let seconds = wait.as_secs() + 1;
        let detail = format!("at most {} requests a second", self.rate.per_s);
        let problem = Problem::new(Fault::TooManyRequests, detail).retry_after(seconds);
        let mut response = problem.into_response();
        let Rate { per_s, burst } = self.rate;
        let fields = [
            ("ratelimit-policy", format!("\"reads\";q={burst};w={}", burst / per_s)),
            ("ratelimit", format!("\"reads\";r=0;t={seconds}")),
        ];
        for (name, value) in fields {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(HeaderName::from_static(name), value);
            }
        }
        Some(response)
    }
}

/// One open stream.
#[derive(Debug)]
pub(super) struct StreamGuard {
    buckets: Arc<Buckets>,
    address: IpAddr,
}

impl Drop for StreamGuard {
    fn drop(&mut self) {
        let now = Instant::now();
        self.buckets.bucket(self.address, now, |bucket| {
            bucket.streams = bucket.streams.saturating_sub(1);
        });
    }
}

/// Who asks. A proxy on the same machine is believed when it says for whom; nobody else is.
pub(super) fn address(request: &Request) -> IpAddr {
    let unknown = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(unknown, |ConnectInfo(peer)| peer.ip());
    let forwarded = request.headers().get_all("x-forwarded-for").iter().next_back();
    let last = forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next());
    let client = last.and_then(|text| text.trim().parse().ok());
    network(client.filter(|_| peer.is_loopback()).unwrap_or(peer))
}

/// One household or office has a whole /64 of addresses.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    #[test]
    fn a_bucket_gives_its_burst_at_once_and_then_its_rate() {
        let buckets = Buckets { rate: Rate { per_s: 10, burst: 3 }, buckets: Mutex::default() };
        let (address, now) = (IpAddr::from([192, 0, 2, 1]), Instant::now());
        for _ in 0..3 {
            assert_eq!(buckets.take(address, now), Ok(()));
        }
        assert_eq!(buckets.take(address, now), Err(Duration::from_millis(100)));
        assert_eq!(buckets.take(IpAddr::from([192, 0, 2, 2]), now), Ok(()));
        assert_eq!(buckets.take(address, now + Duration::from_millis(100)), Ok(()));
        assert!(buckets.take(address, now + Duration::from_millis(100)).is_err());
    }

    #[test]
    fn only_a_proxy_on_the_same_machine_is_believed() {
        let ask = |peer: [u8; 4]| {
            let mut request = Request::new(Body::empty());
            let value = HeaderValue::from_static("203.0.113.9, 198.51.100.7");
            request.headers_mut().insert("x-forwarded-for", value);
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from((peer, 1))));
            address(&request)
        };
        assert_eq!(ask([127, 0, 0, 1]), IpAddr::from([198, 51, 100, 7]));
        assert_eq!(ask([192, 0, 2, 4]), IpAddr::from([192, 0, 2, 4]));
    }

    #[test]
    fn a_stream_is_counted_until_it_ends() {
        let buckets = Buckets::new();
        let address = IpAddr::from([192, 0, 2, 1]);
        let mut open: Vec<_> =
            (0..STREAMS_PER_ADDRESS).map(|_| buckets.stream(address).unwrap()).collect();
        assert!(buckets.stream(address).is_err());
        open.pop();
        assert!(buckets.stream(address).is_ok());
    }
}
