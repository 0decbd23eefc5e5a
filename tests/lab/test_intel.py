# SPDX-License-Identifier: Apache-2.0
"""kvm-intel in Bochs, which emulates VMX: what nestbench measures there. Takes minutes."""

import labcase


class Intel(labcase.Case):
    """One boot; one round is enough for evidence, and takes most of two minutes."""

    def test_every_exit_is_measured_and_proved(self):
        run = ("run", "exit.*", "nested.*", "--rounds", "1", "--seed", "1")
        document = labcase.boot("intel", *run)
        self.check_exit_rows("intel", document)
        self.check_nested_rows("intel", document)
        self.assertEqual(document["session"]["labels"]["lab"], "intel")


if __name__ == "__main__":
    labcase.main("intel")
