#include "driver/dataset/identification.h"

#include "autotest/driver/scratch_folder.h"

namespace tiledir::driver
{

namespace
{

constexpr const char *kItemOfTiles =
    R"({"type": "Feature", "stac_extensions": ["https://stac-extensions.github.io/tiled-assets/v1.0.0/schema.json"]})";

class IdentificationTest : public ScratchFolderTest
{
protected:
    static int identified(const std::string &name, const char *only = nullptr)
    {
        const char *const drivers[] = {only, nullptr};
        GDALOpenInfo info(name.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY);
        info.papszAllowedDrivers = only == nullptr ? nullptr : drivers;
        CPLErrorReset();
        const int answer = identify_dataset(&info);
        EXPECT_EQ(CPLGetLastErrorType(), CE_None);
        return answer;
    }
    int of_file(const std::string &name, const std::string &text) const
    {
        write(name, text);
        return identified(path(name));
    }
};

} // namespace

TEST_F(IdentificationTest, ItemsOfTilesAreOursWhateverTheirName)
{
    EXPECT_EQ(of_file("map/stac.json", kItemOfTiles), TRUE);
    EXPECT_EQ(identified(path("map")), TRUE);
    EXPECT_EQ(of_file("map/other.json", kItemOfTiles), TRUE);
    EXPECT_EQ(of_file("map/other.txt", kItemOfTiles), FALSE);
}

TEST_F(IdentificationTest, OtherJsonIsLeftToOthers)
{
    EXPECT_EQ(of_file("a.json", R"({"type": "Feature", "geometry": null, "properties": {}})"), FALSE);
    EXPECT_EQ(of_file("b.json", R"({"type": "FeatureCollection", "features": [], "x": "tiled-assets"})"), FALSE);
    EXPECT_EQ(of_file("c.json", R"({"type": "Feature", "stac_version": "1.0.0", "stac_extensions": []})"), FALSE);
    EXPECT_EQ(of_file("d.json", ""), FALSE);
}

/// GDAL has read the first 1024 bytes; what makes it an item comes later.
TEST_F(IdentificationTest, AnItemsBeginningMayTellLittle)
{
    const std::string text = kItemOfTiles;
    const std::string filler = "{\"description\": \"" + std::string(5000, 'x') + "\", ";
    EXPECT_EQ(of_file("a.json", filler + text.substr(1)), TRUE);
}

TEST_F(IdentificationTest, CompressedAndUtf16ItemsAreReadWhole)
{
    VSILFILE *file = VSIFOpenL(("/vsigzip/" + path("a.json.gz")).c_str(), "wb");
    VSIFWriteL(kItemOfTiles, 1, std::string(kItemOfTiles).size(), file);
    VSIFCloseL(file);
    EXPECT_EQ(identified(path("a.json.gz")), TRUE);
    std::string wide = "\xFF\xFE";
    for (const char letter : std::string(kItemOfTiles))
    {
        wide += letter;
        wide += '\0';
    }
    EXPECT_EQ(of_file("wide.json", wide), TRUE);
}

TEST_F(IdentificationTest, FoldersAreOursWhereADocumentOrABeginningIs)
{
    write("bare/3/1/2.png", "");
    EXPECT_EQ(identified(path("bare")), FALSE);
    write("begun/.tiledir/intents/a.json", "{}");
    EXPECT_EQ(identified(path("begun")), TRUE) << "so that opening says it is not whole";
    write("mapchete/metadata.json",
          R"({"driver": {"format": "PNG"}, "pyramid": {"grid": "mercator", "metatiling": 1}})");
    EXPECT_EQ(identified(path("mapchete")), TRUE);
    EXPECT_EQ(identified(path("none")), FALSE);
}

TEST_F(IdentificationTest, WhoNamesTheDriverGetsIt)
{
    write("bare/3/1/2.png", "");
    EXPECT_EQ(identified("TILEDIR:" + path("bare")), TRUE);
    EXPECT_EQ(identified("tiledir:" + path("none")), TRUE);
    EXPECT_EQ(identified(path("bare"), "TileDir"), TRUE);
    EXPECT_EQ(identified(path("bare"), "GTiff"), FALSE);
    write("a.tif", "II*");
    EXPECT_EQ(identified(path("a.tif"), "TileDir"), FALSE) << "a file that is no document";
}

TEST_F(IdentificationTest, OfUrlsOnlyARequestTells)
{
    EXPECT_EQ(identified("s3://bucket/map"), GDAL_IDENTIFY_UNKNOWN);
    EXPECT_EQ(identified("https://tiles.invalid/stac.json"), GDAL_IDENTIFY_UNKNOWN);
    EXPECT_EQ(identified("https://tiles.invalid/a.tif"), FALSE);
    EXPECT_EQ(identify_dataset(nullptr), FALSE);
}

TEST_F(IdentificationTest, WhatDoesNotLeadToAnItemIsNone)
{
    write("map/stac.json", kItemOfTiles);
    EXPECT_TRUE(leads_to_item(("file://" + path("map/stac.json")).c_str()));
    EXPECT_FALSE(leads_to_item(("file://" + path("none.json")).c_str()));
}

} // namespace tiledir::driver
