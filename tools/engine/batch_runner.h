// Makes the tiles of a batch: inputs read, processed, encoded and stored, then the overviews above them.
#pragma once

#include "driver/raster/grid_source.h"
#include "driver/raster/tile_pyramid.h"
#include "driver/store/store.h"
#include "tools/engine/journal.h"
#include "tools/engine/plan.h"
#include "tools/engine/report.h"

#include <functional>
#include <map>
#include <memory>

namespace tiledir::engine
{

/// What the threads of a run share.
struct RunContext
{
    const Job &job;
    const Plan &plan;
    store::Store &store;
    Journal &journal;
    Report &report;
    std::function<bool()> stopping; ///< asked between portions of work
};

/// One a thread: keeps inputs open between batches. A tile that fails is reported and the others go on; StoreError
/// ends the batch and is thrown on.
class BatchRunner
{
public:
    explicit BatchRunner(const RunContext &context);
    ~BatchRunner();

    /// Computes the batch's tiles, then the planned overviews of its subtree.
    void compute(const Batch &batch);
    /// Makes the batch's tiles from stored tiles of the next finer level.
    void make_overviews(const Batch &batch);

private:
    using BlockPtr = raster::TilePyramid::Block;
    /// Blocks of finished tiles, for the overviews above; null for empty ones.
    using Blocks = std::map<stac::TileId, BlockPtr>;

    void compute_range(int level, const stac::TileRange &range, Blocks &made);
    raster::PixelBlock compute_pixels(int level, const stac::PixelWindow &window);
    raster::GridSource &source(const std::string &input, int level);
    void cut_tiles(int level, const stac::TileRange &range, const raster::PixelBlock &pixels, Blocks &made);
    void finish(const stac::TileId &tile, raster::PixelBlock &&pixels, Blocks &made);
    void overviews_above(const Batch &batch, Blocks &made);
    void make_overview(const stac::TileId &tile, const Blocks &below, Blocks &made);
    raster::PixelBlock overview_pixels(const stac::TileId &tile, const Blocks &below);
    BlockPtr stored_tile(const stac::TileId &tile, const Blocks &below);
    void try_tile(const stac::TileId &tile, const std::function<void()> &work);

    const RunContext &m_context;
    const Job &m_job;
    const raster::TilePyramid m_pyramid;
    std::map<std::pair<std::string, int>, std::unique_ptr<raster::GridSource>> m_sources;
};

} // namespace tiledir::engine
