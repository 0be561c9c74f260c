#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# upgrade.sh ORDER: a machine with an older 6.1 gets the newest 6.1, then 6.12, by plain apt; the order is that of images and headers.
cd "$(dirname "$0")" || exit 1
# shellcheck source=lib.sh
. ./lib.sh
order=$1

# Install a kernel in this order.
image_first() {
	check "$1: apt installs the image" apt install "linux-image-$1"
	check "$1: which names the headers that are missing" one_line "lunatik: no modules for $1 without its headers: apt install linux-headers-$1"
	check "$1: apt installs the headers" apt install "linux-headers-$1"
}

headers_first() {
	check "$1: apt installs the headers" apt install "linux-headers-$1"
	check "$1: apt installs the image" apt install "linux-image-$1"
}

together() {
	# shellcheck disable=SC2046 # two words
	check "$1: apt installs image and headers" apt install $(packages_of "$1")
	check "$1: one line says that it is ready" one_line "lunatik: ready on $1"
}

# The machine runs on the new image before its headers come.
headers_later() {
	check "$1: apt installs the image" apt install "linux-image-$1"
	check "$1: DKMS has nothing for it" not_installed "$1"
	# shellcheck disable=SC2016 # the machine expands
	check "$1: it boots without" boot "$1" 'lunatik run examples/passwd; [ $? = 3 ]'
	check "$1: and names the missing package" said_has "apt install linux-headers-$1"
	check "$1: apt installs the headers" apt install "linux-headers-$1"
}

for_kernel() {
	"${order//-/_}" "$1"
	check "$1: DKMS has built for it" installed "$1"
	check "$1: it boots, the example runs" boot "$1"
}

remove_kernel() {
	# shellcheck disable=SC2046 # two words
	check "$1: apt purges it" apt purge $(packages_of "$1")
	check "$1: nothing is left of it" nothing_left "$1"
}

take start-installed
check "$old: DKMS has built for it" installed "$old"
for_kernel "$new"
for_kernel "$next"
check "$old: still installed" installed "$old" "$new" "$next"
check "$old: still boots, the example runs" boot "$old"
remove_kernel "$new"
remove_kernel "$next"
check "$old: still installed" installed "$old"
