# SPDX-License-Identifier: Apache-2.0
"""What the tests of bundles share: two groups of sessions, packing, unpacking, packing again."""

import hashlib
import json
import pathlib
import subprocess

import forged
import nestbench

SLOWER = {"exit.cpuid": 1.2}  # a fifth


def run(*command, **options):
    """A program that must end well."""
    subprocess.run([str(word) for word in command], check=True, timeout=60, **options)


class Case(forged.Case):
    """A test with an empty $TMPDIR, in which nothing may be left at the end."""

    def setUp(self):
        super().setUp()
        self.temporary = self.folder / "temporary"
        self.temporary.mkdir()

    def environment(self, **extra):
        base = super().environment(**extra)
        if hasattr(self, "temporary"):
            base.setdefault("TMPDIR", str(self.temporary))
        return base

    def assert_clean(self):
        """Neither temporary folders nor half an archive."""
        self.assertEqual(list(self.temporary.iterdir()), [])
        self.assertEqual([path.name for path in self.folder.glob("*.zst.*")], [])

    def two_groups(self, factor=None, count=6, **changes):
        """Sessions as they were, saved as baseline "old", and newer ones; the ids of both."""
        old = self.add(count, 1.0, labels={"build": "old"}, **changes)
        new = self.add(count, factor or SLOWER, labels={"build": "new"}, **changes)
        self.call("baseline", "save", "old", "label:build=old", "--db", self.db)
        return old, new

    def bundle(self, *arguments, status=0, **options):
        """Makes x.tar.zst, without plots; what nestbench printed."""
        done = self.call(
            "bundle", *arguments, "--db", self.db, "--no-plots", "-o", "x.tar.zst",
            status=status, **options,
        )  # fmt: skip
        self.assert_clean()
        return done

    def unpack(self, name="x.tar.zst"):
        """The bundle's folder, unpacked by tar."""
        place = self.folder / f"unpacked{len(list(self.folder.glob('unpacked*')))}"
        place.mkdir()
        run("tar", "--zstd", "-C", place, "-xf", self.folder / name)
        (folder,) = place.iterdir()
        return folder

    def regressed(self, *arguments, **options):
        """The unpacked bundle of two groups, of which one is slower."""
        self.two_groups()
        self.bundle("label:build=new", "--baseline", "old", *arguments, **options)
        return self.unpack()

    def verify(self, name="x.tar.zst", *arguments, status=0):
        done = self.call("bundle", "verify", name, *arguments, status=status)
        self.assert_clean()
        return done

    def pack(self, folder, name="y.tar.zst"):
        """Packs a changed folder, with a manifest that fits it."""
        manifest = folder / "MANIFEST.sha256"
        lines = []
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path != manifest:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                lines.append(f"{digest}  {path.relative_to(folder)}\n")
        manifest.write_text("".join(lines), encoding="utf-8")
        return self.pack_as_it_is(folder, name)

    def pack_as_it_is(self, folder, name="y.tar.zst"):
        run("tar", "--zstd", "-C", folder.parent, "-cf", self.folder / name, folder.name)
        return name

    def refused(self, name, *words):
        """What verify says of a bundle that is none; each word must be in it."""
        done = self.verify(name, status=3)
        self.assertEqual(done.stdout, "")
        self.assertTrue(done.stderr.startswith("nestbench: bundle: "), done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        return done.stderr


def edit(path: pathlib.Path, change) -> None:
    """Changes a JSON file by change(tree)."""
    tree = json.loads(path.read_text(encoding="utf-8"))
    change(tree)
    path.write_text(json.dumps(tree), encoding="utf-8")


BINARY = nestbench.BINARY
