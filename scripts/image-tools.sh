#!/usr/bin/env bash
# Installs the tools that create images in different formats for the tests: skopeo and umoci, from Debian packages.
set -euo pipefail

if command -v skopeo >/dev/null && command -v umoci >/dev/null; then
  exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "The Docker tests require skopeo and umoci. Install them, or run this script as root on Debian or Ubuntu." >&2
  exit 1
fi
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq skopeo umoci >/dev/null
