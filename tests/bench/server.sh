# A folder that goes away, and what the servers of tests/servers ask of whoever starts them. Sourced
# behind lib.sh by the benchmarks that fetch (bash).
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

# shellcheck disable=SC2034 # for those who source this
IMAGES=/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64
WORK=$(mktemp -d "${TMPDIR:-/tmp}/eliloader-bench.XXXXXX")
at_exit_commands=()
at_exit() {
    at_exit_commands+=("$(printf '%q ' "$@")")
}
cannot_run() {
    echo "bench: $*" >&2
    exit 1
}
needs() {
    local program
    for program; do
        command -v "$program" >/dev/null || cannot_run "there is no $program"
    done
}
# shellcheck disable=SC2317 # reached by the trap
finish() {
    local command
    for command in "${at_exit_commands[@]}"; do eval "$command"; done
    rm -rf "$WORK"
}
trap finish EXIT
trap 'exit 130' INT TERM
PATH=$PATH:/usr/sbin:/sbin
. "$BENCH/../servers/nginx.sh"
