#!/usr/bin/env bash
# Record backends that are programs: what they are given, what they may answer, how they end.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
# shellcheck disable=SC2016 # the backends' own variables
. "$(dirname "$0")/../lib.sh"

export ELILOADER_RECORD_DIR=$WORK/vms ELILOADER_OUTPUT_DIRECTORY=$WORK/boot
BACKEND=$WORK/backend
SIZE_MAX=1048576

# backend LOAD [COMMIT]: a backend of shell; it notes its calls in the file calls.
backend() {
    cat >"$BACKEND" <<END
#!/bin/bash
echo "\$# \$1 \$2" >>$WORK/calls
case \$1 in
load) $1
    ;;
commit) ${2-exit 1}
    ;;
esac
END
    chmod 755 "$BACKEND"
    : >calls
}
vm() {
    run "$ELILOADER" vm "$@" --record="$BACKEND"
}
# refused STATUS SENTENCE NAME ARGUMENT…: it fails with that one line (all of it), and prints nothing.
refused() {
    local want=$1 sentence=$2 name=$3
    shift 3
    vm "$@"
    is "$status $(wc -c <out) $(cat err)" "$want 0 eliloader: $sentence" "$name"
}
good='echo "{\"uuid\": \"u-1\", \"PV_args\": \"quiet\", \"other_config\": {\"a\": \"1\"}, \"x\": [1, null]}"'

# --- what a program is given -----------------------------------------------------------------
backend "$good" "cat >$WORK/changes"
vm show web1
is "$status $(cat out err)" '0 PV-args = quiet
other-config:a = 1' 'load: the record'
is "$(cat calls)" '2 load web1' 'load: called once, with the ID'
vm show web1 --json
is "$status $(jq -c . out)" '0 {"uuid":"u-1","PV_args":"quiet","other_config":{"a":"1"},"x":[1,null]}' \
    'load: all of it, and the uuid is its own'

: >calls
value=$'q"b\\ \xc3\xa9 $(x) \'`'
vm set web1 "PV-args=$value" other-config:a= 'platform:k/~=v'
is "$status$(cat out err)" 0 'commit: says nothing'
is "$(cat calls)" $'2 load web1\n2 commit web1' 'commit: one load, one commit, no second load'
is "$(cat changes)" "$(jq -cn --arg value "$value" '[{op: "add", path: "/PV_args", value: $value},
    {op: "remove", path: "/other_config/a"}, {op: "add", path: "/platform/k~1~0", value: "v"}]')" \
    'commit: gets the changes as JSON, on one line'

# 255 is bash's own, of the script.
look="ls -l /proc/\$\$/fd >$WORK/seen"
seen() { # "NUMBER TARGET …"
    sed -n 's/.* \([0-9]*\) -> \(pipe\)\?\([^ ]*\).*/\1 \2\3/p' seen | sed 's/:\[.*//' | grep -v '^255 ' | xargs
}
backend "$look; $good" "$look; echo noise; head -c 2000000 /dev/zero"
vm show web1
is "$status $(seen)" '0 0 /dev/null 1 pipe 2 pipe' \
    'load: nothing on stdin, pipes for its answer and its words, nothing else'
vm set web1 PV-args=x
is "$status $(seen)" '0 0 /memfd:request 1 pipe 2 pipe' \
    'commit: the same with the request; what it prints is nothing to us'
backend "echo \"{\\\"PV_args\\\": \\\"\$ELILOADER_XAPI_SOCKET \$OWN\\\"}\""
OWN=variable ELILOADER_XAPI_SOCKET=/environment vm show a --xapi-socket=/option
is "$(cat out)" 'PV-args = /option variable' 'the environment, with the socket that is set'

# --- how it ends -----------------------------------------------------------------------------
backend 'echo first >&2; echo why it failed >&2; exit $(cat status)'
for n in 1 4 5; do
    echo $n >status
    refused 1 'VM web1: why it failed' "load ends with $n" show web1
done
echo 2 >status
refused 1 "VM web1: the program backend ended with status 2; it said: why it failed; $BACKEND must know the call 'load ID': see eliloader-record(7)" 'load ends with 2' show web1
echo 3 >status
refused 1 'VM web1: the program backend ended with status 3; it said: why it failed' 'load ends with 3' show web1
backend 'exit $(cat status)'
silent=('' 'the program backend ended with status 1; it did not say why' '' '' 'there is no such VM'
    'it was changed by somebody else meanwhile')
for n in 1 4 5; do
    echo $n >status
    refused 1 "VM web1: ${silent[n]}" "load ends with $n and does not say why" show web1
done
backend 'kill -KILL $$'
refused 1 'VM web1: the program backend was ended by signal 9 (Killed)' 'load is killed' show web1

# A commit: what it says it did not do, and what nobody knows.
backend "$good" "cat >/dev/null; echo it said so >&2; exit \$(cat $WORK/status)"
for n in 1 4 5; do
    echo $n >status
    refused 1 'VM web1: it said so' "commit ends with $n" set web1 PV-args=x
done
backend "$good" 'kill -KILL $$'
refused 1 'VM web1: the program backend was ended by signal 9 (Killed); the record may have been changed all the same: `eliloader vm show web1` tells' 'commit is killed' set web1 PV-args=x
backend 'echo "{\"other_config\": {\"install-repository\": \"http://x/\", \"install-round\": \"2\"}}"' \
    "cat >$WORK/changes"
vm reinstall web1
is "$status $(jq -c 'map(select(.op == "add" and .path == "/other_config/install-round").value)' changes)" \
    '0 ["1"]' 'reinstall'

# --- what it answers --------------------------------------------------------------------------
# answers TEXT REGEX NAME: printf's TEXT as the answer of load is refused.
answers() {
    printf '%b' "$1" >answer
    vm show web1
    is "$status $(wc -l <err) $(wc -c <out)" '1 1 0' "$3: status 1, one line"
    like "$(cat err)" "^eliloader: VM web1: what $BACKEND answered is no record: $2" "$3: says why"
}
backend "cat $WORK/answer"
answers 'garbage' "line 1: .* expected near" 'not JSON'
answers '' "line 1: .* expected" 'nothing'
answers '{"a": "1",\n"a": "2"}' 'line 2: duplicate' 'a key twice'
answers '[]' 'it is a JSON array' 'an array'
answers '{} {}' 'line 1: end of file expected' 'two'
answers '{"a": "1"' 'line 1: ' 'half of one'
answers '{}\0' 'line 1: ' 'a NUL behind it'
answers '{"a": "\\u0000"}' 'line 1: .*u0000' 'a NUL in it'
answers '{"a": "\xff"}' 'line 1: unable to decode byte 0xff' 'not UTF-8'
backend 'exec >&-; exit 0'
vm show web1
like "$status $(cat err)" '^1 .*answered is no record' 'it closes stdout'

# of_size BYTES: an answer of so many bytes.
of_size() {
    { printf '{"x": "' && head -c $(($1 - 10)) /dev/zero | tr '\0' x && printf '"}\n'; } >answer
}
backend "cat $WORK/answer"
for size in $((SIZE_MAX - 1)) $SIZE_MAX; do
    of_size "$size"
    vm show web1
    is "$(wc -c <answer) $status" "$size 0" "an answer of $size bytes"
done
of_size $((SIZE_MAX + 1))
refused 1 "VM web1: the program backend answered more than $SIZE_MAX bytes" 'a longer answer' show web1
backend 'yes'
refused 1 "VM web1: the program backend answered more than $SIZE_MAX bytes" 'an endless answer' show web1
of_size $((SIZE_MAX - 1))
backend "cat $WORK/answer" 'exit 0'
refused 1 "VM web1: its record would be larger than $SIZE_MAX bytes; remove something from it first" \
    'a change that makes it too large' set web1 PV-args=x
is "$(cat calls)" '2 load web1' 'and that is not even begun'

backend 'printf "\033[2J\nRuntimeError: \033]0;title\007 \342\200\256 RuntimeError: x\n" >&2; exit 1'
vm show web1
is "$(cat err)" 'eliloader: VM web1: \x1b]0;title\x07 \xe2\x80\xae RuntimeError, x' \
    'hostile words reach neither the terminal'
run "$ELILOADER" --vm=web1 --record="$BACKEND"
is "$status $(grep -c 'RuntimeError: ' err) $(wc -c <out)" '1 1 0' 'nor the toolstack'
backend 'head -c 100000 /dev/zero | tr "\0" x >&2; exit 1'
vm show web1
is "$status $(wc -l <err) $(($(wc -c <err) < 1000))" '1 1 1' 'many words are cut'

# --- which program ---------------------------------------------------------------------------
# no_backend WHAT REGEX NAME
no_backend() {
    run "$ELILOADER" vm show web1 --record="$1"
    is "$status $(wc -l <err)" '2 1' "$3: status 2, one line"
    like "$(cat err)" "$2" "$3: says why"
}
no_backend "$WORK/none" "no VM records can be had: $WORK/none cannot be run: No such file" 'no such program'
no_backend "$WORK" "no VM records can be had: $WORK is not a program" 'a folder'
: >plain && chmod 644 plain
no_backend "$WORK/plain" 'plain cannot be run: Permission denied' 'not executable'
no_backend ./backend "'./backend' is no place for VM records: it is neither a name nor the absolute path" \
    'a relative path'
no_backend 'a b' 'is neither a name nor' 'a name with a space'
no_backend ../record-etcd 'is neither a name nor' 'a name with a path'
no_backend frob "'frob' is no place for VM records: .*/record-frob cannot be run: No such file or directory; those known are auto, file, etcd, xapi, and the absolute path" \
    'a name that is not known'
echo 'echo {}' >"$BACKEND"
refused 1 "VM web1: cannot start the program backend ($BACKEND); is what its first line names there?" \
    'a script that names no interpreter' show web1

# A program beside the helpers is known by its name.
mkdir -p tree/bin tree/libexec
cp "$BUILD/bin/eliloader" tree/bin/ && cp -r "$BUILD/libexec/eliloader" tree/libexec/
backend "$good"
cp "$BACKEND" tree/libexec/eliloader/record-my_own-1
run tree/bin/eliloader vm show web1 --record=my_own-1
is "$status $(head -n1 out)" '0 PV-args = quiet' 'a program beside the helpers'
for command in 'create web1' list 'remove web1'; do
    # shellcheck disable=SC2086 # words
    run tree/bin/eliloader vm $command --record=my_own-1
    is "$status $(cat err)" "1 eliloader: \`vm ${command%% *}\` works on the record files of this host only; with 'my_own-1', that is done with the tools of the place where it keeps its records" \
        "vm $command is not for programs"
done

# --- the manual's example ----------------------------------------------------------------------
mkdir shared
awk '/^\.Sh AN EXAMPLE/ { section = 1 } /^\.Ed/ { on = 0; section = 0 } on; section && /^\.Bd/ { on = 1 }' \
    "$TOP/man/eliloader-record.7" | sed "s|/srv/vms|$WORK/shared|" >"$BACKEND"
echo '{"PV_args": "old", "own": [1], "VBDs": [{"userdevice": "0", "bootable": true}]}' >shared/web1.json
vm set web1 PV-args=new other-config:a/b=1 other-config:gone=
vm show web1 --json
is "$status $(jq -c . out)" '0 {"PV_args":"new","own":[1],"VBDs":[{"userdevice":"0","bootable":true}],"other_config":{"a/b":"1"}}' \
    "the manual's example works" || sed 's/^/# /' err
refused 1 "VM web2: there is no file $WORK/shared/web2.json" "the manual's example: no such VM" show web2
run "$BACKEND" commit web1 <<<'[{"op":"add","path":"/PV_args","value":"x"},{"op":"test","path":"/other_config/a~1b","value":null}]'
is "$status $(cat err) $(jq -r .PV_args shared/web1.json)" \
    '5 /other_config/a~1b was changed by somebody else meanwhile new' "the manual's example: a test that does not hold"
run "$BACKEND" commit web1 <<<'[{"op":"test","path":"/VBDs/1/bootable","value":null},{"op":"add","path":"/VBDs/0/bootable","value":false}]'
is "$status $(jq -c .VBDs shared/web1.json)" '0 [{"userdevice":"0","bootable":false}]' "the manual's example: a disk"

# --- auto ------------------------------------------------------------------------------------
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("xapi")'
auto() {
    run "$ELILOADER" vm "$@" --xapi-socket="$WORK/xapi"
}
auto create -q here PV-args=file
is "$status$(cat err)" 0 'auto: create makes a file'
auto list
is "$status $(tail -n +2 out | cut -d" " -f1)" '0 here' 'auto: list'
auto set here PV-args=changed
auto show here
is "$status $(head -n1 out)" '0 PV-args = changed' 'auto: the record file of a VM comes first'
auto show there
like "$status $(cat err)" "^1 eliloader: VM there: .*; and there is no record of it in $WORK/vms$" \
    'auto: then xapi; without either, both places are named'
auto remove there
like "$status $(cat err)" "^1 eliloader: there is no VM 'there' in $WORK/vms" 'auto: remove'
auto remove here
is "$status $(ls vms)" '0 ' 'auto: remove removes the file'
run "$ELILOADER" vm show there --xapi-socket="$WORK/no-xapi"
like "$status $(cat err)" "^1 .*no VM 'there' in $WORK/vms; .*; and xapi was not asked, for it does not listen on $WORK/no-xapi$" \
    'auto: xapi is installed and not running'
run "$ELILOADER" vm show there --xapi-socket=/nonexistent/xapi
unlike "$(cat err)" xapi 'auto: nothing is said of xapi where there is none'
run "$ELILOADER" vm create there --record=xapi
like "$status $(cat err)" "^1 .*with 'xapi', the toolstack does that$" 'create is the toolstack'"'"'s with xapi'

# --- signals ---------------------------------------------------------------------------------
# wait_for FILE: until it is there; a slow machine has a minute.
wait_for() {
    local try
    for try in {1..600}; do
        [ ! -e "$1" ] || return 0
        sleep 0.1
    done
    echo "# there is no $1 after $try tries"
    return 1
}
slow="touch $WORK/started; until [ -e $WORK/go ]; do sleep 0.02; done; echo on the way >&2; touch $WORK/whole"
# begin COMMAND…: in the background, until the backend has begun its slow part.
begin() {
    rm -f started go whole
    "$ELILOADER" "$@" --record="$BACKEND" >out 2>err &
    pid=$!
    wait_for started
}
backend "$good" "$slow"
for signal in TERM INT HUP; do
    [ "$signal" != INT ] || continue # bash starts what is in the background with SIGINT ignored
    begin vm set web1 PV-args=x
    kill -s $signal $pid && sleep 0.2
    is "$(ls whole 2>/dev/null; kill -0 $pid && echo waits)" waits "SIG$signal: eliloader waits for the commit"
    touch go
    wait $pid
    is "$? $(ls whole) $(cat err)" '0 whole ' "SIG$signal: the commit is whole, and so is the command"
done
begin vm set web1 PV-args=x
{ kill -KILL $pid && wait $pid; } 2>/dev/null
touch go
wait_for whole
ok $? 'SIGKILL: the commit goes on without eliloader'

backend "$slow; $good"
begin vm show web1
kill -TERM $pid
wait $pid
is "$? $(wc -c <out) $(cat err)" '143 0 eliloader: stopped by signal 15 (Terminated)' 'SIGTERM during a load ends it'
touch go
done_testing
