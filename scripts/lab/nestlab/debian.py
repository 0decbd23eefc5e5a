# SPDX-License-Identifier: Apache-2.0
"""Debian's kernel packages: which ones apt offers, downloaded and unpacked, never installed."""

import os
import pathlib
import re
import shutil
from dataclasses import dataclass

from .base import CACHE, CannotRun, LabError, locked, need, need_all, say
from .processes import call

FLAVOURS = ("cloud", "full")
# The image packages that boot: not the debug symbols, the unsigned, the real-time or meta ones.
_PACKAGE = re.compile(r"linux-image-(\d+\.\d+\.\d+\S*?)(-cloud)?-amd64")


@dataclass(frozen=True)
class Offer:
    """A package that apt can download."""

    package: str
    version: str

    @property
    def release(self):
        """What uname -r says."""
        return self.package.removeprefix("linux-image-")

    def is_meant_by(self, wanted):
        """wanted: the beginning of a version (6.1, 6.12.117) or a whole version, release, name."""
        upstream = self.version.split("-")[0]
        return wanted in (self.package, self.release, self.version) or f"{upstream}.".startswith(
            f"{wanted}."
        )


@dataclass(frozen=True)
class Kernel:
    """An unpacked package."""

    package: str
    version: str
    release: str
    image: pathlib.Path
    modules: pathlib.Path


def versions(flavour="cloud"):
    """What apt offers of a flavour ("cloud", "full"), oldest first."""
    need("apt-cache", "apt")
    names = []
    for name in _apt_cache("pkgnames", "linux-image-"):
        match = _PACKAGE.fullmatch(name)
        if match and "-rt" not in match[1] and bool(match[2]) == (flavour == "cloud"):
            names.append(name)
    offers = set()
    for line in _apt_cache("madison", *names) if names else ():
        columns = [column.strip() for column in line.split("|")]
        if len(columns) == 3 and columns[2].endswith("Packages"):
            offers.add(Offer(columns[0], columns[1]))
    return sorted(offers, key=lambda offer: _sortable(offer.version))


def fetch(wanted=None, flavour="cloud"):
    """The newest kernel that wanted means (None: the newest of all), from the cache or by apt."""
    offer = choose(versions(flavour), wanted, flavour)
    target = CACHE / "kernels" / f"{offer.package}_{offer.version}"
    if not target.is_dir():
        with locked(target.parent, "downloads a kernel"):
            if not target.is_dir():
                _download(offer, target)
    return _kernel(offer, target)


def choose(offers, wanted, flavour):
    """The newest offer that wanted means."""
    if not offers:
        raise CannotRun(
            f"apt offers no linux-image-*-{'cloud-' if flavour == 'cloud' else ''}amd64; on Debian,"
            " as root, type: apt-get update"
        )
    meant = [offer for offer in offers if wanted is None or offer.is_meant_by(wanted)]
    if not meant:
        known = ", ".join(dict.fromkeys(offer.version.split("-")[0] for offer in offers))
        raise LabError(f"no kernel {wanted}; apt offers {known} (a beginning such as 6.1 will do)")
    return meant[-1]


def _download(offer, target):
    """Unpacks beside the cache and renames at the end: a kill in the middle leaves no half."""
    need_all([("apt-get", "apt"), ("dpkg", "dpkg")])
    new = target.parent / ".new"
    shutil.rmtree(new, ignore_errors=True)
    (new / "files").mkdir(parents=True)
    say(f"downloading {offer.package} {offer.version} (once)")
    # As root apt would become another user for the download, who may not write into our cache.
    options = ["-o", "APT::Sandbox::User=root"] if os.geteuid() == 0 else []
    _call(["apt-get", *options, "download", f"{offer.package}={offer.version}"], cwd=new)
    packages = list(new.glob("*.deb"))
    if len(packages) != 1:
        raise LabError(f"apt-get download brought {len(packages)} files for {offer.package}")
    _call(["dpkg", "-x", packages[0].name, "files"], cwd=new)
    _kernel(offer, new / "files")
    os.rename(new / "files", target)
    shutil.rmtree(new)


def _kernel(offer, folder):
    image = folder / "boot" / f"vmlinuz-{offer.release}"
    modules = folder / "lib" / "modules" / offer.release
    if not modules.is_dir():
        modules = folder / "usr" / "lib" / "modules" / offer.release
    for path in (image, modules):
        if not path.exists():
            raise LabError(f"{offer.package} has no {path.relative_to(folder)}; remove {folder}")
    return Kernel(offer.package, offer.version, offer.release, image, modules)


def _sortable(version):
    return [int(number) for number in re.findall(r"\d+", version)]


def _apt_cache(*arguments):
    return _call(["apt-cache", *arguments]).splitlines()


def _call(command, **options):
    done = call(command, **options)
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        reason = lines[-1] if lines else "no reason given"
        fault = f"{command[0]} failed ({done.returncode}): {reason}"
        if command[0] == "dpkg" or "No space left" in done.stderr:
            raise LabError(f"{fault}; is the disk full?")
        raise CannotRun(f"{fault}; with a network, as root, type: apt-get update; then try again")
    return done.stdout
