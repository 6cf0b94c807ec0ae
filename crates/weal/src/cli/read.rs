//! Commands that read the book.

use super::args::{
    BlockCommand, Cli, Format, ListArgs, NeedCommand, OrgCommand, ReadCommand, RecordCommand,
};
use super::client::{Client, path};
use super::output::{self, Columns, Exit, Failure};
use serde_json::{Value, json};

const NEEDS: Columns = &[
    ("NUMBER", "/number"),
    ("ITEM", "/item"),
    ("FOR", "/needy"),
    ("PLACE", "/place"),
    ("URGENCY", "/urgency"),
    ("ASKED", "/asked_words"),
    ("RECEIVED", "/coverage/received"),
    ("ON THE WAY", "/coverage/on_the_way"),
    ("STATUS", "/status"),
];

/// One need, with what a list has no room for.
const NEED: Columns = &[
    ("number", "/number"),
    ("item", "/item"),
    ("for", "/needy"),
    ("place", "/place"),
    ("urgency", "/urgency"),
    ("asked", "/asked_words"),
    ("derived", "/derived/amount"),
    ("  from beds", "/derived/beds"),
    ("  for days", "/derived/days"),
    ("  source", "/derived/source"),
    ("reserved", "/coverage/reserved"),
    ("on the way", "/coverage/on_the_way"),
    ("received", "/coverage/received"),
    ("in dispute", "/coverage/in_dispute"),
    ("percent", "/coverage/percent"),
    ("status", "/status"),
    ("corroborated", "/corroborated"),
    ("disputed", "/disputed"),
];

const ENTRIES: Columns = &[
    ("NUMBER", "/number"),
    ("TIME", "/when"),
    ("WHAT", "/act_words"),
    ("BY", "/actor"),
    ("TO", "/other"),
    ("ITEM", "/item"),
    ("QUANTITY", "/quantity"),
    ("MONEY", "/money"),
    ("GRADE", "/grade"),
];

const PARTIES: Columns =
    &[("NUMBER", "/number"), ("NAME", "/name"), ("KIND", "/kind"), ("ID", "/id")];

const BALANCES: Columns = &[
    ("CUSTODIAN", "/custodian"),
    ("ITEM", "/item"),
    ("FROM", "/from"),
    ("TO", "/to"),
    ("IN", "/taken_in"),
    ("OUT", "/issued"),
    ("VERDICT", "/verdict"),
];

const STATUS: Columns = &[
    ("book", "/name"),
    ("network", "/network"),
    ("block", "/height"),
    ("entries", "/log_size"),
    ("institutions", "/validators"),
    ("signed", "/signed"),
    ("lists up to", "/indexed"),
    ("waiting", "/waiting"),
];

/// Runs a command that reads.
pub(crate) fn run(cli: &Cli, command: &ReadCommand) -> Result<(), Failure> {
    let client = Client::new(&cli.node);
    match command {
        ReadCommand::Status => output::one(cli, &client.get("/v1/status", &[])?, STATUS),
        ReadCommand::Overview => overview(cli, &client),
        ReadCommand::Need(command) => need(cli, &client, command),
        ReadCommand::Trace { code } => trace(cli, &client, code),
        ReadCommand::Gifts(list) => entries(cli, &client, "/v1/gifts", &[], list),
        ReadCommand::Org(command) => org(cli, &client, command),
        ReadCommand::Record(command) => record(cli, &client, command),
        ReadCommand::Block(command) => block(cli, &client, command),
        ReadCommand::Balance => {
            let answer = client.get("/v1/balances", &[])?;
            output::rows(cli, items(&answer), BALANCES)
        }
        ReadCommand::Differences => {
            let answer = client.get("/v1/differences", &[])?;
            let columns = &[
                ("SHIPMENT", "/shipment"),
                ("ANSWERS", "/giver"),
                ("WAS FOR", "/taker"),
                ("ITEM", "/item"),
                ("QUANTITY", "/quantity"),
                ("UNIT", "/unit"),
            ];
            output::rows(cli, items(&answer), columns)
        }
        ReadCommand::Unresolved(list) => {
            let (rows, total) = client.list("/v1/names/unresolved", &[], list.limit)?;
            let columns =
                &[("NAME", "/name"), ("LINES", "/lines"), ("UNKNOWN PACKS", "/unknown_packs")];
            output::rows(cli, &rows, columns)?;
            shown(cli, rows.len(), total);
            Ok(())
        }
        ReadCommand::Search { text } => {
            let answer = client.get("/v1/search", &[("q", text.clone())])?;
            let columns =
                &[("KIND", "/kind"), ("TITLE", "/title"), ("DETAIL", "/detail"), ("PAGE", "/page")];
            output::rows(cli, items(&answer), columns)
        }
        ReadCommand::Watch => watch(cli, &client),
        ReadCommand::Receipt { entry, state } => {
            let id = client.resolve(entry)?;
            let query: Vec<_> = state.iter().map(|key| ("state", key.clone())).collect();
            let receipt = client.get(&format!("/v1/operations/{id}/receipt"), &query)?;
            output::line(&receipt.to_string())
        }
        ReadCommand::Api { path } => {
            if !path.starts_with('/') {
                return Err(Failure::usage("a path starts with /"));
            }
            output::line(&output::pretty(&client.get(path, &[])?))
        }
    }
}

/// The rows of an answer that is a list.
fn items(answer: &Value) -> &[Value] {
    let list = answer.get("items").unwrap_or(answer);
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn shown(cli: &Cli, shown: usize, total: u64) {
    if !cli.quiet && (shown as u64) < total {
        output::note(&format!("{shown} of {}; more with --limit", output::group(total)));
    }
}

fn overview(cli: &Cli, client: &Client) -> Result<(), Failure> {
    let overview = client.get("/v1/overview", &[])?;
    if cli.output != Format::Table || !cli.fields.is_empty() {
        return output::one(cli, &overview, &[]);
    }
    let columns = &[
        ("open needs", "/open_needs"),
        ("critical", "/critical_needs"),
        ("on the way", "/shipments_open"),
        ("differences", "/differences_open"),
        ("gifts", "/gifts"),
        ("money", "/money_given"),
        ("entries", "/entries"),
    ];
    output::one(cli, &overview, columns)?;
    output::line("")?;
    let columns = &[
        ("ITEM", "/item"),
        ("NEEDS", "/needs"),
        ("NO LIMIT", "/unbounded"),
        ("ASKED", "/asked"),
        ("RECEIVED", "/received"),
        ("ON THE WAY", "/on_the_way"),
        ("STATED ISSUED", "/stated_issued"),
        ("%", "/percent"),
    ];
    output::rows(cli, items(overview.get("items").unwrap_or(&Value::Null)), columns)
}

fn need(cli: &Cli, client: &Client, command: &NeedCommand) -> Result<(), Failure> {
    match command {
        NeedCommand::List { item, place, urgency, text, all, list } => {
            let mut query = Vec::new();
            let given = [("item", item), ("place", place), ("urgency", urgency), ("text", text)];
            for (name, value) in given {
                query.extend(value.clone().map(|value| (name, value)));
            }
            query.push(("open", (!all).to_string()));
            let (mut rows, total) = client.list("/v1/needs", &query, list.limit)?;
            rows.iter_mut().for_each(add_asked_words);
            output::rows(cli, &rows, NEEDS)?;
            shown(cli, rows.len(), total);
            Ok(())
        }
        NeedCommand::Show { number } => {
            let mut page = client.get(&path("/v1/needs/", number, ""), &[])?;
            if cli.output != Format::Table {
                return output::one(cli, &page, &[]);
            }
            if let Some(need) = page.get_mut("need") {
                add_asked_words(need);
            }
            let need = page.get("need").cloned().unwrap_or_default();
            output::one(cli, &need, NEED)?;
            history(cli, page.get("history").unwrap_or(&Value::Null))
        }
    }
}

/// What was asked for, in words.
fn add_asked_words(need: &mut Value) {
    let amount = need.pointer("/asked/amount").and_then(Value::as_u64).unwrap_or_default();
    let kind = need.pointer("/asked/kind").and_then(Value::as_str).unwrap_or_default();
    let words = match kind {
        "stated" => output::group(amount),
        "per_day" => format!("{} a day", output::group(amount)),
        "unbounded" => "no upper limit".to_owned(),
        _ => "not readable".to_owned(),
    };
    if let Some(object) = need.as_object_mut() {
        object.insert("asked_words".into(), json!(words));
    }
}

fn add_entry_words(entry: &mut Value) {
    let text = |entry: &Value, name: &str| {
        entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let (act, what) = (text(entry, "act"), text(entry, "what"));
    let words = if what.is_empty() { act } else { format!("{act} {what}") };
    let ms = entry.get("time_ms").and_then(Value::as_u64).unwrap_or_default();
    if let Some(object) = entry.as_object_mut() {
        object.insert("act_words".into(), json!(words));
        object.insert("when".into(), json!(output::time(ms)));
    }
}

fn history(cli: &Cli, list: &Value) -> Result<(), Failure> {
    let mut rows = items(list).to_vec();
    if rows.is_empty() {
        return Ok(());
    }
    rows.iter_mut().for_each(add_entry_words);
    output::line("")?;
    output::rows(cli, &rows, ENTRIES)
}

fn entries(
    cli: &Cli,
    client: &Client,
    path: &str,
    query: &[(&str, String)],
    list: &ListArgs,
) -> Result<(), Failure> {
    let (mut rows, total) = client.list(path, query, list.limit)?;
    if cli.output == Format::Table {
        rows.iter_mut().for_each(add_entry_words);
    }
    output::rows(cli, &rows, ENTRIES)?;
    shown(cli, rows.len(), total);
    Ok(())
}

fn trace(cli: &Cli, client: &Client, code: &str) -> Result<(), Failure> {
    let trace = client.get(&path("/v1/gifts/", code, "/trace"), &[])?;
    if cli.output != Format::Table {
        return output::one(cli, &trace, &[]);
    }
    let digits = trace.get("digits").and_then(Value::as_u64).unwrap_or_default();
    let columns = &[
        ("gift", "/number"),
        ("given by", "/donor"),
        ("taken in by", "/custodian"),
        ("item", "/item"),
        ("unit", "/unit"),
        ("grade", "/grade"),
    ];
    if trace.pointer("/donor/name").and_then(Value::as_str) == Some("") {
        output::line("given by       a donor who is not named")?;
    }
    output::one(cli, &trace, columns)?;
    for (title, name) in
        [("given", "given"), ("reached", "reached"), ("open", "open"), ("lost", "lost")]
    {
        let amount = trace.get(name).and_then(Value::as_u64).unwrap_or_default();
        output::line(&format!("{title:<14} {}", scaled(amount, digits)))?;
    }
    let mut shares = items(trace.get("shares").unwrap_or(&Value::Null)).to_vec();
    for share in &mut shares {
        let amount = share.get("quantity").and_then(Value::as_u64).unwrap_or_default();
        if let Some(object) = share.as_object_mut() {
            object.insert("amount".into(), json!(scaled(amount, digits)));
            let state = object.get("state").and_then(Value::as_str).unwrap_or_default();
            object.insert("state_words".into(), json!(state.replace('_', " ")));
        }
    }
    output::line("")?;
    let columns = &[
        ("WHERE IT IS", "/state_words"),
        ("WITH", "/party"),
        ("QUANTITY", "/amount"),
        ("UNIT", "/unit"),
        ("WARD", "/ward"),
    ];
    output::rows(cli, &shares, columns)?;
    history(cli, trace.get("steps").unwrap_or(&Value::Null))
}

/// An amount with its digits after the point.
fn scaled(amount: u64, digits: u64) -> String {
    let digits = u32::try_from(digits).unwrap_or_default();
    let unit = 10u64.checked_pow(digits).unwrap_or(1);
    if digits == 0 {
        return output::group(amount);
    }
    let width = digits as usize;
    format!("{}.{:0width$}", output::group(amount / unit), amount % unit)
}

fn org(cli: &Cli, client: &Client, command: &OrgCommand) -> Result<(), Failure> {
    match command {
        OrgCommand::List { text, list } => {
            let query: Vec<_> = text.iter().map(|text| ("text", text.clone())).collect();
            let (rows, total) = client.list("/v1/parties", &query, list.limit)?;
            output::rows(cli, &rows, PARTIES)?;
            shown(cli, rows.len(), total);
            Ok(())
        }
        OrgCommand::Show { number } => {
            let page = client.get(&path("/v1/parties/", number, ""), &[])?;
            if cli.output != Format::Table {
                return output::one(cli, &page, &[]);
            }
            output::one(cli, page.get("party").unwrap_or(&Value::Null), PARTIES)?;
            let holdings = items(page.get("holdings").unwrap_or(&Value::Null)).to_vec();
            if !holdings.is_empty() {
                output::line("")?;
                let columns = &[
                    ("LOT", "/lot"),
                    ("ITEM", "/item"),
                    ("QUANTITY", "/quantity"),
                    ("UNIT", "/unit"),
                    ("IN UNITS", "/base"),
                ];
                output::rows(cli, &holdings, columns)?;
            }
            history(cli, page.get("entries").unwrap_or(&Value::Null))
        }
    }
}

fn record(cli: &Cli, client: &Client, command: &RecordCommand) -> Result<(), Failure> {
    match command {
        RecordCommand::List { act, list } => {
            let query: Vec<_> = act.iter().map(|act| ("act", act.clone())).collect();
            entries(cli, client, "/v1/records", &query, list)
        }
        RecordCommand::Show { number } => {
            let mut page = client.get(&path("/v1/records/", number, ""), &[])?;
            if cli.output != Format::Table {
                return output::one(cli, &page, &[]);
            }
            if let Some(entry) = page.get_mut("entry") {
                add_entry_words(entry);
            }
            output::one(cli, page.get("entry").unwrap_or(&Value::Null), ENTRIES)?;
            let payload = page.get("payload").and_then(Value::as_str).unwrap_or_default();
            output::line(&format!("\n{payload}"))?;
            history(cli, page.get("responses").unwrap_or(&Value::Null))
        }
    }
}

fn block(cli: &Cli, client: &Client, command: &BlockCommand) -> Result<(), Failure> {
    let columns = &[
        ("BLOCK", "/height"),
        ("ENTRIES", "/entries"),
        ("FIRST", "/first_index"),
        ("SIGNED", "/signed"),
        ("DIGEST", "/digest"),
    ];
    match command {
        BlockCommand::List(list) => {
            let (rows, _) = client.list("/v1/blocks", &[], list.limit)?;
            output::rows(cli, &rows, columns)
        }
        BlockCommand::Show { height } => {
            let page = client.get(&format!("/v1/blocks/{height}"), &[])?;
            if cli.output != Format::Table {
                return output::one(cli, &page, &[]);
            }
            output::one(cli, page.get("block").unwrap_or(&page), columns)?;
            history(cli, page.get("entries").unwrap_or(&Value::Null))
        }
    }
}

fn watch(cli: &Cli, client: &Client) -> Result<(), Failure> {
    let newest = client.get("/v1/records", &[("limit", "1".into())])?;
    let mut seen = newest.pointer("/items/0/index").and_then(Value::as_u64);
    loop {
        let page = client.get("/v1/records", &[("limit", "50".into())])?;
        let mut new: Vec<Value> = items(&page)
            .iter()
            .filter(|entry| entry.get("index").and_then(Value::as_u64) > seen)
            .cloned()
            .collect();
        new.reverse();
        for mut entry in new {
            seen = entry.get("index").and_then(Value::as_u64);
            if cli.output == Format::Table {
                add_entry_words(&mut entry);
                let cells = ["/when", "/number", "/act_words", "/actor/name", "/other/name"];
                let words: Vec<_> = cells
                    .iter()
                    .filter_map(|place| entry.pointer(place).and_then(Value::as_str))
                    .collect();
                output::line(&words.join("  "))?;
            } else {
                output::line(&entry.to_string())?;
            }
        }
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
}

/// `weal explain`
pub(crate) fn explain(cli: &Cli, code: Option<&str>) -> Result<(), Failure> {
    let row = |r: &weal_kernel::Refusal| json!({ "code": r.code(), "rule": r.sentence(), "remedy": r.remedy() });
    match code {
        None => {
            let rows: Vec<_> = weal_kernel::Refusal::ALL.iter().map(row).collect();
            output::rows(cli, &rows, &[("CODE", "/code"), ("RULE", "/rule")])
        }
        Some(code) => {
            let refusal = output::refusal(code).ok_or_else(|| {
                Failure::new(Exit::NotFound, format!("there is no rule {code}"))
                    .help("list all with `weal explain`")
            })?;
            output::one(
                cli,
                &row(&refusal),
                &[("code", "/code"), ("rule", "/rule"), ("way out", "/remedy")],
            )
        }
    }
}
