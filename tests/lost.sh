#!/usr/bin/env bash
# One of four institutions loses its machine and its validator's key with it. From a backup and with
# a new key it keeps the book again.
source "$(dirname "$0")/lib.sh"
weal=$1
declare -a page peer
for n in 0 1 2 3; do page[n]=$(free_port); peer[n]=$(free_port); done
export WEAL_NODE=http://127.0.0.1:${page[0]}
cards=()
for n in 0 1 2 3; do
  "$weal" node key --data "$work/$n" --name "House $n" --address "127.0.0.1:${peer[n]}" > /dev/null 2>&1
  cards+=(--founder "$work/$n/founder.json")
done
"$weal" node init --data "$work/0" --name 'Lost machine' "${cards[@]}" --epoch-blocks 16 > /dev/null 2>&1
for n in 1 2 3; do
  "$weal" node init --data "$work/$n" --genesis "$work/0/genesis.json" > /dev/null 2>&1
done

start() {
  "$weal" node run --data "$1" --listen "127.0.0.1:${page[$2]}" --peers-listen "127.0.0.1:${peer[$2]}" \
    --heartbeat 1 2>> "$work/$2.log" &
  pids[$2]=$!
}

for n in 0 1 2 3; do start "$work/$n" "$n"; done
for n in 0 1 2 3; do wait_for "http://127.0.0.1:${page[n]}/v1/status"; done
for n in 1 2 3; do
  "$weal" key new "k$n" > /dev/null 2>&1
  "$weal" register "Somebody $n" --as "k$n" > /dev/null 2>&1
done
"$weal" node backup "$work/book.backup" 2> /dev/null
kill -9 "${pids[3]}"; wait "${pids[3]}" 2> /dev/null || true
cp "$work/3/owner.key" "$work/owner.key"
rm -r "$work/3"
"$weal" node restore "$work/book.backup" --data "$work/3" --from "$WEAL_NODE" 2> /dev/null | head -n 1
start "$work/3" 3
wait_for "http://127.0.0.1:${page[3]}/v1/status"
"$weal" network --data "$work/3" --owner "$work/owner.key" rekey "$work/3/validator.key"
proposal=$("$weal" network list -o json | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["number"])')
for n in 0 1 2; do "$weal" network --data "$work/$n" approve "$proposal" > /dev/null 2>&1 || true; done
role() { curl -sf "http://127.0.0.1:${page[3]}/v1/network" | python3 -c 'import json,sys; print(json.load(sys.stdin)["role"])'; }
for _ in $(seq 900); do [ "$(role)" = keeper ] && break; sleep 0.1; done
[ "$(role)" = keeper ] || { echo "it is a $(role)"; "$weal" network list; tail -n 3 "$work/3.log"; exit 1; }
for _ in $(seq 300); do
  agree=$(curl -sf "$WEAL_NODE/v1/status" | python3 -c 'import json,sys; print(json.load(sys.stdin)["agree"])')
  [ "$agree" = 4 ] && break; sleep 0.1
done
"$weal" node peers
[ "$agree" = 4 ]
curl -sf "$WEAL_NODE/metrics" | grep -E '^weal_(agree|validators|evidence_total|epoch) '
[ "$(curl -sf "$WEAL_NODE/metrics" | grep -E '^weal_evidence_total ')" = 'weal_evidence_total 0' ]
"$weal" node doctor --data "$work/3" || true
echo '3 passed, 0 failed'
