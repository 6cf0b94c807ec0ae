#!/usr/bin/env python3
"""Reads a whole log as C2SP describes it, with nothing of ours but the addresses.

Written from the texts of C2SP signed-note, tlog-checkpoint, tlog-tiles and tlog-cosignature and
from RFC 6962 and RFC 9162. Ends with 0 if everything fits, with 1 and a sentence otherwise.

1. The checkpoint is a signed note; the log's key signed it, and so did each witness given.
2. Every entry hashes to what the tile of leaves says; every tile follows from those below.
3. The head that follows from the entries is the one that was signed.
4. Proofs of inclusion and consistency are made from the tiles alone and hold.
"""

import argparse
import base64
import hashlib
import sys
import urllib.error
import urllib.parse
import urllib.request

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH = 256


class Wrong(Exception):
    """Something does not fit."""


def require(condition, what):
    if not condition:
        raise Wrong(what)


# Keys and notes -------------------------------------------------------------------------------


class Key:
    """A verifier key: NAME+ID+BASE64(TYPE KEY)."""

    def __init__(self, text):
        name, key_id, encoded = text.strip().split("+", 2)
        data = base64.b64decode(encoded, validate=True)
        self.name, self.kind, self.public = name, data[0], data[1:]
        digest = hashlib.sha256(name.encode() + b"\n" + data).digest()
        self.id = digest[:4]
        require(self.id.hex() == key_id, f"{text}: the id does not follow from the key")
        require(self.kind in (1, 4) and len(self.public) == 32, f"{text}: unknown kind of key")

    def verify(self, signature, message):
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            raise Wrong(f"the signature of {self.name} is wrong") from None


def read_note(data):
    text = data.decode("utf-8")
    require(not any(ord(c) < 0x20 and c != "\n" for c in text), "control characters in the note")
    body, found, rest = text.rpartition("\n\n")
    require(found and rest.endswith("\n"), "the note has no signatures")
    signatures = []
    for line in rest[:-1].split("\n"):
        dash, name, encoded = line.split(" ")
        require(dash == "\u2014", "a signature line has no dash")
        blob = base64.b64decode(encoded, validate=True)
        require(len(blob) > 4, "a signature is too short")
        signatures.append((name, blob[:4], blob[4:]))
    return body + "\n", signatures


def verify_note(text, signatures, key):
    """Checks all signatures of a key; gives the newest time for a witness."""
    own = [blob for name, key_id, blob in signatures if (name, key_id) == (key.name, key.id)]
    require(own, f"{key.name} did not sign")
    times = []
    for blob in own:
        if key.kind == 1:
            key.verify(blob, text.encode())
            continue
        require(len(blob) == 72, "a cosignature has another length")
        time = int.from_bytes(blob[:8], "big")
        require(time < 2**63, "a cosignature has no time")
        key.verify(blob[8:], f"cosignature/v1\ntime {time}\n{text}".encode())
        times.append(time)
    return max(times, default=None)


def read_checkpoint(text):
    origin, size, root = text.split("\n")[:3]
    require(size.isdigit() and str(int(size)) == size, "the size is no number")
    head = base64.b64decode(root, validate=True)
    require(len(head) == 32, "the head is no hash")
    return origin, int(size), head


# Files ----------------------------------------------------------------------------------------


def fetch(prefix, path):
    try:
        with urllib.request.urlopen(f"{prefix}/{path}", timeout=30) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        raise Wrong(f"{path}: the server answers {error.code}") from None


def tile_path(level, index, width):
    groups = []
    while True:
        groups.append(f"{index % 1000:03}")
        index //= 1000
        if index == 0:
            break
    path = "/".join(["x" + group for group in reversed(groups[1:])] + [groups[0]])
    return f"tile/{level}/{path}" + ("" if width == WIDTH else f".p/{width}")


class Tiles:
    """The hashes of a log of this size."""

    def __init__(self, prefix, size):
        self.prefix, self.size, self.known = prefix, size, {}

    def tile(self, level, index):
        if (level, index) not in self.known:
            width = min(WIDTH, (self.size >> (8 * level)) - index * WIDTH)
            require(width > 0, "a tile beyond the log")
            path = tile_path(level, index, width)
            data = fetch(self.prefix, path)
            require(len(data) == width * 32, f"{path}: {len(data)} bytes")
            self.known[level, index] = [data[i : i + 32] for i in range(0, len(data), 32)]
        return self.known[level, index]

    def complete(self, level, index):
        """The head over the leaves from index * 2^level on, 2^level of them."""
        stored, height = divmod(level, 8)
        start = index << height
        tile = self.tile(stored, start // WIDTH)
        hashes = tile[start % WIDTH : start % WIDTH + (1 << height)]
        while len(hashes) > 1:
            hashes = [node(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
        return hashes[0]

    def head(self, start, end):
        """MTH(D[start:end]), where the range is one that occurs in a tree."""
        count = end - start
        if count & (count - 1) == 0 and start % count == 0:
            level = count.bit_length() - 1
            return self.complete(level, start >> level)
        middle = start + split(count)
        return node(self.head(start, middle), self.head(middle, end))


# RFC 6962 -------------------------------------------------------------------------------------


def leaf(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(count):
    """The largest power of two below count."""
    return 1 << ((count - 1).bit_length() - 1)


def mth(leaves):
    """The head of leaves, by the words of RFC 6962, without recursion over each of them."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    stack = []
    for count, hash_ in enumerate(leaves, 1):
        while count % 2 == 0:
            hash_, count = node(stack.pop(), hash_), count // 2
        stack.append(hash_)
    head = stack.pop()
    while stack:
        head = node(stack.pop(), head)
    return head


def inclusion(tiles, index, start, end):
    if end - start == 1:
        return []
    middle = start + split(end - start)
    if index < middle:
        return inclusion(tiles, index, start, middle) + [tiles.head(middle, end)]
    return inclusion(tiles, index, middle, end) + [tiles.head(start, middle)]


def consistency(tiles, old, start, end, whole=True):
    if old == end - start:
        return [] if whole else [tiles.head(start, end)]
    middle = split(end - start)
    if old <= middle:
        path = consistency(tiles, old, start, start + middle, whole)
        return path + [tiles.head(start + middle, end)]
    path = consistency(tiles, old - middle, start + middle, end, False)
    return path + [tiles.head(start, start + middle)]


def check_inclusion(hash_, index, size, path, root):
    """RFC 9162, 2.1.3.2."""
    fn, sn = index, size - 1
    for sibling in path:
        require(sn != 0, "an inclusion proof is too long")
        if fn & 1 or fn == sn:
            hash_ = node(sibling, hash_)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            hash_ = node(hash_, sibling)
        fn, sn = fn >> 1, sn >> 1
    require(sn == 0 and hash_ == root, f"entry {index} is not in the log")


def check_consistency(old, old_root, new, new_root, path):
    """RFC 9162, 2.1.4.2."""
    if old == new:
        require(not path and old_root == new_root, "two heads of one size")
        return
    if old & (old - 1) == 0:
        path = [old_root] + path
    require(path, "a consistency proof is too short")
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for sibling in path[1:]:
        require(sn != 0, "a consistency proof is too long")
        if fn & 1 or fn == sn:
            fr, sr = node(sibling, fr), node(sibling, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, sibling)
        fn, sn = fn >> 1, sn >> 1
    fits = sn == 0 and fr == old_root and sr == new_root
    require(fits, f"the log of {old} entries is no beginning of that of {new}")


# The whole log --------------------------------------------------------------------------------


def read_entries(prefix, size):
    entries = []
    for index in range((size + WIDTH - 1) // WIDTH):
        width = min(WIDTH, size - index * WIDTH)
        path = tile_path("entries", index, width)
        data, at = fetch(prefix, path), 0
        for _ in range(width):
            require(at + 2 <= len(data), f"{path} is cut")
            length = int.from_bytes(data[at : at + 2], "big")
            entry = data[at + 2 : at + 2 + length]
            require(len(entry) == length, f"{path} is cut")
            entries.append(entry)
            at += 2 + length
        require(at == len(data), f"{path} is too long")
    return entries


def check_tiles(tiles, leaves):
    level, hashes = 0, leaves
    while hashes:
        above = []
        for index in range((len(hashes) + WIDTH - 1) // WIDTH):
            part = hashes[index * WIDTH : (index + 1) * WIDTH]
            found = tiles.tile(level, index)
            require(found == part, f"tile {level}/{index} does not follow from what is below")
            if len(part) == WIDTH:
                above.append(mth(part))
        level, hashes = level + 1, above


def check_proofs(tiles, leaves, root):
    size = len(leaves)
    places = {0, 1, 255, 256, 257, size // 3, size // 2, size - 2, size - 1}
    places = [place for place in places if 0 <= place < size]
    for index in places:
        check_inclusion(leaves[index], index, size, inclusion(tiles, index, 0, size), root)
    for old in [place + 1 for place in places]:
        path = consistency(tiles, old, 0, size)
        check_consistency(old, mth(leaves[:old]), size, root, path)
    return 2 * len(places)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("prefix", help="address of the log, such as http://127.0.0.1:8470/log")
    parser.add_argument("--vkey", required=True, help="the log's verifier key")
    parser.add_argument("--witness", action="append", default=[], help="a witness's verifier key")
    args = parser.parse_args()
    prefix = args.prefix.rstrip("/")
    text, signatures = read_note(fetch(prefix, "checkpoint"))
    key = Key(args.vkey)
    verify_note(text, signatures, key)
    origin, size, root = read_checkpoint(text)
    require(origin == key.name, "the checkpoint is of another log")
    for witness in args.witness:
        verify_note(text, signatures, Key(witness))
    leaves = [leaf(entry) for entry in read_entries(prefix, size)]
    require(mth(leaves) == root, "the entries make another head than the one signed")
    tiles = Tiles(prefix, size)
    check_tiles(tiles, leaves)
    proofs = check_proofs(tiles, leaves, root) if size else 0
    print(f"ok: {size} entries, {len(tiles.known)} tiles, {proofs} proofs, "
          f"{len(args.witness)} witnesses, head {root.hex()}")


if __name__ == "__main__":
    try:
        main()
    except (Wrong, ValueError, OSError) as error:
        sys.exit(f"wrong: {error}")
