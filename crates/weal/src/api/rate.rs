//! Token buckets: how often one address may ask without telling who it is.
//!
//! Writing is not counted here: the ledger limits it by sender, whose signature is on it.

use super::fault::Fault;
use super::limits::{ADDRESSES, READ_RATE, Rate, STREAMS_PER_ADDRESS};
use super::problem::Problem;
use crate::door::DoorLimits;
use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Buckets of all addresses seen lately.
#[derive(Debug)]
pub(crate) struct Buckets {
    rate: Rate,
    /// Whose word for others is believed.
    door: DoorLimits,
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// When it will be full again; a bucket full already is forgotten.
    full_at: Instant,
    streams: usize,
}

impl Buckets {
    pub(crate) fn new(door: &DoorLimits) -> Arc<Buckets> {
        let (rate, door) = (READ_RATE, door.clone());
        Arc::new(Buckets { rate, door, buckets: Mutex::default() })
    }

    /// Who asks. A proxy is believed when it says for whom; nobody else is.
    pub(crate) fn address(&self, request: &Parts) -> IpAddr {
        let unknown = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
        let peer = request.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(unknown, |ConnectInfo(peer)| peer.ip());
        let forwarded = request.headers.get_all("x-forwarded-for").iter().next_back();
        let last = forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next());
        let client = last.and_then(|text| text.trim().parse().ok());
        network(client.filter(|_| self.door.is_proxy(peer)).unwrap_or(peer))
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
    pub(crate) fn stream(self: &Arc<Self>, address: IpAddr) -> Result<StreamGuard, Problem> {
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

    /// Counts a request; says after how many seconds to ask again if there were too many.
    pub(crate) fn count(&self, address: IpAddr) -> Result<(), u64> {
        self.take(address, Instant::now()).map_err(|wait| wait.as_secs() + 1)
    }

    /// Lets a request pass, or answers in its place.
    pub(super) fn admit(&self, address: IpAddr) -> Option<Response> {
        let seconds = self.count(address).err()?;
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
pub(crate) struct StreamGuard {
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
    use axum::extract::Request;

    #[test]
    fn a_bucket_gives_its_burst_at_once_and_then_its_rate() {
        let (rate, door) = (Rate { per_s: 10, burst: 3 }, DoorLimits::default());
        let buckets = Buckets { rate, door, buckets: Mutex::default() };
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
    fn only_a_proxy_on_the_same_machine_or_one_named_is_believed() {
        let proxies = vec![IpAddr::from([10, 88, 0, 1])];
        let buckets = Buckets::new(&DoorLimits { proxies, ..DoorLimits::default() });
        let ask = |peer: [u8; 4]| {
            let mut request = Request::new(Body::empty());
            let value = HeaderValue::from_static("203.0.113.9, 198.51.100.7");
            request.headers_mut().insert("x-forwarded-for", value);
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from((peer, 1))));
            buckets.address(&request.into_parts().0)
        };
        assert_eq!(ask([127, 0, 0, 1]), IpAddr::from([198, 51, 100, 7]));
        assert_eq!(ask([10, 88, 0, 1]), IpAddr::from([198, 51, 100, 7]));
        assert_eq!(ask([192, 0, 2, 4]), IpAddr::from([192, 0, 2, 4]));
    }

    #[test]
    fn a_stream_is_counted_until_it_ends() {
        let buckets = Buckets::new(&DoorLimits::default());
        let address = IpAddr::from([192, 0, 2, 1]);
        let mut open: Vec<_> =
            (0..STREAMS_PER_ADDRESS).map(|_| buckets.stream(address).unwrap()).collect();
        assert!(buckets.stream(address).is_err());
        open.pop();
        assert!(buckets.stream(address).is_ok());
    }
}
