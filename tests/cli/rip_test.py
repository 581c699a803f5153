#!/usr/bin/env python3
"""pressmark rip as its user meets it."""
import hashlib
import json
import os
import random
import re
import resource
import signal
import subprocess
import time
import unittest
import zlib

from command import PRESSMARK, SECTOR, Case, run


class Rip(Case):
    def test_a_sound_image_comes_back_byte_for_byte(self):
        truth = self.image("truth.iso", 1500)
        done = self.pressmark("rip", "truth.iso", "-o", "out")
        self.assertEqual(self.read("out.iso"), truth)
        self.assertEqual(sorted(os.listdir(self.folder)), ["out.iso", "out.log", "out.map", "out.rip.json", "truth.iso"])
        record = self.record()
        self.assertTrue(record["complete"])
        self.assertEqual(record["grades"]["proven"]["sectors"], 1500)
        self.assertEqual(record["digests"]["md5"], hashlib.md5(truth).hexdigest())
        self.assertEqual(record["digests"]["sha1"], hashlib.sha1(truth).hexdigest())
        self.assertEqual(record["digests"]["sha256"], hashlib.sha256(truth).hexdigest())
        self.assertEqual(record["digests"]["crc32"], f"{zlib.crc32(truth):08x}")
        self.assertIn(record["digests"]["sha256"], done.stdout)

    def test_the_demo_disc_loses_its_dead_sectors_and_no_other(self):
        truth_run = self.pressmark("sim", "show", "demo", "--truth", "truth.iso", "--ranges")
        dead = [range(int(a), int(b) + 1) for a, b in re.findall(r"LBA (\d+)-(\d+)  dead", truth_run.stdout)]
        self.assertTrue(dead)
        self.pressmark("rip", "sim:demo", "-o", "out", expect=1)
        truth, image = bytearray(self.read("truth.iso")), self.read("out.iso")
        listed = [range(r["lba"], r["lba"] + r["sectors"]) for r in self.record()["grades"]["unreadable"]["ranges"]]
        self.assertEqual(listed, dead)
        for sectors in dead:
            truth[sectors.start * SECTOR:sectors.stop * SECTOR] = b"\x55" * (len(sectors) * SECTOR)
        self.assertEqual(image, bytes(truth))
        for failure in self.record()["failures"]:
            self.assertRegex(failure["last"], r"^03/11/05")

    def test_a_real_iso_9660_tree_can_be_read_from_the_image(self):
        self.pressmark("rip", "sim:demo", "-o", "out", expect=1)
        listing = subprocess.run(["xorriso", "-indev", "out.iso", "-find", "/"], cwd=self.folder, capture_output=True, text=True)
        self.assertIn("README", listing.stdout.upper())

    def test_names_that_hurt(self):
        self.image("ein träger tag.iso", 300)
        name = "a b'c\"d\\e\nf é"
        self.pressmark("rip", "ein träger tag.iso", "-o", name)
        self.assertEqual(self.read(name + ".iso"), self.read("ein träger tag.iso"))
        json.loads((self.folder / (name + ".rip.json")).read_text())

    def test_what_cannot_be_opened_is_said(self):
        for source, words in (("missing.iso", "missing.iso"), ("sim:nosuch", "demo"), ("/dev/nosuch", "/dev/nosuch"),
                              ("sim:missing.json", "missing.json"), ("replay:missing", "missing")):
            done = self.pressmark("rip", source, "-o", "out", expect=3)
            self.assertIn(words, done.stderr)
            self.assertTrue(done.stderr.startswith("pressmark: could not "), done.stderr)
        self.pressmark("rip", "sim:demo", "-o", "no/such/folder/out", expect=3)
        self.pressmark("rip", str(self.folder), "-o", "out", expect=2)
        self.assertEqual(os.listdir(self.folder), [])

    def test_files_in_the_way_are_kept(self):
        self.image("truth.iso", 300)
        (self.folder / "out.iso").write_text("precious")
        done = self.pressmark("rip", "truth.iso", "-o", "out", expect=2)
        self.assertIn("--overwrite", done.stderr)
        self.assertEqual(self.read("out.iso"), b"precious")
        self.pressmark("rip", "truth.iso", "-o", "out", "--overwrite")
        self.assertEqual(self.read("out.iso"), self.read("truth.iso"))

    def test_an_output_that_is_no_name_is_refused(self):
        self.image("truth.iso", 300)
        (self.folder / "folder").mkdir()
        for name in ("", ".", "folder", "folder/", "truth", "truth.iso"):
            self.pressmark("rip", "truth.iso", "-o", name, "--overwrite", expect=2)
        self.pressmark("rip", "truth.iso", "-o", "out.iso")
        self.assertTrue((self.folder / "out.iso").exists())

    def test_zeros_at_the_end_may_be_holes_and_be_confirmed(self):
        self.image("random.iso", 400)
        truth = self.read("random.iso") + bytes(400 * SECTOR)
        (self.folder / "truth.iso").write_bytes(truth)
        self.pressmark("rip", "truth.iso", "-o", "out", "--no-raw", "--confirm", "all", "--sparse")
        self.assertEqual(self.read("out.iso"), truth)
        self.assertEqual(self.record()["grades"]["agreed"]["sectors"], 800)

    def test_a_finished_rip_can_be_confirmed_later(self):
        self.image("truth.iso", 400)
        self.pressmark("rip", "truth.iso", "-o", "out", "--no-raw")
        self.assertEqual(self.record()["grades"]["drive"]["sectors"], 400)
        self.pressmark("rip", "truth.iso", "-o", "out", "--no-raw", "--confirm", "all")
        self.assertEqual(self.record()["grades"]["agreed"]["sectors"], 400)

    def test_a_drive_that_ignores_fua_does_not_make_its_cache_agree_with_itself(self):
        source = self.scenario("liar.json", disc={"kind": "dvd", "sectors": 3200}, drive={"model": "liar"}, faults=[{"fault": "stale-cache", "first": 1584, "count": 16}])
        if run("sim", "show", "liar.json", cwd=self.folder).returncode != 0:
            self.fail(run("sim", "show", "liar.json", cwd=self.folder).stderr)
        self.pressmark("sim", "show", "liar.json", "--truth", "truth.iso")
        run("rip", source, "-o", "out", "-q", "--confirm", "all", cwd=self.folder)
        truth, image = self.read("truth.iso"), self.read("out.iso")
        for r in self.record()["grades"].get("agreed", {"ranges": []})["ranges"]:
            first, end = r["lba"] * SECTOR, (r["lba"] + r["sectors"]) * SECTOR
            self.assertEqual(image[first:end], truth[first:end], "two readings of one cache were called agreed")

    def test_form_2_sectors_are_named_and_not_called_damage(self):
        header = lambda i: bytes([0] + [255] * 10 + [0]) + bytes(int(f"{v:02d}", 16) for v in ((i + 150) // 4500, (i + 150) // 75 % 60, (i + 150) % 75)) + b"\x02"
        rng = random.Random(5)
        (self.folder / "v.bin").write_bytes(b"".join(header(i) + b"\0\0\x20\0" * 2 + rng.randbytes(2324) + bytes(4) for i in range(300)))
        (self.folder / "v.cue").write_text('FILE "v.bin" BINARY\n  TRACK 01 MODE2/2352\n    INDEX 01 00:00:00\n')
        done = self.pressmark("rip", "v.cue", "-o", "out", expect=3)
        self.assertIn("form 2", done.stderr)

    def test_json_is_one_object_a_line(self):
        done = self.pressmark("rip", "sim:demo", "-o", "out", "--json", expect=1)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        kinds = {event["event"] for event in events}
        self.assertLessEqual({"begun", "phase", "progress", "failed", "recovered", "committed"}, kinds)
        self.assertEqual(events[-1]["event"], "finished")
        self.assertEqual(events[-1]["digests"], self.record()["digests"])
        failed = next(event for event in events if event["event"] == "failed")
        self.assertEqual(failed["sense"]["text"], "03/11/05")

    def test_digests_on_request(self):
        truth = self.image("truth.iso", 300)
        self.pressmark("rip", "truth.iso", "-o", "out", "--digests", "sha512,blake2b")
        self.assertEqual(self.record()["digests"], {"sha512": hashlib.sha512(truth).hexdigest(), "blake2b": hashlib.blake2b(truth).hexdigest()})

    def test_audio_discs_are_named_and_a_data_track_can_be_picked(self):
        rng = random.Random(3)
        data = self.image("track1.iso", 600)
        (self.folder / "track2.bin").write_bytes(rng.randbytes(400 * 2352))
        (self.folder / "mixed.cue").write_text('FILE "track1.iso" BINARY\n  TRACK 01 MODE1/2048\n    INDEX 01 00:00:00\n'
                                               'FILE "track2.bin" BINARY\n  TRACK 02 AUDIO\n    PREGAP 00:02:00\n    INDEX 01 00:00:00\n')
        done = self.pressmark("rip", "mixed.cue", "-o", "out", expect=2)
        self.assertIn("audio", done.stderr)
        self.assertIn("--track 1", done.stderr)
        self.pressmark("rip", "mixed.cue", "-o", "out", "--track", "2", expect=2)
        self.pressmark("rip", "mixed.cue", "-o", "out", "--track", "1")
        self.assertEqual(self.read("out.iso"), data)


class FilesFirst(Case):
    """An image by genisoimage: a large file, and behind it in address a small one in a folder of its own."""
    def setUp(self):
        super().setUp()
        rng = random.Random(3)
        (self.folder / "tree/zzz").mkdir(parents=True)
        (self.folder / "tree/aaa.bin").write_bytes(rng.randbytes(40_000_000))
        self.saves = rng.randbytes(200_000)
        (self.folder / "tree/zzz/saves.dat").write_bytes(self.saves)
        subprocess.run(["genisoimage", "-quiet", "-R", "-J", "-o", "tree.iso", "tree"], cwd=self.folder, check=True)

    def disc(self, **damage):
        # At the inner edge a DVD has 8 mm of 40 MB in less than a tenth of a millimetre: blocks are named, not drawn.
        return self.scenario("s.json", disc={"image": "tree.iso", "kind": "dvd"}, **damage)

    def rip(self, *options, expect):
        done = self.pressmark("rip", self.disc(faults=[{"fault": "dead", "first": 1600 + 320 * i, "count": 16} for i in range(40)]),
                              "-o", "out", "--overwrite", "--json", *options, expect=expect)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_a_wanted_file_is_whole_long_before_the_disc_is(self):
        plain = self.rip(expect=1)
        first = self.rip("--want", "saves.dat", expect=1)
        found = next(event for event in first if event["event"] == "files")
        self.assertEqual((found["files"], found["wanted"], found["troubles"]), (2, 1, 0))
        self.assertEqual(found["views"], ["ISO 9660, Rock Ridge", "Joliet level 3"])
        # Virtual seconds: until the others begin here, until the first sweep has been over the whole disc there.
        begun = next(event["at"] for event in first if event["event"] == "begun")
        wanted = next(event["at"] for event in first if event.get("part") == "other files")
        swept = next(event["at"] for event in plain if event["event"] == "phase" and event["phase"] != "stream")
        self.assertLess((wanted - begun) * 5, swept - begun)
        files = self.record()["files"]
        self.assertEqual((files["whole"], files["hit"], files["wanted_whole"]), (1, 1, 1))
        self.assertEqual([(file["path"], file["unreadable"]) for file in files["hit_files"]], [("aaa.bin", 640)])

    def test_both_orders_make_the_same_image(self):
        self.pressmark("rip", self.disc(), "-o", "out", "--files-first")
        self.assertEqual(self.read("out.iso"), self.read("tree.iso"))

    def test_what_is_hit_is_said(self):
        done = self.pressmark("rip", self.disc(faults=[{"fault": "dead", "first": 2000, "count": 16}]), "-o", "out",
                              "--want", "ZZZ/", "--want", "nothing*", expect=1)
        self.assertIn("files      1 of 2 whole; of those wanted 1 of 1", done.stdout)
        self.assertRegex(done.stdout, r"aaa\.bin: 16 of \d+ sectors unreadable")
        self.assertIn("warning: no file on the disc is 'nothing*'", done.stderr)
        self.assertIn("streaming wanted files", done.stderr)

    def test_a_disc_without_files_is_read_all_the_same(self):
        truth = self.image("truth.iso", 300)
        done = self.pressmark("rip", "truth.iso", "-o", "out", "--files-first")
        self.assertEqual(self.read("out.iso"), truth)
        self.assertIn("no file system that is known here", done.stderr)
        self.assertNotIn("files", self.record())


class Resume(Case):
    def rip_until(self, stop, source, *more):
        """Starts a rip and hands its process to `stop`; returns its exit status."""
        process = subprocess.Popen([PRESSMARK, "rip", source, "-o", "out", "-q", *more], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            stop(process)
            return process.wait(60)
        finally:
            process.kill()
            process.wait()

    def once_under_way(self, how):
        """Sends a signal when some megabytes of the image are written: never before the program is ready for it."""
        def stop(process):
            part = self.folder / "out.iso.part"
            begun = part.stat().st_size if part.exists() else 0
            while process.poll() is None and not (part.exists() and part.stat().st_size > begun + 4_000_000):
                time.sleep(0.005)
            process.send_signal(how)
        return stop

    def test_killed_at_random_instants_it_ends_with_the_same_image(self):
        truth = self.image("truth.iso", 60_000)  # 120 MB: about half a second of work
        rng = random.Random(11)
        for _ in range(12):
            status = self.rip_until(lambda p: (time.sleep(rng.uniform(0.0, 0.6)), p.send_signal(signal.SIGKILL)), "truth.iso")
            self.assertIn(status, (-signal.SIGKILL, 0))
            self.check_map(truth)
        self.pressmark("rip", "truth.iso", "-o", "out", "-q")
        self.assertEqual(self.read("out.iso"), truth)
        self.assertEqual(self.record()["digests"]["sha1"], hashlib.sha1(truth).hexdigest())

    def check_map(self, truth):
        """Every area that the map calls good stands in the image as it is on the disc."""
        if not (self.folder / "out.map").exists():
            return
        image = self.read("out.iso.part" if (self.folder / "out.iso.part").exists() else "out.iso")
        for line in self.read("out.map").decode().splitlines():
            area = re.match(r"(0x\w+)\s+(0x\w+)\s+\+$", line)
            if area:
                first, size = int(area[1], 16), int(area[2], 16)
                self.assertEqual(image[first:first + size], truth[first:first + size])

    def test_ctrl_c_and_sigterm_keep_what_was_read(self):
        truth = self.image("truth.iso", 150_000)  # 300 MB: over a second of work
        for how in (signal.SIGINT, signal.SIGTERM):
            status = self.rip_until(self.once_under_way(how), "truth.iso")
            self.assertEqual(status, 4)
            self.assertTrue((self.folder / "out.map").exists())
            self.assertFalse((self.folder / "out.lock").exists())
            self.check_map(truth)
        self.pressmark("rip", "truth.iso", "-o", "out", "-q")
        self.assertEqual(self.read("out.iso"), truth)

    def test_another_disc_is_refused_before_anything_changes(self):
        self.image("one.iso", 150_000, seed=1)
        self.image("two.iso", 150_000, seed=2)
        self.assertEqual(self.rip_until(self.once_under_way(signal.SIGINT), "one.iso"), 4)
        before = {name: hashlib.sha1(self.read(name)).digest() for name in ("out.iso.part", "out.map")}
        done = self.pressmark("rip", "two.iso", "-o", "out", expect=3)
        self.assertIn("another disc", done.stderr)
        self.assertEqual({name: hashlib.sha1(self.read(name)).digest() for name in before}, before)

    def test_a_file_size_limit_is_a_full_disk(self):
        truth = self.image("truth.iso", 3000)
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
        done = self.pressmark("rip", "truth.iso", "-o", "out", expect=3, preexec_fn=limit)
        self.assertIn("out.iso.part", done.stderr)
        self.pressmark("rip", "truth.iso", "-o", "out")
        self.assertEqual(self.read("out.iso"), truth)

    def test_areas_set_back_to_untried_are_read_again(self):
        truth = self.image("truth.iso", 600)
        self.pressmark("rip", "truth.iso", "-o", "out", "-q")
        image = bytearray(truth)
        image[100 * SECTOR:200 * SECTOR] = bytes(100 * SECTOR)
        (self.folder / "out.iso").write_bytes(image)
        text = self.read("out.map").decode()
        areas = "".join(f"{at * SECTOR} {count * SECTOR} {status}\n" for at, count, status in ((0, 100, "+"), (100, 100, "?"), (200, 400, "+")))
        (self.folder / "out.map").write_text(re.sub(r"^0x\w+  0x\w+  \+\n", areas, text, flags=re.M))
        self.pressmark("rip", "truth.iso", "-o", "out", "-q")
        self.assertEqual(self.read("out.iso"), truth)

    def test_a_log_tells_of_every_run(self):
        for _ in range(2):
            self.pressmark("rip", "sim:demo", "-o", "out", "-q", expect=1)
        self.assertEqual(self.read("out.log").decode().count("rip sim:demo -o out"), 2)

    def test_two_runs_on_the_same_files_do_not_meet(self):
        self.image("truth.iso", 150_000)
        first = subprocess.Popen([PRESSMARK, "rip", "truth.iso", "-o", "out", "-q"], cwd=self.folder, stdout=subprocess.DEVNULL)
        try:
            for _ in range(200):
                if (self.folder / "out.iso.part").exists():
                    break
                time.sleep(0.01)
            done = self.pressmark("rip", "truth.iso", "-o", "out", expect=3)
            self.assertIn("another process", done.stderr)
        finally:
            first.wait(60)
        self.assertEqual(first.returncode, 0)

    def test_data_is_synced_before_the_map_is_renamed(self):
        self.image("truth.iso", 3000)
        trace = self.folder / "trace"
        subprocess.run(["strace", "-f", "-y", "-e", "trace=pwrite64,fdatasync,fsync,rename,renameat,renameat2", "-o", trace, PRESSMARK, "rip", "truth.iso", "-o", "out", "-q"],
                       cwd=self.folder, check=True, capture_output=True, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})  # no leak check under ptrace
        dirty, map_synced, renames = False, False, []
        for line in trace.read_text().splitlines():
            if "pwrite64" in line and "out.iso.part>" in line:
                dirty = True
            elif "fdatasync" in line and "out.iso.part>" in line:
                dirty = False
            elif "fdatasync" in line and "out.map.tmp>" in line:
                map_synced = True
            elif "rename" in line and "out.map.tmp" in line:
                self.assertFalse(dirty, "the map was renamed over data that was not synced")
                self.assertTrue(map_synced)
                map_synced = False
                renames.append("map")
            elif "rename" in line and "out.iso.part" in line:
                renames.append("image")
        self.assertIn("map", renames)
        self.assertEqual(renames[-1], "image", "the image gets its name last")

    def test_ddrescue_goes_on_from_our_map_and_we_from_its(self):
        truth = self.image("truth.iso", 2000)
        # ours first: the demo disc's holes, filled by ddrescue from the undamaged image
        self.pressmark("sim", "show", "demo", "--truth", "demo-truth.iso")
        self.pressmark("rip", "sim:demo", "-o", "demo", "-q", expect=1)
        subprocess.run(["ddrescue", "-b2048", "-r1", "demo-truth.iso", "demo.iso", "demo.map"], cwd=self.folder, check=True, capture_output=True)
        self.assertEqual(self.read("demo.iso"), self.read("demo-truth.iso"))
        # ddrescue first: half a disc, then ours
        subprocess.run(["ddrescue", "-b2048", "-s", str(1000 * SECTOR), "truth.iso", "out.iso", "out.map"], cwd=self.folder, check=True, capture_output=True)
        self.pressmark("rip", "truth.iso", "-o", "out", "-q")
        self.assertEqual(self.read("out.iso"), truth)
        self.assertTrue(self.record()["resumed"])


class Budget(Case):
    def test_a_budget_ends_a_run_and_the_same_command_continues(self):
        source = self.scenario("s.json", disc={"kind": "dvd", "sectors": 100000})
        for runs in range(1, 30):
            done = run("rip", source, "-o", "out", "--budget", "4s", "--json", cwd=self.folder)
            last = json.loads(done.stdout.splitlines()[-1])
            if done.returncode == 0:
                self.assertEqual(last["event"], "finished")
                break
            self.assertEqual(done.returncode, 4, done.stderr)
            self.assertEqual((last["event"], last["reason"]), ("stopped", "budget"))
            self.assertIn("the budget of 4 s of drive time is spent", done.stderr)
            self.assertIn("run the same command again", done.stderr)
            self.assertFalse((self.folder / "out.iso").exists())
        self.assertGreater(runs, 1)
        self.assertIn("the budget of 4 s", self.read("out.log").decode())
        self.assertEqual(self.record()["options"]["budget_seconds"], 4)

    def test_times_that_are_none(self):
        for time in ("", "4", "m", "4x", "1s2m", "-4s", "4.5s", "0s", "1m1m", "99999999h"):
            self.pressmark("rip", "sim:demo", "-o", "x", f"--budget={time}", expect=2)
        self.pressmark("rip", "sim:demo", "-o", "x", "--until", "doomsday", expect=2)

    def test_until_is_in_the_record(self):
        self.pressmark("rip", "sim:demo", "-o", "out", "--until", "proven", "--budget", "1h30m", expect=1)
        self.assertEqual(self.record()["options"]["until"], "proven")
        self.assertEqual(self.record()["options"]["budget_seconds"], 5400)


    def test_until_proven_is_not_met_by_what_read_only_once(self):
        # One read of the second pass fails.
        source = self.scenario("s.json", disc={"kind": "dvd", "sectors": 3000}, drive={"model": "sound-modern", "honours_fua": True},
                               faults=[{"fault": "sense", "key": 3, "asc": 0x11, "ascq": 5, "when": {"command": 150}, "times": 1}])
        self.pressmark("rip", source, "-o", "out", "--until", "proven", expect=1)
        self.assertTrue(self.record()["complete"])
        grades = self.record()["grades"]
        self.assertEqual(grades["drive"]["sectors"] + grades["agreed"]["sectors"], 3000)
        self.pressmark("rip", source, "-o", "out", "--until", "proven")


class Survival(Case):
    DVD = {"kind": "dvd", "sectors": 20000}

    def test_a_drive_that_comes_back_is_gone_on_with(self):
        source = self.scenario("s.json", disc=self.DVD, faults=[{"fault": "pulled-cable", "when": {"lba": 9000}, "returns_after_s": 30}])
        done = self.pressmark("rip", source, "-o", "out")
        self.assertIn("went away", done.stderr)
        self.assertIn("the drive is back, with the same disc", self.read("out.log").decode())
        self.assertTrue(self.record()["complete"])

    def test_a_drive_that_does_not_is_parked_and_the_rip_continues(self):
        source = self.scenario("s.json", disc=self.DVD, faults=[{"fault": "pulled-cable", "when": {"lba": 9000}, "returns_after_s": 600}])
        done = self.pressmark("rip", source, "-o", "out", "--wait-for-drive", "1m30s", expect=3)
        self.assertIn("not back with its disc within 90 s", done.stderr)
        self.assertIn("run the same command again to continue", done.stderr)
        self.assertFalse((self.folder / "out.iso").exists())
        self.scenario("s.json", disc=self.DVD)
        self.pressmark("rip", source, "-o", "out")
        self.assertTrue(self.record()["complete"])

    def test_places_that_hang_the_drive_cost_only_themselves(self):
        faults = [{"fault": "hang", "first": first, "count": 16, "times": 0} for first in range(1600, 16000, 1600)]
        source = self.scenario("s.json", disc=self.DVD, faults=faults)
        self.pressmark("rip", source, "-o", "out", "--retries", "0", expect=1)
        self.assertEqual(self.record()["grades"]["unreadable"]["sectors"], 16 * len(faults))

    def test_a_recorded_session_goes_on_when_the_drive_comes_back(self):
        source = self.scenario("s.json", disc=self.DVD, faults=[{"fault": "pulled-cable", "when": {"lba": 9000}, "returns_after_s": 30}])
        self.pressmark("rip", source, "-o", "out", "--record", "session.jsonl")
        lines = self.read("session.jsonl").decode().splitlines()
        gone = next(i for i, line in enumerate(lines) if "device_gone" in line)
        self.assertGreater(len(lines), gone + 300, "what came after the drive was back")

    def test_a_part_file_without_a_map_is_kept(self):
        (self.folder / "out.iso.part").write_bytes(b"precious")
        done = self.pressmark("rip", "sim:demo", "-o", "out", expect=2)
        self.assertIn("no map beside it", done.stderr)
        self.assertEqual(self.read("out.iso.part"), b"precious")


if __name__ == "__main__":
    unittest.main(verbosity=1)
