# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Every entrance to the project: "make help" lists them.

SHELL := /bin/bash

# Headers to build for: the running kernel's, else every kernel whose headers are installed.
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build))
KDIRS = $(or $(KDIR),$(patsubst %/.config,%,$(wildcard /usr/src/linux-headers-*/.config)))

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

.PHONY: sources
sources:
	@scripts/fetch-sources.sh

.PHONY: modules
modules: sources ## the kernel modules, into build/modules/KERNEL (KDIR=folder of headers)
	@[ -n "$(KDIRS)" ] || { echo "no kernel headers: install linux-headers-$$(uname -r), or name them with KDIR="; exit 1; }
	@for kdir in $(KDIRS); do scripts/build-modules.sh --strict --kdir "$$kdir" || exit 1; done
