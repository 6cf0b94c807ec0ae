#!/bin/sh
# Tests the API of a running node against its own description, with all checks of schemathesis
# (https://schemathesis.io, from PyPI). Usage: schemathesis.sh BASE_URL [options of schemathesis].
# A node to test: cargo run -p weal --example api_fixture -- 127.0.0.1:8471
set -eu
base=${1:?usage: schemathesis.sh BASE_URL [OPTIONS]}
shift
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cd "$here"
WEAL_GIFT=$(curl -fsS "$base/v1/gifts?limit=1" | sed 's/.*"number":"\(G-[0-9]*\)".*/\1/')
export WEAL_GIFT
exec "${SCHEMATHESIS:-schemathesis}" --config-file "$here/schemathesis.toml" \
    run "$base/v1/openapi.json" --checks all "$@"
