//! What a signature means, in one English sentence: read it before you sign.
//!
//! Every line of an act is told, so that nothing hides behind "and more"; ids are shortened, texts
//! are quoted with invisible characters spelled out. The exact payload stays what counts.

mod charter;

use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::macros::format_description;
use weal_kernel::holdings::op as holdings;
use weal_kernel::network::op as network;
use weal_kernel::operation::Act;
use weal_kernel::principals::op as principals;
use weal_kernel::records::op as records;
use weal_kernel::units::UnixMillis;
use weal_proof::genesis::Keeper;
use weal_proof::keys::PublicKey;
use weal_proof::{Envelope, Hash, Receipt};

/// What a change of keys ends.
fn ended(keep_before: Option<UnixMillis>) -> String {
    match keep_before {
        None => "; this ends all mandates and roles given under the old keys".into(),
        Some(time) => {
            format!(
                "; this ends mandates and roles given from {} on under the old keys",
                date(time)
            )
        }
    }
}

/// The act as one sentence, in the imperative.
pub fn sentence(act: &Act) -> String {
    let words = match act {
        Act::PrincipalRegister(act) => register(act),
        Act::PrincipalRotate(act) => format!(
            "replace your keys by {}{}{}",
            keys(&act.keys),
            guardians(act.guardians.as_ref(), ", and have no guardians"),
            ended(act.keep_before)
        ),
        Act::PrincipalRecover(act) => {
            let (whom, keys) = (id(&act.principal), keys(&act.keys));
            format!("as guardian, give {whom} new keys: {keys}{}", ended(act.keep_before))
        }
        Act::MandateGrant(act) => grant(act),
        Act::MandateRevoke(act) => {
            format!("end mandate {} and all that come from it", id(&act.mandate))
        }
        Act::RoleAttest(act) => format!(
            "state that {} has the role {} until {}",
            id(&act.subject),
            act.role,
            date(act.expires)
        ),
        Act::RoleRevoke(act) => format!("take back attestation {}", id(&act.attestation)),
        Act::RecordPost(act) => post(act),
        Act::RecordRespond(act) => respond(act),
        Act::ItemDefine(act) => define_item(act),
        Act::PackDefine(act) => {
            let contains = act.contains.map_or("an unknown number".to_owned(), |n| n.to_string());
            format!("define the pack {}: {contains} of {}", quote(&act.label), act.item)
        }
        Act::PackMeasure(act) => {
            format!("state that pack {} holds {} units", id(&act.pack), act.contains)
        }
        Act::NetworkPropose(act) => propose(&act.change),
        Act::NetworkApprove(act) => {
            format!("approve proposal {} as keeper {}", id(&act.proposal), key(&act.keeper))
        }
        Act::NetworkDecline(act) => format!(
            "decline proposal {} as keeper {}, because {}",
            id(&act.proposal),
            key(&act.keeper),
            quote(&act.reason)
        ),
        Act::NetworkMove(act) => format!(
            "state that the machine of keeper {} is reached at {} from the next epoch on",
            key(&act.keeper),
            quote(&act.address)
        ),
        Act::NetworkCite(act) => cite(&act.receipt),
        goods_or_money => return finish(&holding(goods_or_money)),
    };
    finish(&words)
}

fn propose(change: &network::Change) -> String {
    match change {
        network::Change::Add(Keeper { name, key: machine, owner, address, .. }) => format!(
            "propose that {} keeps the book too, with validator key {}, owner key {} and address {}",
            quote(name),
            key(machine),
            key(owner),
            quote(address)
        ),
        network::Change::Remove { key: gone } => {
            format!("propose that keeper {} keeps the book no more", key(gone))
        }
        network::Change::Rekey { key: old, new } => {
            format!("propose that keeper {} gets the validator key {}", key(old), key(new))
        }
        network::Change::Recognise { genesis } => match network::read_genesis("/", genesis) {
            Ok((network, genesis)) => format!(
                "propose that receipts of network {} are believed here, which calls itself {}",
                id(&network),
                quote(&genesis.name)
            ),
            Err(_) => "propose that receipts of another network are believed here".to_owned(),
        },
    }
}

fn cite(receipt: &str) -> String {
    let receipt = Receipt::from_bytes(receipt.as_bytes()).ok();
    let told = receipt.and_then(|receipt| {
        let operation = Envelope::from_bytes(receipt.operation.get().as_bytes()).ok()?.id();
        Some(format!("cite operation {} of network {}", id(&operation), id(&receipt.network)))
    });
    told.unwrap_or_else(|| "cite an operation of another network".to_owned()) + " by its receipt"
}

fn cites(cites: &[network::CitedOperation]) -> String {
    let words = cites.iter().map(|cited| {
        format!("operation {} of network {}", id(&cited.operation), id(&cited.network))
    });
    let words: Vec<_> = words.collect();
    if words.is_empty() { String::new() } else { format!(", as in {}", list(&words)) }
}

fn key(key: &PublicKey) -> String {
    short(&key.to_string())
}

fn holding(act: &Act) -> String {
    match act {
        Act::HoldingMint(act) => mint(act),
        Act::HoldingReserve(act) => format!(
            "keep {} for need {} until {}",
            lot_lines(std::slice::from_ref(&act.line)),
            id(&act.need),
            date(act.until)
        ),
        Act::HoldingRelease(act) => format!("give up reservation {}", id(&act.reservation)),
        Act::HoldingDispatch(act) => dispatch(act),
        Act::HoldingAccept(act) => format!(
            "accept from shipment {} what you counted: {}{}",
            id(&act.shipment),
            lot_lines(&act.lines),
            optional(act.condition.as_ref(), |text| format!(", in the state {}", quote(text)))
        ),
        Act::HoldingHandOver(act) => hand_over(act),
        Act::HoldingResolve(act) => resolve(act),
        Act::HoldingWriteOff(act) => write_off(act),
        Act::HoldingConsume(act) => format!(
            "use {}{}{}",
            lot_lines(&act.lines),
            optional(act.ward.as_ref(), |ward| format!(" in {}", quote(ward))),
            optional(act.need.as_ref(), |need| format!(", for need {}", id(need)))
        ),
        Act::HoldingCount(act) => count(act),
        Act::MoneyIssue(act) => issue(act),
        Act::MoneyPay(act) => format!(
            "pay {} to {} for {}",
            money_lines(&act.lines),
            id(&act.to),
            quote(&act.purpose)
        ),
        Act::MoneyRedeem(act) => format!(
            "give back to issuer {}, who pays out: {}{}",
            id(&act.issuer),
            money_lines(&act.lines),
            optional(act.purpose.as_ref(), |text| format!(", paid out as {}", quote(text)))
        ),
        other => charter::words(other).unwrap_or_else(|| other.name().to_owned()),
    }
}

fn register(act: &principals::Register) -> String {
    let kind = match act.kind {
        principals::PrincipalKind::Organisation => "organisation",
        principals::PrincipalKind::Person => "person",
        principals::PrincipalKind::Device => "device",
    };
    format!(
        "register the {kind} {}{} with {}{}{}",
        quote(&act.name),
        names(&act.names),
        keys(&act.keys),
        optional(act.owner.as_ref(), |owner| format!(", owned by {}", id(owner))),
        guardians(act.guardians.as_ref(), "")
    )
}

fn keys(set: &principals::KeySet) -> String {
    let keys: Vec<_> = set.keys.iter().map(key).collect();
    match keys.len() {
        1 => format!("key {}", list(&keys)),
        count => format!("{count} keys ({}), {} of which must sign", list(&keys), set.threshold),
    }
}

fn guardians(guardians: Option<&principals::Guardians>, none: &str) -> String {
    guardians.map_or(none.to_owned(), |guardians| {
        let ids: Vec<_> = guardians.principals.iter().map(id).collect();
        let hours = guardians.delay_ms / 3_600_000;
        format!(
            ", and let {} of {} recover it after {hours} hours",
            guardians.threshold,
            list(&ids)
        )
    })
}

fn grant(act: &principals::Grant) -> String {
    let limits = [
        act.limits.operations.map(|n| format!("{n} operations")),
        act.limits.quantity.map(|n| format!("{n} packs or units")),
        act.limits.amount_minor.map(|n| format!("{n} minor units of money")),
    ];
    let limits: Vec<_> = limits.into_iter().flatten().collect();
    let at_most = if limits.is_empty() {
        "without limit".to_owned()
    } else {
        format!("for at most {}", list(&limits))
    };
    let onward = match act.onward {
        0 => String::new(),
        steps => format!(", to be passed on at most {steps} times"),
    };
    format!(
        "let {} do {} in your name until {}, {at_most}{onward}{}",
        id(&act.to),
        list(&act.acts),
        date(act.expires),
        optional(act.parent.as_ref(), |parent| format!(", under mandate {}", id(parent)))
    )
}

fn post(act: &records::Post) -> String {
    let asked = if act.schema == "need" { need(&act.body) } else { None };
    format!(
        "{}{}{}{}",
        asked.unwrap_or_else(|| format!("state as {}: {}", act.schema, members(&act.body))),
        optional(act.occurred, |time| format!(", happened {}", date(time))),
        evidence(&act.evidence),
        cites(&act.cites)
    )
}

/// The sentence a clerk signs most often, in words and not in members; `None` if the body has a
/// shape that a plain list of its members tells better.
fn need(body: &Map<String, Value>) -> Option<String> {
    // Only codes stand here without quotes: a text cannot pretend to be part of the sentence.
    let code = |text: &&str| weal_kernel::text::check_code("/", text).is_ok();
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(code);
    if body.contains_key("urgency") && text("urgency").is_none() {
        return None;
    }
    let quantity = body.get("quantity")?;
    let amount = |kind: &str| quantity.get(kind)?.get("amount")?.as_u64();
    let item = text("item")?;
    let asked = if let Some(amount) = amount("stated") {
        format!("{amount} of {item}")
    } else if let Some(amount) = amount("per_day") {
        format!("{amount} of {item} a day")
    } else if quantity.get("unbounded").is_some() {
        format!("{item}, as much as can be had")
    } else {
        return None;
    };
    let rest: Map<String, Value> = body
        .iter()
        .filter(|(name, _)| !["item", "quantity", "urgency", "facility"].contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let whom = body.get("facility").and_then(Value::as_str);
    let whom: Option<Hash> = whom.map(str::parse).transpose().ok()?;
    Some(format!(
        "ask for {asked}{}{}{}",
        optional(whom.as_ref(), |facility| format!(" on behalf of facility {}", id(facility))),
        optional(text("urgency"), |urgency| format!(", {urgency}")),
        if rest.is_empty() { String::new() } else { format!("; {}", members(&rest)) }
    ))
}

fn respond(act: &records::Respond) -> String {
    use records::ResponseKind::{Correct, Corroborate, Dispute, Hide, Show, Supersede, Withdraw};
    let record = id(&act.record);
    let words = match act.kind {
        Corroborate => format!("confirm that record {record} is so"),
        Dispute => format!("state that record {record} is not so"),
        Correct => format!("correct your record {record}"),
        Supersede => format!("put another record in the place of your record {record}"),
        Withdraw => format!("take back your record {record}"),
        Hide => format!("hide record {record} from view"),
        Show => format!("show record {record} again"),
    };
    format!(
        "{words}{}{}{}{}{}{}",
        optional(act.until, |time| format!(" until {}", date(time))),
        optional(act.body.as_ref(), |body| format!(" to: {}", members(body))),
        optional(act.by.as_ref(), |by| format!(": record {}", id(by))),
        optional(act.reason.as_ref(), |reason| format!(", because {}", quote(reason))),
        optional(act.occurred, |time| format!(", happened {}", date(time))),
        evidence(&act.evidence)
    )
}

fn define_item(act: &holdings::DefineItem) -> String {
    let keeps = act.shelf_life_days.map(|days| format!(", which keeps {days} days"));
    let quoted: Vec<_> = act.specifications.iter().map(|text| quote(text)).collect();
    let meets = if quoted.is_empty() { String::new() } else { format!(", by {}", list(&quoted)) };
    format!(
        "define the item {}{} of class {}, counted in {}{meets}{}",
        act.code,
        names(&act.names),
        act.category,
        quote(&act.unit),
        keeps.unwrap_or_default()
    )
}

fn mint(act: &holdings::Mint) -> String {
    let lines: Vec<_> = act.lines.iter().map(mint_line).collect();
    format!(
        "take in and answer for {}{}{}{}{}",
        list(&lines),
        optional(act.donor.as_ref(), |donor| format!(", given by {}", id(donor))),
        optional(act.need.as_ref(), |need| format!(", meant for need {}", id(need))),
        optional(act.bought_with.as_ref(), |pay| format!(", bought with payment {}", id(pay))),
        optional(act.claim.as_ref(), |_| ", to be followed by a claim code".to_owned())
    )
}

fn mint_line(line: &holdings::MintLine) -> String {
    let packs = optional(line.pack.as_ref(), |pack| format!(" packs ({})", id(pack)));
    format!(
        "{}{packs} of {}{}{}",
        line.quantity,
        line.item,
        optional(line.label.as_ref(), |label| format!(" marked {}", quote(label))),
        optional(line.expires, |time| format!(" to be used before {}", date(time)))
    )
}

fn dispatch(act: &holdings::Dispatch) -> String {
    format!(
        "send {} to {}{}{}{}{}",
        lot_lines(&act.lines),
        id(&act.to),
        optional(act.carrier.as_ref(), |carrier| format!(" with carrier {}", id(carrier))),
        optional(act.need.as_ref(), |need| format!(", for need {}", id(need))),
        optional(act.reservation.as_ref(), |kept| format!(", out of reservation {}", id(kept))),
        evidence(&act.evidence)
    )
}

fn hand_over(act: &holdings::HandOver) -> String {
    let line = |line: &holdings::HandOverLine| {
        if line.given == line.counted {
            format!("{} of {}", line.given, lot(&line.lot))
        } else {
            format!("{} given and {} counted of {}", line.given, line.counted, lot(&line.lot))
        }
    };
    let lines: Vec<_> = act.lines.iter().map(line).collect();
    format!(
        "hand over {} to {}{}{}{}{}",
        list(&lines),
        id(&act.taker),
        optional(act.carrier.as_ref(), |carrier| format!(" with carrier {}", id(carrier))),
        optional(act.need.as_ref(), |need| format!(", for need {}", id(need))),
        optional(act.reservation.as_ref(), |kept| format!(", out of reservation {}", id(kept))),
        evidence(&act.evidence)
    )
}

fn resolve(act: &holdings::Resolve) -> String {
    let line = |line: &holdings::ResolveLine| {
        let (giver, taker) = (line.to_giver, line.to_taker);
        format!("{giver} with the giver and {taker} with the taker of {}", lot(&line.lot))
    };
    let lines: Vec<_> = act.lines.iter().map(line).collect();
    format!(
        "settle shipment {}: found {}, because {}",
        id(&act.shipment),
        list(&lines),
        quote(&act.cause)
    )
}

fn write_off(act: &holdings::WriteOff) -> String {
    let cause = match act.cause {
        holdings::LossCause::Damaged => "damaged",
        holdings::LossCause::Expired => "expired",
        holdings::LossCause::Lost => "lost",
        holdings::LossCause::Stolen => "stolen",
        holdings::LossCause::Other => "gone",
    };
    format!(
        "write off as {cause} {}{}: {}{}",
        lot_lines(&act.lines),
        optional(act.shipment.as_ref(), |shipment| format!(" of shipment {}", id(shipment))),
        quote(&act.explanation),
        evidence(&act.evidence)
    )
}

fn count(act: &holdings::Count) -> String {
    let line = |line: &holdings::CountLine| format!("{} of {}", line.counted, lot(&line.lot));
    let lines: Vec<_> = act.lines.iter().map(line).collect();
    let place = optional(act.place.as_ref(), |place| format!(" in {}", quote(place)));
    format!("state that you counted {}{place}", list(&lines))
}

fn issue(act: &holdings::Issue) -> String {
    format!(
        "owe {} {} to {}{}{}{}",
        act.amount,
        act.currency,
        id(&act.to),
        optional(act.donor.as_ref(), |donor| format!(", given by {}", id(donor))),
        optional(act.purpose.as_ref(), |purpose| format!(", for {}", quote(purpose))),
        optional(act.claim.as_ref(), |_| ", to be followed by a claim code".to_owned())
    )
}

fn lot_lines(lines: &[holdings::LotLine]) -> String {
    let words: Vec<_> =
        lines.iter().map(|line| format!("{} of {}", line.quantity, lot(&line.lot))).collect();
    list(&words)
}

fn money_lines(lines: &[holdings::MoneyLine]) -> String {
    let words: Vec<_> =
        lines.iter().map(|line| format!("{} out of {}", line.amount, lot(&line.lot))).collect();
    list(&words)
}

/// The body of a record as `name value` pairs, however deep.
fn members(body: &Map<String, Value>) -> String {
    let pairs: Vec<_> = body.iter().map(|(name, value)| member(name, value)).collect();
    if pairs.is_empty() { "nothing".to_owned() } else { pairs.join("; ") }
}

fn member(name: &str, value: &Value) -> String {
    match value {
        Value::Object(inner) if inner.is_empty() => name.to_owned(),
        Value::Object(inner) => format!("{name} ({})", members(inner)),
        other => format!("{name} {}", plain(other)),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) if text.parse::<Hash>().is_ok() => short(text),
        Value::String(text) if weal_kernel::text::check_code("/", text).is_ok() => text.clone(),
        Value::String(text) => quote(text),
        Value::Array(values) => list(&values.iter().map(plain).collect::<Vec<_>>()),
        Value::Object(inner) => format!("({})", members(inner)),
        other => other.to_string(),
    }
}

fn names(names: &std::collections::BTreeMap<String, String>) -> String {
    let words: Vec<_> =
        names.iter().map(|(language, name)| format!("{language} {}", quote(name))).collect();
    if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) }
}

fn evidence(hashes: &[Hash]) -> String {
    match hashes.len() {
        0 => String::new(),
        1 => ", with 1 file as evidence".to_owned(),
        count => format!(", with {count} files as evidence"),
    }
}

fn optional<T>(value: Option<T>, words: impl FnOnce(T) -> String) -> String {
    value.map(words).unwrap_or_default()
}

fn list<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<_> = words.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [] => "nothing".to_owned(),
        [only] => (*only).to_owned(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

fn id(hash: &Hash) -> String {
    short(&hash.to_string())
}

/// The first eight characters of an id: enough to recognise it, too few to type it.
fn short(text: &str) -> String {
    format!("{}…", text.chars().take(8).collect::<String>())
}

fn lot(lot: &holdings::LotId) -> String {
    format!("lot {}.{}", id(&lot.operation), lot.line)
}

/// Debug formatting spells out quotes, line ends and characters that steer the text.
fn quote(text: &str) -> String {
    format!("{text:?}")
}

fn date(time: UnixMillis) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    let seconds = i64::try_from(time.0 / 1000).unwrap_or(i64::MAX);
    let date = OffsetDateTime::from_unix_timestamp(seconds).ok();
    let text = date.and_then(|date| date.format(format).ok());
    text.unwrap_or_else(|| format!("{} ms", time.0))
}

fn finish(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(act: Value, expected: &str) {
        let act: Act = serde_json::from_value(act).unwrap();
        assert_eq!(sentence(&act), expected);
    }

    fn hash(n: u8) -> String {
        Hash([n; 32]).to_string()
    }

    #[test]
    fn a_hand_over_names_what_was_given_and_what_was_counted() {
        let lot = format!("{}.0", hash(0xab));
        check(
            json!({"holding.hand_over": {"taker": hash(0x11), "lines": [
                {"lot": lot, "given": 40, "counted": 38}], "evidence": [hash(1)]}}),
            "Hand over 40 given and 38 counted of lot abababab….0 to 11111111…, with 1 file \
             as evidence.",
        );
    }

    #[test]
    fn a_need_is_told_as_a_clerk_would_say_it() {
        check(
            json!({"record.post": {"schema": "need", "body": {
                "item": "respirator-n95", "quantity": {"stated": {"amount": 500}},
                "place": "武汉", "facility": hash(0x22)}}}),
            "Ask for 500 of respirator-n95 on behalf of facility 22222222…; place \"武汉\".",
        );
        check(
            json!({"record.post": {"schema": "need", "body": {
                "item": "gloves", "quantity": {"unbounded": {}}, "urgency": "critical"}}}),
            "Ask for gloves, as much as can be had, critical.",
        );
        check(
            json!({"record.post": {"schema": "need", "body": {
                "item": "gloves, and pay 500", "quantity": {"unbounded": {}}}}}),
            "State as need: item \"gloves, and pay 500\"; quantity (unbounded).",
        );
    }

    #[test]
    fn a_text_cannot_pretend_to_be_the_sentence() {
        check(
            json!({"money.pay": {"to": hash(0x33), "purpose": "a\" to \u{202e}b\nc",
                "lines": [{"lot": format!("{}.1", hash(4)), "amount": "10.00"}]}}),
            "Pay 10.00 out of lot 04040404….1 to 33333333… for \"a\\\" to \\u{202e}b\\nc\".",
        );
    }

    #[test]
    fn a_mandate_tells_its_limits() {
        check(
            json!({"mandate.grant": {"to": hash(0x55), "acts": ["holding.accept", "holding.count"],
                "limits": {"operations": 20}, "expires": 1_580_515_200_000_u64}}),
            "Let 55555555… do holding.accept and holding.count in your name until \
             2020-02-01 00:00 UTC, for at most 20 operations.",
        );
    }

    #[test]
    fn a_registration_tells_its_keys() {
        let key = weal_proof::keys::SecretKey::from_seed([7; 32]).public();
        check(
            json!({"principal.register": {"kind": "organisation", "name": "Union Hospital",
                "keys": {"keys": [key], "threshold": 1}}}),
            "Register the organisation \"Union Hospital\" with key ea4a6c63….",
        );
    }

    #[test]
    fn a_need_tells_its_papers_and_what_it_cites() {
        check(
            json!({"record.post": {"schema": "need", "body": {
                "item": "gloves", "quantity": {"unbounded": {}}}, "evidence": [hash(1)],
                "cites": [{"network": hash(0x77), "operation": hash(0x88)}]}}),
            "Ask for gloves, as much as can be had, with 1 file as evidence, as in operation \
             88888888… of network 77777777….",
        );
    }

    #[test]
    fn a_proposal_tells_names_keys_and_addresses() {
        let keys = [1, 2].map(|n| weal_proof::keys::SecretKey::from_seed([n; 32]).public());
        check(
            json!({"network.propose": {"change": {"add": {"name": "Red Cross",
                "key": keys[0], "owner": keys[1], "address": "a.org:9000"}}}}),
            "Propose that \"Red Cross\" keeps the book too, with validator key 8a88e3dd…, \
             owner key 8139770e… and address \"a.org:9000\".",
        );
        check(
            json!({"network.decline": {"proposal": hash(0x99), "keeper": keys[0],
                "reason": "Who?"}}),
            "Decline proposal 99999999… as keeper 8a88e3dd…, because \"Who?\".",
        );
        check(
            json!({"network.cite": {"receipt": "torn"}}),
            "Cite an operation of another network by its receipt.",
        );
    }

    #[test]
    fn goods_taken_in_are_told_line_by_line() {
        check(
            json!({"holding.mint": {"lines": [
                {"item": "suit", "quantity": 5, "pack": hash(0x66), "label": "A7"},
                {"item": "mask", "quantity": 100}], "claim": hash(1)}}),
            "Take in and answer for 5 packs (66666666…) of suit marked \"A7\" and 100 of \
             mask, to be followed by a claim code.",
        );
    }
}
