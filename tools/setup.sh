#!/bin/sh
# Make .venv and everything in it from a fresh checkout. `tools/setup.sh` is enough to run; `tools/setup.sh test` adds what tests need.
# A second run does nothing, and takes no time, while no project file has changed.
set -eu
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}
say() { printf '%s\n' "$*" >&2; }

# apt only where root or sudo allows it; otherwise one sentence says what is missing.
apt_install() {
    if [ "$(id -u)" = 0 ]; then as_root=""; elif sudo -n true 2>/dev/null; then as_root="sudo"; else as_root=none; fi
    if [ "$as_root" = none ] || ! command -v apt-get >/dev/null; then
        say "Please install: $*"
        return 1
    fi
    say "Installing $* ..."
    export DEBIAN_FRONTEND=noninteractive
    $as_root apt-get -qq -o DPkg::Lock::Timeout=300 update >/dev/null 2>&1 || true
    $as_root apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@" >/dev/null
}

"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { say "Pendopo needs Python 3.11 or newer."; exit 1; }
if ! "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then apt_install python3-venv; fi

stamp() { # stamp NAME FILE...: true when FILEs are unchanged since `seal NAME FILE...`
    name=$1; shift
    [ -f ".venv/.stamp-$name" ] && [ "$(cat "$@" | cksum)" = "$(cat ".venv/.stamp-$name")" ]
}
seal() { name=$1; shift; cat "$@" | cksum > ".venv/.stamp-$name"; }

parts=$("$PYTHON" -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["tool"]["pendopo"]["workspace"]["parts"])')
projects=$(for part in $parts; do printf '%s/pyproject.toml ' "$part"; done)

[ -x .venv/bin/python ] || "$PYTHON" -m venv .venv
# shellcheck disable=SC2086
if ! stamp python requirements.lock pyproject.toml $projects; then
    say "Installing Python packages ..."
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
    editable=$(for part in $parts; do printf -- '-e ./%s ' "$part"; done)
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $editable
    seal python requirements.lock pyproject.toml $projects
fi
if ! stamp node package-lock.json tools/vendor.py; then
    say "Fetching what browsers need ..."
    .venv/bin/python tools/vendor.py
    seal node package-lock.json tools/vendor.py
fi
.venv/bin/python tools/words.py compile

if [ "${1:-}" = test ]; then
    need=""
    for program in chromium liquidsoap icecast2 ffmpeg mpv espeak-ng; do command -v "$program" >/dev/null || need="$need $program"; done
    PATH="$PATH:/usr/sbin" command -v nginx >/dev/null || need="$need nginx-light"
    command -v pdftotext >/dev/null || need="$need poppler-utils"
    command -v zbarimg >/dev/null || need="$need zbar-tools"
    command -v softhsm2-util >/dev/null || need="$need softhsm2"
    # shellcheck disable=SC2086
    [ -z "$need" ] || apt_install $need
    command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || apt_install postgresql
fi
