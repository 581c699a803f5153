#!/usr/bin/env python3
"""pressmark verify and pressmark dat beside the programs whose files they read and write."""
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time
import unittest
import xml.etree.ElementTree as ElementTree
import zlib

from command import PRESSMARK, SECTOR, Case


def program(*args, cwd, expect=0, **more):
    done = subprocess.run(args, cwd=cwd, capture_output=True, text=True, timeout=120, **more)
    assert expect is None or done.returncode == expect, f"{args}: {done.stdout}{done.stderr}"
    return done


class VerifyCase(Case):
    def tree(self, megabytes=3):
        """A folder of files for an image."""
        tree = self.folder / "tree"
        (tree / "sub").mkdir(parents=True)
        for i in range(megabytes):
            (tree / ("sub" if i % 2 else ".") / f"file{i}").write_bytes(os.urandom(1_000_000 + i))
        return tree

    def iso(self, name="x.iso", megabytes=3):
        program("genisoimage", "-quiet", "-R", "-J", "-o", name, str(self.tree(megabytes)), cwd=self.folder)
        return self.folder / name

    def flip(self, name, sector, copy=None):
        """Changes one bit of a sector."""
        data = bytearray(self.read(name))
        data[sector * SECTOR + 9] ^= 4
        (self.folder / (copy or name)).write_bytes(data)

    def json(self, *args, expect=0):
        return json.loads(self.pressmark("verify", *args, "--json", expect=expect).stdout)


class Seals(VerifyCase):
    def checkisomd5(self, name):
        return program("checkisomd5", name, cwd=self.folder, expect=None).returncode == 0

    def test_an_implanted_md5_holds_as_its_own_program_says(self):
        self.iso()
        self.assertEqual(self.json("x.iso")["images"][0]["seals"], [])
        program("implantisomd5", "x.iso", cwd=self.folder)
        self.assertTrue(self.checkisomd5("x.iso"))
        seal, = self.json("x.iso")["images"][0]["seals"]
        self.assertEqual((seal["kind"], seal["answer"]), ("isomd5sum", "matched"))
        self.assertNotIn("first_damage_in", seal)

    def test_damage_is_placed_by_the_fragments(self):
        self.iso(megabytes=8)
        program("implantisomd5", "x.iso", cwd=self.folder)
        sectors = len(self.read("x.iso")) // SECTOR
        for sector in range(200, sectors - 200, sectors // 7):
            self.flip("x.iso", sector, "bad.iso")
            self.assertFalse(self.checkisomd5("bad.iso"))
            seal, = self.json("bad.iso", expect=1)["images"][0]["seals"]
            self.assertEqual(seal["answer"], "differs")
            place = seal["first_damage_in"]
            self.assertTrue(place["first"] <= sector < place["first"] + place["sectors"], (sector, place))
            self.assertLess(place["sectors"], sectors / 10)

    def test_what_the_seal_leaves_out_may_change(self):
        self.iso()
        program("implantisomd5", "x.iso", cwd=self.folder)
        self.flip("x.iso", len(self.read("x.iso")) // SECTOR - 3)
        self.assertTrue(self.checkisomd5("x.iso"))
        self.pressmark("verify", "x.iso", "--seal")

    def test_a_cut_image_breaks_its_seal(self):
        self.iso()
        program("implantisomd5", "x.iso", cwd=self.folder)
        data = self.read("x.iso")
        (self.folder / "cut.iso").write_bytes(data[:len(data) // 2])
        done = self.pressmark("verify", "cut.iso", expect=1)
        self.assertIn("the image ends", done.stdout)

    def test_a_seal_can_be_demanded_and_left_out(self):
        self.iso()
        self.pressmark("verify", "x.iso")
        self.assertIn("no seal", self.pressmark("verify", "x.iso", "--seal", expect=1).stdout)
        program("implantisomd5", "x.iso", cwd=self.folder)
        self.flip("x.iso", 500)
        self.pressmark("verify", "x.iso", "--no-seal")
        self.pressmark("verify", "x.iso", "--seal", "--no-seal", expect=2)

    def xorriso(self, *args):
        program("xorriso", "-dev", "x.iso", "-md5", "on", *args, "-commit", cwd=self.folder)

    def sessions_right(self, name):
        """What xorriso says of the sessions' MD5s."""
        done = program("xorriso", "-md5", "on", "-indev", name, "-check_media", "--", cwd=self.folder, expect=None)
        said = done.stdout + done.stderr
        return "Found matching MD5 session tag" in said and "NON-MATCHING" not in said and "mismatch" not in said

    def test_checksum_tags_of_libisofs_hold_over_two_sessions(self):
        tree = self.tree()
        self.xorriso("-map", str(tree), "/")
        self.xorriso("-map", str(tree / "file0"), "/again")
        self.assertTrue(self.sessions_right("x.iso"))
        seals = self.json("x.iso")["images"][0]["seals"]
        self.assertEqual([s["kind"] for s in seals],
                         ["libisofs relocated superblock"] + ["libisofs superblock", "libisofs tree", "libisofs session"] * 2)
        self.assertEqual({s["answer"] for s in seals}, {"matched"})

    def test_libisofs_tags_place_the_damage(self):
        self.xorriso("-map", str(self.tree()), "/")
        seals = self.json("x.iso")["images"][0]["seals"]
        covers = {s["kind"]: s["covers"] for s in seals}
        start = covers["libisofs session"]["first"]
        tree_end = start + covers["libisofs tree"]["sectors"]
        end = start + covers["libisofs session"]["sectors"]
        for sector, hit in ((start + 17, 3), (tree_end - 1, 2), (tree_end + 700, 1), (end - 1, 1)):
            self.flip("x.iso", sector, "bad.iso")
            self.assertFalse(self.sessions_right("bad.iso"), f"xorriso passes over sector {sector}")
            bad = [s for s in self.json("bad.iso", expect=1)["images"][0]["seals"] if s["answer"] != "matched"
                   and s["kind"] != "libisofs relocated superblock"]
            self.assertEqual(len(bad), hit, (sector, bad))
            place = bad[0]["first_damage_in"]
            self.assertTrue(place["first"] <= sector < place["first"] + place["sectors"], (sector, place))

    def test_a_tag_that_is_gone_is_missed(self):
        self.xorriso("-map", str(self.tree()), "/")
        seals = self.json("x.iso")["images"][0]["seals"]
        end = sum(next(s["covers"] for s in seals if s["kind"] == "libisofs session").values())
        data = bytearray(self.read("x.iso"))
        self.assertTrue(data[end * SECTOR:].startswith(b"libisofs_checksum_tag_v1"))
        data[end * SECTOR:(end + 1) * SECTOR] = bytes(SECTOR)
        (self.folder / "bad.iso").write_bytes(data)
        self.assertIn("no tag", self.pressmark("verify", "bad.iso", expect=1).stdout)

    def test_both_seals_in_one_image(self):
        program("xorriso", "-as", "mkisofs", "--md5", "-o", "x.iso", str(self.tree()), cwd=self.folder)
        program("implantisomd5", "x.iso", cwd=self.folder)
        self.assertTrue(self.checkisomd5("x.iso"))
        seals = self.json("x.iso")["images"][0]["seals"]
        self.assertEqual({s["kind"] for s in seals},
                         {"isomd5sum", "libisofs superblock", "libisofs tree", "libisofs session"})
        self.assertEqual({s["answer"] for s in seals}, {"matched"})

    def test_a_disc_in_a_drive_has_its_seal_checked(self):
        self.iso()
        program("implantisomd5", "x.iso", cwd=self.folder)
        seal, = self.json("sim:x.iso")["images"][0]["seals"]
        self.assertEqual(seal["answer"], "matched")


class Signatures(VerifyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = pathlib.Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
        cls.addClassCleanup(shutil.rmtree, cls.home, ignore_errors=True)
        cls.addClassCleanup(lambda: cls.gpgconf("--kill", "all"))
        for who in ("Anna Known", "Otto Other"):
            cls.gpg("--batch", "--passphrase", "", "--quick-gen-key", f"{who} <{who[0]}@example.org>", "ed25519", "sign", "never")
            (cls.home / f"{who[0]}.gpg").write_bytes(cls.gpg("--export", who))

    @classmethod
    def environment(cls):
        return os.environ | {"GNUPGHOME": str(cls.home)}

    @classmethod
    def gpgconf(cls, *args):
        subprocess.run(["gpgconf", *args], env=cls.environment(), capture_output=True)

    @classmethod
    def gpg(cls, *args):
        return subprocess.run(["gpg", "--quiet", "--batch", "--yes", *args], env=cls.environment(), capture_output=True, check=True).stdout

    def setUp(self):
        super().setUp()
        self.truth = self.image("x.iso", 100)
        self.sums = self.folder / "SHA256SUMS"
        self.sums.write_text(f"{hashlib.sha256(self.truth).hexdigest()}  x.iso\n")
        self.known = str(self.home / "A.gpg")

    def sign(self, ending=".gpg", who="Anna Known", how="--detach-sign"):
        self.gpg("--local-user", who, "--output", f"{self.sums}{ending}", how, str(self.sums))

    def verify(self, *more, expect=0, against="SHA256SUMS"):
        return self.pressmark("verify", "x.iso", "--against", against, *more, expect=expect, env=self.environment())

    def test_unsigned_is_said(self):
        self.assertIn("unsigned", self.verify().stdout)
        self.assertIn("UNSIGNED", self.verify("--keyring", self.known, expect=1).stdout, "a signature may have been taken away")
        self.assertFalse(json.loads(self.verify("--keyring", self.known, "--json", expect=1).stdout)["good"])

    def test_who_signed_is_said_for_every_ending(self):
        for ending in (".gpg", ".asc", ".sig", ".sign"):
            self.sign(ending)
            done = self.verify("--keyring", self.known)
            self.assertRegex(done.stdout, r"signed by Anna Known <A@example.org> \([0-9A-F]{40}")
            os.remove(f"{self.sums}{ending}")

    def test_armor_is_read(self):
        self.gpg("--local-user", "Anna Known", "--armor", "--output", f"{self.sums}.asc", "--detach-sign", str(self.sums))
        self.verify("--keyring", self.known)

    def test_a_changed_sum_file_is_bad_news(self):
        self.sign()
        self.sums.write_text(self.sums.read_text() + "# added\n")
        done = self.verify("--keyring", self.known, expect=1)
        self.assertIn("BAD SIGNATURE", done.stdout)
        self.assertIn("BAD SIGNATURE", self.verify("--keyring", self.known, "-q", expect=1).stdout)

    def test_an_unknown_key_is_trouble_and_says_which(self):
        self.sign(who="Otto Other")
        done = self.verify("--keyring", self.known, expect=3)
        self.assertRegex(done.stderr, r"key [0-9A-F]{16}")
        self.assertIn("--keyring", done.stderr)
        self.verify("--no-signature")
        self.verify("--keyring", self.known, "--keyring", str(self.home / "O.gpg"))

    def test_no_gpgv_is_said(self):
        self.sign()
        done = self.pressmark("verify", "x.iso", "--against", "SHA256SUMS", expect=3, env={"PATH": "/nonexistent"})
        self.assertIn("gpgv", done.stderr)

    def test_a_signature_that_is_none(self):
        pathlib.Path(f"{self.sums}.gpg").write_bytes(b"rubbish")
        self.assertIn("no OpenPGP signature", self.verify("--keyring", self.known, expect=3).stderr)

    def test_of_a_clear_signed_file_only_what_is_signed_counts(self):
        self.sign(".clear", how="--clearsign")
        signed = pathlib.Path(f"{self.sums}.clear").read_text()
        self.assertIn("signed by Anna", self.verify("--keyring", self.known, against="SHA256SUMS.clear").stdout)
        (self.folder / "S").write_text(signed.replace("  x.iso", "  y.iso"))
        self.assertIn("BAD SIGNATURE", self.verify("--keyring", self.known, against="S", expect=1).stdout)
        # A line for another image in front of the signed text is nobody's word.
        self.image("y.iso", 50, seed=9)
        line = f"{hashlib.sha256(self.read('y.iso')).hexdigest()}  y.iso\n"
        (self.folder / "T").write_text(line + signed)
        done = self.pressmark("verify", "y.iso", "--against", "T", "--keyring", self.known, expect=1, env=self.environment())
        self.assertIn("DIFFERS", done.stdout, "the only signed line is x.iso's")

    def test_the_signature_in_json(self):
        self.sign()
        sums, = json.loads(self.verify("--keyring", self.known, "--json").stdout)["sum_files"]
        self.assertEqual((sums["signature"], sums["signer"]), ("good", "Anna Known <A@example.org>"))


class Records(VerifyCase):
    def test_the_record_beside_is_held_against_the_image(self):
        self.image("truth.iso", 500)
        self.pressmark("rip", "truth.iso", "-o", "game", "-q")
        self.assertIn("sha256 game.rip.json: matches", self.pressmark("verify", "game.iso").stdout)
        self.pressmark("verify", "game.iso", "--against", "game.rip.json")
        self.flip("game.iso", 77)
        self.assertIn("sha256 game.rip.json: DIFFERS", self.pressmark("verify", "game.iso", expect=1).stdout)
        self.pressmark("verify", "game.iso", "--alone")

    def test_filler_is_told_with_the_files_it_stands_in(self):
        self.pressmark("rip", "sim:demo", "-o", "demo", "-q", expect=1)
        done = self.pressmark("verify", "demo.iso", expect=1)
        self.assertIn("LBA 2041-2043", done.stdout)
        self.assertIn("DATA/FILL000.BIN", done.stdout)
        os.remove(self.folder / "demo.rip.json")
        done = self.pressmark("verify", "demo.iso", expect=1)
        self.assertIn("demo.map", done.stdout)
        self.assertIn("LBA 2041-2043", done.stdout)

    def test_filler_that_a_known_digest_includes_is_no_bad_news(self):
        self.pressmark("rip", "sim:demo", "-o", "demo", "-q", expect=1)
        sha1 = hashlib.sha1(self.read("demo.iso")).hexdigest()
        self.assertIn("never read", self.pressmark("verify", "demo.iso", "--against", sha1).stdout)

    def test_a_broken_record_is_trouble(self):
        self.image("x.iso", 50)
        for text in ("{", "[" * 100_000, '{"schema": "pressmark-rip", "schema_version": 2}', '{"schema": "pressmark-rip", "schema_version": 1}'):
            (self.folder / "x.rip.json").write_text(text)
            self.assertIn("x.rip.json", self.pressmark("verify", "x.iso", expect=3).stderr)


class Compare(VerifyCase):
    def test_differences_are_named_by_file(self):
        self.iso()
        extents = program("isoinfo", "-l", "-R", "-i", "x.iso", cwd=self.folder).stdout
        line = next(line for line in extents.splitlines() if line.endswith("file1 "))
        lba = int(line.split("[")[1].split()[0])
        self.flip("x.iso", lba + 5, "y.iso")
        done = self.pressmark("verify", "y.iso", "--against", "x.iso", expect=1)
        self.assertIn(f"LBA {lba + 5}", done.stdout)
        self.assertIn("sub/file1", done.stdout)
        self.assertNotIn("file0", done.stdout)
        different = self.json("y.iso", "--against", "x.iso", expect=1)["images"][0]["outcomes"][0]["different"]
        self.assertEqual(different["ranges"], [{"first": lba + 5, "sectors": 1}])
        self.assertEqual([f["path"] for f in different["belong_to"]["files"]], ["sub/file1"])

    def test_a_disc_against_an_image_tells_unreadable_from_different(self):
        self.pressmark("sim", "show", "demo", "--truth", "truth.iso")
        done = self.pressmark("verify", "sim:demo", "--against", "truth.iso", expect=1)
        self.assertIn("unknown", done.stdout)
        self.assertIn("LBA 2041-2043", done.stdout)
        self.assertNotIn("DIFFERS", done.stdout)
        self.flip("truth.iso", 300)
        outcome = self.json("sim:demo", "--against", "truth.iso", expect=1)["images"][0]
        self.assertEqual(outcome["outcomes"][0]["different"]["ranges"], [{"first": 300, "sectors": 1}])
        self.assertGreater(outcome["unreadable"]["sectors"], 0)
        self.assertEqual(sorted(os.listdir(self.folder)), ["truth.iso"], "nothing is stored")

    def test_a_cue_sheet_is_a_measure(self):
        data = self.image("x.iso", 60)
        (self.folder / "d.bin").write_bytes(data)
        (self.folder / "d.cue").write_text('FILE "d.bin" BINARY\n  TRACK 01 MODE1/2048\n    INDEX 01 00:00:00\n')
        self.pressmark("verify", "x.iso", "--against", "d.cue")
        self.pressmark("verify", "d.cue", "--against", "x.iso")
        self.flip("d.bin", 44)
        self.assertIn("LBA 44", self.pressmark("verify", "x.iso", "--against", "d.cue", expect=1).stdout)


class Many(VerifyCase):
    def setUp(self):
        super().setUp()
        self.names = [f"d{i}.iso" for i in range(6)]
        for i, name in enumerate(self.names):
            self.image(name, 300 + i, seed=i)

    def sums(self, names=None, to="SHA256SUMS"):
        (self.folder / to).write_text(program("sha256sum", *(names or self.names), cwd=self.folder).stdout)

    def test_many_against_one_sum_file(self):
        self.sums()
        done = self.pressmark("verify", *self.names, "--against", "SHA256SUMS")
        lines = done.stdout.splitlines()
        self.assertEqual([line.split(":")[0] for line in lines[1:-1]], self.names)
        self.assertIn("6 files", lines[-1])
        self.assertIn("6 good", lines[-1])

    def test_one_bad_one_missing_and_one_unnamed(self):
        self.sums()
        self.flip("d2.iso", 7)
        os.remove(self.folder / "d4.iso")
        self.image("d9.iso", 10, seed=99)
        done = self.pressmark("verify", *self.names, "d9.iso", "--against", "SHA256SUMS", expect=1)
        self.assertRegex(done.stdout, r"d2\.iso: BAD: sha256 differs")
        self.assertRegex(done.stdout, r"d4\.iso: .*no such file")
        self.assertRegex(done.stdout, r"d9\.iso: .*none of its 6 digests")
        self.assertIn("4 good, 1 bad, 1 missing, 1 could not be verified", done.stdout)
        quiet = self.pressmark("verify", *self.names, "--against", "SHA256SUMS", "-q", expect=1).stdout
        self.assertEqual(len(quiet.splitlines()), 3)

    def test_all_that_a_sum_file_names_from_where_it_lies(self):
        (self.folder / "a").mkdir()
        (self.folder / "b").mkdir()
        shutil.move(self.folder / "d0.iso", self.folder / "a" / "same.iso")
        shutil.move(self.folder / "d1.iso", self.folder / "b" / "same.iso")
        odd = "odd\\ \n name.iso"
        shutil.move(self.folder / "d2.iso", self.folder / odd)
        self.sums(["a/same.iso", "b/same.iso", odd, "d3.iso"])
        outer = self.folder.parent
        done = self.pressmark("verify", "--all", "SHA256SUMS")
        self.assertIn("4 good", done.stdout)
        import_name = os.path.join(self.folder.name, "SHA256SUMS")
        self.assertIn("4 good", subprocess.run([PRESSMARK, "verify", "--all", import_name], cwd=outer, capture_output=True, text=True).stdout)
        self.flip("b/same.iso", 1)
        result = self.json("--all", "SHA256SUMS", expect=1)
        self.assertEqual([i["source"] for i in result["images"] if not i["good"]], ["b/same.iso"])
        self.assertEqual(result["summary"]["good"], 3)

    def test_without_anything_to_hold_against_there_are_digests(self):
        done = self.pressmark("verify", "d0.iso", "d1.iso")
        for name in ("d0.iso", "d1.iso"):
            self.assertIn(hashlib.sha256(self.read(name)).hexdigest(), done.stdout)

    def test_drives_come_alone(self):
        self.assertIn("one at a time", self.pressmark("verify", "d0.iso", "sim:demo", expect=2).stderr)

    def test_an_interruption_tells_what_was_done(self):
        """Large sparse files: enough work that the signal always comes in the middle of it."""
        for i in range(4):
            with open(self.folder / f"big{i}.iso", "wb") as file:
                file.truncate(20_000_000_000)
        arguments = ["d0.iso", "d1.iso", *[f"big{i}.iso" for i in range(4)]]
        self.sums(["d0.iso", "d1.iso"])
        with open(self.folder / "SHA256SUMS", "a") as sums:
            for i in range(4):
                sums.write(f"{'0' * 64}  big{i}.iso\n")
        process = subprocess.Popen([PRESSMARK, "verify", *arguments, "--against", "SHA256SUMS"], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        seen = process.stdout.readline() + process.stdout.readline() + process.stdout.readline()  # unsigned, d0, d1
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 4, err)
        self.assertIn("d0.iso: good", seen)
        self.assertIn("2 good; interrupted: 4 not verified", out)


class Write(VerifyCase):
    PROGRAMS = {"md5": "md5sum", "sha1": "sha1sum", "sha256": "sha256sum", "sha512": "sha512sum", "b2": "b2sum"}

    def test_coreutils_checks_what_is_written(self):
        for name in ("plain.iso", "with space.iso", "back\\slash.iso", "new\nline.iso", "-dash.iso", "\xfc\u20ac.iso"):
            self.image(name, 40)
            self.pressmark("verify", "-q", "--write", "md5,sha1,sha256,sha512,blake2b", "./" + name)
            for ending, checker in self.PROGRAMS.items():
                program(checker, "--strict", "-c", f"./{name}.{ending}", cwd=self.folder)
            self.pressmark("verify", "./" + name, "--against", f"./{name}.sha256")

    def test_sfv(self):
        data = self.image("x.iso", 40)
        self.pressmark("verify", "x.iso", "--write", "crc32")
        self.assertEqual((self.folder / "x.iso.sfv").read_text(), f"x.iso {zlib.crc32(data):08X}\n")

    def test_a_different_file_is_never_written_over_unasked(self):
        self.image("x.iso", 40)
        self.pressmark("verify", "x.iso", "--write", "sha256")
        before = os.stat(self.folder / "x.iso.sha256").st_mtime_ns
        self.pressmark("verify", "x.iso", "--write", "sha256")
        self.assertEqual(os.stat(self.folder / "x.iso.sha256").st_mtime_ns, before, "the same is left alone")
        self.flip("x.iso", 3)
        self.assertIn("--overwrite", self.pressmark("verify", "x.iso", "--write", "sha256", expect=2).stderr)
        self.pressmark("verify", "x.iso", "--write", "sha256", "--overwrite")
        program("sha256sum", "-c", "x.iso.sha256", cwd=self.folder)
        self.assertEqual(sorted(os.listdir(self.folder)), ["x.iso", "x.iso.sha256"])

    def test_no_sum_over_filler_or_over_what_differs(self):
        self.pressmark("rip", "sim:demo", "-o", "demo", "-q", expect=1)
        self.assertIn("filler", self.pressmark("verify", "demo.iso", "--write", "md5", expect=2).stderr)
        self.assertFalse((self.folder / "demo.iso.md5").exists())
        self.pressmark("verify", "demo.iso", "--write", "md5", "--with-filler", expect=1)
        program("md5sum", "-c", "demo.iso.md5", cwd=self.folder)
        self.pressmark("verify", "demo.iso", "--write", "sha1", "--with-filler", "--against", "sha1:" + "0" * 40, expect=1)
        self.assertFalse((self.folder / "demo.iso.sha1").exists())
        self.assertIn("image file", self.pressmark("verify", "sim:demo", "--write", "md5", expect=2).stderr)

    def test_many(self):
        for i in range(3):
            self.image(f"d{i}.iso", 20, seed=i)
        self.pressmark("verify", "d0.iso", "d1.iso", "d2.iso", "--write", "sha256", "-q")
        program("sha256sum", "-c", "d0.iso.sha256", "d1.iso.sha256", "d2.iso.sha256", cwd=self.folder)


class Dat(VerifyCase):
    def roms(self, text):
        return {rom.get("name"): rom for rom in ElementTree.fromstring(text).iter("rom")}

    def test_an_entry_is_what_the_file_is(self):
        name = 'A & B <"x"> \u00fc\'.iso'
        data = self.image(name, 40)
        text = self.pressmark("dat", name).stdout
        game = ElementTree.fromstring(text)
        self.assertEqual((game.tag, game.get("name")), ("game", name[:-4]))
        rom, = game.iter("rom")
        self.assertEqual(rom.attrib, {"name": name, "size": str(len(data)), "crc": f"{zlib.crc32(data):08x}",
                                      "md5": hashlib.md5(data).hexdigest(), "sha1": hashlib.sha1(data).hexdigest()})

    def test_a_cue_sheet_brings_its_files(self):
        for i in (1, 2):
            (self.folder / f"G (Track {i}).bin").write_bytes(os.urandom(2352 * 300))
        (self.folder / "G.cue").write_text('FILE "G (Track 1).bin" BINARY\n  TRACK 01 MODE1/2352\n    INDEX 01 00:00:00\n'
                                           'FILE "G (Track 2).bin" BINARY\n  TRACK 02 AUDIO\n    INDEX 00 00:00:00\n    INDEX 01 00:02:00\n')
        roms = self.roms(self.pressmark("dat", "G.cue", "--digests", "sha256", "--datafile", "mine").stdout)
        self.assertEqual(list(roms), ["G.cue", "G (Track 1).bin", "G (Track 2).bin"])
        for name, rom in roms.items():
            self.assertEqual(rom.get("sha256"), hashlib.sha256(self.read(name)).hexdigest())

    def test_names_that_xml_cannot_hold_are_refused(self):
        self.image("a\x01.iso", 5)
        self.assertIn("--name", self.pressmark("dat", "a\x01.iso", expect=3).stderr)

    def test_filler_is_refused(self):
        self.pressmark("rip", "sim:demo", "-o", "demo", "-q", expect=1)
        self.assertIn("never read", self.pressmark("dat", "demo.iso", expect=2).stderr)
        self.assertEqual(len(self.roms(self.pressmark("dat", "demo.iso", "--with-filler").stdout)), 1)


if __name__ == "__main__":
    unittest.main(verbosity=1)
