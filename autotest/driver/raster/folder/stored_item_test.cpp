#include "driver/raster/folder/stored_item.h"

#include "autotest/driver/raster/plain_store.h"
#include "autotest/driver/raster/small_item.h"
#include "driver/raster/folder/stored_pyramid.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tiledir::raster
{

namespace
{

/// Tells what is not there, in the row of one that is, after it has told of that.
class LateMisses : public PlainStore
{
public:
    LateMisses(store::Store &store, std::string row)
        : PlainStore(store)
        , m_row(std::move(row))
    {
    }
    std::optional<store::Stamp> stamp(const std::string &key) const override
    {
        auto stamp = PlainStore::stamp(key);
        if (key.rfind(m_row, 0) == 0)
        {
            std::unique_lock<std::mutex> lock(m_mutex);
            m_told = m_told || stamp;
            m_changed.notify_all();
            m_in_order = m_changed.wait_for(lock, std::chrono::minutes(1), [this] { return m_told; }) && m_in_order;
        }
        return stamp;
    }
    bool in_order() const { return m_in_order; }

private:
    const std::string m_row;
    mutable std::mutex m_mutex;
    mutable std::condition_variable m_changed;
    mutable bool m_told = false;
    mutable bool m_in_order = true;
};

class StoredItemTest : public testing::Test
{
protected:
    nlohmann::json stored_item() { return nlohmann::json::parse(m_folder.store().read_text("stac.json").value()); }
    void write_item() { m_folder.store().write("stac.json", m_item.to_json().dump(2)); }
    stac::TileRange base_limits() { return stac::TiledAssetsItem::from_json(stored_item()).limits.at("3"); }

    /// Of which the tiles at these places are there.
    void write_item_of(const stac::TileRange &base, const std::vector<std::pair<int, int>> &places)
    {
        for (const stac::TileMatrix &matrix : m_folder.pyramid().grid.matrices)
        {
            m_item.limits[matrix.id] =
                range_above(m_folder.pyramid(), base, m_folder.pyramid().grid.index_of(matrix.id).value());
        }
        m_item.bbox = {0, 0, 8, 8};
        write_item();
        for (const auto &[row, col] : places)
        {
            m_folder.write_random(row, col, row + col);
        }
    }

    PyramidFolder m_folder{pyramid_on_earth()};
    stac::TiledAssetsItem m_item = small_item(m_folder.pyramid());
    const Pyramid m_read = stored_pyramid(m_item, m_folder.store());
    const TilePyramid m_tiles{m_read, m_folder.store()};
};

} // namespace

TEST_F(StoredItemTest, AnItemGrowsWithItsTiles)
{
    m_item.extra_properties["proj:shape"] = {16, 16};
    write_item();
    const auto before = stored_item();
    grow_item(m_folder.store(), "stac.json", stored_pyramid(m_item, m_folder.store()), one_tile(0, 0));
    EXPECT_EQ(stored_item(), before);

    m_item.extra_properties.erase("proj:shape");
    write_item();
    Pyramid read = stored_pyramid(m_item, m_folder.store());
    grow_item(m_folder.store(), "stac.json", read, one_tile(5, 2));
    const auto grown = stac::TiledAssetsItem::from_json(stored_item());
    EXPECT_EQ(grown.limits.at("3"), (stac::TileRange{0, 5, 0, 2}));
    EXPECT_EQ(grown.limits.at("2"), (stac::TileRange{0, 2, 0, 1}));
    EXPECT_EQ(grown.limits.at("1"), (stac::TileRange{0, 1, 0, 0}));
    EXPECT_EQ(grown.limits.at("0"), (stac::TileRange{0, 0, 0, 0}));
    EXPECT_EQ(grown.bbox, (std::vector<double>{0, 0, 3, 3})); // tiles of one degree, from 8 north
}

TEST_F(StoredItemTest, WhoeverGrowsAnItemAtTheSameTimeLosesNothing)
{
    write_item();
    const Pyramid read = stored_pyramid(m_item, m_folder.store());
    constexpr int kWriters = 8;
    std::vector<std::thread> writers;
    writers.reserve(kWriters);
    for (int writer = 0; writer < kWriters; ++writer)
    {
        writers.emplace_back([&, writer]
                             { grow_item(m_folder.store(), "stac.json", read, one_tile(writer, 7 - writer)); });
    }
    for (std::thread &writer : writers)
    {
        writer.join();
    }
    EXPECT_EQ(stac::TiledAssetsItem::from_json(stored_item()).limits.at("3"), (stac::TileRange{0, 7, 0, 7}));
}

TEST_F(StoredItemTest, AnItemShrinksToTheTilesThatAreThere)
{
    write_item_of({0, 7, 0, 7}, {{2, 1}, {5, 4}});
    stac::TileSet gone = one_tile(0, 0);
    gone.insert(one_tile(7, 7));
    shrink_item(m_tiles, "stac.json", gone, 4);
    const auto shrunk = stac::TiledAssetsItem::from_json(stored_item());
    EXPECT_EQ(shrunk.limits.at("3"), (stac::TileRange{2, 5, 1, 4}));
    EXPECT_EQ(shrunk.limits.at("2"), (stac::TileRange{1, 2, 0, 2}));
    EXPECT_EQ(shrunk.limits.at("0"), (stac::TileRange{0, 0, 0, 0}));
    EXPECT_EQ(shrunk.bbox, (std::vector<double>{1, 2, 5, 6})); // tiles of one degree, from 8 north
    EXPECT_TRUE(m_folder.store().list(".tiledir/intents").empty());
}

TEST_F(StoredItemTest, WhatIsFoundStaysFoundWhenAnotherThreadMissesLater)
{
    write_item_of({0, 7, 0, 7}, {{1, 0}, {7, 7}});
    LateMisses store(m_folder.store(), "3/1/");
    shrink_item(TilePyramid(m_read, store), "stac.json", one_tile(0, 0), 4);
    EXPECT_TRUE(store.in_order());
    EXPECT_EQ(base_limits(), (stac::TileRange{1, 7, 0, 7}));
}

TEST_F(StoredItemTest, OnlyBordersThatHaveLostTilesAreLookedAt)
{
    write_item_of({0, 7, 0, 7}, {{2, 1}, {5, 4}});
    shrink_item(m_tiles, "stac.json", one_tile(3, 3), 1);
    EXPECT_EQ(base_limits(), (stac::TileRange{0, 7, 0, 7}));
    shrink_item(m_tiles, "stac.json", one_tile(0, 3), 1);
    EXPECT_EQ(base_limits(), (stac::TileRange{2, 7, 0, 7}));
    shrink_item(m_tiles, "stac.json", one_tile(3, 0), 1);
    EXPECT_EQ(base_limits(), (stac::TileRange{2, 7, 1, 7}));
}

TEST_F(StoredItemTest, WithoutAnyTileLimitsStay)
{
    write_item_of({0, 7, 0, 7}, {});
    shrink_item(m_tiles, "stac.json", stac::TileSet(stac::TileRange{0, 7, 0, 7}), 1);
    EXPECT_EQ(base_limits(), (stac::TileRange{0, 7, 0, 7}));
}

TEST_F(StoredItemTest, AnItemThatTellsItsExtentStays)
{
    m_item.extra_properties["proj:shape"] = {128, 128};
    m_item.extra_properties["proj:transform"] = {0.0625, 0, 0, 0, -0.0625, 8};
    write_item_of({0, 7, 0, 7}, {{2, 1}});
    const auto before = stored_item();
    shrink_item(m_tiles, "stac.json", one_tile(0, 0), 1);
    EXPECT_EQ(stored_item(), before);
}

TEST_F(StoredItemTest, ATileThatComesWhileItsRowIsCutOffIsNotLost)
{
    write_item_of({0, 7, 0, 7}, {{2, 0}, {2, 7}, {7, 0}});
    PlainStore store(m_folder.store());
    const TilePyramid tiles(m_read, store);
    store.once_before_writing("stac.json",
                              [&]
                              {
                                  m_folder.write_random(1, 3, 1); // and nothing is to be told: limits hold it
                                  grow_item(m_folder.store(), "stac.json", m_read, one_tile(1, 3));
                              });
    shrink_item(tiles, "stac.json", one_tile(0, 0), 1);
    EXPECT_EQ(base_limits(), (stac::TileRange{1, 7, 0, 7}));
}

TEST_F(StoredItemTest, LimitsThatGrowWhileTheyAreLookedAtAreLookedAtAgain)
{
    write_item_of({2, 7, 0, 7}, {{4, 0}, {4, 7}, {7, 0}});
    const stac::TileSet above = one_tile(1, 2);
    m_folder.write_random(3, 2, 1);
    std::thread writer(
        [&]
        {
            m_folder.write_random(1, 2, 1);
            grow_item(m_folder.store(), "stac.json", m_read, above);
        });
    shrink_item(m_tiles, "stac.json", one_tile(2, 0), 1);
    writer.join();
    EXPECT_EQ(base_limits().min_row, 1);
    EXPECT_EQ(base_limits().max_row, 7);
}

} // namespace tiledir::raster
