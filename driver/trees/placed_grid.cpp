#include "driver/trees/placed_grid.h"

#include "driver/raster/crs/spatial_reference.h"
#include "driver/trees/tree_item.h"
#include "stac/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <vector>

namespace tiledir::driver
{

namespace
{

constexpr double kTolerance = 0.01;     ///< pixels
constexpr double kCellTolerance = 1e-6; ///< of the cell size

bool is_at(const stac::TileMatrix &matrix, const stac::Bounds &bounds, double left, double top)
{
    return std::abs(bounds.min_x - left) < kTolerance * matrix.cell_size &&
           std::abs(bounds.max_y - top) < kTolerance * matrix.cell_size;
}

stac::Bounds bounds_of(const GridAndScheme &candidate, const stac::TileMatrix &matrix, const TileName &name)
{
    return matrix.tile_bounds(candidate.scheme.row(name, matrix), candidate.scheme.col(name));
}

bool agrees(const GridAndScheme &candidate, const StoredLevel &level, const PlacedTile &tile)
{
    const stac::TileMatrix *matrix = matrix_of(candidate.grid, level);
    return matrix != nullptr && tile.place && matrix->tile_width == tile.width && matrix->tile_height == tile.height &&
           std::abs(matrix->cell_size - tile.place->cell_size) < kCellTolerance * matrix->cell_size &&
           is_at(*matrix, bounds_of(candidate, *matrix, tile.name), tile.place->left, tile.place->top);
}

/// Would the two put the tile at different places?
bool differ(const GridAndScheme &one, const GridAndScheme &other, const StoredLevel &level, const TileName &name)
{
    const stac::TileMatrix *first = matrix_of(one.grid, level);
    const stac::TileMatrix *second = matrix_of(other.grid, level);
    if (first == nullptr || second == nullptr)
    {
        return first != second;
    }
    const stac::Bounds bounds = bounds_of(one, *first, name);
    return !is_at(*second, bounds_of(other, *second, name), bounds.min_x, bounds.max_y);
}

/// Opens tiles about which the candidates differ, until they do so no more.
void settle(const TreeListing &tree, std::vector<GridAndScheme> &candidates)
{
    for (auto level = tree.levels.rbegin(); level != tree.levels.rend(); ++level)
    {
        for (const TileName &name : level->tiles)
        {
            const bool doubt = std::any_of(candidates.begin(), candidates.end(),
                                           [&](const GridAndScheme &candidate)
                                           { return differ(candidates.front(), candidate, *level, name); });
            if (!doubt)
            {
                continue;
            }
            const PlacedTile tile = placed_tile(tree, *level, name);
            candidates.erase(std::remove_if(candidates.begin(), candidates.end(),
                                            [&](const GridAndScheme &candidate)
                                            { return !agrees(candidate, *level, tile); }),
                             candidates.end());
        }
    }
}

/// The set with tiles of the tile's size, each as it is or made up of n x n of 256 or 512 pixels.
std::vector<stac::TileMatrixSet> with_tiles_like(const stac::TileMatrixSet &grid, const PlacedTile &tile)
{
    std::vector<stac::TileMatrixSet> sets;
    if (tile.width != tile.height || tile.width <= 0)
    {
        return sets;
    }
    sets.push_back(grid.derived(tile.width, 1));
    for (const int size : {256, 512})
    {
        if (tile.width > size && tile.width % size == 0)
        {
            sets.push_back(grid.derived(size, tile.width / size));
        }
    }
    return sets;
}

std::vector<stac::TileMatrixSet> well_known_sets(const OGRSpatialReference &crs)
{
    std::vector<stac::TileMatrixSet> sets;
    for (const std::string &id : stac::TileMatrixSet::well_known_ids())
    {
        const stac::TileMatrixSet set = stac::TileMatrixSet::well_known(id).value();
        const bool fits = crs.IsEmpty() ? id == "WebMercatorQuad" || id == "WGS1984Quad"
                                        : raster::same_crs(crs, raster::spatial_reference(set.crs));
        if (fits && set.id == id)
        {
            sets.push_back(set);
        }
    }
    // EPSG:4326 and CRS84 are the same but for their names.
    std::stable_partition(sets.begin(), sets.end(),
                          [code = raster::authority_code(crs)](const stac::TileMatrixSet &set)
                          { return raster::authority_code(raster::spatial_reference(set.crs)) == code; });
    return sets;
}

std::int64_t size_from(std::int64_t last, const StoredLevel &level, std::int64_t coarser_size, double ratio)
{
    const auto scaled = static_cast<std::int64_t>(std::ceil(static_cast<double>(coarser_size) * ratio));
    return level.complete ? last + 1 : std::max(last + 1, scaled);
}

/// Made so that one tile of each level lies where it says.
stac::TileMatrixSet made_grid(const std::vector<PlacedTile> &tiles, const TreeListing &tree, const TileScheme &scheme)
{
    stac::TileMatrixSet grid;
    const OGRSpatialReference &crs = tiles.back().place->crs;
    grid.id = "Tiles";
    grid.crs = raster::authority_code(crs);
    grid.crs = grid.crs.empty() && !crs.IsEmpty() ? raster::wkt(crs) : grid.crs;
    stac::TileMatrix coarser;
    coarser.matrix_width = 0;
    coarser.matrix_height = 0;
    for (std::size_t index = 0; index < tiles.size(); ++index)
    {
        const PlacedTile &tile = tiles[index];
        const StoredLevel &level = tree.levels[index];
        stac::TileMatrix matrix;
        matrix.id = level.name;
        matrix.cell_size = tile.place->cell_size;
        matrix.tile_width = tile.width;
        matrix.tile_height = tile.height;
        matrix.origin_is_bottom_left = scheme.rows_from_below;
        const NameRange &rows = scheme.row_first ? level.folders : level.files;
        const NameRange &cols = scheme.row_first ? level.files : level.folders;
        const double ratio = coarser.cell_size > 0 ? coarser.cell_size / matrix.cell_size : 0;
        matrix.matrix_width = size_from(cols.max, level, coarser.matrix_width, ratio);
        matrix.matrix_height = size_from(rows.max, level, coarser.matrix_height, ratio);
        const stac::Bounds at_zero = matrix.tile_bounds(scheme.row(tile.name, matrix), scheme.col(tile.name));
        matrix.origin_x = tile.place->left - at_zero.min_x;
        matrix.origin_y = tile.place->top - at_zero.max_y;
        grid.matrices.push_back(matrix);
        coarser = matrix;
    }
    return grid;
}

std::vector<GridAndScheme> made_grids(const TreeListing &tree, const PlacedTile &first,
                                      const std::vector<TileScheme> &schemes)
{
    std::vector<PlacedTile> tiles;
    for (const StoredLevel &level : tree.levels)
    {
        const bool finest = &level == &tree.levels.back();
        tiles.push_back(finest ? first : placed_tile(tree, level, level.tiles.front()));
        if (!tiles.back().place)
        {
            return {};
        }
    }
    std::vector<GridAndScheme> made;
    std::transform(schemes.begin(), schemes.end(), std::back_inserter(made),
                   [&](const TileScheme &scheme) {
                       return GridAndScheme{made_grid(tiles, tree, scheme), scheme};
                   });
    return made;
}

} // namespace

GridAndScheme grid_of_placed_tiles(const TreeListing &tree, const PlacedTile &first,
                                   const std::optional<TileScheme> &scheme,
                                   const std::optional<stac::TileMatrixSet> &grid)
{
    std::vector<TileScheme> schemes(TileScheme::all().begin(), TileScheme::all().end());
    if (scheme)
    {
        schemes = {*scheme};
    }
    std::vector<GridAndScheme> candidates;
    for (const stac::TileMatrixSet &set :
         grid ? std::vector<stac::TileMatrixSet>{*grid} : well_known_sets(first.place->crs))
    {
        for (const stac::TileMatrixSet &sized : with_tiles_like(set, first))
        {
            std::transform(schemes.begin(), schemes.end(), std::back_inserter(candidates),
                           [&](const TileScheme &each) {
                               return GridAndScheme{sized, each};
                           });
        }
    }
    const StoredLevel &finest = tree.levels.back();
    candidates.erase(std::remove_if(candidates.begin(), candidates.end(),
                                    [&](const GridAndScheme &candidate) { return !agrees(candidate, finest, first); }),
                     candidates.end());
    settle(tree, candidates);
    if (candidates.empty() && !grid)
    {
        candidates = made_grids(tree, first, schemes);
        settle(tree, candidates);
    }
    if (candidates.empty())
    {
        throw InputError(tree.path(finest, first.name),
                         "lies " +
                             (grid ? "elsewhere than its name says on " + grid->id : "on no grid with the others") +
                             (scheme ? std::string(", named ") + scheme->name() : std::string()) +
                             ": open options SCHEME and GRID say what the names mean");
    }
    return candidates.front();
}

} // namespace tiledir::driver
