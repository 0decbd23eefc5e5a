# SPDX-License-Identifier: Apache-2.0
"""usage: fill_disk.py FOLDER: unpacks more results than a small file system at FOLDER can take."""

import os
import pathlib
import sys

import labcase  # noqa: F401 # pylint: disable=unused-import # finds nestlab
import test_lab_bad
from nestlab import cli, results


def fill(arguments):
    """Ends as the lab ends."""
    data = test_lab_bad.archive(("out/folder/large", os.urandom(1 << 20)))
    results.unpack(data, "console", pathlib.Path(arguments[0]))
    return 0


sys.exit(cli.main(fill, sys.argv[1:]))
