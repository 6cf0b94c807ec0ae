//! The words of `weal fund`.

use super::super::args::ListArgs;
use super::super::charter::Signing;
use clap::Subcommand;

const CHECK: &str = "Examples:
  weal fund check ten-for-one                          a shipped text
  weal fund check gift.weal                            a file
  weal fund check https://book.example.org/en/funds/1a2b3c4d
  weal fund check R-182137                             a charter of the node

The first line is the verdict. It is worked out on this machine, from the text alone, for a made-up
beginning of equal members; what is in the pots of a running fund is told by `weal fund show`.";
const OPEN: &str = "Examples:
  weal fund open R-182137 --field born=1990
  weal fund open R-182137 --field deadline_day=2026-12-31 --field operator_permille=30 \\
    --party recipient=R-42
  weal fund open R-182137 --party workers=R-51:4000.00 --party workers=R-52:3500.00 \\
    --field price=20000.00 --field deadline_day=2026-12-31 --as contractor
  weal fund open R-182137 --party debtor=R-7 --party holder=R-9:1000.00 --reference INV-2026-117 \\
    --field due_day=2026-12-31 --field interest_permille=73 --as supplier --to-file invoice.json

Without --as a fresh key is made and registered as a person called member, for this one case only:
nobody can tell from ids that two memberships are yours. WEAL_AS does not count here. The key stays
on this machine, and whoever loses it loses the membership: keep a copy. Money can still connect
you: claims that you pay from your known id to the member's are public. Let the bank issue them to
the member's id, or let an employer whom you named pay in.
Where a text lets only holders of a credential open a case, name yourself with --as.";
const PAY: &str = "Examples:
  weal fund pay R-182137 100.00                 into your one case there, by its only way in
  weal fund pay R-182137 100.00 --case 3 --flow give --as giver
  weal fund pay R-182137 --flow dues            what the rule says is due

The claims come out of what the payer holds of the fund's issuer, the oldest first; --lot names
them yourself.";
const CLAIM: &str = "Examples:
  weal fund claim R-182137 release 3 --as anyone
  weal fund claim R-182137 leave                 for your one case there

Where the text makes a way wait, the first claim begins the waiting time, and a second one after it
moves the money.";
const RUN: &str = "Examples:
  weal fund run R-182137 --as anybody
  weal fund run R-182137 --watch --as anybody    until you stop it";
const VOUCH: &str = "Examples:
  weal fund vouch R-182137 'receipt by recipient' 3 --as recipient
  weal fund vouch R-182137 'done, says the inspector' 0 --document report.pdf --as inspector
  weal fund vouch R-182137 'hold by court' 3 --retract --as court

The document stays with you; the book keeps its hash.";
const STATE: &str = "Examples:
  weal fund state R-182137 need 2500.00 3 --as authority";
const NAME: &str = "Examples:
  weal fund name R-182137 heirs R-51:1 R-52:1 --case 3
  weal fund name R-182137 employer R-60";
const PASS: &str = "Examples:
  weal fund pass R-182137 holder 400.00 R-9 --case 0 --as supplier --to-file pass.json
  weal fund pass R-182137 holder 400.00 R-9 --case 0 --price 390.00 --as supplier --with bank

The one who takes it signs too: with --with if his key is here, otherwise `weal sign` on his
machine, then `weal submit`.";
const DRAW: &str = "Examples:
  weal fund draw R-182137 --as worker1
  weal fund draw R-182137 --amount 100.00 --to R-17
  weal fund draw R-182137 --as member --into R-190022:contribute:3    move on to another fund";

/// `weal fund ...`
#[derive(Debug, Subcommand)]
pub(crate) enum FundCommand {
    /// Charters of the book, newest first.
    List(ListArgs),
    /// What is in a fund, what its flows have moved, who holds its roles.
    Show {
        /// The charter: number, id, or the first eight digits of it.
        fund: String,
    },
    /// Tell whether a promise can be kept, before you pay in: the verdict comes first.
    #[command(after_help = CHECK)]
    Check {
        /// An address, a file, a shipped text's name, or a charter of the node.
        what: String,
        /// Members in the made-up beginning that is assessed.
        #[arg(long, default_value_t = 1_000)]
        #[arg(value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
        cases: u64,
    },
    /// What a fund paid, to whom, and why: every sum is worked out again on this machine.
    Payments {
        /// The charter.
        fund: String,
        /// Of this case only.
        #[arg(long)]
        case: Option<u64>,
        /// How many.
        #[command(flatten)]
        list: ListArgs,
    },
    /// Your cases, by the keys of this machine, and what waits for you to draw.
    Mine,
    /// One case: who takes part, what is in it, what was shown, and what can happen now.
    Case {
        /// The charter.
        fund: String,
        /// The case; yours, if you have one there.
        case: Option<u64>,
    },
    /// Compare two texts, as `weal charter compare`.
    Compare {
        /// One text.
        a: String,
        /// The other.
        b: String,
    },
    /// Open a case: become a member, make a gift, set up a milestone, present an invoice.
    #[command(after_help = OPEN)]
    Open {
        /// The charter.
        fund: String,
        /// What the case states: NAME=VALUE, several times.
        #[arg(long = "field", value_name = "NAME=VALUE")]
        fields: Vec<String>,
        /// Who takes part: NAME=PRINCIPAL or NAME=PRINCIPAL:WEIGHT, several times.
        #[arg(long = "party", value_name = "NAME=PRINCIPAL[:WEIGHT]")]
        parties: Vec<String>,
        /// The document behind it, as its maker numbers it.
        #[arg(long)]
        reference: Option<String>,
        /// How it is signed.
        #[command(flatten)]
        signing: Signing,
    },
    /// Pay in.
    #[command(after_help = PAY)]
    Pay {
        /// The charter.
        fund: String,
        /// How much; left out, what the rule says.
        amount: Option<String>,
        /// The way in; may be left out where there is one only.
        #[arg(long)]
        flow: Option<String>,
        /// The case; yours, if you have one there.
        #[arg(long)]
        case: Option<u64>,
        /// Out of this lot: number or id, several times.
        #[arg(long = "lot")]
        lots: Vec<String>,
        /// How it is signed.
        #[command(flatten)]
        signing: Signing,
    },
    /// Ask for money to move as the text says; it moves if every condition holds.
    #[command(alias = "trigger", after_help = CLAIM)]
    Claim {
        /// The charter.
        fund: String,
        /// The flow.
        flow: String,
        /// The case; yours, if you have one there.
        case: Option<u64>,
        /// How much, only where the text lets the one who asks say so.
        #[arg(long)]
        amount: Option<String>,
        /// How it is signed.
        #[command(flatten)]
        signing: Signing,
    },
    /// Carry out what the calendar has brought due; anybody may.
    #[command(after_help = RUN)]
    Run {
        /// The charter.
        fund: String,
        /// Go on, and look again each hour.
        #[arg(long)]
        watch: bool,
        /// How it is signed.
        #[command(flatten)]
        signing: Signing,
    },
    /// Show something that a flow needs, or that holds it up.
    #[command(after_help = VOUCH)]
    Vouch {
        /// The charter.
        fund: String,
        /// The evidence, by its name in the text.
        evidence: String,
        /// The case; yours, if you have one there.
        case: Option<u64>,
        /// The document behind it: a file, of which the hash goes into the book, or a hash.
        #[arg(long)]
        document: Option<String>,
        /// Take back what you have shown.
        #[arg(long)]
        retract: bool,
        /// How it is signed.
        #[command(flatten)]
        signing: Signing,
    },
    /// State a field of a case, as the holder of the role that does.
    #[command(after_help = STATE)]
    State {
        /// The charter.
        fund: String,
        /// The field.
        field: String,
        /// Its value: a whole number, a sum of money with a point, or a date.
        #[arg(allow_negative_numbers = true)]
        value: String,
        /// The case; yours, if you have one there.
        case: Option<u64>,
        /// How it is signed.
        #[command(flatten)]
        signing: Signing,
    },
    /// Name a party of a case anew.
    #[command(after_help = NAME)]
    Name {
        /// The charter.
        fund: String,
        /// The party.
        party: String,
        /// Who it is from now on: PRINCIPAL or PRINCIPAL:WEIGHT; nobody if left out.
        people: Vec<String>,
        /// The case; yours, if you have one there.
        #[arg(long)]
        case: Option<u64>,
        /// How it is signed.
        #[command(flatten)]
        signing: Signing,
    },
    /// Pass your place in a case, or part of it, on; the one who takes it signs too.
    #[command(after_help = PASS)]
    Pass {
        /// The charter.
        fund: String,
        /// The party.
        party: String,
        /// How much of your part.
        weight: String,
        /// To whom.
        to: String,
        /// What he pays you for it, out of what he holds of the fund's money.
        #[arg(long)]
        price: Option<String>,
        /// The case; yours, if you have one there.
        #[arg(long)]
        case: Option<u64>,
        /// How it is signed.
        #[command(flatten)]
        signing: Signing,
    },
    /// Take what a fund paid you.
    #[command(after_help = DRAW)]
    Draw {
        /// The charter.
        fund: String,
        /// How much; all of it if left out.
        #[arg(long)]
        amount: Option<String>,
        /// Who gets it; yourself if left out.
        #[arg(long)]
        to: Option<String>,
        /// The fund that gets it instead: FUND:FLOW, or FUND:FLOW:CASE.
        #[arg(long, conflicts_with = "to")]
        into: Option<String>,
        /// How it is signed.
        #[command(flatten)]
        signing: Signing,
    },
}
