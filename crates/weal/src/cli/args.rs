//! The words of the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Commonweal: one public book that many institutions keep together and anybody can check.
#[derive(Debug, Parser)]
#[command(name = "weal", version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// Node to ask.
    #[arg(long, global = true, env = "WEAL_NODE", default_value = "http://127.0.0.1:8470")]
    pub(crate) node: String,
    /// Key to act with, by its name (see `weal key list`).
    #[arg(long = "as", global = true, env = "WEAL_AS", value_name = "KEY")]
    pub(crate) actor: Option<String>,
    /// Format of what is printed.
    #[arg(short, long, global = true, value_enum, default_value = "table")]
    pub(crate) output: Format,
    /// Only these fields, by their JSON names.
    #[arg(long, global = true, value_delimiter = ',')]
    pub(crate) fields: Vec<String>,
    /// Print the sentence to be signed, and sign nothing.
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// Do not wait until the operation is final.
    #[arg(long, global = true)]
    pub(crate) no_wait: bool,
    /// Language of names, where they have one in it: en, zh...
    #[arg(long, global = true, env = "WEAL_LANG", default_value = "en")]
    pub(crate) lang: String,
    /// Say less.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Format of the log on stderr; WEAL_LOG says what is logged.
    #[arg(long, global = true, value_enum, env = "WEAL_LOG_FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON value a line.
    Json,
}

/// How rows are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// One JSON value.
    Json,
    /// One JSON value a line.
    Jsonl,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a made-up prefecture with a real book, and watch it live.
    Demo(DemoArgs),
    /// Keep the book: make one, run a node, mirror or join one, rebuild what is derived.
    #[command(subcommand)]
    Node(NodeCommand),
    /// Who keeps the book: proposals and answers, other books that are believed.
    Network(NetworkArgs),
    /// Check a receipt without trusting anybody.
    Verify(VerifyArgs),
    /// Check a whole log, copy it, or compare what several nodes say.
    #[command(subcommand)]
    Audit(super::audit::AuditCommand),
    /// Cosign what logs say of themselves, as long as they only grow (C2SP tlog-witness).
    Witness(super::witness::ServerArgs),
    /// Bring published lists into the book, as one-sided statements.
    #[command(subcommand)]
    Import(ImportCommand),
    /// Keys on this machine.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Charters, the rule texts that hold money: write, check, explain, publish and review them.
    #[command(subcommand)]
    Charter(super::charter::CharterCommand),
    /// Funds, which are charters at work: look before you pay, take part, pay, claim, draw.
    #[command(subcommand)]
    Fund(super::fund::FundCommand),
    /// Tell what a refusal code means; without a code, list all rules.
    Explain {
        /// The code, such as HOLD-02.
        code: Option<String>,
    },
    /// Print completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Write to the book.
    #[command(flatten)]
    Write(WriteCommand),
    /// Read the book.
    #[command(flatten)]
    Read(ReadCommand),
}

/// `weal demo`
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Address of the pages.
    #[arg(long, default_value = "127.0.0.1:8470")]
    pub(crate) listen: SocketAddr,
    /// Milliseconds between live entries; 0 for none.
    #[arg(long, default_value_t = 1500)]
    pub(crate) pace: u64,
    /// Keep the data in this directory.
    #[arg(long)]
    pub(crate) keep: Option<PathBuf>,
    /// Seed of the made-up data.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Institutions that keep the book, all on this machine.
    #[arg(long, default_value_t = 7, value_parser = parse_keepers)]
    pub(crate) keepers: usize,
    /// Seconds after which one institution goes dark; 0 for never.
    #[arg(long, default_value_t = 20)]
    pub(crate) dark_after: u64,
    /// Seconds after which one institution of seven signs two votes that contradict each other;
    /// 0 for never.
    #[arg(long, default_value_t = 40)]
    pub(crate) bad_after: u64,
    /// Change one byte on disk and show that it is caught, then end.
    #[arg(long)]
    pub(crate) tamper: bool,
}

/// Numbers of institutions of which none, one or two may fail.
fn parse_keepers(text: &str) -> Result<usize, String> {
    match text {
        "1" => Ok(1),
        "4" => Ok(4),
        "7" => Ok(7),
        _ => Err("1, 4 or 7".into()),
    }
}

/// Where a node's files are.
#[derive(Debug, Clone, Args)]
pub(crate) struct DataArgs {
    /// Directory of the node.
    #[arg(long, default_value = "weal-data", env = "WEAL_DATA_DIR")]
    pub(crate) data: PathBuf,
}

/// `weal node ...`
#[derive(Debug, Subcommand)]
pub(crate) enum NodeCommand {
    /// Make this machine's keys and the card that the founders exchange.
    Key {
        /// Where the files are.
        #[command(flatten)]
        data: DataArgs,
        /// Name of the institution.
        #[arg(long)]
        name: String,
        /// Where the other institutions' machines reach this one: host:port.
        #[arg(long)]
        address: String,
        /// Where people find its pages: https://...
        #[arg(long, default_value = "")]
        web: String,
    },
    /// Make a new book: alone, or with the cards of all founders.
    Init {
        /// Where the files are.
        #[command(flatten)]
        data: DataArgs,
        /// What people will call this book.
        #[arg(long, default_value = "Commonweal")]
        name: String,
        /// A founder's card, made with `weal node key`; once for each, one's own too.
        #[arg(long = "founder", value_name = "CARD")]
        founders: Vec<PathBuf>,
        /// The genesis text another founder made, instead of cards.
        #[arg(long, conflicts_with = "founders")]
        genesis: Option<PathBuf>,
        /// Blocks between two moments at which institutions may join or leave.
        #[arg(long, default_value_t = weal_proof::genesis::EPOCH_BLOCKS)]
        epoch_blocks: u64,
        /// Of a hundred institutions, how many must approve that another joins or leaves.
        #[arg(long, default_value_t = weal_proof::genesis::APPROVAL_PERCENT)]
        approval_percent: u64,
    },
    /// Run the node and its pages.
    Run(RunArgs),
    /// Mirror a book: copy it from a node, check everything, serve its pages, vote on nothing.
    Follow {
        /// A node of that book, such as https://book.example.org.
        #[arg(long)]
        from: String,
        /// How to run.
        #[command(flatten)]
        run: RunArgs,
    },
    /// Ask to keep a book too: mirror it, propose yourself in public, and vote once approved.
    Join {
        /// A node of that book, such as https://book.example.org.
        #[arg(long)]
        from: String,
        /// Name of the institution.
        #[arg(long)]
        name: String,
        /// Where the other institutions' machines reach this one: host:port.
        #[arg(long)]
        address: String,
        /// Where people find its pages: https://...
        #[arg(long, default_value = "")]
        web: String,
        /// How to run.
        #[command(flatten)]
        run: RunArgs,
    },
    /// Who keeps the book, who agrees and who is late, as the node sees it.
    Peers,
    /// Look for what would keep this node from working.
    Doctor {
        /// Where the files are.
        #[command(flatten)]
        data: DataArgs,
    },
    /// Copy all final blocks into one file, also from a running node; keys are not in it.
    Backup(super::backup::BackupArgs),
    /// Make a node's directory from a backup, checking everything.
    Restore(super::backup::RestoreArgs),
    /// Drop the read model and rebuild it from the log.
    Reindex {
        /// Where the files are; the node must not be running.
        #[command(flatten)]
        data: DataArgs,
    },
}

/// How a node runs.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Where the files are.
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// Address of pages and API.
    #[arg(long, default_value = "127.0.0.1:8470", env = "WEAL_LISTEN")]
    pub(crate) listen: SocketAddr,
    /// Address at which the other institutions' machines reach this one; by default all addresses
    /// of this machine, at the port its card names.
    #[arg(long, env = "WEAL_PEERS_LISTEN")]
    pub(crate) peers_listen: Option<SocketAddr>,
    /// Seconds of silence before an empty block.
    #[arg(long, default_value_t = 10, env = "WEAL_HEARTBEAT")]
    pub(crate) heartbeat: u64,
    /// Address for figures at /metrics, to whoever reaches it; by default they are told on the
    /// address of the pages, to this machine alone.
    #[arg(long, env = "WEAL_METRICS")]
    pub(crate) metrics: Option<SocketAddr>,
    /// How many newcomers one address may register by this node within a day: this institution
    /// signs for them, out of what the book lets it bring in.
    #[arg(long, env = "WEAL_NEWCOMERS", default_value_t = crate::newcomers::PER_DAY)]
    pub(crate) newcomers: u32,
    /// Addresses of reverse proxies, with commas between, that are believed when they say in
    /// X-Forwarded-For for whom they ask; one on this machine always is.
    #[arg(long = "proxies", env = "WEAL_PROXIES", value_delimiter = ',', value_name = "ADDRESSES")]
    pub(crate) proxies: Vec<std::net::IpAddr>,
    /// Whom it asks to cosign its log.
    #[command(flatten)]
    pub(crate) witness: super::witness::WitnessArgs,
}

/// `weal network ...`
#[derive(Debug, Args)]
pub(crate) struct NetworkArgs {
    /// Directory with the institution's `owner.key`.
    #[arg(long, default_value = "weal-data", env = "WEAL_DATA_DIR")]
    pub(crate) data: PathBuf,
    /// The owner's key file, if it is elsewhere.
    #[arg(long, env = "WEAL_OWNER_KEY")]
    pub(crate) owner: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: NetworkCommand,
}

/// What can be done about who keeps the book.
#[derive(Debug, Subcommand)]
pub(crate) enum NetworkCommand {
    /// Proposals and the answers to them, newest first.
    List,
    /// One proposal with its answers.
    Show {
        /// Number or id.
        proposal: String,
    },
    /// Approve a proposal.
    Approve {
        /// Number or id.
        proposal: String,
    },
    /// Decline a proposal.
    Decline {
        /// Number or id.
        proposal: String,
        /// Why; it is public.
        #[arg(long)]
        reason: String,
    },
    /// Propose that an institution keeps the book no more.
    Remove {
        /// Its name or its validator's key.
        keeper: String,
    },
    /// Propose another validator's key for your institution.
    Rekey {
        /// The new key's file.
        new: PathBuf,
    },
    /// Say where your machine is reached from the next epoch on.
    Move {
        /// host:port
        address: String,
        /// Where people find its pages from then on: https://...
        #[arg(long)]
        web: Option<String>,
    },
    /// Propose to believe the receipts of another book.
    Recognise {
        /// Its exact genesis text.
        genesis: PathBuf,
    },
    /// Bring a receipt of a recognised book into this one.
    Cite {
        /// The receipt file.
        receipt: PathBuf,
    },
}

/// `weal verify`
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Receipt or conviction file, `-` for stdin, or a number, claim code or id to fetch from the
    /// node.
    pub(crate) receipt: String,
    /// A receipt you checked earlier: the new one must tell the same history. Institutions that
    /// have left since then cannot forge that, even with all their keys.
    #[arg(long, value_name = "EARLIER")]
    pub(crate) since: Option<PathBuf>,
    /// The network's id you trust; without it the one in the receipt is shown for comparison.
    #[arg(long, env = "WEAL_NETWORK")]
    pub(crate) network: Option<String>,
    /// Read files only, ask nobody.
    #[arg(long)]
    pub(crate) offline: bool,
}

/// `weal import ...`
#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Hospitals, needs, goods and beds from a directory of CSV files.
    Relief {
        /// The directory.
        directory: PathBuf,
        /// Write to this node directory itself, without a running node.
        #[arg(long)]
        data: Option<PathBuf>,
        /// Check and report, send nothing.
        #[arg(long)]
        check: bool,
        /// Where to write the report as JSON.
        #[arg(long)]
        report: Option<PathBuf>,
    },
}

/// `weal key ...`
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key on this machine.
    New {
        /// Its name on this machine.
        name: String,
    },
    /// List keys on this machine.
    List,
    /// Print a public key.
    Show {
        /// Its name on this machine.
        name: String,
    },
}

/// Reading.
#[derive(Debug, Subcommand)]
pub(crate) enum ReadCommand {
    /// Where the book stands.
    Status,
    /// What is asked for and what arrived, in a few figures.
    Overview,
    /// What hospitals and others ask for.
    #[command(subcommand)]
    Need(NeedCommand),
    /// Follow a gift by its claim code or number, without an account.
    Trace {
        /// Claim code, gift number or id.
        code: String,
    },
    /// Gifts, newest first.
    Gifts(ListArgs),
    /// Organisations, people and facilities.
    #[command(subcommand)]
    Org(OrgCommand),
    /// Entries of the book.
    #[command(subcommand)]
    Record(RecordCommand),
    /// Blocks.
    #[command(subcommand)]
    Block(BlockCommand),
    /// Mass balance by custodian and item.
    Balance,
    /// Differences nobody has explained.
    Differences,
    /// Names in statements that lead to nobody.
    Unresolved(ListArgs),
    /// Find anything by number, code, id or words.
    Search {
        /// What to look for.
        text: String,
    },
    /// Print new entries as they come.
    Watch,
    /// Fetch a receipt.
    Receipt {
        /// Number or id of the entry.
        entry: String,
        /// Also prove these state entries, such as `principal/<id>`.
        #[arg(long)]
        state: Vec<String>,
    },
    /// Ask the API for any path.
    Api {
        /// Path such as /v1/status.
        path: String,
    },
}

/// How much of a list.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// How many at the most.
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) limit: u32,
}

/// `weal need ...`
#[derive(Debug, Subcommand)]
pub(crate) enum NeedCommand {
    /// List needs, most urgent and least covered first.
    List {
        /// Item or class.
        #[arg(long)]
        item: Option<String>,
        /// City or district.
        #[arg(long)]
        place: Option<String>,
        /// critical, high or normal.
        #[arg(long)]
        urgency: Option<String>,
        /// Words in names or specification.
        #[arg(long)]
        text: Option<String>,
        /// Also those that are closed.
        #[arg(long)]
        all: bool,
        /// How many.
        #[command(flatten)]
        list: ListArgs,
    },
    /// Show one need with its history.
    Show {
        /// Number such as N-182137, or id.
        number: String,
    },
}

/// `weal org ...`
#[derive(Debug, Subcommand)]
pub(crate) enum OrgCommand {
    /// List by name.
    List {
        /// Words in the name.
        #[arg(long)]
        text: Option<String>,
        /// How many.
        #[command(flatten)]
        list: ListArgs,
    },
    /// Show one.
    Show {
        /// Number or id.
        number: String,
    },
}

/// `weal record ...`
#[derive(Debug, Subcommand)]
pub(crate) enum RecordCommand {
    /// Newest entries.
    List {
        /// One act such as holding.accept.
        #[arg(long)]
        act: Option<String>,
        /// How many.
        #[command(flatten)]
        list: ListArgs,
    },
    /// Show one entry.
    Show {
        /// Number, place in the log or id.
        number: String,
    },
}

/// `weal block ...`
#[derive(Debug, Subcommand)]
pub(crate) enum BlockCommand {
    /// Newest blocks with entries.
    List(ListArgs),
    /// Show one block.
    Show {
        /// Its height.
        height: u64,
    },
}

/// Writing.
#[derive(Debug, Subcommand)]
pub(crate) enum WriteCommand {
    /// Register yourself under a key of this machine.
    Register {
        /// Name of your organisation, or yours.
        name: String,
        /// Name in other languages, such as en=Lakeside Hospital.
        #[arg(long = "name", value_name = "LANG=NAME")]
        names: Vec<String>,
        /// organisation or person.
        #[arg(long, default_value = "organisation")]
        kind: String,
    },
    /// Ask for something.
    Ask {
        /// Code of the item.
        item: String,
        /// How many, in the item's unit; without a number: as many as you can.
        #[arg(long)]
        quantity: Option<u64>,
        /// How many a day.
        #[arg(long, conflicts_with = "quantity")]
        per_day: Option<u64>,
        /// critical, high or normal.
        #[arg(long, default_value = "normal")]
        urgency: String,
        /// Which specification is accepted.
        #[arg(long)]
        specification: Option<String>,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
        /// Beds in use, to derive a bound that others can check.
        #[arg(long, requires_all = ["days", "use_per_1000_bed_days"])]
        beds: Option<u64>,
        /// Days to cover.
        #[arg(long)]
        days: Option<u64>,
        /// Units a thousand beds use in a day.
        #[arg(long)]
        use_per_1000_bed_days: Option<u64>,
    },
    /// Take goods into your custody, as a gift or a purchase.
    Take {
        /// Code of the item.
        item: String,
        /// How many packs, or units where no pack is named.
        quantity: u64,
        /// Id or number of the pack.
        #[arg(long)]
        pack: Option<String>,
        /// A new claim code is made for the donor, to follow the gift without an account.
        #[arg(long)]
        claim: bool,
    },
    /// Send goods off.
    Dispatch {
        /// To whom: number or id.
        to: String,
        /// What: LOT=QUANTITY, several times.
        #[arg(required = true)]
        lines: Vec<String>,
        /// The need it serves.
        #[arg(long)]
        need: Option<String>,
    },
    /// Accept what you counted of a shipment.
    Accept {
        /// Number or id of the shipment.
        shipment: String,
        /// What you counted: LOT=QUANTITY, several times.
        #[arg(required = true)]
        lines: Vec<String>,
    },
    /// Use goods at the bedside: the end of the trace.
    Consume {
        /// What: LOT=QUANTITY, several times.
        #[arg(required = true)]
        lines: Vec<String>,
        /// Where.
        #[arg(long)]
        ward: Option<String>,
    },
    /// Respond to an entry: corroborate, dispute, withdraw.
    Respond {
        /// Number or id of the record.
        record: String,
        /// corroborate, dispute or withdraw.
        kind: String,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Sign and send any act, given as JSON such as {"holding.mint":{...}}.
    Act {
        /// File with the act, `-` for stdin.
        file: String,
        /// Write the signed envelope here instead of sending it, for others to sign too.
        #[arg(long)]
        to_file: Option<PathBuf>,
    },
    /// Add your signature to an envelope somebody else signed.
    Sign {
        /// Envelope file.
        file: PathBuf,
    },
    /// Send a signed envelope.
    Submit {
        /// Envelope file, `-` for stdin.
        file: String,
    },
}
