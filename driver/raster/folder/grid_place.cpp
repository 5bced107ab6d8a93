#include "driver/raster/folder/grid_place.h"

#include "driver/raster/crs/spatial_reference.h"
#include "driver/raster/tile/open_tile.h"
#include "stac/error.h"
#include "stac/grid/grid_readings.h"
#include "stac/grid/tile_set.h"

#include <gdal_priv.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace tiledir::raster
{

namespace
{

using stac::Bounds;
using stac::GridReading;

/// How well a reading fits what something else tells.
enum class Fit
{
    Not,
    Around, ///< the told bounds lie within what was read
    Close,  ///< the edges are less than a tile apart
    Exact
};

constexpr double kExact = 0.01; ///< of the told size
constexpr double kSlack = 0.05; ///< of the told size: bounds grow from one CRS to another
constexpr double kSameCell = 0.001;
constexpr double kSamePlace = 0.5; ///< pixels
constexpr int kMaxTilesSought = 16;

bool near(double one, double other, double tolerance)
{
    return std::abs(one - other) <= tolerance;
}

Fit fit_of(const Bounds &told, const Bounds &read, double tile)
{
    const double size = std::max(told.max_x - told.min_x, told.max_y - told.min_y);
    const auto within = [&](double tolerance)
    {
        return near(told.min_x, read.min_x, tolerance) && near(told.min_y, read.min_y, tolerance) &&
               near(told.max_x, read.max_x, tolerance) && near(told.max_y, read.max_y, tolerance);
    };
    if (within(kExact * size))
    {
        return Fit::Exact;
    }
    const double slack = kSlack * size;
    if (within(tile + slack))
    {
        return Fit::Close;
    }
    const bool around = told.min_x >= read.min_x - slack && told.min_y >= read.min_y - slack &&
                        told.max_x <= read.max_x + slack && told.max_y <= read.max_y + slack;
    return around ? Fit::Around : Fit::Not;
}

stac::TileRange tiles_of(const stac::TileMatrix &matrix, const stac::TiledAssetsItem &item)
{
    const auto limits = item.limits.find(matrix.id);
    return limits != item.limits.end() ? limits->second : item.limits.empty() ? matrix.range() : stac::TileRange();
}

/// The finest matrix with tiles.
const stac::TileMatrix &finest_of(const stac::TileMatrixSet &grid, const stac::TiledAssetsItem &item)
{
    const auto has_tiles = [&item](const stac::TileMatrix &matrix) { return !tiles_of(matrix, item).empty(); };
    const auto found = std::find_if(grid.matrices.rbegin(), grid.matrices.rend(), has_tiles);
    return found == grid.matrices.rend() ? grid.matrices.back() : *found;
}

double tile_size(const stac::TileMatrix &matrix)
{
    return std::max(matrix.tile_width, matrix.tile_height) * matrix.cell_size;
}

/// Where the tiles are that the item has.
Bounds bounds_with_tiles(const stac::TileMatrix &matrix, const stac::TiledAssetsItem &item)
{
    return matrix.bounds(matrix.range_window(tiles_of(matrix, item)));
}

std::vector<double> numbers(const stac::TiledAssetsItem &item, const char *property, std::size_t least)
{
    const auto found = item.extra_properties.find(property);
    const bool are = found != item.extra_properties.end() && found->is_array() && found->size() >= least &&
                     std::all_of(found->begin(), found->end(), [](const auto &value) { return value.is_number(); });
    return are ? found->get<std::vector<double>>() : std::vector<double>();
}

/// What the file of a tile says of its upper left corner.
struct PlaceInFile
{
    stac::TileId tile; ///< its level is the index of a tile matrix
    double left = 0;
    double top = 0;
    double cell_size = 0;
    OGRSpatialReference crs; ///< empty where the file tells none
};

std::optional<PlaceInFile> place_in(const TileBytes &stored, const stac::TileId &tile)
{
    const OpenTile file(*stored.bytes, stored.path);
    std::array<double, 6> values{};
    if (GDALGetGeoTransform(GDALDataset::ToHandle(&file.dataset()), values.data()) != CE_None)
    {
        return std::nullopt;
    }
    PlaceInFile place;
    place.tile = tile;
    place.left = values[0];
    place.top = values[3];
    place.cell_size = values[1];
    if (const OGRSpatialReference *crs = file.dataset().GetSpatialRef())
    {
        place.crs = *crs;
    }
    return place;
}

/// Of the first tile found, the coarsest matrices first. Those with a pixel buffer lie elsewhere than their names say.
std::optional<PlaceInFile> place_of_a_tile(const ReadTile &read_tile, const stac::TiledAssetsItem &item)
{
    int left = kMaxTilesSought;
    for (std::size_t level = 0; level < item.tile_matrix_set.matrices.size(); ++level)
    {
        const stac::TileMatrix &matrix = item.tile_matrix_set.matrices[level];
        const stac::TileRange range = tiles_of(matrix, item);
        for (std::int64_t row = range.min_row; row <= range.max_row && item.pixel_buffers.count(matrix.id) == 0; ++row)
        {
            for (std::int64_t col = range.min_col; col <= range.max_col; ++col)
            {
                if (left-- == 0)
                {
                    return std::nullopt;
                }
                if (const TileBytes stored = read_tile(matrix, row, col); stored.bytes)
                {
                    return place_in(stored, {static_cast<int>(level), row, col});
                }
            }
        }
    }
    return std::nullopt;
}

/// Readings that are left, by one thing that tells of their place after the other.
class Settling
{
public:
    Settling(std::vector<GridReading> readings, const stac::TiledAssetsItem &item)
        : m_readings(std::move(readings))
        , m_item(item)
    {
    }

    bool is_settled() const { return m_readings.size() == 1; }
    const GridReading &first() const { return m_readings.front(); }

    /// Leaves those that fit best, all where none does.
    template <class FitOf> void hear(FitOf &&fit)
    {
        if (is_settled())
        {
            return;
        }
        std::vector<Fit> fits;
        for (const GridReading &reading : m_readings)
        {
            fits.push_back(fit(reading.grid));
        }
        const Fit best = *std::max_element(fits.begin(), fits.end());
        std::vector<GridReading> left;
        for (std::size_t index = 0; index < fits.size(); ++index)
        {
            if (fits[index] == best)
            {
                left.push_back(std::move(m_readings[index]));
            }
        }
        m_readings = std::move(left);
    }

    /// Bounds in the grid's CRS, of what the item shows.
    void hear_bounds(const Bounds &told)
    {
        if (!told.empty())
        {
            hear(
                [&](const stac::TileMatrixSet &grid)
                {
                    const stac::TileMatrix &finest = finest_of(grid, m_item);
                    return fit_of(told, bounds_with_tiles(finest, m_item), tile_size(finest));
                });
        }
    }

    void hear_bbox()
    {
        if (is_settled() || m_item.bbox.size() != 4)
        {
            return;
        }
        try
        {
            hear_bounds(transform_bounds({m_item.bbox[0], m_item.bbox[1], m_item.bbox[2], m_item.bbox[3]},
                                         spatial_reference("OGC:CRS84"), spatial_reference(first().grid.crs)));
        }
        catch (const InputError &) // a bbox that is none tells nothing
        {
        }
    }

    /// Of the whole set; its corners are x, y or y, x.
    void hear_bounding_box(const std::vector<double> &box)
    {
        if (box.size() != 4)
        {
            return;
        }
        hear(
            [&](const stac::TileMatrixSet &grid)
            {
                const stac::TileMatrix &finest = grid.matrices.back();
                const auto fit = [&](const Bounds &told)
                { return told.empty() ? Fit::Not : fit_of(told, finest.bounds(finest.window()), tile_size(finest)); };
                return std::max(fit({box[0], box[1], box[2], box[3]}), fit({box[1], box[0], box[3], box[2]}));
            });
    }

    void hear_projection()
    {
        if (const auto box = numbers(m_item, "proj:bbox", 4); box.size() == 4)
        {
            hear_bounds({box[0], box[1], box[2], box[3]});
        }
        const auto transform = numbers(m_item, "proj:transform", 6);
        if (transform.empty())
        {
            return;
        }
        hear(
            [&](const stac::TileMatrixSet &grid)
            {
                const stac::TileMatrix &finest = finest_of(grid, m_item);
                const Bounds read = bounds_with_tiles(finest, m_item);
                const double tile = tile_size(finest);
                if (!near(transform[0], finest.cell_size, kExact * finest.cell_size) ||
                    !near(transform[2], read.min_x, tile))
                {
                    return Fit::Not;
                }
                // GDAL 3.12 writes a top that has another sign.
                return near(transform[5], read.max_y, tile) ? Fit::Exact : Fit::Close;
            });
    }

    void hear_tile(const ReadTile &read_tile)
    {
        const auto place = is_settled() ? std::nullopt : place_of_a_tile(read_tile, m_item);
        if (!place || (!place->crs.IsEmpty() && !same_crs(place->crs, spatial_reference(first().grid.crs))))
        {
            return;
        }
        hear(
            [&](const stac::TileMatrixSet &grid)
            {
                const stac::TileMatrix &matrix = grid.matrices.at(static_cast<std::size_t>(place->tile.level));
                const Bounds read = matrix.tile_bounds(place->tile.row, place->tile.col);
                const double tolerance = kSamePlace * place->cell_size;
                return near(place->cell_size, matrix.cell_size, kSameCell * matrix.cell_size) &&
                               near(place->left, read.min_x, tolerance) && near(place->top, read.max_y, tolerance)
                           ? Fit::Exact
                           : Fit::Not;
            });
    }

private:
    std::vector<GridReading> m_readings; ///< one at least, as it was read the first
    const stac::TiledAssetsItem &m_item;
};

} // namespace

void settle_grid(const ReadTile &read_tile, stac::TiledAssetsItem &item)
{
    auto readings = stac::grid_readings(item.tile_matrix_set);
    if (readings.size() == 1)
    {
        return;
    }
    const auto box = item.tile_matrix_set.doubt->bounding_box;
    Settling settling(std::move(readings), item);
    settling.hear_bbox();
    settling.hear_bounding_box(box);
    settling.hear_projection();
    try
    {
        settling.hear_tile(read_tile);
    }
    catch (const Error &) // the reading that needs the tile's pixels says what is wrong
    {
    }
    GridReading settled = settling.first();
    if (settled.scale != 1)
    {
        item.warnings.push_back("tile matrix set " + settled.grid.id +
                                ": its scale denominators or cell sizes do not agree with the item's place; cells of " +
                                nlohmann::json(settled.grid.matrices.back().cell_size).dump() +
                                " CRS units in tile matrix " + settled.grid.matrices.back().id + " do");
    }
    item.tile_matrix_set = std::move(settled.grid);
}

} // namespace tiledir::raster
