"""More than a thousand registered accounts post at once; an honest account keeps its share."""

import time

from client import ATTACKER_ADDRESS, Api, Key, envelope, note, operation, registration
from crowd import send_batches

ACCOUNTS = 1200
NOTES = 30
REGISTERING_S = 25


def obtain_accounts(network, port, count):
    """Registers as many accounts as the book gives in some seconds; their ids and keys."""
    api = Api(port, ATTACKER_ADDRESS)
    end = time.monotonic() + REGISTERING_S
    left = []
    for number in range(count):
        key = Key()
        left.append((*registration(network, f"Account {number}", [key], "person"), key))
    obtained = []
    while left and time.monotonic() < end:
        part = left[:200]
        codes = api.batch([signed for signed, _, _ in part], wait=5, timeout=15)
        done = {one[1] for one, code in zip(part, codes) if code == "final"}
        obtained += [(one[1], one[2]) for one in part if one[1] in done]
        left = [one for one in left if one[1] not in done]
        if not done:
            time.sleep(0.5)
    return obtained


def post(gate, network, port, count):
    accounts = obtain_accounts(network, port, count)
    envelopes = [envelope(operation(network, note("Ours too."), identity), [key])[0]
                 for _ in range(NOTES) for identity, key in accounts]
    gate.ready()
    return {"accounts": len(accounts), **send_batches(gate, port, envelopes)}


def run(trial):
    book = trial.found(4)
    trial.honest([0, 1])
    crowd = trial.crowd()
    for _ in range(2):
        crowd.add(post, book.network, book.ports[0], trial.scaled(ACCOUNTS) // 2)
    crowd.prepared(90)
    trial.endure(crowd, 10)
    trial.judge()
