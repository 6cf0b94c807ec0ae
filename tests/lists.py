#!/usr/bin/env python3
"""Made-up lists of needs, in the columns that `weal import relief` reads; nothing in them is real."""
import csv, os, sys

def write(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(header)
        out.writerows(rows)

def main(directory, hospitals=60, events=12_000):
    os.makedirs(directory, exist_ok=True)
    ids = [f"H{n:010x}" for n in range(hospitals)]
    write(f"{directory}/hubei_hospital_names_all_time.csv",
          ["hospital_id", "city", "district", "name"],
          [[id, "清川市", "鹤汀区", f"清川第{n + 1}测试医院"] for n, id in enumerate(ids)])
    items = ["respirator-n95", "coverall", "goggles", "gloves", "cap"]
    rows, open_needs, minute = [], {}, 0
    for n, id in enumerate(ids):
        rows.append(["hospital_added", id, "", "", "", ""])
    for n in range(events - hospitals):
        id, item = ids[n % hospitals], items[n // hospitals % len(items)]
        old = open_needs.get((id, item))
        if old is None:
            open_needs[id, item] = str(n % 900 + 2)
            rows.append(["need_opened", id, item, "", open_needs[id, item], ""])
        elif n % 3:
            new = str(n % 700 + 2)
            rows.append(["qty_changed", id, item, old, new, ""])
            open_needs[id, item] = new
        else:
            del open_needs[id, item]
            rows.append(["need_closed", id, item, old, "", ""])
    stamped = []
    for n, (event, id, item, old, new, spec) in enumerate(rows):
        time = f"2020-02-{n // 1440 + 1:02}T{n // 60 % 24:02}:{n % 60:02}:00+08:00"
        stamped.append([time, "0123456789", event, id, item, old, new, spec])
    write(f"{directory}/hubei_need_events.csv",
          ["time", "commit", "event", "hospital_id", "item_code", "old_qty", "new_qty", "specification"],
          stamped)

main(sys.argv[1])
