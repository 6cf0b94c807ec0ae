//! Makes a charter of what was read: every name resolved, every declaration whole.

use crate::fault::{Fault, Kind, Place, Result};
use crate::limits;
use crate::model::{
    Actor, Amount, Brake, Charter, Counter, Evidence, Field, Flow, Input, MONEY_HIGH, Once,
    Parameter, Party, People, Pot, Proof, Role, Short, Source, Target,
};
use crate::parse::{Declaration, Reading, Value, read};
use crate::run::Run;
use crate::tree::Type;
use std::collections::{BTreeMap, BTreeSet};

/// The declarations there are.
pub(crate) const NAMES: [&str; 12] = [
    "charter", "pot", "role", "party", "param", "field", "counter", "evidence", "flow", "brake",
    "people", "example",
];
/// Inputs that every charter has.
const GIVEN: [&str; 7] = ["stated", "day", "month", "year", "cases", "outside", "anyone"];
/// The kinds of charters.
pub const KINDS: [&str; 7] =
    ["gift", "project", "receivable", "pension", "mutual", "deposit", "other"];

/// A declaration whose values are taken one by one; what is left at the end is unknown.
struct Taker {
    declaration: Declaration,
}

impl Taker {
    fn fault<T>(&self, reason: impl Into<String>) -> Result<T> {
        Err(Fault::new(Kind::Declaration, self.declaration.place, reason))
    }

    fn wrong<T>(&self, place: Place, key: &str, wanted: &str) -> Result<T> {
        let name = &self.declaration.name;
        Err(Fault::new(Kind::Type, place, format!("{key} of {name} is {wanted}")))
    }

    fn take(&mut self, key: &str) -> Option<(Value, Place)> {
        self.declaration.named.remove(key)
    }

    fn quote(&mut self, key: &str) -> Result<Option<String>> {
        match self.take(key) {
            None => Ok(None),
            Some((Value::Quote(text), _)) => Ok(Some(text)),
            Some((_, place)) => self.wrong(place, key, "a text in quotes"),
        }
    }

    fn need_quote(&mut self, key: &str) -> Result<String> {
        match self.quote(key)? {
            Some(text) if !text.trim().is_empty() => Ok(text),
            _ => {
                let reason = format!("{} needs {key} = \"…\"", self.declaration.name);
                self.fault(reason)
            }
        }
    }

    /// The first value: the name of what is declared.
    fn name(&mut self, taken: &mut BTreeSet<String>) -> Result<String> {
        let kind = self.declaration.name.clone();
        let mut values = std::mem::take(&mut self.declaration.values).into_iter();
        let (Some((Value::Quote(name), place)), None) = (values.next(), values.next()) else {
            return self.fault(format!("{kind} begins with one name in quotes"));
        };
        let plain = match kind.as_str() {
            "evidence" => !name.trim().is_empty(),
            _ => is_name(&name),
        };
        if !plain || name.chars().count() > limits::NAME_CHARS {
            let reason = "a name is made of small letters, digits and _, and begins with a letter";
            return Err(Fault::new(Kind::Name, place, reason));
        }
        if !taken.insert(name.clone()) {
            let reason = format!("{name} is taken: one name means one thing in the whole text");
            return Err(Fault::new(Kind::Name, place, reason));
        }
        Ok(name)
    }

    fn number(&mut self, key: &str) -> Result<Option<i128>> {
        match self.take(key) {
            None => Ok(None),
            Some((Value::Number(number), _)) => Ok(Some(number)),
            Some((_, place)) => self.wrong(place, key, "a whole number"),
        }
    }

    fn need_number(&mut self, key: &str) -> Result<i128> {
        match self.number(key)? {
            Some(number) => Ok(number),
            None => {
                let reason = format!("{} needs {key} = a whole number", self.declaration.name);
                self.fault(reason)
            }
        }
    }

    /// A number between 0 and `most`.
    fn small(&mut self, key: &str, most: u64) -> Result<Option<u64>> {
        let Some(number) = self.number(key)? else { return Ok(None) };
        match u64::try_from(number) {
            Ok(small) if small <= most => Ok(Some(small)),
            _ => self.fault(format!("{key} lies between 0 and {most}")),
        }
    }

    fn flag(&mut self, key: &str) -> Result<bool> {
        match self.take(key) {
            None => Ok(false),
            Some((Value::Answer(answer), _)) => Ok(answer),
            Some((_, place)) => self.wrong(place, key, "True or False"),
        }
    }

    fn quotes(&mut self, key: &str) -> Result<Vec<String>> {
        let Some((value, place)) = self.take(key) else { return Ok(Vec::new()) };
        let Value::List(values) = value else {
            return self.wrong(place, key, "a list of names in quotes");
        };
        let mut names = Vec::new();
        for value in values {
            match value {
                Value::Quote(name) if !names.contains(&name) => names.push(name),
                _ => return self.wrong(place, key, "a list of different names in quotes"),
            }
        }
        Ok(names)
    }

    fn rule(&mut self, key: &str) -> Result<Option<usize>> {
        match self.take(key) {
            None => Ok(None),
            Some((Value::Rule(rule), _)) => Ok(Some(rule)),
            Some((_, place)) => self.wrong(place, key, "the name of a rule above it"),
        }
    }

    /// Nothing is left that nobody asked for.
    fn finish(self) -> Result<()> {
        if let Some((key, (_, place))) = self.declaration.named.first_key_value() {
            let reason = format!("{} has no {key}", self.declaration.name);
            return Err(Fault::new(Kind::Declaration, *place, reason));
        }
        match self.declaration.values.first() {
            Some((_, place)) => {
                Err(Fault::new(Kind::Declaration, *place, "a value too many; write key = value"))
            }
            None => Ok(()),
        }
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
        && !GIVEN.contains(&name)
        && !name.starts_with("all_")
}

impl Charter {
    /// Reads a text. What comes back is whole and consistent, and its examples hold; whether its
    /// rules can fail is for [`crate::prove`] to say.
    pub fn read(text: &str) -> Result<Charter> {
        let charter = Charter::load(text)?;
        charter.check_examples()?;
        Ok(charter)
    }

    /// As [`Charter::read`], for a text whose examples were checked before.
    pub fn load(text: &str) -> Result<Charter> {
        let mut reading = read(text)?;
        let mut groups: BTreeMap<String, Vec<Taker>> = BTreeMap::new();
        for declaration in std::mem::take(&mut reading.declarations) {
            let group = groups.entry(declaration.name.clone()).or_default();
            if group.len() >= limits::DECLARATIONS {
                let reason = format!("at most {} of a kind", limits::DECLARATIONS);
                return Err(Fault::new(Kind::Limit, declaration.place, reason));
            }
            group.push(Taker { declaration });
        }
        let mut group = |name: &str| groups.remove(name).unwrap_or_default();
        let mut taken = names_of(&reading);
        let (mut charter, openers) = head(group("charter"), reading)?;
        charter.pots = each(group("pot"), |taker| pot(taker, &mut taken))?;
        charter.roles = each(group("role"), |taker| role(taker, &mut taken))?;
        charter.opened_by = charter.role_numbers(&openers)?;
        charter.parties = parties(group("party"), &charter, &mut taken)?;
        charter.parameters = each(group("param"), |taker| parameter(taker, &charter, &mut taken))?;
        charter.fields = each(group("field"), |taker| field(taker, &charter, &mut taken))?;
        charter.counters = each(group("counter"), |taker| counter(taker, &mut taken))?;
        let mut shown = BTreeSet::new();
        charter.evidence = each(group("evidence"), |taker| evidence(taker, &charter, &mut shown))?;
        let mut flows = BTreeSet::new();
        charter.flows = each(group("flow"), |taker| flow(taker, &charter, &mut flows))?;
        charter.brake = only(group("brake"), |taker| brake(taker, &charter))?;
        charter.people = only(group("people"), |taker| people(taker, &charter))?;
        charter.bind()?;
        charter.check_flows()?;
        Ok(charter)
    }
}

/// The names that rules, tables and constants have.
fn names_of(reading: &Reading) -> BTreeSet<String> {
    let rules = reading.program.rules.iter().map(|rule| rule.name.clone());
    let tables = reading.program.tables.iter().map(|(name, _)| name.clone());
    rules.chain(tables).chain(reading.program.constants.keys().cloned()).collect()
}

fn each<T>(takers: Vec<Taker>, mut make: impl FnMut(&mut Taker) -> Result<T>) -> Result<Vec<T>> {
    let mut made = Vec::new();
    for mut taker in takers {
        made.push(make(&mut taker)?);
        taker.finish()?;
    }
    Ok(made)
}

fn only<T>(takers: Vec<Taker>, make: impl FnMut(&mut Taker) -> Result<T>) -> Result<Option<T>> {
    if let [_, second, ..] = &takers[..] {
        return second.fault(format!("{} stands once", second.declaration.name));
    }
    Ok(each(takers, make)?.pop())
}

/// The charter itself, and the names of the roles that may open a case.
fn head(takers: Vec<Taker>, reading: Reading) -> Result<(Charter, Vec<String>)> {
    let start = Place { line: 1, column: 1 };
    let mut openers = Vec::new();
    let mut reading = Some(reading);
    let charter = only(takers, |taker| {
        if taker.number("language")?.is_some_and(|language| language != 1) {
            return taker.fault("this program knows language = 1");
        }
        let money = taker.need_quote("money")?;
        if money.len() != 3 || !money.bytes().all(|c| c.is_ascii_uppercase()) {
            return taker.fault("money is an ISO 4217 code of three capital letters, like CNY");
        }
        let kind = taker.need_quote("kind")?;
        if !KINDS.contains(&kind.as_str()) {
            return taker.fault(format!("kind is one of {}", KINDS.join(", ")));
        }
        let case = taker.need_quote("case")?;
        let Some(last_year) = taker.small("last_year", 2499)?.filter(|year| *year >= 2000) else {
            return taker.fault("charter needs last_year = a year from 2000 to 2499");
        };
        openers = taker.quotes("opened_by")?;
        let reading = reading.take().unwrap_or_default();
        Ok(Charter {
            name: taker.need_quote("name")?,
            kind,
            money,
            case,
            is_unique: taker.flag("unique")?,
            review_days: taker.small("review_days", 3_650)?.unwrap_or(0),
            audits: taker.small("audits", 16)?.unwrap_or(0),
            last_year,
            opened_by: Vec::new(),
            pots: Vec::new(),
            roles: Vec::new(),
            parties: Vec::new(),
            parameters: Vec::new(),
            fields: Vec::new(),
            counters: Vec::new(),
            evidence: Vec::new(),
            flows: Vec::new(),
            brake: None,
            people: None,
            examples: reading.examples,
            bindings: Vec::new(),
            program: reading.program,
        })
    })?;
    match charter {
        Some(charter) => Ok((charter, openers)),
        None => {
            let reason = "a text needs charter(name = …, kind = …, money = …, case = …)";
            Err(Fault::new(Kind::Declaration, start, reason))
        }
    }
}

fn pot(taker: &mut Taker, taken: &mut BTreeSet<String>) -> Result<Pot> {
    let name = taker.name(taken)?;
    match taker.quote("per")?.as_deref() {
        None => Ok(Pot { name, per_case: false }),
        Some("case") => Ok(Pot { name, per_case: true }),
        Some(_) => taker.fault("a pot is one for all, or has per = \"case\""),
    }
}

fn role(taker: &mut Taker, taken: &mut BTreeSet<String>) -> Result<Role> {
    let name = taker.name(taken)?;
    let proof = taker.need_quote("proof")?;
    let is_code = |code: &&str| {
        (1..=48).contains(&code.len())
            && code.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
    };
    match (proof.as_str(), proof.strip_prefix("credential:").filter(is_code)) {
        ("named", _) => Ok(Role { name, proof: Proof::Named }),
        (_, Some(code)) => Ok(Role { name, proof: Proof::Credential(code.to_owned()) }),
        _ => taker.fault("proof is \"named\", or \"credential:\" and a role's code"),
    }
}

fn parties(
    takers: Vec<Taker>,
    charter: &Charter,
    taken: &mut BTreeSet<String>,
) -> Result<Vec<Party>> {
    let mut wishes = Vec::new();
    let mut parties = each(takers, |taker| {
        let name = taker.name(taken)?;
        wishes.push((taker.quote("set_by")?, taker.declaration.place));
        let opens = taker.flag("opens")?;
        let many = taker.flag("many")?;
        let signs = taker.flag("signs")?;
        if opens && (many || signs) {
            return taker.fault("the one who opens a case is one, and signs anyway");
        }
        Ok(Party { name, opens, signs, many, passes: taker.flag("passes")?, set_by: None })
    })?;
    let names: Vec<String> = parties.iter().map(|party| party.name.clone()).collect();
    for (party, (wish, place)) in parties.iter_mut().zip(wishes) {
        let Some(wish) = wish else { continue };
        let role = charter.roles.iter().position(|role| role.name == wish).map(Actor::Role);
        let other = names.iter().position(|name| *name == wish).map(Actor::Party);
        party.set_by = role.or(other);
        if party.set_by.is_none() {
            let reason = format!("there is no role or party {wish}");
            return Err(Fault::new(Kind::Name, place, reason));
        }
    }
    if parties.iter().filter(|party| party.opens).count() > 1 {
        let start = Place { line: 1, column: 1 };
        return Err(Fault::new(Kind::Declaration, start, "one party opens a case, not two"));
    }
    Ok(parties)
}

/// `low` and `high`.
fn range(taker: &mut Taker) -> Result<(i128, i128)> {
    let (low, high) = (taker.need_number("low")?, taker.need_number("high")?);
    let most = crate::model::ALL_HIGH;
    if low > high || low < most.saturating_neg() || high > most {
        return taker.fault("low is at most high, and both have at most 18 digits");
    }
    Ok((low, high))
}

fn parameter(
    taker: &mut Taker,
    charter: &Charter,
    taken: &mut BTreeSet<String>,
) -> Result<Parameter> {
    let name = taker.name(taken)?;
    let by = taker.need_quote("set_by")?;
    let Some(set_by) = charter.roles.iter().position(|role| role.name == by) else {
        return taker.fault(format!("there is no role {by}"));
    };
    let (low, high) = range(taker)?;
    let start = taker.need_number("start")?;
    if start < low || start > high {
        return taker.fault("start lies between low and high");
    }
    let change_permille = taker.number("max_change_permille")?;
    if change_permille.is_some_and(|change| !(0..=1_000_000).contains(&change)) {
        return taker.fault("max_change_permille lies between 0 and 1000000");
    }
    let every_days = taker.small("every_days", 36_500)?.unwrap_or(0);
    Ok(Parameter { name, set_by, low, high, start, change_permille, every_days })
}

fn field(taker: &mut Taker, charter: &Charter, taken: &mut BTreeSet<String>) -> Result<Field> {
    let name = taker.name(taken)?;
    let (low, high) = range(taker)?;
    let set_by = match taker.quote("set_by")? {
        None => Actor::Anyone,
        Some(by) => match charter.roles.iter().position(|role| role.name == by) {
            Some(role) => Actor::Role(role),
            None => return taker.fault(format!("there is no role {by}")),
        },
    };
    Ok(Field { name, low, high, set_by })
}

fn counter(taker: &mut Taker, taken: &mut BTreeSet<String>) -> Result<Counter> {
    let name = taker.name(taken)?;
    let low = taker.number("low")?.unwrap_or(0);
    let high = taker.number("high")?.unwrap_or(MONEY_HIGH);
    if low > 0 || high < 0 || low < MONEY_HIGH.saturating_neg() || high > MONEY_HIGH {
        return taker.fault("a counter begins with 0, so low <= 0 <= high, of at most 16 digits");
    }
    Ok(Counter { name, low, high })
}

impl Charter {
    fn actor(&self, taker: &Taker, name: &str) -> Result<Actor> {
        match name {
            "anyone" => return Ok(Actor::Anyone),
            "clock:month" => return Ok(Actor::EachMonth),
            "clock:year" => return Ok(Actor::EachYear),
            _ => {}
        }
        let party = self.parties.iter().position(|party| party.name == name).map(Actor::Party);
        let role = self.roles.iter().position(|role| role.name == name).map(Actor::Role);
        match party.or(role) {
            Some(actor) => Ok(actor),
            None => taker.fault(format!("there is no party or role {name}")),
        }
    }

    fn role_numbers(&self, names: &[String]) -> Result<Vec<usize>> {
        let find = |name: &String| self.roles.iter().position(|role| role.name == *name);
        names.iter().map(|name| find(name).ok_or(name)).collect::<Result<_, _>>().map_err(|name| {
            let start = Place { line: 1, column: 1 };
            Fault::new(Kind::Name, start, format!("opened_by: there is no role {name}"))
        })
    }

    fn pot_number(&self, taker: &Taker, name: &str) -> Result<usize> {
        match self.pots.iter().position(|pot| pot.name == name) {
            Some(pot) => Ok(pot),
            None => taker.fault(format!("there is no pot {name}")),
        }
    }

    fn evidence_numbers(&self, taker: &mut Taker, key: &str) -> Result<Vec<usize>> {
        let mut numbers = Vec::new();
        for name in taker.quotes(key)? {
            match self.evidence.iter().position(|evidence| evidence.name == name) {
                Some(number) => numbers.push(number),
                None => return taker.fault(format!("there is no evidence {name:?}")),
            }
        }
        Ok(numbers)
    }
}

fn evidence(
    taker: &mut Taker,
    charter: &Charter,
    taken: &mut BTreeSet<String>,
) -> Result<Evidence> {
    let name = taker.name(taken)?;
    let by = taker.need_quote("by")?;
    let by = charter.actor(taker, &by)?;
    match by {
        Actor::Party(_) | Actor::Role(_) => Ok(Evidence { name, by }),
        _ => taker.fault("evidence is shown by a role or a party of the case"),
    }
}

fn flow(taker: &mut Taker, charter: &Charter, taken: &mut BTreeSet<String>) -> Result<Flow> {
    let name = taker.name(taken)?;
    let source = match taker.need_quote("source")?.as_str() {
        "outside" => Source::Outside,
        pot => Source::Pot(charter.pot_number(taker, pot)?),
    };
    let to = target(taker, charter)?;
    let mut by = Vec::new();
    for name in taker.quotes("by")? {
        by.push(charter.actor(taker, &name)?);
    }
    let amount = amount(taker)?;
    let evidence = charter.evidence_numbers(taker, "evidence")?;
    let needs = match taker.small("needs", 32)? {
        Some(needs) => usize::try_from(needs).unwrap_or_default(),
        None => evidence.len(),
    };
    if needs > evidence.len() || (needs == 0 && !evidence.is_empty()) {
        return taker.fault("needs lies between 1 and the number of kinds of evidence");
    }
    let rest_to = match taker.quote("rest_to")? {
        Some(pot) => Some(charter.pot_number(taker, &pot)?),
        None => None,
    };
    Ok(Flow {
        name,
        place: taker.declaration.place,
        source,
        to,
        by,
        amount,
        when: taker.rule("when")?,
        once: once(taker)?,
        wait_days: taker.small("wait_days", 3_650)?.unwrap_or(0),
        evidence,
        needs,
        stopped_by: charter.evidence_numbers(taker, "stopped_by")?,
        cap: taker.number("cap")?,
        short: short(taker)?,
        rest_to,
        counts: counts(taker, charter)?,
        ends: taker.flag("ends")?,
        plan: taker.rule("plan")?,
        per_case: false,
    })
}

fn target(taker: &mut Taker, charter: &Charter) -> Result<Target> {
    let name = taker.need_quote("to")?;
    if let Some(pot) = charter.pots.iter().position(|pot| pot.name == name) {
        return Ok(Target::Pot(pot));
    }
    if let Some(party) = charter.parties.iter().position(|party| party.name == name) {
        return Ok(Target::Party(party));
    }
    match charter.roles.iter().position(|r| r.name == name && r.proof == Proof::Named) {
        Some(role) => Ok(Target::Role(role)),
        None => taker.fault(format!("there is no pot, party or named role {name}")),
    }
}

fn amount(taker: &mut Taker) -> Result<Amount> {
    match taker.take("amount") {
        Some((Value::Quote(word), _)) if word == "stated" => Ok(Amount::Stated),
        Some((Value::Quote(word), _)) if word == "all" => Ok(Amount::All),
        Some((Value::Rule(rule), _)) => Ok(Amount::Rule(rule)),
        _ => taker.fault("amount is a rule above it, \"stated\" or \"all\""),
    }
}

fn once(taker: &mut Taker) -> Result<Once> {
    match taker.quote("once")?.as_deref() {
        None => Ok(Once::Each),
        Some("month") => Ok(Once::Month),
        Some("year") => Ok(Once::Year),
        Some("ever") => Ok(Once::Ever),
        Some(_) => taker.fault("once is \"month\", \"year\" or \"ever\""),
    }
}

fn short(taker: &mut Taker) -> Result<Short> {
    match taker.quote("short")?.as_deref() {
        None | Some("refuse") => Ok(Short::Refuse),
        Some("part") => Ok(Short::Part),
        Some("pro_rata") => Ok(Short::ProRata),
        Some("queue") => Ok(Short::Queue),
        Some(_) => taker.fault("short is \"refuse\", \"part\", \"pro_rata\" or \"queue\""),
    }
}

/// `counts = [["units", bought], …]`.
fn counts(taker: &mut Taker, charter: &Charter) -> Result<Vec<(usize, usize)>> {
    let Some((value, place)) = taker.take("counts") else { return Ok(Vec::new()) };
    let wanted = "a list of pairs, a counter's name and a rule";
    let Value::List(pairs) = value else { return taker.wrong(place, "counts", wanted) };
    let mut counts: Vec<(usize, usize)> = Vec::new();
    for pair in pairs {
        let Value::List(pair) = pair else { return taker.wrong(place, "counts", wanted) };
        let [Value::Quote(name), Value::Rule(rule)] = &pair[..] else {
            return taker.wrong(place, "counts", wanted);
        };
        let Some(counter) = charter.counters.iter().position(|c| c.name == *name) else {
            return taker.fault(format!("there is no counter {name}"));
        };
        if counts.iter().any(|(known, _)| *known == counter) {
            return taker.fault(format!("{name} is counted twice"));
        }
        counts.push((counter, *rule));
    }
    Ok(counts)
}

fn brake(taker: &mut Taker, charter: &Charter) -> Result<Brake> {
    let by = taker.need_quote("by")?;
    let Actor::Role(by) = charter.actor(taker, &by)? else {
        return taker.fault("a brake is in the hands of a role");
    };
    let mut flows = Vec::new();
    for name in taker.quotes("flows")? {
        match charter.flow(&name) {
            Some(flow) => flows.push(flow),
            None => return taker.fault(format!("there is no flow {name}")),
        }
    }
    match taker.small("days", 365)? {
        Some(days) if days > 0 && !flows.is_empty() => Ok(Brake { by, flows, days }),
        _ => taker.fault("a brake names flows = […] and days = 1 to 365"),
    }
}

fn people(taker: &mut Taker, charter: &Charter) -> Result<People> {
    let born = taker.need_quote("born")?;
    let Some(born) = charter.fields.iter().position(|field| field.name == born) else {
        return taker.fault(format!("there is no field {born}"));
    };
    let join_age = taker.small("join_age", 100)?.unwrap_or(25);
    Ok(People { born, join_age, compulsory: taker.flag("compulsory")? })
}

impl Charter {
    /// Resolves the inputs of all rules that flows use.
    fn bind(&mut self) -> Result<()> {
        self.bindings = vec![None; self.program.rules.len()];
        for flow in &self.flows {
            for number in flow.rules() {
                let Some(rule) = self.program.rule(number) else { continue };
                let mut inputs = Vec::new();
                for name in &rule.inputs {
                    match self.input(name) {
                        Some(input) => inputs.push(input),
                        None => {
                            let reason = format!(
                                "{name} is no field, counter, pot, parameter or party, so {} \
                                 cannot know it",
                                rule.name
                            );
                            return Err(Fault::new(Kind::Name, rule.place, reason));
                        }
                    }
                }
                if let Some(binding) = self.bindings.get_mut(number) {
                    *binding = Some(inputs);
                }
            }
        }
        let flows: Vec<bool> = self.flows.iter().map(|flow| self.is_about_a_case(flow)).collect();
        for (flow, per_case) in self.flows.iter_mut().zip(flows) {
            flow.per_case = per_case;
        }
        Ok(())
    }

    fn is_about_a_case(&self, flow: &Flow) -> bool {
        let pot = |pot: usize| self.pots.get(pot).is_some_and(|pot| pot.per_case);
        let party = |actor: &Actor| matches!(actor, Actor::Party(_));
        let mut inputs = flow.rules().filter_map(|rule| self.inputs(rule)).flatten();
        matches!(flow.source, Source::Pot(at) if pot(at))
            || matches!(flow.to, Target::Pot(at) if pot(at))
            || matches!(flow.to, Target::Party(_))
            || flow.rest_to.is_some_and(pot)
            || flow.by.iter().any(party)
            || !flow.evidence.is_empty()
            || !flow.stopped_by.is_empty()
            || !flow.counts.is_empty()
            || flow.wait_days > 0
            || flow.ends
            || inputs.any(|input| self.is_per_case(*input))
    }

    fn check_flows(&self) -> Result<()> {
        let start = Place { line: 1, column: 1 };
        if !self.flows.iter().any(|flow| flow.source == Source::Outside) {
            let reason = "no flow brings money in: one needs source = \"outside\"";
            return Err(Fault::new(Kind::Declaration, start, reason));
        }
        for flow in &self.flows {
            self.check_flow(flow)?;
        }
        if self.is_unique && !self.parties.iter().any(|party| party.signs) {
            let reason = "unique needs a party that signs: the one whose document it is";
            return Err(Fault::new(Kind::Declaration, start, reason));
        }
        Ok(())
    }

    fn check_flow(&self, flow: &Flow) -> Result<()> {
        let wrong = |reason: &str| {
            let reason = format!("flow {}: {reason}", flow.name);
            Err(Fault::new(Kind::Declaration, flow.place, reason))
        };
        if flow.by.is_empty() {
            return wrong("by names nobody");
        }
        if matches!((flow.source, flow.to), (Source::Pot(a), Target::Pot(b)) if a == b) {
            return wrong("money goes to the pot it comes from");
        }
        if flow.source == Source::Outside {
            if flow.is_outward() || flow.rest_to.is_some() || flow.amount == Amount::All {
                return wrong(
                    "money from outside goes into a pot, an amount that is stated or due",
                );
            }
            if flow.clock().is_some() {
                return wrong("the calendar has no money of its own");
            }
            if flow.wait_days > 0 {
                return wrong("money from outside does not wait");
            }
            if flow.short != Short::Refuse {
                return wrong("no pot outside can be short");
            }
        } else if flow.amount == Amount::Stated && flow.cap.is_none() {
            return wrong("an amount out of a pot is stated only under a cap");
        }
        if flow.rest_to.is_some_and(|pot| flow.source == Source::Pot(pot)) {
            return wrong("the rest goes to the pot it is in");
        }
        if flow.rest_to.is_some_and(|pot| flow.to == Target::Pot(pot)) {
            return wrong("the rest goes to the pot that is paid: take all of it");
        }
        if flow.clock().is_some() {
            if flow.by.len() > 1 || flow.wait_days > 0 || flow.amount == Amount::Stated {
                return wrong("the calendar acts alone, at once, by rule");
            }
        } else if matches!(flow.short, Short::ProRata | Short::Queue) {
            return wrong("shares and queues are for flows of the calendar");
        }
        if flow.short == Short::Queue && flow.once != Once::Ever {
            return wrong("who waits in a queue is paid once: once = \"ever\"");
        }
        if flow.cap.is_some_and(|cap| !(1..=MONEY_HIGH).contains(&cap)) {
            return wrong("a cap is at least 1");
        }
        if flow.plan.is_some() && flow.source != Source::Outside {
            return wrong("a plan is for money that comes in");
        }
        self.check_types(flow)
    }

    fn check_types(&self, flow: &Flow) -> Result<()> {
        for number in flow.rules() {
            let Some(rule) = self.program.rule(number) else { continue };
            let wanted = if flow.when == Some(number) { Type::Answer } else { Type::Number };
            if rule.gives != wanted {
                let reason = format!("flow {}: {} gives the wrong kind", flow.name, rule.name);
                return Err(Fault::new(Kind::Type, flow.place, reason));
            }
            let inputs = self.inputs(number).unwrap_or_default();
            let plans = flow.plan == Some(number);
            if inputs.contains(&Input::Stated) && (plans || flow.amount != Amount::Stated) {
                let reason = format!("flow {}: nobody states an amount", flow.name);
                return Err(Fault::new(Kind::Declaration, flow.place, reason));
            }
        }
        Ok(())
    }

    fn check_examples(&self) -> Result<()> {
        let mut shown = vec![false; self.program.rules.len()];
        let mut run = Run::new(&self.program);
        let mut steps = 0u64;
        for example in &self.examples {
            let found = run.call(example.rule, &example.inputs)?;
            steps = steps.saturating_add(run.steps());
            if steps > limits::PROOF_STEPS {
                let reason = "the examples together take too many steps";
                return Err(Fault::new(Kind::Steps, example.place, reason));
            }
            if let Some(rule) = shown.get_mut(example.rule) {
                *rule = true;
            }
            if found != example.result {
                let reason = format!("the rule gives {found}, not {}", example.result);
                return Err(Fault::new(Kind::Example, example.place, reason));
            }
        }
        match self.program.rules.iter().zip(shown).find(|(_, shown)| !shown) {
            Some((rule, _)) => {
                let reason = format!("{} has no worked example: example({0}(…), …)", rule.name);
                Err(Fault::new(Kind::Example, rule.place, reason))
            }
            None => Ok(()),
        }
    }
}
