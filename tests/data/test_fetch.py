"""Downloads from a server that cuts connections, lies, sends wrong bytes and forgets files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
import zlib
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.registry import _registry as known_filesystems
from typer.testing import CliRunner

from lepsearch.cli import app
from lepsearch.data import fetch as fetching
from lepsearch.data.fetch import Download, adler32, fetch, state
from lepsearch.errors import FetchError

CONTENT = bytes(range(256)) * 4096  # 1 MiB


class Server(ThreadingHTTPServer):
    """Serves ``files``; ``faults`` say for each path how each request in turn goes wrong."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, list[str]] = defaultdict(list)
        self.sent: dict[str, int] = defaultdict(int)
        self.ranges: dict[str, list[str | None]] = defaultdict(list)
        self.busy = self.busiest = 0
        self.pace = 0.0  # seconds between blocks
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        server = self.server
        with server.lock:
            server.busy += 1
            server.busiest = max(server.busy, server.busiest)
            server.ranges[self.path].append(self.headers.get("Range"))
            faults = server.faults[self.path]
            fault = (faults.pop(0) if len(faults) > 1 else faults[0]) if faults else ""
        try:
            self.answer(fault)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client had enough
        finally:
            with server.lock:
                server.busy -= 1

    def answer(self, fault: str) -> None:
        content = self.server.files.get(self.path)
        if content is None or fault == "404":
            self.send_error(404)
            return
        if fault == "503":
            self.send_error(503)
            return
        if fault == "wrong bytes":
            content = content[::-1]
        wanted = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(wanted[1]) if wanted and fault != "no range" else 0
        body, total = content[start:], len(content)
        claimed = {"too large": 100, "too small": -100}.get(fault, 0)
        self.send_response(206 if start else 200)
        if fault == "other range":
            start += 1
        if start:
            last = total + claimed - 1
            self.send_header("Content-Range", f"bytes {start}-{last}/{total + claimed}")
        if fault != "unsaid size":
            self.send_header("Content-Length", str(len(body) + claimed))
        self.end_headers()
        if fault == "unsaid size":
            body += b"and more than there should be"
        if fault.startswith("cut after"):
            body = body[: int(fault.split()[-1])]
        for begin in range(0, len(body), 1 << 16):
            block = body[begin : begin + (1 << 16)]
            self.wfile.write(block)
            self.wfile.flush()
            with self.server.lock:
                self.server.sent[self.path] += len(block)
            time.sleep(self.server.pace)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def server():
    running = Server()
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def offered(server: Server, folder: Path, *faults: str, name: str = "a.root", content=CONTENT):
    """A file on the server and its download."""
    server.files[f"/{name}"] = content
    server.faults[f"/{name}"] = list(faults)
    checksum = f"{zlib.adler32(content):08x}"
    return Download(f"{server.address}/{name}", folder / name, len(content), checksum)


def quick(*downloads: Download, **options) -> int:
    return fetch(downloads, pause=0.001, **options)


def test_a_file_arrives_whole(server, tmp_path):
    download = offered(server, tmp_path / "new" / "folder")
    assert quick(download) == 1
    assert download.path.read_bytes() == CONTENT
    assert list(download.path.parent.iterdir()) == [download.path]


def test_what_is_there_is_not_asked_for_again(server, tmp_path):
    download = offered(server, tmp_path)
    quick(download)
    assert quick(download) == 0
    assert len(server.ranges["/a.root"]) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    # the first from the Wikipedia article on Adler-32, the others from the definition (RFC 1950)
    [(b"Wikipedia", "11e60398"), (b"", "00000001"), (b"a", "00620062")],
)
def test_adler32_of_known_texts(tmp_path, text, expected):
    (tmp_path / "file").write_bytes(text)
    assert adler32(tmp_path / "file") == expected


def test_a_cut_connection_is_resumed_where_it_stopped(server, tmp_path):
    download = offered(server, tmp_path, "cut after 300000", "cut after 300000", "")
    quick(download)
    assert download.path.read_bytes() == CONTENT
    assert server.sent["/a.root"] == len(CONTENT)  # not one byte twice
    assert server.ranges["/a.root"] == [None, "bytes=300000-", "bytes=600000-"]


def test_a_transfer_goes_on_as_long_as_bytes_come(server, tmp_path):
    download = offered(server, tmp_path, "cut after 100000")  # every time: more often than TRIES
    quick(download)
    assert download.path.read_bytes() == CONTENT
    assert server.sent["/a.root"] == len(CONTENT)
    assert len(server.ranges["/a.root"]) == 11


def test_a_later_run_transfers_only_the_rest(server, tmp_path):
    download = offered(server, tmp_path, "cut after 400000", "503")
    with pytest.raises(FetchError, match="gave up after 5 tries: the server answers 503"):
        quick(download)
    assert not download.path.exists()
    assert download.part.stat().st_size == 400_000
    server.faults["/a.root"] = []
    quick(download)
    assert download.path.read_bytes() == CONTENT
    assert server.sent["/a.root"] == len(CONTENT)


def test_a_server_without_ranges_sends_everything_again(server, tmp_path):
    download = offered(server, tmp_path, "cut after 400000", "no range")
    quick(download)
    assert download.path.read_bytes() == CONTENT
    assert server.sent["/a.root"] == len(CONTENT) + 400_000


def test_passing_trouble_is_waited_out(server, tmp_path):
    download = offered(server, tmp_path, "503", "cut after 0", "503", "")
    quick(download)
    assert download.path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        pytest.param("404", r"a\.root: the server answers 404 Not Found", id="404"),
        pytest.param("too large", r"server's file has 1048676 bytes, .* 1048576", id="too large"),
        pytest.param("too small", r"server's file has 1048476 bytes, .* 1048576", id="too small"),
        pytest.param("wrong bytes", r"checksum [0-9a-f]{8} instead of", id="wrong bytes"),
        pytest.param("cut after 0", r"gave up after 5 tries", id="never a byte"),
    ],
)
def test_what_is_wrong_is_named_and_leaves_nothing(server, tmp_path, fault, message):
    download = offered(server, tmp_path, fault)
    with pytest.raises(FetchError, match=message):
        quick(download)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fault", ["404", "too large", "wrong bytes"])
def test_hopeless_files_are_asked_for_once(server, tmp_path, fault):
    with pytest.raises(FetchError):
        quick(offered(server, tmp_path, fault))
    assert len(server.ranges["/a.root"]) == 1


def test_bytes_beyond_the_size_are_not_taken(server, tmp_path):
    download = offered(server, tmp_path, "unsaid size")
    quick(download)
    assert download.path.read_bytes() == CONTENT


def test_a_range_that_was_not_asked_for_is_refused(server, tmp_path):
    download = offered(server, tmp_path, "other range")
    download.part.write_bytes(CONTENT[:1000])
    with pytest.raises(FetchError, match=r"from 1000 on, got the range 'bytes 1001-"):
        quick(download)
    assert download.part.read_bytes() == CONTENT[:1000]


@pytest.mark.parametrize(
    "left_over",
    [
        pytest.param(b"x" * 1000, id="wrong start"),
        pytest.param(CONTENT + b"x", id="too long"),
        pytest.param(CONTENT[::-1], id="whole but wrong"),
        pytest.param(CONTENT, id="whole and right"),
    ],
)
def test_any_left_over_part_ends_in_the_right_file(server, tmp_path, left_over):
    download = offered(server, tmp_path)
    download.part.write_bytes(left_over)
    quick(download)
    assert download.path.read_bytes() == CONTENT
    assert server.sent["/a.root"] <= 2 * len(CONTENT)


def test_a_file_of_the_wrong_size_is_replaced(server, tmp_path):
    download = offered(server, tmp_path)
    download.path.write_bytes(b"short")
    quick(download)
    assert download.path.read_bytes() == CONTENT


def test_one_bad_file_does_not_stop_the_others(server, tmp_path):
    good = [offered(server, tmp_path, name=f"{number}.root") for number in range(5)]
    bad = offered(server, tmp_path, "404", name="bad.root")
    with pytest.raises(FetchError, match=r"1 of 6 files are missing.*\n.*bad\.root") as error:
        quick(good[0], bad, *good[1:])
    assert "0.root" not in str(error.value)
    assert all(state(one) == "there" for one in good)


def test_several_files_come_at_a_time(server, tmp_path):
    server.pace = 0.005
    downloads = [
        offered(server, tmp_path, name=f"{number}.root", content=CONTENT + bytes([number]))
        for number in range(12)
    ]
    quick(*downloads, workers=3)
    assert all(state(one) == "there" for one in downloads)
    # the server counts a transfer until a moment after its last byte has arrived, when the next
    # may have begun: at most twice as many as there are workers
    assert 3 <= server.busiest <= 6


def test_a_file_that_another_process_fetches_is_left_alone(server, tmp_path):
    download = offered(server, tmp_path)
    code = (
        "import fcntl, sys, time; file = open(sys.argv[1], 'ab');"
        "fcntl.flock(file, fcntl.LOCK_EX); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(download.part)], stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(FetchError, match="another process is fetching it"):
            quick(download)
        holder.kill()
    quick(download)
    assert download.path.read_bytes() == CONTENT


def test_a_full_disk_is_one_clear_error(server, tmp_path):
    downloads = [offered(server, tmp_path, name=f"{number}.root") for number in range(4)]
    for download in downloads:
        download.part.symlink_to("/dev/full")  # every write: no space left on device
    with pytest.raises(FetchError, match=r"the disk is full; free some space"):
        quick(*downloads, workers=1)
    assert len(server.ranges) == 1  # the others weren't tried
    assert not any(download.path.exists() for download in downloads)


def test_too_little_space_is_seen_before_anything_is_fetched(server, tmp_path, monkeypatch):
    download = offered(server, tmp_path)
    usage = type("Usage", (), {"free": len(CONTENT) - 1})
    monkeypatch.setattr(fetching.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(FetchError, match=r"1\.05MB are to come, 1\.05MB are free"):
        quick(download)
    assert not server.ranges
    download.part.write_bytes(CONTENT[:1])  # that much less to come
    quick(download)
    assert download.path.read_bytes() == CONTENT


class FakeXrootd(MemoryFileSystem):
    """Stands in for XRootD's file system, which isn't installed."""

    protocol = "root"

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return super()._strip_protocol(re.sub(r"^root://[^/]+/+", "/", path))


def test_root_addresses_go_through_fsspec_and_resume(tmp_path, monkeypatch):
    monkeypatch.setitem(known_filesystems, "root", FakeXrootd)
    FakeXrootd().pipe("/eos/a.root", CONTENT)
    download = Download(
        "root://host//eos/a.root", tmp_path / "a.root", len(CONTENT), f"{zlib.adler32(CONTENT):08x}"
    )
    download.part.write_bytes(CONTENT[:5000])
    quick(download)
    assert download.path.read_bytes() == CONTENT
    with pytest.raises(FetchError, match="there is no such file"):
        quick(Download("root://host//eos/b.root", tmp_path / "b.root", 1, "0" * 8))


def test_root_without_its_package_says_what_to_install(tmp_path):
    download = Download("root://host//eos/a.root", tmp_path / "a.root", 1, "00000001")
    with pytest.raises(FetchError, match=r"pip install 'lepsearch\[xrootd\]'"):
        quick(download)
    assert list(tmp_path.iterdir()) == []


MANIFEST = """
tables: {samples: samples.csv, files: files.csv, sources: {made-up: nobody}}
luminosities: {some: {fb: 1, source: nobody}}
groups: {data: {label: Data, kind: data}, zjets: {label: Z}}
samples: {}
releases:
  "2020":
    {title: T, records: R, licence: L, luminosity: some, base: "root://host//eos/",
     files: {data: "{collection}/{key}.root", mc: "{collection}/mc_{key}.{name}.root"},
     collections: {2lep: {meaning: two}, 4lep: {meaning: four}}}
profiles:
  opendata-2020:
    {title: T, input: release, release: "2020", collection: 2lep, samples: {zjets: [361106]}}
  local: {title: T, input: folder}
"""
SAMPLES = """\
release,dsid,name,group,events,sum_of_weights,cross_section_pb,filter_efficiency,k_factor,\
source,other_sums,note
2020,361106,Zee,zjets,1,1,1,1,1,made-up,,
"""


@pytest.fixture
def project(server, tmp_path, monkeypatch):
    """A project whose release lies on the local server: two files of 2lep, one of 4lep."""
    root = tmp_path / "project"
    root.mkdir()
    rows = ["release,collection,kind,key,size,adler32"]
    for kind, key, collection, path in (
        ("data", "A", "2lep", "2lep/A.root"),
        ("mc", "361106", "2lep", "2lep/mc_361106.Zee.root"),
        ("data", "A", "4lep", "4lep/A.root"),
    ):
        content = CONTENT + path.encode()
        server.files[f"/eos/{path}"] = content
        checksum = f"{zlib.adler32(content):08x}"
        rows.append(f"2020,{collection},{kind},{key},{len(content)},{checksum}")
    (root / "data_manifest.yaml").write_text(MANIFEST)
    (root / "samples.csv").write_text(SAMPLES)
    (root / "files.csv").write_text("\n".join(rows) + "\n")
    monkeypatch.setenv("LEPSEARCH_ROOT", str(root))
    monkeypatch.setenv("LEPSEARCH_MIRROR", server.address)
    monkeypatch.delenv("LEPSEARCH_DATA", raising=False)
    return root


def run(*arguments: str):
    return CliRunner().invoke(app, ["data", *arguments])


def test_the_command_fetches_what_a_profile_reads(server, project):
    result = run("fetch", "--profile", "opendata-2020")
    assert result.exit_code == 0, result.output
    found = sorted(
        str(path.relative_to(project / "data")) for path in (project / "data").rglob("*.*")
    )
    assert found == ["2020/2lep/A.root", "2020/2lep/mc_361106.Zee.root"]
    assert run("verify", "--profile", "opendata-2020").exit_code == 0


def test_a_dry_run_says_the_size_and_fetches_nothing(server, project):
    result = run("fetch", "--release", "2020", "--dry-run")
    assert result.exit_code == 0
    total = sum(map(len, server.files.values()))
    assert f"to fetch: 3, {total / 1e6:.2f}MB" in result.output
    assert f"{len(server.files['/eos/4lep/A.root']):,} 2020/4lep/A.root" in result.output
    assert not server.ranges
    assert not (project / "data").exists()


@pytest.mark.parametrize(
    ("filters", "files"),
    [
        pytest.param(["--skim", "4lep"], ["4lep/A.root"], id="collection"),
        pytest.param(["--process", "zjets"], ["2lep/mc_361106.Zee.root"], id="group"),
        pytest.param(["--process", "361106"], ["2lep/mc_361106.Zee.root"], id="dsid"),
        pytest.param(["--process", "Zee"], ["2lep/mc_361106.Zee.root"], id="sample"),
        pytest.param(["--kind", "data"], ["2lep/A.root", "4lep/A.root"], id="kind"),
        pytest.param(["--kind", "data", "--skim", "2lep"], ["2lep/A.root"], id="two filters"),
    ],
)
def test_filters_choose_files(project, filters, files):
    result = run("list", "--files", *filters)
    addresses = re.findall(rf"({re.escape(os.environ['LEPSEARCH_MIRROR'])}/\S+)", result.output)
    assert [one.partition("/eos/")[2] for one in addresses] == files
    result = run("list", "--files", "--via", "root", *filters)
    assert re.findall(r"root://host//eos/(\S+)", result.output) == files


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["fetch"], "name a --profile", id="everything"),
        pytest.param(["fetch", "--skim", "2lpe"], "unknown collection '2lpe'.*'2lep'", id="name"),
        pytest.param(["fetch", "--profile", "local"], "nothing to fetch", id="profile"),
        pytest.param(
            ["list", "--skim", "4lep", "--kind", "mc"], "no file fits all", id="nothing left"
        ),
    ],
)
def test_a_wrong_choice_is_explained(project, arguments, message):
    result = run(*arguments)
    assert result.exit_code == 1
    assert re.search(message, str(result.exception))


def test_nothing_to_verify_is_one_line(project):
    """A folder that nothing was fetched into: no file is listed, and what to do is said."""
    result = run("verify", "--release", "2020")
    assert result.exit_code == 1
    assert not result.output
    assert re.fullmatch(r"none of the 3 files, 3.15MB, is in \S+/data; .*", str(result.exception))


def test_no_network_is_said_at_once_and_ends_all(tmp_path, monkeypatch, caplog):
    """Of many files, those under way are tried to the end; nothing else is waited for."""
    sizes = [
        Download(f"https://127.0.0.1:1/{i}.root", tmp_path / f"{i}", 9, "0") for i in range(40)
    ]
    with pytest.raises(FetchError, match=r"40 of 40 files are missing") as error:
        fetch(sizes, workers=2, pause=0.01)
    assert 1 <= str(error.value).count("gave up after 5 tries") <= 2
    assert caplog.records[0].levelname == "WARNING"
    assert "refused" in caplog.records[0].getMessage()
    assert not list(tmp_path.iterdir())


def test_verify_finds_damage(project):
    run("fetch", "--release", "2020")
    folder = project / "data" / "2020"
    (folder / "2lep" / "A.root").write_bytes(CONTENT)
    damaged = bytearray((folder / "4lep" / "A.root").read_bytes())
    damaged[1000] ^= 1
    (folder / "4lep" / "A.root").write_bytes(damaged)
    (folder / "2lep" / "mc_361106.Zee.root").unlink()
    result = run("verify", "--release", "2020")
    assert result.exit_code == 1
    assert f"wrong size: {folder}/2lep/A.root" in result.output
    assert f"wrong checksum: {folder}/4lep/A.root" in result.output
    assert "1 missing, 1 wrong checksum, 1 wrong size" in result.output


def test_a_killed_run_is_finished_by_the_next(server, project, tmp_path):
    server.pace = 0.05
    folder = tmp_path / "downloads"
    script = "from lepsearch.cli import main; main()"
    command = [sys.executable, "-c", script, "data", "fetch", "--skim", "2lep", "--to", str(folder)]
    with subprocess.Popen(command, env=dict(os.environ)) as first:
        deadline = time.monotonic() + 60
        while sum(server.sent.values()) < 600_000 and time.monotonic() < deadline:
            time.sleep(0.01)
        first.kill()
    assert not list(folder.rglob("*.root"))
    kept = {path.name.removesuffix(".part"): path.stat().st_size for path in folder.rglob("*.part")}
    assert sum(kept.values()) > 0
    server.pace = 0.0
    server.ranges.clear()
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    for name in ("A.root", "mc_361106.Zee.root"):
        assert (folder / "2020" / "2lep" / name).read_bytes() == server.files[f"/eos/2lep/{name}"]
        # only what was missing was asked for
        begin = f"bytes={kept[name]}-" if kept.get(name) else None
        assert server.ranges[f"/eos/2lep/{name}"] == [begin]
    assert not list(folder.rglob("*.part"))
