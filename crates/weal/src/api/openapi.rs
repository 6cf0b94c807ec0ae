//! The description of the API: generated from the handlers, completed with what they share.

use super::problem::CONTENT_TYPE;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Commonweal",
        version = "1.0.0",
        description = "One public book that many institutions keep together and anybody can \
            check.\n\n\
            Reading needs no account. Writing needs no account either: what is written is a \
            signed operation, and its id, a hash of what was signed, makes it safe to send again. \
            Money is text with its currency; quantities and times (milliseconds since 1970) are \
            whole numbers below 2^53.\n\n\
            Views describe the newest block only: `as_of` names it, `?at=HEIGHT` refuses any \
            other. Receipts stay good for ever and may be kept for ever.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
        contact(name = "Commonweal", url = "https://example.org/commonweal")
    ),
    servers((url = "/", description = "This node.")),
    tags(
        (name = "ledger", description = "Where the ledger stands."),
        (name = "relief", description = "Needs, gifts, and those who ask and give."),
        (name = "funds", description = "Funds by fixed rules: what each promises, holds and paid."),
        (name = "log", description = "Entries, blocks and receipts."),
        (name = "checks", description = "What can be checked and found."),
        (name = "rules", description = "What is allowed, and how to ask."),
        (name = "network", description = "Who keeps the book, and what others need to follow it."),
        (name = "writing", description = "Signed operations.")
    ),
    components(schemas(super::problem::Problem))
)]
struct Description;

/// The whole description, OpenAPI 3.1.
pub fn document() -> Value {
    let routes = super::routes();
    let nested = OpenApiRouter::with_openapi(Description::openapi()).nest("/v1", routes);
    let mut document = serde_json::to_value(nested.into_openapi()).unwrap_or_default();
    complete(&mut document);
    document
}

/// A shared failure: its name in the description, its status, and what it means.
type Failure = (&'static str, &'static str, &'static str);

/// Failures any request can meet, and those of requests with this trait.
const ALWAYS: &[Failure] = &[
    ("BadRequest", "400", "A parameter, header or body cannot be read, or is not known here."),
    ("TooMany", "429", "Too many requests; wait as Retry-After says."),
    ("Failed", "500", "The node failed; another institution keeps the same book."),
    ("Busy", "503", "The node has too much to do; wait as Retry-After says."),
];
const OF_NAMES: Failure = ("NotFound", "404", "The book holds nothing of this name.");
const OF_PAYLOADS: Failure = ("Hidden", "451", "A legal authority has hidden these words.");
const OF_PINS: &[Failure] = &[
    ("NotYet", "404", "The book holds nothing of this name, or has not reached this block."),
    ("Gone", "410", "This node keeps list views of the newest block only."),
];
const OF_BODIES: &[Failure] = &[
    ("TooSlow", "408", "The body took too long to arrive."),
    ("TooLong", "413", "The body is too long."),
    ("WrongType", "415", "The body is of another content type."),
    (
        "Refused",
        "422",
        "The rules say no: `code` names the rule, `place` the part of the operation.",
    ),
];

fn complete(document: &mut Value) {
    let mut shared = Map::new();
    document["security"] = json!([]);
    if let Some(paths) = document["paths"].as_object_mut() {
        for (path, item) in paths {
            let operations = item.as_object_mut().into_iter().flatten();
            for (method, operation) in operations {
                complete_operation(path, method, operation, &mut shared);
            }
        }
    }
    document["components"]["responses"] = Value::Object(shared);
    name_schemas(document);
}

/// Generic shapes are written with what they hold inside; where that has a name, the name does.
fn name_schemas(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object().cloned() else { return };
    let named: BTreeMap<_, _> =
        schemas.iter().map(|(name, schema)| (schema.to_string(), name.as_str())).collect();
    let components = document["components"]["schemas"].as_object_mut();
    for component in components.into_iter().flat_map(Map::values_mut) {
        children(component).for_each(|child| name_schema(child, &named));
    }
    name_schema(&mut document["paths"], &named);
}

fn name_schema(value: &mut Value, named: &BTreeMap<String, &str>) {
    if value.is_object()
        && let Some(name) = named.get(&value.to_string())
    {
        *value = json!({"$ref": format!("#/components/schemas/{name}")});
    }
    children(value).for_each(|child| name_schema(child, named));
}

fn children(value: &mut Value) -> Box<dyn Iterator<Item = &mut Value> + '_> {
    match value {
        Value::Object(members) => Box::new(members.values_mut()),
        Value::Array(values) => Box::new(values.iter_mut()),
        _ => Box::new(std::iter::empty()),
    }
}

fn complete_operation(
    path: &str,
    method: &str,
    operation: &mut Value,
    shared: &mut Map<String, Value>,
) {
    let pinned = has_parameter(operation, "at");
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    parameters.into_iter().flatten().for_each(forbid_null);
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    let named = path.contains('{') || path == "/v1/state";
    let always = ALWAYS.iter().copied();
    let pins = OF_PINS.iter().copied().filter(|_| pinned);
    let paths = named.then_some(OF_NAMES);
    let payloads = path.ends_with("/payload").then_some(OF_PAYLOADS);
    let bodies = OF_BODIES.iter().copied().filter(|_| method == "post");
    for (name, status, about) in always.chain(pins).chain(paths).chain(payloads).chain(bodies) {
        let refer = || json!({"$ref": format!("#/components/responses/{name}")});
        responses.entry(status).or_insert_with(refer);
        shared.entry(name).or_insert_with(|| problem(status, about));
    }
    if method == "get" && path != "/v1/stream" {
        responses.insert("304".into(), json!({"description": "As the reader has it already."}));
        if let Some(ok) = responses.get_mut("200") {
            ok["headers"] = tags();
        }
    }
    responses.sort_keys();
}

/// No text in a path or query holds U+0000: databases and shells end texts there.
fn forbid_null(parameter: &mut Value) {
    let free = parameter["in"] != "header";
    let schema = &mut parameter["schema"];
    let text = if schema["type"] == "array" { &mut schema["items"] } else { schema };
    let bound = text.get("pattern").is_some() || text.get("enum").is_some();
    if free && text["type"] == "string" && !bound {
        text["pattern"] = json!("^[^\\u0000]*$");
    }
}

fn has_parameter(operation: &Value, name: &str) -> bool {
    let parameters = operation["parameters"].as_array();
    parameters.is_some_and(|list| list.iter().any(|parameter| parameter["name"] == name))
}

fn tags() -> Value {
    let text = |about: &str| json!({"description": about, "schema": {"type": "string"}});
    json!({
        "ETag": text("Strong tag; give it as If-None-Match."),
        "Cache-Control": text("`no-cache`, or `immutable` for what never changes."),
    })
}

fn problem(status: &str, about: &str) -> Value {
    let schema = json!({"$ref": "#/components/schemas/Problem"});
    let mut content = Map::new();
    content.insert(CONTENT_TYPE.to_owned(), json!({"schema": schema}));
    let mut response = json!({"description": about, "content": content});
    if matches!(status, "429" | "503") {
        let seconds = json!({"type": "integer", "minimum": 1});
        response["headers"] =
            json!({"Retry-After": {"description": "Seconds to wait.", "schema": seconds}});
    }
    response
}
