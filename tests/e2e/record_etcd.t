#!/usr/bin/env bash
# record-etcd with a real etcd: VMs that several hosts share.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
# shellcheck disable=SC2016 # the stand-in's own variables
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"

needs etcd etcdctl jq python3
unset "${!ETCDCTL_@}"
RECORD_ETCD=$BUILD/libexec/eliloader/record-etcd
export ELILOADER_RECORD=etcd ELILOADER_ETCD_CONFIG=/nonexistent

# free_ports N: so many ports of 127.0.0.1 that nobody listens on at this moment.
free_ports() {
    python3 -c 'import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))' "$1"
}
# etcd_start: $ETCDCTL_ENDPOINTS is its URL.
etcd_start() {
    local try client peer
    for try in 1 2 3; do
        read -r client peer < <(free_ports 2)
        export ETCDCTL_ENDPOINTS=http://127.0.0.1:$client
        ETCD_UNSUPPORTED_ARCH=$(uname -m) etcd --data-dir "$WORK/etcd-$try" --listen-client-urls "$ETCDCTL_ENDPOINTS" \
            --advertise-client-urls "$ETCDCTL_ENDPOINTS" --listen-peer-urls "http://127.0.0.1:$peer" \
            --initial-advertise-peer-urls "http://127.0.0.1:$peer" \
            --initial-cluster "default=http://127.0.0.1:$peer" >etcd.log 2>&1 &
        etcd_pid=$!
        at_exit etcd_stop $etcd_pid
        for _ in {1..300}; do
            ! etcdctl get ready >/dev/null 2>&1 || return 0
            kill -0 $etcd_pid 2>/dev/null || break
            sleep 0.1
        done
        echo "# etcd did not start (try $try): $(tail -n1 etcd.log)"
    done
    cannot_run 'etcd does not start here'
}
etcd_stop() {
    { kill "$1" && wait "$1"; } 2>/dev/null
}
vm() {
    run "$ELILOADER" vm "$@"
}
# stored ID JQ: a part of what etcd has.
stored() {
    etcdctl get --print-value-only "/eliloader/vms/$1" | jq -c "$2"
}
# put ID JSON
put() {
    etcdctl put "/eliloader/vms/$1" "$2" >/dev/null
}
etcd_start

# --- making a VM, looking at it, changing it -------------------------------------------------
vm show web1
is "$status $(cat out err)" '1 eliloader: VM web1: there is no VM web1 in etcd (key /eliloader/vms/web1)' \
    'a VM that is not there'
"$ELILOADER" vm create web1 --record=file PV-args=console=hvc0 install-repository=http://mirror/
"$ELILOADER" vm show web1 --record=file --json >web1.json
run "$RECORD_ETCD" create web1 <web1.json
is "$status $(cat out err)" '0 ' 'create: the record of a file'
vm show web1 --json
is "$status $(cat err) $(jq -cS . out)" "0  $(jq -cS . web1.json)" 'show: it is that one'
printf '#!/bin/sh\n%s\n' 'sed -i s/console=hvc0/edited/ "$1"; [ -z "$OTHER" ] || "$ELILOADER" vm set web1 PV-args="$OTHER"' >editor
chmod +x editor
export ELILOADER
OTHER='' EDITOR=./editor run script -qec '"$ELILOADER" vm edit web1' /dev/null
is "$status$(cat out err) $("$ELILOADER" vm show web1 --json | jq -r .PV_args)" '0 edited' 'edit'
"$ELILOADER" vm set web1 PV-args=console=hvc0
OTHER=theirs TMPDIR=$WORK EDITOR=./editor run script -qec '"$ELILOADER" vm edit web1' /dev/null
like "$status $(cat out)" "^1 eliloader: VM web1: .*changed by somebody else meanwhile; what you wrote is kept in $WORK/eliloader-edit\." \
    'edit: somebody else changed it meanwhile'
is "$("$ELILOADER" vm show web1 --json | jq -r .PV_args)" theirs 'edit: and that stays'
"$ELILOADER" vm set web1 PV-args=console=hvc0
run "$RECORD_ETCD" create web1 <web1.json
is "$status $(cat err)" '1 there is a VM web1 in etcd already (key /eliloader/vms/web1)' 'create again'
for text in '' '[]' '{} {}' '{"a"'; do
    run "$RECORD_ETCD" create other <<<"$text"
    is "$status $(tail -n1 err)" '1 what came on stdin is no record: one JSON object of less than 1048576 bytes' \
        "create of '$text'"
done

hostile=$'"quoted" \'single\' \\back\\\\slash \\n \\" `x` $(x) ${y} %s %q \xc3\xa9 \xe2\x98\x83 \xf0\x9f\x98\x80 \xe2\x80\x8f'
put hostile '{"own": "line\nbreak\ttab\u0001\u007f", "number": 1.5, "list": [1, {"y": null}, true]}'
vm set hostile PV-args="$hostile" "other-config:k\"e\\y/~$hostile=$hostile" name-label="-leading"
is "$status$(cat out err)" 0 'set: hostile values'
is "$(stored hostile .)" "$(jq -nc --arg v "$hostile" '{own: "line\nbreak\ttab\u0001\u007f", number: 1.5,
    list: [1, {y: null}, true], PV_args: $v, other_config: {("k\"e\\y/~" + $v): $v}, name_label: "-leading"}')" \
    'they survive, and so does what the record had'
vm show hostile --json
is "$status $(jq -r .PV_args out)" "0 $hostile" 'and come back'

# large BYTES: a record of so many, half of them quoted ones.
large() {
    { printf '{"x":"' && head -c $((($1 - 8) / 2)) /dev/zero | sed 's/\x0/\\"/g' && printf '%*s"}' $((($1 - 8) % 2)) ''; } >large.json
}
for size in 1048574 1048575; do
    large $size
    run "$RECORD_ETCD" create large-$size <large.json
    vm show large-$size --json
    is "$(wc -c <large.json) $status $(jq -c . out | head -c $size | cmp - large.json && echo same)" "$size 0 same" \
        "a record of $size bytes survives"
done
run "$RECORD_ETCD" commit large-1048575 <<<'[{"op":"add","path":"/PV_args","value":""}]'
is "$status $(cat err)" '1 its record would be larger than 1048576 bytes; remove something from it first' 'it cannot grow'
large 1048576
run "$RECORD_ETCD" create larger <large.json
is "$status" 1 'a larger one is refused'

# --- what a commit does ----------------------------------------------------------------------
seed='{"PV_args":"old","other_config":{"a":"1","null":null},"platform":"text","VBDs":[7,{"userdevice":"0","bootable":true}]}'
put commit "$seed"
# commit STATUS WORDS CHANGES [JQ]: of the changes to SEED, which JQ makes too; without, none is made.
commit() {
    local name="commit ${3//$'\n'/}"
    run "$RECORD_ETCD" commit commit <<<"$3"
    is "$status $(tail -n1 err)" "$1 $2" "$name"
    if [ -n "${4-}" ]; then
        is "$(stored commit .)" "$(jq -c "$4" <<<"$seed")" "$name: the record"
        put commit "$seed"
    fi
}
commit 0 '' '[]'
commit 0 '' '[{"op":"test","path":"/other_config/a","value":"1"},{"op":"test","path":"/VBDs/0/bootable","value":true},
    {"op":"test","path":"/xenstore_data/x","value":null},{"op":"test","path":"/VBDs/1/bootable","value":null}]'
commit 0 '' '[{"op":"add","path":"/PV_args","value":"new"},{"op":"test","path":"/PV_args","value":"old"},
    {"op":"remove","path":"/PV_bootloader"},{"op":"remove","path":"/xenstore_data/x"},{"op":"remove","path":"/VBDs/9/bootable"},
    {"op":"add","path":"/xenstore_data/a~1~0~01","value":""},{"op":"remove","path":"/other_config/a"},
    {"op":"add","path":"/VBDs/0/bootable","value":false}]' \
    '.PV_args = "new" | del(.other_config.a) | .VBDs[1].bootable = false | .xenstore_data["a/~~1"] = ""'
commit 5 'other-config:a was changed by somebody else meanwhile' \
    '[{"op":"add","path":"/PV_args","value":"new"},{"op":"test","path":"/other_config/a","value":"2"}]'
commit 5 'other-config:a was changed by somebody else meanwhile' \
    '[{"op":"test","path":"/other_config/a","value":null}]'
commit 5 'other-config:null was changed by somebody else meanwhile' \
    '[{"op":"test","path":"/other_config/null","value":null}]'
commit 5 'bootable of disk 1 was changed by somebody else meanwhile' \
    '[{"op":"test","path":"/VBDs/1/bootable","value":true}]'
commit 1 'bootable of disk 1 cannot be set: the VM has no such disk' \
    '[{"op":"add","path":"/PV_args","value":"new"},{"op":"add","path":"/VBDs/1/bootable","value":true}]'
commit 1 'platform:x has no place: the record has a platform that is not a map' \
    '[{"op":"add","path":"/platform/x","value":"1"}]'
for path in '' PV_args / /uuid /VBDs /VBDs/0 /VBDs/0/other /other_config /other_config/ /other_config/a/b /PV~2args; do
    commit 1 "a change is malformed: $([[ $path == /*[^2]* && $path != *~2* || $path == / ]] &&
        echo "its path $path names nothing that can be changed" || echo it has no path)" \
        "[{\"op\":\"add\",\"path\":\"$path\",\"value\":\"x\"}]"
done
commit 1 'a change is malformed: its op is not one of test, add and remove' '[{"op":"replace","path":"/PV_args","value":"x"}]'
commit 1 'a change is malformed: it has no value' '[{"op":"test","path":"/PV_args"}]'
commit 1 'a change is malformed: its value is not text' '[{"op":"add","path":"/PV_args","value":1}]'
commit 1 'a change is malformed: its value holds a control character' '[{"op":"add","path":"/PV_args","value":"a\nb"}]'
commit 1 'a change is malformed: it is not an object' '["x"]'
commit 1 'a change is malformed: its value is not a boolean' '[{"op":"add","path":"/VBDs/0/bootable","value":"x"}]'
commit 1 'the changes are not a JSON array' '{}'
commit 1 'the changes are not a JSON array' ''
is "$(etcdctl get --print-value-only /eliloader/vms/commit)" "$seed" 'what was refused has changed nothing'
for value in 'text {' '' '[]' '{"a":' 7; do
    put commit "$value"
    vm show commit
    like "$status $(cat err)" '^1 eliloader: VM commit: what .*record-etcd answered is no record: ' "damaged, $value: show"
    run "$RECORD_ETCD" commit commit <<<'[]'
    like "$status $(tail -n1 err)" '^1 its record in etcd is not (a JSON object|JSON)' "damaged, $value: commit"
done
for words in '' load 'load a b' 'frob a' 'load ../a' 'load .a'; do
    # shellcheck disable=SC2086 # words
    run "$RECORD_ETCD" $words
    is "$status $(wc -c <out)" '2 0' "usage: '$words'"
done

# --- others change the same VM at the same time ------------------------------------------------
for i in {1..6}; do
    "$ELILOADER" vm set web1 "other-config:parallel-$i=$i" 2>>parallel-errors &
    pids[i]=$!
done
wait "${pids[@]}"
is "$(cat parallel-errors) $(stored web1 '[.other_config | to_entries[] | select(.key | test("parallel")).value | tonumber] | add')" \
    ' 21' '6 at once: none is lost, and none fails'

# An etcdctl that does something first when it gets a transaction.
mkdir stand-in
real=$(command -v etcdctl)
stand_in() {
    printf '#!/bin/bash\nreal=%q\n[ "$2" != txn ] || { %s; }\nexec "$real" "$@"\n' "$real" "$1" >stand-in/etcdctl
    chmod 755 stand-in/etcdctl
    : >transactions
}
meanwhile() {
    put web1 '{"PV_args": "old"}'
    PATH=$WORK/stand-in:$PATH run "$RECORD_ETCD" commit web1 \
        <<<'[{"op":"test","path":"/PV_args","value":"old"},{"op":"add","path":"/platform/a","value":"1"}]'
}
other="echo once >>$WORK/transactions; [ \$(wc -l <$WORK/transactions) -gt 1 ] || ETCDCTL_WRITE_OUT= \$real put /eliloader/vms/web1"
stand_in "$other '{\"PV_args\": \"old\", \"name_label\": \"x\"}' >/dev/null"
meanwhile
is "$status $(wc -l <transactions) $(stored web1 .)" '0 2 {"PV_args":"old","name_label":"x","platform":{"a":"1"}}' \
    'what somebody else changed that does not matter is kept'
stand_in "$other '{\"PV_args\": \"new\"}' >/dev/null"
meanwhile
is "$status $(cat err) $(stored web1 .)" '5 PV-args was changed by somebody else meanwhile {"PV_args":"new"}' \
    'what somebody else changed that matters ends it'
stand_in "$other '{\"PV_args\": \"old\"}' >/dev/null; rm $WORK/transactions"
meanwhile
like "$status $(cat err)" '^1 its record changes all the time; nothing was changed after [1-9][0-9]? tries$' 'changes without end'
stand_in 'echo "Error: no leader" >&2; exit 1'
meanwhile
is "$status $(tail -n1 err)" "1 whether /eliloader/vms/web1 was changed is not known (\`eliloader vm show web1\` tells): the transaction in etcd at $ETCDCTL_ENDPOINTS failed: no leader" \
    'a transaction that failed'
stand_in 'cat >/dev/null; echo "Password: "; exit 0'
meanwhile
is "$status $(tail -n1 err)" "1 whether /eliloader/vms/web1 was changed is not known (\`eliloader vm show web1\` tells): what etcdctl answered is not JSON: Password: " \
    'a transaction that is answered by something else'
printf '#!/bin/sh\necho "Password: "\n' >stand-in/etcdctl
meanwhile
is "$status $(tail -n1 err)" '1 what etcdctl answered about /eliloader/vms/web1 is not JSON: Password: ' 'an etcdctl that asks back'

# --- rounds ------------------------------------------------------------------------------------
# A repository that keeps who asks for a ramdisk waiting until the file open is there.
cat >server.py <<'PYTHON'
import http.server, os, time

class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path.endswith("initrd.gz"):
            while not os.path.exists("open"):
                time.sleep(0.02)
        super().do_GET()

    def translate_path(self, path):
        return "www" + path

    def log_message(self, *args):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open("port.new", "w") as file:
    file.write(str(server.server_port))
os.rename("port.new", "port")
server.serve_forever()
PYTHON
python3 server.py 2>server.log &
at_exit etcd_stop $!
until [ -e port ]; do sleep 0.05; done
netboot=dists/bookworm/main/installer-amd64/current/images/netboot/debian-installer/amd64
tree debian $netboot/linux $netboot/initrd.gz

# new_vm ID: to be installed, in etcd only.
new_vm() {
    vm_new "$1" --record=file install-repository="http://127.0.0.1:$(cat port)/debian" install-distro=debianlike \
        debian-release=bookworm install-arch=amd64 PV-args=console=hvc0
    "$RECORD_ETCD" create "$1" <"$RECORDS/$1.json" && rm "$RECORDS/$1.json"
}
touch open
new_vm guest
boot --vm=guest
is "$status $(boot_files)" '0 eliloader-kernel eliloader-ramdisk' 'round one' || sed 's/^/# /' err
is "$(answered args)" 'console=hvc0' 'with the arguments of the record'
is "$(stored guest '[.PV_bootloader, .other_config["install-round"], .other_config["install-distro"]]')" '["pygrub",null,null]' \
    'the record has moved on'
vm reinstall guest
is "$status $(stored guest '[.PV_bootloader, .other_config["install-round"], .other_config["install-distro"]]')" \
    '0 ["eliloader","1","debianlike"]' 'reinstall'

# Two hosts: the repository lets them go on when both have made their output directory, and so
# have loaded the record.
rm open
for host in a b; do
    "$ELILOADER" --vm=guest --output-directory="$WORK/host-$host" >out-$host 2>err-$host &
    hosts+=($!)
done
for _ in {1..600}; do
    [[ ! -e host-a || ! -e host-b ]] || break
    sleep 0.1
done
touch open
results=
for i in 0 1; do
    wait "${hosts[i]}"
    results+="$? "
done
like "$results" '^(0 1|1 0) $' 'one wins' || sed 's/^/# /' err-a err-b
case $results in
0*) won=a lost=b ;;
*) won=b lost=a ;;
esac
is "$(find host-$won -type f | wc -l)" 2 'the winner has its files'
is "$(find host-$lost -type f 2>/dev/null | wc -l)" 0 'the other has none'
like "$(head -n1 err-$lost)" '^eliloader: VM guest: .* was changed by somebody else meanwhile$' 'and says so'
like "$(cat err-$lost)" '^RuntimeError: INTERNAL_ERROR$' 'to the toolstack too'
is "$(stored guest .PV_bootloader)" '"pygrub"' 'the record has moved on once'

# --- settings ------------------------------------------------------------------------------------
printf '# where\n\n  ELILOADER_ETCD_PREFIX = /own/ \nETCDCTL_ENDPOINTS=%s\nETCDCTL_DIAL_TIMEOUT=9s' "$ETCDCTL_ENDPOINTS" >etcd.conf
export ELILOADER_ETCD_CONFIG=$WORK/etcd.conf
etcdctl put /own/set '{"PV_args":"own"}' >/dev/null
(unset ETCDCTL_ENDPOINTS; run "$ELILOADER" vm show set; echo "$status $(cat out err)") >both
is "$(cat both)" '0 PV-args = own' 'the configuration file'
ELILOADER_ETCD_PREFIX=/eliloader/vms/ vm show set
like "$status $(cat err)" '^1 .*key /eliloader/vms/set' 'the environment comes before it'
ELILOADER_ETCD_PREFIX='a"b' vm show set
like "$status $(cat err)" "^1 eliloader: VM set: ELILOADER_ETCD_PREFIX is 'a\"b': only letters" 'a prefix that cannot be'
for line in 'PATH=/x' 'ETCDCTL_ENDPOINTS' 'etcdctl_endpoints=x' '$(touch bad)'; do
    printf '\n%s\n' "$line" >etcd.conf
    vm show set
    like "$status $(cat err)" "^1 eliloader: VM set: $WORK/etcd.conf, line 2: it is not NAME=VALUE" "configuration: $line"
done
[ ! -e bad ]
ok $? 'the configuration is not run'
export ELILOADER_ETCD_CONFIG=/nonexistent
bash=$(command -v bash)
for missing in etcdctl jq; do
    mkdir "without-$missing"
    [ $missing = etcdctl ] || ln -s "$real" "without-$missing/"
    PATH=$WORK/without-$missing run "$bash" "$RECORD_ETCD" load web1
    like "$status $(cat err)" "^1 the program $missing is not installed \(Debian package " "no $missing"
done

etcd_stop $etcd_pid
ETCDCTL_COMMAND_TIMEOUT=1s ETCDCTL_DIAL_TIMEOUT=1s vm show web1
like "$status $(cat err)" "^1 eliloader: VM web1: reading /eliloader/vms/web1 from etcd at $ETCDCTL_ENDPOINTS failed: " 'no etcd'
done_testing
