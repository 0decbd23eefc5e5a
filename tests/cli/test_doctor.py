#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""doctor: its exit status, its JSON, recordings, and a metadata service that is up to no good."""

import contextlib
import fcntl
import json
import os
import pathlib
import pty
import re
import socket
import struct
import subprocess
import sys
import termios
import threading
import unittest

try:
    import jsonschema
except ImportError:
    print("skip: no python3-jsonschema")
    sys.exit(77)

import nestbench

STATUS = {"yes": 0, "partly": 0, "no": 77, "unknown": 4}
# A VM of KVM on a CPU that has no name, without vmx and svm.
CPUID = """CPU:
   0x00000000 0x00: eax=0x00000001 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69
   0x00000001 0x00: eax=0x000306c3 ebx=0x00010800 ecx=0x80000000 edx=0x00000000
   0x40000000 0x00: eax=0x40000001 ebx=0x4b4d564b ecx=0x564b4d56 edx=0x0000004d
   0x40000001 0x00: eax=0x00000000 ebx=0x00000000 ecx=0x00000000 edx=0x00000000
   0x80000000 0x00: eax=0x80000001 ebx=0x00000000 ecx=0x00000000 edx=0x00000000
   0x80000001 0x00: eax=0x00000000 ebx=0x00000000 ecx=0x00000000 edx=0x00000000
"""
COMPUTE = {
    "vmSize": "Standard_D4s_v5",
    "location": "westeurope",
    "offer": "offer",
    "sku": "sku",
    "vmId": "00000000-0000-0000-0000-000000000001",
    "securityProfile": {"securityType": "TrustedLaunch", "secureBootEnabled": "true"},
}


def load_schema():
    """The schema of doctor; what it says of a machine is that of a session."""
    text = (nestbench.DATA / "nestbench-doctor-1.schema.json").read_text(encoding="utf-8")
    session = json.loads((nestbench.DATA / "nestbench-1.schema.json").read_text(encoding="utf-8"))
    schema = json.loads(text.replace("nestbench-1.schema.json#/", "#/"))
    schema["definitions"]["machine"] = session["definitions"]["machine"]
    return schema


SCHEMA = load_schema()


def answer(body, status="200 OK", headers=()):
    """An HTTP answer, whole."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


@contextlib.contextmanager
def metadata_service(*answers):
    """Gives each connection the next answer (None: silence); yields its address and requests."""
    requests = []
    held = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            for reply in answers:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                held.append(connection)
                connection.settimeout(5)
                with contextlib.suppress(OSError):
                    requests.append(connection.recv(65536).decode())
                    if reply is not None:
                        connection.sendall(reply)
                        connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", requests
        server.shutdown(socket.SHUT_RDWR)
    thread.join(10)
    for connection in held:
        connection.close()


class Doctor(nestbench.Case):
    def examine(self, *arguments, **options):
        """The JSON of doctor, checked against its schema and its exit status."""
        done = subprocess.run(
            [nestbench.BINARY, "doctor", "--json", *map(str, arguments)],
            cwd=self.folder,
            env=self.environment(**options),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        tree = json.loads(done.stdout or "null")
        self.assertIsNotNone(tree, done.stderr)
        jsonschema.Draft7Validator(SCHEMA).validate(tree)
        self.assertEqual(done.returncode, STATUS[tree["nesting"]["verdict"]], done.stderr)
        return tree

    def recording(self, cpuid=CPUID, **files):
        """A recorded machine of these files ("/" is "__"); its folder."""
        folder = self.folder / f"machine{len(list(self.folder.iterdir()))}"
        folder.mkdir()
        (folder / "cpuid.raw").write_text(cpuid, encoding="utf-8")
        for name, text in files.items():
            path = folder / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return folder

    def probe_imds(self, *answers):
        """What a recording keeps of such a service's answers."""
        folder = self.folder / f"recorded{len(list(self.folder.iterdir()))}"
        with metadata_service(*answers) as (address, requests):
            self.examine("--imds", "--imds-address", address, "--record", folder)
        return (folder / "probe" / "imds").read_text(encoding="utf-8"), requests

    def test_the_schema_is_one(self):
        jsonschema.Draft7Validator.check_schema(SCHEMA)

    def test_this_machine_gets_an_answer_that_follows_the_schema(self):
        tree = self.examine()
        self.assertIsNone(tree["recording"])
        sections = {finding["section"] for finding in tree["findings"]}
        self.assertEqual(sections, {"machine", "nesting", "readiness", "settings"})
        self.assertTrue(tree["fit"])
        self.assertEqual(len(tree["findings"]), len({f["key"] for f in tree["findings"]}))

    def test_without_kvm_the_device_is_a_witness_against_it(self):
        tree = self.examine("--kvm-device", "/nonexistent")
        self.assertIsNone(tree["pace"]["vm_boot_ms"])
        self.assertNotEqual(tree["nesting"]["verdict"], "yes")

    def test_the_first_line_is_the_verdict_and_lines_fit(self):
        done = subprocess.run(
            [nestbench.BINARY, "doctor"],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.assertIn(done.returncode, STATUS.values())
        self.assertEqual(done.stderr, "")
        self.assertRegex(done.stdout.splitlines()[0], r"^(This|Not known whether this) .*\bnest\b")
        self.assertNotIn("\033", done.stdout)
        for line in done.stdout.splitlines():
            # Commands are there to be copied, and are never wrapped.
            if not re.match(r"  (type)? {9,}", line):
                self.assertLessEqual(len(line), 100, line)

    def test_every_section_is_there_and_all_shows_more(self):
        folder = self.recording()
        short = self.call("doctor", "--replay", folder, status=77).stdout
        long = self.call("doctor", "--replay", folder, "--all", status=77).stdout
        for title in ("Machine", "Nesting", "Support", "Size", "Readiness", "Settings"):
            self.assertRegex(short, f"(?m)^{title}")
        self.assertGreater(len(long), len(short))

    def test_a_replayed_machine_is_not_this_one(self):
        tree = self.examine("--replay", self.recording())
        self.assertEqual(tree["nesting"]["verdict"], "no")
        self.assertEqual(tree["identity"]["hypervisor"], "kvm")
        self.assertTrue(tree["recording"])
        self.assertIsNone(tree["pace"]["vm_boot_ms"])

    def test_an_empty_recording_is_unknown_and_no_crash(self):
        folder = self.folder / "empty"
        folder.mkdir()
        done = self.call("doctor", "--replay", folder, status=4)
        self.assertRegex(done.stdout, "^Not known whether the recorded machine can nest: ")

    def test_a_recording_says_the_same_again(self):
        first = self.examine("--record", "recorded")
        again = self.examine("--replay", "recorded")
        self.assertEqual(again["nesting"]["verdict"], first["nesting"]["verdict"])
        self.assertEqual(again["identity"], first["identity"])
        self.assertEqual(
            [(row["baseline"], row["verdict"]) for row in again["fit"]],
            [(row["baseline"], row["verdict"]) for row in first["fit"]],
        )

    def test_a_recording_is_redacted_unless_told_otherwise(self):
        boot_id = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        done = subprocess.run(
            [nestbench.BINARY, "doctor", "--record", "redacted"],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.assertIn("Recorded in redacted, redacted; ", done.stderr)
        self.examine("--record", "whole", "--no-redact")
        where = "proc/sys/kernel/random/boot_id"
        self.assertEqual((self.folder / "whole" / where).read_text(encoding="ascii"), boot_id)
        for path in (self.folder / "redacted").rglob("*"):
            if path.is_file():
                self.assertNotIn(boot_id.strip().encode(), path.read_bytes(), path)

    def test_a_folder_with_something_in_it_is_not_recorded_into(self):
        (self.folder / "full").mkdir()
        (self.folder / "full" / "file").write_text("mine", encoding="utf-8")
        done = self.call("doctor", "--record", "full", status=3)
        self.assertIn("full", done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual([p.name for p in (self.folder / "full").iterdir()], ["file"])

    def test_redact_takes_secrets_out_of_the_json(self):
        secret = "11111111-2222-3333-4444-555555555555"
        folder = self.recording(proc__sys__kernel__random__boot_id=secret + "\n")
        self.assertEqual(self.examine("--replay", folder)["machine"]["boot_id"], secret)
        tree = self.examine("--replay", folder, "--redact")
        self.assertNotIn(secret, json.dumps(tree))

    def test_texts_of_a_recording_cannot_steer_the_terminal(self):
        folder = self.recording(
            sys__class__dmi__id__sys_vendor="\033[2Jvendor\n",
            sys__class__dmi__id__product_name=b"\xff\xfe\x9b2J\n",
            proc__version="Linux\033]0;title\007 version\n",
            etc__os_release='PRETTY_NAME="\033[31mred"\n',
            probe__kvm="open=ENOENT: \033[31mred\n",
        )
        done = self.call("doctor", "--replay", folder, "--all", status=77)
        self.assertNotIn("\033", done.stdout)
        self.assertNotIn("\033", json.dumps(self.examine("--replay", folder)))

    def test_measured_figures_come_from_the_database_named(self):
        self.measure()
        tree = self.examine("--db", self.db)
        self.assertIn("exit_ns", tree["pace"])
        done = self.call("doctor", "--db", "none.db", status=3)
        self.assertEqual(done.stderr, "nestbench: doctor: there is no database none.db\n")

    def test_a_broken_database_does_not_keep_the_answer_back(self):
        self.db.write_text("not a database, but longer than a header of one", encoding="utf-8")
        self.assertTrue(self.examine("--db", self.db)["findings"])

    def test_output_that_is_lost_is_an_error(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            self.call("doctor", stdout=full, status=3)
            self.call("doctor", "--json", stdout=full, status=3)

    def test_the_backdoor_is_survived_where_there_is_none(self):
        self.examine("--probe-vmware", "--record", "recorded")
        text = (self.folder / "recorded" / "probe" / "vmware").read_text(encoding="utf-8")
        self.assertRegex(text, r"\Astatus=(none|ok\nversion=\d+\nproduct=\d+\n)")

    def test_nothing_is_asked_of_the_network_without_imds(self):
        self.examine("--record", "recorded")
        names = {path.name for path in (self.folder / "recorded" / "probe").iterdir()}
        self.assertEqual(names & {"imds", "vmware"}, set())

    def test_the_metadata_service_is_asked_as_azure_wants_it(self):
        text, requests = self.probe_imds(answer(json.dumps(COMPUTE).encode()))
        self.assertEqual(
            text,
            "status=ok\nvmSize=Standard_D4s_v5\nlocation=westeurope\noffer=offer\nsku=sku\n"
            "securityType=TrustedLaunch\n",
        )
        self.assertRegex(
            requests[0],
            r"\AGET /metadata/instance/compute\?api-version=[\d-]{10}&format=json HTTP/1\.1\r\n",
        )
        self.assertIn("\r\nMetadata: true\r\n", requests[0])

    def test_an_older_metadata_service_is_asked_in_its_version(self):
        profile = {"secureBootEnabled": "false", "virtualTpmEnabled": "false"}
        body = dict(COMPUTE, securityProfile=profile)
        text, requests = self.probe_imds(
            answer(b'{"error":"Bad request"}', "400 Bad Request"), answer(json.dumps(body).encode())
        )
        self.assertEqual(len(requests), 2)
        self.assertIn("vmSize=Standard_D4s_v5\n", text)
        self.assertIn("securityType=Standard\n", text)

    def test_a_chunked_answer_is_put_together(self):
        body = json.dumps(COMPUTE).encode()
        parts = [body[:7], body[7:100], body[100:]]
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        self.assertIn("status=ok\n", self.probe_imds(head + chunks)[0])

    def test_no_answer_of_a_metadata_service_does_harm(self):
        huge = b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 1_000_000
        for name, reply in {
            "nothing": b"",
            "silence": None,
            "rubbish": os.urandom(5000),
            "no body": b"HTTP/1.1 200 OK\r\n\r\n",
            "not json": answer(b"<html>"),
            "not azure": answer(b'{"instance":"i-1"}'),
            "deep": answer(b"[" * 30000),
            "huge": huge,
            "wrong types": answer(b'{"vmSize":[1],"securityProfile":7}'),
            "long size": answer(json.dumps({"vmSize": "x" * 5000}).encode()),
            "lying length": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
            "bad chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n{",
            "forbidden": answer(json.dumps(COMPUTE).encode(), "403 Forbidden"),
        }.items():
            with self.subTest(name):
                text, _ = self.probe_imds(reply, reply)
                self.assertRegex(text, r"\Astatus=E[A-Z]+: 127\.0\.0\.1 port \d+: .+\n\Z")

    def test_a_hostile_size_is_one_line_without_escapes(self):
        body = dict(COMPUTE, vmSize="a\nstatus=none\033[2J")
        text, _ = self.probe_imds(answer(json.dumps(body).encode()))
        self.assertIn("vmSize=a?status=none?[2J\n", text)

    def test_nobody_listening_is_said_so(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        self.examine("--imds", "--imds-address", f"127.0.0.1:{port}", "--record", "recorded")
        text = (self.folder / "recorded" / "probe" / "imds").read_text(encoding="utf-8")
        self.assertTrue(text.startswith("status=ECONNREFUSED: "), text)

    def test_the_environment_names_no_proxy(self):
        with metadata_service(answer(json.dumps(COMPUTE).encode())) as (address, requests):
            self.examine(
                "--imds", "--imds-address", address, http_proxy="http://127.0.0.1:9/", all_proxy="x"
            )
        self.assertEqual(len(requests), 1)

    def test_platforms_are_printed_as_json_too(self):
        tree = json.loads(self.call("doctor", "--platforms", "--json").stdout)
        jsonschema.Draft7Validator(SCHEMA).validate(tree)
        ids = [row["id"] for row in tree["platforms"]]
        self.assertIn("esxi", ids)
        one = json.loads(self.call("doctor", "--platform", "ESXI", "--json").stdout)
        self.assertEqual([row["id"] for row in one["platforms"]], ["esxi"])
        text = self.call("doctor", "--platforms").stdout
        for row in tree["platforms"]:
            self.assertIn(f"({row['id']})", text)

    def test_a_narrow_terminal_is_kept_to(self):
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 72, 0, 0))
        with subprocess.Popen(
            [nestbench.BINARY, "doctor", "--replay", str(self.recording())],
            cwd=self.folder,
            env=self.environment(TERM="xterm"),
            stdin=subprocess.DEVNULL,
            stdout=slave,
            stderr=slave,
        ) as process:
            os.close(slave)
            received = b""
            with contextlib.suppress(OSError):
                while part := os.read(master, 65536):
                    received += part
        os.close(master)
        self.assertEqual(process.returncode, 77, received)
        self.assertIn(b"\033[31m", received)
        for line in re.sub(r"\033\[\d*m", "", received.decode()).splitlines():
            if not re.match(r"  (type)? {9,}|.*://", line):
                self.assertLessEqual(len(line), 72, line)


if __name__ == "__main__":
    unittest.main()
