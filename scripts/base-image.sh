#!/usr/bin/env bash
# Ensures that the base image of the examples exists, or that of another release of Debian (`base-image.sh trixie`). It is pulled from the
# registry or, if no registry can be reached, built from Debian packages under the same name, so that every Dockerfile builds without
# changes.
set -euo pipefail

SUITE=${1:-bookworm}
IMAGE=public.ecr.aws/docker/library/debian:$SUITE-slim
DOCKER=${CDK_DOCKER:-docker}

if $DOCKER image inspect "$IMAGE" >/dev/null 2>&1; then
  exit 0
fi
if timeout 60 "$DOCKER" pull --quiet "$IMAGE" >/dev/null 2>&1; then
  echo "Pulled $IMAGE"
  exit 0
fi

echo "No registry can be reached. Building a replacement for $IMAGE from Debian packages (about a minute)"
if ! command -v debootstrap >/dev/null; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "The replacement requires debootstrap and root. Install debootstrap and run this script as root, or" >&2
    echo "make the image $IMAGE available to Docker in another way." >&2
    exit 1
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq debootstrap >/dev/null
fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
# The Debian mirror of this machine, if it runs Debian.
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
  grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n 1 | tr -d ' ') || true
debootstrap --variant=minbase "$SUITE" "$root" "${mirror:-http://deb.debian.org/debian}" >/dev/null
# The image uses the same package proxy as this machine.
grep -lE '^Acquire::(http|https|Check)' /etc/apt/apt.conf.d/* 2>/dev/null | xargs -r cp -t "$root/etc/apt/apt.conf.d/"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/cache/apt/archives/*.deb
tar -C "$root" -c . | $DOCKER import --change 'CMD ["bash"]' - "$IMAGE" >/dev/null
echo "Built a replacement for $IMAGE"
