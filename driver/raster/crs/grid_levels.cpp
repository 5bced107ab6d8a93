#include "driver/raster/crs/grid_levels.h"

#include "driver/raster/crs/spatial_reference.h"
#include "driver/store/gdal_errors.h"
#include "stac/error.h"
#include "stac/json/json_document.h"

#include <cpl_vsi.h>

#include <cmath>
#include <memory>

namespace tiledir::raster
{

namespace
{

/// A cell that is larger by less than this share still counts as not larger.
constexpr double kCellTolerance = 1e-9;

std::string known_ids()
{
    std::string ids;
    for (const std::string &id : stac::TileMatrixSet::well_known_ids())
    {
        ids += (ids.empty() ? "" : ", ") + id;
    }
    return ids;
}

std::string text_of_file(const std::string &name)
{
    const store::GdalErrors errors;
    GByte *data = nullptr;
    vsi_l_offset size = 0;
    if (!VSIIngestFile(nullptr, name.c_str(), &data, &size, static_cast<GIntBig>(stac::kMaxJsonSize)))
    {
        throw InputError("'" + name + "' is neither a known set (" + known_ids() + ") nor a readable JSON file");
    }
    const std::unique_ptr<GByte, decltype(&VSIFree)> owner(data, VSIFree);
    return {reinterpret_cast<const char *>(data), static_cast<std::size_t>(size)};
}

stac::TileMatrixSet grid_of_json(const std::string &name)
{
    const bool is_text = name.find('{') != std::string::npos && name.find_first_not_of(" \t\r\n") == name.find('{');
    const std::string text = is_text ? name : text_of_file(name);
    const std::string label = is_text ? "JSON of a tile matrix set" : name;
    const nlohmann::json json = stac::parse_json(text, label);
    return labelled(label, [&] { return stac::TileMatrixSet::from_json(json, crs_facts); });
}

} // namespace

stac::TileMatrixSet named_grid(const std::string &name)
{
    const auto known = stac::TileMatrixSet::well_known(name);
    return known ? *known : grid_of_json(name);
}

stac::TileMatrixSet open_grid(const std::string &name, std::optional<int> tile_size, int metatile)
{
    const stac::TileMatrixSet grid = named_grid(name);
    return grid.derived(tile_size.value_or(grid.matrices.front().tile_width), metatile);
}

int level_not_coarser(const stac::TileMatrixSet &grid, double cell_size)
{
    for (std::size_t level = 0; level < grid.matrices.size(); ++level)
    {
        if (grid.matrices[level].cell_size <= cell_size * (1 + kCellTolerance))
        {
            return static_cast<int>(level);
        }
    }
    return static_cast<int>(grid.matrices.size()) - 1;
}

int nearest_level(const stac::TileMatrixSet &grid, double cell_size)
{
    const int level = level_not_coarser(grid, cell_size);
    if (level == 0)
    {
        return 0;
    }
    const double finer = grid.matrices[static_cast<std::size_t>(level)].cell_size;
    const double coarser = grid.matrices[static_cast<std::size_t>(level) - 1].cell_size;
    return coarser / cell_size < cell_size / finer ? level - 1 : level;
}

int level_of_one_tile(const stac::TileMatrixSet &grid, int finest, const stac::Bounds &bounds)
{
    int level = finest;
    while (level > 0 && grid.matrices[static_cast<std::size_t>(level)].tiles_covering(bounds).count() > 1)
    {
        --level;
    }
    return level;
}

} // namespace tiledir::raster
