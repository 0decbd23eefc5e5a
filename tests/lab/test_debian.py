# SPDX-License-Identifier: Apache-2.0
"""Kernel packages, with an apt of our own, so that these tests need no network."""

import labcase
import os
import threading
import unittest
from unittest import mock

from nestlab import base, debian
from nestlab.base import CannotRun, LabError

APT_CACHE = """\
#!/bin/sh
[ -e "$0.empty" ] && exit 0
case $1 in
pkgnames)
	printf 'linux-image-%s\\n' 6.1.0-9-cloud-amd64 6.1.0-10-cloud-amd64 6.1.0-10-amd64 \\
		6.1-cloud-amd64 6.12.7+deb12-cloud-amd64 6.1.0-10-rt-amd64 \\
		6.1.0-10-cloud-amd64-dbg cloud-amd64 ;;
madison)
	shift
	for name; do
		case $name in
		*-6.1.0-9-*) version=6.1.99-1 ;;
		*-6.1.0-10-*) version=6.1.100-1 ;;
		*) version=6.12.7-1~deb12u1 ;;
		esac
		echo "$name | $version | http://mirror.example/debian stable/main amd64 Packages"
	done ;;
esac
"""
APT_GET = """\
#!/bin/sh
for last; do :; done
echo "$last" >>"$0.log"
[ -e "$0.fails" ] && { cat "$0.fails" >&2; exit 100; }
sleep 0.2
: >"${last%=*}.deb"
"""
DPKG = """\
#!/bin/sh
release=${2#linux-image-}
release=${release%.deb}
mkdir -p "$3/boot" "$3/lib/modules/$release"
: >"$3/boot/vmlinuz-$release"
[ -e "$0.fails" ] && exit 2
exit 0
"""


class Debian(labcase.Case):
    """fetch() and what it chooses."""

    def setUp(self):
        super().setUp()
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        for name, text in (("apt-cache", APT_CACHE), ("apt-get", APT_GET), ("dpkg", DPKG)):
            (self.bin / name).write_text(text, encoding="utf-8")
            (self.bin / name).chmod(0o755)
        path = f"{self.bin}:{os.environ['PATH']}"
        for patch in (
            mock.patch.object(debian, "CACHE", self.folder / "cache"),
            mock.patch.object(debian, "say"),
            mock.patch.object(base, "say"),
            mock.patch.dict(os.environ, PATH=path),
        ):
            patch.start()
            self.addCleanup(patch.stop)

    def downloads(self):
        """What apt-get was asked for."""
        log = self.bin / "apt-get.log"
        return log.read_text(encoding="utf-8").split() if log.exists() else []

    def test_a_flavour_has_its_own_packages_oldest_first(self):
        cloud = [offer.version for offer in debian.versions("cloud")]
        self.assertEqual(cloud, ["6.1.99-1", "6.1.100-1", "6.12.7-1~deb12u1"])
        full = [offer.package for offer in debian.versions("full")]
        self.assertEqual(full, ["linux-image-6.1.0-10-amd64"])

    def test_the_newest_of_what_is_meant_is_chosen(self):
        for wanted, release in (
            (None, "6.12.7+deb12-cloud-amd64"),
            ("6.1", "6.1.0-10-cloud-amd64"),
            ("6.1.99", "6.1.0-9-cloud-amd64"),
            ("6.1.99-1", "6.1.0-9-cloud-amd64"),
            ("6.1.0-9-cloud-amd64", "6.1.0-9-cloud-amd64"),
            ("linux-image-6.1.0-9-cloud-amd64", "6.1.0-9-cloud-amd64"),
        ):
            with self.subTest(wanted=wanted):
                self.assertEqual(debian.fetch(wanted).release, release)

    def test_a_version_that_is_not_offered_names_those_that_are(self):
        for wanted in ("5.4", "6.1.9", "6.", "x", ""):
            with self.subTest(wanted=wanted):
                with self.assertRaisesRegex(LabError, r"6\.1\.99, 6\.1\.100, 6\.12\.7"):
                    debian.fetch(wanted)

    def test_a_kernel_is_downloaded_once(self):
        kernels = [debian.fetch("6.1") for _ in range(2)]
        self.assertEqual(kernels[0], kernels[1])
        self.assertTrue(kernels[0].image.is_file())
        self.assertTrue(kernels[0].modules.is_dir())
        self.assertEqual(self.downloads(), ["linux-image-6.1.0-10-cloud-amd64=6.1.100-1"])

    def test_two_at_once_download_once(self):
        found = []
        threads = [threading.Thread(target=lambda: found.append(debian.fetch())) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(found), 2)
        self.assertEqual(found[0], found[1])
        self.assertEqual(len(self.downloads()), 1)

    def test_what_a_kill_left_half_done_is_done_again(self):
        half = self.folder / "cache" / "kernels" / ".new" / "files" / "boot"
        half.mkdir(parents=True)
        (half / "vmlinuz-half").touch()
        kernel = debian.fetch()
        self.assertFalse((kernel.image.parent / "vmlinuz-half").exists())

    def test_a_failure_leaves_nothing_in_the_cache(self):
        for program, why, hint in (
            ("apt-get", "E: Failed to fetch", "apt-get update"),
            ("apt-get", "E: write (28: No space left on device)", "disk full"),
            ("dpkg", "", "disk full"),
        ):
            (self.bin / f"{program}.fails").write_text(why, encoding="utf-8")
            with self.assertRaisesRegex(LabError, f"{program} failed .*{hint}"):
                debian.fetch()
            (self.bin / f"{program}.fails").unlink()
        self.assertTrue(debian.fetch().image.exists())

    def test_without_package_lists_it_says_what_to_type(self):
        (self.bin / "apt-cache.empty").touch()
        with self.assertRaisesRegex(CannotRun, "apt-get update"):
            debian.fetch()


if __name__ == "__main__":
    unittest.main()
