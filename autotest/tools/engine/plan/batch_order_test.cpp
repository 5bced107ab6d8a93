#include "tools/engine/plan/batch_order.h"

#include "stac/error.h"

#include <gtest/gtest.h>

namespace tiledir::engine
{
namespace
{

stac::TileMatrixSet grid()
{
    return stac::TileMatrixSet::well_known("WebMercatorQuad").value();
}

BatchOrder order_of_rows(std::int64_t first_row, std::int64_t last_row, std::int64_t first_col, std::int64_t last_col)
{
    BatchOrder order;
    order.level = 5;
    order.tiles = stac::TileSet(stac::TileRange{first_row, last_row, first_col, last_col});
    order.overviews[4] = stac::TileSet(stac::TileRange{1, 1, 1, 1});
    return order;
}

std::int64_t count(const std::vector<BatchOrder> &orders)
{
    std::int64_t tiles = 0;
    for (const auto &order : orders)
    {
        tiles += order.tiles.count();
    }
    return tiles;
}

TEST(BatchOrder, WhatWasInWorkIsHalvedAndTheRestStaysTogether)
{
    const auto parts = split(order_of_rows(0, 3, 0, 3), {}, Portion{5, {1, 1, 0, 3}});
    ASSERT_EQ(parts.size(), 3U);
    EXPECT_EQ(parts[0].tiles.bounding(), (stac::TileRange{1, 1, 0, 1}));
    EXPECT_EQ(parts[1].tiles.bounding(), (stac::TileRange{1, 1, 2, 3}));
    EXPECT_EQ(parts[0].attempts, 1);
    EXPECT_EQ(parts[1].attempts, 1);
    EXPECT_EQ(parts[2].tiles.count(), 12);
    EXPECT_EQ(parts[2].attempts, 0);
    for (const auto &part : parts)
    {
        EXPECT_TRUE(part.overviews.empty());
    }
}

TEST(BatchOrder, WhatIsSettledIsNotTriedAgain)
{
    stac::LevelSets settled;
    settled[5] = stac::TileSet(stac::TileRange{0, 1, 0, 3});
    const auto parts = split(order_of_rows(0, 3, 0, 3), settled, Portion{5, {2, 2, 0, 3}});
    EXPECT_EQ(count(parts), 8);
    settled[5] = stac::TileSet(stac::TileRange{0, 3, 0, 3});
    EXPECT_TRUE(split(order_of_rows(0, 3, 0, 3), settled, Portion{4, {1, 1, 1, 1}}).empty());
}

TEST(BatchOrder, NoTileIsToBlameForAnOverview)
{
    const auto parts = split(order_of_rows(0, 1, 0, 1), {}, Portion{4, {1, 1, 1, 1}});
    ASSERT_EQ(parts.size(), 1U);
    EXPECT_EQ(parts[0].tiles.count(), 4);
    EXPECT_EQ(parts[0].attempts, 0);
}

TEST(BatchOrder, ABadTileIsAloneAfterAsManyAttemptsAsHalvingsAndOneMore)
{
    BatchOrder order = order_of_rows(0, 3, 0, 3);
    const std::int64_t bad = 2;
    int attempts = 0;
    while (order.alone == 0)
    {
        ++attempts;
        for (auto &part : split(order, {}, Portion{5, order.tiles.bounding()}))
        {
            if (part.tiles.contains(bad, bad))
            {
                order = part;
            }
        }
    }
    EXPECT_EQ(attempts, 5);
    EXPECT_EQ(order.attempts, 5);
    EXPECT_EQ(order.tiles.count(), 1);
}

TEST(BatchOrder, IsTheSameAfterItWasALineOfJson)
{
    BatchOrder order = order_of_rows(2, 3, 4, 7);
    order.tiles.erase(3, 5, 5);
    const Json json = Json::parse(to_json(grid(), order).dump());
    EXPECT_EQ(json.dump(),
              R"({"make":"tiles","level":"5","tiles":[[2,4,7],[3,4,4],[3,6,7]],"overviews":{"4":[[1,1,1]]}})");
    const BatchOrder read = order_from_json(grid(), json);
    EXPECT_EQ(read.level, 5);
    EXPECT_FALSE(read.from_stored);
    EXPECT_TRUE(read.tiles.contains(order.tiles) && order.tiles.contains(read.tiles));
    EXPECT_EQ(read.overviews.at(4).count(), 1);
}

TEST(BatchOrder, ALineThatIsNoBatchIsRefused)
{
    const auto refused = [](const char *line)
    {
        try
        {
            order_from_json(grid(), Json::parse(line));
        }
        catch (const InputError &error)
        {
            return std::string(error.what()).rfind("batch: ", 0) == 0;
        }
        return false;
    };
    EXPECT_TRUE(refused(R"({})"));
    EXPECT_TRUE(refused(R"({"make":"soup","level":"5","tiles":[]})"));
    EXPECT_TRUE(refused(R"({"make":"tiles","level":"99","tiles":[]})"));
    EXPECT_TRUE(refused(R"({"make":"tiles","level":"5","tiles":[[0,0,32]]})"));
    EXPECT_TRUE(refused(R"({"make":"tiles","level":"5","tiles":[[0,3,2]]})"));
    EXPECT_TRUE(refused(R"({"make":"tiles","level":"5","tiles":[[0]]})"));
    EXPECT_TRUE(refused(R"({"make":"tiles","level":"5","tiles":[],"overviews":{"4":[["a",0,0]]}})"));
}

} // namespace
} // namespace tiledir::engine
