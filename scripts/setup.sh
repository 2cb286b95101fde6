#!/usr/bin/env bash
# Creates .venv with everything uv.lock names. Needs Python 3.11; brings its own uv where there is none.
set -euo pipefail
cd "$(dirname "$0")/.."

for candidate in python3.11 python3 python; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "${python:-}" ]; then
    echo "Signpost needs Python 3.11 and found none. Install it (on Debian: apt install python3.11 python3.11-venv) and run make again." >&2
    exit 1
fi

uv=$(command -v uv || true)
if [ -z "$uv" ]; then
    uv=.uv/bin/uv
    if [ ! -x "$uv" ]; then
        echo "Fetching uv, which installs the rest..."
        "$python" -m venv .uv
        .uv/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"
    fi
fi

echo "Installing what uv.lock names (about a minute the first time)..."
# Compiled once here, so that no start pays for it. The two stand-ins keep their version when they change.
"$uv" sync --frozen --quiet --compile-bytecode --reinstall-package tensorflow --reinstall-package rasa-plus --python "$(command -v "$python")"
