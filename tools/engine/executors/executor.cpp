#include "tools/engine/executors/executor.h"

#include "driver/raster/pyramid/subtree.h"
#include "tools/engine/executors/batch_ends.h"
#include "tools/engine/executors/executor_registry.h"
#include "tools/engine/executors/memory_budget.h"
#include "tools/engine/executors/stage.h"
#include "tools/engine/host/memory.h"
#include "tools/engine/plan/batch_sizes.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>

namespace tiledir::engine
{
namespace
{

/// What of a level's overviews is left after the batches below: less those above tiles that failed.
stac::TileSet left_to_make(const RunContext &context, int level)
{
    stac::TileSet tiles = context.plan.overviews().at(level);
    tiles.erase(context.report.made_at(level));
    const stac::LevelSets unmade = context.report.unmade();
    const stac::TileSet held_back =
        stac::parents(context.resolved.grid, level + 1, unmade.at(level + 1), context.resolved.overview_halo())
            .common(tiles);
    stac::LevelSets{{level, held_back}}.for_each([&](const stac::TileId &tile) { context.report.held_back(tile); });
    tiles.erase(held_back);
    tiles.erase(unmade.at(level)); // in a batch
    return tiles;
}

/// Bytes of pixels that a batch holds at a time: the inputs of a portion, its output, and all tiles of a square with
/// their overviews.
std::int64_t estimated_batch_memory(const ResolvedRecipe &resolved)
{
    constexpr std::int64_t kOther = 16 << 20;
    const std::int64_t side = pixels_together(resolved);
    const std::int64_t rows = std::max<std::int64_t>(raster::kRowsAtOnce, resolved.format.height);
    std::int64_t inputs = 0;
    for (const auto &[name, mosaic] : resolved.mosaics)
    {
        inputs += static_cast<std::int64_t>(mosaic->bands()) * GDALGetDataTypeSizeBytes(resolved.working_type(name));
    }
    const std::int64_t output = resolved.format.block_bands() * GDALGetDataTypeSizeBytes(resolved.format.type);
    return side * rows * 2 * (inputs + output) + side * side * output * 4 / 3 + kOther;
}

std::int64_t budget_of(const ResolvedRecipe &resolved)
{
    constexpr std::int64_t kShare = 75; // percent: the rest is for the system and its file cache
    const std::string &given = resolved.recipe.memory;
    return given == "auto" ? memory_limit() / 100 * kShare : parse_memory(given, resolved.recipe.source + ": memory");
}

/// Tiles of a stage's first batches.
std::int64_t first_tiles(const ResolvedRecipe &resolved)
{
    constexpr std::int64_t kFirstPixels = 1024; // a side
    return std::max<std::int64_t>(1, kFirstPixels / resolved.format.width * kFirstPixels / resolved.format.height);
}

/// `at_once`: batches that are computed at the same time, for which there may be more makers.
void run_stages(const RunContext &context, MemoryBudget &budget, BatchMakers &makers, std::size_t at_once)
{
    BatchEnds ends(context, makers.size());
    using Visit = std::function<bool(Batch)>;
    const auto run_stage = [&](std::int64_t tiles, bool from_stored,
                               const std::function<void(const BatchLimits &, const Visit &)> &batches)
    {
        BatchSizes sizes(tiles, at_once, first_tiles(context.resolved));
        const BatchLimits limits{kMostBatchPixels, [&] { return sizes.next(); }};
        Stage(context, budget, makers, ends, sizes)
            .run(
                [&](const Stage::Offer &offer)
                {
                    batches(limits,
                            [&](const Batch &batch)
                            {
                                BatchOrder order = order_of(context.resolved, context.plan, batch);
                                order.from_stored = from_stored;
                                order.fresh = context.fresh;
                                return offer(std::move(order));
                            });
                });
    };
    run_stage(context.plan.computed_count(), false,
              [&](const BatchLimits &limits, const Visit &visit) { context.plan.for_each_batch(limits, visit); });
    const stac::LevelSets &overviews = context.plan.overviews();
    for (auto level = overviews.rbegin(); level != overviews.rend() && !context.stopping(); ++level)
    {
        const stac::TileSet tiles = left_to_make(context, level->first);
        if (!tiles.empty())
        {
            run_stage(tiles.count(), true,
                      [&, of = level->first](const BatchLimits &limits, const Visit &visit)
                      { for_each_overview_batch(context.resolved, of, tiles, limits, visit); });
        }
    }
    BatchSizes none(0, at_once, 1);
    Stage(context, budget, makers, ends, none).finish();
}

} // namespace

void execute(const RunContext &context)
{
    const Recipe &recipe = context.resolved.recipe;
    const ExecutorKind &kind = executor_of(recipe);
    if (recipe.tile_timeout > 0 && !kind.ends_slow_tiles)
    {
        spdlog::warn("event=note tile_timeout has no effect with executor: {}; that of workers can be ended",
                     kind.name);
    }
    const int at_once = kind.is_serial ? 1 : recipe.threads;
    MemoryBudget budget(budget_of(context.resolved), resident_memory(getpid()),
                        estimated_batch_memory(context.resolved), at_once);
    context.report.has_budget(budget.budget());
    BatchMakers makers = kind.makers(context, budget, at_once);
    run_stages(context, budget, makers, static_cast<std::size_t>(at_once));
}

} // namespace tiledir::engine
