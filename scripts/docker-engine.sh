#!/usr/bin/env bash
# Makes sure that a Docker Engine runs: the one that is there, or, on Debian and Ubuntu as root, the distribution's.
set -euo pipefail

LOG=/var/log/dockerd-local.log
SECONDS_TO_START=60

if docker info >/dev/null 2>&1; then
  exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "No Docker Engine answers, and this is not Debian or Ubuntu as root." >&2
  echo "Install and start one (https://docs.docker.com/engine/install/), then run this again." >&2
  exit 1
fi
if ! command -v dockerd >/dev/null; then
  echo "Installing the distribution's Docker Engine"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq docker.io >/dev/null
fi

answers() {
  for _ in $(seq "$SECONDS_TO_START"); do
    docker info >/dev/null 2>&1 && return 0
    sleep 1
  done
  return 1
}

# A second daemon would take the first one's network away: start one only where none is on its way.
if ! pgrep -x dockerd >/dev/null; then
  echo "Starting the Docker Engine"
  if [ -d /run/systemd/system ]; then
    systemctl start docker
  else
    setsid nohup dockerd >"$LOG" 2>&1 </dev/null &
  fi
fi
if ! answers; then
  echo "The Docker Engine was started and does not answer after ${SECONDS_TO_START} s." >&2
  echo "Its log is in $LOG, or in: journalctl -u docker" >&2
  exit 1
fi
