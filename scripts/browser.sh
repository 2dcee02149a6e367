#!/usr/bin/env bash
# Installs the browser that tests of pages run: Chromium and a font, from Debian packages.
set -euo pipefail

if command -v chromium >/dev/null; then
  exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "The tests of pages require Chromium. Install it, or run this script as root on Debian or Ubuntu." >&2
  exit 1
fi
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
