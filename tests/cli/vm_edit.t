#!/usr/bin/env bash
# "eliloader vm edit": a person's editor on the JSON of a record, on a terminal.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2016 # the editors expand it
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
needs jq python3

export ELILOADER_RECORD_DIR=$WORK/vms TMPDIR=$WORK/tmp
mkdir tmp
chmod 700 tmp
unset VISUAL EDITOR
RECORD=$WORK/vms/web1.json

# edits KEYS ARGUMENT…: `vm edit web1` on a terminal, where KEYS are typed, one at each question; with
# "SIGNAL" for a key, that signal is sent to it when the editor has made the file `ready`. What was
# shown is in out.
edits() {
    rm -f ready
    python3 - "$1" "$ELILOADER" vm edit "${@:2}" >out <<'PY'
import os, pty, signal, sys, time
keys = list(sys.argv[1].split())
pid, master = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
text = b""
asked = 0
if keys and keys[0].startswith("SIG"):
    while not os.path.exists("ready"):
        time.sleep(0.01)
    os.kill(pid, getattr(signal, keys.pop(0)))
try:
    while chunk := os.read(master, 4096):
        text += chunk
        if text.count(b"edit it again") > asked and keys:
            asked += 1
            os.write(master, keys.pop(0).encode().decode("unicode_escape").encode())
except OSError:
    pass
sys.stdout.buffer.write(text.replace(b"\r", b""))
status = os.waitpid(pid, 0)[1]
sys.exit(os.waitstatus_to_exitcode(status))
PY
    status=$?
}
# editor NAME: a program of that name, from stdin; $1 is the file.
editor() {
    { echo '#!/bin/bash' && cat; } >"$1"
    chmod +x "$1"
}
# change FILTER: an editor that changes the JSON so.
change() {
    printf '%s' "$1" >filter
    editor change <<<'jq -f filter "$1" >x && cat x >"$1"'
    VISUAL=./change edits "${2:-}" web1
}
fresh() {
    rm -f "$RECORD"
    "$ELILOADER" vm create -q web1 install-repository=http://m/ install-distro=debianlike PV-args=quiet other-config:mine=1
    jq '.VBDs = [{"userdevice": "0", "bootable": false, "x": 7}, {"userdevice": "3"}] | .own = [1]' "$RECORD" >x
    cat x >"$RECORD"
}
# unchanged NAME
unchanged() {
    is "$(jq -cS . "$RECORD")" "$before" "$1: the record is as it was"
    is "$(ls tmp)" '' "$1: nothing is left"
}
fresh
before=$(jq -cS . "$RECORD")

# --- what is changed --------------------------------------------------------------------------
editor look <<'SH'
stat -c '%a %U' "$2" "$(dirname "$2")" >modes
id -un >who
cp "$2" seen
echo "$1" >word
echo swap >"$2.swp"
SH
VISUAL='  ./look -x' EDITOR=false edits '' web1
is "$status $(cat out)" '0 eliloader: note: VM web1: nothing is changed' 'nothing is changed'
is "$(cat word) $(xargs <modes)" "-x 600 $(id -un) 700 $(id -un)" 'words of VISUAL; a private file in a private folder'
is "$(jq -cS . seen)" "$before" 'the whole record is there to edit'
unchanged 'a look'
change '.PV_args = "single" | .other_config["install-arch"] = "amd64" | del(.other_config.mine) |
    .platform = {"pv-kernel-max-size": "1G"} | .VBDs[0].bootable = true'
is "$status$(cat out)" 0 'several changes: says nothing'
is "$(jq -cS . "$RECORD")" "$(jq -cS '.PV_args = "single" | .other_config["install-arch"] = "amd64" |
    del(.other_config.mine) | .platform = {"pv-kernel-max-size": "1G"} | .VBDs[0].bootable = true' <<<"$before")" \
    'and all are made'
change 'del(.PV_args) | del(.platform) | .VBDs[1].bootable = false'
is "$status $(jq -c '[.PV_args, .platform, .VBDs[1].bootable]' "$RECORD")" '0 [null,{},false]' \
    'a field, and all keys of a map, are removed'
editor rename <<<'jq ".name_label = \"new\"" "$1" >"$1.new" && mv "$1.new" "$1" && touch "$1~"'
VISUAL='' EDITOR=./rename edits '' web1
is "$status $(jq -r .name_label "$RECORD") $(ls tmp)" '0 new ' 'EDITOR, which puts a new file in the place of the old'

# --- what cannot be taken -----------------------------------------------------------------------
fresh
# wrong FILTER SENTENCE
wrong() {
    change "$1" q
    like "$(head -n1 out)" "^eliloader: $2" "$2"
    is "$status $(tail -n1 out)" '1 eliloader: VM web1 is as it was: what you wrote is not taken' "$2: the end"
    unchanged "$2"
}
wrong '.other_config["install-distro"] = "debain"' "install-distro is 'debain', which is none of .*did you mean 'debianlike'"
wrong '.PV_args = 7' 'PV-args is a number, not text'
wrong '.PV_args = "a\nb"' 'the value of PV-args holds a control character'
wrong '.other_config = []' "the record's other_config is not a map"
wrong '.other_config[""] = "x"' ".*key after the colon must be 1 to 256 bytes"
wrong '.uuid = "web2"' 'uuid cannot be changed here'
wrong '.new = 1' 'new cannot be changed here'
wrong 'del(.own)' 'own cannot be changed here'
wrong '.VBDs[0].x = 8' 'of the disks .VBDs. nothing can be changed here but whether one is bootable'
wrong '.VBDs[0].bootable = "yes"' 'of the disks'
wrong 'del(.VBDs[1])' 'of the disks'
wrong '[]' 'what you wrote is a list, not a record'
editor twice <<'SH'
if [ -e again ]; then
    cp "$1" seen
    sed -i 's/,,/,/; s/quiet/mended/' "$1"
else
    touch again
    sed -i '2s/,/,,/' "$1"
fi
SH
VISUAL=./twice edits e web1
like "$(head -n1 out)" '^eliloader: line 2, column [0-9]+: string or ' 'no JSON: where, and why'
like "$(sed -n 2p seen)" ',,' 'again: what was written is there'
is "$status $(jq -r .PV_args "$RECORD")" '0 mended' 'again: what was mended is taken'
fresh
for key in '\x03' '\x1b' '\x04'; do
    rm -f again
    VISUAL=./twice edits "$key" web1
    is "$status" 1 "the key $key gives up"
    unchanged "the key $key"
done
editor huge <<<'head -c 5000000 /dev/zero >"$1"'
VISUAL=./huge edits q web1
like "$(head -n1 out)" 'what you wrote is larger than' 'too large'
editor gone <<<'rm "$1"; mkfifo "$1"'
VISUAL=./gone edits '' web1
like "$status $(cat out)" '^1 eliloader: .*/web1.json is no file any more' 'a FIFO in its place'
unchanged 'a FIFO'

# --- somebody else --------------------------------------------------------------------------------
editor meanwhile <<<'"$ELILOADER" vm set web1 $OTHER; sed -i "s/quiet/ours/" "$1"'
export ELILOADER
OTHER='other-config:mine=2' VISUAL=./meanwhile edits '' web1
is "$status $(jq -r '.PV_args + .other_config.mine' "$RECORD")" '0 ours2' 'another key changed meanwhile: both changes are there'
fresh
OTHER='PV-args=theirs' VISUAL=./meanwhile edits '' web1
like "$status $(cat out)" "^1 eliloader: cannot change VM 'web1': PV-args was changed by somebody else meanwhile; what you wrote is kept in $WORK/tmp/eliloader-edit\..*/web1.json$" \
    'the same one: refused'
is "$(jq -r .PV_args "$RECORD") $(jq -r .PV_args tmp/*/web1.json) $(stat -c %a tmp/*/web1.json)" 'theirs ours 600' \
    'and what was written is kept'
rm -r tmp/*
fresh
editor remove <<<'"$ELILOADER" vm remove web1; sed -i "s/quiet/ours/" "$1"'
VISUAL=./remove edits '' web1
like "$status $(cat out)" "^1 eliloader: there is no VM 'web1' .* kept in" 'removed meanwhile'
rm -r tmp/*
fresh

# --- the editor, and signals -------------------------------------------------------------------
VISUAL='./none --wait' edits '' web1
is "$status $(cat out)" "1 eliloader: the editor './none --wait' cannot be started; VISUAL or EDITOR names another" 'no editor'
editor fails <<<'exit 3'
VISUAL=./fails edits '' web1
is "$status $(cat out)" "1 eliloader: the editor './fails' ended with status 3; nothing is changed" 'one that fails'
unchanged 'one that fails'
editor waits <<<'sed -i s/quiet/ours/ "$1"; touch ready; exec sleep 60'
VISUAL=./waits edits SIGTERM web1
is "$status" 143 'SIGTERM ends the editor, and this'
unchanged 'SIGTERM'
editor asks <<<'trap "sed -i s/quiet/ours/ $1; exit" INT; kill -INT $PPID; touch ready; kill -INT $$; sleep 60'
VISUAL=./asks edits '' web1
is "$status $(jq -r .PV_args "$RECORD") $(ls tmp)" '0 ours ' 'SIGINT is the editor'"'"'s'
fresh
editor dies <<<'trap - INT; kill -INT $$; sleep 60'
VISUAL=./dies edits '' web1
is "$status" 130 'an editor that SIGINT ended'
unchanged 'SIGINT'
rm -f again
VISUAL=./fails run "$ELILOADER" vm edit web1 </dev/null
is "$status $(cat err)" '1 eliloader: `vm edit` needs a terminal; without one, `eliloader vm set web1 KEY=VALUE…` changes the record' \
    'no terminal'
VISUAL=./look edits '' web1 other
is "$status $(cat out)" "2 eliloader: 'other' is one word too many: eliloader vm edit ID" 'one at a time'
chmod 777 tmp
editor where <<<'dirname "$1" >where'
VISUAL=./where edits '' web1
like "$(cat where)" '^/tmp/eliloader-edit\.' 'a folder in which others could put theirs is not used'
chmod 700 tmp

# --- a record that a program keeps ----------------------------------------------------------------
editor program <<<'case $1 in load) cat kept.json ;; commit) cat >changes ;; esac'
cp "$RECORD" kept.json
printf '.PV_args = "b" | .other_config["a/b"] = "c"' >filter
VISUAL=./change edits '' --record="$WORK/program" web1
is "$status $(jq -c . changes)" '0 [{"op":"test","path":"/PV_args","value":"quiet"},{"op":"add","path":"/PV_args","value":"b"},{"op":"test","path":"/other_config/a~1b","value":null},{"op":"add","path":"/other_config/a~1b","value":"c"}]' \
    'one commit, with a test of each value'
editor program <<<'case $1 in load) cat kept.json ;; commit) cat >/dev/null; exit 5 ;; esac'
VISUAL=./change edits '' --record="$WORK/program" web1
like "$status $(cat out)" '^1 eliloader: VM web1: it was changed by somebody else meanwhile; what you wrote is kept in' \
    'a program that refuses'
rm -r tmp/*

done_testing
