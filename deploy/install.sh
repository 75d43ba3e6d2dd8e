#!/bin/sh
# Install Huying from this folder, without any network:  sh install.sh /opt/huying
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:?"usage: sh install.sh FOLDER"}
python=${PYTHON:-python3}

cd "$here"
sha256sum --check --quiet SHA256SUMS || { echo "A file of this archive is damaged: copy it again." >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  { echo "Python 3.11 or newer is needed: PYTHON=/path/to/python3 sh install.sh $target" >&2; exit 1; }
"$python" -m venv "$target"
"$target/bin/pip" install --quiet --disable-pip-version-check --no-index --find-links wheels \
  --constraint constraints.txt "huying[postgres,oidc]"
echo "Installed. Next: $here/deploy/install, which asks six questions (docs/operating.md)"
