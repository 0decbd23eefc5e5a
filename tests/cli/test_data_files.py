#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The data that is embedded into the program: against its schema, and every source is one."""

import json
import pathlib
import sys
import unittest

try:
    import jsonschema
except ImportError:
    print("skip: no python3-jsonschema")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCHEMA = ROOT / "tests" / "data" / "platforms.schema.json"
PLATFORMS = ROOT / "harness" / "doctor" / "platforms.json"
CELLS = ("nesting", "support", "conditions", "enable", "limits", "alternative")
# What detection may call a machine (harness/platform/identify*.c).
SLUGS = {
    "wsl2", "wsl1", "azure", "aws", "gcp", "dev-box", "nutanix-ahv", "esxi",
    "vmware-workstation", "vmware-fusion", "vmware", "xenserver", "xen", "hyper-v", "kvm", "rhel",
    "qemu-tcg", "bhyve", "virtualbox", "parallels", "bochs", "hardware",
}  # fmt: skip
# The platforms that the table promises to know.
PROMISED = {
    "docker-desktop-wsl2", "docker-desktop-hyper-v", "docker-windows-containers",
    "docker-offload", "iechor-desktop", "esxi", "vmware-workstation", "vmware-fusion",
    "vsan-witness", "hyper-v-intel", "hyper-v-amd", "azure", "dev-box", "xenserver", "xen",
    "nutanix-ahv", "wsl2", "kvm", "rhel", "gcp", "aws", "qemu-tcg", "bhyve", "virtualbox",
    "vdi-persistent", "vdi-non-persistent",
}  # fmt: skip


def load(path: pathlib.Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


class Platforms(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tree = load(PLATFORMS)
        cls.schema = load(SCHEMA)
        jsonschema.Draft7Validator.check_schema(cls.schema)
        cls.validator = jsonschema.Draft7Validator(cls.schema)

    def test_the_support_table_follows_its_schema(self):
        self.validator.validate(self.tree)

    def test_the_schema_refuses_what_says_something_without_a_source(self):
        for cell in ({"text": "yes: it does."}, {"text": "unknown", "source": "kvm-nested"}, {}):
            bad = json.loads(json.dumps(self.tree))
            bad["rows"][0]["support"] = cell
            with self.assertRaises(jsonschema.ValidationError, msg=cell):
                self.validator.validate(bad)
        bad = json.loads(json.dumps(self.tree))
        bad["rows"][0]["nesting"]["text"] = "perhaps: who knows."
        with self.assertRaises(jsonschema.ValidationError):
            self.validator.validate(bad)

    def test_every_platform_is_there_once(self):
        for key in ("id", "name"):
            values = [row[key].lower() for row in self.tree["rows"]]
            self.assertEqual(len(values), len(set(values)), key)
        self.assertLessEqual(PROMISED, {row["id"] for row in self.tree["rows"]})

    def test_every_source_is_used_and_every_source_used_is_there(self):
        used = {
            row[key]["source"]
            for row in self.tree["rows"]
            for key in CELLS
            if row[key] and "source" in row[key]
        }
        self.assertEqual(used, set(self.tree["sources"]))

    def test_rows_match_only_what_detection_can_say(self):
        for row in self.tree["rows"]:
            self.assertLessEqual(set(row.get("match", [])), SLUGS, row["id"])
            self.assertLessEqual(set(row.get("instead_of", [])), SLUGS, row["id"])

    def test_commands_come_with_words_that_say_where_to_type_them(self):
        for row in self.tree["rows"]:
            if row.get("commands"):
                self.assertNotIn(row["enable"], (None, {"text": "unknown"}), row["id"])


if __name__ == "__main__":
    unittest.main()
