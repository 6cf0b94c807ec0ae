#!/usr/bin/env bash
# A node is backed up while it works; elsewhere the backup becomes a mirror with the same log and
# state, which follows the book; damage is refused with its place, also where the sums were made to
# fit; and the one who keeps a book alone goes on from a backup with the key.
source "$(dirname "$0")/lib.sh"
weal=$1
port=$(free_port) other=$(free_port)
node=http://127.0.0.1:$port mirror=http://127.0.0.1:$other
export WEAL_NODE=$node
python3 "$(dirname "$0")/lists.py" "$work/lists"
"$weal" node init --data "$work/node" --name 'Backup test' > /dev/null 2>&1

start() {
  "$weal" node run --data "$1" --listen "127.0.0.1:$2" --heartbeat 1 2>> "$work/node.log" &
  pids+=("$!")
  wait_for "http://127.0.0.1:$2/v1/status"
}

stop() {
  kill "${pids[-1]}" && wait "${pids[-1]}" || true
  unset 'pids[-1]'
}

# A member of a JSON answer.
member() { curl -sf "$1" | python3 -c "import json,sys; print(json.load(sys.stdin)['$2'])"; }

start "$work/node" "$port"
"$weal" import relief "$work/lists" > "$work/import.log" 2>&1 &
import=$!
for _ in $(seq 600); do [ "$(member "$node/v1/status" log_size)" -gt 1000 ] && break; sleep 0.1; done
began=$(member "$node/v1/status" height)
"$weal" node backup "$work/book.backup" > "$work/said" 2>&1
kill -0 "$import" || { echo 'the import was over before the backup was'; exit 1; }
cat "$work/said"
first=$(stat -c %s "$work/book.backup")
wait "$import"
grep -q 'no key is in it' "$work/said"
"$weal" node backup "$work/book.backup" > /dev/null 2>&1 && { echo 'written over'; exit 1; }
"$weal" node backup "$work/book.backup" --continue 2> /dev/null
[ "$(stat -c %s "$work/book.backup")" -gt "$first" ]
grep -qF "$(cat "$work/node/validator.key")" "$work/book.backup" && { echo 'a key is in it'; exit 1; }

network=$(member "$node/v1/status" network)
restore() { "$weal" node restore "$1" --data "$work/$2" --network "$network" "${@:3}"; }
restore "$work/book.backup" restored --from "$node" | tee "$work/restored.txt"
height=$(sed -n 's/.*up to block //p' "$work/restored.txt")
[ "$height" -gt "$began" ]
curl -sf "$node/v1/blocks/$height" > "$work/block.json"
for root in 'log root' 'state root'; do
  value=$(sed -n "s/^$root *//p" "$work/restored.txt")
  grep -q "$value" "$work/block.json" || { echo "another $root"; cat "$work/block.json"; exit 1; }
done
start "$work/restored" "$other"
last=$(($(member "$mirror/v1/status" log_size) - 1))
for index in 0 7 $((last / 2)) "$last"; do
  curl -sf "$mirror/v1/records/$index/receipt" > "$work/receipt-$index.json"
  "$weal" verify "$work/receipt-$index.json" --offline -q --network "$network" > /dev/null
done
"$weal" key new late > /dev/null 2>&1
"$weal" register 'Late' --as late > /dev/null 2>&1
for _ in $(seq 100); do
  [ "$(member "$mirror/v1/status" log_size)" = $((last + 2)) ] && break; sleep 0.1
done
[ "$(member "$mirror/v1/status" log_root)" = "$(member "$node/v1/status" log_root)" ]
echo 'the restored mirror follows the book'
stop

python3 - "$work/book.backup" "$work" <<'PY'
import hashlib, sys
good, work = open(sys.argv[1], "rb").read(), sys.argv[2]
bad = bytearray(good); bad[len(bad) // 2] ^= 1
open(f"{work}/flipped.backup", "wb").write(bad)
open(f"{work}/cut.backup", "wb").write(good[: len(good) // 2])
# A forger changes a signature of the last certificate and makes all sums fit.
line = good.index(b"\n") + 1
at, before, out, parts = line, hashlib.sha256(good[:line]).digest(), bytearray(good[:line]), []
while at < len(good):
    size = int.from_bytes(good[at:at + 4], "big")
    parts.append(bytearray(good[at + 4:at + 4 + size])); at += 4 + size + 32
parts[-2][-10] ^= 1
for part in parts:
    length = len(part).to_bytes(4, "big")
    before = hashlib.sha256(before + length + part).digest()
    out += length + part + before
open(f"{work}/forged.backup", "wb").write(out)
PY
refused() {
  local code=0
  restore "$work/$1.backup" "bad-$1" > "$work/said" 2>&1 || code=$?
  [ "$code" = "$2" ] || { echo "$1 ended with $code"; cat "$work/said"; exit 1; }
  grep -qE "$3" "$work/said" || { echo "$1 says:"; cat "$work/said"; exit 1; }
  echo "$1: $(head -n 1 "$work/said")" | cut -c 1-160
}
refused flipped 5 'is damaged between bytes [0-9]+ and [0-9]+: '
refused cut 1 'was cut off after block [0-9]+'
refused forged 5 'after block [0-9]+: '

# The machine is lost. The backup and the key go on alone.
stop
restore "$work/book.backup" again --key "$work/node/validator.key" > /dev/null 2> "$work/said"
grep -q 'entries after the backup are lost' "$work/said"
start "$work/again" "$port"
"$weal" key new later > /dev/null 2>&1
"$weal" register 'Later' --as later > /dev/null 2>&1
[ "$(member "$node/v1/status" log_size)" = $((last + 2)) ]
curl -sf "$node/v1/records/$((last + 1))/receipt" > "$work/new.json"
"$weal" verify "$work/new.json" --offline -q --network "$network" \
  --since "$work/receipt-$last.json" > /dev/null
stop
start "$work/again" "$port"
[ "$(member "$node/v1/status" log_size)" = $((last + 2)) ]
"$weal" node doctor --data "$work/again" > /dev/null
stop
"$weal" node backup --data "$work/again" "$work/offline.backup" 2> /dev/null
restore "$work/offline.backup" third | head -n 1
echo '9 passed, 0 failed'
