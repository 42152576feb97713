#!/usr/bin/env bash
# Make the virtual environment and put uv into it: tools/make_environment.sh PYTHON VENV
set -euo pipefail

python=$1
venv=$2
uv_version="uv>=0.9,<1"

if ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
    echo "TextNLP needs Python 3.11, 3.12 or 3.13; '$python' is $("$python" --version 2>&1 || echo missing)." >&2
    echo "Name another one: make PYTHON=python3.12 …" >&2
    exit 1
fi

# missing PACKAGE TROUBLE: install Debian's package, or name the trouble and its remedy and return 1.
missing() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing Debian's $1."
        apt-get update -qq && apt-get install -y -qq --no-install-recommends "$1" >/dev/null
    else
        echo "$2 On Debian: sudo apt-get install $1" >&2
        return 1
    fi
}

# Debian keeps the module that makes environments in a package of its own.
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    missing python3-venv "'$python' cannot make virtual environments."

# The embedded model computes with GNU's OpenMP; everything else goes without.
if [ "$(uname -s)" = Linux ] && ! "$python" -c 'import ctypes; ctypes.CDLL("libgomp.so.1")' 2>/dev/null; then
    missing libgomp1 "The embedded model needs GNU's OpenMP library." || true
fi

"$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$uv_version"
