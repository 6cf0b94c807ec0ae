#!/usr/bin/env bash
# kill -9 while an import runs, again and again: after the last restart every operation that was
# acknowledged as final is there with a good receipt, and a rerun imports nothing twice.
source "$(dirname "$0")/lib.sh"
weal=$1
rounds=${2:-20}
data=$work/node
port=$(free_port)
export WEAL_NODE=http://127.0.0.1:$port
lists=${WEAL_DATA:-$(dirname "$0")/../../shared/data}
if [ ! -f "$lists/hubei_need_events.csv" ]; then
  echo "REAL DATA IS ABSENT: the kill test uses made-up lists instead" >&2
  lists=$work/lists
  python3 "$(dirname "$0")/lists.py" "$lists"
fi
"$weal" node init --data "$data" --name 'Kill test' > /dev/null

start() {
  "$weal" node run --data "$data" --listen "127.0.0.1:$port" 2>> "$work/node.log" &
  node=$!
  pids=("$node")
  wait_for "$WEAL_NODE/v1/status"
}

killed=0
for round in $(seq "$rounds"); do
  start
  "$weal" import relief "$lists" -o json > "$work/import.json" 2>> "$work/import.log" &
  import=$!
  working=$(python3 "$(dirname "$0")/strike.py" "$WEAL_NODE" "$((RANDOM % 400 + 50))" \
    "$node" "$import" "$work/acknowledged")
  killed=$((killed + working))
  wait "$node" 2>/dev/null || true
  wait "$import" 2>/dev/null || true
done

start
before=$("$weal" import relief "$lists" -o json 2>> "$work/import.log" > "$work/last.json" || true; cat "$work/last.json")
again=$("$weal" import relief "$lists" -o json 2>> "$work/import.log")
python3 - "$work/acknowledged" "$before" "$again" "$WEAL_NODE" "$killed" "$rounds" <<'PY'
import json, sys, urllib.request
acknowledged, last, again, node, killed, rounds = sys.argv[1:]
last, again = json.loads(last), json.loads(again)
checked = 0
for line in open(acknowledged):
    if not line.strip():
        continue
    old = json.loads(line)
    url = f"{node}/v1/records/{old['index']}/receipt"
    new = json.load(urllib.request.urlopen(url))
    assert new["operation"] == old["operation"], f"entry {old['index']} was lost or moved"
    checked += 1
status = json.load(urllib.request.urlopen(f"{node}/v1/status"))
outcome = again["outcome"]
assert outcome["accepted"] == 0, f"a rerun imported {outcome['accepted']} operations twice"
assert not outcome["refused"], outcome["refused"]
total = last["outcome"]["accepted"] + last["outcome"]["there_before"]
assert total == again["outcome"]["there_before"], (total, again["outcome"])
# One more entry than operations: the importer's registration.
assert status["log_size"] >= total + 1, status
assert int(killed) >= int(rounds), f"only {killed} of {rounds} kills were during the import"
assert checked >= int(rounds)
print(f"{killed} kills, {checked} acknowledged entries checked, {status['log_size']} entries in the log")
PY
count=0
while read -r line; do
  [ -n "$line" ] || continue
  index=$(printf '%s' "$line" | python3 -c 'import json,sys; print(json.load(sys.stdin)["index"])')
  curl -sf "$WEAL_NODE/v1/records/$index/receipt" > "$work/receipt.json"
  "$weal" verify "$work/receipt.json" --offline -q > /dev/null
  count=$((count + 1))
done < "$work/acknowledged"
echo "$count receipts good after the last restart"
printf '%s passed, 0 failed\n' "$count"
