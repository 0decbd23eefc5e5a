# SPDX-License-Identifier: Apache-2.0
"""What a boot brought back, and the folder that it goes to."""

import io
import pathlib
import shutil
import tarfile
import time
import zlib
from dataclasses import dataclass

from .base import BUILD, LabError, UsageError


@dataclass
class Results:
    """A folder: what nestbench wrote below /out, and in lab/ what the lab saw."""

    folder: pathlib.Path

    @property
    def databases(self):
        """The databases that nestbench left, as paths; without those of the guest inside it."""
        inner = self.folder / "nested"
        return sorted(path for path in self.folder.rglob("*.db") if inner not in path.parents)

    @property
    def inner(self):
        """The Results of the guest inside the guest; None without --nested."""
        folder = self.folder / "nested"
        return Results(folder) if (folder / "lab" / "status").exists() else None

    @property
    def session(self):
        """The JSON of the session, where one was measured; else None."""
        path = self.folder / "session.json"
        return path if path.exists() else None

    @property
    def status(self):
        """nestbench's exit status."""
        return int(self.text("status"))

    def text(self, name):
        """What the lab saw: stdout, stderr, status, dmesg or console."""
        return (self.folder / "lab" / name).read_text(encoding="utf-8", errors="replace")


def choose_folder(wanted, name):
    """A new, empty folder: the wanted one, or build/lab/results/NAME-TIME."""
    if wanted:
        folder = pathlib.Path(wanted).resolve()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise UsageError(f"{folder} is not empty; give --output a new folder")
        except OSError as error:
            raise LabError(f"cannot write to {folder}: {error.strerror}") from error
        return folder
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    for suffix in ("", *(f"-{number}" for number in range(2, 100))):
        folder = BUILD / "results" / f"{name}-{stamp}{suffix}"
        try:
            folder.mkdir(parents=True)
            return folder
        except FileExistsError:
            continue
    raise LabError(f"too many results of {stamp}; remove some of {BUILD / 'results'}")


def unpack(data, console, folder):
    """Writes what the guest sent, and its console, into an empty folder; all of it or nothing."""
    members = _members(data)
    members[pathlib.PurePosixPath("lab/console")] = console.encode()
    try:
        for name, content in members.items():
            _write(folder / name, content)
    except OSError as error:
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        raise LabError(
            f"cannot write the results to {folder}: {error.strerror}; give --output another folder"
        ) from error
    return Results(folder)


def _members(data):
    """{path: bytes of a file, or text that a symbolic link leads to}.

    What was below /out is at the top, the lab's own in lab/. A guest is not trusted with paths:
    none leads out of the folder, and nothing lies behind a link.
    """
    found = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            for member in archive:
                if member.isfile():
                    found[_place(member.name)] = archive.extractfile(member).read()
                elif member.issym():
                    found[_place(member.name)] = member.linkname
        for path in found:
            if any(isinstance(found.get(above), str) for above in path.parents):
                raise ValueError(f"unsafe name {str(path)!r}")
    except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error) as error:
        raise LabError(f"the results are no archive: {error}; start the lab again") from error
    return found


def _place(name):
    path = pathlib.PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"unsafe name {name!r}")
    if path.parts[:1] == ("out",):
        return path.relative_to("out")
    return "lab" / path.relative_to("lab/result")


def _write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.symlink_to(content)
