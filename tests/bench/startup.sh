#!/usr/bin/env bash
# How long the program takes to start, against a program that does nothing: a toolstack waits
# for it at each start of a VM.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

compare "${RUNS:-501}" ::: 'eliloader --version' "$ELILOADER" --version ::: /bin/true /bin/true
goal 'the difference in ms' "$difference" 1.5
finish_bench
