#!/usr/bin/env bash
# Makes sure that the base image of the examples exists: the one of the registry, or, where no registry answers, a
# stand-in of the same name from Debian's packages, so that every Dockerfile builds unchanged.
set -euo pipefail

IMAGE=public.ecr.aws/docker/library/debian:bookworm-slim
SUITE=bookworm
DOCKER=${CDK_DOCKER:-docker}

if $DOCKER image inspect "$IMAGE" >/dev/null 2>&1; then
  exit 0
fi
if timeout 60 "$DOCKER" pull --quiet "$IMAGE" >/dev/null 2>&1; then
  echo "Pulled $IMAGE"
  exit 0
fi

echo "No registry answers; building a stand-in for $IMAGE from Debian's packages (about a minute)"
if ! command -v debootstrap >/dev/null; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "The stand-in needs debootstrap and root. Install it and run this as root, or make" >&2
    echo "the image $IMAGE available to Docker in another way." >&2
    exit 1
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq debootstrap >/dev/null
fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
# The mirror that this machine uses for Debian, if it is a Debian machine.
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
  grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n 1 | tr -d ' ') || true
debootstrap --variant=minbase "$SUITE" "$root" "${mirror:-http://deb.debian.org/debian}" >/dev/null
# Where packages come through a proxy or an old mirror, the image takes the same way.
grep -lE '^Acquire::(http|https|Check)' /etc/apt/apt.conf.d/* 2>/dev/null | xargs -r cp -t "$root/etc/apt/apt.conf.d/"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/cache/apt/archives/*.deb
tar -C "$root" -c . | $DOCKER import --change 'CMD ["bash"]' - "$IMAGE" >/dev/null
echo "Built a stand-in for $IMAGE"
