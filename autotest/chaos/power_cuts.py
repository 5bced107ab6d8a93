"""Power cuts at random moments of runs, updates, refreshes, creations and compactions, on ext4, XFS and btrfs.

    power_cuts.py [--cuts 50] [--file-systems ext4,xfs,btrfs] [--subjects run,updates] [--seed 1] [--keep FOLDER]

The output lies on a loop device whose file can be copied in one instant; a copy is what a power cut leaves. It is
mounted, and what exit 0, FlushCache() or the journal had said before must be there; tiles that were durable are whole,
old or new; the same command goes on, `tiledir verify` finds no fault, and all tiles have the bytes of an undisturbed
life.

Needs root, loop devices and mkfs.xfs, for the others mkfs.ext4 and mkfs.btrfs; else one line says what is missing, and
the exit code is 77. It is 1 where a cut has failed.
"""

import argparse
import contextlib
import os
import pathlib
import random
import signal
import sys
import tempfile
import time

from system_calls import BUILD

os.environ["GDAL_DRIVER_PATH"] = str(BUILD / "gdalplugins")
os.environ["TILEDIR_CACHE_MB"] = "0"  # copies are mounted in the same place, their files have the same stamps

from loop_device import LACKING, MAKE, WAYS, Lacking, LoopDevices, own_mounts  # noqa: E402
from output_checks import Output  # noqa: E402
from power_cut_life import Life, cuts_of  # noqa: E402
from power_cut_subjects import PREPARATIONS, SUBJECTS, Workplace  # noqa: E402

CUTS_A_LIFE = 4


class Bench:
    def __init__(self, devices, folder, arguments):
        self.devices, self.arguments = devices, arguments
        self.work = Workplace(BUILD, folder, devices.point)
        self.chosen = random.Random(arguments.seed)
        self.subjects = [each(self.work) for each in SUBJECTS if each.name in arguments.subjects]
        self.failed = self.cuts = 0

    def prepared(self, kind, subject):
        """The image of what is there before a subject's commands."""
        image = f"{kind}.{subject.before}"
        if not self.devices.path(image).exists():
            self.devices.make(image, kind)
            self.work.use("first")
            with self.devices.mounted(image, kind):
                for command in PREPARATIONS[subject.before](self.work):
                    self.work.must_run(command)
        return image

    def live_undisturbed(self, kind, subject):
        """The subject's history, and how long it takes."""
        self.devices.copy(self.prepared(kind, subject), "whole")
        self.work.use(subject.version)
        with self.devices.mounted("whole", kind):
            subject.begin()
            subject.history, since = [Output.of(self.work.out)], 0.0
            for command in subject.commands():
                began = time.monotonic()
                self.work.must_run(command)
                since += time.monotonic() - began
                subject.history.append(Output.of(self.work.out))
            subject.seconds = since
        self.devices.remove("whole")

    def life(self, kind, subject, most):
        """Cuts of one life."""
        self.devices.copy(self.prepared(kind, subject), "life")
        self.work.use(subject.version)
        moments = [self.chosen.uniform(0, 1.2 * subject.seconds) for _ in range(most)]
        with self.devices.mounted("life", kind, self.chosen.choice(WAYS[kind])):
            life = Life(subject.commands(), self.work.environment)
            try:
                cuts = cuts_of(self.devices, "life", life, moments, self.chosen)
            finally:
                fault = life.kill()
        if fault:
            sys.exit(f"{kind} {subject.name}: {fault}")
        self.devices.remove("life")
        return cuts

    def check(self, kind, subject, cut):
        """What is wrong after the cut; an image of it is kept, if it is asked for and something is."""
        self.devices.copy(cut.image, "untouched")
        with self.devices.mounted(cut.image, kind):
            faults = list(dict.fromkeys(subject.faults(cut.promises)))
        said = ", ".join(cut.promises[-1:]) or "nothing"
        for fault in faults:
            line = " | ".join(fault.splitlines())
            print(f"  {kind} {subject.name}, cut at {cut.seconds:.2f} s, said {said}: {line}", flush=True)
        if faults and self.arguments.keep:
            self.devices.keep("untouched", self.arguments.keep / f"{kind}-{subject.name}-{self.failed}.img")
        for image in ("untouched", cut.image):
            self.devices.remove(image)
        return faults

    def cut(self, kind, subject, number):
        """Cuts the subject so often; prints what came of it."""
        began, done, promises, failed = time.monotonic(), 0, 0, 0
        if subject.history is None:
            self.live_undisturbed(kind, subject)
        while done < number:
            for cut in self.life(kind, subject, min(CUTS_A_LIFE, number - done)):
                faults = self.check(kind, subject, cut)
                done, promises, failed = done + 1, promises + len(cut.promises), failed + bool(faults)
                self.cuts, self.failed = self.cuts + 1, self.failed + bool(faults)
        seconds = time.monotonic() - began
        counts = f"{done:3} cuts, {promises:3} promises, {failed:3} failed, {seconds:5.1f} s"
        print(f"{kind:5} {subject.name:11} {counts}", flush=True)

    def run(self):
        for turn, kind in enumerate(self.arguments.file_systems):
            cuts, subjects = self.arguments.cuts, len(self.subjects)
            # Few cuts are spread over file systems so that each subject has some.
            first = (turn + self.arguments.seed) * cuts % subjects
            for number in range(subjects):
                share = cuts // subjects + ((number - first) % subjects < cuts % subjects)
                if share:
                    self.cut(kind, self.subjects[number], share)


def words_of(known):
    def words(text):
        names = text.split(",")
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"there is no {name}, there are {', '.join(known)}")
        return names

    return words


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds, names = list(MAKE), [subject.name for subject in SUBJECTS]
    parser.add_argument("--cuts", type=int, default=50, help="of each file system, spread over the subjects (50)")
    parser.add_argument("--file-systems", type=words_of(kinds), default=kinds, metavar="A,B", help=", ".join(kinds))
    parser.add_argument("--subjects", type=words_of(names), default=names, metavar="A,B", help=", ".join(names))
    parser.add_argument("--seed", type=int, default=1, help="of the random moments (1)")
    parser.add_argument("--folder", type=pathlib.Path, help="for the images, up to 8 GB, in place of the temporary one")
    parser.add_argument("--keep", type=pathlib.Path, metavar="FOLDER", help="gets images of the cuts that failed")
    return parser.parse_args()


def main():
    arguments = parsed()
    if arguments.keep:
        arguments.keep.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(dir=arguments.folder)))
        try:
            own_mounts()
            devices = stack.enter_context(LoopDevices(folder))
            for kind in arguments.file_systems:
                devices.need(kind)
        except Lacking as reason:
            print(f"no power can be cut here: {reason}", file=sys.stderr)
            sys.exit(LACKING)
        bench = Bench(devices, folder, arguments)
        bench.run()
    seconds = time.monotonic() - began
    print(f"{bench.cuts} cuts, {bench.failed} failed, {seconds:.0f} s, seed {arguments.seed}")
    sys.exit(bench.failed > 0)


if __name__ == "__main__":
    main()
