# SPDX-License-Identifier: GPL-3.0-or-later
# Set-up shared by ./run and ./test, sourced with the repository's root as the working folder.
#
#   setup_packages   system packages that are missing (apt; root or sudo)
#   setup_wheels     LibTorch and HiGHS into the cache (setup/fetch)
#   setup_build      configure the preset and build
#
# Every step says what it does and how long it took; a step with nothing to do takes milliseconds.

set -euo pipefail

say() { printf '%s: %s\n' "${0##*/}" "$*"; }

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# as_root COMMAND...: runs it as root, by sudo where needed.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "installing packages needs root or sudo: $*"
    fi
}

missing_packages() {
    local wanted installed
    wanted=$(grep -v '^#' setup/packages.txt | awk '{print $1}')
    # shellcheck disable=SC2086  # one word a package
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
        awk '$1 == "installed" {print $2}') || true
    comm -23 <(sort <<<"$wanted") <(sort -u <<<"$installed") | tr '\n' ' '
}

setup_packages() {
    if ! command -v apt-get >/dev/null; then
        say "no apt-get here: make sure that the packages of setup/packages.txt are there"
        return
    fi
    local missing start=$SECONDS log size
    missing=$(missing_packages)
    if [ -z "${missing// /}" ]; then
        say "system packages are here"
        return
    fi
    log=$(mktemp)
    say "system packages: reading the lists (needs the network)"
    as_root apt-get update -q >"$log" 2>&1 || {
        tail -n 3 "$log" >&2
        fail "the package lists could not be read: this step needs the network (or install yourself: $missing)"
    }
    # shellcheck disable=SC2086
    size=$(LC_ALL=C apt-get install -q --no-install-recommends --assume-no $missing 2>/dev/null |
        sed -n 's/^Need to get \(.*\) of archives.*/\1/p') || true
    say "system packages: installing $missing(${size:-size unknown} to download)"
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing \
        >"$log" 2>&1 || {
        tail -n 5 "$log" >&2
        fail "the packages could not be installed: this step needs the network and ${size:-some} of it"
    }
    rm -f "$log"
    say "system packages: $((SECONDS - start)) s"
}

setup_wheels() {
    python3 setup/fetch
}

# setup_build PRESET FOLDER [TARGET...]
setup_build() {
    local preset=$1 folder=$2 start=$SECONDS jobs memory deps log
    shift 2
    deps=${PSEPHOS_DEPS:-${XDG_CACHE_HOME:-$HOME/.cache}/psephos}
    if [ ! -f "$folder/build.ninja" ] || ! grep -qxF "PSEPHOS_DEPS:PATH=$deps" "$folder/CMakeCache.txt"; then
        say "configuring preset $preset in $folder/"
        log=$(mktemp)
        cmake --preset "$preset" -DPSEPHOS_DEPS="$deps" >"$log" 2>&1 || {
            tail -n 30 "$log" >&2
            rm -f "$log"
            fail "configuring failed (an old build folder? remove $folder/)"
        }
        rm -f "$log"
    fi
    # A compiler with LibTorch's headers takes about 1.5 GB: no more jobs than memory allows.
    jobs=$(nproc)
    memory=$(awk '/MemAvailable/ {print int($2 / 1572864)}' /proc/meminfo)
    [ "$memory" -lt "$jobs" ] && jobs=$((memory > 1 ? memory : 1))
    say "building (the first time takes minutes, then only what changed)"
    if [ -t 1 ]; then
        cmake --build "$folder" -j "$jobs" ${1:+--target "$@"} || fail "the build failed"
    else
        NINJA_STATUS='[%f/%t %es] ' cmake --build "$folder" -j "$jobs" ${1:+--target "$@"} >"$folder/build.log" 2>&1 || {
            # The first messages of the compiler, of the linker or of CMake; not their command lines.
            { grep -A 12 -E 'error:|CMake Error|undefined (reference|symbol)|Killed' "$folder/build.log" ||
                tail -n 40 "$folder/build.log"; } | head -n 60 | cut -c1-300 >&2
            fail "the build failed (all of it in $folder/build.log)"
        }
    fi
    say "built in $((SECONDS - start)) s"
}
