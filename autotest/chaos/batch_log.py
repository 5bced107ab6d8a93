"""Which batches a run has begun and done, by its log (SPDLOG_LEVEL=debug)."""

import datetime
import re

EVENT = re.compile(
    r"^(?P<time>\S+) level=debug event=batch_(?P<what>begins|done|divided) "
    r"(?P<batch>tiles=(?P<level>\d+)/(?P<rows>[0-9-]+)/(?P<cols>[0-9-]+) count=(?P<count>\d+) top=(?P<top>\d+))",
    re.MULTILINE,
)


def ends(text):
    """`5-7` or `5`."""
    first, _, last = text.partition("-")
    return int(first), int(last or first)


class Batch:
    def __init__(self, found):
        self.name = found["batch"]
        self.level, self.top, self.count = int(found["level"]), int(found["top"]), int(found["count"])
        self.rows, self.cols = ends(found["rows"]), ends(found["cols"])
        self.time = datetime.datetime.fromisoformat(found["time"]).timestamp()

    def is_square(self):
        """Are all tiles of its box its own?"""
        return self.count == (self.rows[1] - self.rows[0] + 1) * (self.cols[1] - self.cols[0] + 1)

    def base_tiles(self):
        """Of its box: `LEVEL/ROW/COL.tif`."""
        return self.tiles(self.level)

    def tiles(self, top=None):
        """Of its box, and above it."""
        for level in range(self.top if top is None else top, self.level + 1):
            shift = self.level - level
            for row in range(self.rows[0] >> shift, (self.rows[1] >> shift) + 1):
                for col in range(self.cols[0] >> shift, (self.cols[1] >> shift) + 1):
                    yield f"{level}/{row}/{col}.tif"


class BatchLog:
    """`begun` and `done`: batches, in order; of those of the finest level, `in_flight`: begun, not done; `most_in_flight` at any
    time. Overviews of coarser levels that are made in no time are named with whatever is named next."""

    def __init__(self, text):
        found = [(each["what"], Batch(each)) for each in EVENT.finditer(text)]
        self.begun = [batch for what, batch in found if what == "begins"]
        self.done = [batch for what, batch in found if what == "done"]
        finest = max((batch.level for batch in self.begun), default=0)
        self.most_in_flight, open_batches = 0, {}
        for what, batch in found:
            if what == "begins" and batch.level == finest:
                open_batches[batch.name] = batch
            elif what != "begins":  # of what is divided the parts begin anew
                open_batches.pop(batch.name, None)
            self.most_in_flight = max(self.most_in_flight, len(open_batches))
        self.in_flight = list(open_batches.values())
