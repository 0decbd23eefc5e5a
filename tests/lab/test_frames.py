# SPDX-License-Identifier: Apache-2.0
"""Frames: whatever happens to one on its way, it is whole or an error."""

import labcase  # noqa: F401 # pylint: disable=unused-import # finds nestlab
import unittest

from nestlab import frames
from nestlab.base import LabError

DATA = bytes(range(256)) * 3
FRAME = frames.encode("results", DATA)


class Frames(unittest.TestCase):
    """What guest/lab-init writes and the host reads."""

    def test_what_was_sent_comes_back(self):
        for data in (b"", b"x", DATA):
            self.assertEqual(frames.decode(frames.encode("results", data), "results"), data)

    def test_noise_before_it_and_carriage_returns_do_no_harm(self):
        raw = b"\xff\x00boot\r\n" + FRAME.replace(b"\n", b"\r\n") + b"[  1.0] bye\r\n"
        self.assertTrue(frames.is_complete(raw, "results"))
        self.assertEqual(frames.decode(raw, "results"), DATA)

    def test_of_several_the_named_one_is_taken(self):
        raw = frames.encode("other", b"1") + FRAME
        self.assertEqual(frames.decode(raw, "results"), DATA)

    def test_every_flipped_byte_is_noticed(self):
        for at in range(len(FRAME)):
            damaged = bytearray(FRAME)
            damaged[at] ^= 0x10
            with self.subTest(at=at):
                try:
                    self.assertEqual(frames.decode(bytes(damaged), "results"), DATA)
                except LabError as error:
                    self.assertRegex(str(error), "damaged|cut off|no results")

    def test_every_flipped_byte_of_the_data_is_an_error(self):
        start = FRAME.index(b"\n") + 1
        for at in range(start, start + len(DATA)):
            damaged = bytearray(FRAME)
            damaged[at] = ord("A") if damaged[at] != ord("A") else ord("B")
            with self.subTest(at=at), self.assertRaisesRegex(LabError, "damaged"):
                frames.decode(bytes(damaged), "results")

    def test_a_frame_that_is_cut_off_anywhere_is_an_error(self):
        for size in range(len(FRAME) - 1):
            with self.subTest(size=size), self.assertRaisesRegex(LabError, "cut off|no results"):
                frames.decode(FRAME[:size], "results")
            self.assertFalse(frames.is_complete(FRAME[:size], "results"))

    def test_a_lost_line_is_noticed(self):
        lines = FRAME.splitlines(keepends=True)
        del lines[2]
        with self.assertRaisesRegex(LabError, "damaged"):
            frames.decode(b"".join(lines), "results")


if __name__ == "__main__":
    unittest.main()
