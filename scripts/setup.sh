#!/usr/bin/env bash
# Creates .venv with what uv.lock names. Needs Python 3.11; brings its own uv where there is none.
# Arguments go to `uv sync`: --no-dev for a server, --group dev for tests and checks too.
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
# The two stand-ins keep their version when they change.
# The interpreter itself, not a shim of pyenv: uv would take .venv for another's and make it anew each time.
interpreter=$("$python" -c 'import os, sys; print(os.path.realpath(sys.executable))')
"$uv" sync --frozen --quiet "$@" --python "$interpreter" \
    --reinstall-package tensorflow --reinstall-package rasa-plus

# Importing once writes the bytecode of what is used, so that no start pays for it; compiling all would double the size.
ORT_DISABLE_TELEMETRY=1 env -u PYTHONDONTWRITEBYTECODE .venv/bin/python -W ignore -c \
    "import rasa.__main__, rasa.core.run, rasa.model_training, rasa.engine.recipes.default_components, \
rasa.graph_components.validators.default_recipe_validator, rasa.validator, onnx, \
signpost.nlu.choice, signpost.nlu.classifier, signpost.nlu.gate.component, signpost.policies.safety, signpost.nlu.encoder, signpost.nlu.fitting, signpost.nlu.reader" \
    >/dev/null 2>&1
