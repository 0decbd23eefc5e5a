#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: inside.sh BINARY FOLDER [ARGUMENT...]
#
# The half of Measure-Wsl.ps1 that runs inside the distribution; it works in any Linux. Copies the
# static nestbench BINARY to the distribution's own disk, because a program on a Windows drive is
# paged in over the very path that is to be measured; runs "nestbench doctor" and "nestbench run
# ARGUMENT..." there; puts doctor.txt, doctor.json, table.txt, session.json and nestbench.db into
# FOLDER. BINARY and FOLDER may be Windows paths (C:/Users/...), which wslpath translates.
#
# Exit status: that of "nestbench run" (0 fine, 3 a benchmark or a file failed, 77 nothing can run
# here); 2 usage.
set -eu

me=inside.sh

fail() {
	echo "$me: $1" >&2
	exit "$2"
}

# A path as Linux sees it: one with a drive letter goes through wslpath.
linux_path() {
	case $1 in
	[A-Za-z]:*)
		command -v wslpath >/dev/null ||
			fail "$1 is a Windows path, and there is no wslpath here; is this WSL?" 2
		wslpath -a "$1" || fail "cannot find $1 from inside: is the drive mounted (/etc/wsl.conf, [automount])?" 3
		;;
	*) printf '%s\n' "$1" ;;
	esac
}

[ $# -ge 2 ] || fail "usage: $me BINARY FOLDER [ARGUMENT...]" 2
binary=$(linux_path "$1")
folder=$(linux_path "$2")
shift 2
[ -f "$binary" ] || fail "no such file: $binary" 3
[ -d "$folder" ] || fail "no such folder: $folder" 3

work=$(mktemp -d "${TMPDIR:-/tmp}/nestbench-wsl.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 3' HUP INT TERM
cp "$binary" "$work/nestbench"
chmod 755 "$work/nestbench"
cd "$work"

# The script itself may be on standard input: nothing else may read from there. 77 and 4 are
# doctor's way to say "cannot nest" and "unknown": no reason to stop.
./nestbench doctor >doctor.txt </dev/null || :
./nestbench doctor --json >doctor.json </dev/null || :
cat doctor.txt

status=0
./nestbench run --db "$work/nestbench.db" "$@" >table.txt </dev/null || status=$?
cat table.txt
[ -f nestbench.db ] || fail "nestbench run ended with $status and left no results" "$status"
./nestbench export --format json --db "$work/nestbench.db" >session.json </dev/null
cp doctor.txt doctor.json table.txt session.json nestbench.db "$folder/" ||
	fail "cannot write to $folder" 3
exit "$status"
