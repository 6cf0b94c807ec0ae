"""Signs operations and hands them to a node, by spec/encoding.md and spec/operations.md alone."""

import base64
import hashlib
import json
import os
import time
import urllib.error
import urllib.request

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

TYPE = "application/vnd.commonweal.operation+json"


class Actor:
    """Somebody with a key; registered when it has an id."""

    def __init__(self, name, seed=None):
        self.name, self.id = name, None
        seed = seed or hashlib.sha256(b"pension " + name.encode()).digest()
        self.key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


class Book:
    """A node, reached over HTTP. `now` is the time that operations state, in milliseconds."""

    def __init__(self, url):
        self.url, self.now, self.nonce = url, 0, 0
        self.network = self.get("/v1/status")["network"]

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:
            return json.load(answer)

    def sign(self, actor, act, *others):
        """The envelope, and the id of the operation."""
        self.nonce += 1
        payload = {"v": 1, "network": self.network}
        if actor.id:
            payload["actor"] = actor.id
        payload |= {"time": self.now, "nonce": f"{self.nonce:032x}", "act": act}
        text = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
        pae = f"DSSEv1 {len(TYPE)} {TYPE} {len(text)} ".encode() + text
        signatures = [
            {"keyid": one.public, "sig": base64.b64encode(one.key.sign(pae)).decode()}
            for one in sorted((actor, *others), key=lambda one: one.public)
        ]
        envelope = {
            "payload": base64.b64encode(text).decode(),
            "payloadType": TYPE,
            "signatures": signatures,
        }
        return json.dumps(envelope, separators=(",", ":")), hashlib.sha256(pae).hexdigest()

    def send(self, signed, wait=30):
        """Hands in operations that do not build on each other, until all are final; their places."""
        places = []
        for first in range(0, len(signed), 500):
            part = signed[first : first + 500]
            body = "\n".join(envelope for envelope, _ in part).encode()
            request = urllib.request.Request(
                self.url + "/v1/operations/batch",
                body,
                {"Content-Type": "application/jsonl", "Prefer": f"wait={wait}"},
            )
            with urllib.request.urlopen(request, timeout=120) as answer:
                for line in answer:
                    line = json.loads(line)
                    if line["status"] != "final":
                        raise SystemExit(f"{part[line['line']]}: {line}")
                    places.append(line["index"])
        return places

    def does(self, actor, act, *others):
        """One operation, until it is final; its id."""
        signed = self.sign(actor, act, *others)
        self.send([signed])
        return signed[1]

    def refused(self, actor, act, *others):
        """The code with which an operation is refused, or nothing."""
        envelope, _ = self.sign(actor, act, *others)
        request = urllib.request.Request(
            self.url + "/v1/operations",
            envelope.encode(),
            {"Content-Type": "application/json", "Prefer": "wait=30"},
        )
        try:
            urllib.request.urlopen(request, timeout=60).read()
            return None
        except urllib.error.HTTPError as error:
            return json.load(error).get("code")

    def register(self, actors, kind="person"):
        signed = []
        for actor in actors:
            keys = {"keys": [actor.public], "threshold": 1}
            act = {"principal.register": {"kind": kind, "name": actor.name, "keys": keys}}
            signed.append(self.sign(actor, act))
        self.send(signed)
        for actor, (_, operation) in zip(actors, signed):
            actor.id = operation

    def wait_until_up(self):
        for _ in range(600):
            try:
                return self.get("/v1/status")
            except (OSError, ValueError):
                time.sleep(0.05)
        raise SystemExit(f"nothing answers at {self.url}")


def export(url, path):
    """Writes the whole log to a file: a line for each entry, with its block's time."""
    size = json.load(urllib.request.urlopen(url + "/v1/status"))["log_size"]
    times, cursor = [], None
    while len(times) == 0 or times[-1][0] + times[-1][1] < size:
        address = f"{url}/v1/blocks?limit=200" + (f"&cursor={cursor}" if cursor else "")
        page = json.load(urllib.request.urlopen(address))
        for block in page["items"]:
            times.append((block["first_index"], block["entries"], block["time_ms"]))
        cursor = page.get("next")
        if not cursor:
            break
    by_entry = {}
    for first, count, millis in times:
        for index in range(first, first + count):
            by_entry[index] = millis
    partial = path + ".part"
    with open(partial, "w", encoding="utf-8") as out:
        for bundle in range((size + 255) // 256):
            width = min(256, size - bundle * 256)
            name, rest = f"{bundle % 1000:03d}", bundle // 1000
            while rest:
                name, rest = f"x{rest % 1000:03d}/{name}", rest // 1000
            address = f"{url}/log/tile/entries/{name}" + ("" if width == 256 else f".p/{width}")
            data, at = urllib.request.urlopen(address).read(), 0
            for place in range(width):
                length = int.from_bytes(data[at : at + 2], "big")
                entry = data[at + 2 : at + 2 + length].decode()
                at += 2 + length
                index = bundle * 256 + place
                line = {"index": index, "time_ms": by_entry[index], "envelope": json.loads(entry)}
                out.write(json.dumps(line) + "\n")
    os.replace(partial, path)
    return size
