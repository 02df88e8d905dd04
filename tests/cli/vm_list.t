#!/usr/bin/env bash
# "eliloader vm list", and the commands on several VMs at once.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
needs jq

DIR=$WORK/vms
export ELILOADER_RECORD_DIR=$DIR
vm() {
    run "$ELILOADER" vm "$@"
}
# row ID: that row, its columns separated by one '|' each.
row() {
    sed -E 's/ {2,}/|/g' out | grep "^$1|"
}
value() {
    jq -c --arg id "$1" ".[] | select(.id == \$id) | $2" out
}

vm list --json
is "$status$(jq -c . out)" '0[]' 'no VM: an empty array'

# --- states -----------------------------------------------------------------------------------
vm create -q one install-repository=http://mirror/ install-distro=debianlike
vm create -q two install-repository=http://mirror/ install-distro=sleslike
vm set two install-round=2
vm create -q any install-repository=cdrom install-distro=auto name-label='ゲスト 1'
vm create -q rh install-repository=nfs:server:/path
vm create -q finished install-round=done install-distro=debianlike
vm create -q left PV-bootloader=/usr/bin/pygrub
vm create -q old
vm list
is "$status$(cat err)" 0 'all of them can be used'
is "$(row one)" 'one|one|to be installed: round 1 of 1|debianlike|http://mirror/' 'one round'
is "$(row two)" 'two|two|to be installed: round 2 of 2|sleslike|http://mirror/' 'the second of two'
is "$(row any)" 'any|ゲスト 1|to be installed: round 1|auto|cdrom' 'a family that the repository tells'
is "$(row rh)" 'rh|rh|to be installed: round 1 of 1|rhlike|nfs:server:/path' 'the family that is taken where none is named'
is "$(row finished)" 'finished|finished|installed: booted by eliloader|debianlike|-' 'done'
is "$(row left)" 'left|left|installed: booted by pygrub|-|-' 'pygrub'
is "$(row old)" 'old|old|installed: looked at when it starts|-|-' 'no repository'
vm list --json
is "$(value two '[.state, .installed, .round, .rounds, .booted_by, .family, .problem]')" \
    '["to be installed: round 2 of 2",false,2,2,null,"sleslike",null]' 'JSON: to be installed'
is "$(value left '[.installed, .round, .booted_by, .repository]')" '[true,null,"pygrub",null]' 'JSON: installed'
is "$(value any '[.name, .rounds]')" '["ゲスト 1",null]' 'JSON: the name'

# --- columns, and what strangers write ------------------------------------------------------
long=$(printf '語%.0s' {1..17})
vm set rh name-label="$long"
vm set old name-label="${long:1}"
echo '{"name_label": "a\u001b[2J\u202e", "PV_bootloader": "/x/py\u0007grub"}' >"$DIR/evil.json"
vm list
# Where a column begins, in columns of a terminal: East Asia's characters take two.
is "$(python3 -c '
import unicodedata
def width(text): return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
lines = open("out", encoding="utf-8").read().splitlines()
at = width(lines[0][:lines[0].index("STATE")])
def rest(line):
    n = 0
    for i, c in enumerate(line):
        if n == at: return line[i - 2:i + 1]
        n += width(c)
print(all(rest(line)[:2] == "  " and rest(line)[2] != " " for line in lines))')" True 'wide characters keep the columns'
is "$(row rh | cut -d'|' -f2) $(row old | cut -d'|' -f2)" "${long:2}… ${long:1}" \
    'a name of 32 columns is whole, a longer one is cut'
is "$status $(row evil)" '1 evil|-|cannot be started|-|-' 'nothing of it reaches the terminal'
like "$(cat err)" "^eliloader: VM 'evil': PV-bootloader holds a control character" 'and it says why'
rm "$DIR/evil.json"

# --- what cannot be used ------------------------------------------------------------------------
echo '{' >"$DIR/bad.json"
echo '{"other_config": {"install-round": "soon"}, "name_label": "Odd"}' >"$DIR/odd.json"
vm list
is "$status $(wc -l <err)" '1 2' 'records that cannot be used: status 1, a sentence each'
is "$(row bad)" 'bad|-|cannot be read|-|-' 'damaged: its row says so'
is "$(row odd)" 'odd|Odd|cannot be started|-|-' 'unusable: its row says so'
is "$(row one)" 'one|one|to be installed: round 1 of 1|debianlike|http://mirror/' 'the others have theirs'
like "$(sed -n 1p err)" "^eliloader: the record $DIR/bad.json is damaged: line 2" 'damaged: why'
like "$(sed -n 2p err)" "^eliloader: VM odd: install-round is 'soon'" 'unusable: why'
vm list --json
is "$status $(value bad '[.name, .state, .installed]') $(value odd '.problem' | cut -c1-39)" \
    "1 [null,\"cannot be read\",null] \"VM odd: install-round is 'soon', which" 'JSON: the same'
rm "$DIR/bad.json" "$DIR/odd.json"

# --- no password --------------------------------------------------------------------------------
vm set one install-repository='http://me:Geheim1@mirror/a,https://me:Geheim2@other:8080/b'
vm set two install-repository='ftp://me:Ge@Geheim3@mirror/a'
jq '."other_config"."install-repository" = "http://me:Ge,Geheim4@m/"' "$DIR/old.json" >x && mv x "$DIR/old.json"
jq '."other_config"."install-repository" = "ftp://m/,http:/me:Geheim5@m/"' "$DIR/any.json" >x && mv x "$DIR/any.json"
for form in '' --json; do
    # shellcheck disable=SC2086 # no word
    vm list $form
    unlike "$(cat out err)" 'Geheim|me:' "${form:-table}: no password and no user"
    like "$(cat out)" 'http://mirror/a,https://other:8080/b' "${form:-table}: the rest of both"
done

# --- several ----------------------------------------------------------------------------------
rm -r "$DIR"
vm create a b c install-repository=http://m/ install-arch=amd64
is "$status$(cat out err) $(cd "$DIR" && echo *)" '0 a.json b.json c.json' 'create: three of them'
vm set a none b also-none PV-args=new name-label=x
is "$status $(jq -r .PV_args "$DIR"/*.json | xargs)" '1 new new' 'set: all are tried'
is "$(sed 's/ in .*//' err)" "eliloader: there is no VM 'none'
eliloader: there is no VM 'also-none'" 'set: each failure has its sentence'
vm set a b PV-args=newer install-arch=sparc
is "$status $(jq -r .PV_args "$DIR"/*.json | xargs) $(wc -l <err)" '2 new new 1' 'set: what no VM can have is set in none'
vm set a b
is "$status $(cat err)" '2 eliloader: nothing to do: eliloader vm set ID… KEY=VALUE…' 'set: nothing'
vm set a PV-args=x b
is "$status $(cat err)" "2 eliloader: 'b' is not of the form KEY=VALUE" 'an ID stands in front'
vm set a ../b PV-args=x
is "$status $(jq -r .PV_args "$DIR/a.json")" '2 new' 'an ID that cannot be one: nothing is tried'
vm show a b
is "$status $(grep -n '^\[\|^$' out | xargs)" '0 1:[a] 8: 9:[b] 16:' 'show: a line above each'
vm show --json c none a
is "$status $(jq -c '[.[].uuid]' out) $(wc -l <err)" '1 ["c","a"] 1' 'show --json: an array of those there are'
vm set a b install-round=2
vm reinstall a none b
is "$status $(jq -r '.other_config."install-round"' "$DIR/a.json" "$DIR/b.json" | xargs)" '1 1 1' 'reinstall'
vm create a d -q
is "$status $(jq -r .PV_args "$DIR/a.json") $(cd "$DIR" && echo *)" '1 new a.json b.json c.json d.json' \
    'create: one that is there is left as it is'
vm remove a none d c
is "$status $(cd "$DIR" && echo *) $(cat err)" "1 b.json eliloader: there is no VM 'none' in $DIR; \`eliloader vm list\` shows those there are" \
    'remove: all are tried'
vm list b
is "$status $(cat err)" "2 eliloader: 'b' is one word too many: eliloader vm list [--json]" 'list takes none'

done_testing
