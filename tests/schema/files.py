#!/usr/bin/env python3
"""Holds what `files --json` and `extract --report` write of a damaged disc against docs/files.schema.json.

    files.py PRESSMARK SCHEMA
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

from rip_record import closed, must_refuse


def run(*command, folder, expect):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == expect, f"{command}: exit status {done.returncode}, not {expect}\n{done.stderr}"
    return done.stdout


def documents(pressmark, folder):
    """The same disc in every form: a list, structures too, damage by the map, a question, an extraction."""
    run(pressmark, "rip", "sim:demo", "-o", "demo", "--quiet", folder=folder, expect=1)
    files = [pressmark, "files", "demo.iso", "--json"]
    yield "list", json.loads(run(*files, folder=folder, expect=0))
    yield "structures", json.loads(run(*files, "--structures", folder=folder, expect=0))
    yield "damaged", json.loads(run(*files, "--damaged", folder=folder, expect=1))
    yield "asked", json.loads(run(*files, "--range", "0-7000", folder=folder, expect=0))
    run(pressmark, "extract", "demo.iso", "-o", "out", "--report", "report.json", "-q", folder=folder, expect=1)
    yield "extract", json.loads((pathlib.Path(folder) / "report.json").read_text(encoding="utf-8"))
    run(pressmark, "extract", "demo.iso", "-o", "out", "--report", "report.json", "-q", folder=folder, expect=3)
    yield "not written", json.loads((pathlib.Path(folder) / "report.json").read_text(encoding="utf-8"))


def main(pressmark, schema_path):
    schema = json.loads(pathlib.Path(schema_path).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(closed(schema))
    with tempfile.TemporaryDirectory() as folder:
        found = dict(documents(pressmark, folder))
    for what, document in found.items():
        # Every form by itself: the errors of a oneOf tell nothing.
        form = {"list": "list", "structures": "list", "damaged": "damaged", "asked": "damaged"}.get(what, "extract")
        one = jsonschema.Draft202012Validator({**closed(schema["$defs"][form]), "$defs": closed(schema)["$defs"]})
        for error in one.iter_errors(document):
            sys.exit(f"{what}: {'/'.join(map(str, error.absolute_path))}: {error.message}")
        assert validator.is_valid(document), f"{what}: more than one form of the schema takes it"
    damage = found["damaged"]["damage"]
    assert damage["files"] and damage["parts"] and sum(r["sectors"] for r in damage["ranges"]) == damage["sectors"]
    assert {p["by"] for p in found["asked"]["damage"]["parts"]} >= {"file", "structure", "outside"}
    assert found["extract"]["remarks"][0]["lost"] and not found["not written"]["remarks"][0]["written"]
    must_refuse(validator, found["list"], lambda r: r.pop("files"), "no files")
    must_refuse(validator, found["damaged"], lambda r: r["damage"]["parts"][0].pop("path"), "a file's part without its path")
    must_refuse(validator, found["damaged"], lambda r: r["damage"].pop("certain"), "no word on how sure it is")
    must_refuse(validator, found["extract"], lambda r: r.update(surprise=1), "a member nobody documented")
    print(f"files: {len(found)} documents follow the schema")


if __name__ == "__main__":
    main(*sys.argv[1:])
