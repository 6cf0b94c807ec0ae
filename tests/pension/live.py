#!/usr/bin/env python3
"""A pension lives for many years on a real node whose clock is set forward month by month.

People join, pay, retire, leave, die and are inherited from; the state adds a subsidy; wages rise;
in one year so many join that a month takes several operations, and the node is killed between
them. Whoever pays and dies when is drawn from a seed.
"""

import argparse
import datetime
import hashlib
import json
import os
import random
import signal
import subprocess

from book import Actor, Book, export

CENTURY_MS = 150 * 366 * 86_400_000
CROWD = 1_100


class Node:
    """`weal node run` under libfaketime."""

    def __init__(self, arguments):
        self.arguments, self.clock = arguments, os.path.join(arguments.work, "clock")
        self.begun, self.process = None, None

    def set(self, moment):
        with open(self.clock + ".new", "w", encoding="ascii") as out:
            out.write(f"@{moment:%Y-%m-%d %H:%M:%S}\n")
        os.replace(self.clock + ".new", self.clock)

    def environment(self):
        return os.environ | {
            "LD_PRELOAD": self.arguments.faketime,
            "FAKETIME_TIMESTAMP_FILE": self.clock,
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "TZ": "UTC",
        }

    def call(self, *words):
        command = [self.arguments.weal, *words]
        return subprocess.run(command, env=self.environment(), check=True, capture_output=True)

    def start(self):
        listen = self.arguments.url.removeprefix("http://")
        data = os.path.join(self.arguments.work, "node")
        command = [self.arguments.weal, "node", "run", "--data", data, "--listen", listen]
        log = open(os.path.join(self.arguments.work, "node.log"), "a", encoding="utf-8")
        self.process = subprocess.Popen(command, env=self.environment(), stderr=log)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


class Member:
    def __init__(self, actor, heir, born, case):
        self.actor, self.heir, self.born, self.case = actor, heir, born, case
        self.alive, self.dies = True, None


class Life:
    """The pension's world."""

    def __init__(self, arguments):
        self.arguments, self.node = arguments, Node(arguments)
        self.random = random.Random(arguments.seed)
        self.members, self.counts, self.wage, self.crashes = [], {}, 700_000, 0
        self.begin = datetime.datetime(2026, 1, 1)

    def count(self, what, more=1):
        self.counts[what] = self.counts.get(what, 0) + more

    def at(self, year, month, day):
        moment = datetime.datetime(year, month, day, 12)
        self.node.set(moment)
        self.book.now = int(moment.replace(tzinfo=datetime.timezone.utc).timestamp() * 1000)

    def money(self, minor):
        return f"{minor // 100}.{minor % 100:02d}"

    def found(self):
        """The book, the offices, and the charter through its review."""
        self.node.set(self.begin)
        self.node.call("node", "init", "--data", os.path.join(self.arguments.work, "node"),
                       "--name", "Pension office")
        self.node.start()
        seed = open(os.path.join(self.arguments.work, "node", "validator.key"), encoding="ascii")
        self.book = Book.__new__(Book)
        Book.wait_until_up(self.book_at())
        self.book = Book(self.arguments.url)
        self.at(2026, 1, 1)
        ministry = Actor("ministry", bytes.fromhex(seed.read().strip()))
        names = ["bank", "registry", "hospital", "statistics", "court", "employer", "treasury",
                 "author", "auditor"]
        self.people = {name: Actor(name) for name in names}
        self.book.register([ministry, *self.people.values()], "organisation")
        roles = {"registry": "civil-registry", "hospital": "hospital-licence",
                 "statistics": "statistics-office", "court": "court"}
        for name, role in roles.items():
            act = {"subject": self.people[name].id, "role": role,
                   "expires": self.book.now + CENTURY_MS}
            self.book.does(ministry, {"role.attest": act})
        text = open(self.arguments.text, encoding="utf-8").read()
        bank, author = self.people["bank"], self.people["author"]
        publish = {"text": text, "issuer": bank.id}
        self.charter = self.book.does(author, {"charter.publish": publish})
        attest = {"charter": self.charter, "text": hashlib.sha256(text.encode()).hexdigest(),
                  "scope": "the whole text", "interest": "none"}
        self.book.does(self.people["auditor"], {"charter.attest": attest})
        early = self.book.refused(author, {"charter.lock": {"charter": self.charter}})
        assert early == "CHAR-04", early
        self.at(2026, 3, 3)
        self.book.does(author, {"charter.lock": {"charter": self.charter}})

    def book_at(self):
        book = Book.__new__(Book)
        book.url = self.arguments.url
        return book

    def join(self, year, births):
        """People join, each under a principal made for this charter alone."""
        first = len(self.members)
        fresh = [Actor(f"member {first + nth}") for nth in range(len(births))]
        heirs = [Actor(f"heir {first + nth}") for nth in range(len(births))]
        self.book.register(fresh + heirs)
        signed = []
        for actor, heir, born in zip(fresh, heirs, births):
            parties = {"employer": [{"principal": self.people["employer"].id, "weight": 1}],
                       "heirs": [{"principal": heir.id, "weight": 1}]}
            act = {"charter": self.charter, "fields": {"born": born}, "parties": parties}
            signed.append(self.book.sign(actor, {"charter.open": act}))
        # Cases are numbered in the order in which they took effect.
        places = self.book.send(signed)
        numbers = {place: first + nth for nth, place in enumerate(sorted(places))}
        for actor, heir, born, place in zip(fresh, heirs, births, places):
            self.members.append(Member(actor, heir, born, numbers[place]))
        self.count("joined", len(births))

    def fund(self, year):
        """The year's money: claims on the bank for those who pay in."""
        bank, lots = self.people["bank"], {}
        for name, minor in (("employer", 10_000_000_000), ("treasury", 500_000_000)):
            act = {"to": self.people[name].id, "currency": "CNY", "amount": self.money(minor)}
            lots[name] = self.book.does(bank, {"money.issue": act}) + ".0"
        self.lots = lots

    def pay_in(self, flow, name, minor, case=None):
        act = {"charter": self.charter, "flow": flow,
               "lines": [{"lot": self.lots[name], "amount": self.money(minor)}]}
        if case is not None:
            act["case"] = case
        return self.book.sign(self.people[name], {"charter.pay": act})

    def month(self, year, month):
        self.at(year, month, 2)
        paying = [m for m in self.members if m.alive and year - m.born < 60]
        signed = [self.pay_in("contribute", "employer", self.wage // 10, m.case) for m in paying]
        self.book.send(signed)
        self.count("contributions", len(signed))
        self.carry_out(crash=(year == self.crowd_year and month == 6))

    def carry_out(self, crash=False):
        act = {"charter.run": {"charter": self.charter}}
        runs = 0
        while True:
            if crash and runs == 1:
                # In the middle of the month's run: some cases are paid, the others are not.
                envelope = self.book.sign(self.people["author"], act)
                self.node.kill()
                self.node.start()
                Book.wait_until_up(self.book)
                self.book.send([envelope])
                self.crashes, crash = self.crashes + 1, False
                runs += 1
                continue
            refused = self.book.refused(self.people["author"], act)
            if refused == "CHAR-18":
                break
            assert refused is None, refused
            runs += 1
        self.count("runs", runs)
        return runs

    def summer(self, year):
        """July and August: who dies is inherited from after 30 days, who leaves waits as long."""
        dead, living = [], []
        for member in (m for m in self.members if m.alive):
            age = year - member.born
            chance = min(1.0, 0.0005 * 2 ** ((age - 30) / 8))
            dies = age > 105 or self.random.random() < chance
            (dead if dies else living).append(member)
        leaving = self.who_leaves(year, [m for m in living if year - m.born < 59])
        self.at(year, 7, 10)
        for office in ("registry", "hospital"):
            self.each(self.people[office], dead, "charter.vouch", evidence=f"death by {office}")
        for member in dead[:1]:
            early = self.book.refused(member.heir, self.act("inherit", member))
            assert early == "CHAR-14", early
        self.at(year, 7, 12)
        self.each(None, leaving, "charter.trigger", flow="leave")
        self.at(year, 8, 20)
        signed = [self.book.sign(m.heir, self.act("inherit", m)) for m in dead]
        self.book.send(signed)
        self.each(None, leaving, "charter.trigger", flow="leave")
        for member in dead[:1]:
            late = self.book.refused(member.actor, self.act("leave", member))
            assert late == "CHAR-07", late
        for member in dead + leaving:
            member.alive = False
        self.count("deaths", len(dead))
        self.count("left", len(leaving))

    def who_leaves(self, year, able):
        leaving = []
        if year == self.crowd_year:
            leaving = [m for m in able if m.born == self.crowd_year - 30]
        others = [m for m in able if m not in leaving]
        if year % 9 == 0 and len(others) > 6:
            leaving.append(self.random.choice(others))
        return leaving

    def act(self, flow, member):
        act = {"charter": self.charter, "flow": flow, "case": member.case}
        return {"charter.trigger": act}

    def each(self, actor, members, name, **words):
        signed = []
        for member in members:
            act = {name: {"charter": self.charter, "case": member.case} | words}
            signed.append(self.book.sign(actor or member.actor, act))
        self.book.send(signed)

    def draw(self, year):
        """Now and then people take what was paid to them."""
        self.at(year, 12, 20)
        due = [m for m in self.members if m.alive and year - m.born >= 60]
        for member in self.random.sample(due, min(3, len(due))):
            refused = self.book.refused(member.actor, {"charter.draw": {"charter": self.charter}})
            assert refused in (None, "CHAR-22"), refused
            self.count("draws", refused is None)

    def year(self, year):
        self.fund(year)
        if year == 2026:
            self.join(year, [self.random.randint(1975, 2000) for _ in range(self.arguments.members)])
        elif year % 2 == 0:
            self.join(year, [year - 25])
        if year == self.crowd_year:
            self.join(year, [year - 30] * CROWD)
        if year % 5 == 0:
            self.book.send([self.pay_in("subsidy", "treasury", 400_000_000)])
            self.count("subsidies")
        first = 4 if year == 2026 else 1
        if year == 2026:
            self.carry_out()
        for month in range(first, 13):
            if month == 8:
                self.summer(year)
            # In August nobody runs the calendar, each tenth year in April and May neither: what
            # came due is caught up.
            elif not (year % 10 == 3 and month in (4, 5)):
                self.month(year, month)
        self.draw(year)
        self.wage = min(3_000_000, self.wage * 1_020 // 1_000)
        act = {"charter": self.charter, "parameter": "avg_wage", "value": self.wage,
               "source": "yearbook"}
        self.book.does(self.people["statistics"], {"charter.set": act})

    def live(self):
        self.found()
        self.crowd_year = 2026 + self.arguments.years // 2
        for year in range(2026, 2026 + self.arguments.years):
            self.year(year)
            if year % 5 == 0:
                print(f"{year}: {self.counts}", flush=True)
        assert self.crashes == 1, "the node was to be killed once"
        size = export(self.arguments.url, self.arguments.log)
        self.payments()
        print(f"{self.arguments.years} years, {size} entries, node killed once: {self.counts}")
        print(self.charter)

    def payments(self):
        """What the node says it paid, the oldest first, in the words of recompute.py."""
        said, before = [], ""
        while before is not None:
            path = f"/v1/funds/{self.charter}/payments?limit=200{before}"
            page = self.book.get(path)
            for item in page["items"]:
                year, month = item["month"].split("-")
                said.append({
                    "flow": item["flow"], "case": item["case"],
                    "month": int(year) * 12 + int(month) - 1,
                    "amount": minor(item["amount"]), "missed": minor(item["missed"]),
                    "rest": minor(item["rest"]),
                    "payees": [[one["party"]["id"], minor(one["amount"])]
                               for one in item["payees"]],
                })
            before = page["next_before"] and f"&before={page['next_before']}"
        with open(self.arguments.payments, "w", encoding="utf-8") as out:
            for payment in reversed(said):
                out.write(json.dumps(payment) + "\n")


def minor(amount):
    """Minor units of an amount of the API; 0 where it has none."""
    return int(amount.split()[0].replace(".", "").replace(",", "")) if amount else 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    for name in ("weal", "url", "text", "work", "log", "payments", "faketime"):
        arguments.add_argument(name)
    arguments.add_argument("--years", type=int, default=75)
    arguments.add_argument("--members", type=int, default=12)
    arguments.add_argument("--seed", type=int, default=7)
    life = Life(arguments.parse_args())
    try:
        life.live()
    finally:
        life.node.stop()


if __name__ == "__main__":
    main()
