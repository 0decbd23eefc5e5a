# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Which packages each script needs, and how they get there. Sourced, never run; brings common.sh.

# shellcheck source=scripts/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# nettle, lzma, bz2 and zlib are what libarchive stands on, which a static link has to be given.
# consumers are programs that read or draw what nestbench writes; a test skips what is not there.
# By set: Debian's names (Ubuntu's are the same), then what to look for where there is no apt.
declare -A debian=(
	[build]="gcc libc6-dev make cmake pkgconf libcpuid-dev libsqlite3-dev libjansson-dev libzstd-dev
		liburing-dev libarchive-dev nettle-dev liblzma-dev libbz2-dev zlib1g-dev libmd-dev"
	[test]="libcmocka-dev clang libclang-rt-dev ninja-build python3 python3-jsonschema sqlite3 git file zstd"
	[lint]="clang clang-format clang-tidy ninja-build libcmocka-dev cppcheck shellcheck flake8 codespell python3 git"
	[lab]="qemu-system-x86 qemu-utils ovmf bochs bochs-term bochsbios vgabios grub-common grub-pc-bin
		grub-efi-amd64-bin xorriso mtools dosfstools e2fsprogs busybox-static xz-utils"
	[consumers]="cmark-gfm groff-base libbenchmark-tools libhdrhistogram-java libxml2-utils man-db mandoc
		python3-prometheus-client python3-scipy chromium chromium-driver fonts-dejavu-core
		fonts-liberation gnuplot-nox"
	[fresh]="debootstrap debian-archive-keyring git"
)
declare -A commands=(
	[build]="cc make cmake pkg-config"
	[test]="gcc clang ninja python3 sqlite3 git file zstd"
	[lint]="clang clang-format clang-tidy ninja cppcheck shellcheck flake8 codespell python3 git"
	[lab]="qemu-system-x86_64 qemu-img bochs grub-mkrescue xorriso mtools mkfs.vfat mkfs.ext4 busybox xz"
	[consumers]=""
	[fresh]="debootstrap git"
)
declare -A modules=(
	[build]="libcpuid sqlite3 jansson libzstd liburing libarchive zlib libmd"
	[test]="cmocka"
	[lint]="cmocka"
	[lab]=""
	[consumers]=""
	[fresh]=""
)

# need SET...: makes sure that everything in the sets is there, or ends the script.
need() {
	if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
		need_debian "$@"
	else
		need_elsewhere "$@"
	fi
}

need_debian() {
	local set name missing=() sudo=() log=$root/build/packages.log
	for set in "$@"; do
		for name in ${debian[$set]}; do
			has_package "$name" || missing+=("$name")
		done
	done
	((${#missing[@]})) || return 0

	local install=(apt-get install -y --no-install-recommends "${missing[@]}")
	if ((EUID)); then
		command -v sudo >/dev/null ||
			die "some packages are missing; as root, type: apt-get update && ${install[*]}"
		sudo=(sudo)
	fi
	say "installing ${missing[*]}"
	quietly "$log" "${sudo[@]}" apt-get update || say "going on with the package lists as they are"
	quietly "$log" "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive "${install[@]}" ||
		die "could not install; as root, type: apt-get update && ${install[*]}"
}

has_package() {
	dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

need_elsewhere() {
	local set name missing=()
	for set in "$@"; do
		for name in ${commands[$set]}; do
			command -v "$name" >/dev/null || missing+=("$name")
		done
		for name in ${modules[$set]}; do
			pkg-config --exists "$name" 2>/dev/null || missing+=("the $name headers")
		done
	done
	((${#missing[@]})) || return 0

	printf -v name '%s, ' "${missing[@]}"
	say "missing: ${name%, }"
	say "this is not Debian or Ubuntu, so please install it yourself. To build nestbench:"
	say "  dnf, zypper: gcc make cmake 'pkgconfig(libcpuid)' 'pkgconfig(sqlite3)' 'pkgconfig(jansson)' 'pkgconfig(libzstd)' 'pkgconfig(liburing)' 'pkgconfig(libarchive)' 'pkgconfig(zlib)' 'pkgconfig(libmd)'"
	say "  pacman: gcc make cmake pkgconf libcpuid sqlite jansson zstd liburing libarchive zlib libmd"
	die "then start this script again"
}

# borrow PACKAGE PATH: puts one program of a Debian package on the PATH, out of the package's file,
# where installing it would start a service and enable it for good. Not to get it is no failure.
borrow() {
	local package=$1 path=$2 folder=$root/build/borrowed name=${2##*/} download
	command -v "$name" >/dev/null && return 0
	if [[ ! -x $folder/$name ]]; then
		command -v apt-get >/dev/null || return 0
		say "borrowing $name from the package $package"
		mkdir -p "$folder"
		download=$(mktemp -d)
		if (cd "$download" && apt-get download "$package") >"$folder/$name.log" 2>&1 </dev/null &&
			dpkg-deb --fsys-tarfile "$download"/*.deb |
			tar -x -O "./$path" >"$folder/$name.part"; then
			chmod +x "$folder/$name.part"
			mv "$folder/$name.part" "$folder/$name"
		else
			say "going on without $name"
		fi
		rm -r "$download"
	fi
	PATH=$PATH:$folder
}
