#!/bin/bash
# GRUB's own interpreter of grub.cfg against ours, on made-up configurations over the whole language:
# see tests/programs/grub_differ.py. `make fuzz-grub` goes on with others; what that finds becomes a
# case of grub-emu-cases.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

PATH=$PATH:/usr/sbin:/sbin
for tool in grub-emu python3 mke2fs sfdisk; do
    command -v $tool >/dev/null || skip_all "there is no $tool"
done
[ -x "$BUILD/programs/grub2_boots" ] || skip_all 'grub2_boots is not built'
# Not by exec: what lib.sh has made goes at the end.
"$TESTS/programs/grub_differ.py" "$BUILD" 1 200
