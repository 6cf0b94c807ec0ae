"""Keys, signed operations, and an HTTP client whose source address is chosen."""

import base64
import hashlib
import http.client
import json
import secrets
import socket
import time
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

OPERATION_TYPE = "application/vnd.commonweal.operation+json"
NODE_ADDRESS = "127.0.0.1"
# A node counts requests by address, so the attacker, the honest users and the measurements each
# have one of their own. All of 127.0.0.0/8 is this machine.
ATTACKER_ADDRESS = "127.0.0.66"
HONEST_ADDRESS = "127.0.0.10"
OBSERVER_ADDRESS = "127.0.0.20"
# Linux: choose the port when connecting, so that one address has all its ports for each node.
BIND_ADDRESS_NO_PORT = 24
# What an honest client waits for an answer before it gives up.
PATIENCE_S = 25


class Key:
    """An Ed25519 key."""

    def __init__(self, seed=None):
        self.private = Ed25519PrivateKey.from_private_bytes(seed or secrets.token_bytes(32))
        raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = raw.hex()

    def sign(self, message):
        return self.private.sign(message)


def key_set(keys, threshold=1):
    return {"keys": [key.public for key in keys], "threshold": threshold}


def operation(network, act, actor=None, mandate=None):
    """The payload of one operation; the order of its members is part of the format."""
    payload = {"v": 1, "network": network}
    if actor:
        payload["actor"] = actor
    if mandate:
        payload["mandate"] = mandate
    payload["time"] = time.time_ns() // 1_000_000
    payload["nonce"] = secrets.token_hex(16)
    payload["act"] = act
    return payload


def envelope(payload, keys):
    """The signed envelope as bytes, and the operation's id."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    head = f"DSSEv1 {len(OPERATION_TYPE)} {OPERATION_TYPE} {len(text)} "
    message = head.encode() + text
    signatures = [
        {"keyid": key.public, "sig": base64.b64encode(key.sign(message)).decode()}
        for key in sorted(keys, key=lambda key: key.public)
    ]
    signed = {
        "payload": base64.b64encode(text).decode(),
        "payloadType": OPERATION_TYPE,
        "signatures": signatures,
    }
    return json.dumps(signed, separators=(",", ":")).encode(), hashlib.sha256(message).hexdigest()


def registration(network, name, keys, kind="organisation"):
    """A registration, signed by all its keys."""
    act = {"principal.register": {"kind": kind, "name": name, "keys": key_set(keys)}}
    return envelope(operation(network, act), keys)


def note(text):
    return {"record.post": {"schema": "note", "body": {"text": text}}}


@dataclass
class Answer:
    """What came back; status 0 means that no HTTP answer came."""

    status: int
    body: bytes = b""
    headers: dict = None
    error: str = ""

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return {}

    @property
    def code(self):
        """The code of a refusal, or how far the operation is."""
        if not self.status:
            return self.error
        found = self.json
        found = found if isinstance(found, dict) else {}
        return found.get("code") or found.get("status") or str(self.status)

    @property
    def final(self):
        return self.status == 200 and self.code == "final"

    def __str__(self):
        """Status, code and detail, for a sentence about it."""
        found = self.json if isinstance(self.json, dict) else {}
        return " ".join(filter(None, [str(self.status), self.code, found.get("detail")]))


def connect(port, source=OBSERVER_ADDRESS, timeout=10, receive_bytes=None):
    """A TCP connection to a node, from the source address."""
    one = socket.socket()
    one.settimeout(timeout)
    try:
        if receive_bytes:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        one.setsockopt(socket.IPPROTO_IP, BIND_ADDRESS_NO_PORT, 1)
        one.bind((source, 0))
        one.connect((NODE_ADDRESS, port))
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        one.close()
        raise
    return one


class Api:
    """One node's API, seen from one address."""

    def __init__(self, port, source=OBSERVER_ADDRESS):
        self.port, self.source = port, source

    def ask(self, method, path, body=None, headers=None, timeout=PATIENCE_S):
        connection = http.client.HTTPConnection(NODE_ADDRESS, self.port, timeout=timeout)
        try:
            connection.sock = connect(self.port, self.source, timeout)
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(), dict(answer.getheaders()))
        except (OSError, http.client.HTTPException) as failure:
            return Answer(0, error=type(failure).__name__)
        finally:
            connection.close()

    def get(self, path, timeout=10):
        return self.ask("GET", path, timeout=timeout)

    def status(self, timeout=5):
        """The node's status, or None if it does not answer."""
        answer = self.get("/v1/status", timeout)
        return answer.json if answer.status == 200 else None

    def submit(self, signed, wait=20, timeout=None):
        headers = {"content-type": "application/json"}
        if wait:
            headers["prefer"] = f"wait={wait}"
        timeout = timeout or wait + 5
        return self.ask("POST", "/v1/operations", signed, headers, timeout)

    def batch(self, envelopes, wait=0, timeout=60):
        """Hands in many; the codes of the answers, one for each or one for all."""
        headers = {"content-type": "application/jsonl"}
        if wait:
            headers["prefer"] = f"wait={wait}"
        body = b"\n".join(envelopes)
        answer = self.ask("POST", "/v1/operations/batch", body, headers, timeout)
        if answer.status != 200:
            return [answer.code] * len(envelopes)
        lines = [json.loads(line) for line in answer.body.splitlines()]
        return [line.get("problem", {}).get("code") or line["status"] for line in lines]


class Party:
    """A registered principal that acts through one node."""

    def __init__(self, api, network, identity, keys):
        self.api, self.network, self.id, self.keys = api, network, identity, keys

    def at(self, api):
        """The same principal at another node."""
        return Party(api, self.network, self.id, self.keys)

    def sign(self, act, also=(), keys=None, actor=None, mandate=None):
        """An operation in this principal's name, unless another actor is named."""
        payload = operation(self.network, act, actor or self.id, mandate)
        return envelope(payload, [*(keys or self.keys[:1]), *also])

    def act(self, act, wait=20, **more):
        """Signs and hands in; the answer and the operation's id."""
        signed, identity = self.sign(act, **more)
        return self.api.submit(signed, wait), identity


def register(api, network, name, keys=None, kind="organisation"):
    """Registers a principal; the party, and the answer."""
    keys = keys or [Key()]
    signed, identity = registration(network, name, keys, kind)
    answer = api.submit(signed)
    # A node may ask newcomers to wait a moment; an honest one does.
    for _ in range(10):
        if answer.status not in (429, 503):
            break
        time.sleep(min(int((answer.headers or {}).get("retry-after", 1)), 3))
        answer = api.submit(signed)
    return Party(api, network, identity, keys), answer
