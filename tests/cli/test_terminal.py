#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What shows on a terminal only: colour, width and the line of progress."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
import unittest

import nestbench


class Terminal(nestbench.Case):
    def on_terminal(self, *arguments, columns=200, **extra):
        """All that a terminal of so many columns receives."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        with subprocess.Popen(
            [nestbench.BINARY, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment(**{"TERM": "xterm", **extra}),
            stdin=subprocess.DEVNULL,
            stdout=slave,
            stderr=slave,
        ) as process:
            os.close(slave)
            received = b""
            while True:
                try:
                    part = os.read(master, 65536)
                except OSError:
                    break
                if not part:
                    break
                received += part
        os.close(master)
        self.assertEqual(process.returncode, 0, received)
        return received.decode()

    def test_progress_and_colour_show_on_a_terminal(self):
        text = self.on_terminal(*nestbench.SHORT, "--db", self.db)
        self.assertRegex(text, r"\r\033\[K +[0-9]+ %  ETA .*  round 1/2  exit\.")
        self.assertIn("\033[1mexit, user, ", text)
        # Nothing of the progress is left in front of the table.
        self.assertIn("\r\033[K\033[1mSession ", text)

    def test_progress_fits_the_terminal_and_does_without_escapes(self):
        text = self.on_terminal(*nestbench.SHORT, "--db", self.db, columns=30, TERM="dumb")
        self.assertNotIn("\033", text)
        lines = [line for line in text.split("\r") if "ETA" in line]
        self.assertTrue(lines)
        for line in lines:
            self.assertLessEqual(len(line), 29)

    def test_messages_cannot_steer_the_terminal(self):
        done = self.call("show", "--db", "a\033[2J\u202e\u009bb.db", status=3)
        self.assertIn("no database a?[2J??b.db\n", done.stderr)

    def test_no_color_is_obeyed(self):
        self.measure()
        for extra in ({"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": ""}):
            text = self.on_terminal("show", "--db", self.db, **extra)
            self.assertNotIn("\033", text)
        self.assertIn("\033[1m", self.on_terminal("show", "--db", self.db, NO_COLOR=""))

    def test_long_lines_are_cut_to_the_terminal(self):
        self.measure("--label", "note=" + 90 * "x")
        wide = self.on_terminal("show", "--db", self.db, NO_COLOR="1")
        narrow = self.on_terminal("show", "--db", self.db, columns=60, NO_COLOR="1")
        self.assertIn("note=" + 90 * "x", wide)
        self.assertRegex(narrow, r"Labels      note=x{42}…\r\n")


if __name__ == "__main__":
    unittest.main()
