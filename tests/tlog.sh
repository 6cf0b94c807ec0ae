#!/usr/bin/env bash
# The log read by a program that shares nothing with ours; a witness; a copy with one byte changed.
source "$(dirname "$0")/lib.sh"
weal=$1
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."

# The one package it needs beside Python's own library.
venv=${WEAL_TLOG_VENV:-target/tlog-venv}
install="python3 -m pip install --quiet cryptography==48.0.0"
if ! "$venv/bin/python3" -c 'import cryptography' 2>/dev/null; then
  echo "$install"
  python3 -m venv "$venv"
  "$venv/bin/${install%% *}" ${install#* }
fi
read_log() { "$venv/bin/python3" "$here/tlog.py" "$@"; }

# Four institutions keep one book: each serves the whole log, and all the same.
free_ports() {
  python3 - "$1" <<'PYTHON'
import socket, sys
count = int(sys.argv[1])
for base in range(21000, 29000, 16):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for at, one in enumerate(sockets):
            one.bind(("127.0.0.1", base + at))
        print(base)
        break
    except OSError:
        continue
    finally:
        for one in sockets:
            one.close()
PYTHON
}
first=$(free_ports 4)
"$weal" demo --listen "127.0.0.1:$first" --pace 0 --keepers 4 --dark-after 0 --bad-after 0 \
  2> "$work/four.log" &
four=$!
pids+=("$four")
nodes=()
for at in 0 1 2 3; do
  nodes+=("http://127.0.0.1:$((first + at))")
  wait_for "http://127.0.0.1:$((first + at))/log/checkpoint"
done
echo '-- four institutions'
"$weal" audit compare "${nodes[@]}"
read_log "${nodes[3]}/log" --vkey "$(curl -sf "${nodes[3]}/log/keeper.vkey")"
kill "$four" && wait "$four" 2>/dev/null || true

# A book with a story, then the same directory as an ordinary node with a witness.
port=$(free_port)
base=http://127.0.0.1:$port
"$weal" demo --listen "127.0.0.1:$port" --pace 0 --keepers 1 --keep "$work/book" \
  2> "$work/demo.log" &
demo=$!
pids+=("$demo")
wait_for "$base/log/checkpoint"
vkey=$(curl -sf "$base/log/keeper.vkey")
kill "$demo" && wait "$demo" 2>/dev/null || true
book=$(dirname "$(find "$work/book" -name genesis.json | head -1)")

witness_port=$(free_port)
"$weal" witness --data "$work/witness" --listen "127.0.0.1:$witness_port" --log "$vkey" \
  > "$work/witness.out" 2> "$work/witness.log" &
pids+=($!)
wait_for "http://127.0.0.1:$witness_port/vkey"
wkey=$(curl -sf "http://127.0.0.1:$witness_port/vkey")
"$weal" node run --data "$book" --listen "127.0.0.1:$port" \
  --witness "$wkey@http://127.0.0.1:$witness_port" 2> "$work/node.log" &
pids+=($!)
wait_for "$base/log/checkpoint"
for _ in $(seq 100); do
  curl -sf "$base/v1/network/checkpoint" | grep -q '"witnesses":1' && break
  sleep 0.1
done

echo '-- the log as it is served'
read_log "$base/log" --vkey "$vkey" --witness "$wkey"
"$weal" audit fsck "$base" --quiet
curl -sf "$base/v1/records/7/receipt" > "$work/receipt.json"
"$weal" audit compare "$base" --receipts "$work/receipt.json" --quiet

echo '-- its copy'
"$weal" audit mirror "$base" "$work/copy" --quiet > /dev/null
copy_port=$(free_port)
python3 -m http.server --bind 127.0.0.1 --directory "$work/copy" "$copy_port" &> /dev/null &
pids+=($!)
copy=http://127.0.0.1:$copy_port
wait_for "$copy/checkpoint"
read_log "$copy" --vkey "$vkey" --witness "$wkey"
"$weal" audit fsck "$copy" --quiet > /dev/null
"$weal" audit fsck "$work/copy" --quiet > /dev/null

flip() {
  python3 - "$1" "$2" <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(int(sys.argv[2]))
    byte = file.read(1)[0]
    file.seek(int(sys.argv[2]))
    file.write(bytes([byte ^ 1]))
PYTHON
}
# Whether a command ends with this exit code.
fails() {
  local wanted=$1 said code=0
  shift
  said=$("$@" 2>&1) || code=$?
  if [ "$code" != "$wanted" ]; then
    echo "$file, byte $byte: exit code $code instead of $wanted: $*" >&2
    echo "$said" >&2
    exit 1
  fi
  echo "$said" | head -1 | cut -c1-150
}
partial=$(cd "$work/copy" && find tile/0 tile/1 tile/entries -path '*.p/*' -type f | sort)
for file in checkpoint tile/0/003 tile/entries/005 $partial; do
  byte=$(($(stat -c %s "$work/copy/$file") / 2))
  flip "$work/copy/$file" "$byte"
  echo "-- byte $byte of $file changed"
  fails 1 read_log "$copy" --vkey "$vkey" --witness "$wkey"
  fails 5 "$weal" audit fsck "$copy" --quiet
  flip "$work/copy/$file" "$byte"
done
file=vkey byte=-
echo '-- another key'
fails 1 read_log "$base/log" --vkey "$wkey"
read_log "$copy" --vkey "$vkey" --witness "$wkey"
echo 'the log, its copy and its witness hold; every changed byte was noticed'
