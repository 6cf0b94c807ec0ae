#!/usr/bin/env bash
# An eighth institution joins the seven of a running demonstration with one command, is approved in
# public and signs blocks; one of the seven is removed. Receipts from before, between and after are
# good for a light client that knows genesis alone, on the command line and in a browser.
source "$(dirname "$0")/lib.sh"
weal=$1
here=$(cd "$(dirname "$0")" && pwd)
port=$(free_port)
export WEAL_NODE=http://127.0.0.1:$port
"$weal" demo --listen "127.0.0.1:$port" --pace 0 --dark-after 0 --bad-after 0 --keep "$work/demo" \
  2> "$work/demo.log" &
pids=("$!")
for _ in $(seq 900); do grep -q '^Ready' "$work/demo.log" && break; sleep 0.1; done
mapfile -t houses < <(find "$work/demo" -name owner.key -printf '%h\n' | sort)
[ "${#houses[@]}" = 7 ] || { echo "there are ${#houses[@]} institutions, not seven"; exit 1; }

# The receipt of the newest entry, and what it says of those who signed.
receipt() {
  local last
  last=$(curl -sf "$1/v1/status" | python3 -c 'import json,sys; print(json.load(sys.stdin)["log_size"] - 1)')
  curl -sf "$1/v1/records/$last/receipt" > "$work/$2.json"
}

# Lets so many of the seven approve a proposal.
approve() {
  for house in "${houses[@]:0:$2}"; do
    "$weal" network --data "$house" approve "$1" > /dev/null 2>> "$work/approve.log"
  done
}

keepers() {
  curl -sf "$1/v1/network" | python3 -c 'import json,sys
print(*sorted(k["name"] for k in json.load(sys.stdin)["keepers"]), sep="\n")'
}

# Waits until the network has so many keepers.
wait_keepers() {
  for _ in $(seq 600); do [ "$(keepers "$1" | wc -l)" = "$2" ] && return 0; sleep 0.1; done
  echo "there are not $2 institutions:"; keepers "$1"; exit 1
}

receipt "$WEAL_NODE" before
page=$(free_port) peers=$(free_port)
eighth=http://127.0.0.1:$page
"$weal" node join --data "$work/eighth" --from "$WEAL_NODE" --name 'Eighth Infirmary' \
  --address "127.0.0.1:$peers" --peers-listen "127.0.0.1:$peers" --web "$eighth" \
  --listen "127.0.0.1:$page" > "$work/eighth.log" 2>&1 &
pids+=("$!")
wait_for "$eighth/v1/status"
proposal=$("$weal" network list -o json | python3 -c 'import json,sys
print(next(p["number"] for p in json.load(sys.stdin) if p["name"] == "Eighth Infirmary"))')
curl -sf "$eighth/v1/network" | grep -q '"role":"mirror"' || { echo "it does not mirror first"; exit 1; }
approve "$proposal" 5
wait_keepers "$WEAL_NODE" 8
echo "the eighth keeps the book: $proposal was answered by five of seven"

# It proposes blocks and hears the others; what is handed to it gets in.
for _ in $(seq 600); do
  curl -sf "$eighth/v1/network" | grep -q '"role":"keeper"' && break; sleep 0.1
done
WEAL_NODE=$eighth "$weal" key new writer > /dev/null 2>&1
WEAL_NODE=$eighth "$weal" --as writer register 'A writer at the eighth' > /dev/null
receipt "$eighth" between
votes=silent
for _ in $(seq 300); do
  votes=$(curl -sf "$WEAL_NODE/v1/network" | python3 -c 'import json,sys
print(next(k["state"] for k in json.load(sys.stdin)["keepers"] if k["name"] == "Eighth Infirmary"))')
  [ "$votes" = agrees ] && break; sleep 0.1
done
[ "$votes" = agrees ] || { echo "nobody heard a vote of the eighth: $votes"; exit 1; }

gone=$(keepers "$WEAL_NODE" | grep -v Eighth | tail -n 1)
WEAL_NODE=$eighth "$weal" network --data "$work/eighth" remove "$gone" > /dev/null 2>> "$work/approve.log"
proposal=$("$weal" network list -o json | python3 -c 'import json,sys
print(next(p["number"] for p in json.load(sys.stdin) if p["kind"] == "remove"))')
approve "$proposal" 5
WEAL_NODE=$eighth "$weal" network --data "$work/eighth" approve "$proposal" > /dev/null 2>> "$work/approve.log"
wait_keepers "$WEAL_NODE" 7
keepers "$WEAL_NODE" | grep -qx "$gone" && { echo "$gone is still there"; exit 1; }
echo "$gone keeps the book no more"

"$weal" key new another > /dev/null 2>&1
"$weal" --as another register 'A writer afterwards' > /dev/null
receipt "$WEAL_NODE" after
for when in before between after; do
  said=$("$weal" verify "$work/$when.json" --offline 2> /dev/null | grep -E '^ok  (final|block)' | tr '\n' ' ')
  echo "$when: $said"
done
"$weal" verify "$work/after.json" --offline --since "$work/before.json" -q > /dev/null 2>&1
python3 - "$work" <<'PY'
import json, sys
sets = [len(json.load(open(f"{sys.argv[1]}/{when}.json")).get("sets", [])) for when in ("before", "between", "after")]
assert sets == [0, 1, 2], sets
PY
node "$here/../web/browser/receipts.mjs" "$WEAL_NODE" "$work"/{before,between,after}.json
echo '8 passed, 0 failed'
