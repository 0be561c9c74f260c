#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# boot.sh [OPTIONS] KERNEL: boot the virtual machine with a kernel of ci/kernels (6.1, 6.12), or with the debug
# kernel (debug). There, and where another architecture is emulated, everything takes several times as long: all time limits
# grow by that factor. LUNATIK_SLOW=N: this computer is N times slower than others, or as busy; the limits grow by N as well.
# LUNATIK_CPU: another model of CPU than the usual one.
#
#    --command TEXT   run TEXT (bash) in it, show the console meanwhile, and end with its status
#    --shell          a shell on this terminal (Control-A X ends the machine)
#    --disk FILE      the disk; default: build/vm/root.ext4 or debug.ext4, which ci/image.sh makes
#    --files DIR      vmlinuz and initrd of this folder; KERNEL is only a name then
#    --overlay D:P    copy what folder D holds to P in the machine (may be repeated)
#    --timeout N      seconds until the command must have ended; default 300. A line `# limit N`
#                     that the command writes to /dev/ttyS1 sets N anew from then on.
#    --label NAME     the name under which logs are kept; default: command
#    --append TEXT    more kernel arguments
#    --memory MB, --cpus N, --init PATH
#    --systemd        with systemd as process 1: the command runs once the machine is up
#    --prepare TEXT   with systemd: run TEXT before it
#    --after TEXT     with systemd: run TEXT at the end of the shutdown
#    --tests          lay this tree's tests over the machine's root
#    --quiet          no kernel messages on the console once the command runs
#    --silent         do not show the console
#    --verdict        show failing tests and the groups' results instead of the console
#    --boot           show the console from the start of the kernel on
#    --count          one processor, whose clock counts instructions: a nanosecond each
#    --plugin TEXT    a plugin of QEMU: FILE,NAME=VALUE
#
# Status: the command's, or 120 the machine did not start, 121 a kernel report (warning, oops,
# panic, ...), 122 a hang, 123 the machine ended without the end of its command.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

did_not_start=120 kernel_report=121 hang=122 silent_end=123
disk='' files='' job='' overlays=() limit=300 label=command append='' memory='' cpus=2
init=/run/ci/init systemd='' prepare='' after='' quiet='' tests='' show=command shell='' count=() plugin=()
accel=${LUNATIK_ACCEL:-} cpu=${LUNATIK_CPU:-}

# Read the command line.
options() {
	while [ $# -gt 0 ]; do
		case $1 in
		--command) job=$2; shift ;;
		--shell) shell=1 ;;
		--disk) disk=$2; shift ;;
		--files) files=$2; shift ;;
		--overlay) overlays+=("$2"); shift ;;
		--timeout) limit=$2; shift ;;
		--label) label=$2; shift ;;
		--append) append=$2; shift ;;
		--memory) memory=$2; shift ;;
		--cpus) cpus=$2; shift ;;
		--init) init=$2; shift ;;
		--systemd) systemd=1 init=/run/ci/systemd ;;
		--prepare) prepare=$2; shift ;;
		--after) after=$2; shift ;;
		--quiet) quiet=1 ;;
		--tests) tests=1 ;;
		--verdict) show=verdict ;;
		--silent) show=nothing ;;
		--boot) show=all ;;
		--count) cpus=1 count=(-icount "shift=0,sleep=off") ;;
		--plugin) plugin=(-plugin "$2"); shift ;;
		-*) die "unknown option $1" ;;
		*) kernel=$1 ;;
		esac
		shift
	done
	[ -n "${kernel:-}" ] || die "name a kernel of ci/kernels: $(kernel_names all | paste -s -d ' ')"
}

# Compile the programs of tests beside their sources: eBPF, NAME.bpf.c, and those that run in the machine, where a compiler
# takes half a minute, or is that of another release. (What the harness has is a module.)
compile_programs() {
	local compiler=gcc
	[ "$arch" = amd64 ] || compiler=aarch64-linux-gnu-gcc
	find "$1" -mindepth 2 -maxdepth 2 -name '*.c' ! -name '*.bpf.c' ! -path '*/harness/*' | while read -r source; do
		"$compiler" -O1 -Wall -Wno-unused-result -Werror -static -o "${source%.c}" "$source"
	done
	find "$1" -name '*.bpf.c' | while read -r source; do
		clang -target bpf -O2 -g -Wall -Werror -I"/usr/include/$(uname -m)-linux-gnu" -c "$source" -o "${source%.c}.o"
	done
}

# Set where the kernel is, what it needs, and how much slower than others it is.
choose_kernel() {
	slow=${LUNATIK_SLOW:-1} boot_budget=boot${systemd:+-systemd} limits="softlockup_panic=1 hung_task_panic=1 nmi_watchdog=panic"
	if [ "$kernel" != debug ]; then
		home=${files:-$root/$kernel} initrd=${files:-$root/$kernel}/initrd
		modules=$vm/root.modules/$(cat "$home/version" 2> /dev/null || echo none)
		disk=${disk:-$vm/root.ext4} memory=${memory:-1536}
		append+=${append:+ }$(kernel_arguments "$kernel")
		[ "$arch" = amd64 ] || { slow=$((slow * foreign_slow)); boot_budget=boot-$arch; }
		[ "$slow" = 1 ] || limits+=" slow=$slow watchdog_thresh=60"
		return
	fi
	home=$("$ci/debug.sh") initrd=$vm/debug.initrd slow=$((slow * debug_slow))
	modules=$vm/debug.modules/$(cat "$home/version")
	boot_budget=boot-debug disk=${disk:-$vm/debug.ext4} memory=${memory:-4096}
	limits+=" slow=$slow kasan_multi_shot kmemleak=on watchdog_thresh=60"
}

# Lay out the tests as an installed machine has them: scripts, and Lua where `lunatik run` finds it.
stage_tests() {
	local stage=$1 share=$1/usr/share/lunatik-tests lua=$1/usr/lib/modules/lua/tests
	mkdir -p "$share/ci/guest" "$lua"
	cp -RL "$top/tests" "$share/"
	if [ -d "$modules" ]; then
		mkdir "$share/modules"
		cp -R "$modules" "$share/modules/"
	fi
	cp "$ci/budgets" "$share/ci/"
	cp "$ci/guest/readme.sh" "$share/ci/guest/"
	(cd "$top" && find README.md doc examples -name "*.md" | cpio --quiet -pdm "$share")
	(cd "$top/tests" && find . -name '*.lua' | cpio --quiet -pdm "$lua")
	"$top/scripts/fetch-lua-tests.sh" --cached "$lua/lua/official" /lib/modules/lua/tests/lua/official \
		2> "$share/tests/lua/official/unavailable" || rm -rf "$lua/lua/official"
	compile_programs "$share/tests"
}

# Write the initrd of this boot: the kernel's own, followed by what this boot brings along.
make_initrd() {
	local stage=$work/stage pair
	mkdir -p "$stage/ci" "$stage/overlay"
	cp "$ci/guest/init" "$stage/ci/init"
	if [ -n "$shell" ]; then
		job="stty rows ${LINES:-40} cols ${COLUMNS:-120}; $job
			exec bash -i"
	fi
	echo "$job" > "$stage/ci/job"
	if [ -n "$systemd" ]; then
		cp "$ci/guest/systemd" "$stage/ci/systemd"
		echo "$prepare" > "$stage/ci/prepare"
		echo "$after" > "$stage/ci/after"
	fi
	[ -z "$quiet" ] || touch "$stage/ci/quiet"
	[ -z "$tests" ] || stage_tests "$stage/overlay"
	for pair in ${overlays[@]+"${overlays[@]}"}; do
		mkdir -p "$stage/overlay/${pair##*:}"
		cp -RL --preserve=mode,timestamps "${pair%:*}/." "$stage/overlay/${pair##*:}/"
	done
	(cd "$stage" && find . | cpio --quiet -o -H newc -R 0:0) | cat "$initrd" - > "$work/initrd"
}

# The machine of each architecture: QEMU, its serial ports (see the channels), and arguments of its kernel.
# - cx16=off: QEMU 7.2 computes wrong flags after cmpxchg16b, which oopses at random.
# - thread=single: where processors run in threads of their own, one may go on with a translation of code that another one
#   has replaced. A breakpoint that stood there for a moment while the kernel replaced a static branch then ends in an
#   oops (int3), or in one exception after the other.
# - erms=off,fsrm=off: a processor with these copies at once, but QEMU a byte at a time. Without, the kernel copies words.
# - la57=off: a fifth level of page tables makes each look-up dearer.
machine_amd64() {
	accel=${accel:-tcg,thread=single}
	qemu=(qemu-system-x86_64 -cpu "${cpu:-max,cx16=off,erms=off,fsrm=off,la57=off}" -serial chardev:console -serial chardev:verdict)
	arguments="tsc=reliable no_timer_check lpj=1000000 nokaslr"
}

# Serial ports as on a PC, which the machine has only by PCI. pauth-impdef: the architecture's own way of signing
# return addresses is slow to emulate.
# shellcheck disable=SC2054 # QEMU's options hold commas
machine_arm64() {
	accel=${accel:-tcg}
	qemu=(qemu-system-aarch64 -M virt,gic-version=3 -cpu "${cpu:-max,pauth-impdef=on}"
		-device pci-serial-2x,chardev1=console,chardev2=verdict)
	arguments=
}

# Set the channels: the console, and the verdict's port.
# shellcheck disable=SC2054 # QEMU's options hold commas
make_channels() {
	channels=(-chardev "file,id=console,path=$console" -chardev "file,id=verdict,path=$verdict")
	# The verdict's port must exist, or init could not write to it.
	[ -z "$shell" ] ||
		channels=(-chardev stdio,id=console,mux=on,signal=off -mon chardev=console -chardev null,id=verdict)
}

# Set the arguments of QEMU.
# shellcheck disable=SC2054 # QEMU's options hold commas
make_arguments() {
	make_channels
	"machine_$arch"
	arguments+=" console=ttyS0,115200 init=$init"
	arguments+=" random.trust_cpu=on panic=-1 log_buf_len=4M oops=panic panic_on_warn=1 $limits"
	arguments+=" ${shell:+quiet }${systemd:+systemd.mask=serial-getty@ttyS0.service }$append"
	qemu+=(-accel "$accel" ${count[@]+"${count[@]}"} ${plugin[@]+"${plugin[@]}"} -smp "$cpus" -m "$memory" "${channels[@]}"
		-nodefaults -no-user-config -no-reboot -display none
		-kernel "$home/vmlinuz" -initrd "$work/initrd" -append "$arguments"
		-drive "file=$disk,format=raw,if=virtio,snapshot=on,cache=unsafe")
}

# Two emulated machines on one computer run each other into their timeouts: wait for our turn.
take_turn() {
	local lock=${LUNATIK_LOCK:-${TMPDIR:-/tmp}/qemu.lock}
	touch "$lock" 2> /dev/null || return 0
	exec 8< "$lock"
	flock -n 8 || { say "boot: waiting for another virtual machine to end ($lock)"; flock 8; }
}

# Show the console or the verdict while the machine runs.
follow() {
	local file=$console filter=()
	case $show in
	nothing) return 0 ;;
	verdict) file=$verdict filter=(sed -u -n -E -f "$ci/results/failures.sed") ;;
	command) filter=(sed -u -n -E -e "s/\\r//g" -e '/^=== start ===$/,/^=== end ===$/{/^=== /!p}') ;;
	all) filter=(sed -u -e "s/\r//g") ;;
	esac
	tail -f -n +1 -s 0.2 --pid="$1" "$file" 2> /dev/null | "${filter[@]}" &
	follower=$!
}

# Wait for the machine's end; kill it when it oversteps its time. Sets hung and booted.
watch() {
	local pid=$1 since=$SECONDS allowed said=0 now start=$SECONDS
	allowed=$(($(budget "$boot_budget") * 3 * ${LUNATIK_SLOW:-1}))
	hung='' booted=''
	while kill -0 "$pid" 2> /dev/null; do
		sleep 0.3
		now=$(grep -c -E '^# (start|limit)' "$verdict" || true)
		if [ "$now" != "$said" ]; then
			[ "$said" != 0 ] || booted=$((SECONDS - start))
			said=$now since=$SECONDS
			allowed=$(sed -n 's/^# limit \([0-9]*\).*/\1/p' "$verdict" | tail -n 1)
			allowed=${allowed:-$limit}
		fi
		if [ $((SECONDS - since)) -gt "$allowed" ]; then
			hung=$allowed
			kill "$pid" 2> /dev/null || true
		fi
	done
	wait "$pid" 2> /dev/null || true
}

# One boot.
boot() {
	: > "$console"
	: > "$verdict"
	"${qemu[@]}" 8<&- 2> "$work/qemu" &
	machine=$!
	follow "$machine"
	watch "$machine"
	machine=
	[ -z "${follower:-}" ] || wait "$follower" || true
	grep -v '^qemu-system-[a-z0-9_]*: terminating on signal' "$work/qemu" >&2 || true
}

# Print the first report in the log of the console, where programs write as well.
console_report() {
	tr -d "\r" < "$console" | grep -E "^\[ *[0-9]+\.[0-9]+\]" | first_report
}

# Print what the machine said last on its own channel: where a run ended.
last_line() {
	local line
	line=$(grep -E '[^[:space:]]' "$verdict" | grep -v '^# \(start\|limit\)' | tail -n 1 | sed 's/^ *//')
	echo "${line:-nothing}"
}

# Keep the logs, say why the run failed, and end.
fail() {
	local status=$1 kept
	shift
	kept=$logs/$(date +%Y%m%d-%H%M%S)-$label-$kernel.log
	tr -d '\r' < "$console" > "$kept"
	cp "$verdict" "${kept%.log}.verdict"
	say "FAIL ($kernel): $*"
	say "the machine's log: $kept"
	exit "$status"
}

# Find out from its two channels how the run went.
judge() {
	local report status
	report=$(console_report || true)
	status=$(sed -n 's/^exit \([0-9]*\).*/\1/p' "$verdict" | tail -n 1)
	if ! grep -q '^# start' "$verdict"; then
		fail $did_not_start "the machine did not start, twice${report:+: $report}"
	fi
	[ -z "$report" ] || fail $kernel_report "kernel report: $report (after: $(last_line))"
	[ -z "$hung" ] || fail $hang "hang: no end within $hung s (after: $(last_line))"
	[ -n "$status" ] || fail $silent_end "silent power-off: the machine ended without the end of its command (after: $(last_line))"
	[ "$status" = 0 ] || fail "$status" "the command ended with status $status"
}

options "$@"
arch=$(kernel_arch "$kernel")
root=$("$ci/root.sh")
[ "$kernel" = debug ] || [ -d "${files:-$root/$kernel}" ] || die "no kernel $kernel in ci/kernels"
choose_kernel
[ "$disk" != base ] || disk=$root/root.ext4
[ -f "$disk" ] || die "no disk $disk: make one with ci/image.sh"
mkdir -p "$logs" "$build"
work=$(mktemp -d)
machine=
trap '[ -z "$machine" ] || kill "$machine" 2> /dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
console=$logs/last-$label-$kernel.log
verdict=$logs/last-$label-$kernel.verdict
make_initrd
make_arguments
take_turn

if [ -n "$shell" ]; then
	"${qemu[@]}" 8<&-
	exit 0
fi
boot
# Emulation itself fails now and then while a kernel starts (see QEMU above), never after. Where systemd starts scripts of ours, that
# is before the command is reached.
if ! grep -q '^# start' "$verdict" && ! grep -q '\] lunatik: loading' "$console"; then
	tr -d '\r' < "$console" > "$logs/start-$label-$kernel.log"
	say "boot: the machine did not reach its command (log: $logs/start-$label-$kernel.log), booting once more"
	boot
fi
[ -z "$booted" ] || note_time "boot-$kernel${systemd:+-systemd}" "$booted" "$boot_budget"
judge
