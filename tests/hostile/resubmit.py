"""The same valid operations, handed in again and again while they become final; junk behind them.

An operation that is admitted a moment after it became final must not stay in the pool: nothing may
be refused or reached behind it, and a book where nobody writes must be at rest.
"""

import secrets
import threading
import time

from client import ATTACKER_ADDRESS, Api, Key, envelope, note, operation, register
from crowd import send_batches

ACCOUNTS = 6
NOTES = 50
CONNECTIONS = 3
# The race is in the moment of finality, so rounds are short and many.
ROUNDS = 30
ROUND_S = 0.35
HEARTBEAT_S = 10
SILENCE_S = 10
IDLE_SHARE = 0.01
JUNK = 4300


def hand_in_again(gate, network, port, accounts):
    """Each round: new operations, each sent many times by several connections at once."""
    gate.ready()
    sent = 0
    for _ in range(ROUNDS):
        envelopes = [party_note(network, account) for account in accounts for _ in range(NOTES)]
        end = time.monotonic() + ROUND_S
        counts = []

        def again():
            api, times = Api(port, ATTACKER_ADDRESS), 0
            while time.monotonic() < end and not gate.over():
                api.batch(envelopes)
                times += 1
            counts.append(times)

        threads = [threading.Thread(target=again) for _ in range(CONNECTIONS)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        sent += sum(counts) * len(envelopes)
    return {"handed in": sent, "different operations": ROUNDS * len(accounts) * NOTES}


def party_note(network, account):
    identity, seed = account
    return envelope(operation(network, note("Again."), identity), [Key(seed)])[0]


def junk(gate, network, port, count):
    key = Key()
    envelopes = [envelope(operation(network, note("x"), secrets.token_hex(32)), [key])[0]
                 for _ in range(count)]
    gate.ready()
    return send_batches(gate, port, envelopes)


def run(trial):
    book = trial.found(1)
    users = trial.honest([0])
    api = Api(book.ports[0], ATTACKER_ADDRESS)
    network = book.network
    crowd = trial.crowd()
    for process in range(2):
        accounts = []
        for number in range(ACCOUNTS // 2):
            seed = secrets.token_bytes(32)
            party, _ = register(api, network, f"Echo {process}.{number}", [Key(seed)])
            accounts.append((party.id, seed))
        crowd.add(hand_in_again, network, book.ports[0], accounts)
    trial.endure(crowd, 8, limit=40)
    trial.judge()
    honest = users.parties[0]
    expect_refusal(trial, honest)
    expect_silence(trial)
    expect_junk_passes(trial, honest, network)


def expect_refusal(trial, honest):
    """Who breaks a rule gets its code, not "received"."""
    answer, _ = honest.act({"record.post": {"schema": "nonsense", "body": {}}}, wait=5)
    trial.expect(answer.status == 422 and answer.code not in ("received", "422"),
                 f"an operation against the rules is answered with its code ({answer})")


def expect_silence(trial):
    """Nobody writes: no more blocks than the heartbeat, and next to no work."""
    book = trial.book
    trial.watch.stop()
    height = book.api(0).status()["height"]
    used = [node.processor_s() for node in book.nodes]
    time.sleep(SILENCE_S)
    used = [node.processor_s() - before for node, before in zip(book.nodes, used)]
    blocks = book.api(0).status()["height"] - height
    share = max(used) / SILENCE_S
    trial.figures["silence"] = {"blocks": blocks, "processor_share": round(share, 4)}
    most = SILENCE_S // HEARTBEAT_S + 1
    trial.expect(blocks <= most, f"in {SILENCE_S} s of silence there are {blocks} blocks, at most "
                                 f"{most}")
    trial.expect(share < IDLE_SHARE, f"in silence a node uses {100 * share:.1f} % of a core, less "
                                     f"than {100 * IDLE_SHARE:.0f} %")


def expect_junk_passes(trial, honest, network):
    """Operations in made-up names are dropped, and what comes after them is reached."""
    trial.brake.clear()
    crowd = trial.crowd()
    crowd.add(junk, network, trial.book.ports[0], JUNK)
    crowd.prepared()
    crowd.begin()
    trial.figures["junk"] = crowd.finish(20)
    begun = time.monotonic()
    answer, _ = honest.act(note("After the junk."), wait=15)
    taken = time.monotonic() - begun
    trial.figures["behind_junk_s"] = round(taken, 2)
    trial.expect(answer.final and taken < 5,
                 f"behind {JUNK} junk operations an honest one is final within 5 s ({answer.code} "
                 f"after {taken:.1f} s)")
    begun = time.monotonic()
    while any(trial.book.waiting()) and time.monotonic() < begun + 10:
        time.sleep(0.2)
    waiting = trial.book.waiting()
    trial.expect(not any(waiting), f"10 s after the junk pools are empty ({waiting} wait)")
