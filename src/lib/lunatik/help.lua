-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- The text that `help` shows in a session.
-- @module lunatik.help

return [[
What is typed is Lua, and runs in the kernel: 6 * 7, print("hello"), x = {1, 2} (globals last as long as the session).
An expression shows its value; a statement may take several lines.

  lunatik.runner.run("NAME")      run a script of /etc/lunatik or /lib/modules/lua; also spawn, stop, rearm, list
  linux = require("linux")        a library: btf completion data device fib fifo linux mailbox map net netfilter
                                  notifier probe rcu ring socket syscall sysctl thread xdp xtable; then linux shows
                                  what it has
  lunatik.list()                  what runs, with statistics

Tab completes a name, Control-C ends what runs or drops the input, Control-D ends the session.
There are no floats, and no libraries io and os.
To read: man lunatik-scripts, man lunatik, /usr/share/doc/lunatik-tools (guide, and every function).]]
