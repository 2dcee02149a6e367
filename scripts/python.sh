#!/usr/bin/env bash
# Creates the virtual environments of the interop suite, and installs a wheel of the current source in the first one.
set -euo pipefail

cd "$(dirname "$0")/.."
venv=.cache/venv
installed=$venv/installed
if [ "$installed" -nt dist/.sources ] && [ "$installed" -nt test/interop/requirements.txt ] && [ "$installed" -nt "$0" ]; then
  exit 0
fi

create() {
  "$1/bin/python" -c '' 2>/dev/null || python3 -m venv "$1"
}

# uv takes seconds for packages that pip installs in minutes. It does not read the configuration of pip, such as the address of a mirror: pip
# takes over if it fails.
install() {
  local python=$1/bin/python
  shift
  "$venv/bin/uv" pip install --quiet --native-tls --python "$python" "$@" ||
    "$python" -m pip install --quiet --disable-pip-version-check "$@"
}

create "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check uv==0.13.9
install "$venv" --requirement test/interop/requirements.txt
# pacmak builds the wheel with the python3 on the PATH.
PATH="$PWD/$venv/bin:$PATH" node scripts/package.mjs python
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps .cache/packages/python/*.whl

# Version 3 of the SageMaker Python SDK conflicts with the packages above. The table of images is generated from it.
images=.cache/venv-images
create "$images"
install "$images" sagemaker-core==2.27.0 sagemaker-train==1.27.0 sagemaker-serve==1.27.0
touch "$installed"
