"""What commands change: exported, backed up, deleted, brought back, quarantined, followed."""

import json
import os
import re
import signal
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

import duckdb

import builders as make
from echoline.config import LimitsConfig
from echoline.pipeline.quarantine import Quarantine
from echoline_process import Started, command, environment
from surfaces.cli.commands.conftest import Ask


def _send(shop: Started, body: bytes) -> None:
    headers = {"Content-Type": "application/x-protobuf"}
    urllib.request.urlopen(urllib.request.Request(f"{shop.url('http')}/v1/logs", body, headers), timeout=30).close()


def test_exported_files_have_every_row(ask: Ask, tmp_path: Path) -> None:
    told = ask("export", str(tmp_path / "out"), "--signal", "traces", "--json")
    assert (told.code, told.err) == (0, "")
    files = told.json["items"]
    rows = sum(each["rows"] for each in files)
    assert rows == ask("health", "--json").json["stored"]["spans"]
    found = duckdb.sql(f"SELECT count(*) FROM read_parquet('{tmp_path}/out/traces/*.parquet')").fetchall()
    assert found == [(rows,)]
    assert {each["file"] for each in files} == {str(path) for path in (tmp_path / "out").rglob("*.parquet")}


def test_what_was_backed_up_and_deleted_comes_back(ask: Ask, tmp_path: Path) -> None:
    before = ask("health", "--json").json["stored"]
    assert ask("backup", str(tmp_path / "copy"), "--json").json["stored"]["spans"] == before["spans"]
    gone = ask("delete", "--service", "backoffice", "--yes")
    assert gone.code == 0
    assert re.fullmatch(r"deleted [\d,]+ spans, [\d,]+ log records, [\d,]+ metric points\n", gone.out)
    assert [each["service"] for each in ask("services", "--json").json["items"]] == ["shop"]
    refused = ask("restore", str(tmp_path / "copy"))
    assert refused.code == 2
    back = ask("restore", str(tmp_path / "copy"), "--replace")
    assert back.code == 0, back.err
    assert "are back, from the backup made" in back.out
    assert ask("health", "--json").json["stored"] == before


def test_a_request_in_quarantine_is_listed_saved_and_purged(shop: Started, ask: Ask, tmp_path: Path) -> None:
    kept = Quarantine(Path(shop.ready["data_dir"], "quarantine"), LimitsConfig())
    kept.put(make.request(b"no OTLP"), "malformed", "no OTLP traces request")
    (listed,) = ask("quarantine", "list", "--json").json["items"]
    assert (listed["reason"], listed["size_bytes"]) == ("malformed", 7)
    assert "no OTLP traces request" in ask("quarantine", "list").out
    assert ask("quarantine", "show", listed["id"], "-o", str(tmp_path / "body")).code == 0
    assert (tmp_path / "body").read_bytes() == b"no OTLP"
    assert ask("quarantine", "purge", listed["id"]).out == "1 request deleted\n"
    assert ask("quarantine", "list").out == "Nothing is in quarantine: every request could be decoded.\n"


def test_logs_are_followed_as_they_come_in(shop: Started, ask: Ask) -> None:
    following = command("logs", "--follow", "--json", "--url", shop.url("api"), "--service", "tail")
    with subprocess.Popen(following, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        assert b"following; Ctrl-C ends it" in process.stderr.readline()
        ended = threading.Event()

        def send() -> None:
            """Again and again: nobody says from when on the server tells of new records."""
            while not ended.wait(0.2):
                _send(shop, make.logs(make.log("hello", time_ns=time.time_ns()), service="tail"))

        sender = threading.Thread(target=send)
        sender.start()
        record = json.loads(process.stdout.readline())
        ended.set()
        sender.join()
        assert (record["body"], record["service"]) == ("hello", "tail")
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(20) == 0
    assert ask("delete", "--service", "tail", "--yes").code == 0
