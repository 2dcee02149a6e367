#!/usr/bin/env bash
# Creates the virtual environment of the interop suite, and installs a wheel of the current source in it.
set -euo pipefail

cd "$(dirname "$0")/.."
venv=.cache/venv
installed=$venv/installed
if [ "$installed" -nt dist/.sources ] && [ "$installed" -nt test/interop/requirements.txt ] && [ "$installed" -nt "$0" ]; then
  exit 0
fi
if ! "$venv/bin/python" -c '' 2>/dev/null; then
  python3 -m venv "$venv"
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement test/interop/requirements.txt
# pacmak builds the wheel with the python3 on the PATH.
PATH="$PWD/$venv/bin:$PATH" node scripts/package.mjs python
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps .cache/packages/python/*.whl

# Version 3 of the SageMaker Python SDK conflicts with the packages above. The table of images is generated from it.
images=.cache/venv-images
if ! "$images/bin/python" -c '' 2>/dev/null; then
  python3 -m venv "$images"
fi
"$images/bin/python" -m pip install --quiet --disable-pip-version-check sagemaker-core==2.27.0 sagemaker-train==1.27.0 sagemaker-serve==1.27.0
touch "$installed"
