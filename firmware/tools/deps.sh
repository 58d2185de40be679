#!/usr/bin/env bash
# deps.sh PYTHON VENV: install what is missing and say so; the only script that installs anything.
#
# Debian packages come from the lists below, Python packages from pyproject.toml into VENV, the engine
# from firmware/native/build.py. At the end `hookswitch` is on the PATH. Does nothing twice.
set -eu -o pipefail
python=$1 venv=$2
cd "$(dirname "$0")/../.."

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "deps: this needs root, or sudo: $*" >&2
        exit 1
    fi
}

wanted=$(sed 's/#.*//' firmware/native/packages.txt firmware/prompts/packages.txt firmware/sysd/packages.txt tests/packages.txt | xargs)
missing=()
for package in $wanted; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
command -v npm >/dev/null || missing+=(nodejs npm) # it bundles the pages' scripts; any will do
if [ ${#missing[@]} -gt 0 ]; then
    echo "deps: installing Debian packages: ${missing[*]}"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if [ ! -x "$venv/bin/python" ]; then
    echo "deps: making $venv"
    "$python" -m venv "$venv"
fi
if ! cmp -s pyproject.toml "$venv/pyproject.toml"; then
    echo "deps: installing Python packages of pyproject.toml into $venv"
    "$venv/bin/pip" install -q --disable-pip-version-check \
        --config-settings editable_mode=compat -e '.[test]'
    cp pyproject.toml "$venv/pyproject.toml"
fi

"$python" firmware/native/build.py "$venv/bin/python"
"$venv/bin/python" webui/build.py "$venv/share/hookswitch/web"
"$python" firmware/tools/prompts.py "$venv/share/hookswitch/prompts"
"$python" firmware/tools/music.py "$venv/share/hookswitch/music"

command=$(realpath "$venv/bin/hookswitch")
if [ "$(readlink /usr/local/bin/hookswitch 2>/dev/null)" != "$command" ]; then
    echo "deps: linking /usr/local/bin/hookswitch to this tree"
    as_root ln -sfn "$command" /usr/local/bin/hookswitch
fi
