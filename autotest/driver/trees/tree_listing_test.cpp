#include "driver/trees/tree_listing.h"

#include "autotest/driver/scratch_folder.h"

namespace tiledir::driver
{

namespace
{

/// Listing opens no tile: empty files are as good.
class TreeListingTest : public ScratchFolderTest
{
protected:
    void touch(const std::vector<std::string> &names) const
    {
        for (const std::string &name : names)
        {
            write(name, "");
        }
    }
};

} // namespace

TEST_F(TreeListingTest, LevelsComeInTheOrderOfTheirNumbers)
{
    touch({"10/5/7.png", "9/2/3.png", "9/1/8.png", "09x/1/1.png", "-1/0/0.png"});
    const TreeListing tree = list_tree(folder());
    ASSERT_EQ(tree.levels.size(), 2U);
    EXPECT_EQ(tree.levels[0].name, "9");
    EXPECT_EQ(tree.levels[0].tiles.size(), 2U);
    EXPECT_EQ(tree.levels[0].folders.min, 1);
    EXPECT_EQ(tree.levels[0].folders.max, 2);
    EXPECT_EQ(tree.levels[0].files.min, 3);
    EXPECT_EQ(tree.levels[0].files.max, 8);
    EXPECT_TRUE(tree.levels[0].complete);
    EXPECT_EQ(tree.levels[1].number, 10);
    EXPECT_EQ(tree.extension, "png");
    EXPECT_EQ(tree.path(tree.levels[1], tree.levels[1].tiles[0]), path("10/5/7.png"));
}

TEST_F(TreeListingTest, OnlyALevelsNameMayHaveZerosBeforeIt)
{
    touch({"07/1/2.tif", "07/01/3.tif", "07/1/04.tif"});
    const TreeListing tree = list_tree(folder());
    ASSERT_EQ(tree.levels.size(), 1U);
    EXPECT_EQ(tree.levels[0].name, "07");
    EXPECT_EQ(tree.levels[0].number, 7);
    ASSERT_EQ(tree.levels[0].tiles.size(), 1U);
    EXPECT_EQ(tree.path(tree.levels[0], tree.levels[0].tiles[0]), path("07/1/2.tif"));
}

TEST_F(TreeListingTest, FilesBesideTilesAreNone)
{
    touch({"3/1/2.png", "3/1/2.png.aux.xml", "3/1/2.wld", "3/1/2.kml", "3/1/2.json", "3/1/index.html", "3/5.png",
           "4/1/2.kml", "doc.kml"});
    const TreeListing tree = list_tree(folder());
    ASSERT_EQ(tree.levels.size(), 1U);
    EXPECT_EQ(tree.levels[0].tiles.size(), 1U);
    EXPECT_EQ(tree.extension, "png");
}

TEST_F(TreeListingTest, TilesOfTwoFormatsAreRefusedUnlessOneIsNamed)
{
    touch({"3/1/2.png", "3/1/3.jpg"});
    EXPECT_EQ(failure_of([this] { list_tree(folder()); }),
              "input: " + folder() +
                  ": tiles of several formats (jpg, png), should be one; open option "
                  "SCHEME={z}/{x}/{y}.jpg takes those alone");
    const TreeListing tree = list_tree(folder(), "png");
    ASSERT_EQ(tree.levels[0].tiles.size(), 1U);
    EXPECT_EQ(tree.levels[0].tiles[0].file, 2);
}

TEST_F(TreeListingTest, AFolderWithoutTilesSaysHowTheyAreNamed)
{
    touch({"readme.txt", "3/1/notes.txt", "a/1/2.png"});
    EXPECT_EQ(failure_of([this] { list_tree(folder()); }),
              "input: " + folder() +
                  ": no tiles: without a stac.json they are LEVEL/NUMBER/NUMBER.EXT, numbers "
                  "without zeros before them");
    EXPECT_EQ(failure_of([this] { list_tree(folder(), "webp"); }),
              "input: " + folder() +
                  ": no tiles: without a stac.json they are LEVEL/NUMBER/NUMBER.webp, numbers "
                  "without zeros before them");
}

TEST_F(TreeListingTest, AFolderThatIsNotThereIsTheStoresFailure)
{
    EXPECT_EQ(failure_of([this] { list_tree(path("none")); }),
              "store: " + path("none") + ": cannot list: no such folder, or one that lists nothing");
}

/// Level 6 has 150 x 150 tiles: 22,500 names of files.
TEST_F(TreeListingTest, OfALevelWithTooManyTilesTheFoldersAloneAreAllKnown)
{
    touch({"0/0/0.png", "7/40/50.png"});
    for (int col = 100; col < 250; ++col)
    {
        boost::filesystem::create_directories(path("6/" + std::to_string(col)));
        for (int row = 0; row < 150; ++row)
        {
            const std::ofstream file(path("6/" + std::to_string(col) + "/" + std::to_string(row) + ".png"));
        }
    }
    const TreeListing tree = list_tree(folder());
    ASSERT_EQ(tree.levels.size(), 3U);
    EXPECT_TRUE(tree.levels[0].complete);
    EXPECT_FALSE(tree.levels[1].complete);
    EXPECT_LE(tree.levels[1].tiles.size(), 20000U);
    EXPECT_GT(tree.levels[1].tiles.size(), 19000U);
    EXPECT_EQ(tree.levels[1].folders.min, 100);
    EXPECT_EQ(tree.levels[1].folders.max, 249);
    ASSERT_EQ(tree.levels[2].tiles.size(), 1U) << "one tile of each level is found, however many came before";
    EXPECT_EQ(tree.levels[2].tiles[0].file, 50);
}

} // namespace tiledir::driver
