#!/usr/bin/env bash
# Manual pages and the sample configuration say what --help says, both ways.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

MAN=$TOP/man/eliloader.8

# The options of a command as its --help has them: "NAME[=VALUE]", sorted.
from_help() {
    # shellcheck disable=SC2086 # no word, or one
    "$ELILOADER" $1 --help | sed -nE 's/^  (-.,|   ) --([^ ]+).*/\2/p' | sort
}
# The same from the manual, whose headings say with which commands options go: "With every
# command", "With bootloader mode, fetch and probe".
from_manual() {
    awk -v name="$1" '/^\.S[sh] / { on = $0 == ".Ss With every command" ||
            ($0 ~ /^\.Ss With / && $0 ~ "(With |, | and )" name "(,| and |$)") }
        on && /^\.It / { print }' "$MAN" |
        sed -nE 's/^\.It (Fl . , )?Fl -([A-Za-z_-]+)( Ns = Ns Ar ([A-Z]+))?$/\2=\4/p' |
        sed 's/=$//' | sort
}
is "$(from_manual 'bootloader mode')" "$(from_help '')" 'eliloader(8): bootloader mode'
for command in fetch vm probe ls cat identify media check domuloader; do
    is "$(from_manual "$command")" "$(from_help "$command")" "eliloader(8): the options of $command"
done

# What is in "(default: …)" of --help stands in the manual too.
while read -r option default; do
    awk -v item="Fl -$option " '/^\.It |^\.S/ { on = index($0 " ", item) } on' "$MAN" >item
    like "$(cat item)" "(^|[ \"])${default//./\\.}( ?\\.| ?,|$)" "eliloader(8): the default of --$option"
done < <({ "$ELILOADER" --help && "$ELILOADER" fetch --help; } |
    awk '/^ .*--/ { sub(/^.*--/, ""); name = $1; sub(/=.*/, "", name) }
        match($0, /\(default: [^,)]*/) { print name, substr($0, RSTART + 10, RLENGTH - 10) }' |
    sort -u | grep -v ' pygrub$')

# --- the synopsis ---------------------------------------------------------------------------
"$ELILOADER" vm --help | sed -n 's/.*eliloader \(vm [a-z]*\).*/\1/p' | sort >commands
is "$(sed -n 's/^\.Cm \(vm [a-z]*\)$/\1/p' "$MAN" | sort -u | head -n "$(wc -l <commands)")" \
    "$(cat commands)" 'eliloader(8): the commands of vm'
while read -r _ command; do
    like "$(cat "$MAN")" "^\.It Cm vm $command$" "eliloader(8) describes vm $command"
done <commands

PATH=$BUILD/bin:$PATH
# --- the sample configuration and eliloader.conf(5) -------------------------------------------
sed -n 's/^#\([a-z]\)/\1/p' "$TOP/packaging/eliloader.conf" >all.conf
run eliloader vm list --config="$WORK/all.conf" --record-dir="$WORK/vms"
is "$status$(cat err)" 0 'the sample configuration: every setting is one'
run eliloader vm list --config="$TOP/packaging/eliloader.conf"
is "$status$(cat err)" 0 'the sample configuration as it stands'
for option in $({ from_help '' && from_help fetch && from_help vm; } | sed 's/=.*//' | sort -u); do
    echo "$option = 1" >one.conf
    eliloader vm list --config="$WORK/one.conf" >out 2>&1
    grep -q 'there is no setting' out || echo "$option"
done >options-in-file
# Those that no command has stand in the table alone.
tr '\n' ' ' <"$TOP/loader/settings/options_table.c" | grep -oE '\{"[a-z0-9-]+", [^{]*FILE_ONLY' |
    sed 's/{"\([a-z0-9-]*\).*/\1/' >file-only
like "$(cat file-only)" '^trust-bootloader-args$' 'settings of the file alone'
sort options-in-file file-only >settings
is "$(sed 's/ = .*//' all.conf | sort)" "$(cat settings)" 'the sample configuration: all settings'
is "$(sed -n 's/^\.It Cm //p' "$TOP/man/eliloader.conf.5" | sort)" "$(cat settings)" \
    'eliloader.conf(5): all settings'
while read -r option default; do
    ! grep -qx "$option" settings && continue
    is "$(sed -n "s/^$option = //p" all.conf)" "$default" "the sample configuration: $option's default"
    awk -v item="It Cm $option" '/^\.It |^\.S/ { on = $0 == "." item } on' \
        "$TOP/man/eliloader.conf.5" >item
    like "$(cat item)" "^(Default: |\.Pa )${default//./\\.}( ?\\.|$)" "eliloader.conf(5): $option's default"
done < <(eliloader --help |
    awk '/^ .*--/ { sub(/^.*--/, ""); name = $1; sub(/=.*/, "", name) }
        match($0, /\(default: [^,)]*/) { print name, substr($0, RSTART + 10, RLENGTH - 10) }' |
    grep -v '^pygrub ')

# What the file alone sets has its default in the program only.
while read -r option default; do
    is "$(sed -n "s/^$option = //p" all.conf)" "$default" "the sample configuration: $option's default"
    awk -v item="It Cm $option" '/^\.It |^\.S/ { on = $0 == "." item } on' "$TOP/man/eliloader.conf.5" >item
    like "$(cat item)" "^Default: $default\.$" "eliloader.conf(5): $option's default"
done <<'END'
kernel-max-size-ceiling 256M
ramdisk-max-size-ceiling 1G
output-reserve 64M
trust-bootloader-args no
grub-pv /usr/lib/grub-xen/grub-x86_64-xen.bin
grub-pv32 /usr/lib/grub-xen/grub-i386-xen.bin
grub-pvh /usr/lib/grub-xen/grub-i386-xen_pvh.bin
END
while read -r option; do
    like "$(sed -n '/^Seven have/,/^\.Bl/p' "$TOP/man/eliloader.conf.5")" "[ ]$option( |$)" \
        "eliloader.conf(5): $option has no option"
done <file-only

# --- whose word an option may be ----------------------------------------------------------------
editors=$(eliloader -q --vm x --config=y /dev/null 2>&1 | sed 's/.*: only \(.*\) may; root .*/\1/; s/, /\n/g' | sort)
like "$editors" '^--args$' 'the options of editors'
is "$(awk '/^\.S[hs] / { on = /WORDS OF A VM.S EDITOR/ } on' "$MAN" | sed -n 's/^\.It Fl \(-[a-z-]*\)$/-\1/p' | sort)" \
    "$editors" 'eliloader(8): what an editor may say'
is "$(awk '/^## / { on = /Who wrote a word/ } on && /^\| `/' "$TOP/SECURITY.md" | cut -d'|' -f2 |
    grep -o -- '--[a-z-]*' | sort)" "$editors" 'SECURITY.md: what an editor may say'

# --- form -----------------------------------------------------------------------------------
needs mandoc
# What the manual of another program is called is not known everywhere.
is "$(mandoc -Tlint "$TOP"/man/* 2>&1 | grep -vE 'referenced manual not found|outdated mandoc.db')" \
    '' 'mandoc has nothing to say about the manual pages'
done_testing
