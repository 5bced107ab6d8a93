// Mosaics that readers share.
#pragma once

#include "driver/raster/input/mosaic.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::raster::fixtures
{

inline std::shared_ptr<const Mosaic> open_mosaic(const std::vector<std::string> &paths,
                                                 std::optional<double> nodata = std::nullopt)
{
    return std::make_shared<const Mosaic>(Mosaic::open(paths, nodata));
}

} // namespace tiledir::raster::fixtures
