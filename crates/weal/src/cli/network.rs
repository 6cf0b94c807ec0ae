//! `weal network`: who keeps the book, and what its keepers answer.

use super::args::{Cli, NetworkArgs, NetworkCommand};
use super::client::Client;
use super::founding;
use super::output::{self, Columns, Exit, Failure, pretty};
use super::write::sign_and_send;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use weal_kernel::state::Network;
use weal_kernel::{Act, Hash};
use weal_node::read_key;
use weal_proof::genesis::Keeper;
use weal_proof::keys::{PublicKey, SecretKey};
use weal_services::compose::{Signer, network as acts};

/// The file that remembers in whose name the owner's key acts in this directory's book.
const PRINCIPAL: &str = "owner.principal";

const PROPOSALS: Columns = &[
    ("NUMBER", "/number"),
    ("KIND", "/kind"),
    ("NAME", "/name"),
    ("BY", "/by/name"),
    ("OUTCOME", "/outcome"),
];
const KEEPERS: Columns = &[
    ("NAME", "/name"),
    ("STATE", "/state"),
    ("ADDRESS", "/address"),
    ("PAGES", "/web"),
    ("KEY", "/key"),
];

/// Runs the command.
pub(crate) fn run(cli: &Cli, args: &NetworkArgs) -> Result<(), Failure> {
    let client = Client::new(&cli.node);
    match &args.command {
        NetworkCommand::List => return list(cli, &client),
        NetworkCommand::Show { proposal } => return show(&client, proposal),
        _ => {}
    }
    let owner = Owner::open(args, &client)?;
    let act = match &args.command {
        NetworkCommand::Approve { proposal } => {
            acts::approve(client.resolve(proposal)?, owner.keeper()?.key)
        }
        NetworkCommand::Decline { proposal, reason } => {
            acts::decline(client.resolve(proposal)?, owner.keeper()?.key, reason)
        }
        NetworkCommand::Remove { keeper } => acts::propose_remove(owner.find(keeper)?.key),
        NetworkCommand::Rekey { new } => {
            let new = read_key(new).map_err(Failure::error)?;
            let act = acts::propose_rekey(owner.keeper()?.key, new.public());
            return owner.say(cli, &client, act, &[new]).map(drop);
        }
        NetworkCommand::Move { address, web } => {
            acts::move_to(owner.keeper()?.key, address, web.clone())
        }
        NetworkCommand::Recognise { genesis } => {
            acts::propose_recognise(&std::fs::read(genesis).map_err(Failure::error)?)
        }
        NetworkCommand::Cite { receipt } => {
            acts::cite(&std::fs::read_to_string(receipt).map_err(Failure::error)?)
        }
        NetworkCommand::List | NetworkCommand::Show { .. } => return Ok(()),
    };
    owner.say(cli, &client, act, &[]).map(drop)
}

/// The key that speaks for an institution, and the network it speaks in.
pub(crate) struct Owner {
    data: PathBuf,
    key: SecretKey,
    id: Hash,
    network: Network,
}

impl Owner {
    fn open(args: &NetworkArgs, client: &Client) -> Result<Owner, Failure> {
        let file = args.owner.clone().unwrap_or_else(|| args.data.join("owner.key"));
        // Who keeps a book alone has one key for everything.
        let alone = args.data.join("validator.key");
        let file = if !file.exists() && args.owner.is_none() { alone } else { file };
        let key = read_key(&file).map_err(|e| {
            Failure::error(e).help(
                "name the institution's key with --owner, or its directory \
                                    with --data",
            )
        })?;
        Owner::of(&args.data, key, client)
    }

    /// The owner of this key, in the network of the node that is asked.
    pub(crate) fn of(data: &Path, key: SecretKey, client: &Client) -> Result<Owner, Failure> {
        let entry = client.get("/v1/state", &[("key", "network".into())])?;
        let value = entry.pointer("/entry/value").and_then(Value::as_str).unwrap_or_default();
        let network = serde_json::from_str(value).map_err(Failure::error)?;
        Ok(Owner { data: data.to_owned(), key, id: client.network()?, network })
    }

    /// The keeper this key speaks for.
    fn keeper(&self) -> Result<&Keeper, Failure> {
        let owner = self.key.public();
        let all = self.network.validators.iter().chain(&self.network.next);
        all.into_iter().find(|keeper| keeper.owner == owner).ok_or_else(|| {
            Failure::error("this key speaks for none of those who keep the book")
                .help("`weal node peers` lists them; name the owner's key with --owner")
        })
    }

    fn find(&self, text: &str) -> Result<&Keeper, Failure> {
        let fits = |keeper: &&Keeper| keeper.name == text || keeper.key.to_string() == text;
        self.network.next.iter().find(fits).ok_or_else(|| {
            Failure::new(Exit::NotFound, format!("{text} keeps no part of this book"))
                .help("`weal node peers` lists names and keys")
        })
    }

    /// In whose name this key acts; registered on first use.
    fn principal(&self, cli: &Cli, client: &Client, name: &str) -> Result<Hash, Failure> {
        let file = self.data.join(PRINCIPAL);
        let known = std::fs::read_to_string(&file).unwrap_or_default();
        if let Some((network, id)) = known.trim().split_once(' ')
            && network.parse() == Ok(self.id)
        {
            return id
                .parse()
                .map_err(|_| Failure::error(format!("{} is damaged", file.display())));
        }
        let act = json!({ "principal.register": {
            "kind": "organisation",
            "name": name,
            "keys": { "keys": [self.key.public()], "threshold": 1 },
        } });
        let act: Act = serde_json::from_value(act).map_err(Failure::error)?;
        let keys = vec![self.key.clone()];
        let signer = Signer { network: self.id, actor: None, mandate: None, keys };
        let registered = sign_and_send(cli, client, &signer, act)?;
        let id = registered.ok_or_else(|| Failure::usage("a rehearsal registers nobody"))?;
        std::fs::write(&file, format!("{} {id}\n", self.id)).map_err(Failure::error)?;
        Ok(id)
    }

    /// Signs an act with this key and others, and sends it.
    pub(crate) fn say(
        &self,
        cli: &Cli,
        client: &Client,
        act: Act,
        others: &[SecretKey],
    ) -> Result<Option<Hash>, Failure> {
        let name = match &act {
            Act::NetworkPropose(weal_kernel::network::op::Propose {
                change: weal_kernel::network::op::Change::Add(keeper),
            }) => keeper.name.clone(),
            _ => self.keeper().map(|keeper| keeper.name.clone()).unwrap_or_default(),
        };
        let actor = self.principal(cli, client, &name)?;
        let mut signer = Signer::new(self.id, actor, self.key.clone());
        signer.keys.extend(others.iter().cloned());
        sign_and_send(cli, client, &signer, act)
    }
}

/// Proposes the institution whose keys are in this directory; the id of the proposal.
pub(crate) fn propose_self(
    cli: &Cli,
    client: &Client,
    data: &Path,
    keeper: Keeper,
) -> Result<Option<Hash>, Failure> {
    let key = |name: &str| read_key(&data.join(name)).map_err(Failure::error);
    let owner = Owner::of(data, key("owner.key")?, client)?;
    let is_known = |known: &Keeper| known.key == keeper.key;
    if owner.network.validators.iter().chain(&owner.network.next).any(is_known) {
        return Ok(None);
    }
    if open_proposal(client, &keeper.key)?.is_some() {
        return Ok(None);
    }
    owner.say(cli, client, acts::propose_add(keeper), &[key("validator.key")?])
}

/// The open proposal to add this key, if there is one.
fn open_proposal(client: &Client, key: &PublicKey) -> Result<Option<Value>, Failure> {
    let all = client.get("/v1/network/proposals", &[])?;
    let items = all.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    let text = key.to_string();
    let fits = |p: &Value| {
        let part = |name: &str| p.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        part("kind") == "add" && part("key") == text && part("outcome") == "open"
    };
    Ok(items.into_iter().find(fits))
}

fn list(cli: &Cli, client: &Client) -> Result<(), Failure> {
    let all = client.get("/v1/network/proposals", &[])?;
    let items = all.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    output::rows(cli, &items, PROPOSALS)
}

fn show(client: &Client, proposal: &str) -> Result<(), Failure> {
    let id = client.resolve(proposal)?.to_string();
    let all = client.get("/v1/network/proposals", &[])?;
    let items = all.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    let found = items.iter().find(|item| item.get("id").and_then(Value::as_str) == Some(&id));
    let found = found.ok_or_else(|| {
        Failure::new(Exit::NotFound, format!("{proposal} is no proposal of the newest 200"))
    })?;
    output::line(&pretty(found))
}

/// `weal node peers`
pub(crate) fn peers(cli: &Cli) -> Result<(), Failure> {
    let network = Client::new(&cli.node).get("/v1/network", &[])?;
    let keepers = network.get("keepers").and_then(Value::as_array).cloned().unwrap_or_default();
    output::rows(cli, &keepers, KEEPERS)
}

/// Fetches the first page of a book from a node into a directory, unless it is there.
pub(crate) fn fetch_book(client: &crate::upstream::Upstream, data: &Path) -> Result<(), Failure> {
    founding::make_keys(data)?;
    if data.join("genesis.json").exists() {
        return Ok(());
    }
    let get = |path: &str| client.bytes(path).map_err(|e| Failure::new(Exit::NoNode, e));
    let (genesis, rules) = (get("/v1/genesis")?, get("/v1/rules")?);
    let read = weal_proof::Genesis::from_bytes(&genesis).map_err(Failure::error)?;
    if Hash::of(&[&rules]) != read.rules {
        return Err(Failure::new(Exit::Proof, "that node's rules are not those its genesis names"));
    }
    let rules = serde_json::from_slice(&rules).map_err(Failure::error)?;
    founding::write_book(data, &genesis, &read, &rules).map(drop)
}
