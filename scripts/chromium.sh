#!/usr/bin/env bash
# The browser that the tests drive. Installs Debian's where there is none.
set -euo pipefail

command -v chromium >/dev/null && exit 0
echo "Installing chromium for the browser tests..."
apt=(apt-get)
[ "$(id -u)" = 0 ] || apt=(sudo -n apt-get)
if "${apt[@]}" update -qq && "${apt[@]}" install -y -qq chromium >/dev/null; then exit 0; fi
echo "The browser tests need Chromium, and it could not be installed. Install it (on Debian: apt install chromium) and run make again." >&2
exit 1
