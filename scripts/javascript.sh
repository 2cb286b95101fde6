#!/usr/bin/env bash
# Checks the types of the widget. Node.js comes with the Python packages of the dev group, TypeScript from npm, once.
set -euo pipefail
cd "$(dirname "$0")/../checks/javascript"

export PATH="$PWD/../../.venv/bin:$PATH"
lock=node_modules/.package-lock.json
if [ ! -e "$lock" ] || [ package-lock.json -nt "$lock" ]; then npm ci --silent --no-audit --no-fund; touch "$lock"; fi
node node_modules/typescript/bin/tsc --project .
