"""What the benchmarks of the reader have in common: contenders take turns, in several rounds, and are held to their medians."""

import argparse
import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys

import marked_section
from gdal_release import HOST, ROOT, GdalRelease

HERE = pathlib.Path(__file__).resolve().parent
RELEASES = ["trixie", "sid"]


def say(text):
    print(text, file=sys.stderr, flush=True)


def bench_arguments(description, rounds, quick, releases=True):
    """A parser with what all of them take; `quick` says what --quick does."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--quick", action="store_true", help=quick)
    if releases:
        text = "whose GDAL is measured: Debian releases that have a chroot, or this system's own"
        parser.add_argument("--releases", nargs="+", choices=[*RELEASES, HOST], default=RELEASES, help=text)
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build" / "bench", help="for all that is made")
    parser.add_argument("--update", metavar="DOCUMENT", help="put the table into a document, as docs/reference/benchmarks.md")
    return parser


def prepared_releases(arguments):
    arguments.work = arguments.work.absolute()
    arguments.work.mkdir(parents=True, exist_ok=True)
    return [GdalRelease(release, arguments.work).prepare() for release in arguments.releases]


def read_once(release, order, environment):
    """The figures of read_once.py in a process of that release. PROJ and the page cache are as an earlier run left them."""
    words = ["/usr/bin/python3", HERE / "read_once.py", json.dumps(order)]
    process = subprocess.run(release.command(words, environment), capture_output=True, text=True)
    if process.returncode != 0:
        raise SystemExit(f"{order['driver']} on {release.release}: {order['operation']}\n{process.stderr.strip()}")
    return json.loads(process.stdout)


@dataclasses.dataclass
class Figures:
    """Of all rounds: the figures of each contender's runs, under a key that names the job and the contender."""

    runs: dict = dataclasses.field(default_factory=dict)

    def add(self, key, figures):
        self.runs.setdefault(key, []).append(figures)
        say("  ".join(map(str, key)) + ": " + ", ".join(f"{name} {shown(value)}" for name, value in figures.items()))

    def median(self, key, name):
        return statistics.median(figures[name] for figures in self.runs[key])

    def range(self, key, name):
        values = [figures[name] for figures in self.runs[key]]
        return min(values), max(values)

    def must_agree(self, name):
        """Ends the benchmark where contenders of one job (all of the key but its last part) do not give the same."""
        jobs = {}
        for key, runs in self.runs.items():
            jobs.setdefault(key[:-1], {})[key[-1]] = {figures[name] for figures in runs}
        for job, values in jobs.items():
            if len(set().union(*values.values())) > 1:
                raise SystemExit(f"{' '.join(map(str, job))}: {name} differs: {values}")


def shown(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def machine_line(releases, rounds):
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    versions = ", ".join(f"{release.version()} ({release.release})" for release in releases)
    return f"Medians of {rounds} rounds, {os.cpu_count()} cores ({model}); GDAL {versions}."


def finish(arguments, section, text):
    print(text)
    if arguments.update:
        marked_section.replace(arguments.update, section, text)
