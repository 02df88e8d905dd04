#!/usr/bin/env bash
# The RPM package: built by rpmbuild, looked at by rpmlint, and run. In `make check-long`: it compiles all.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

[ "${SANITIZED:-}" != 1 ] || skip_all 'a package is built by its own rules: once is enough'
[ -n "$LONG" ] || skip_all 'builds all once more: in make check-long'
needs rpmbuild rpmlint rpm2cpio cpio

mkdir packages root
"$TOP/packaging/build-rpm" packages >list 2>log
is $? 0 'the packages are built' || tail -n 30 log >&2
run rpmlint -c "$TOP/packaging/rpmlint.toml" "$TOP/packaging/eliloader.spec" packages/*.rpm
like "$(tail -n1 out)" ' 0 errors, 0 warnings' 'rpmlint finds nothing' || cat out >&2
package=$(grep -v '\.src\.rpm$' list)
(cd root && rpm2cpio "$package" | cpio -idm --quiet)
image=$("$TESTS/images/make.sh" dos-ext4-grub2-2 "$WORK")
run root/usr/bin/eliloader probe --json "$image"
is "$status" 0 'the packaged programs read a disk' || cat err >&2
is "$(rpm -qp --qf '[%{FILENAMES}\n]' "$package" | grep -cE '^/(usr|etc|var/lib)/' )" \
    "$(rpm -qp --qf '[%{FILENAMES}\n]' "$package" | wc -l)" 'its files are where files belong'
done_testing
