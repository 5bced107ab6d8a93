#include "driver/files/successor.h"

#include "autotest/driver/raster/small_item.h"
#include "autotest/driver/scratch_folder.h"
#include "driver/journal/intent.h"

namespace tiledir::driver
{

namespace
{

class SuccessorTest : public ScratchFolderTest
{
protected:
    SuccessorTest()
    {
        write("stac.json", item("old", "{TileMatrix}/{TileRow}/{TileCol}.tif"));
        write("stac.json.aux.xml", "<PAMDataset/>");
        write("3/0/0.tif", "old");
        write("3/0/1.tif", "old");
        write(".tiledir/successor/stac.json", item("new", m_new.path));
        write(".tiledir/successor/3/0/0.png", "new");
        write(".tiledir/successor/2/0/0.png", "new");
    }
    static std::string item(const std::string &id, const std::string &href)
    {
        auto item = raster::small_item(raster::pyramid_on_earth());
        item.id = id;
        item.assets[0].href = href;
        return item.to_json().dump(2);
    }

    const SuccessorTiles m_new{"{TileMatrix}/{TileRow}/{TileCol}.png", "3", raster::one_tile(0, 0)};
};

} // namespace

TEST_F(SuccessorTest, TakesTheWholePlaceOfItsPredecessor)
{
    put_in_place(folder(), m_new);
    EXPECT_EQ(nlohmann::json::parse(text_of("stac.json"))["id"], "new");
    EXPECT_EQ(text_of("3/0/0.png"), "new");
    EXPECT_EQ(text_of("2/0/0.png"), "new");
    for (const char *name : {"3/0/0.tif", "3/0/1.tif", "stac.json.aux.xml", ".tiledir/successor"})
    {
        EXPECT_FALSE(is_there(name)) << name;
    }
    EXPECT_TRUE(journal::Intent::all(*store::open_store(folder())).empty());
}

TEST_F(SuccessorTest, FilesOfOthersStayWhereTheyAre)
{
    write("3/0/notes.txt", "mine");
    put_in_place(folder(), m_new);
    EXPECT_EQ(text_of("3/0/notes.txt"), "mine");
    EXPECT_EQ(text_of("3/0/0.png"), "new");
}

TEST_F(SuccessorTest, OffTheDiskItIsCopied)
{
    const std::string memory = "/vsimem/tiledir_successor";
    const auto store = store::open_store(memory);
    for (const char *name : {"stac.json", "3/0/0.tif", ".tiledir/successor/stac.json", ".tiledir/successor/3/0/0.png"})
    {
        store->write(name, text_of(name));
    }
    put_in_place(memory, m_new);
    EXPECT_EQ(nlohmann::json::parse(store->read_text("stac.json").value())["id"], "new");
    EXPECT_EQ(store->read_text("3/0/0.png"), "new");
    EXPECT_EQ(store->read_text("3/0/0.tif"), std::nullopt);
    EXPECT_EQ(store->read_text(".tiledir/successor/3/0/0.png"), std::nullopt);
    VSIRmdirRecursive(memory.c_str());
}

TEST_F(SuccessorTest, OneThatIsGoneLeavesThePredecessor)
{
    boost::filesystem::remove(path(".tiledir/successor/stac.json"));
    EXPECT_EQ(failure_of([this] { put_in_place(folder(), m_new); }),
              "store: " + path(".tiledir/successor/stac.json") + ": is gone");
    EXPECT_EQ(text_of("3/0/0.tif"), "old");
    EXPECT_EQ(nlohmann::json::parse(text_of("stac.json"))["id"], "old");
}

} // namespace tiledir::driver
