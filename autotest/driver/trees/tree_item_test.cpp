#include "driver/trees/tree_item.h"

#include "stac/error.h"

#include <gtest/gtest.h>

namespace tiledir::driver
{

namespace
{

constexpr TileScheme kPlainScheme{false, false};

StoredLevel level_of(const std::string &name, const std::vector<TileName> &tiles, bool complete = true)
{
    StoredLevel level;
    level.name = name;
    level.number = std::stoi(name);
    level.tiles = tiles;
    level.complete = complete;
    for (const TileName &tile : tiles)
    {
        level.folders.include(tile.folder);
        level.files.include(tile.file);
    }
    return level;
}

TreeListing tree_of(const std::vector<StoredLevel> &levels, const std::string &extension = "png")
{
    return {levels, extension, "/data/map.d"};
}

stac::TileMatrixSet mercator()
{
    return stac::TileMatrixSet::well_known("WebMercatorQuad").value();
}

std::string fault_of(const TreeListing &tree)
{
    try
    {
        item_of_tree(tree, mercator(), kPlainScheme);
    }
    catch (const InputError &error)
    {
        return error.what();
    }
    return "none";
}

} // namespace

TEST(TreeItem, HasTheStoredLevelsAloneWithTheirNames)
{
    const auto item =
        item_of_tree(tree_of({level_of("03", {{5, 2}, {6, 4}}), level_of("5", {{20, 9}})}), mercator(), kPlainScheme);
    EXPECT_EQ(item.id, "map.d");
    EXPECT_EQ(item.assets.at(0).href, "./{z}/{x}/{y}.png");
    EXPECT_EQ(item.assets.at(0).media_type, "image/png");
    ASSERT_EQ(item.tile_matrix_set.matrices.size(), 2U);
    EXPECT_EQ(item.tile_matrix_set.matrices[0].id, "03");
    EXPECT_EQ(item.tile_matrix_set.matrices[0].matrix_width, 8);
    EXPECT_EQ(item.limits.at("03"), (stac::TileRange{2, 4, 5, 6}));
    EXPECT_EQ(item.limits.at("5"), (stac::TileRange{9, 9, 20, 20}));
}

TEST(TreeItem, LevelsAndTilesOutsideOfTheGridAreRefused)
{
    EXPECT_EQ(fault_of(tree_of({level_of("77", {{0, 0}})})),
              "/data/map.d/77: WebMercatorQuad has no such level, it has 0 to 24");
    EXPECT_EQ(fault_of(tree_of({level_of("3", {{5, 8}})})),
              "/data/map.d: level 3 has numbers up to 5/8, as XYZ WebMercatorQuad has 8 columns and 8 rows there: "
              "open options SCHEME and GRID say what they are");
}

/// Columns 40 to 43 are known of the folders; rows 8 to 11 of level 4 are 16 to 23 of level 5.
TEST(TreeItem, ALevelThatIsNotListedWholeTakesItsRowsFromTheCoarserOne)
{
    StoredLevel rest = level_of("5", {{20, 17}}, false);
    rest.folders = {20, 23};
    const TreeListing tree = tree_of({level_of("4", {{10, 8}, {11, 11}}), rest});
    EXPECT_EQ(item_of_tree(tree, mercator(), kPlainScheme).limits.at("5"), (stac::TileRange{16, 23, 20, 23}));
}

TEST(TreeItem, WithoutACoarserOneItMayBeInAllRows)
{
    StoredLevel rest = level_of("3", {{2, 5}}, false);
    rest.folders = {2, 4};
    EXPECT_EQ(item_of_tree(tree_of({rest}), mercator(), kPlainScheme).limits.at("3"), (stac::TileRange{0, 7, 2, 4}));
    rest.folders = {};
    EXPECT_EQ(item_of_tree(tree_of({rest}), mercator(), kPlainScheme).limits.at("3"), (stac::TileRange{0, 7, 0, 7}));
}

TEST(TreeItem, KnowsTheNamesOfLevelsThatWereListedWhole)
{
    const TreeListing tree = tree_of({level_of("3", {{5, 2}, {6, 4}}), level_of("4", {{10, 4}}, false)});
    const TileScheme tms{false, true};
    const auto item = item_of_tree(tree, mercator(), tms);
    const StoredTiles stored = stored_tiles(tree, item, tms);
    ASSERT_EQ(stored.listed.size(), 1U);
    EXPECT_EQ(stored.listed.at("3"), (std::set<std::pair<std::int64_t, std::int64_t>>{{5, 5}, {3, 6}}));
    EXPECT_TRUE(stored.may_exist(item.tile_matrix_set.matrices[0], 5, 5));
    EXPECT_FALSE(stored.may_exist(item.tile_matrix_set.matrices[0], 5, 6)) << "within the limits, and not listed";
}

TEST(TreeItem, OfATemplateHasNoLimits)
{
    const auto item = item_of_template("/data/map", mercator(), "{q}.jpg");
    EXPECT_TRUE(item.limits.empty());
    EXPECT_EQ(item.tile_matrix_set.matrices.size(), mercator().matrices.size());
    EXPECT_EQ(item.assets.at(0).media_type, "image/jpeg");
}

} // namespace tiledir::driver
