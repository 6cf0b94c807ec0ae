//! The load: two needs, one offer and two hand-overs in five operations, by 64 pairs of parties.

use serde_json::{Value, json};
use weal_kernel::{Act, Hash};
use weal_proof::Envelope;
use weal_proof::keys::SecretKey;
use weal_services::compose::Signer;

const PAIRS: usize = 64;
const STOCK: u64 = 1_000_000_000;

/// Signed operations, in the order in which they must be submitted.
pub struct Load {
    /// Registrations, one item, one large lot for each depot.
    pub opening: Vec<Envelope>,
    /// The load itself.
    pub operations: Vec<Envelope>,
    /// Further operations, to be submitted one by one.
    pub singles: Vec<Envelope>,
}

struct Party {
    signer: Signer,
    id: Hash,
}

impl Load {
    /// So many operations, by parties that this seed makes up.
    pub fn new(network: Hash, count: usize, seed: u64) -> Load {
        let mut nonce = u128::from(seed) << 64;
        let mut opening = Vec::new();
        let mut party = |number: usize| {
            let mut bytes = [1; 32];
            bytes[..8].copy_from_slice(&number.to_be_bytes());
            bytes[8..16].copy_from_slice(&seed.to_be_bytes());
            let key = SecretKey::from_seed(bytes);
            let register = json!({ "principal.register": {
                "kind": "organisation", "name": format!("Party {number}"),
                "keys": { "keys": [key.public()], "threshold": 1 } } });
            let signer = Signer { network, actor: None, mandate: None, keys: vec![key.clone()] };
            let envelope = sign(&signer, register, &mut nonce);
            let id = envelope.id();
            opening.push(envelope);
            Party { signer: Signer::new(network, id, key), id }
        };
        let hospitals: Vec<_> = (0..PAIRS).map(&mut party).collect();
        let depots: Vec<_> = (PAIRS..2 * PAIRS).map(&mut party).collect();
        let code = &format!("respirator-{seed}");
        let item = json!({ "item.define": { "code": code, "names": { "en": "N95" },
            "unit": "piece", "category": "respirator" } });
        opening.push(sign(&depots[0].signer, item, &mut nonce));
        let mut lots = Vec::new();
        for depot in &depots {
            let line = json!({ "item": code, "quantity": STOCK });
            let mint =
                sign(&depot.signer, json!({ "holding.mint": { "lines": [line] } }), &mut nonce);
            lots.push(format!("{}.0", mint.id()));
            opening.push(mint);
        }
        let mut next = |number: usize| {
            let at = number / 5 % PAIRS;
            let (hospital, depot) = (&hospitals[at], &depots[at]);
            match number % 5 {
                0 | 1 => sign(&hospital.signer, need(number, code), &mut nonce),
                2 => sign(&depot.signer, offer(code), &mut nonce),
                _ => {
                    let act = hand_over(&hospital.id, &lots[at]);
                    let mut envelope = sign(&depot.signer, act, &mut nonce);
                    hospital.signer.sign(&mut envelope);
                    envelope
                }
            }
        };
        let operations = (0..count).map(&mut next).collect();
        let singles = (0..200).map(next).collect();
        Load { opening, operations, singles }
    }
}

fn sign(signer: &Signer, act: Value, nonce: &mut u128) -> Envelope {
    *nonce += 1;
    let act: Act = serde_json::from_value(act).unwrap();
    signer.envelope(act, weal_app::serve::now(), nonce.to_be_bytes())
}

fn need(number: usize, code: &str) -> Value {
    json!({ "record.post": { "schema": "need", "body": {
        "item": code, "quantity": { "stated": { "amount": 100 + number % 900 } },
        "urgency": "high", "reason": "stock for two days" } } })
}

fn offer(code: &str) -> Value {
    json!({ "record.post": { "schema": "offer", "body": {
        "item": code, "quantity": 500, "place": "Depot" } } })
}

fn hand_over(taker: &Hash, lot: &str) -> Value {
    json!({ "holding.hand_over": { "taker": taker,
        "lines": [{ "lot": lot, "given": 10, "counted": 10 }] } })
}
