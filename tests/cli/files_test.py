#!/usr/bin/env python3
"""files, extract and cat as their user meets them. Other programs make the images and say what is in them."""
import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import time
import unittest

from command import PRESSMARK, SECTOR, Case, run

FILLS = {"0": b"\0", "55": b"\x55"}


def tool(*args, cwd, check=True):
    done = subprocess.run(args, cwd=cwd, capture_output=True, text=True, timeout=120,
                          env=os.environ | {"PATH": os.environ["PATH"] + ":/usr/sbin", "LC_ALL": "C.UTF-8"})
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(args)}\n{done.stdout}{done.stderr}")
    return done.stdout


def tree_of(folder):
    """path -> bytes of every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(pathlib.Path(folder).rglob("*"))
            if path.is_file() and not path.is_symlink()}


def noise(size, seed):
    return b"".join(struct.pack("<I", (i * 2654435761 + seed * 40503) & 0xFFFFFFFF) for i in range(size // 4 + 1))[:size]


class FilesCase(Case):
    def setUp(self):
        super().setUp()
        self.tree = {"hello.txt": b"hello\n", "a/data.bin": noise(50_000, 1), "a/b/c/deep.bin": noise(3_000, 2),
                     "Ünï/日本語.txt": noise(9_000, 3), "empty.txt": b"",
                     **{f"many/file {i}.txt": noise(10 + i, i) for i in range(60)}}
        for path, data in self.tree.items():
            (self.folder / "tree" / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / "tree" / path).write_bytes(data)

    def make(self, name="disc.iso", *options):
        tool("genisoimage", "-quiet", "-V", "GAME", *(options or ("-R", "-J")), "-o", name, "tree", cwd=self.folder)
        return (self.folder / name).read_bytes()

    def listed(self, *args, expect=0):
        return json.loads(self.pressmark("files", *args, "--json", expect=expect).stdout)

    def places(self, source="disc.iso"):
        """path -> first sector."""
        return {f["path"]: f["ranges"][0]["sector"] for f in self.listed(source)["files"] if f["ranges"]}

    def write_map(self, name, sectors, bad):
        """A ddrescue mapfile with these [first, last] sectors bad."""
        lines, at = ["# Mapfile. Created by GNU ddrescue version 1.27", "0x0 + 1"], 0
        for first, last in bad:
            if first > at:
                lines.append(f"0x{at * SECTOR:X} 0x{(first - at) * SECTOR:X} +")
            lines.append(f"0x{first * SECTOR:X} 0x{(last + 1 - first) * SECTOR:X} -")
            at = last + 1
        if sectors > at:
            lines.append(f"0x{at * SECTOR:X} 0x{(sectors - at) * SECTOR:X} +")
        (self.folder / name).write_text("\n".join(lines) + "\n")


class Files(FilesCase):
    def test_list_is_the_tree(self):
        self.make()
        found = self.listed("disc.iso")
        self.assertEqual({f["path"]: f["bytes"] for f in found["files"]}, {p: len(d) for p, d in self.tree.items()})
        self.assertEqual([f["path"] for f in found["files"]], sorted(self.tree))
        text = self.pressmark("files", "disc.iso").stdout
        self.assertIn("GAME", text)
        self.assertRegex(text, r"\n +50000  \d+-\d+ +a/data.bin\n")

    def test_list_is_that_of_iso_info_and_7z(self):
        self.make("plain.iso", "-D", "-R")
        ours = {f["path"]: (f["bytes"], f["ranges"][0]["sector"] if f["ranges"] else None) for f in self.listed("plain.iso")["files"]}
        info = tool("iso-info", "-l", "-i", "plain.iso", cwd=self.folder)
        folder, theirs = "", {}
        for line in info.splitlines():
            if line.startswith("/") and line.endswith(":"):
                folder = line.strip(":").strip("/")
            elif match := re.match(r"^\s*-\S+\s+\d+\s+\d+\s+\d+ \[LSN\s+(\d+)\]\s+(\d+) .{3} \d\d \d{4} \d\d:\d\d:\d\d\s{1,2}(.+)$", line):
                theirs[f"{folder}/{match[3]}".strip("/")] = (int(match[2]), int(match[1]) if int(match[2]) else None)
        self.assertEqual({p: v for p, v in ours.items() if p.isascii()}, {p: v for p, v in theirs.items() if p in ours and p.isascii()})
        self.assertGreater(len(theirs), 50)
        seven = tool("7z", "l", "-slt", "plain.iso", cwd=self.folder)
        sizes = {path: int(size) for path, size in re.findall(r"^Path = (.+)\nFolder = -\nSize = (\d+)", seven, re.M)}
        self.assertEqual({p: b for p, (b, _) in ours.items()}, sizes)

    def test_udf_list_is_that_of_7z(self):
        self.make("udf.iso", "-D", "-udf")
        ours = {f["path"]: f["bytes"] for f in self.listed("udf.iso")["files"]}
        seven = tool("7z", "l", "-slt", "-tudf", "udf.iso", cwd=self.folder)
        sizes = {path: int(size) for path, size in re.findall(r"^Path = (.+)\nFolder = -\nSize = (\d+)", seven, re.M)}
        sizes = {path.split("/", 1)[-1] if path.startswith("GAME/") else path: size for path, size in sizes.items()}
        self.assertEqual(ours, sizes)

    def test_structures_are_listed_when_asked(self):
        self.make()
        found = self.listed("disc.iso", "--structures")
        self.assertTrue({"directory", "path table", "descriptor", "system area"} <= {s["kind"] for s in found["structures"]})
        self.assertIn("path table, type L (Joliet", self.pressmark("files", "disc.iso", "--structures").stdout)

    def test_damage_from_the_map_beside(self):
        image = self.make()
        place = self.places()["a/data.bin"]
        self.write_map("disc.map", len(image) // SECTOR, [(place + 3, place + 4), (place + 24, place + 24)])
        damage = self.listed("disc.iso", "--damaged", expect=1)["damage"]
        lost_at_end = 50_000 - 24 * SECTOR
        self.assertEqual(damage["files"], [{"path": "a/data.bin", "bytes": 50_000, "session": 1, "hit_bytes": 2 * SECTOR + lost_at_end,
                                            "hit_sectors": 3, "first_hit_byte": 3 * SECTOR}])
        self.assertEqual([(p["sector"], p["sectors"], p["offset"], p["bytes"]) for p in damage["parts"]],
                         [(place + 3, 2, 3 * SECTOR, 2 * SECTOR), (place + 24, 1, 24 * SECTOR, lost_at_end)])
        text = self.pressmark("files", "disc.iso", "--damaged", expect=1).stdout
        self.assertIn("1 of 65 files", text)
        self.assertIn("a/data.bin", text)

    def test_a_rip_without_its_map_is_judged_by_its_record(self):
        self.pressmark("rip", "sim:demo", "-o", "demo", "--quiet", expect=1)
        by_map = self.listed("demo.iso", "--damaged", expect=1)["damage"]
        (self.folder / "demo.map").unlink()
        by_record = self.listed("demo.iso", "--damaged", expect=1)["damage"]
        self.assertIn("demo.rip.json", by_record.pop("evidence"))
        by_map.pop("evidence")
        self.assertEqual(by_record, by_map)
        for text in ("{}", "[", '{"schema":"pressmark-rip"}', "[" * 100_000,
                     '{"schema":"pressmark-rip","image":{"range":{"lba":0,"sectors":9}},"grades":{"untried":{"ranges":[{"lba":1e300,"sectors":3}]}}}'):
            (self.folder / "demo.rip.json").write_text(text)
            self.assertIn("record", self.pressmark("files", "demo.iso", "--damaged", expect=3).stderr)

    def test_a_map_of_another_name(self):
        image = self.make()
        self.write_map("elsewhere", len(image) // SECTOR, [(self.places()["hello.txt"],) * 2])
        damage = self.listed("disc.iso", "--damaged", "--map", "elsewhere", expect=1)["damage"]
        self.assertEqual([f["path"] for f in damage["files"]], ["hello.txt"])
        self.pressmark("files", "disc.iso", "--damaged", "--map", "nowhere", expect=3)

    def test_damage_that_hits_nobody_is_good_news(self):
        image = self.make()
        self.write_map("disc.map", len(image) // SECTOR, [(len(image) // SECTOR - 2, len(image) // SECTOR - 1)])
        done = self.pressmark("files", "disc.iso", "--damaged")
        self.assertIn("No file is hit", done.stdout)
        self.assertIn("padding", done.stdout)

    def test_a_bad_directory_is_told_and_what_it_lists_is_lost(self):
        image = self.make("disc.iso", "-R")
        where = next(s for s in self.listed("disc.iso", "--structures")["structures"] if s["name"] == "directory of /many (Rock Ridge)")
        self.write_map("disc.map", len(image) // SECTOR, [(where["sector"],) * 2])
        found = self.listed("disc.iso", "--damaged", expect=1)
        self.assertEqual([s["name"] for s in found["damage"]["structures"]], ["directory of /many (Rock Ridge)"])
        self.assertFalse(found["damage"]["certain"])
        self.assertIn("/many", found["troubles"][0]["text"])

    def test_ranges_by_hand(self):
        image = self.make()
        place, end = self.places()["hello.txt"], len(image) // SECTOR
        damage = self.listed("disc.iso", "--range", f"{place}", "--range", f"0-16", "--range", f"{end - 1}-{end + 9}")["damage"]
        self.assertEqual([p["by"] for p in damage["parts"]], ["structure", "structure", "file", "padding", "outside"])
        self.assertTrue(damage["asked"])
        self.pressmark("files", "disc.iso", "--damaged", "--range", str(place), expect=1)
        for bad in ("x", "5-", "-5", "9-3", "1-2-3", "99999999999999999999"):
            self.pressmark("files", "disc.iso", f"--range={bad}", expect=2)

    def test_raw_sectors_are_held_to_their_codes(self):
        self.make("disc.iso", "-R")
        self.pressmark("rip", "sim:disc.iso", "-o", "copy", "--quiet")  # sound: the simulated drive makes raw sectors
        raw = bytearray()
        sectors = (self.folder / "disc.iso").read_bytes()
        for lba in range(len(sectors) // SECTOR):
            raw += raw_mode1(lba, sectors[lba * SECTOR:(lba + 1) * SECTOR])
        place = self.places()["a/data.bin"]
        raw[(place + 5) * 2352 + 100] ^= 1
        (self.folder / "disc.bin").write_bytes(raw)
        (self.folder / "disc.cue").write_text('FILE "disc.bin" BINARY\n  TRACK 01 MODE1/2352\n    INDEX 01 00:00:00\n')
        self.assertEqual({f["path"]: f["bytes"] for f in self.listed("disc.cue")["files"]}, {p: len(d) for p, d in self.tree.items()})
        damage = self.listed("disc.cue", "--damaged", expect=1)["damage"]
        self.assertEqual(damage["parts"], [{"sector": place + 5, "sectors": 1, "by": "file", "path": "a/data.bin",
                                            "offset": 5 * SECTOR, "bytes": SECTOR}])

    def test_sectors_of_form_2_are_no_damage_but_no_file_data_either(self):
        self.make("disc.iso", "-R")
        sectors = (self.folder / "disc.iso").read_bytes()
        place = self.places()["a/data.bin"]
        raw = [raw_mode2(lba, sectors[lba * SECTOR:(lba + 1) * SECTOR], form2=place <= lba < place + 4) for lba in range(len(sectors) // SECTOR)]
        broken = place + 9
        raw[broken] = raw[broken][:500] + b"!" + raw[broken][501:]
        for name, stored in (("MODE2/2352", raw), ("MODE2/2336", [sector[16:] for sector in raw])):
            with self.subTest(name):
                (self.folder / "m.bin").write_bytes(b"".join(stored))
                (self.folder / "m.cue").write_text(f'FILE "m.bin" BINARY\n  TRACK 01 {name}\n    INDEX 01 00:00:00\n')
                damage = self.listed("m.cue", "--damaged", expect=1)["damage"]
                self.assertEqual(damage["ranges"], [{"sector": broken, "sectors": 1}])
                done = self.pressmark("extract", "m.cue", "a/data.bin", "-o", "out", "--overwrite", expect=1)
                self.assertIn(f"bytes 0 to {4 * SECTOR - 1}", done.stderr)
                self.assertIn(f"bytes {9 * SECTOR} to {10 * SECTOR - 1}", done.stderr)

    def test_a_drive_is_read_through_only_when_asked(self):
        unread = json.loads(self.pressmark("files", "sim:demo", "--damaged", "--json").stdout)
        self.assertEqual(unread["damage"]["ranges"], [])
        self.assertIn("not read", unread["damage"]["evidence"])
        read = self.listed("sim:demo", "--damaged", "--read", expect=1)
        self.assertGreater(read["damage"]["sectors"], 0)
        self.pressmark("files", "sim:demo", "--read", expect=2)

    def test_sessions_of_xorriso(self):
        tool("xorriso", "-outdev", "s.iso", "-map", "tree", "/", "-commit", cwd=self.folder)
        (self.folder / "new").write_text("new")
        tool("xorriso", "-dev", "s.iso", "-map", "new", "/new.txt", "-rm", "/hello.txt", "--", "-commit", cwd=self.folder)
        found = self.listed("s.iso")
        self.assertEqual(found["sessions"], 2)
        sessions = {f["path"]: f["session"] for f in found["files"]}
        self.assertEqual((sessions["hello.txt"], sessions["new.txt"]), (1, 2))
        self.assertRegex(self.pressmark("files", "s.iso").stdout, r"hello.txt  \(session 1 only\)")
        self.pressmark("extract", "s.iso", "-o", "out")
        self.assertEqual(set(tree_of(self.folder / "out")), (set(self.tree) | {"new.txt"}) - {"hello.txt"})
        self.assertEqual(self.pressmark("cat", "s.iso", "hello.txt").stdout, "hello\n")

    def test_sessions_of_a_cue_sheet(self):
        first = self.make("first.iso", "-R")
        start = len(first) // SECTOR + 11400
        (self.folder / "more").mkdir()
        (self.folder / "more" / "new.txt").write_text("new")
        tool("genisoimage", "-quiet", "-R", "-C", f"0,{start}", "-M", "first.iso", "-o", "second.iso", "more", cwd=self.folder)
        (self.folder / "d.cue").write_text(
            'REM SESSION 01\nFILE "first.iso" BINARY\n  TRACK 01 MODE1/2048\n    INDEX 01 00:00:00\n'
            'REM SESSION 02\nFILE "second.iso" BINARY\n  TRACK 02 MODE1/2048\n    INDEX 01 00:00:00\n')
        found = self.listed("d.cue")
        self.assertEqual(found["sessions"], 2, found["views"])
        self.assertEqual({f["path"]: f["session"] for f in found["files"]},
                         {**{p: 2 for p in self.tree}, "new.txt": 2})
        self.pressmark("extract", "d.cue", "-o", "out")
        self.assertEqual(tree_of(self.folder / "out"), {**self.tree, "new.txt": b"new"})
        # The same disc in a drive.
        self.assertEqual(self.listed("sim:d.cue")["files"], found["files"])
        self.pressmark("extract", "sim:d.cue", "-o", "from-drive")
        self.assertEqual(tree_of(self.folder / "from-drive"), {**self.tree, "new.txt": b"new"})

    def test_what_is_no_file_system(self):
        (self.folder / "x.iso").write_bytes(noise(100 * SECTOR, 9))
        self.assertIn("no file system", self.pressmark("files", "x.iso").stdout)
        self.pressmark("extract", "x.iso", "-o", "out", expect=3)
        self.assertFalse((self.folder / "out").exists())
        self.pressmark("files", "absent.iso", expect=3)

    def test_a_truncated_image_says_which_files(self):
        image = self.make("disc.iso", "-R")
        cut = max(self.places().values())
        (self.folder / "cut.iso").write_bytes(image[:cut * SECTOR])
        done = self.pressmark("files", "cut.iso", "--damaged", expect=1)
        self.assertIn("does not hold whole", done.stdout)


def raw_mode1(lba, data):
    """A Mode 1 sector by ECMA-130 alone; P and Q are left zero, which nothing here asks for."""
    def bcd(value):
        return value // 10 << 4 | value % 10
    frames = lba + 150
    head = b"\0" + b"\xFF" * 10 + b"\0" + bytes((bcd(frames // 4500), bcd(frames // 75 % 60), bcd(frames % 75), 1))
    return head + data + struct.pack("<I", edc(head + data)) + bytes(8 + 276)


def edc(data):
    crc = 0
    for byte in data:
        crc = EDC_TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc


def raw_mode2(lba, data, form2):
    head = raw_mode1(lba, bytes(SECTOR))[:15] + b"\x02"
    subheader = bytes((0, 0, 0x20 if form2 else 0x08, 0)) * 2
    if form2:
        return head + subheader + (data + bytes(276)) + bytes(4)  # without an EDC, as the standard allows
    return head + subheader + data + struct.pack("<I", edc(subheader + data)) + bytes(276)


def edc_table():
    table = []
    for i in range(256):
        for _ in range(8):
            i = i >> 1 ^ (0xD8018001 if i & 1 else 0)
        table.append(i)
    return table


EDC_TABLE = edc_table()


class Extract(FilesCase):
    def test_everything_comes_out_as_it_went_in(self):
        for options in (("-R", "-J"), ("-J", "-joliet-long"), ("-D", "-udf", "-R"), ("-hfs", "-R")):
            with self.subTest(options=options):
                self.make("disc.iso", *options)
                self.pressmark("extract", "disc.iso", "-o", "out")
                out = {p: d for p, d in tree_of(self.folder / "out").items() if not p.startswith("Desktop")}
                self.assertEqual(out, self.tree)
                shutil.rmtree(self.folder / "out")

    def test_files_have_the_time_of_their_last_change(self):
        when = {path: 857_451_968 + 86_400 * number for number, path in enumerate(sorted(self.tree))}
        for path, time in when.items():
            os.utime(self.folder / "tree" / path, (1, time))
        for options in (("-l",), ("-R",), ("-J", "-udf")):
            with self.subTest(options=options):
                self.make("disc.iso", *options)
                self.pressmark("extract", "disc.iso", "-o", "out")
                found = [round((self.folder / "out" / path).stat().st_mtime) for path in tree_of(self.folder / "out")]
                self.assertEqual(sorted(found), sorted(when.values()))
                shutil.rmtree(self.folder / "out")

    def test_what_7z_and_xorriso_extract_is_the_same(self):
        self.make("disc.iso", "-R", "-udf")
        self.pressmark("extract", "disc.iso", "-o", "ours")
        tool("7z", "x", "-o7z", "disc.iso", cwd=self.folder)
        self.assertEqual(tree_of(self.folder / "ours"), tree_of(self.folder / "7z"))
        tool("xorriso", "-osirrox", "on", "-indev", "disc.iso", "-extract", "/", "xorriso", cwd=self.folder)
        self.assertEqual(tree_of(self.folder / "ours"), tree_of(self.folder / "xorriso"))

    def test_paths_folders_and_patterns(self):
        self.make()
        for words, expected in ((("a",), {"a/data.bin", "a/b/c/deep.bin"}), (("/A/DATA.BIN",), {"a/data.bin"}), (("*.bin",), {"a/data.bin", "a/b/c/deep.bin"}),
                                (("hello.txt", "a/b/"), {"hello.txt", "a/b/c/deep.bin"})):
            self.pressmark("extract", "disc.iso", *words, "-o", "out")
            self.assertEqual(set(tree_of(self.folder / "out")), expected)
            shutil.rmtree(self.folder / "out")
        done = self.pressmark("extract", "disc.iso", "hello.txt", "absent", "-o", "out", expect=3)
        self.assertIn("'absent'", done.stderr)
        self.assertFalse((self.folder / "out").exists())

    def test_damage_is_filled_and_listed(self):
        image = self.make()
        place = self.places()["a/data.bin"]
        self.write_map("disc.map", len(image) // SECTOR, [(place + 3, place + 4)])
        for fill, byte in FILLS.items():
            done = self.pressmark("extract", "disc.iso", "-o", "out", "--fill", fill, "--overwrite", "--report", "report.json", expect=1)
            expected = bytearray(self.tree["a/data.bin"])
            expected[3 * SECTOR:5 * SECTOR] = byte * (2 * SECTOR)
            self.assertEqual(tree_of(self.folder / "out"), self.tree | {"a/data.bin": bytes(expected)})
            self.assertIn("a/data.bin: DAMAGED", done.stderr)
            self.assertIn(f"bytes {3 * SECTOR} to {5 * SECTOR - 1}, from sector {place + 3}", done.stderr)
            report = json.loads(self.read("report.json"))
            self.assertEqual(report["lost_bytes"], 2 * SECTOR)
            self.assertEqual(report["remarks"], [{"path": "a/data.bin", "written": True,
                                                  "lost": [{"offset": 3 * SECTOR, "bytes": 2 * SECTOR, "sector": place + 3}]}])
        done = run("cat", "disc.iso", "a/data.bin", cwd=self.folder, errors="surrogateescape")
        self.assertEqual(done.returncode, 1)
        self.assertIn("DAMAGED", done.stderr)

    def test_cat_gives_the_bytes(self):
        self.make()
        done = subprocess.run([PRESSMARK, "cat", "disc.iso", "a/data.bin"], cwd=self.folder, capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (0, self.tree["a/data.bin"]))
        self.pressmark("cat", "disc.iso", "absent", expect=3)
        self.pressmark("cat", "disc.iso", "many", expect=2)

    def test_nothing_is_replaced_unasked(self):
        self.make()
        (self.folder / "out").mkdir()
        (self.folder / "out" / "hello.txt").write_text("mine")
        done = self.pressmark("extract", "disc.iso", "-o", "out", expect=3)
        self.assertIn("hello.txt: NOT WRITTEN", done.stderr)
        self.assertEqual(tree_of(self.folder / "out"), self.tree | {"hello.txt": b"mine"})
        self.pressmark("extract", "disc.iso", "-o", "out", "--overwrite")
        self.assertEqual(tree_of(self.folder / "out"), self.tree)

    def test_links_that_lie_there_lead_nowhere(self):
        self.make()
        (self.folder / "outside").mkdir()
        (self.folder / "precious").write_text("precious")
        (self.folder / "out").mkdir()
        (self.folder / "out" / "a").symlink_to(self.folder / "outside")
        (self.folder / "out" / "hello.txt").symlink_to(self.folder / "precious")
        (self.folder / "out" / "empty.txt").symlink_to(self.folder / "outside" / "made")
        (self.folder / "out" / ".pressmark-unfinished").symlink_to(self.folder / "precious")
        done = self.pressmark("extract", "disc.iso", "-o", "out", "--overwrite", expect=3)
        self.assertEqual(os.listdir(self.folder / "outside"), [])
        self.assertEqual((self.folder / "precious").read_text(), "precious")
        self.assertIn("a/data.bin: NOT WRITTEN", done.stderr)
        self.assertEqual((self.folder / "out" / "hello.txt").read_bytes(), b"hello\n")
        self.assertFalse((self.folder / "out" / "hello.txt").is_symlink(), "the name was replaced, not what it pointed to")

    def test_links_of_the_disc_are_left_out(self):
        (self.folder / "tree" / "link").symlink_to("/etc/passwd")
        (self.folder / "tree" / "up").symlink_to("..")
        self.make("disc.iso", "-R")
        done = self.pressmark("extract", "disc.iso", "-o", "out")
        self.assertIn("2 symbolic links left out", done.stderr)
        self.assertEqual(tree_of(self.folder / "out"), self.tree)
        self.assertFalse((self.folder / "out" / "link").is_symlink())

    def test_hard_links_come_out_under_every_name(self):
        os.link(self.folder / "tree" / "a" / "data.bin", self.folder / "tree" / "again.bin")
        self.make("disc.iso", "-R", "-cache-inodes")
        self.pressmark("extract", "disc.iso", "-o", "out", "--limit", "1G")
        self.assertEqual(tree_of(self.folder / "out"), self.tree | {"again.bin": self.tree["a/data.bin"]})

    def test_more_than_the_image_holds_is_refused(self):
        image = bytearray(self.make("disc.iso", "-R"))
        at = image.index(b"HELLO.TXT;1") - 33  # the record that holds this name
        image[at + 10:at + 18] = struct.pack("<I", 0xFFFFF000) + struct.pack(">I", 0xFFFFF000)
        (self.folder / "bad.iso").write_bytes(image)
        done = self.pressmark("extract", "bad.iso", "-o", "out", expect=2)
        self.assertIn("--limit", done.stderr)
        self.assertEqual(os.listdir(self.folder / "out"), [])
        self.pressmark("cat", "bad.iso", "hello.txt", expect=2)
        for limit in ("lots", "-1", "1G", "999999999999999999999T"):
            self.pressmark("extract", "bad.iso", "-o", "out", f"--limit={limit}", expect=2)

    def test_what_does_not_fit_is_refused_before_the_first_file(self):
        count = shutil.disk_usage(self.folder).free // 0xFFFFF000 + 2
        if count > 20_000:
            self.skipTest("a disk of so much free space is not filled by claims of ISO 9660")
        for i in range(count):
            (self.folder / "tree" / f"n{i:05}").write_bytes(noise(5, i))
        image = bytearray(self.make("disc.iso", "-R"))
        for match in re.finditer(rb"N\d{5}\.;1", bytes(image)):
            image[match.start() - 23:match.start() - 15] = struct.pack("<I", 0xFFFFF000) + struct.pack(">I", 0xFFFFF000)
        (self.folder / "bad.iso").write_bytes(image)
        done = self.pressmark("extract", "bad.iso", "-o", "out", "--limit", "9000T", expect=3)
        self.assertIn("there is room for", done.stderr)
        self.assertEqual(os.listdir(self.folder / "out"), [])

    def test_ctrl_c_leaves_no_partial_file(self):
        (self.folder / "tree" / "big.bin").write_bytes(noise(4_000_000, 5) * 60)
        self.make("disc.iso", "-R")
        process = subprocess.Popen([PRESSMARK, "extract", "disc.iso", "-o", "out", "-q"], cwd=self.folder, stderr=subprocess.PIPE, text=True)
        partial = self.folder / "out" / ".pressmark-unfinished"
        for _ in range(20_000):
            if partial.exists() and partial.stat().st_size > 1_000_000 or process.poll() is not None:
                break
            time.sleep(0.0005)
        process.send_signal(signal.SIGINT)
        _, text = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 4, text)
        out = tree_of(self.folder / "out")
        self.assertNotIn("big.bin", out)
        self.assertEqual(out, {path: self.tree[path] for path in out}, "what has its name is whole")

    def test_two_at_once_do_not_meet(self):
        import fcntl
        self.make()
        (self.folder / "out").mkdir()
        held = os.open(self.folder / "out", os.O_RDONLY)
        self.addCleanup(os.close, held)
        fcntl.flock(held, fcntl.LOCK_EX)
        self.pressmark("extract", "disc.iso", "-o", "out", expect=3)
        self.assertEqual(os.listdir(self.folder / "out"), [])

    def test_a_full_disk_is_said_and_leaves_no_partial_file(self):
        self.make("disc.iso", "-R")

        def small():
            import resource
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        done = run("extract", "disc.iso", "-o", "out", cwd=self.folder, preexec_fn=small)
        self.assertEqual(done.returncode, 3, done.stderr)
        out = tree_of(self.folder / "out")
        self.assertNotIn("a/data.bin", out)
        self.assertNotIn(".pressmark-unfinished", [p.split("/")[-1] for p in out])


if __name__ == "__main__":
    unittest.main()
