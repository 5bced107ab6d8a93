// Any bytes as the document that describes a tree of tiles, mapchete's metadata.json or a tilemapresource.xml, over a
// tree that is there. Nothing but InputError may come out, and what is read lies within GDAL's ints.
#include "autotest/fuzz/fuzz_checks.h"
#include "driver/item/open_options.h"
#include "driver/item/raster_levels.h"
#include "driver/trees/mapchete_metadata.h"
#include "driver/trees/tile_map_resource.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <gdal.h>

#include <cstdint>
#include <limits>

using namespace tiledir;
using namespace tiledir::fuzz;

namespace
{

constexpr const char *kFolder = "/vsimem/tree";

void walk(const stac::TiledAssetsItem &item)
{
    constexpr auto kLargest = std::numeric_limits<int>::max();
    for (const driver::RasterLevel &level : driver::raster_levels(item, {}))
    {
        require(level.window.width > 0 && level.window.width <= kLargest);
        require(level.window.height > 0 && level.window.height <= kLargest);
        const stac::TileMatrix &matrix = item.tile_matrix_set.matrices.at(level.matrix);
        require(matrix.is_measurable());
        matrix.tiles_covering(matrix.bounds(level.window));
    }
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int *, char ***)
{
    GDALAllRegister();
    for (const char *tile : {"0/0/0", "1/0/1", "1/1/1", "5/3/7", "9/400/200"})
    {
        for (const char *extension : {".png", ".tif"})
        {
            const std::string path = std::string(kFolder) + extension + "/" + tile + extension;
            VSIMkdirRecursive(CPLGetPath(path.c_str()), 0755);
            VSIFCloseL(VSIFOpenL(path.c_str(), "wb"));
        }
    }
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char *>(data), size);
    for (const char *extension : {".png", ".tif"})
    {
        const std::string folder = std::string(kFolder) + extension;
        if (driver::MapcheteMetadata::looks_like_one(text))
        {
            allowing_input_errors([&] { walk(driver::MapcheteMetadata::from_text(text).item(folder)); });
        }
        if (driver::TileMapResource::looks_like_one(text))
        {
            allowing_input_errors([&] { walk(driver::TileMapResource::from_text(text).item(folder)); });
        }
    }
    return 0;
}
