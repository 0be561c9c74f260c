#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Make signed repositories of the packages that are built, for apt and for dnf, in build/repo:
#
#	apt/dists/SUITE, apt/pool/SUITE   one distribution for each suite of Debian: InRelease, Release.gpg
#	apt/SUITE.sources                 what apt is told, as deb822 with Signed-By
#	dnf/ARCH, dnf/source              signed RPMs with signed repodata
#	dnf/lunatik.repo                  what dnf is told: gpgcheck and repo_gpgcheck
#	lunatik.asc                       the public key
#
# Usage: build-repo.sh KEYID [OUT]   (a secret key of gpg's, by its fingerprint; the folder is replaced)
#
#	DEBS="SUITE=FOLDER..."  the Debian packages of each suite (default: build/deb, for the suite of this machine)
#	RPMS=FOLDER             the RPMs (default: build/rpm)
#	URL=URL                 where the repositories will be published (default: file: and the folder)
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

die() {
	echo "build-repo: $*" >&2
	exit 1
}

[ -n "${1-}" ] || die "name the key to sign with: make repo KEYID=FINGERPRINT (gpg --list-secret-keys)"
key=$1
out=${2:-build/repo}
debs=${DEBS:-$(. /etc/os-release && echo "${VERSION_CODENAME-}")=build/deb}
rpms=${RPMS:-build/rpm}
gpg --batch --list-secret-keys "$key" >/dev/null 2>&1 || die "gpg has no secret key '$key' (gpg --list-secret-keys)"
for program in apt-ftparchive createrepo_c rpmsign; do
	command -v "$program" >/dev/null || die "$program is not installed (Debian: apt-utils createrepo-c rpm)"
done

sign() { gpg --batch --yes --quiet --local-user "$key" --digest-algo SHA256 "$@"; }

# One suite: the lists of its packages, and a signed Release file.
apt_suite() {
	local suite=$1 folder=$2 architecture architectures='' lists
	compgen -G "$folder/*.deb" >/dev/null || die "no packages in $folder: make deb"
	mkdir -p "$new/apt/pool/$suite"
	find "$folder" -maxdepth 1 -name '*.deb' ! -name '*-dbgsym_*' -exec cp -t "$new/apt/pool/$suite" {} +
	for architecture in $(find "$new/apt/pool/$suite" -name '*.deb' | sed 's/.*_\(.*\)\.deb$/\1/' | grep -v '^all$' | sort -u); do
		architectures+="${architectures:+ }$architecture"
		lists=$new/apt/dists/$suite/main/binary-$architecture
		mkdir -p "$lists"
		(cd "$new/apt" && apt-ftparchive --arch "$architecture" packages "pool/$suite") >"$lists/Packages"
		gzip -9nk "$lists/Packages"
	done
	(cd "$new/apt/dists/$suite" && apt-ftparchive -o "APT::FTPArchive::Release::Suite=$suite" \
		-o "APT::FTPArchive::Release::Codename=$suite" -o "APT::FTPArchive::Release::Components=main" \
		-o "APT::FTPArchive::Release::Architectures=$architectures" -o APT::FTPArchive::Release::Origin=Lunatik \
		-o APT::FTPArchive::Release::Label=Lunatik release . >"$work/Release" && mv "$work/Release" .)
	sign --clearsign --output "$new/apt/dists/$suite/InRelease" "$new/apt/dists/$suite/Release"
	sign --armor --detach-sign --output "$new/apt/dists/$suite/Release.gpg" "$new/apt/dists/$suite/Release"
	cat >"$new/apt/$suite.sources" <<-END
	# /etc/apt/sources.list.d/lunatik.sources; lunatik.asc goes to /etc/apt/keyrings.
	Types: deb
	URIs: $url/apt
	Suites: $suite
	Components: main
	Architectures: $architectures
	Signed-By: /etc/apt/keyrings/lunatik.asc
	END
}

# RPMs of one kind in one folder, each with a signature of its own.
dnf_folder() {
	local folder=$new/dnf/$1
	shift
	mkdir -p "$folder"
	cp "$@" "$folder/"
	rpmsign --define "__gpg $(command -v gpg)" --define "_gpg_name $key" --define '_gpg_digest_algo sha256' --addsign "$folder"/*.rpm >"$work/rpmsign" 2>&1 ||
		die "rpmsign: $(tail -n 3 "$work/rpmsign")"
	createrepo_c --quiet --general-compress-type=gz "$folder"
	sign --armor --detach-sign --output "$folder/repodata/repomd.xml.asc" "$folder/repodata/repomd.xml"
}

# A package without an architecture is offered for each one.
dnf_all() {
	local architecture
	compgen -G "$rpms/*.rpm" >/dev/null || die "no packages in $rpms: make rpm"
	for architecture in $(find "$rpms" -maxdepth 1 -name '*.rpm' | sed 's/.*\.\(.*\)\.rpm$/\1/' | grep -vx -e src -e noarch | sort -u); do
		dnf_folder "$architecture" "$rpms"/*."$architecture".rpm "$rpms"/*.noarch.rpm
	done
	dnf_folder source "$rpms"/*.src.rpm
	cat >"$new/dnf/lunatik.repo" <<-END
	# /etc/yum.repos.d/lunatik.repo
	[lunatik]
	name=Lunatik
	baseurl=$url/dnf/\$basearch
	enabled=1
	gpgcheck=1
	repo_gpgcheck=1
	gpgkey=$url/lunatik.asc

	[lunatik-source]
	name=Lunatik, sources
	baseurl=$url/dnf/source
	enabled=0
	gpgcheck=1
	repo_gpgcheck=1
	gpgkey=$url/lunatik.asc
	END
}

new=$out.new
url=${URL:-file://$(realpath -m "$out")}
rm -rf "$new"
mkdir -p "$new"
work=$(mktemp -d)
trap 'rm -rf "$work" "$new"' EXIT
gpg --batch --armor --export "$key" >"$new/lunatik.asc"
for pair in $debs; do
	[[ $pair == ?*=?* ]] || die "DEBS: '$pair' is not SUITE=FOLDER"
	apt_suite "${pair%%=*}" "${pair#*=}"
done
dnf_all
rm -rf "$out"
mv "$new" "$out"
echo "$out"
