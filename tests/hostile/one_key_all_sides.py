"""One key for giver, taker and carrier: a hand-over with one signature must not count."""

import json

from client import Key, envelope, key_set, operation, register

PAPER = "ab" * 32


def goods(depot, item):
    """A lot in the depot's hands."""
    depot.act({"item.define": {"code": item, "names": {"en": "Mask"}, "unit": "piece",
                               "category": "mask"}})
    answer, mint = depot.act({"holding.mint": {"lines": [{"item": item, "quantity": 1000}]}})
    assert answer.final, f"the depot takes goods in: {answer}"
    return f"{mint}.0"


def hand_over(depot, ward, carrier, lot):
    """One operation that all sides sign, each with their own key."""
    act = {"holding.hand_over": {
        "taker": ward.id, "carrier": carrier.id,
        "lines": [{"lot": lot, "given": 500, "counted": 500}], "evidence": [PAPER]}}
    keys = {key.public: key for party in (depot, ward, carrier) for key in party.keys}
    signed, identity = envelope(operation(depot.network, act, depot.id), list(keys.values()))
    return depot.api.submit(signed), identity, len(json.loads(signed)["signatures"])


def run(trial):
    book = trial.found(1)
    api, network = book.api(0), book.network
    names = ["Lakeside depot", "Ward 7", "Fast carrier"]
    # Three parties with keys of their own: this must go on to work.
    honest = [register(api, network, name)[0] for name in names]
    answer, _, count = hand_over(*honest, goods(honest[0], "mask-a"))
    trial.expect(answer.final,
                 f"a hand-over with {count} keys of three parties is final ({answer})")
    expect_one_key_refused(trial, api, network, names)
    expect_two_sides_refused(trial, api, network)
    expect_possession(trial, api, network)


def expect_one_key_refused(trial, api, network, names):
    """Wherever it is refused: when the key is listed a second time, or when it signs for all."""
    one = Key()
    answers = [register(api, network, name, [one]) for name in names]
    refused = [str(answer) for _, answer in answers if not answer.final]
    if refused:
        trial.expect(True, f"a second party with the same key is refused ({refused[0]})")
        return
    ghosts = [party for party, _ in answers]
    answer, identity, count = hand_over(*ghosts, goods(ghosts[0], "mask-b"))
    grade = api.get(f"/v1/records/{identity}").json.get("entry", {}).get("grade")
    trial.expect(not answer.final,
                 f"a hand-over of three parties with {count} signature is refused ({answer.code}, "
                 f"evidence grade {grade})")


def expect_two_sides_refused(trial, api, network):
    """The same with a carrier who is somebody else, and a giver who is also the taker."""
    shared = Key()
    giver, _ = register(api, network, "Giver", [shared])
    taker, answer = register(api, network, "Taker", [Key(), shared])
    carrier, _ = register(api, network, "Carrier")
    if not answer.final:
        trial.expect(True, f"a key of another party is not listed ({answer})")
        return
    lot = goods(giver, "mask-c")
    taker.keys = [shared]
    answer, _, count = hand_over(giver, taker, carrier, lot)
    trial.expect(not answer.final, "a hand-over where giver and taker share one of their keys is "
                                   f"refused ({answer.code}, {count} signatures)")


def expect_possession(trial, api, network):
    """Nobody lists a stranger's key as their own."""
    mine, stranger = Key(), Key()
    act = {"principal.register": {"kind": "organisation", "name": "Ghost",
                                  "keys": key_set([mine, stranger])}}
    signed, _ = envelope(operation(network, act), [mine])
    answer = api.submit(signed)
    trial.expect(answer.status == 422,
                 f"a registration that lists a key which did not sign is refused ({answer})")
    both, _ = envelope(operation(network, act), [mine, stranger])
    answer = api.submit(both)
    trial.expect(answer.final, f"one that all its keys signed is final ({answer})")
