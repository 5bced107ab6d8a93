// Makes the tiles of a batch: inputs read, processed, encoded and stored, then the overviews above them.
#pragma once

#include "driver/raster/pyramid/subtree.h"
#include "driver/raster/pyramid/tile_pyramid.h"
#include "driver/raster/warp/grid_source.h"
#include "tools/engine/making/batch_context.h"
#include "tools/engine/making/portion_size.h"
#include "tools/engine/making/tile_attempts.h"
#include "tools/engine/making/tiles_below.h"
#include "tools/engine/making/write_queue.h"
#include "tools/engine/plan/batch_order.h"
#include "tools/engine/report/report.h"

#include <functional>
#include <map>
#include <memory>

namespace tiledir::engine
{

/// One a thread: keeps inputs open between batches. A tile that fails is tried again where that may help, then
/// reported, and the others go on. Throws StoreError, which ends the batch, for what no other tile would fare better
/// with.
class BatchRunner
{
public:
    explicit BatchRunner(const BatchContext &context);
    ~BatchRunner();

    /// Makes the order's tiles and its overviews; they are written once the context's `writes` have finished `group`.
    /// Tells the report of what is held back, of retries and of times; it must live until then.
    void make(const BatchOrder &order, Report &report, const WriteQueue::GroupPtr &group);

private:
    using BlockPtr = TilesBelow::BlockPtr;
    using Blocks = raster::Blocks;

    void compute(const BatchOrder &order);
    void fetch_inputs(int level, const stac::TileRange &range);
    Blocks compute_tiles(int level, const stac::TileSet &tiles);
    Blocks make_overviews(int level, const stac::TileSet &tiles, const Blocks &below);
    Blocks read_below(int level, const stac::TileSet &tiles);
    void make_from_stored(const BatchOrder &order);
    void compute_range(int level, const stac::TileRange &range, Blocks &made);
    raster::PixelBlock compute_pixels(int level, const stac::PixelWindow &window);
    raster::PixelReader &source(const std::string &input, int level);
    void cut_tiles(int level, const stac::TileRange &range, const raster::PixelBlock &pixels, Blocks &made);
    void finish(const stac::TileId &tile, raster::PixelBlock &&pixels, Blocks &made);
    void write(const stac::TileId &tile, std::shared_ptr<const store::Bytes> bytes);
    void make_overview(const stac::TileId &tile, const Blocks &below, Blocks &made);
    raster::PixelBlock overview_pixels(const stac::TileId &tile, const Blocks &below);
    BlockPtr stored_tile(const stac::TileId &tile, const Blocks &below);
    void read_anew();

    const BatchContext &m_context;
    const ResolvedRecipe &m_resolved;
    const raster::TilePyramid m_pyramid;
    const TilesBelow m_below;
    const std::int64_t m_together; ///< rows and columns of tiles that are computed together
    const bool m_is_remote;        ///< the output
    TileAttempts m_attempts;
    PortionSize m_portion_size;
    // Of the order that is being made:
    Report *m_report = nullptr;
    WriteQueue::GroupPtr m_group;
    bool m_is_fresh = false;
    bool m_is_from_stored = false;
    int m_kept_level = -1; ///< whose tiles are read by later orders
    // Of all orders:
    std::map<std::pair<std::string, int>, std::unique_ptr<raster::PixelReader>> m_sources;
};

} // namespace tiledir::engine
