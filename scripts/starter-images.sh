#!/usr/bin/env bash
# Ensures that the base images of the starters exist: all of them, or those that are named (`starter-images.sh python go`). They are pulled
# or, if no registry can be reached, built under the same names from the packages of the same Debian release, which have the versions that
# the names state.
set -euo pipefail
cd "$(dirname "$0")"

DOCKER=${CDK_DOCKER:-docker}
LIBRARY=public.ecr.aws/docker/library

exists() {
  $DOCKER image inspect "$1" >/dev/null 2>&1 || timeout 60 "$DOCKER" pull --quiet "$1" >/dev/null 2>&1
}

# The instructions on standard input create the image. Its builds download from package registries: they trust the certificates of this
# machine, as its own package managers do.
replace() {
  echo "No registry can be reached. Building a replacement for $1 from packages"
  bash base-image.sh trixie
  mkdir -p "$context/files"
  cp -L /etc/ssl/certs/ca-certificates.crt "$context/"
  {
    echo "FROM $LIBRARY/debian:trixie-slim"
    cat
    echo "COPY files/ /usr/local/bin/"
    echo "COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt"
  } >"$context/Dockerfile"
  $DOCKER build --quiet --tag "$1" "$context" >/dev/null
}

packages() {
  echo "RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates $* && rm -rf /var/lib/apt/lists/*"
}

python() {
  local image=$LIBRARY/python:3.13-slim-trixie
  exists "$image" && return
  # In the official image, pip installs into the system.
  replace "$image" <<EOF
$(packages python3 python3-pip)
RUN rm /usr/lib/python3.13/EXTERNALLY-MANAGED && ln -s /usr/bin/python3 /usr/local/bin/python
EOF
}

node() {
  local image=$LIBRARY/node:22-trixie-slim
  exists "$image" && return
  # Debian has no Node.js 22, but the registry of npm has.
  npm pack --silent --pack-destination "$context" "node-linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')@22" >/dev/null
  mkdir -p "$context/files"
  tar -xzf "$context"/node-linux-*.tgz -C "$context/files" --strip-components 2 package/bin/node
  packages libstdc++6 | replace "$image"
}

go() {
  local image=$LIBRARY/golang:1.24-trixie
  exists "$image" || packages golang-go git | replace "$image"
}

rust() {
  local image=$LIBRARY/rust:1.85-slim-trixie
  exists "$image" || packages cargo rustc | replace "$image"
}

r() {
  bash base-image.sh trixie
}

for language in "${@:-python node go rust r}"; do
  for name in $language; do
    context=$(mktemp -d)
    trap 'rm -rf "$context"' EXIT
    "$name"
    rm -rf "$context"
  done
done
