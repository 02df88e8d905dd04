#!/usr/bin/env bash
# The demonstration works, fails when something is wrong, and leaves nothing behind.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

needs nginx
mkdir tmp && chmod 755 tmp
export TMPDIR=$WORK/tmp
# Processes whose command line names the folder of a demonstration of ours.
left() {
    pgrep -f "$TMPDIR/eliloader-demo" | wc -l
    ls -A tmp
}

run env BUILD="$BUILD" "$TESTS/demo"
is "$status" 0 'the demo succeeds' || tail -n 20 out err | sed 's/^/# /'
like "$(cat out)" '^=== All as it should be$' 'and says so'
like "$(cat out)" '^RuntimeError: INVALID_SOURCE$' 'it shows an error'
like "$(cat out)" '^\$ eliloader -q --vm web1 ' 'it shows the commands'
is "$(left)" 0 'nothing is left'

# A loader that never moves the record on.
mkdir -p broken/bin && cat >broken/bin/eliloader <<'SH'
#!/bin/sh
case "$*" in *--vm*) printf 'kernel /x\nramdisk /x\nargs console=hvc0 priority=low\n\n' ;;
*) exec "$REAL" "$@" ;; esac
SH
chmod +x broken/bin/eliloader
run env BUILD="$WORK/broken" REAL="$ELILOADER" "$TESTS/demo"
is "$status" 1 'a loader that does nothing: the demo fails'
like "$(cat err)" '^demo: the kernel /x is not' 'a loader that does nothing: says what is wrong'
is "$(left)" 0 'a loader that does nothing: nothing is left'
run env BUILD="$WORK/nowhere" "$TESTS/demo"
is "$status" 1 'nothing is built: the demo fails'
is "$(left)" 0 'nothing is built: nothing is left'

# Stopped in the middle, while the loader runs.
cat >broken/bin/eliloader <<'SH'
#!/bin/sh
touch "$STARTED"
sleep 1
SH
STARTED=$WORK/started BUILD=$WORK/broken "$TESTS/demo" >out 2>err &
demo_pid=$!
for _ in {1..300}; do
    [ ! -e started ] || break
    sleep 0.1
done
kill -TERM "$demo_pid"
wait "$demo_pid"
is "$?" 143 'stopped by SIGTERM: the status says so'
is "$(left)" 0 'stopped by SIGTERM: nothing is left'
done_testing
