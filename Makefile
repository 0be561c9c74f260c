# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Every entrance to the project; "make help" lists them.

SHELL := /bin/bash

# Headers to build for: the running kernel's, else every kernel whose headers are installed.
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build))
KDIRS = $(or $(KDIR),$(patsubst %/.config,%,$(wildcard /usr/src/linux-headers-*/.config)))

.PHONY: all
all: modules tools ## the kernel modules and the command

.PHONY: help
help: ## this list
	@sed -n 's|^\([a-z][a-z-]*\):.*## \(.*\)|make \1\t\2|p' Makefile | expand -t 18

.PHONY: deps
deps: ## install what building and testing need (one apt-get command, printed first)
	@ci/deps.sh

.PHONY: sources
sources: ## fetch and patch Lua and klibc (LUA=, KLIBC=: tarballs to take them from)
	@scripts/fetch-sources.sh

# Which lock a runtime has is found at run time, and all of Lua's interface is declared extern.
sparse := C=1 "CF=-Wno-context -Wno-external-function-has-definition"

.PHONY: modules
modules: sources ## the kernel modules, in build/modules/KERNEL (KDIR=: headers of the kernel; SPARSE=1: checked by sparse)
	@[ -n "$(KDIRS)" ] || { echo "no kernel headers: install linux-headers-$$(uname -r), or name them with KDIR="; exit 1; }
	@for kdir in $(KDIRS); do scripts/build-modules.sh --strict --kdir "$$kdir" $(if $(SPARSE),$(sparse)) || exit 1; done

.PHONY: tools
tools: ## the lunatik command, and the tool for BTF
	@$(MAKE) --no-print-directory -C userspace/lunatik
	@$(MAKE) --no-print-directory -C userspace/btf

.PHONY: luaxt
luaxt: ## extensions of iptables in Lua: library, plugin, lunatik-xtables
	@$(MAKE) --no-print-directory -C userspace/luaxt

# The headers of this architecture; the path of the build stays out of the debugging information, which holds the BTF.
BPF_CLANG ?= clang
BPF_CFLAGS := -O2 -g -target bpf -Wall -Werror -ffile-prefix-map=$(CURDIR)=. \
	-idirafter /usr/include/$(shell $(CC) -print-multiarch 2>/dev/null)

.PHONY: bpf
bpf: $(patsubst %.bpf.c,%.o,$(wildcard examples/*/*.bpf.c)) ## the eBPF programs of the examples

examples/%.o: examples/%.bpf.c
	$(BPF_CLANG) $(BPF_CFLAGS) -c -o $@ $<

.PHONY: demo
demo: deps deb ## a virtual machine runs an example, on the screen; nothing is loaded here
	@ci/demo.sh

.PHONY: vm
vm: deps deb ## a shell in that virtual machine
	@ci/vm.sh

.PHONY: check
check: ## all tests, on this machine and in virtual machines; ends in "N passed, N failed"
	@mkdir -p build && rm -f build/times
	@ci/phase.sh deps ci/deps.sh
	@ci/check.sh --host

.PHONY: check-debug
check-debug: deps deb ## all tests, or GROUPS=, on a debug kernel (KASAN, lockdep, ...), which is built first
	@ci/check.sh build/deb --no-harness --kernels debug --groups "$(GROUPS)"

.PHONY: check-torture
check-torture: deps deb ## random scripts, mutated packets and frames, a hostile environment (KERNELS=, SEEDS=, SECONDS=, SEED=, PARTS=)
	@ci/torture.sh $(foreach kernel,$(KERNELS),--kernel $(kernel)) $(if $(SEEDS),--seeds $(SEEDS)) $(if $(SEED),--seed $(SEED)) \
		--seconds $(or $(SECONDS),600) $(if $(PARTS),--parts "$(PARTS)") build/deb

.PHONY: matrix
matrix: deps deb ## all tests on all kernels of ci/kernels, or KERNELS=, GROUPS=; the table in doc/admin/kernel-matrix.md
	@ci/matrix.sh --groups "$(GROUPS)" $(KERNELS)

.PHONY: check-arm64
check-arm64: ## tests on an emulated arm64 machine, all modules cross-built (GROUPS="core ...")
	@ci/deps.sh arm64
	@ci/arm64.sh $(or $(GROUPS),core device netfilter xdp)

.PHONY: bench
bench: deps deb ## what events cost, in instructions, beside C, iptables, eBPF (KERNELS=; PROFILE=1: of one event, by function)
	@ci/bench.sh $(if $(PROFILE),--profile) build/deb $(KERNELS)

.PHONY: check-packages
check-packages: deps deb ## the packages' life: kernels in every order, builds that fail, upgrades, removal (CASES="NAME...")
	@ci/check-packages.sh $(CASES)

.PHONY: check-rpm
check-rpm: deb rpm ## the RPMs: files, dnf, both kernels, upgrades, signed repositories (CASES="NAME...")
	@ci/check-packages.sh --rpm $(CASES)

.PHONY: dist
dist: ## the release tarball, in build/dist
	@scripts/packages/dist.sh

.PHONY: deb
deb: ## the Debian packages, in build/deb
	@scripts/packages/build-deb.sh

.PHONY: rpm
rpm: ## the RPMs and their source package, in build/rpm (for a release by mock: doc/dev/packaging.md)
	@ci/deps.sh rpm
	@scripts/packages/build-rpm.sh

.PHONY: repo
repo: ## signed repositories for apt and dnf, in build/repo (KEYID=: the key; DEBS="SUITE=FOLDER...", URL=)
	@scripts/packages/build-repo.sh "$(KEYID)"

.PHONY: install
install: sources tools ## install here without packages, modules by DKMS (DESTDIR=: files only)
	@scripts/packages/install.sh "$(DESTDIR)" tools dkms examples

.PHONY: uninstall
uninstall: ## undo "make install"
	@scripts/packages/install.sh --remove "$(DESTDIR)" tools dkms examples

.PHONY: regen
regen: sources ## rewrite what is derived from src/modules and from Lua's headers
	@scripts/derive/regen.sh

.PHONY: clean
clean: ## remove what was built
	@rm -rf build examples/*/*.o
	@$(MAKE) --no-print-directory -C userspace/lunatik clean
	@$(MAKE) --no-print-directory -C userspace/luaxt clean
	@$(MAKE) --no-print-directory -C userspace/btf clean

.PHONY: distclean
distclean: clean ## also remove the fetched sources
	@rm -rf lua/src klibc/src
