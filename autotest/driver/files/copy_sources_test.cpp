#include "driver/files/copy_sources.h"

#include "autotest/driver/registered_driver.h"

namespace tiledir::driver
{

namespace
{

class CopySourcesTest : public RegisteredDriverTest
{
protected:
    CopySourcesTest()
    {
        write_tiff("data/a.tif", {});
        boost::filesystem::create_directories(path("empty"));
    }
    /// As gdalbuildvrt makes it.
    void write_vrt(const std::string &name, const std::string &of) const
    {
        const auto vrt = raster::fixtures::build_vrt({path(of)});
        GDALDriver *const driver = GetGDALDriverManager()->GetDriverByName("VRT");
        const GDALDatasetUniquePtr file(
            driver->CreateCopy(path(name).c_str(), vrt.get(), FALSE, nullptr, nullptr, nullptr));
    }
    /// What of the dataset is in the folder.
    std::string source_in(const std::string &dataset, const std::string &in) const
    {
        const GDALDatasetUniquePtr opened(GDALDataset::Open(path(dataset).c_str()));
        return CopySources(*opened).in_folder(path(in));
    }
};

} // namespace

TEST_F(CopySourcesTest, AFileIsInItsFolderAndTheFoldersAbove)
{
    EXPECT_EQ(source_in("data/a.tif", "data"), path("data/a.tif"));
    EXPECT_EQ(source_in("data/a.tif", ""), path("data/a.tif"));
    EXPECT_EQ(source_in("data/a.tif", "empty"), "");
    EXPECT_EQ(source_in("data/a.tif", "none"), "");
    EXPECT_EQ(source_in("data/a.tif", "dat"), "");
}

TEST_F(CopySourcesTest, SourcesOfVrtsAreFoundAtAnyDepth)
{
    write_vrt("one.vrt", "data/a.tif");
    boost::filesystem::create_directories(path("vrts"));
    write_vrt("vrts/two.vrt", "one.vrt");
    EXPECT_EQ(source_in("vrts/two.vrt", "data"), path("data/a.tif"));
    EXPECT_EQ(source_in("vrts/two.vrt", "vrts"), path("vrts/two.vrt"));
    EXPECT_EQ(source_in("vrts/two.vrt", "empty"), "");
}

TEST_F(CopySourcesTest, LinksOfAnyKindLeadToTheSameFile)
{
    boost::filesystem::create_symlink(path("data/a.tif"), path("link.tif"));
    EXPECT_EQ(source_in("link.tif", "data"), path("link.tif"));
    boost::filesystem::create_hard_link(path("data/a.tif"), path("hard.tif"));
    EXPECT_EQ(source_in("hard.tif", "data"), path("hard.tif"));
    boost::filesystem::create_directory_symlink(path("data"), path("other"));
    EXPECT_EQ(source_in("data/a.tif", "other"), path("data/a.tif"));
    boost::filesystem::create_symlink(path("data/a.tif"), path("empty/link.tif"));
    EXPECT_EQ(source_in("data/a.tif", "empty"), path("data/a.tif")) << "its link lies there";
}

TEST_F(CopySourcesTest, ADatasetOfTilesIsReadFromItsFolders)
{
    const GDALDatasetUniquePtr raster(GDALDataset::Open(path("data/a.tif").c_str()));
    copy(*raster, "map");
    EXPECT_NE(source_in("map", "map"), "");
    EXPECT_EQ(source_in("map", "data"), "");
    write_vrt("map.vrt", "map");
    EXPECT_NE(source_in("map.vrt", "map"), "");
}

TEST_F(CopySourcesTest, NamesAreOpenedToo)
{
    write_vrt("one.vrt", "data/a.tif");
    EXPECT_EQ(CopySources({path("one.vrt")}).in_folder(path("data")), path("data/a.tif"));
    EXPECT_EQ(CopySources({path("data/a.tif"), "no name"}).in_folder(path("empty")), "");
}

TEST(CopySources, OffTheDiskKeysTell)
{
    const CopySources sources({"/vsimem/copy/map/../data/./a.tif"});
    EXPECT_EQ(sources.in_folder("/vsimem/copy/data"), "/vsimem/copy/map/../data/./a.tif");
    EXPECT_EQ(sources.in_folder("/vsimem/copy/data/"), "/vsimem/copy/map/../data/./a.tif");
    EXPECT_EQ(sources.in_folder("/vsimem/copy/dat"), "");
    EXPECT_EQ(sources.in_folder("/vsimem/copy/map"), "");
}

} // namespace tiledir::driver
