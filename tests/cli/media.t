#!/usr/bin/env bash
# eliloader media: teaching the tables a ramdisk, listing and checking them.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"

MAPS=$WORK/maps
mkdir -p maps other www
export ELILOADER_MAP_DIR=$MAPS
md5() { md5sum <"$1" | cut -d' ' -f1; }
names() { find "$1" -mindepth 1 -printf '%f\n' | sort | xargs; }
media() { run "$ELILOADER" media "$@"; }

printf '070701plain' >www/plain
printf '070701packed' | gzip >packed.gz
truncate -s 200K image && mke2fs -q -t ext2 image >mke2fs.log && gzip image
printf 'neither' >neither
printf '070701overlay' >el5.4
gzip -k el5.4

# --- add ----------------------------------------------------------------------------------------
media add packed.gz --overlay="$WORK/el5.4" --name='CentOS 5.4  i386'
line="$(md5 packed.gz) cpio el5.4 CentOS 5.4  i386"
is "$status $(cat out err)" "0 $MAPS/local.map: $line" 'add: says what was added'
is "$(cat maps/local.map)" "$line" 'add: one line'
is "$(stat -c %a maps/local.map) $(names maps)" '644 el5.4 local.map' \
    'add: the overlay is beside the table, and nothing else'
cmp -s el5.4 maps/el5.4
ok $? 'add: the overlay is whole'
chmod 640 maps/local.map && printf '# a comment without an end' >>maps/local.map
media add image.gz --overlay=el5.4
is "$(tail -n1 maps/local.map)" "$(md5 image.gz) ext2 el5.4 image.gz" \
    'add: ext2 is recognised, the overlay is known by its name, the line is one of its own'
is "$(stat -c %a maps/local.map)" 640 'add: the mode stays'
cp el5.4 overlay.map
printf '070701another' >another
media add another --overlay=overlay.map
is "$status $(names maps)" '2 el5.4 local.map' \
    'add: an overlay that would be read as a table is not put among them'
like "$(cat err)" 'give it a name that does not end in .map' 'add: and that is said'
cp maps/local.map before
media add packed.gz --overlay=-
is "$status" 1 'add: a duplicate is refused'
is "$(cat err)" "eliloader: packed.gz was not added to $MAPS/local.map, for it is known already: \
$MAPS/local.map, line 1 has it as CentOS 5.4  i386" 'add: both places are named'
media add packed.gz --overlay=- --map="$MAPS/new.map"
like "$(cat err)" "not added to $MAPS/new.map, .*$MAPS/local.map, line 1" 'add: in another table too'
media add neither --overlay=-
like "$status $(cat err)" '^1 .*neither begins neither .* say which with --type' 'add: no ramdisk'
media add neither --overlay=- --type=zip
like "$status $(cat err)" "^2 .*--type is 'zip'" 'add: a type that is none'
media add www/plain --overlay=gone
like "$status $(cat err)" '^1 .*the overlay gone: No such file' 'add: an overlay that is not there'
media add www/plain --overlay=neither
like "$status $(cat err)" '^1 .*neither: it is no cpio archive' 'add: an overlay that is none'
printf '070701another' >other/el5.4
media add www/plain --overlay="$WORK/other/el5.4"
like "$status $(cat err)" "^1 .*cannot copy .*File exists; .*--overlay=el5.4" \
    'add: an overlay is never replaced'
media add www/plain --overlay="$WORK/a b"
is "$status" 2 'add: the name of an overlay is one word'
media add www/plain --overlay=- --name=$'x\ny'
is "$status" 2 'add: a name is one line'
media add www/plain --overlay=- --map="$MAPS/table.txt"
like "$status $(cat err)" '^2 .*would never be read' 'add: a table ends in .map'
media add www/plain --overlay=- --ramdisk-max-size=10
like "$status $(cat err)" '^1 .*limit of 10 bytes; raise it with --ramdisk-max-size' 'add: the limit'
media add www/plain --overlay=- --ramdisk-max-size=11 --map=other/x.map
like "$status $(cat err)" '^0 .*other/x.map is in no map folder' 'add: at the limit; elsewhere'
for words in add 'add a' 'add a b --overlay=-' 'list x' 'check --overlay=-' '' nothing; do
    # shellcheck disable=SC2086 # a list of words
    media $words
    is "$status $(wc -l <err)" '2 1' "media $words: status 2 and one line"
done
is "$(cat maps/local.map)" "$(cat before)" 'what was refused has changed nothing'
is "$(names maps)" 'el5.4 local.map' 'and left nothing behind'

# --- a URL --------------------------------------------------------------------------------------
nginx_start "$WORK/www"
cp www/plain 'www/a b%'
printf '<html>login</html>' >www/page
media add "http://me:secret@${NGINX#http://}/a%20b%25?x=1" --overlay=- --type=cpio+append
is "$status $(tail -n1 maps/local.map)" \
    "0 $(md5 www/plain) cpio+append - ${NGINX#http://}/a%20b%25?x=1" 'a URL, and no password'
media add "$NGINX/gone" --overlay=-
like "$status $(cat err)" "^1 .*$NGINX/gone: the server answers 404" 'a URL that is not there'
media add "$NGINX/page" --overlay=- --type=cpio
like "$status $(cat err)" '^1 .*is an HTML page' 'a web page'
media add "http://me:secret@${NGINX#http://}/" --overlay=-
like "$status $(cat err)" '^1 .*names no file' 'the URL of a folder'
unlike "$(cat err)" 'secret' 'and no password in its message'

# --- many at once -------------------------------------------------------------------------------
for i in {1..8}; do
    printf '070701%d' "$i" >"many$i"
    "$ELILOADER" media add "many$i" --overlay=- --map="$MAPS/many.map" >/dev/null &
    pids[i]=$!
done
wait "${pids[@]}"
is "$(sed 's/.* - //' maps/many.map | sort | xargs)" \
    'many1 many2 many3 many4 many5 many6 many7 many8' 'eight at once: none is lost'

# --- list ---------------------------------------------------------------------------------------
rm maps/many.map
printf 'tree:CentOS*:5.*:* cpio el5.4 \xe2\x80\xae31m\n' >maps/eliloader-a.map
media list
is "$status $(head -n2 out)" "0 $MAPS/local.map:
$line" 'list: a table and its lines'
like "$(tail -n1 out)" '^tree:CentOS\*:5\.\*:\* cpio el5\.4 \\xe2\\x80\\xae31m$' \
    'list: the own tables last, and nothing for a terminal'
media list --map-dir="$WORK/none"
like "$status $(cat err)" "^1 .*cannot read the map folder $WORK/none" 'list: a folder that is none'
echo "$(md5 neither) cpio - x" >other/x.map
media list --map-dir="$WORK/other:$MAPS"
is "$(grep -c ':$' out)" 3 'list: several folders'

# --- check --------------------------------------------------------------------------------------
media check
is "$status $(cat out)" '0 all is well: tables 2, lines 4, overlays 1' 'check: all is well'
mv maps/el5.4 gone
media check
is "$status $(head -n1 out)" "1 $MAPS/local.map, line 1: the overlay $MAPS/el5.4 is not there" \
    'check: an overlay is missing'
unlike "$(cat out)" eliloader-a 'check: those of the own trees may all be missing'
echo x >maps/el5.4
media check
like "$status $(cat out)" '^1 .*local.map, line 1: .*is no cpio archive' 'check: an overlay is none'
echo 'x cpio a b' >maps/bad1.map && echo "$(md5 packed.gz) cpio a" >maps/bad2.map
media check
like "$status $(xargs <out)" '^1 .*bad1.map, line 1: .*bad2.map, line 1: NAME is missing' \
    'check: all of the faults'
rm maps/bad?.map
echo "$(md5 packed.gz) cpio - other" >maps/z.map
media check
like "$status $(cat out)" '^1 .*z.map, line 1: it says something else of .*local.map, line 1' \
    'check: two tables that disagree'

# --- what is shipped ------------------------------------------------------------------------------
unset ELILOADER_MAP_DIR
is "$(cd "$BUILD/share/eliloader/maps" && ls)" "$(cd "$TOP/distros/maps" && ls -- *.map)" \
    'the build has the tables'
media check --map-dir="$BUILD/share/eliloader/maps"
like "$status $(cat out)" '^0 all is well' 'the shipped tables are well'
# Every line of a sum names the file above it, and it is that file's, where it is here.
while read -r sum file; do
    [ ! -e "$file" ] && continue
    [ ${#sum} = 32 ] && program=md5sum || program=sha256sum
    is "$("$program" <"$file" | cut -d' ' -f1)" "$sum" "the shipped $program of $file"
done < <(awk '/^# \// { file = $2 } /^[0-9a-f]/ { print $1, file }' "$TOP/distros/maps/eliloader-debian.map")
done_testing
