#!/usr/bin/env python3
"""Holds what identify and catalog print with --json against docs/identify.schema.json, and a rip's record against its own schema.

    identify.py PRESSMARK IDENTIFY_SCHEMA RECORD_SCHEMA
"""

import copy
import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import zlib

import jsonschema

from closing import closed


def opened(schema):
    """The same, but for definitions that others are made of: those are closed where they are used."""
    result = closed(schema)
    for name in ("identification", "header"):
        result["$defs"][name].pop("additionalProperties", None)
    result["$defs"]["dat"].pop("unevaluatedProperties", None)
    result.pop("unevaluatedProperties", None)
    return result


class Folder:
    def __init__(self, pressmark, folder):
        self.pressmark, self.folder = pressmark, pathlib.Path(folder)

    def run(self, *args, expect=0):
        done = subprocess.run([self.pressmark, *args], cwd=self.folder, capture_output=True, text=True,
                              env=dict(os.environ, XDG_DATA_HOME=str(self.folder)))
        assert done.returncode == expect, f"{args}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def json(self, *args, expect=0):
        return json.loads(self.run(*args, "--json", expect=expect))


def dat(name, data):
    return (f'<datafile><header><name>Discs</name><version>1</version></header><game name="G" serial="S">'
            f'<rom name="{name}" size="{len(data)}" crc="{zlib.crc32(data):08x}" sha1="{hashlib.sha1(data).hexdigest()}" '
            f'status="verified" serial="R"/><rom name="b.cue" size="1"/></game></datafile>')


def main(pressmark, identify_schema, record_schema):
    schema = json.loads(pathlib.Path(identify_schema).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(opened(schema))
    record_validator = jsonschema.Draft202012Validator(json.loads(pathlib.Path(record_schema).read_text(encoding="utf-8")))
    with tempfile.TemporaryDirectory() as name:
        here = Folder(pressmark, name)
        data = random.Random(1).randbytes(20 * 2048)
        (here.folder / "a.iso").write_bytes(data)
        (here.folder / "a.dat").write_text(dat("a.iso", data))
        answers = [here.json("catalog", "import", "a.dat"), here.json("catalog", "import", "a.dat"), here.json("catalog", "list"),
                   here.json("catalog", "search", "g"), here.json("identify", "a.iso"), here.json("identify", "sim:demo", expect=1)]
        (here.folder / "a.iso").write_bytes(bytes(len(data)))
        answers.append(here.json("identify", "a.iso", expect=1))
        answers.append(here.json("catalog", "remove", "Discs"))
        here.run("catalog", "import", "a.dat")
        here.run("rip", "sim:demo", "-o", "demo", "-q", "--identify", expect=1)
        record = json.loads((here.folder / "demo.rip.json").read_text())
    for answer in answers:
        validator.validate(answer)
    assert "replaced" in answers[1]["dats"][0] and answers[4]["recognition"] == "full" and answers[6]["recognition"] == "wrong-hash"
    record_validator.validate(record)
    identified = dict(schema="pressmark-identify", schema_version=1, **record["identification"])
    validator.validate(identified)
    for change in (lambda a: a.update(recognition="maybe"), lambda a: a["games"][0].pop("dat"), lambda a: a["by_size"].update(games=-1),
                   lambda a: a["games"][0]["track_list"][0].update(answer="fine"), lambda a: a.update(more=1)):
        spoiled = copy.deepcopy(answers[4])
        change(spoiled)
        assert not validator.is_valid(spoiled), f"the schema takes {spoiled}"
    print("identify and catalog are as docs/identify.schema.json says")


if __name__ == "__main__":
    main(*sys.argv[1:])
