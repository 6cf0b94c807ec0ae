#!/usr/bin/env bash
# A disk fills up: the node refuses what it could not keep, goes on telling what it has, goes on by
# itself when there is room, and loses nothing that it called final, not even where the disk was
# filled to the last byte. Needs root, to mount a small disk of memory.
source "$(dirname "$0")/lib.sh"
weal=$1
mkdir "$work/disk"
if ! mount -t tmpfs -o size=120m weal-full-test "$work/disk" 2> "$work/mount.log"; then
  echo "SKIPPED: NO SMALL DISK CAN BE MOUNTED HERE: $(cat "$work/mount.log")" >&2
  echo '0 passed, 0 failed'
  exit 0
fi
trap 'for pid in "${pids[@]:-}"; do [ -n "$pid" ] && kill "$pid" 2>/dev/null; done; wait 2>/dev/null
  umount "$work/disk"; rm -rf "$work"' EXIT
data=$work/disk/node
port=$(free_port)
export WEAL_NODE=http://127.0.0.1:$port
"$weal" node init --data "$data" --name 'Full disk test' > /dev/null 2>&1

start() {
  "$weal" node run --data "$data" --listen "127.0.0.1:$port" --heartbeat 1 2>> "$work/node.log" &
  pids=("$!")
  wait_for "$WEAL_NODE/v1/status"
}

# Registers somebody; remembers the entry if it was called final.
register() {
  "$weal" key new "$1" > /dev/null 2>&1 || true
  "$weal" register "Name $1" --as "$1" > "$work/said" 2>&1 || return 1
  echo "$1" >> "$work/acknowledged"
}

check_all() {
  local count=0 size
  size=$(curl -sf "$WEAL_NODE/v1/status" | python3 -c 'import json,sys; print(json.load(sys.stdin)["log_size"])')
  [ "$size" -ge "$(wc -l < "$work/acknowledged")" ] || { echo 'entries are lost'; exit 1; }
  for index in $(seq 0 $((size - 1))); do
    curl -sf "$WEAL_NODE/v1/records/$index/receipt" > "$work/receipt.json"
    "$weal" verify "$work/receipt.json" --offline >> "$work/told" 2> /dev/null
    count=$((count + 1))
  done
  while read -r name; do
    grep -q "Name $name\"" "$work/told" || { echo "$name is lost"; exit 1; }
  done < "$work/acknowledged"
  echo "$count receipts good, $(wc -l < "$work/acknowledged") acknowledged entries there"
}

fill() { dd if=/dev/zero of="$work/disk/filler" bs=1M count="$1" status=none 2> /dev/null || true; }

start
for n in $(seq 5); do register "before$n"; done
free=$(df --output=avail -BM "$work/disk" | tail -n 1 | tr -dc 0-9)
fill $((free - 40))
sleep 1
register full && { echo 'taken on a full disk'; exit 1; }
cat "$work/said"
code=$(curl -s -o "$work/problem" -D "$work/headers" -w '%{http_code}' \
  -H 'content-type: application/json' -d '{}' "$WEAL_NODE/v1/operations")
[ "$code" = 503 ] || { echo "a submission is answered with $code"; exit 1; }
grep -qi '^retry-after:' "$work/headers"
cat "$work/problem"; echo
for path in /v1/status /v1/records/0/receipt / /v1/needs; do
  curl -sf -o /dev/null "$WEAL_NODE$path" || { echo "$path is not answered"; exit 1; }
done
grep -q 'the disk is nearly full' "$work/node.log"
rm "$work/disk/filler"
sleep 1
for n in $(seq 5); do register "after$n"; done
echo 'it goes on by itself'

# To the last byte, while the node works.
(for n in $(seq 40); do register "during$n" || true; done) &
writer=$!
sleep 0.5
fill 500
wait "$writer"
for _ in $(seq 50); do kill -0 "${pids[0]}" 2>/dev/null || break; sleep 0.2; done
kill -0 "${pids[0]}" 2>/dev/null && echo 'it lives on a full disk' || echo 'it ended on a full disk'
kill "${pids[0]}" 2>/dev/null || true
wait "${pids[0]}" || true
tail -n 2 "$work/node.log" | cut -c 1-200
rm "$work/disk/filler"
start
register again
check_all
echo '6 passed, 0 failed'
