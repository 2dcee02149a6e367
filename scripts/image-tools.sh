#!/usr/bin/env bash
# Installs the tools that make images of every kind for the tests: skopeo and umoci, from Debian's packages.
set -euo pipefail

if command -v skopeo >/dev/null && command -v umoci >/dev/null; then
  exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "The Docker tests need skopeo and umoci. Install them, or run this as root on Debian or Ubuntu." >&2
  exit 1
fi
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq skopeo umoci >/dev/null
