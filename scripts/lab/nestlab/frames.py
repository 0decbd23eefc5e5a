# SPDX-License-Identifier: Apache-2.0
"""Files sent over a serial line: framed, and checked by length and SHA-256.

    NBLAB begin NAME BYTES SHA256
    base64 in lines
    NBLAB end NAME

Text, so that a tty in between does no harm; what stands before a frame (a boot loader's or a
driver's probing) is skipped. Whatever happened to a frame on its way, it is either whole or an
error that says what is wrong with it.
"""

import base64
import binascii
import hashlib
import re

from .base import LabError

_BEGIN = re.compile(rb"NBLAB begin (\S+) (\d+) ([0-9a-f]{64})$")
_END = b"NBLAB end "


def encode(name, data):
    """A frame, as guest/lab-init makes it."""
    head = f"NBLAB begin {name} {len(data)} {hashlib.sha256(data).hexdigest()}\n"
    return head.encode() + base64.encodebytes(data) + _END + name.encode() + b"\n"


def is_complete(raw, name):
    """Whether the line that ends the frame has come, so that nothing more will."""
    return _END + name.encode() + b"\n" in raw.replace(b"\r", b"")


def decode(raw, name):
    """The data of the first frame of that name."""
    size, digest, body = _find(raw.replace(b"\r", b"").split(b"\n"), name)
    try:
        data = base64.b64decode(b"".join(body), validate=True)
    except binascii.Error as error:
        raise LabError(f"the results came damaged: {error}; start the lab again") from error
    if len(data) != size:
        raise LabError(
            f"the results came damaged: {len(data)} bytes instead of {size}; start the lab again"
        )
    if hashlib.sha256(data).hexdigest() != digest:
        raise LabError("the results came damaged: wrong checksum; start the lab again")
    return data


def _find(lines, name):
    """The size, the checksum and the lines of a frame."""
    wanted = name.encode()
    for number, line in enumerate(lines):
        match = _BEGIN.search(line)
        if not match or match[1] != wanted:
            continue
        for last in range(number + 1, len(lines)):
            if lines[last] == _END + wanted:
                return int(match[2]), match[3].decode(), lines[number + 1 : last]
        raise LabError(
            f"the results are cut off after {sum(map(len, lines[number + 1:]))} characters:"
            " is the disk full?"
        )
    raise LabError("the guest sent no results")
