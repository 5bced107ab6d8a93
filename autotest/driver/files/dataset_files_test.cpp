#include "driver/files/dataset_files.h"

#include "autotest/driver/raster/pyramid_folder.h"
#include "autotest/driver/registered_driver.h"
#include "driver/journal/intent.h"

namespace tiledir::driver
{

namespace
{

class DatasetFilesTest : public RegisteredDriverTest
{
protected:
    /// "map", 300 x 300 pixels in 2 x 2 tiles and one above.
    void make_map() const
    {
        raster::fixtures::RasterSpec spec;
        spec.width = spec.height = 300;
        const auto source = raster::fixtures::make_raster(path("a.tif"), spec);
        copy(*source, "map");
    }
    std::string failure_of_delete(const std::string &name) const
    {
        return told_by([&] { EXPECT_EQ(delete_dataset(name.c_str()), CE_Failure); });
    }
};

} // namespace

TEST_F(DatasetFilesTest, ADeletedDatasetLeavesNothing)
{
    make_map();
    EXPECT_EQ(delete_dataset(path("map").c_str()), CE_None);
    EXPECT_FALSE(is_there("map"));
}

TEST_F(DatasetFilesTest, InMemoryItIsDeletedAndReplacedToo)
{
    const std::string memory = "/vsimem/tiledir_dataset_files";
    raster::fixtures::RasterSpec spec;
    spec.width = spec.height = 300;
    spec.type = GDT_UInt16;
    const auto source = raster::fixtures::make_raster(path("a.tif"), spec);
    for (const char *format : {"FORMAT=GTiff", "FORMAT=PNG"})
    {
        const GDALDatasetUniquePtr map(
            create_copy(memory.c_str(), source.get(), FALSE, list_of({format}).List(), GDALDummyProgress, nullptr));
        ASSERT_NE(map, nullptr);
        EXPECT_EQ(pixel(*map, 299, 299), 299 * 10 + 299);
    }
    const CPLStringList names(VSIReadDirRecursive(memory.c_str()));
    EXPECT_GE(names.FindString("1/1/1.png"), 0);
    EXPECT_LT(names.FindString("1/1/1.tif"), 0);
    EXPECT_EQ(delete_dataset(memory.c_str()), CE_None);
    EXPECT_FALSE(raster::fixtures::exists(memory + "/1/1/1.png"));
    EXPECT_FALSE(raster::fixtures::exists(memory));
}

TEST_F(DatasetFilesTest, InMemoryFilesOfOthersAreStillListed)
{
    const std::string memory = "/vsimem/tiledir_dataset_files";
    raster::fixtures::RasterSpec spec;
    spec.width = spec.height = 300;
    const auto source = raster::fixtures::make_raster(path("a.tif"), spec);
    GDALDatasetUniquePtr map(create_copy(memory.c_str(), source.get(), FALSE, nullptr, GDALDummyProgress, nullptr));
    map.reset();
    store::open_store(memory)->write("1/0/notes.txt", "mine");
    EXPECT_EQ(delete_dataset(memory.c_str()), CE_None);
    const CPLStringList names(VSIReadDirRecursive(memory.c_str()));
    EXPECT_GE(names.FindString("1/0/notes.txt"), 0);
    EXPECT_LT(names.FindString("1/1"), 0);
    VSIRmdirRecursive(memory.c_str());
}

TEST_F(DatasetFilesTest, FilesOfOthersOutliveADatasetInTheirFolder)
{
    make_map();
    write("map/1/0/notes.txt", "mine");
    EXPECT_EQ(delete_dataset(path("map/stac.json").c_str()), CE_None);
    EXPECT_EQ(text_of("map/1/0/notes.txt"), "mine");
    EXPECT_FALSE(is_there("map/1/0/0.tif"));
    EXPECT_FALSE(is_there("map/0"));
    EXPECT_FALSE(is_there("map/stac.json"));
}

TEST_F(DatasetFilesTest, WhatIsNoDatasetIsNotDeleted)
{
    write("folder/a.txt", "");
    EXPECT_EQ(failure_of_delete(path("folder")),
              path("folder") + ": has no STAC item that says which files are its own");
    EXPECT_TRUE(is_there("folder/a.txt"));
}

TEST_F(DatasetFilesTest, ACopyCountsWhenItIsWholeAndHasItAll)
{
    make_map();
    write("map/notes.txt", "mine");
    EXPECT_EQ(copy_dataset(path("other").c_str(), path("map").c_str()), CE_None);
    EXPECT_EQ(text_of("other/stac.json"), text_of("map/stac.json"));
    EXPECT_EQ(text_of("other/1/1/1.tif"), text_of("map/1/1/1.tif"));
    EXPECT_FALSE(is_there("other/notes.txt"));
    const auto map = open("map");
    const auto other = open("other");
    ASSERT_NE(other, nullptr);
    EXPECT_EQ(raster::fixtures::band_pixels<double>(*other), raster::fixtures::band_pixels<double>(*map));
}

TEST_F(DatasetFilesTest, ACopyMayHaveItsItemUnderAnotherName)
{
    make_map();
    write("map/stac.json.aux.xml", "<PAMDataset/>");
    EXPECT_EQ(copy_dataset(path("other/item.json").c_str(), path("map").c_str()), CE_None);
    EXPECT_EQ(text_of("other/item.json"), text_of("map/stac.json"));
    EXPECT_EQ(text_of("other/item.json.aux.xml"), "<PAMDataset/>");
    EXPECT_FALSE(is_there("other/stac.json"));
}

TEST_F(DatasetFilesTest, WhatWritersHaveInADatasetIsNotCopied)
{
    make_map();
    write("map/.tiledir/tmp/half", "");
    write("map/.tiledir/recipe.json", "{}");
    EXPECT_EQ(copy_dataset(path("other").c_str(), path("map").c_str()), CE_None);
    EXPECT_FALSE(is_there("other/.tiledir/tmp/half"));
    EXPECT_TRUE(is_there("other/.tiledir/recipe.json"));
}

TEST_F(DatasetFilesTest, NothingIsCopiedOrMovedOntoADataset)
{
    make_map();
    write("other/stac.json", "theirs");
    const std::string line = path("other/stac.json") + ": is there already; choose another name or delete it first";
    EXPECT_EQ(told_by([this] { EXPECT_EQ(copy_dataset(path("other").c_str(), path("map").c_str()), CE_Failure); }),
              line);
    EXPECT_EQ(told_by([this] { EXPECT_EQ(rename_dataset(path("other").c_str(), path("map").c_str()), CE_Failure); }),
              line);
    EXPECT_EQ(text_of("other/stac.json"), "theirs");
    EXPECT_TRUE(is_there("map/1/0/0.tif"));
}

TEST_F(DatasetFilesTest, ARenamedDatasetIsGoneFromItsOldFolder)
{
    make_map();
    EXPECT_EQ(rename_dataset(path("other").c_str(), path("map").c_str()), CE_None);
    EXPECT_FALSE(is_there("map"));
    EXPECT_NE(open("other"), nullptr);
    write("other/notes.txt", "mine");
    EXPECT_EQ(rename_dataset(path("third").c_str(), path("other").c_str()), CE_None);
    EXPECT_NE(open("third"), nullptr);
    EXPECT_FALSE(is_there("other/stac.json"));
    EXPECT_EQ(text_of("other/notes.txt"), "mine") << "which is no part of it";
    EXPECT_FALSE(is_there("third/notes.txt"));
}

/// GDAL deletes by TILEDIR:... what it is about to make, with the source open.
TEST_F(DatasetFilesTest, ADatasetThatIsReadIsNotDeletedByAnotherName)
{
    make_map();
    const auto map = open("map");
    const std::string told = failure_of_delete("TILEDIR:" + path("map"));
    EXPECT_EQ(told.rfind(path("map") + ": is open (", 0), 0U) << told;
    EXPECT_TRUE(is_there("map/1/0/0.tif"));
}

TEST_F(DatasetFilesTest, WhatAKilledOneLeftIsToldFromADataset)
{
    const auto store = store::open_store(path("map"));
    {
        journal::Intent intent(*store);
        intent.creates("{z}/{y}/{x}.tif");
        intent.add("0", raster::one_tile(0, 0));
        EXPECT_TRUE(is_unfinished_dataset(path("map")));
        EXPECT_NE(unfinished_dataset(path("map")).value().writer, "");
        EXPECT_NE(failure_of_delete(path("map")).find("is being made by "), std::string::npos);
        intent.release();
    }
    write("map/0/0/0.tif", "");
    EXPECT_EQ(unfinished_dataset(path("map")).value().writer, "");
    EXPECT_EQ(unfinished_dataset(path("map")).value().foreign, "");
    write("map/0/0/0.png", "");
    EXPECT_EQ(unfinished_dataset(path("map")).value().foreign, "0/0/0.png");
    EXPECT_EQ(delete_dataset(path("map").c_str()), CE_None);
    EXPECT_FALSE(is_there("map/0/0/0.tif"));
    EXPECT_TRUE(is_there("map/0/0/0.png"));
    EXPECT_FALSE(unfinished_dataset(path("none")));
}

} // namespace tiledir::driver
