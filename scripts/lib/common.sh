# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the scripts share. Sourced, never run; sets root, the top of the repository.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
me=${0##*/}

# Progress and complaints go to stderr, so that stdout stays the program's own.
say() {
	printf '%s: %s\n' "$me" "$*" >&2
}

die() {
	say "$*"
	exit 1
}

# A script's --help is the comment at its head, below the SPDX line.
usage() {
	awk 'NR > 2 && !/^#/ { exit } NR > 2 { sub(/^# ?/, ""); print }' "$0"
}

# quietly LOG COMMAND...: keeps the command's output in LOG and shows its end only on failure.
quietly() {
	local log=$1 status=0
	shift
	mkdir -p "$(dirname "$log")"
	"$@" >"$log" 2>&1 </dev/null || status=$?
	if ((status)); then
		say "failed (exit $status): $*"
		tail -n 40 "$log" | sed 's/^/    /' >&2
		say "all of it: $log"
	fi
	return "$status"
}

# build FOLDER GENERATOR OPTION...: configures and builds into build/FOLDER. Goes on after a
# fault, so that one build shows all of them.
build() {
	local folder=$root/build/$1 generator=$2 options=(--keep-going)
	shift 2
	[[ $generator != Ninja ]] || options=(--quiet -k 0)
	quietly "$folder/configure.log" cmake -S "$root" -B "$folder" -G "$generator" "$@" &&
		quietly "$folder/build.log" cmake --build "$folder" --parallel "$(nproc)" -- "${options[@]}"
}

# How clang builds for scripts/lint and scripts/test, which share build/test-clang: one build for
# what the compiler finds, what the sanitizers find, and the fuzzers.
# shellcheck disable=SC2034 # used by those
clang_options=(-DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug "-DNB_SANITIZE=address,undefined"
	-DNB_FUZZ=ON)

# git, also where the checkout belongs to somebody else, as it may in a container.
in_git() {
	git -c safe.directory="$root" -C "$root" "$@"
}

# The files of the project, each ended by NUL: tracked ones and new ones that no rule ignores.
project_files() {
	local file
	in_git ls-files -z --cached --others --exclude-standard --deduplicate -- "$@" |
		while IFS= read -r -d '' file; do
			if [[ -e $root/$file || -L $root/$file ]]; then printf '%s\0' "$file"; fi
		done
}
