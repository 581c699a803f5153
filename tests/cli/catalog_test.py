#!/usr/bin/env python3
"""pressmark catalog and identify, and what rip and verify ask the catalog. Digests come from Python's own hashlib and zlib; raw sectors
are made here from ECMA-130's formulas."""
import hashlib
import json
import os
import random
import resource
import subprocess
import unittest
import zipfile
import zlib
from xml.sax.saxutils import quoteattr

from command import PRESSMARK, SECTOR, Case, run


def rom(name, data, more=""):
    """A line as Redump's DATs have it."""
    return (f'<rom name={quoteattr(name)} size="{len(data)}" crc="{zlib.crc32(data):08x}" md5="{hashlib.md5(data).hexdigest()}" '
            f'sha1="{hashlib.sha1(data).hexdigest()}" {more}/>')


def game(name, *roms, serial=""):
    return f'<game name={quoteattr(name)} serial={quoteattr(serial)}>{"".join(roms)}</game>'


def logiqx(name, version, *games):
    return (f'<?xml version="1.0"?>\n<datafile><header><name>{name}</name><version>{version}</version></header>'
            f'{"".join(games)}</datafile>')


def times_alpha(value):
    """In GF(2^8) with x^8 + x^4 + x^3 + x^2 + 1 (ECMA-130 annex A)."""
    value <<= 1
    return value ^ 0x11D if value & 0x100 else value


def parity(sector, vectors, length, major, minor, wrap):
    """Two parity bytes for each vector of the product code: the sum of all bytes is zero, and so is the sum weighted by alpha."""
    firsts, seconds = [], []
    for v in range(vectors):
        index = (v >> 1) * major + (v & 1)
        plain = weighted = 0
        for _ in range(length):
            byte = sector[12 + index]
            index = (index + minor) % wrap
            plain ^= byte
            weighted = times_alpha(weighted ^ byte)
        # p0 + p1 = plain and alpha p0 + p1 = alpha * weighted, with the parity bytes at the end of the vector
        weighted = times_alpha(weighted)
        p0 = divide_by_alpha_plus_one(weighted ^ plain)
        firsts.append(p0)
        seconds.append(p0 ^ plain)
    return bytes(firsts + seconds)


def divide_by_alpha_plus_one(value):
    for candidate in range(256):
        if times_alpha(candidate) ^ candidate == value:
            return candidate
    raise AssertionError


EDC_TABLE = []
for i in range(256):
    r = i
    for _ in range(8):
        r = (r >> 1) ^ (0xD8018001 if r & 1 else 0)
    EDC_TABLE.append(r)


def mode1(user, lba):
    """The 2352 bytes of a Mode 1 sector (ECMA-130 14)."""
    def bcd(value):
        return value // 10 * 16 + value % 10
    at = lba + 150
    sector = bytearray(b"\0" + b"\xff" * 10 + b"\0" + bytes([bcd(at // 4500), bcd(at // 75 % 60), bcd(at % 75), 1]) + user)
    edc = 0
    for byte in sector:
        edc = edc >> 8 ^ EDC_TABLE[(edc ^ byte) & 0xFF]
    sector += edc.to_bytes(4, "little") + bytes(8)
    sector += parity(sector, 86, 24, 2, 86, 10**9)
    sector += parity(sector, 52, 43, 86, 88, 2236)
    assert len(sector) == 2352
    return bytes(sector)


def size_of(path):
    """0 for a file that is not there, or no longer."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


class CatalogCase(Case):
    def setUp(self):
        super().setUp()
        self.environment = dict(os.environ, XDG_DATA_HOME=str(self.folder / "data"))
        self.file = self.folder / "data" / "pressmark" / "catalog.sqlite"

    def pressmark(self, *args, expect=0, **more):
        return super().pressmark(*args, expect=expect, env=self.environment, **more)

    def write(self, name, data):
        (self.folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())

    def known(self, *games, dat="Discs", version="2026-01-02"):
        self.write(f"{dat}.dat", logiqx(dat, version, *games))
        return self.pressmark("catalog", "import", f"{dat}.dat")

    def json(self, *args, expect=0):
        return json.loads(self.pressmark(*args, "--json", expect=expect).stdout)


class Catalog(CatalogCase):
    def test_import_list_search_remove(self):
        self.known(game("Alpha (USA)", rom("a.iso", b"alpha"), serial="SLUS-1"))
        self.assertTrue(self.file.exists(), "in the XDG data folder")
        done = self.known(game("Alpha (USA)", rom("a.iso", b"other")), version="2026-02-03")
        self.assertIn("replaces version 2026-01-02", done.stdout)
        listed = self.json("catalog", "list")["dats"]
        self.assertEqual([(d["name"], d["version"], d["games"], d["roms"], d["format"]) for d in listed], [("Discs", "2026-02-03", 1, 1, "logiqx")])
        found = self.json("catalog", "search", "alpha", "usa")
        self.assertEqual(found["games"][0]["roms"][0]["digests"]["sha1"], hashlib.sha1(b"other").hexdigest())
        self.assertEqual(self.json("catalog", "search", hashlib.md5(b"other").hexdigest())["games"], found["games"])
        self.assertEqual(self.json("catalog", "search", hashlib.md5(b"alpha").hexdigest(), expect=1)["games"], [])
        self.assertIn("no DAT named 'discs'", self.pressmark("catalog", "remove", "discs", expect=3).stderr)
        self.pressmark("catalog", "remove", "Discs")
        self.assertEqual(self.pressmark("catalog", "list").stdout, "")

    def test_archives_hold_several_dats(self):
        with zipfile.ZipFile(self.folder / "pack.zip", "w", zipfile.ZIP_DEFLATED) as pack:
            pack.writestr("one/One.dat", logiqx("One", "1", game("a", rom("a.iso", b"a"))))
            pack.writestr("Two.dat", 'clrmamepro (\n name "Two"\n)\ngame (\n name "b"\n rom ( name b.iso size 1 crc 71beeff9 )\n)\n')
            pack.writestr("sums/SHA1SUMS", hashlib.sha1(b"c").hexdigest() + "  c.iso\n")
            pack.writestr("read me.html", "<html>")
        done = self.json("catalog", "import", "pack.zip")
        self.assertEqual([d["name"] for d in done["dats"]], ["One", "Two", "SHA1SUMS"])
        self.assertEqual(done["dats"][0]["file"], "pack.zip: one/One.dat")
        self.assertEqual(done["passed_over"], 1)

    def test_an_archive_is_taken_in_whole_or_not_at_all(self):
        one = logiqx("One", "1", game("a", rom("a.iso", b"a")))
        for name, second in (("same.zip", one), ("broken.zip", one.replace("One", "Two")[:-9])):
            with zipfile.ZipFile(self.folder / name, "w") as pack:
                pack.writestr("1.dat", one)
                pack.writestr("2.dat", second)
        self.assertIn("two of its DATs", self.pressmark("catalog", "import", "same.zip", expect=2).stderr)
        self.assertIn("2.dat, line", self.pressmark("catalog", "import", "broken.zip", expect=3).stderr)
        self.assertEqual(self.pressmark("catalog", "list").stdout, "")

    def test_hostile_archives_are_refused(self):
        with zipfile.ZipFile(self.folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as pack:
            pack.writestr("bomb.dat", "<datafile>" + " " * 50_000_000)
        with zipfile.ZipFile(self.folder / "none.zip", "w") as pack:
            pack.writestr("a.txt", "x")
        data = bytearray((self.folder / "none.zip").read_bytes())
        self.write("cut.zip", bytes(data[:40]))
        for name, words in (("bomb.zip", "as no DAT does"), ("none.zip", "none of its 1 files"), ("cut.zip", "cut.zip")):
            self.assertIn(words, self.pressmark("catalog", "import", name, expect=3).stderr)

    def test_one_bad_file_leaves_the_others(self):
        self.write("bad.dat", "<html/>")
        self.write("good.sha1", hashlib.sha1(b"c").hexdigest() + "  c.iso\n")
        done = self.pressmark("catalog", "import", "bad.dat", "nosuch.dat", "good.sha1", expect=3)
        self.assertIn("html", done.stderr)
        self.assertIn("nosuch.dat", done.stderr)
        self.assertIn("good.sha1", done.stdout)
        self.pressmark("catalog", "import", "good.sha1", "bad.dat", "--name", "x", expect=2)
        self.pressmark("catalog", "import", "good.sha1", "--name", "My sums")
        self.assertEqual([d["name"] for d in self.json("catalog", "list")["dats"]], ["My sums", "good.sha1"])

    def test_names_cannot_play_with_the_terminal(self):
        self.write("evil.sfv", "evil\x1b]0;title\x07\u202e.iso 00000001\n")
        self.pressmark("catalog", "import", "evil.sfv", "--name", "a\x1b[2Jb")
        shown = self.pressmark("catalog", "list").stdout + self.pressmark("catalog", "search", "evil").stdout
        for character in ("\x1b", "\x07", "\u202e"):
            self.assertNotIn(character, shown)
        self.assertEqual(self.json("catalog", "search", "evil")["games"][0]["game"], "evil\x1b]0;title\x07\u202e.iso")

    def test_nor_can_they_in_errors(self):
        with zipfile.ZipFile(self.folder / "evil.zip", "w") as pack:
            pack.writestr("\u009b31m\u202e.dat", logiqx("N", "1", '<game name="g"><rom name="\u009b2J\u202e" crc="zz"/></game>'))
        shown = self.pressmark("catalog", "import", "evil.zip", expect=3).stderr
        self.assertIn("?31m?.dat, line", shown)
        self.assertIn("'?2J?'", shown)
        for character in ("\x1b", "\x9b", "\u202e"):
            self.assertNotIn(character, shown)

    def test_several_commands_at_once(self):
        rng = random.Random(5)
        for i in range(4):
            self.write(f"d{i}.dat", logiqx(f"D{i}", "1", *(game(f"g{n}", rom("r", rng.randbytes(8))) for n in range(2000))))
        running = [subprocess.Popen([PRESSMARK, "catalog", "import", f"d{i}.dat"], cwd=self.folder, env=self.environment,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for i in range(4)]
        for process in running:
            self.assertEqual(process.communicate(timeout=120)[1], b"")
            self.assertEqual(process.returncode, 0)
        self.assertEqual([d["roms"] for d in self.json("catalog", "list")["dats"]], [2000] * 4)

    def test_several_first_commands_at_once(self):
        """Whoever comes while another makes the tables waits, and does not take them for a stranger's."""
        self.write("a.sfv", "a.iso 00000001\n")
        for attempt in range(12):
            running = [subprocess.Popen([PRESSMARK, "catalog", "import", "a.sfv", "--catalog", f"{attempt}.db"], cwd=self.folder,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(6)]
            for process in running:
                self.assertEqual((process.communicate(timeout=120)[1], process.returncode), ("", 0))

    def test_an_import_that_is_killed_leaves_what_was_there(self):
        self.known(game("a", rom("a.iso", b"a")))
        before = self.pressmark("catalog", "list").stdout
        rng = random.Random(6)
        self.write("new.dat", logiqx("Discs", "2027", *(game(f"g{n}", rom("r" * 100, rng.randbytes(8))) for n in range(100_000))))
        process = subprocess.Popen([PRESSMARK, "catalog", "import", "new.dat"], cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL)
        log = self.file.with_name(self.file.name + "-wal")
        while process.poll() is None and size_of(log) <= 100_000:
            pass
        process.kill()
        process.wait()
        after = self.json("catalog", "list")["dats"]
        self.assertEqual(len(after), 1)
        if after[0]["version"] != "2027":  # it may have been quicker than the signal
            self.assertEqual(self.pressmark("catalog", "list").stdout, before)
            self.assertEqual(len(self.json("catalog", "search", "a")["games"]), 1)
        self.pressmark("catalog", "import", "new.dat")
        self.assertEqual(self.json("catalog", "list")["dats"][0]["roms"], 100_000)

    def test_no_catalog_damage_and_a_full_disk_are_said(self):
        self.assertIn("catalog import", self.pressmark("catalog", "list", expect=3).stderr)
        self.assertIn("catalog import", self.pressmark("identify", "sim:demo", expect=3).stderr)
        self.assertFalse(self.file.exists())
        self.known(game("a", rom("a.iso", b"a")))
        before = self.pressmark("catalog", "list").stdout
        self.write("large.dat", logiqx("Large", "1", *(game(f"g{n}", rom("r" * 200, b"x")) for n in range(20_000))))
        limit = 2_000_000
        done = self.pressmark("catalog", "import", "large.dat", expect=3, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        self.assertIn("free some space", done.stderr)
        self.assertEqual(self.pressmark("catalog", "list").stdout, before, "all or nothing")
        self.write("data/pressmark/catalog.sqlite", b"no database" * 500)
        self.assertIn("not a database", self.pressmark("catalog", "list", expect=3).stderr)

    def test_another_catalog_and_no_home(self):
        self.write("a.sfv", "a.iso 00000001\n")
        self.pressmark("catalog", "import", "a.sfv", "--catalog", "mine.db")
        self.assertFalse(self.file.exists())
        self.assertEqual(len(self.json("catalog", "list", "--catalog", "mine.db")["dats"]), 1)
        bare = {k: v for k, v in os.environ.items() if k not in ("HOME", "XDG_DATA_HOME")}
        done = subprocess.run([PRESSMARK, "catalog", "list"], env=bare, capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--catalog", done.stderr)


class Identify(CatalogCase):
    def write_tracks(self):
        rng = random.Random(7)
        self.user = rng.randbytes(20 * SECTOR)
        self.tracks = [b"".join(mode1(self.user[i * SECTOR:(i + 1) * SECTOR], i) for i in range(20)), rng.randbytes(30 * 2352), rng.randbytes(25 * 2352)]
        sheet = ""
        for number, (data, indexes) in enumerate(zip(self.tracks, ("01 00:00:00", "00 00:00:00|01 00:00:05", "01 00:00:00")), 1):
            self.write(f"D (Track {number}).bin", data)
            kind = "MODE1/2352" if number == 1 else "AUDIO"
            sheet += f'FILE "D (Track {number}).bin" BINARY\n  TRACK {number:02} {kind}\n' + "".join(f"    INDEX {i}\n" for i in indexes.split("|"))
        self.write("D.cue", sheet)
        self.roms = [rom("D.cue", sheet.encode())] + [rom(f"D (Track {i}).bin", data) for i, data in enumerate(self.tracks, 1)]

    def test_a_cue_sheet_in_every_answer(self):
        self.write_tracks()
        self.known(game("Disc & Co", *self.roms, serial="SL-9"))
        done = self.pressmark("identify", "D.cue")
        for words in ("full match", "Disc & Co, serial SL-9", "Discs, version 2026-01-02", "matches by sha1"):
            self.assertIn(words, done.stdout)
        self.assertIn("by size: 1 known game", done.stderr)
        self.write("D (Track 3).bin", self.tracks[2][:-1] + b"!")
        answer = self.json("identify", "D.cue", expect=1)
        self.assertEqual((answer["recognition"], answer["games"][0]["matched"], answer["games"][0]["tracks"]), ("partial", 2, 3))
        self.assertEqual([t["answer"] for t in answer["games"][0]["track_list"]], ["matched", "matched", "differs"])
        self.assertIn("partial match: 2 of 3 tracks", self.pressmark("identify", "D.cue", expect=1).stdout)
        for number in (1, 2):
            self.write(f"D (Track {number}).bin", bytes(len(self.tracks[number - 1])))
        self.assertEqual(self.json("identify", "D.cue", expect=1)["recognition"], "wrong-hash")
        self.write("D (Track 2).bin", bytes(2352 * 6))
        self.assertEqual(self.json("identify", "D.cue", expect=1)["recognition"], "unknown")

    def test_one_file_of_all_tracks(self):
        self.write_tracks()
        self.known(game("Disc", *self.roms))
        self.write("all.bin", b"".join(self.tracks))
        self.write("all.cue", 'FILE "all.bin" BINARY\n TRACK 01 MODE1/2352\n INDEX 01 00:00:00\n TRACK 02 AUDIO\n INDEX 00 00:00:20\n INDEX 01 00:00:25\n'
                              " TRACK 03 AUDIO\n INDEX 01 00:00:50\n")
        self.assertIn("full match", self.pressmark("identify", "all.cue").stdout)

    def test_an_iso_is_held_against_raw_sectors(self):
        self.write_tracks()
        self.write("D.iso", self.user)
        self.known(game("Disc", rom("D.bin", self.tracks[0])))
        done = self.pressmark("identify", "D.iso")
        self.assertIn("regenerated", done.stdout)
        self.assertIn("will be regenerated", done.stderr)
        done = self.pressmark("identify", "sim:D.iso")
        self.assertIn("full match", done.stdout)
        self.assertIn("full match", self.pressmark("verify", "D.iso", "--against", "catalog").stdout)
        done = self.pressmark("verify", "sim:D.iso", "--against", "catalog")
        self.assertIn("full match", done.stdout)
        self.assertIn("regenerated", done.stdout)
        self.write("D.iso", self.user[:-1] + b"!")
        self.pressmark("verify", "sim:D.iso", "--against", "catalog", expect=1)

    def test_a_drive_is_not_read_where_its_size_says_enough(self):
        self.image("x.iso", 3000)
        self.known(game("Other", rom("o.iso", b"o")))
        done = self.pressmark("identify", "sim:x.iso", "--fast", expect=1)
        self.assertIn("by size: no known game", done.stderr)
        self.assertIn("nothing was read", done.stdout)

    def test_the_data_track_of_a_mixed_disc_in_a_drive(self):
        self.write_tracks()
        audio = random.Random(8).randbytes(200 * 2352)
        self.write("m.bin", self.tracks[0] + audio)
        self.write("m.cue", 'FILE "m.bin" BINARY\n TRACK 01 MODE1/2352\n INDEX 01 00:00:00\n TRACK 02 AUDIO\n INDEX 00 00:00:20\n INDEX 01 00:02:20\n')
        self.known(game("Mixed", rom("m (Track 1).bin", self.tracks[0]), rom("m (Track 2).bin", audio)))
        self.assertIn("full match", self.pressmark("identify", "m.cue").stdout)
        self.assertIn("full match", self.pressmark("verify", "m.cue", "--against", "catalog").stdout)
        done = self.pressmark("identify", "sim:m.cue", expect=1)
        self.assertIn("partial match: 1 of 2 tracks", done.stdout)
        self.assertIn("data track 1 is identified", done.stderr)
        done = self.pressmark("verify", "sim:m.cue", "--track", "1", "--against", "catalog", expect=1)
        self.assertIn("partial match: 1 of 2 tracks", done.stdout)

    def test_a_data_track_that_begins_late_is_regenerated_with_its_addresses(self):
        user, audio = random.Random(9).randbytes(20 * SECTOR), random.Random(10).randbytes(400 * 2352)
        data = b"".join(mode1(user[i * SECTOR:(i + 1) * SECTOR], 400 + i) for i in range(20))
        self.write("late.bin", audio + data)
        self.write("late.cue", 'FILE "late.bin" BINARY\n TRACK 01 AUDIO\n INDEX 01 00:00:00\n TRACK 02 MODE1/2352\n INDEX 01 00:05:25\n')
        self.known(game("Late", rom("l (Track 1).bin", audio), rom("l (Track 2).bin", data)))
        for command in (("identify",), ("verify", "--track", "2", "--against", "catalog")):
            self.assertIn("partial match: 1 of 2 tracks", self.pressmark(*command, "sim:late.cue", expect=1).stdout)

    def test_a_damaged_disc_is_not_called_a_wrong_one(self):
        self.known("<game name='Demo'><rom name='d.bin' size='14112000' crc='00000001'/></game>")
        answer = self.json("identify", "sim:demo", expect=1)
        self.assertEqual(answer["recognition"], "unknown")
        self.assertGreater(answer["pieces"][0]["unreadable_sectors"], 0)
        self.assertEqual(answer["games"][0]["track_list"][0]["answer"], "unread")
        self.assertIn("could not be read", self.pressmark("identify", "sim:demo", expect=1).stdout)

    def test_wrong_usage_and_missing_things(self):
        self.known(game("a", rom("a.iso", b"a")))
        self.assertIn("nosuch", self.pressmark("identify", "nosuch.iso", expect=3).stderr)
        self.pressmark("identify", "x", "y", expect=2)
        self.pressmark("catalog", expect=2)
        self.pressmark("catalog", "import", expect=2)


class RipAndVerify(CatalogCase):
    def test_a_rip_says_what_it_has_ripped(self):
        data = self.image("x.iso", 3_000_000 // SECTOR)
        self.scenario("dvd.json", disc={"kind": "dvd", "image": "x.iso"})
        self.known(game("A film", rom("film.iso", data, 'status="verified"')))
        done = self.pressmark("rip", "sim:dvd.json", "-o", "out", "-q", "--identify", "--digests", "sha512")
        self.assertIn("full match", done.stdout)
        self.assertIn("A film", (self.folder / "out.log").read_text())
        record = self.record()
        self.assertEqual(record["identification"]["recognition"], "full")
        self.assertEqual(set(record["digests"]), {"sha512", "crc32", "md5", "sha1", "sha256"})

    def test_a_cd_is_known_by_its_raw_sectors_without_reading_it_again(self):
        rng = random.Random(3)
        user = rng.randbytes(30 * SECTOR)
        self.write("cd.iso", user)
        self.known(game("A CD", rom("cd.bin", b"".join(mode1(user[i * SECTOR:(i + 1) * SECTOR], i) for i in range(30)))))
        plain = self.pressmark("rip", "sim:cd.iso", "-o", "plain", "-q")
        done = self.pressmark("rip", "sim:cd.iso", "-o", "out", "-q", "--identify")
        self.assertIn("regenerated", done.stdout)
        self.assertEqual(self.record("plain")["reads"], self.record()["reads"])
        self.assertEqual(plain.stderr, done.stderr, "the simulated drive took as many commands")

    def test_what_is_missing_is_not_looked_up(self):
        self.known("<game name='Demo'><rom name='d.iso' size='12288000' crc='00000001'/></game>")
        done = self.pressmark("rip", "sim:demo", "-o", "out", "-q", "--identify", expect=1)
        self.assertIn("not read", done.stdout)
        self.assertEqual(self.record()["identification"]["recognition"], "unknown")

    def test_no_catalog_is_said_before_the_rip(self):
        self.pressmark("rip", "sim:demo", "-o", "out", "-q", "--identify", expect=3)
        self.assertEqual(os.listdir(self.folder), [])

    def test_verify_against_the_catalog(self):
        data = self.image("x.iso", 1000)
        self.known(game("X", rom("x.iso", data)))
        self.assertIn("full match", self.pressmark("verify", "x.iso", "--against", "catalog").stdout)
        self.pressmark("verify", "sim:x.iso", "--against", "catalog", "--against", "x.iso")
        self.write("x.iso", data[:-1] + b"!")
        self.assertIn("right size", self.pressmark("verify", "x.iso", "--against", "catalog", expect=1).stdout)
        self.write("catalog", hashlib.md5(data[:-1] + b"!").hexdigest() + "  x.iso\n")
        self.pressmark("verify", "x.iso", "--against", "./catalog")


if __name__ == "__main__":
    unittest.main(verbosity=1)
