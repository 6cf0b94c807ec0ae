# Starts and stops programs under test; sourced by the scripts beside it.
set -euo pipefail
unset RUST_BACKTRACE
work=$(mktemp -d)
export WEAL_HOME=$work/home
pids=()

finish() {
  local status=$?
  for pid in "${pids[@]:-}"; do
    [ -n "$pid" ] && kill "$pid" 2>/dev/null || true
  done
  # What does not end when asked to is a fault, and must not hang the build.
  for pid in "${pids[@]:-}"; do
    [ -n "$pid" ] || continue
    timeout 30 tail --pid="$pid" -f /dev/null && continue
    echo "process $pid did not end" >&2
    kill -9 "$pid" || true
    status=1
  done
  wait 2>/dev/null || true
  # What the programs said explains what went wrong.
  [ "$status" = 0 ] || tail -n 20 "$work"/*.log >&2 2>/dev/null || true
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT

# A free port of this machine.
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Waits until a page answers, at most so many tenths of a second.
wait_for() {
  for _ in $(seq "${2:-600}"); do
    curl -sf -o /dev/null "$1" && return 0
    sleep 0.1
  done
  echo "nothing answers at $1" >&2
  return 1
}
