#!/usr/bin/env python3
"""The pressmark command as its user meets it, but for rip (rip_test.py)."""
import fcntl
import hashlib
import os
import pty
import re
import shutil
import struct
import subprocess
import termios
import unittest
import zlib

from command import PRESSMARK, SECTOR, Case, run


class Help(Case):
    def test_every_command_explains_itself(self):
        top = self.pressmark("--help").stdout
        for command in ("rip", "verify", "identify", "catalog", "drives", "info", "sim", "serve", "completion", "dat"):
            self.assertRegex(top, rf"\n  {command} ")
            self.assertIn("Usage:", self.pressmark(command, "--help").stdout)
        for command in ("list", "new", "show", "run"):
            self.assertIn("Usage:", self.pressmark("sim", command, "--help").stdout)
        self.assertRegex(self.pressmark("--version").stdout, r"^pressmark \d+\.\d+\.\d+\n$")

    def test_wrong_usage_is_two_and_one_line(self):
        for args in ((), ("rap",), ("rip", "sim:demo"), ("rip", "sim:demo", "-o", "x", "--retries", "lots"), ("rip", "sim:demo", "-o", "x", "--frobnicate"),
                     ("rip", "sim:demo", "-o", "x", "--speed", "fast"), ("rip", "sim:demo", "-o", "x", "--digests", "md4"), ("verify", "x", "--against", "sha1:zz"),
                     ("sim",), ("completion", "csh"), ("serve", "sim:demo"), ("rip", "sim:demo", "-o", "x", "--track", "0")):
            done = self.pressmark(*args, expect=2)
            self.assertEqual(done.stdout, "", args)
            self.assertEqual(len(done.stderr.strip().split("\n")), 1, done.stderr)
        self.assertEqual(os.listdir(self.folder), [], "a refused run leaves no file")

    def test_completions_are_scripts(self):
        self.assertEqual(subprocess.run(["bash", "-n"], input=self.pressmark("completion", "bash").stdout, text=True).returncode, 0)
        for shell in ("zsh", "fish"):
            text = self.pressmark("completion", shell).stdout
            for word in ("rip", "retries", "overwrite"):
                self.assertIn(word, text)

    def test_bash_completes_options_of_a_command(self):
        script = self.pressmark("completion", "bash").stdout + '\nCOMP_WORDS=(pressmark rip --re); COMP_CWORD=2; _pressmark 2>/dev/null; echo "${COMPREPLY[@]}"'
        self.assertIn("--retries", subprocess.run(["bash", "-c", script], capture_output=True, text=True).stdout)


class Verify(Case):
    def setUp(self):
        super().setUp()
        self.truth = self.image("x.iso", 1000)

    def test_against_digests_sums_and_images(self):
        for name, algorithm in (("md5sum", "md5"), ("sha1sum", "sha1"), ("sha256sum", "sha256"), ("sha512sum", "sha512")):
            sums = subprocess.run([name, "x.iso"], cwd=self.folder, capture_output=True, text=True, check=True).stdout
            (self.folder / name).write_text(sums)
            self.pressmark("verify", "x.iso", "--against", name)
            self.pressmark("verify", "x.iso", "--against", f"{algorithm}:{sums.split()[0]}")
        (self.folder / "x.sfv").write_text(f"; made by hand\r\nx.iso {zlib.crc32(self.truth):08X}\r\n")
        self.pressmark("verify", "x.iso", "--against", "x.sfv")
        shutil.copy(self.folder / "x.iso", self.folder / "copy.iso")
        self.pressmark("verify", "x.iso", "--against", "copy.iso", "--against", hashlib.md5(self.truth).hexdigest())

    def test_a_difference_is_placed(self):
        other = bytearray(self.truth)
        other[700 * SECTOR + 5] ^= 1
        other[703 * SECTOR] ^= 1
        (self.folder / "other.iso").write_bytes(other)
        done = self.pressmark("verify", "x.iso", "--against", "other.iso", expect=1)
        self.assertIn("LBA 700", done.stdout)
        self.assertIn("LBA 703", done.stdout)
        self.assertIn(str(700 * SECTOR + 5), done.stdout)
        self.pressmark("verify", "x.iso", "--against", "sha1:" + "0" * 40, expect=1)

    def test_a_drive_is_read_through_and_nothing_is_stored(self):
        self.pressmark("verify", "sim:x.iso", "--against", "x.iso")
        done = self.pressmark("verify", "sim:demo", expect=1)
        self.assertIn("LBA 2041-2043", done.stdout)
        self.assertNotRegex(done.stdout, r"sha1 +[0-9a-f]{40}", "no digest is taken over what is missing")
        self.assertEqual(os.listdir(self.folder), ["x.iso"])

    def test_what_is_missing_is_said(self):
        self.assertIn("nosuch", self.pressmark("verify", "nosuch", expect=3).stderr)
        self.assertIn("nosums", self.pressmark("verify", "x.iso", "--against", "nosums", expect=3).stderr)


class Sources(Case):
    def test_a_recorded_session_plays_back_as_a_drive(self):
        self.pressmark("rip", "sim:demo", "-o", "first", "-q", "--record", "session", expect=1)
        self.pressmark("rip", "replay:session", "-o", "second", "-q", expect=1)
        self.assertEqual(self.read("first.iso"), self.read("second.iso"))
        self.assertEqual(self.record("first")["grades"], self.record("second")["grades"])

    def test_info_knows_the_disc_without_reading_it(self):
        text = self.pressmark("info", "sim:demo").stdout
        self.assertIn("CD-ROM", text)
        self.assertIn("6000", text)

    def test_no_drive_is_said(self):
        done = run("drives", cwd=self.folder)
        self.assertIn(done.returncode, (0, 1))
        if done.returncode == 1:
            self.assertIn("no optical drive", done.stderr)
            self.assertIn("no optical drive", self.pressmark("rip", "-o", "out", expect=2).stderr)


class Simulated(Case):
    def test_the_same_seed_is_the_same_trace(self):
        self.pressmark("sim", "new", "mine.json", "--from", "demo", "--kind", "dvd", "--sectors", "20000", "--damage", "pits")
        first, second, other = (self.pressmark("sim", "run", "mine.json", "--seed", seed, expect=1).stdout for seed in ("7", "7", "8"))
        self.assertEqual(first, second)
        self.assertNotEqual(first, other)

    def test_a_scenario_is_made_shown_and_ripped(self):
        self.pressmark("sim", "new", "mine.json", "--from", "demo", "--kind", "dvd", "--sectors", "20000", "--damage", "radial", "--seed", "5")
        self.assertIn("sectors dead", self.pressmark("sim", "show", "mine.json", "--truth", "truth.iso").stdout)
        self.pressmark("rip", "sim:mine.json", "-o", "out", "-q", "--retries", "1", expect=1)
        truth, image = self.read("truth.iso"), self.read("out.iso")
        for grade, entry in self.record()["grades"].items():
            for r in entry["ranges"] if grade != "unreadable" else []:
                first, end = r["lba"] * SECTOR, (r["lba"] + r["sectors"]) * SECTOR
                self.assertEqual(image[first:end], truth[first:end], f"a sector called {grade} is wrong")

    def test_a_broken_scenario_names_what_is_wrong(self):
        (self.folder / "bad.json").write_text('{"disc": {"kind": "vinyl"}}')
        done = self.pressmark("rip", "sim:bad.json", "-o", "out", expect=3)
        self.assertIn("bad.json", done.stderr)
        self.assertIn("kind", done.stderr)


class Interchange(Case):
    def test_every_built_in_scenario_is_known(self):
        for name in self.pressmark("sim", "list", "-q").stdout.split():
            self.assertIn("disc", self.pressmark("info", name).stdout)


class Terminal(Case):
    def on_terminal(self, columns):
        """What a terminal of so many columns is sent during a rip of the demo disc."""
        parent, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.image("truth.iso", 100_000)
        process = subprocess.Popen([PRESSMARK, "rip", "truth.iso", "-o", "out"], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=child, stdin=child)
        os.close(child)
        sent = b""
        while True:
            try:
                piece = os.read(parent, 65536)
            except OSError:
                break
            if not piece:
                break
            sent += piece
        self.assertEqual(process.wait(60), 0)
        os.close(parent)
        return sent.decode()

    def test_the_progress_line_fits_the_terminal(self):
        for columns in (60, 100):
            text = self.on_terminal(columns)
            drawn = [line for line in re.split(r"[\r\n]+", text) if "%" in line]
            self.assertGreater(len(drawn), 2)
            for line in drawn:
                self.assertLess(len(line), columns)
            self.assertTrue(any("MB/s" in line and "left" in line and "bad 0" in line for line in drawn), drawn[-1])
            for name in os.listdir(self.folder):
                os.remove(self.folder / name)

    def test_a_pipe_gets_plain_lines(self):
        done = self.pressmark("rip", "sim:demo", "-o", "out", expect=1)
        self.assertNotIn("\r", done.stderr)
        self.assertNotIn("\x1b", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
