#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Probes in the hottest and most delicate places, switched and stopped under load.
. ../lib.sh
. ../cases.sh

remote=/dev/probe_test
only_one_cpu

# Functions that the core itself and the kernel's probes depend on; those of them that the kernel lets us probe.
symbols=(__kmalloc __kmalloc_noprof kmem_cache_alloc kmem_cache_alloc_noprof get_page_from_freelist
	try_to_wake_up finish_task_switch.isra.0 __schedule update_curr vprintk_emit prb_reserve
	irq_work_queue __queue_work wake_up_process _raw_spin_lock_irqsave ___ratelimit vsnprintf
	hrtimer_interrupt __x64_sys_getppid __arm64_sys_getppid vfs_read)

remote() {
	printf '%s' "$1" > $remote && head -c 4000 $remote
}

# Let background processes do all sorts of things until quiet.
load() {
	./calls -a 0 > /dev/null 2>&1 &
	loads+=($!)
	(while :; do echo load > /dev/kmsg; lunatik list > /dev/null; sleep 0.2; done) 2> /dev/null &
	loads+=($!)
}

quiet() {
	[ ${#loads[@]} = 0 ] || kill "${loads[@]}"
	wait "${loads[@]}"
	loads=()
} 2> /dev/null
loads=()
on_exit quiet

field() {
	lunatik list --json | tr -d ' \n' | sed 's/},*{/}\n{/g' | grep -F "\"$1\"" | grep -o "\"$2\":[0-9]*" | cut -d: -f2
}

# Condition: a probe is enabled, disabled, and stopped under load: SYMBOL.
hot() {
	local got
	remote "count('$1')"
	remote "p:enable(false) p:enable(true)"
	sleep 0.2
	got=$(remote "return 'hits', hits.pre, hits.post")
	remote "p:stop()"
	echo "$got"
	[[ $got == hits* ]] && [ "$(remote 'return 1 + 1')" = 2 ] && ! klog_report
}

klog_mark
check "starts" starts tests/probe/remote
load
hits=0 probed=0
for symbol in "${symbols[@]}"; do
	grep -q " $symbol\$" /proc/kallsyms || continue
	answer=$(remote "p = probe.new('$symbol', {pre = print}) p:stop()")
	if [ -n "$answer" ]; then
		echo "# $symbol: $answer"
		continue
	fi
	probed=$((probed + 1))
	check "a probe on $symbol under load" hot "$symbol"
	[ "$(remote 'return hits.pre + hits.post > 0')" != true ] || hits=$((hits + 1))
done
echo "# $hits of $probed were hit"
check "most of them can be probed" [ "$probed" -ge 10 ]
check "most of them were hit" [ "$hits" -ge 8 ]
echo "# missed: $(field tests/probe/remote missed)"

# All at once, with handlers that print, dump, fail, and make garbage.
everything() {
	local symbol
	remote "all = {} i = 0"
	remote "function act(t, d) i = i + 1 local x = {t, {i}} if i % 4 == 0 then print(t) elseif i % 4 == 1 then d() elseif i % 4 == 2 then error(t) end end"
	for symbol in "${symbols[@]}"; do
		remote "local ok, p = pcall(probe.new, '$symbol', {pre = function(t, d) act(t, d) end, post = function(t, d) act(t, d) end}) all[#all + 1] = ok and p"
	done
	sleep 3
	remote "return i, #all"
	remote "for _, p in ipairs(all) do if p then p:enable(false) end end"
	remote "for _, p in ipairs(all) do if p then p:enable(true) end end"
	sleep 1
	[ "$(remote 'return i > 100')" = true ] && ! klog_report
}
check "all at once: printing, dumping, failing, allocating" everything
check "D-PRB-6: missed events are counted" [ "$(field tests/probe/remote missed)" -gt 0 ]
check "stops under load" stops tests/probe/remote
check "the kernel log has no fault" eval '! klog_report'

# A probe of another runtime on what a handler causes: the kernel skips it, or the other runtime runs.
nested() {
	starts tests/probe/cycle && starts tests/probe/hardirq --context hardirq && sleep 1 &&
		stops tests/probe/hardirq && stops tests/probe/cycle && ! klog_report
}
check "handlers of several runtimes" nested

run_stop() {
	local i
	klog_mark
	for ((i = 0; i < 15; i++)); do
		within 60 lunatik run tests/probe/cycle || return 1
		within 60 lunatik stop tests/probe/cycle || return 1
	done
}
check "run and stop fifteen times under load" run_stop
check "D-PRB-5: no hit came before its handler, or after it" eval '! klog_since | grep -F tests/probe/cycle'
check "no kprobe is left" eval '! grep -v "^$" /sys/kernel/debug/kprobes/list'

# Every system call, as systrack does with some.
systrack() {
	local start=$SECONDS
	within 100 lunatik run tests/probe/syscalls "$@" || return 1
	echo "# registered in $((SECONDS - start)) s" >&3
	sleep 2
	echo "# entries $(field tests/probe/syscalls entries), missed $(field tests/probe/syscalls missed)" >&3
	[ "$(field tests/probe/syscalls entries)" -gt 100 ] || return 1
	start=$SECONDS
	within 60 lunatik stop tests/probe/syscalls || return 1
	echo "# stopped in $((SECONDS - start)) s" >&3
}
exec 3>&1
check "a probe on each system call" systrack
check "... in a hardirq runtime" systrack --context hardirq
quiet
check "no kprobe is left after all" eval '! grep -v "^$" /sys/kernel/debug/kprobes/list'
check "unload" within 60 lunatik unload
check "the kernel log is clean" eval '! klog_report'
