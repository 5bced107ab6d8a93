// What a user may say when a dataset is made: gdal_translate -co NAME=VALUE.
#pragma once

#include "driver/raster/resample/resampling.h"

#include <cpl_string.h>

#include <map>
#include <optional>
#include <string>

namespace tiledir::driver
{

constexpr int kDefaultTileSize = 256; ///< pixels

struct CreationOptions
{
    std::string grid = "NATIVE";  ///< id of a well-known set, JSON text or file; NATIVE: the source's own pixels
    std::string levels = "auto";  ///< auto, one matrix, or the coarsest and the finest as 3-8
    std::optional<int> tile_size; ///< pixels; else the grid's own, natively kDefaultTileSize
    int metatile = 1;
    std::string format = "GTiff";                      ///< GDAL's name of the tiles' driver
    std::map<std::string, std::string> format_options; ///< of that driver
    std::optional<raster::Resampling> resampling;
    std::optional<raster::Resampling> overview_resampling;
    std::string nodata;    ///< as text, since not every number of 64 bits is a double; empty: the source's
    std::string tile_path; ///< template; empty: {TileMatrix}/{TileRow}/{TileCol} and the format's extension
    bool sparse = true;    ///< tiles without data are not stored
    bool statistics = false;
    std::string id;
    std::string title;
    std::string datetime;
    int threads = 1;

    bool is_native() const;

    /// Throws InputError that names the option and what would be right; an unknown one with the nearest known.
    static CreationOptions from(CSLConstList options);
    /// For GDAL_DMD_CREATIONOPTIONLIST: ours, and the names of those that GDAL's usual tile formats have.
    static std::string description();
};

/// For GDAL_DMD_CREATIONDATATYPES: all that this GDAL knows.
std::string creation_data_types();

} // namespace tiledir::driver
