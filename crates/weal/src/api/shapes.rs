//! Shapes of answers and requests that other crates define without a description.

use super::limits::{KEY_CHARS, RECEIPT_KEYS};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{
    AdditionalProperties, Array, ArrayBuilder, Object, ObjectBuilder, Schema, Type,
};
use weal_kernel::Act;
use weal_services::view::{BlockLine, Entry};

/// One of the names of acts.
pub(super) fn act_name() -> Object {
    let names = Act::NAMES.iter().copied();
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).build()
}

/// Names of state entries.
pub(super) fn state_keys() -> Array {
    let key = ObjectBuilder::new().schema_type(Type::String);
    let key = key.min_length(Some(1)).max_length(Some(KEY_CHARS)).build();
    ArrayBuilder::new().items(key).max_items(Some(RECEIPT_KEYS)).build()
}

/// An object with one member, named like an act.
pub(super) fn act() -> RefOr<Schema> {
    let body = ObjectBuilder::new().schema_type(Type::Object).build();
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(
            "One member, named like the act; spec/operations.md tells what it holds.",
        ))
        .property_names(Some(Schema::Object(act_name())))
        .min_properties(Some(1))
        .max_properties(Some(1))
        .additional_properties(Some(AdditionalProperties::RefOr(RefOr::T(Schema::Object(body)))))
        .into()
}

/// Where a final operation stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OperationPlace {
    /// Its id.
    pub(super) id: String,
    /// Always `final`.
    pub(super) status: &'static str,
    /// Its place in the log.
    pub(super) index: u64,
    /// Its short number.
    pub(super) number: String,
    /// Its block.
    pub(super) height: u64,
    /// The block's time, milliseconds since 1970.
    pub(super) time_ms: u64,
}

/// A block with its entries.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BlockPage {
    /// The block.
    pub(super) block: BlockLine,
    /// Its entries, in order.
    pub(super) entries: Vec<Entry>,
}

/// A signed operation: a DSSE envelope.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "describes what weal-proof reads")]
pub(super) struct Envelope {
    /// The exact JSON text that was signed, in padded standard base64.
    #[schema(
        max_length = 60076,
        pattern = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
    )]
    payload: String,
    /// What the payload is.
    #[serde(rename = "payloadType")]
    #[schema(pattern = "^application/vnd\\.commonweal\\.operation\\+json$")]
    payload_type: String,
    /// Who stands by it; empty only where a draft is judged.
    #[schema(max_items = 16)]
    signatures: Vec<EnvelopeSignature>,
}

/// One signature over the payload's pre-authentication encoding.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "describes what weal-proof reads")]
pub(super) struct EnvelopeSignature {
    /// Ed25519 public key.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    keyid: String,
    /// 64 bytes in padded standard base64.
    #[schema(pattern = "^[A-Za-z0-9+/]{85}[AQgw]==$")]
    sig: String,
}

/// A receipt: `weal verify` and the page /verify check it.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "describes what weal-proof writes")]
pub(super) struct ReceiptFile {
    /// Always `commonweal-receipt-v1`.
    format: String,
    /// The network's id.
    network: String,
    /// The exact genesis text, base64.
    genesis: String,
    /// The operation's envelope, as it stands in the log.
    operation: Envelope,
    /// Its place in the log.
    index: u64,
    /// The way from the operation to the log root.
    inclusion: Vec<String>,
    /// 256 bytes of a block header, hex.
    header: String,
    /// The finality certificate over that header, hex.
    certificate: String,
    /// Entries of the state at that block, each with its proof, if any were asked for.
    #[schema(required = false)]
    state: Vec<StateLine>,
}

/// An entry of the state with its proof, under a certified header.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "describes what the ledger writes")]
pub(super) struct StateProof {
    /// 256 bytes of the newest certified block header, hex.
    header: String,
    /// The finality certificate over that header, hex.
    certificate: String,
    /// The entry.
    entry: StateLine,
}

/// An entry of the state, or the proof that there is none.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "describes what weal-proof writes")]
pub(super) struct StateLine {
    /// The entry's name.
    key: String,
    /// Its value, or `null` if there is no such entry.
    value: Option<String>,
    /// The way to the state root, as spec/proofs.md says.
    #[schema(value_type = Object)]
    proof: Value,
}

/// Every way in which the answer can be no.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RuleBook {
    /// Rules of the book: status 422.
    pub(super) rules: Vec<RuleLine>,
    /// Faults of requests and of the node.
    pub(super) faults: Vec<FaultLine>,
}

/// One rule of the book.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RuleLine {
    /// Stable code.
    pub(super) code: &'static str,
    /// The rule.
    pub(super) sentence: &'static str,
    /// What the sender can do.
    pub(super) remedy: &'static str,
    /// Page about it.
    pub(super) page: String,
}

/// One fault of requests or of the node.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FaultLine {
    /// Stable code.
    pub(super) code: &'static str,
    /// HTTP status.
    pub(super) status: u16,
    /// What is wrong.
    pub(super) sentence: &'static str,
    /// What the sender can do.
    pub(super) remedy: &'static str,
    /// Page about it.
    pub(super) page: String,
}

/// The rules document: which kinds of records there are.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "describes what weal-kernel writes")]
pub(super) struct RecordSchemas {
    /// Always `commonweal-rules-v1`.
    format: String,
    /// One for each kind of record.
    schemas: Vec<RecordSchema>,
}

/// One kind of record.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "describes what weal-kernel writes")]
pub(super) struct RecordSchema {
    /// Its code.
    name: String,
    /// What it is for.
    about: String,
    /// The members of its body.
    fields: Vec<RecordField>,
}

/// One member of a record's body.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "describes what weal-kernel writes")]
pub(super) struct RecordField {
    /// Its name.
    name: String,
    /// Whether it may be left out.
    optional: bool,
    /// What stands there: a word, or an object with one member.
    #[schema(value_type = Value)]
    kind: Value,
}
