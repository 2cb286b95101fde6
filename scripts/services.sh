#!/usr/bin/env bash
# Redis and nginx, which the tests start on ports of their own. Installs Debian's where there are none.
set -euo pipefail

export PATH="$PATH:/usr/sbin"
wanted=()
command -v redis-server >/dev/null || wanted+=(redis-server)
command -v nginx >/dev/null || wanted+=(nginx-light)
[ "${#wanted[@]}" = 0 ] && exit 0
echo "Installing ${wanted[*]} for the tests with several workers..."
apt=(apt-get)
[ "$(id -u)" = 0 ] || apt=(sudo -n apt-get)
if "${apt[@]}" update -qq && "${apt[@]}" install -y -qq "${wanted[@]}" >/dev/null; then exit 0; fi
echo "These tests need ${wanted[*]}, and could not get it. Install it (on Debian: apt install ${wanted[*]}) and run make again." >&2
exit 1
