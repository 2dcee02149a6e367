#!/usr/bin/env bash
# Ensures that Docker Engine is running. If it is running already, nothing changes. Otherwise, on Debian and Ubuntu, the package of the
# distribution is installed and started, as root or through sudo.
#
#   docker-engine.sh [--no-install]     --no-install: change nothing, and fail if Docker Engine is not running
set -euo pipefail

LOG=/var/log/dockerd-local.log
SECONDS_TO_START=60
SOCKET=/var/run/docker.sock

if docker info >/dev/null 2>&1; then
  exit 0
fi

# No package of this machine starts the engine of another address.
if [ -n "${DOCKER_HOST:-}" ]; then
  echo "Docker Engine does not respond at DOCKER_HOST=$DOCKER_HOST. Start it there or unset DOCKER_HOST, then try again." >&2
  exit 1
fi

give_up() {
  echo "Docker Engine is not running. Start it with this command, then try again:" >&2
  echo "  $1" >&2
  exit 1
}

case "$(uname -s)" in
  Darwin) give_up 'brew install --cask docker && open -a Docker' ;;
  Linux) ;;
  *) give_up 'winget install Docker.DockerDesktop' ;;
esac
if ! command -v apt-get >/dev/null; then
  give_up 'curl -fsSL https://get.docker.com | sh && sudo systemctl start docker'
fi

as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || give_up "su -c 'apt-get install -y docker.io && service docker start'"
  as_root=(sudo)
fi
if [ "${1:-}" = --no-install ]; then
  give_up "${as_root[*]:+${as_root[*]} }bash scripts/docker-engine.sh"
fi

if ! command -v dockerd >/dev/null; then
  echo "Docker Engine is not running. Installing the package docker.io of this distribution with apt-get."
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes apt-get install -y -qq docker.io >/dev/null
fi

responds() {
  for _ in $(seq "$SECONDS_TO_START"); do
    "${as_root[@]}" docker info >/dev/null 2>&1 && return 0
    sleep 1
  done
  return 1
}

# A second daemon would break the network of the first one. Do not start one if another is starting.
if ! pgrep -x dockerd >/dev/null; then
  echo "Starting Docker Engine."
  if [ -d /run/systemd/system ]; then
    "${as_root[@]}" systemctl start docker
  else
    "${as_root[@]}" sh -c "setsid nohup dockerd >$LOG 2>&1 </dev/null &"
  fi
fi
if ! responds; then
  echo "Docker Engine was started but does not respond after ${SECONDS_TO_START} s." >&2
  echo "See its log: $LOG, or the output of: journalctl -u docker" >&2
  exit 1
fi
if ! docker info >/dev/null 2>&1; then
  echo "Allowing $(id -un) to use Docker Engine until it restarts. To allow it permanently: sudo usermod -aG docker $(id -un), then log in again."
  sudo chgrp "$(id -gn)" "$SOCKET"
fi
