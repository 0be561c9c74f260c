-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- One of each kind of hook, for scripts of one line.

local hooks = {}

function hooks.netfilter()
	local nf = require("netfilter")
	local hook = nf.register{
		pf = nf.family.IPV4, hooknum = nf.inet_hooks.LOCAL_OUT, priority = nf.ip_priority.LAST,
		hook = function(skb) return #skb > 0 and nf.action.ACCEPT or nil end,
	}
	hook:stop()
end

function hooks.xtable()
	local xtable = require("xtable")
	local function nop() end
	xtable.match{name = "torture", revision = 1, family = xtable.family.UNSPEC, proto = 0, hooks = 0, match = nop, checkentry = nop, destroy = nop}
	xtable.target{name = "TORTURE", revision = 1, family = xtable.family.UNSPEC, proto = 0, hooks = 0, target = nop, checkentry = nop, destroy = nop}
end

function hooks.xdp()
	require("xdp").attach(function() end)
end

function hooks.notifier()
	local notifier = require("notifier")
	notifier.keyboard(function() end)
	notifier.vterm(function() end)
	notifier.netdevice(function() end):stop()
end

function hooks.probe()
	local probe = require("probe")
	local p = probe.new("__x64_sys_getppid", {pre = function() end, post = function() end})
	p:enable(false)
	p:enable(true)
	probe.new("__x64_sys_getsid", {pre = function() end}):stop()
end

function hooks.device()
	local device = require("device")
	device.new{name = "torture_hooks", open = function() end, read = function() end}:stop()
	device.new{name = "torture_session", session = "tests/torture/nothing"}
end

function hooks.thread()
	local lunatik = require("lunatik")
	local thread = require("thread")
	thread.run(lunatik.runtime("tests/torture/waiter"), "torture_hooks"):stop()
end

function hooks.socket()
	local inet = require("socket.inet")
	local server <close>, client <close> = inet.tcp(), inet.tcp()
	server:bind(inet.localhost, 7171)
	server:listen()
	client:connect(inet.localhost, 7171)
	local peer <close> = server:accept()
	peer:send(("x"):rep(1000))
	client:receive(1000)
end

function hooks.fib()
	local fib = require("fib")
	pcall(fib.delrule, 1001, 40001)
	fib.newrule(1001, 40001)
	fib.delrule(1001, 40001)
end

function hooks.mailbox()
	local mailbox = require("mailbox")
	local inbox = mailbox.inbox(1024)
	mailbox.outbox(inbox.queue, inbox.event):send("text")
	inbox:receive(1000)
end

return hooks
