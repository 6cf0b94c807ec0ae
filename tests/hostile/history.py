#!/usr/bin/env python3
"""Checks a history of writes and reads against one total order; it shares no code with the rest.

    python3 tests/hostile/history.py FILE | --self-test

The history is one JSON object a line. All times are of one clock.

    {"kind": "invoke", "op": ID, "node": 0, "at": 1.5}
    {"kind": "complete", "op": ID, "node": 0, "at": 1.6, "outcome": "final", "index": 7}
    {"kind": "read", "op": ID, "node": 0, "begun": 1.7, "at": 1.8, "status": 200, "index": 7}
    {"kind": "entry", "op": ID, "node": 0, "index": 7}

An entry is what a node's log holds at the end, read from its first to its last entry. The laws:

1. No operation that was acknowledged as final is missing from any node's log.
2. An operation has one index: in every acknowledgement, every read and every log.
3. An index has one operation, in all logs.
4. Real time: if A was known to be final before B was invoked, A's index is less than B's. A is
   known when it is acknowledged or read. B need not be acknowledged: to be in the log is enough.
5. A read at the node that acknowledged an operation, begun afterwards, finds it; so does every
   read at a node where it was read before.
"""

import collections
import json
import sys


class History:
    """The events of one history, sorted by what they say."""

    def __init__(self, events):
        self.invoked, self.faults = {}, []
        self.known = []
        self.reads, self.logs = [], collections.defaultdict(dict)
        self.indices = collections.defaultdict(set)
        for event in events:
            self.take(event)

    def take(self, event):
        kind = event["kind"]
        if kind == "invoke":
            first = self.invoked.get(event["op"], event["at"])
            self.invoked[event["op"]] = min(first, event["at"])
        elif kind == "complete":
            if event["outcome"] == "final":
                self.learn(event)
        elif kind == "read":
            self.reads.append(event)
            if event["status"] == 200:
                self.learn(event)
        elif kind == "entry":
            self.enter(event)
        else:
            raise ValueError(f"no such event: {event}")

    def learn(self, event):
        """From this moment on somebody outside knows that the operation is final."""
        self.known.append((event["at"], event["node"], event["op"], event["index"]))
        self.indices[event["op"]].add(event["index"])

    def enter(self, event):
        log, index = self.logs[event["node"]], event["index"]
        if log.setdefault(index, event["op"]) != event["op"]:
            self.fault(f"node {event['node']} has two operations at index {index}")
        self.indices[event["op"]].add(index)

    def fault(self, sentence):
        self.faults.append(sentence)

    def check(self):
        """All faults, as sentences."""
        self.check_nothing_lost()
        self.check_indices()
        self.check_logs_agree()
        self.check_real_time()
        self.check_reads()
        return self.faults

    def check_nothing_lost(self):
        if not self.logs:
            self.fault("the history holds no log")
        for node, log in sorted(self.logs.items()):
            held = set(log.values())
            for _, _, op, index in self.known:
                if op not in held:
                    self.fault(f"node {node} lost operation {op[:12]} of index {index}")

    def check_indices(self):
        for op, indices in self.indices.items():
            if len(indices) != 1:
                self.fault(f"operation {op[:12]} has the indices {sorted(indices)}")

    def check_logs_agree(self):
        held = {}
        for node, log in sorted(self.logs.items()):
            for index, op in log.items():
                other, first = held.setdefault(index, (op, node))
                if other != op:
                    self.fault(f"nodes {first} and {node} differ at index {index}")
            if sorted(log) != list(range(len(log))):
                self.fault(f"the log of node {node} has a gap")

    def check_real_time(self):
        """Goes through time once; what was known before an invocation bounds its index below."""
        place = {op: min(indices) for op, indices in self.indices.items()}
        moments = [(at, 1, op) for at, _, op, _ in self.known]
        moments += [(at, 0, op) for op, at in self.invoked.items() if op in place]
        highest, holder = -1, None
        for _, knows, op in sorted(moments):
            if knows and place[op] > highest:
                highest, holder = place[op], op
            if not knows and place[op] < highest:
                self.fault(f"operation {op[:12]} was invoked after {holder[:12]} was final at "
                           f"{highest}, but has index {place[op]}")

    def check_reads(self):
        since = {}
        for at, node, op, _ in self.known:
            since[node, op] = min(at, since.get((node, op), at))
        for read in self.reads:
            known = since.get((read["node"], read["op"]))
            if read["status"] == 404 and known is not None and known < read["begun"]:
                self.fault(f"node {read['node']} does not find operation {read['op'][:12]} "
                           f"{1000 * (read['begun'] - known):.0f} ms after it was final there")


def sound():
    """A small history in which every law holds."""
    events = []
    for index, op in enumerate("abc"):
        at = 10 * index
        events += [{"kind": "invoke", "op": op, "node": 0, "at": at},
                   {"kind": "complete", "op": op, "node": 0, "at": at + 2, "outcome": "final",
                    "index": index},
                   {"kind": "read", "op": op, "node": 0, "begun": at + 3, "at": at + 4,
                    "status": 200, "index": index}]
    events.append({"kind": "invoke", "op": "d", "node": 1, "at": 25})
    events.append({"kind": "complete", "op": "d", "node": 1, "at": 45, "outcome": "unknown"})
    for node in (0, 1):
        events += [{"kind": "entry", "op": op, "node": node, "index": index}
                   for index, op in enumerate("abcd")]
    return events


def change(kind, which, node=None, **to):
    def plant(events):
        for event in events:
            same = event["kind"] == kind and event["op"] == which
            if same and node in (None, event["node"]):
                event.update(to)
        return events
    return plant


def swap_everywhere(one, other):
    """Exchanges the places of two operations, in logs and answers alike."""
    def plant(events):
        places = {event["op"]: event["index"] for event in events if event["kind"] == "entry"}
        places[one], places[other] = places[other], places[one]
        for event in events:
            if "index" in event:
                event["index"] = places[event["op"]]
        return events
    return plant


PLANTED = {
    "lost": lambda events: [e for e in events if (e["kind"], e["op"], e["node"])
                            != ("entry", "c", 1)],
    "has the indices": change("complete", "b", index=9),
    "differ at index": change("entry", "d", node=1, op="e"),
    "two operations at index": change("entry", "d", node=1, index=2),
    "was invoked after": swap_everywhere("a", "c"),
    # Never acknowledged, invoked after "a" was final, and yet before it in the log.
    "invoked after a was": swap_everywhere("a", "d"),
    "does not find": change("read", "b", status=404),
    "has a gap": lambda events: [e for e in events if (e["kind"], e["op"]) != ("entry", "a")],
}


def self_test():
    """The checker accepts a sound history and finds each planted fault."""
    assert History(sound()).check() == [], History(sound()).check()
    for sentence, plant in PLANTED.items():
        faults = History(plant(sound())).check()
        assert any(sentence in fault for fault in faults), (sentence, faults)
    print(f"{len(PLANTED) + 1} passed, 0 failed")


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    with open(sys.argv[1]) as lines:
        history = History(map(json.loads, lines))
    faults = history.check()
    for fault in faults[:20]:
        print(fault)
    print(f"{len(history.known)} times known to be final, {len(history.reads)} reads, "
          f"{len(history.logs)} logs, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
