#!/usr/bin/env python3
"""Attacks a book of real processes on loopback, with honest users beside, and judges the outcome.

    python3 tests/hostile/run.py WEAL [--only NAME]... [--quick] [--json FILE] [--verbose]

Each attack runs in a process group of its own, which is ended with it. Exit code 1 if a promise
was broken or an attack could not be run to its end; an attack that this machine cannot run is
printed as SKIPPED.
"""

import argparse
import contextlib
import importlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

from trial import MEDIAN_FLOOR_MS, Skipped, Trial

ATTACKS = [
    "peace", "resubmit", "junk_names", "thousand_senders", "free_accounts", "heavy_rules",
    "half_sent", "idle_peers", "unread_answers", "unfinished_bodies", "many_pages", "bad_upstream",
    "one_keeper", "one_key_all_sides", "thief", "clocks_ahead", "kill_under_writers", "memory",
]
# All together must end in ten minutes; one alone takes less than one, unless it breaks the book.
ALL_S = 600
ONE_S = 150
CLEANING_S = 8
COLUMNS = "{:<18} {:>6} {:>13} {:>5} {:>9} {:>7} {:>7} {:>5}  {}"


def attack(name, options):
    """Runs one attack in this process; its result."""
    module = importlib.import_module(name)
    trial = Trial(options.weal, options.home, options.quick, options.floor_ms)
    result = {"attack": name, "what": module.__doc__.strip().splitlines()[0]}
    try:
        module.run(trial)
    except Skipped as reason:
        result["skipped"] = str(reason)
    except Exception as failure:
        trial.expect(False, f"the attack must run to its end, but: {failure or repr(failure)}")
        result["trace"] = traceback.format_exc()
    finally:
        trial.close()
    return {**result, "findings": trial.findings, "figures": trial.figures}


def attack_apart(name, options, seconds):
    """Runs one attack in a process group of its own; its result, also when it hangs."""
    home = tempfile.mkdtemp(prefix=f"weal-hostile-{name}-")
    out = pathlib.Path(home) / "result.json"
    words = [sys.executable, __file__, options.weal, "--one", name, "--home", home]
    words += ["--quick"] * options.quick + ["--floor-ms", str(options.floor_ms)]
    begun = time.monotonic()
    child = subprocess.Popen(words, start_new_session=True)
    try:
        child.wait(seconds)
        result = json.loads(out.read_text())
    except (subprocess.TimeoutExpired, OSError):
        sentence = f"the attack must run to its end within {seconds:.0f} s"
        result = {"attack": name, "figures": {},
                  "findings": [{"holds": False, "sentence": sentence}]}
    finally:
        end_group(child)
        if options.keep:
            print(f"{name}: files are kept in {home}")
        else:
            shutil.rmtree(home, ignore_errors=True)
    result["seconds"] = round(time.monotonic() - begun, 1)
    return result


def is_only_late(result):
    """Whether nothing broke but what a neighbour on this machine can break."""
    broken = [finding for finding in result["findings"] if not finding["holds"]]
    return bool(broken) and all(finding.get("timed") for finding in broken)


def end_group(child):
    """Lets an attack that still runs clean up, then ends all that is left of its group."""
    if child.poll() is None:
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(CLEANING_S)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def verdict(result):
    if "skipped" in result:
        return f"SKIPPED: {result['skipped']}"
    broken = [finding for finding in result["findings"] if not finding["holds"]]
    if broken:
        return f"BROKEN ({len(broken)} of {len(result['findings'])})"
    return f"held ({len(result['findings'])})" if result["findings"] else "BROKEN (nothing judged)"


def row(result):
    figures = result["figures"]
    quiet, during = figures.get("quiet") or {}, figures.get("during") or {}

    def text(value):
        return "-" if value is None else str(value)

    pair = f"{text(during.get('median_ms'))}/{text(during.get('p99_ms'))}"
    return COLUMNS.format(
        result["attack"], text(quiet.get("median_ms")), pair, text(figures.get("lost")),
        text(during.get("reads_p95_ms")), text(figures.get("memory_mb")),
        text(figures.get("pools_empty_s")), text(result.get("seconds")), verdict(result))


def report(results, verbose):
    print("\n" + COLUMNS.format("attack", "quiet", "median/p99 ms", "lost", "reads p95", "RSS max",
                                "pools", "took", "verdict"))
    print(COLUMNS.format("", "ms", "during", "", "ms", "MB", "empty s", "s", ""))
    for result in results:
        print(row(result))
    for result in results:
        for finding in result["findings"]:
            if not finding["holds"] or verbose:
                mark = "held  " if finding["holds"] else "BROKEN"
                print(f"{mark} {result['attack']}: {finding['sentence']}")
        if "trace" in result:
            print(result["trace"])
    for result in results:
        if "skipped" in result:
            print(f"SKIPPED {result['attack']}: {result['skipped']}")


def run_all(options):
    names = options.only or ATTACKS
    results = []
    begun = time.monotonic()
    for name in names:
        left = options.seconds - (time.monotonic() - begun)
        if left < 15:
            sentence = f"all attacks must end within {options.seconds} s; no time is left for this"
            results.append({"attack": name, "figures": {},
                            "findings": [{"holds": False, "sentence": sentence}]})
            continue
        print(f"{name} ...", end=" ", flush=True)
        results.append(attack_apart(name, options, min(left, ONE_S)))
        if is_only_late(results[-1]):
            print(f"late ({results[-1]['seconds']} s), once more ...", end=" ", flush=True)
            results[-1] = attack_apart(name, options, ONE_S)
        print(f"{verdict(results[-1])}, {results[-1]['seconds']} s", flush=True)
    report(results, options.verbose)
    if options.json:
        text = json.dumps({"weal": options.weal, "results": results}, indent=1)
        pathlib.Path(options.json).write_text(text + "\n")
    held = sum(verdict(result).startswith("held") for result in results)
    skipped = sum("skipped" in result for result in results)
    failed = len(results) - held - skipped
    print(f"\n{held} passed, {failed} failed, {skipped} skipped "
          f"({time.monotonic() - begun:.0f} s)")
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weal", type=os.path.abspath, help="the program under test")
    parser.add_argument("--only", action="append", choices=ATTACKS, help="this attack; repeatable")
    parser.add_argument("--quick", action="store_true", help="a third of each attack's size")
    parser.add_argument("--json", help="file for all figures")
    parser.add_argument("--verbose", action="store_true", help="print also what held")
    parser.add_argument("--keep", action="store_true", help="keep data and logs of the nodes")
    parser.add_argument("--seconds", type=int, default=ALL_S, help="for all attacks together")
    parser.add_argument("--floor-ms", type=int, default=MEDIAN_FLOOR_MS,
                        help="below this no median of finality is held against the program")
    parser.add_argument("--one", choices=ATTACKS, help=argparse.SUPPRESS)
    parser.add_argument("--home", help=argparse.SUPPRESS)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if options.one:
        result = attack(options.one, options)
        (pathlib.Path(options.home) / "result.json").write_text(json.dumps(result))
        return
    sys.exit(run_all(options))


if __name__ == "__main__":
    main()
