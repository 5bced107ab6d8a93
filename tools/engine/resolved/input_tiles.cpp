#include "tools/engine/resolved/input_tiles.h"

#include "driver/raster/crs/spatial_reference.h"
#include "tools/engine/recipe/shape_tiles.h"

#include <algorithm>
#include <cmath>

namespace tiledir::engine
{

namespace
{

/// Pixels of the mosaic that a file shows in beside its own, because the kernel of a coarser file takes them.
struct LatticeReach
{
    double cols = 0;
    double rows = 0;
};

LatticeReach lattice_reach(const raster::Mosaic &mosaic)
{
    LatticeReach reach;
    for (const raster::MosaicSource &source : mosaic.sources())
    {
        if (!source.aligned)
        {
            const int radius = raster::kernel_radius(source.resampling);
            reach.cols = std::max(reach.cols, radius * source.cols / source.width);
            reach.rows = std::max(reach.rows, radius * source.rows / source.height);
        }
    }
    return reach;
}

} // namespace

stac::TileSet tiles_of_input(const ResolvedRecipe &resolved, const std::string &input,
                             const std::vector<stac::Bounds> &rectangles, int level, const stac::TileRange &within)
{
    const raster::Mosaic &mosaic = *resolved.mosaics.at(input);
    const raster::KernelScale &scale = resolved.scales.at(input).at(level);
    const int radius = raster::kernel_radius(resolved.recipe.inputs.at(input).resampling);
    // A file that is not aligned may show in a pixel of the mosaic that it only touches.
    const auto reach = [radius](double along) { return 1 + std::ceil(radius / std::min(along, 1.0)); };
    const LatticeReach lattice = lattice_reach(mosaic);
    const double reach_x = (reach(scale.x) + lattice.cols) * mosaic.geotransform()[1];
    const double reach_y = (reach(scale.y) + lattice.rows) * -mosaic.geotransform()[5];
    const double margin = 1 + resolved.process->pixel_buffer();
    const ShapeTiles shapes(raster::spatial_reference(mosaic.crs_wkt()), resolved.grid);
    stac::TileSet tiles;
    for (const stac::Bounds &each : rectangles)
    {
        shapes.add({each.min_x - reach_x, each.min_y - reach_y, each.max_x + reach_x, each.max_y + reach_y}, margin,
                   resolved.matrix(level), within, tiles);
    }
    return tiles;
}

stac::TileSet tiles_of_files(const ResolvedRecipe &resolved, const stac::TileRange &within)
{
    stac::TileSet tiles;
    for (const auto &[name, files] : resolved.files)
    {
        std::vector<stac::Bounds> rectangles;
        rectangles.reserve(files.size());
        for (const InputFile &file : files)
        {
            rectangles.push_back(file.file.bounds());
        }
        tiles.insert(tiles_of_input(resolved, name, rectangles, resolved.finest, within));
    }
    return tiles;
}

} // namespace tiledir::engine
