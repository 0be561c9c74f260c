#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# An upgrade and a removal in a machine in which a script runs.
cd "$(dirname "$0")" || exit 1
# shellcheck source=lib.sh
. ./lib.sh
newer=${version%.*}.$((${version##*.} + 1))

take start-installed
bring "$newer"
# A build takes minutes under emulation: the newer modules are built here, and what builds them there takes these.
# shellcheck disable=SC2016 # the inner shell expands
build_ahead() {
	inside sh -c 'mkdir /ahead && dpkg -x /debs/lunatik-dkms_*.deb /ahead && cd /ahead/usr/src/lunatik-* &&
		scripts/build-modules.sh --out /ahead/modules --kdir "/lib/modules/$1/build" && strip -g /ahead/modules/*.ko && rm -rf /ahead/usr' sh "$old"
}
check "the newer modules are built" build_ahead
cat > "$work/build-modules.sh" << 'END'
#!/bin/sh
mkdir -p build/dkms && cp /ahead/modules/*.ko build/dkms/
END
chmod 755 "$work/build-modules.sh"
as_root cp "$work/build-modules.sh" "$tree/ahead/"
as_root cp -r "$debs" "$tree/ahead/debs"
echo 'local completion = require("completion")' > "$work/needs.lua"
as_root cp "$work/needs.lua" "$tree/etc/lunatik/needs.lua"

# In the machine; each line that it prints is a result of its own here.
# shellcheck disable=SC2016 # the machine expands
job='
say() { [ "$1" = 0 ] && echo "yes: $2" || echo "no: $2"; }
slow=$(sed -n "s/.*slow=\([0-9]*\).*/\1/p" /proc/cmdline) slow=${slow:-1}
answers() { [ "$(head -c 16 /dev/passwd | wc -c)" = 16 ]; }
source=/usr/src/lunatik-'$newer'/scripts
mkdir -p $source
dpkg-divert --quiet --local --rename --divert $source/real --add $source/build-modules.sh
cp /ahead/build-modules.sh $source/

lunatik run examples/passwd
answers; say $? "the script runs"
(while sleep 0.3; do answers || echo "no: the script was stopped"; done) & watch=$!
rm /ahead/debs/*dbgsym*
dpkg -i /ahead/debs/*.deb 2>&1 | grep -E "^lunatik|[Ee]rror"
say ${PIPESTATUS[0]} "dpkg upgrades"
kill $watch
wait $watch 2>/dev/null
answers; say $? "the script still runs"
[ "$(cat /sys/module/lunatik/version)" = '$version' ]; say $? "the older core is still loaded"
lunatik status | tail -n 1
rmmod luacompletion
lunatik run needs 2>&1; [ $? != 0 ]; say $? "a newer binding is refused"
lunatik run needs 2>&1 | grep -q "lunatik reload"; say $? "the refusal says what to do"
lunatik reload; say $? "lunatik reload"
[ "$(cat /sys/module/lunatik/version)" = '$newer' ]; say $? "the newer core is loaded"
answers; say $? "the script came back"
lunatik list | grep -q examples/passwd; say $? "and is listed"
lunatik run needs; say $? "the newer binding loads"
lunatik stop needs

exec 7< /dev/passwd
start=$SECONDS
dpkg -r lunatik-examples lunatik-dkms 2>&1 | grep -E "^lunatik"
say ${PIPESTATUS[0]} "a removal goes on while the device is held"
[ $((SECONDS - start)) -lt $((150 * slow)) ]; say $? "in bounded time"
exec 7<&-
[ -x /usr/sbin/lunatik ]; say $? "the tools are there still"
lunatik list 2>&1 | grep examples/passwd; [ $? = 1 ]; say $? "the script was stopped"
lunatik unload; say $? "and the modules go once it is free"
dpkg -P '"${our_names[*]}"'; say $? "dpkg purges"
! grep -E "^(lunatik|lua)" /proc/modules; say $? "nothing is loaded"
'
check "the machine does all of it" boot "$old" "$job" --timeout 900
while IFS= read -r line; do
	case $line in
	"yes: "*) ok "${line#yes: }" ;;
	"no: "*) not_ok "${line#no: }" ;;
	esac
done < "$said"
check "the upgrade says that the older one runs" said_has "lunatik: $version is running, $newer is installed: lunatik reload, or reboot"
check "the removal says what stays" said_has "lunatik: the modules stay loaded until the next reboot"
check "no other message" said_lacks "^no: "
