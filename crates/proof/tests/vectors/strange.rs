//! Receipts that no single edit of a good one can reach: each is whole but for one thing.
//!
//! Everything else in them fits together, so each shows the one rule that refuses it, or that a
//! rare form is good.

use crate::book::{Draft, Map, entries, genesis_text, key, node};
use weal_proof::envelope::PAYLOAD_TYPE;
use weal_proof::genesis::{Genesis, Keeper};
use weal_proof::keys::{PublicKey, Signature};
use weal_proof::map::OtherLeaf;
use weal_proof::{Hash, Header, limits};

/// What it shows, the text, and the verdict it must have.
pub(crate) struct Strange {
    pub(crate) name: &'static str,
    pub(crate) text: String,
    pub(crate) verdict: &'static str,
}

#[derive(Default)]
struct Gallery(Vec<Strange>);

impl Gallery {
    fn hang(&mut self, name: &'static str, verdict: &'static str, draft: &Draft) {
        self.0.push(Strange { name, text: draft.text(), verdict });
    }

    /// A network with this many validators, changed in one way.
    fn change(
        &mut self,
        (name, verdict): (&'static str, &'static str),
        validators: u64,
        change: impl FnOnce(&mut Draft),
    ) {
        let mut draft = Draft::new(validators);
        change(&mut draft);
        self.hang(name, verdict, &draft);
    }

    /// A network whose genesis text was rewritten before anything else was made from it.
    fn genesis(
        &mut self,
        (name, verdict): (&'static str, &'static str),
        rewrite: impl FnOnce(String) -> Vec<u8>,
    ) {
        self.change((name, verdict), 1, |draft| {
            draft.genesis = rewrite(String::from_utf8(draft.genesis.clone()).unwrap());
        });
    }
}

/// All of them.
pub(crate) fn all() -> Vec<Strange> {
    let mut gallery = Gallery::default();
    genesis_forms(&mut gallery);
    genesis_numbers(&mut gallery);
    genesis_keepers(&mut gallery);
    genesis_committees(&mut gallery);
    headers(&mut gallery);
    certificates(&mut gallery);
    certificate_bytes(&mut gallery);
    envelopes(&mut gallery);
    signatures(&mut gallery);
    logs(&mut gallery);
    states(&mut gallery);
    files(&mut gallery);
    gallery.0
}

fn genesis_forms(gallery: &mut Gallery) {
    let put = |find: &'static str, with: &'static str| {
        move |text: String| {
            assert!(text.contains(find));
            text.replacen(find, with, 1).into_bytes()
        }
    };
    gallery.genesis(("an unknown member", "genesis"), put("{", r#"{"motto":"","#));
    gallery.genesis(("a missing member", "genesis"), put(r#""name":"湖北 relief","#, ""));
    gallery.genesis(("a member twice", "genesis"), put("{", r#"{"name":"x","#));
    gallery.genesis(("a fraction", "genesis"), put("1580000000000", "1580000000000.0"));
    gallery.genesis(("a time before 1970", "genesis"), put("1580000000000", "-1"));
    gallery.genesis(("a time as text", "genesis"), put("1580000000000", r#""0""#));
    gallery.genesis(("the largest time", "ok"), put("1580000000000", "9007199254740991"));
    gallery.genesis(("another format", "genesis"), put("genesis-v1", "genesis-v2"));
    gallery.genesis(("a name that is null", "genesis"), put(r#""湖北 relief""#, "null"));
    gallery.genesis(("escapes in the name", "ok"), put("湖北", r"\u6e56\ud83d\ude37"));
    gallery.genesis(("half a surrogate pair", "genesis"), put("湖北", r"\ud83d"));
    gallery.genesis(("white space around", "ok"), |text| format!("\n {text}\t\r\n").into_bytes());
    gallery.genesis(("a byte order mark", "genesis"), |text| {
        [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat()
    });
    gallery.genesis(("not UTF-8", "genesis"), |text| [text.as_bytes(), b"\xff"].concat());
    gallery.genesis(("nothing at all", "genesis"), |_| Vec::new());
    gallery.genesis(("members by position", "ok"), |text| {
        let Genesis { format, name, time_ms, validators, epoch_blocks, approval_percent, rules } =
            Genesis::from_bytes(text.as_bytes()).unwrap();
        let Keeper { name: keeper, key, owner, address, .. } = &validators[0];
        let validators = [(keeper, key, owner, address)];
        let numbers = (epoch_blocks, approval_percent);
        serde_json::to_vec(&(format, name, time_ms, validators, numbers.0, numbers.1, rules))
            .unwrap()
    });
    let long = |length: usize| {
        move |text: String| {
            let space = " ".repeat(length - text.len());
            format!("{text}{space}").into_bytes()
        }
    };
    gallery.genesis(("the longest text", "ok"), long(limits::GENESIS_BYTES));
    gallery.genesis(("a text too long", "genesis"), long(limits::GENESIS_BYTES + 1));
}

fn genesis_numbers(gallery: &mut Gallery) {
    let mut number = |name, verdict, member: &str, was: u64, value: &str| {
        let (find, with) = (format!("\"{member}\":{was}"), format!("\"{member}\":{value}"));
        gallery.genesis((name, verdict), |text| {
            assert!(text.contains(&find));
            text.replacen(&find, &with, 1).into_bytes()
        });
    };
    let mut blocks = |name, verdict, value: &str| number(name, verdict, "epoch_blocks", 16, value);
    blocks("an epoch too short", "genesis", "3");
    blocks("an epoch too long", "genesis", "1048577");
    blocks("an epoch of nothing", "genesis", "0");
    // The block is then of another epoch than its certificate.
    blocks("the shortest epoch", "epoch", "4");
    blocks("the longest epoch", "epoch", "1048576");
    blocks("an epoch that is null", "genesis", "null");
    let mut percent =
        |name, verdict, value: &str| number(name, verdict, "approval_percent", 67, value);
    percent("half approve", "genesis", "50");
    percent("just more than half approve", "ok", "51");
    percent("all approve", "ok", "100");
    percent("more than all approve", "genesis", "101");
}

fn genesis_keepers(gallery: &mut Gallery) {
    let mut keepers = |name, verdict, change: &dyn Fn(&mut Vec<Keeper>)| {
        gallery.change((name, verdict), 4, |draft| {
            let mut genesis = Genesis::from_bytes(&draft.genesis).unwrap();
            change(&mut genesis.validators);
            draft.genesis = genesis.to_bytes();
        });
    };
    let other = key("owner", 0).public();
    keepers("an owner's key of its own", "ok", &|all| all[1].owner = other);
    keepers("one owner of two validators", "genesis", &|all| {
        (all[0].owner, all[1].owner) = (other, other);
    });
    keepers("an owner's key that is another's validator", "genesis", &|all| {
        (all[0].owner, all[1].owner) = (all[1].key, other);
    });
    let (most_name, most_address) = (limits::KEEPER_NAME_BYTES, limits::KEEPER_ADDRESS_BYTES);
    keepers("the longest name and address", "ok", &|all| {
        all[2].name = format!("{}ab", "院".repeat((most_name - 2) / 3));
        all[2].address = "a".repeat(most_address);
    });
    keepers("a name too long by a byte", "genesis", &|all| {
        all[2].name = format!("{}abc", "院".repeat((most_name - 2) / 3));
    });
    keepers("an address too long by a byte", "genesis", &|all| {
        all[2].address = "a".repeat(most_address + 1);
    });
    for (title, verdict, text) in [
        ("no text", "genesis", ""),
        ("white space alone", "genesis", " \u{3000}\u{2028}\u{a0}"),
        ("a byte order mark alone, which is no white space", "ok", "\u{feff}"),
        ("a line break in a text", "genesis", "a\nb"),
        ("a control character of Latin-1", "genesis", "a\u{85}b"),
        ("a deleted character", "genesis", "a\u{7f}"),
        ("a mark of direction", "ok", "\u{202e}a"),
    ] {
        keepers(title, verdict, &|all| all[0].name = text.into());
        keepers(title, verdict, &|all| all[3].address = text.into());
    }
    gallery.genesis(("a keeper with an unknown member", "genesis"), |text| {
        text.replacen("{\"name\":\"医", "{\"motto\":\"\",\"name\":\"医", 1).into_bytes()
    });
    gallery.genesis(("a keeper who is just a key", "genesis"), |text| {
        let (head, rest) = text.split_once("[{").unwrap();
        let tail = rest.split_once("}]").unwrap().1;
        format!("{head}[\"{}\"]{tail}", key("validator", 0).public()).into_bytes()
    });
}

fn genesis_committees(gallery: &mut Gallery) {
    let validator = |i: u64| key("validator", i).public();
    gallery.change(("no validators", "genesis"), 1, |draft| draft.genesis = genesis_text(&[]));
    gallery.change(("one validator twice", "genesis"), 1, |draft| {
        draft.genesis = genesis_text(&[validator(0), validator(1), validator(0)]);
    });
    gallery.genesis(("a key in upper case", "genesis"), |text| {
        let name = validator(0).to_string();
        text.replace(&name, &name.to_uppercase()).into_bytes()
    });
    gallery.genesis(("a key too short", "genesis"), |text| {
        let name = validator(0).to_string();
        text.replace(&name, &name[2..]).into_bytes()
    });
    let most = limits::VALIDATORS as u64;
    gallery.change(("as many validators as may be", "ok"), most, |draft| {
        draft.signing.truncate(43);
    });
    gallery.change(("one validator too many", "genesis"), most + 1, |draft| {
        draft.signing.truncate(1);
    });
    let none = (0..).map(|n| [n; 32]).find(|bytes| !PublicKey(*bytes).is_valid()).unwrap();
    let stranger = |draft: &mut Draft, signs: bool| {
        draft.committee[3] = (PublicKey(none), None);
        draft.committee.sort_by_key(|(public, _)| *public);
        let publics: Vec<_> = draft.committee.iter().map(|(public, _)| *public).collect();
        draft.genesis = genesis_text(&publics);
        let place = publics.iter().position(|public| public.0 == none).unwrap() as u64;
        let others = (0..4).filter(|i| *i != place);
        draft.signing = others.skip(usize::from(signs)).collect();
        if signs {
            draft.signing.push(place);
            draft.signing.sort_unstable();
        }
    };
    gallery.change(("a member whose key is none", "ok"), 4, |draft| stranger(draft, false));
    let name = "a member whose key is none signs";
    gallery.change((name, "certificate"), 4, |draft| stranger(draft, true));
}

fn headers(gallery: &mut Gallery) {
    gallery.change(("a header of another network", "header-network"), 1, |draft| {
        draft.twist_header = |header| header.network = Hash::of(&[b"other"]);
    });
    gallery.change(("another magic", "header"), 1, |draft| {
        draft.twist_header_bytes = |bytes| bytes[7] = b'2';
    });
    gallery.change(("a header of 257 bytes", "header"), 1, |draft| {
        draft.twist_header_bytes = |bytes| bytes.push(0);
    });
    gallery.change(("a header of 255 bytes", "header"), 1, |draft| {
        draft.twist_header_bytes = |bytes| bytes.truncate(255);
    });
    gallery.change(("the largest numbers", "ok"), 1, |draft| {
        draft.twist_header = |header| (header.height, header.time_ms) = (u64::MAX, u64::MAX - 1);
    });
    let other = |header: &mut Header| header.validators = Hash::of(&[b"others"]);
    gallery.change(("another set in the middle of an epoch", "validators"), 4, |draft| {
        draft.twist_header = other;
    });
    gallery.change(("another set at the end of an epoch", "ok"), 4, |draft| {
        draft.twist_header = |header| {
            (header.height, header.validators) = (47, Hash::of(&[b"others"]));
        };
    });
    gallery.change(("another set at the start of an epoch", "validators"), 4, |draft| {
        draft.twist_header = |header| {
            (header.height, header.validators) = (48, Hash::of(&[b"others"]));
        };
    });
    gallery.change(("another set at the end of the last epoch", "ok"), 4, |draft| {
        draft.twist_header = |header| {
            (header.height, header.validators) = (u64::MAX, Hash::of(&[b"others"]));
        };
    });
    gallery.change(("a vote for another block", "header-digest"), 4, |draft| {
        draft.twist_vote = |vote| vote.digest = Hash::of(&[b"another block"]);
    });
}

fn certificates(gallery: &mut Gallery) {
    let mut few = |name, verdict, validators, signing: &[u64]| {
        gallery.change((name, verdict), validators, |draft| draft.signing = signing.to_vec());
    };
    few("nobody of one", "certificate", 1, &[]);
    few("one of two", "certificate", 2, &[1]);
    few("two of three", "certificate", 3, &[0, 2]);
    few("two of four", "certificate", 4, &[0, 3]);
    few("three of four", "ok", 4, &[0, 2, 3]);
    few("four of seven", "certificate", 7, &[0, 1, 2, 6]);
    few("five of seven", "ok", 7, &[0, 1, 3, 5, 6]);
    few("six of nine", "certificate", 9, &[0, 1, 3, 5, 6, 8]);
    few("seven of nine", "ok", 9, &[0, 1, 3, 4, 5, 6, 8]);
    gallery.change(("one wrong signature of four", "ok"), 4, |draft| {
        draft.twist_certificate = |certificate| certificate.signatures[2].1.0[0] ^= 1;
    });
    gallery.change(("two wrong signatures of four", "certificate"), 4, |draft| {
        draft.twist_certificate = |certificate| {
            certificate.signatures[2].1.0[0] ^= 1;
            certificate.signatures[0].1.0[63] ^= 1;
        };
    });
    gallery.change(("one signature thrice", "certificate"), 4, |draft| {
        draft.twist_certificate = |certificate| {
            let first = certificate.signatures[0].1;
            certificate.signatures.iter_mut().for_each(|(_, signature)| *signature = first);
        };
    });
    gallery.change(("votes for another view", "certificate"), 4, |draft| {
        draft.twist_certificate = |certificate| certificate.view += 1;
    });
    gallery.change(("the largest views", "ok"), 4, |draft| {
        draft.twist_vote = |vote| (vote.view, vote.parent_view) = (u64::MAX, 1 << 63);
    });
    gallery.change(("the largest epoch", "epoch"), 4, |draft| {
        draft.twist_vote = |vote| vote.epoch = u64::MAX;
    });
    gallery.change(("votes of the epoch before", "epoch"), 4, |draft| {
        draft.twist_vote = |vote| vote.epoch -= 1;
    });
    gallery.change(("votes of the epoch after", "epoch"), 4, |draft| {
        draft.twist_vote = |vote| vote.epoch += 1;
    });
    gallery.change(("votes of another network", "certificate"), 4, |draft| {
        draft.votes_for = Some(Hash::of(&[b"other"]));
    });
    gallery.change(("a committee in another order", "certificate"), 4, |draft| {
        draft.committee.rotate_left(1);
    });
    gallery.change(("a smaller committee", "certificate"), 4, |draft| {
        draft.twist_vote = |vote| vote.committee = 3;
        draft.signing = vec![0, 1, 2];
    });
    gallery.change(("a larger committee", "certificate"), 4, |draft| {
        draft.twist_vote = |vote| vote.committee = 5;
    });
}

fn certificate_bytes(gallery: &mut Gallery) {
    // Epoch 2, view 300 and parent 299 take one, two and two bytes; then digest and committee.
    let mut bytes = |name, verdict, twist: fn(&mut Vec<u8>)| {
        gallery.change((name, verdict), 4, |draft| draft.twist_certificate_bytes = twist);
    };
    bytes("a byte after the certificate", "certificate", |bytes| bytes.push(0));
    bytes("a certificate cut by a byte", "certificate", |bytes| {
        bytes.pop();
    });
    bytes("an empty certificate", "certificate", Vec::clear);
    bytes("a number in a longer form", "certificate", |bytes| {
        bytes[0] |= 0x80;
        bytes.insert(1, 0);
    });
    bytes("a number of eleven bytes", "certificate", |bytes| {
        bytes.splice(0..1, [[0xff; 10].as_slice(), &[1]].concat());
    });
    bytes("a committee of 65", "certificate", |bytes| bytes[44] = 65);
    bytes("a committee of 2^56", "certificate", |bytes| bytes[37] = 1);
    bytes("a signer beyond the committee", "certificate", |bytes| {
        (bytes[45], bytes[46]) = (0b1_1111, 5);
        bytes.extend([0; 64]);
    });
    bytes("fewer signers than signatures", "certificate", |bytes| bytes[45] = 0b111);
    bytes("a count that differs", "certificate", |bytes| bytes[46] = 3);
    bytes("a huge count", "certificate", |bytes| {
        bytes.splice(46..47, [[0xff; 9].as_slice(), &[1]].concat());
    });
    bytes("signatures in another order", "certificate", |bytes| bytes[47..].rotate_left(64));
    gallery.change(("a number of 65 bits, signed as it stands", "certificate"), 4, |draft| {
        const LONG: [u8; 10] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2];
        // The epoch follows the namespace, which has 45 bytes and one for its length.
        draft.twist_message = |bytes| drop(bytes.splice(46..47, LONG));
        draft.twist_certificate_bytes = |bytes| drop(bytes.splice(0..1, LONG));
    });
}

fn envelopes(gallery: &mut Gallery) {
    let mut payload = |name, payload: &[u8]| {
        gallery.change((name, "ok"), 1, |draft| draft.seal(payload.to_vec(), 1));
    };
    payload("a payload that is no JSON", b"what it says is the kernel's affair");
    payload("a payload that is not UTF-8", b"\xff\xfe");
    payload("an empty payload", b"");
    let most = limits::SIGNATURES as u64;
    gallery.change(("as many signatures as may be", "ok"), 1, |draft| draft.say("多", most));
    let name = "one signature too many";
    gallery.change((name, "operation"), 1, |draft| draft.say("多", most + 1));
    let mut write = |name, verdict, rewrite: fn(&str) -> String| {
        gallery.change((name, verdict), 1, |draft| {
            draft.say("另写", 2);
            let canonical = String::from_utf8(draft.envelope.to_bytes()).unwrap();
            let rewritten = rewrite(&canonical);
            assert_ne!(canonical, rewritten, "{name}");
            draft.operation = Some(rewritten);
        });
    };
    write("signatures in another order", "ok", |text| {
        let (head, tail) = text.split_once('[').unwrap();
        let (first, second) = tail.trim_end_matches("]}").split_once("},").unwrap();
        format!("{head}[{second},{first}}}]}}")
    });
    write("members in another order", "ok", |text| {
        let (head, tail) = text.split_once(r#","payloadType""#).unwrap();
        let tail = tail.strip_suffix('}').unwrap();
        format!(r#"{{"payloadType"{tail},{}}}"#, head.strip_prefix('{').unwrap())
    });
    write("escapes in the payload type", "ok", |text| text.replace("/vnd", r"\/\u0076nd"));
    write("half a surrogate pair", "operation", |text| text.replace("/vnd", r"\udc00vnd"));
    write("another payload type", "operation", |text| text.replace("+json", "+cbor"));
    write("one key twice", "operation", |text| {
        let (head, tail) = text.split_once('[').unwrap();
        let (first, _) = tail.split_once("},").unwrap();
        format!("{head}[{first}}},{first}}}]}}")
    });
    write("an envelope that is null", "operation", |_| "null".into());
    write("an envelope that is a text", "operation", |text| format!("{text:?}"));
}

fn signatures(gallery: &mut Gallery) {
    let forge = |draft: &mut Draft, by: u64, change: fn(&mut [u8; 64])| {
        let public = key("signer", by).public();
        let known = draft.envelope.signatures().iter().find(|(key, _)| *key == public).unwrap();
        let mut bytes = known.1.0;
        change(&mut bytes);
        draft.envelope.add(public, Signature(bytes));
    };
    gallery.change(("a signature over something else", "signature"), 1, |draft| {
        let other = key("signer", 0).sign(b"something else");
        draft.envelope.add(key("signer", 0).public(), other);
    });
    gallery.change(("a signature with its last bit turned", "signature"), 1, |draft| {
        forge(draft, 0, |bytes| bytes[31] ^= 0x80);
    });
    gallery.change(("nobody signed", "operation"), 1, |draft| draft.say("无人", 0));
    for by in [0, 1] {
        gallery.change(("one of two signatures is wrong", "signature"), 1, |draft| {
            draft.say("两人", 2);
            forge(draft, by, |bytes| bytes[33] ^= 4);
        });
    }
    gallery.change(("a signature beyond the group's order", "signature"), 1, |draft| {
        // The order of the group, little-endian: s + order satisfies the equation as s does.
        const ORDER: [u8; 16] = [
            0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9,
            0xde, 0x14,
        ];
        forge(draft, 0, |bytes| {
            let mut carry = 0;
            for at in 0..32 {
                let order = ORDER.get(at).copied().unwrap_or(if at == 31 { 0x10 } else { 0 });
                let sum = u16::from(bytes[32 + at]) + u16::from(order) + carry;
                (bytes[32 + at], carry) = (sum as u8, sum >> 8);
            }
        });
    });
    let none = (0..).map(|n| [n; 32]).find(|bytes| !PublicKey(*bytes).is_valid()).unwrap();
    gallery.change(("a signer whose key is none", "signature"), 1, |draft| {
        draft.envelope.add(PublicKey(none), Signature([7; 64]));
    });
}

fn logs(gallery: &mut Gallery) {
    let mut place = |name, verdict, log_size, index| {
        gallery.change((name, verdict), 1, |draft| {
            (draft.log_size, draft.index) = (log_size, index);
        });
    };
    place("an empty log", "inclusion", 0, 0);
    place("a place at the end of the log", "inclusion", 5, 5);
    place("a place far beyond the log", "inclusion", 5, limits::INTEGER_MAX);
    place("the first place of the longest log", "ok", u64::MAX, 0);
    place("the last nameable place", "ok", u64::MAX, limits::INTEGER_MAX);
    place("a log beyond whole numbers of JSON", "ok", (1 << 53) + 1, limits::INTEGER_MAX);
    place("a complete log", "ok", 1 << 53, limits::INTEGER_MAX);
    place("a log of 2^32 and one", "ok", (1 << 32) + 1, 1 << 32);
    let name = "a path of one more than may be";
    gallery.change((name, "inclusion"), 1, |draft| {
        draft.log_size = u64::MAX;
        draft.twist_receipt = |receipt| receipt.inclusion.push(Hash::ZERO);
    });
    for (name, size, nodes) in [
        ("a path longer than the log is high", 1, 1),
        ("a path too short", 4, 1),
        ("no path where one is due", 2, 0),
    ] {
        gallery.change((name, "inclusion"), 1, |draft| {
            let path = vec![Hash::of(&[b"side"]); nodes];
            let root = path.iter().fold(draft.leaf(), |top, side| node(&top, side));
            (draft.log_size, draft.log) = (size, Some((root, path)));
        });
    }
    gallery.change(("a path from the root down", "inclusion"), 1, |draft| {
        (draft.log_size, draft.index) = (6, 1);
        draft.twist_receipt = |receipt| receipt.inclusion.reverse();
    });
}

fn states(gallery: &mut Gallery) {
    let mut ask = |name, verdict, known: usize, change: fn(&mut Draft, &[(String, String)])| {
        gallery.change((name, verdict), 1, |draft| {
            let known = entries(known);
            draft.map = Map::of(&known);
            change(draft, &known);
        });
    };
    ask("another value", "state", 5, |draft, known| {
        draft.state.push(draft.map.entry(&known[0].0, Some("{}")));
    });
    ask("an entry said to be absent", "state", 5, |draft, known| {
        draft.state.push(draft.map.entry(&known[0].0, None));
    });
    ask("an absent entry said to be present", "state", 5, |draft, _| {
        draft.state.push(draft.map.entry("nothing", Some("{}")));
    });
    ask("an entry with another leaf beside it", "state", 5, |draft, known| {
        let mut entry = draft.map.entry(&known[0].0, Some(&known[0].1));
        entry.proof.other = Some(OtherLeaf { position: Hash::ZERO, value: Hash::ZERO });
        draft.state.push(entry);
    });
    ask("a value with a proof of absence", "state", 5, |draft, _| {
        let mut entry = draft.map.entry("nothing", None);
        entry.value = Some("{}".into());
        draft.state.push(entry);
    });
    ask("an empty proof of absence in a full map", "state", 5, |draft, _| {
        let mut entry = draft.map.entry("nothing", None);
        (entry.proof.other, entry.proof.path) = (None, Vec::new());
        draft.state.push(entry);
    });
    ask("a path in an empty map", "state", 0, |draft, _| {
        let mut entry = draft.map.entry("nothing", None);
        entry.proof.path.push((0, Hash::ZERO));
        draft.state.push(entry);
    });
    ask("an empty key and an empty value", "ok", 0, |draft, _| {
        draft.map = Map::of(&[(String::new(), String::new())]);
        draft.state.push(draft.map.entry("", Some("")));
        draft.state.push(draft.map.entry(" ", None));
    });
    ask("the second entry is wrong", "state", 6, |draft, known| {
        draft.state.push(draft.map.entry(&known[0].0, Some(&known[0].1)));
        draft.state.push(draft.map.entry(&known[1].0, Some("")));
    });
    for (name, verdict, bits) in [
        ("bits that grow", "ok", [3, 250]),
        ("bits that shrink", "state", [250, 3]),
        ("a bit twice", "state", [3, 3]),
    ] {
        gallery.change((name, verdict), 1, |draft| bent_path(draft, bits));
    }
    let most = limits::RECEIPT_STATE_ENTRIES;
    for (name, verdict, count) in
        [("as many entries as may be", "ok", most), ("one entry too many", "shape", most + 1)]
    {
        gallery.change((name, verdict), 1, |draft| {
            draft.state = (0..count).map(|i| draft.map.entry(&i.to_string(), None)).collect();
        });
    }
}

/// An entry under two branches with these bits: the root fits, so only their order is in question.
fn bent_path(draft: &mut Draft, bits: [u8; 2]) {
    let mut entry = Map::default().entry("bent", Some("path"));
    let position = Hash::of(&[b"bent"]);
    entry.proof.path = bits.map(|bit| (bit, Hash::of(&[b"side"]))).to_vec();
    let mut top = Hash::of(&[&[0], &position.0, &Hash::of(&[b"path"]).0]);
    for (bit, side) in entry.proof.path.iter().rev() {
        let sides = if position.bit(*bit) { [side.0, top.0] } else { [top.0, side.0] };
        top = Hash::of(&[&[1, *bit], &sides.concat()]);
    }
    draft.state.push(entry);
    draft.state_root = Some(top);
}

fn files(gallery: &mut Gallery) {
    gallery.change(("another format", "shape"), 1, |draft| {
        draft.twist_receipt = |receipt| receipt.format = "commonweal-receipt-v2".into();
    });
    let whole = Draft::new(1);
    let receipt = whole.receipt();
    let (network, genesis) = (receipt.network, &receipt.genesis);
    let (index, inclusion) = (receipt.index, &receipt.inclusion);
    let first = (&receipt.format, network, genesis, &receipt.operation, index, inclusion);
    let first = serde_json::to_string(&first).unwrap();
    let last = format!("{:?},{:?}", receipt.header, receipt.certificate);
    let text = format!("{},{last}", first.strip_suffix(']').unwrap());
    let mut by_position = |name, verdict, tail: &str| {
        gallery.0.push(Strange { name, text: format!("{text}{tail}"), verdict });
    };
    by_position("members by position", "ok", "]");
    by_position("members by position, with a state", "ok", ",[]]");
    by_position("members by position, with all lists", "ok", ",[],[]]");
    by_position("more positions than members", "shape", ",[],[],0]");
    let lone = serde_json::to_string(PAYLOAD_TYPE).unwrap();
    gallery.0.push(Strange { name: "a file with one text", text: lone, verdict: "shape" });
    let empty = String::new();
    gallery.0.push(Strange { name: "an empty file", text: empty, verdict: "json" });
}
