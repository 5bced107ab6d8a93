// What a user may say when a dataset is opened: gdalinfo -oo NAME=VALUE.
#pragma once

#include "driver/item/dimension_choice.h"
#include "driver/reading/reading_options.h"
#include "driver/writing/writing_options.h"
#include "stac/grid/bounds.h"

#include <cpl_string.h>

#include <optional>
#include <string>

namespace tiledir::driver
{

struct OpenOptions
{
    std::string level;                  ///< id of the tile matrix that is opened alone; empty: all levels
    bool whole_matrix = false;          ///< the extent is the matrix's, not that of the limits
    std::optional<stac::Bounds> bounds; ///< the extent, in the grid's CRS, x first; grows to whole tiles
    ReadingOptions reading;             ///< MISSING_TILES, ABSENT_STATUS, NUM_THREADS
    std::string part;                   ///< what LEVEL and EXTENT select, in words; empty: all
    std::string scheme;                 ///< how a tree without STAC is named: bare_tree()
    std::string grid;                   ///< well-known id of its grid
    DimensionValues dimensions;         ///< those that are chosen
    Refresh refresh = Refresh::AtFlush; ///< of a dataset that is open for update
    bool allow_local = false;           ///< an item read over a network may lead to local files

    /// Throws InputError that names the option and its values. Options that are not ours are not looked at.
    static OpenOptions from(CSLConstList options);
    /// For GDAL_DMD_OPENOPTIONLIST.
    static const char *description();
};

/// NUM_THREADS: a number or ALL_CPUS. Throws InputError.
int threads_of(const std::string &text);

} // namespace tiledir::driver
