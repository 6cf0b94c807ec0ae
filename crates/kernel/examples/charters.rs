//! Measures charters on the kernel alone, with state and roots but without a network:
//! `cargo run --release -p weal-kernel --example charters -- [members]`.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use weal_charter::model::Input;
use weal_charter::run::Run;
use weal_charter::{Charter, Proved};
use weal_kernel::charters::op::{Attest, Lock, Open, PayIn, Publish, RunDue};
use weal_kernel::holdings::op::{Issue, LotId, MoneyLine};
use weal_kernel::operation::{Nonce, Payload};
use weal_kernel::principals::op::{KeySet, PrincipalKind, Register};
use weal_kernel::schema::{FORMAT, Rules};
use weal_kernel::units::UnixMillis;
use weal_kernel::{Act, Hash, State, check_shape};
use weal_proof::genesis::{Keeper, network_id};
use weal_proof::keys::SecretKey;
use weal_proof::{Envelope, Genesis};

const TEXT: &str = include_str!("../../../charters/pension-account.weal");
const DAY_MS: u64 = 86_400_000;

struct Ledger {
    state: State,
    now: u64,
    index: u64,
    nonce: u128,
}

impl Ledger {
    fn new() -> Ledger {
        let rules = Rules { format: FORMAT.into(), schemas: Vec::new(), admission: None };
        let key = SecretKey::from_seed([1; 32]).public();
        let address = "127.0.0.1:1".to_owned();
        let keeper = Keeper { name: "keeper".into(), key, owner: key, address, web: String::new() };
        let mut genesis = Genesis::new("bench", 1_767_225_600_000, vec![keeper], rules.hash());
        genesis.epoch_blocks = 256;
        let network = network_id(&genesis.to_bytes());
        let state = State::genesis(network, &genesis, Arc::new(rules));
        Ledger { state, now: 1_767_225_600_000, index: 0, nonce: 0 }
    }

    fn does(&mut self, actor: Option<Hash>, key: &SecretKey, act: Act) -> Hash {
        self.nonce += 1;
        let payload = Payload {
            v: 1,
            network: self.state.network(),
            actor,
            mandate: None,
            time: UnixMillis(self.now),
            nonce: Nonce(self.nonce.to_be_bytes()),
            act,
        };
        let mut envelope = Envelope::unsigned(payload.to_bytes());
        envelope.sign(key);
        let signed = check_shape(&self.state.network(), &envelope.to_bytes()).unwrap();
        let decision = self.state.check_rights(&signed, self.index, UnixMillis(self.now));
        let decision = decision.unwrap_or_else(|refused| panic!("{refused}"));
        self.state.apply(decision);
        self.index += 1;
        signed.id
    }

    fn register(&mut self, key: &SecretKey) -> Hash {
        let keys = KeySet { keys: vec![key.public()], threshold: 1 };
        let act = Register {
            kind: PrincipalKind::Person,
            name: "member".into(),
            names: BTreeMap::new(),
            keys,
            guardians: None,
            owner: None,
        };
        self.does(None, key, Act::PrincipalRegister(act))
    }
}

/// Seconds of processor that this thread has used.
fn processor() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|n| n.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

fn rules() {
    let proved = Proved::read(TEXT).unwrap();
    let charter = &proved.charter;
    let rule = charter.program.find("floor_gap").unwrap();
    let inputs: Vec<i128> = charter
        .inputs(rule)
        .unwrap()
        .iter()
        .map(|input| match input {
            Input::Year => 2026,
            Input::Field(_) => 1960,
            Input::Counter(_) => 400,
            Input::Parameter(_) => 700_000,
            _ => 13_900_000,
        })
        .collect();
    let mut run = Run::new(&charter.program);
    let (calls, started) = (2_000_000u64, Instant::now());
    let mut sum = 0i128;
    for _ in 0..calls {
        sum += run.call(rule, std::hint::black_box(&inputs)).unwrap();
    }
    let rate = calls as f64 / started.elapsed().as_secs_f64();
    let steps = run.steps();
    println!("floor_gap (calls pension, {steps} steps): {rate:.0} calls/s (sum {sum})");
    let (native, started) = (20_000_000u64, Instant::now());
    let mut sum = 0u64;
    for account in 0..native {
        let least = std::hint::black_box(700_000u64) * 33 / 100;
        sum += least.saturating_sub(std::hint::black_box(account) / 101);
    }
    let native = native as f64 / started.elapsed().as_secs_f64();
    let ratio = native / rate;
    println!("the same written in Rust: {native:.0} calls/s (sum {sum}); ratio {ratio:.0}");
    let mut large = TEXT.to_owned();
    let mut number = 0;
    while large.len() < 40_000 {
        large.push_str(&format!(
            "def rule_{number}(a, b):\n    \"A rule that is there to be read.\"\n    \
             c = max(a, 1)\n    if c > b:\n        return c * 3 + min(b, 7) // c\n    \
             return mul_div(c, 5, 100) + b\nexample(rule_{number}(1, 2), 2)\n"
        ));
        number += 1;
        if number == 110 {
            large.push_str(&"# A line that explains.\n".repeat(3_000));
            large.truncate(40_000);
            large.push('\n');
        }
    }
    let (started, used) = (Instant::now(), processor());
    let proved = Proved::read(&large).unwrap();
    let dossier = proved.dossier();
    println!(
        "{} bytes, {} rules: read, proved and explained in {:.1} ms ({:.1} ms of processor)",
        large.len(),
        proved.charter.program.rules.len(),
        started.elapsed().as_secs_f64() * 1e3,
        (processor() - used) * 1e3
    );
    let started = Instant::now();
    for _ in 0..100 {
        Charter::load(TEXT).unwrap();
    }
    let each = started.elapsed().as_secs_f64() * 1e4;
    println!("{} bytes: loaded in {each:.0} us ({} outflows)", TEXT.len(), dossier.outflows.len());
}

fn month(members: u64) {
    let mut ledger = Ledger::new();
    let key = SecretKey::from_seed([2; 32]);
    let bank = ledger.register(&key);
    let auditor = ledger.register(&key);
    // Everybody is old enough and has paid for forty years.
    let text = TEXT
        .replace("review_days = 60", "review_days = 0")
        .replace("paid_months >= 180", "paid_months >= 0")
        .replace("min(paid_months // 12, 40)", "40")
        .replace("example(is_due(2026, 1966, 179), False)\n", "");
    let publish = Publish { text: text.clone(), issuer: bank, roles: BTreeMap::new() };
    let charter = ledger.does(Some(bank), &key, Act::CharterPublish(publish));
    let text = Hash::of(&[text.as_bytes()]);
    let (scope, interest) = ("all".to_owned(), "none".to_owned());
    let attest = Attest { charter, text, scope, interest };
    ledger.does(Some(auditor), &key, Act::CharterAttest(attest));
    ledger.does(Some(bank), &key, Act::CharterLock(Lock { charter }));
    let started = Instant::now();
    for member in 0..members {
        let actor = ledger.register(&key);
        let born = 1926 + i64::try_from(member % 40).unwrap();
        let fields = BTreeMap::from([("born".to_owned(), born)]);
        let open = Open { charter, fields, parties: BTreeMap::new(), reference: None };
        ledger.does(Some(actor), &key, Act::CharterOpen(open));
        if member % 1_000 == 0 {
            ledger.state.root();
        }
    }
    println!(
        "{members} members joined in {:.1} s ({} entries in the state)",
        started.elapsed().as_secs_f64(),
        ledger.state.len()
    );
    let issue = Issue {
        to: bank,
        currency: "CNY".into(),
        amount: "9000000000.00".into(),
        donor: None,
        claim: None,
        purpose: None,
    };
    let lot = LotId { operation: ledger.does(Some(bank), &key, Act::MoneyIssue(issue)), line: 0 };
    let lines = vec![MoneyLine { lot, amount: "8000000000.00".into() }];
    let pay = PayIn { charter, flow: "subsidy".into(), case: None, lines };
    ledger.does(Some(bank), &key, Act::CharterPay(pay));
    for number in 0..2u64 {
        ledger.now += 32 * DAY_MS;
        let (started, used, mut operations) = (Instant::now(), processor(), 0u64);
        loop {
            let due = ledger.state.charter(&charter).unwrap().calendar;
            if due.month > (2026 * 12) + u32::try_from(number).unwrap() {
                break;
            }
            ledger.does(Some(bank), &key, Act::CharterRun(RunDue { charter }));
            operations += 1;
            ledger.state.root();
        }
        let seconds = started.elapsed().as_secs_f64();
        let entry = ledger.state.charter(&charter).unwrap();
        println!(
            "month {number}: {seconds:.2} s ({:.2} s of processor) in {operations} operations, \
             state and roots included; {} owed to people",
            processor() - used,
            entry.due
        );
    }
    let started = Instant::now();
    for member in 0..1_000u64 {
        ledger.state.prove(&format!("charter/{charter}/case/{member}"));
    }
    println!("1000 proofs of cases: {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
}

fn main() {
    let members = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100_000);
    rules();
    month(members);
}
