#include "tools/engine/plan/plan.h"

#include <gtest/gtest.h>

#include <malloc.h>

using namespace tiledir;

namespace
{

engine::ResolvedRecipe recipe_of_levels(int coarsest, int finest)
{
    engine::ResolvedRecipe resolved;
    resolved.grid = stac::TileMatrixSet::well_known("WebMercatorQuad").value();
    resolved.coarsest = coarsest;
    resolved.finest = finest;
    return resolved;
}

constexpr std::int64_t kSide = 2048; ///< pixels: eight tiles

std::size_t allocated()
{
    return ::mallinfo2().uordblks;
}

} // namespace

TEST(Plan, BatchesHoldEveryTileOnceAndReachNoFartherThanTheirRoots)
{
    engine::ResolvedRecipe resolved = recipe_of_levels(3, 9);
    resolved.selection.insert(stac::TileRange{100, 217, 31, 300});
    resolved.selection.insert(stac::TileRange{400, 400, 500, 510});
    const engine::Plan plan(resolved, {});
    stac::TileSet seen;
    std::int64_t count = 0;
    plan.for_each_batch({kSide, {}},
                        [&](const engine::Batch &batch)
                        {
                            EXPECT_FALSE(batch.tiles.empty());
                            const stac::TileMatrix &top = resolved.matrix(batch.top);
                            const stac::TileRange under =
                                resolved.matrix(batch.level).tiles_covering(top.bounds(top.range_window(batch.root)));
                            EXPECT_EQ(batch.tiles.within(under).count(), batch.tiles.count());
                            count += batch.tiles.count();
                            seen.insert(batch.tiles);
                            return true;
                        });
    EXPECT_EQ(count, resolved.selection.count());
    EXPECT_TRUE(seen.contains(resolved.selection));
}

TEST(Plan, BatchesAreAsLargeAsTheyMayBe)
{
    engine::ResolvedRecipe resolved = recipe_of_levels(3, 9);
    resolved.selection.insert(stac::TileRange{0, 127, 0, 127});
    const engine::Plan plan(resolved, {});
    std::vector<std::int64_t> counts;
    stac::TileSet seen;
    std::int64_t most = 20;
    plan.for_each_batch({engine::kMostBatchPixels, [&] { return most; }},
                        [&](const engine::Batch &batch)
                        {
                            counts.push_back(batch.tiles.count());
                            EXPECT_EQ(resolved.matrix(batch.top).range().intersection(batch.root)->count(), 1);
                            seen.insert(batch.tiles);
                            most *= 4;
                            return true;
                        });
    EXPECT_EQ(counts, (std::vector<std::int64_t>{16, 16, 16, 16, 64, 64, 64, 256, 256, 256, 1024, 1024, 1024, 4096,
                                                 4096, 4096}));
    EXPECT_EQ(seen.count(), resolved.selection.count());
}

TEST(Plan, KernelsThatReachOverEdgesLeaveBatchesOfManyTiles)
{
    engine::ResolvedRecipe resolved = recipe_of_levels(3, 9);
    resolved.overview_resampling = raster::Resampling::Cubic;
    resolved.selection.insert(stac::TileRange{0, 63, 0, 63});
    int batches = 0;
    engine::Plan(resolved, {})
        .for_each_batch({kSide, {}},
                        [&](const engine::Batch &batch)
                        {
                            EXPECT_EQ(batch.top, batch.level);
                            ++batches;
                            return true;
                        });
    EXPECT_EQ(batches, 64);
}

TEST(Plan, OfTwoPlacesFarApartHasNoBatchBetweenThem)
{
    engine::ResolvedRecipe resolved = recipe_of_levels(0, 24);
    const std::int64_t last = (std::int64_t{1} << 24) - 1;
    resolved.selection.insert(0, 0, 0);
    resolved.selection.insert(last, last, last);
    int batches = 0;
    engine::Plan(resolved, {})
        .for_each_batch({kSide, {}},
                        [&](const engine::Batch &)
                        {
                            ++batches;
                            return true;
                        });
    EXPECT_EQ(batches, 2);
    EXPECT_EQ(engine::Plan(resolved, {}).count(), 2 * 24 + 1);
}

TEST(Plan, OfAHundredMillionTilesTakesAFewMegabytes)
{
    engine::ResolvedRecipe resolved = recipe_of_levels(0, 14);
    // A thousand places of 330 x 330 tiles.
    for (std::int64_t i = 0; i < 1000; ++i)
    {
        const std::int64_t row = i / 32 * 500;
        const std::int64_t col = (i % 32) * 500 + (i * 37) % 150;
        resolved.selection.insert(stac::TileRange{row, row + 329, col, col + 329});
    }
    const std::size_t before = allocated();
    const engine::Plan plan(resolved, {});
    EXPECT_GT(plan.count(), 100'000'000);
    EXPECT_LT(allocated() - before, 10'000'000U);
    int batches = 0;
    plan.for_each_batch({kSide, {}}, [&](const engine::Batch &) { return ++batches < 100; });
    EXPECT_EQ(batches, 100);
}
