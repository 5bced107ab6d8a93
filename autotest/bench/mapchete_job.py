"""A hillshade as mapchete is told to make it: files of one block, as tiledir's are."""


def hillshade(dem, grid, levels, output_options, *, tile_size=256, metatile=1, process_metatile=None, scale=1, bounds=None):
    """Of mapchete's own process. `levels`: one, or the first and the last, where all but the last are overviews.

    `process_metatile`: grid tiles a side that are computed at once, where they are more than a file holds. `bounds` are of the
    grid's CRS. As it comes mapchete writes COGs with overviews; one plain block is faster. No pixel buffer: tiles have seams.
    """
    first, last = levels if isinstance(levels, (list, tuple)) else (levels, levels)
    side = tile_size * metatile
    config = {
        "process": "mapchete.processes.hillshade",
        "process_parameters": {"resampling": "bilinear", "scale": scale},
        "zoom_levels": {"min": first, "max": last},
        "pyramid": {
            "grid": "geodetic" if grid == "WorldCRS84Quad" else "mercator",
            "metatiling": process_metatile or metatile,
            "tile_size": tile_size,
        },
        "input": {"dem": str(dem)},
        "output": {
            "format": "GTiff",
            "path": "out",
            "metatiling": metatile,
            "bands": 1,
            "dtype": "uint8",
            "nodata": 0,
            "driver": "GTiff",
            "tiled": True,
            "blockxsize": side,
            "blockysize": side,
            **{name.lower(): value for name, value in output_options.items()},
        },
    }
    config["output"]["compress"] = config["output"]["compress"].lower()
    if first < last:
        config["baselevels"] = {"min": last, "max": last, "lower": "average"}
    if bounds:
        config["bounds"] = list(bounds)
    return config
