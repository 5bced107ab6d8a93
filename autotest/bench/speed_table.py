"""Markdown of what hillshade_bench.py measured: medians over the rounds, and ratios."""

import statistics

PARTS = ["decode", "resample", "shade", "encode", "write", "sync"]
PHASES = ["read", "process", "encode", "write"]
MAPCHETE_GOAL = {6: 7, 1: 10}
GDAL_RASTER_GOAL = 2


def markdown(results):
    machine, jobs = results["machine"], []
    for run in results["runs"]:
        if (run["grid"], run["zlevel"]) not in jobs:
            jobs.append((run["grid"], run["zlevel"]))
    sections = [machine_line(machine), goals([Medians(results, *job) for job in jobs])]
    for job in jobs:
        medians = Medians(results, *job)
        sections += [f"### {job[0]}, ZLEVEL {job[1]}", contenders_table(medians), parts_table(medians), sizes(medians)]
    return "\n\n".join(section for section in sections if section)


def machine_line(machine):
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return (
        f"{machine['size']} x {machine['size']} Int16, medians of {machine['runs']} rounds, {machine['cores']} cores"
        f" ({machine['processor']}); {versions}."
    )


class Medians:
    """Of one job: one grid and one level of DEFLATE."""

    def __init__(self, results, grid, zlevel):
        self.zlevel = zlevel
        self.groups = {}
        for run in results["runs"]:
            if (run["grid"], run["zlevel"]) == (grid, zlevel):
                key = (run["contender"], run["threads"], run["metatile"])
                self.groups.setdefault(key, []).append(run)
        self.alike = {
            facts["metatile"]: facts
            for facts in results["alike"]
            if (facts["grid"], facts["zlevel"]) == (grid, zlevel)
        }

    def of(self, key, figure):
        """Median of a figure, which is a name or a function of a run's record; None where nothing was run."""
        take = figure if callable(figure) else lambda run: run[figure]
        return statistics.median(map(take, self.groups[key])) if key in self.groups else None

    def keys(self, contender):
        return [key for key in self.groups if key[0] == contender]

    def ratio(self, key, other, figure):
        if key not in self.groups or other not in self.groups:
            return None
        return self.of(key, figure) / self.of(other, figure)

    def part(self, metatile, part):
        return self.of(("parts alone", 1, metatile), lambda run: run["parts"][part][0])

    def limit(self, threads, metatile):
        """Wall seconds, were the parts alone all there is, and spread evenly over the threads."""
        if ("parts alone", 1, metatile) not in self.groups:
            return None
        return sum(self.part(metatile, part) for part in PARTS) / threads


def ours_like(key):
    """tiledir's run that another contender is held against."""
    _, threads, metatile = key
    return ("tiledir", threads, metatile or 1)


def place(key):
    """In a table: by metatile, and tiledir before those held against it."""
    contender, threads, metatile = key
    return (metatile or 1, contender != "tiledir", contender, threads)


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def number(value, decimals=2):
    return "" if value is None else f"{value:.{decimals}f}"


def contenders_table(medians):
    rows = []
    for key in sorted(filter(lambda key: key[0] != "parts alone", medians.groups), key=place):
        contender, threads, metatile = key
        limit = medians.limit(threads, metatile) if contender == "tiledir" else None
        rows.append(
            [
                contender,
                str(threads),
                str(metatile or "-"),
                number(medians.of(key, "wall")),
                number(medians.of(key, "cpu")),
                number(medians.of(key, "peak") / 1e6, 0),
                number(medians.of(key, "bytes") / 1e6, 1),
                number(medians.ratio(key, ours_like(key), "wall")),
                number(medians.ratio(key, ours_like(key), "peak")),
                number(limit and medians.of(key, "wall") / limit),
            ]
        )
    header = ["contender", "threads", "metatile", "wall s", "CPU s", "peak MB", "output MB"]
    return table(header + ["wall / tiledir", "memory / tiledir", "wall / limit"], rows)


def parts_table(medians):
    """CPU seconds of the parts alone, and what all of tiledir's threads together spend on each."""
    rows = []
    for key in medians.keys("parts alone"):
        spent = [medians.part(key[2], part) for part in PARTS]
        rows.append([f"parts alone, metatile {key[2]} (CPU)", *map(number, spent), number(sum(spent))])
    for key in medians.keys("tiledir"):
        spent = [medians.of(key, lambda run, phase=phase: run["thread_seconds"][phase]) for phase in PHASES]
        cells = ["with resample", *map(number, spent), ""]
        rows.append([f"tiledir, threads {key[1]}, metatile {key[2]} (wall)", *cells, number(sum(spent))])
    header = ["seconds", *PARTS, "sum"]
    return table(header, rows) if rows else ""


def sizes(medians):
    lines = []
    for metatile, facts in sorted(medians.alike.items()):
        keys = [key for key in medians.keys("tiledir") if key[2] == metatile]
        if keys:
            ours = medians.of(keys[0], "bytes")
            lines.append(
                f"- metatile {metatile}: tiledir's tiles are {ours / 1e6:.2f} MB, gdaldem's output tiled alike"
                f" {facts['bytes'] / 1e6:.2f} MB (ratio {ours / facts['bytes']:.4f}); {facts['differ']} of"
                f" {facts['pixels']} pixels differ, by at most {facts['largest_difference']}"
            )
    return "\n".join(lines)


def goals(every):
    """The worst of each ratio over all jobs, beside what it should be."""
    limits, peers, memory, size, gdal_raster = [], {}, [], [], {}
    for medians in every:
        for key in medians.keys("tiledir"):
            limit = medians.limit(*key[1:])
            if limit:
                limits.append(medians.of(key, "wall") / limit)
            facts = medians.alike[key[2]]
            size.append(abs(medians.of(key, "bytes") / facts["bytes"] - 1))
        for key in medians.keys("mapchete") + medians.keys("mapchete, sequential"):
            ratio = medians.ratio(key, ours_like(key), "wall")
            if ratio:
                peers.setdefault(medians.zlevel, []).append(ratio)
                memory.append(1 / medians.ratio(key, ours_like(key), "peak"))
        for key in filter(lambda key: key[0].startswith("gdal raster"), medians.groups):
            ratio = medians.ratio(key, ours_like(key), "wall")
            if ratio:
                gdal_raster.setdefault(key[0], []).append(ratio)
    rows = []
    if limits:
        rows.append(["wall / limit (parts alone / threads)", "at most 1.3", number(max(limits)), number(min(limits))])
    for zlevel, ratios in peers.items():
        goal = f"at least {MAPCHETE_GOAL[zlevel]}" if zlevel in MAPCHETE_GOAL else ""
        rows.append([f"mapchete's wall / tiledir's, ZLEVEL {zlevel}", goal, number(min(ratios)), number(max(ratios))])
    for contender, ratios in gdal_raster.items():
        goal = f"at least {GDAL_RASTER_GOAL}"
        rows.append([f"wall of {contender} / tiledir's", goal, number(min(ratios)), number(max(ratios))])
    if memory:
        rows.append(["tiledir's memory / mapchete's", "at most 0.33", number(max(memory)), number(min(memory))])
    if size:
        rows.append(["size, off gdaldem's tiled alike", "at most 2%", f"{max(size):.2%}", f"{min(size):.2%}"])
    return table(["ratio", "goal", "worst", "best"], rows) if rows else ""
