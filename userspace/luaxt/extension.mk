# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# An extension of iptables in Lua, in the folder that holds libxt_NAME.lua:
#
#	LUAXTABLE_MODULE=NAME make -f /usr/share/lunatik/xtables/Makefile [install|uninstall]
#
# or copy this file beside it. Nothing is compiled: see lunatik-xtables(8).

ifeq ($(LUAXTABLE_MODULE),)
$(error say which extension: LUAXTABLE_MODULE=NAME make)
endif

script := libxt_$(LUAXTABLE_MODULE).lua

all: $(script)
	@echo "$(script) is ready: LUAXTABLE_MODULE=$(LUAXTABLE_MODULE) make install, as root"

install: $(script)
	lunatik-xtables install $(LUAXTABLE_MODULE) $(script)

uninstall:
	lunatik-xtables remove $(LUAXTABLE_MODULE)

.PHONY: all install uninstall
