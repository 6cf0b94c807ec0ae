"""A thief with a stolen key gives themselves mandates; the owner changes the key."""

import time

from client import Key, Party, key_set, note, register

A_MONTH_MS = 30 * 24 * 3600 * 1000


def grant(by, to, onward=0, parent=None):
    expires = time.time_ns() // 1_000_000 + A_MONTH_MS
    body = {"to": to.id, "acts": ["record.post"], "limits": {}, "expires": expires,
            "onward": onward}
    if parent:
        # What is passed on may reach no further than what it comes from.
        body.update(parent=parent, expires=expires - A_MONTH_MS // 2)
    return by.act({"mandate.grant": body})


def write_as(thief, owner, mandate):
    return thief.act(note("The hospital is closed."), actor=owner.id, mandate=mandate)[0]


def rotate(owner, new):
    """The owner replaces the key; the old and the new one sign."""
    answer, _ = owner.act({"principal.rotate": {"keys": key_set([new])}}, also=[new])
    return answer


def run(trial):
    book = trial.found(4)
    api, network = book.api(0), book.network
    owner, _ = register(api, network, "Robbed hospital")
    thief, _ = register(api, network, "Thief")
    second, _ = register(api, network, "Second thief")
    stolen = owner.keys[0]
    answer, mandate = grant(owner, thief, onward=1)
    assert answer.final, f"with the key a mandate is given: {answer}"
    trial.expect(write_as(thief, owner, mandate).final, "a mandate works while its key counts")
    answer, passed_on = grant(thief, second, parent=mandate)
    assert answer.final, f"a mandate is passed on: {answer}"
    new = Key()
    trial.expect((answer := rotate(owner, new)).final, f"the owner changes the key ({answer})")
    answer = owner.act(note("With the stolen key."), keys=[stolen])[0]
    trial.expect(not answer.final, f"the stolen key signs nothing more ({answer.code})")
    answer = write_as(thief, owner, mandate)
    trial.expect(not answer.final,
                 f"a mandate given with the stolen key has ended with it ({answer})")
    answer = write_as(second, owner, passed_on)
    trial.expect(not answer.final, f"so has one that was passed on ({answer})")
    answer, _ = grant(thief, second, parent=mandate)
    trial.expect(not answer.final, f"and it is not passed on any more ({answer})")
    expect_owner_goes_on(trial, Party(api, network, owner.id, [new]), second)


def expect_owner_goes_on(trial, owner, deputy):
    """The owner acts, and gives mandates, with the new key."""
    answer, _ = owner.act(note("We are open again."))
    trial.expect(answer.final, f"the owner acts with the new key ({answer})")
    answer, mandate = grant(owner, deputy)
    trial.expect(answer.final, f"and gives a mandate with it ({answer})")
    answer = write_as(deputy, owner, mandate)
    trial.expect(answer.final, f"which works ({answer})")
