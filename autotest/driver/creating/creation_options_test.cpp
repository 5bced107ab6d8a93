#include "driver/creating/creation_options.h"

#include "stac/error.h"

#include <cpl_minixml.h>
#include <gdal_priv.h>

#include <gtest/gtest.h>

#include <set>

namespace tiledir::driver
{

namespace
{

CreationOptions creation_options(const std::vector<std::string> &given)
{
    CPLStringList list;
    for (const std::string &option : given)
    {
        list.AddString(option.c_str());
    }
    return CreationOptions::from(list.List());
}

std::string creation_fault(const std::vector<std::string> &given)
{
    try
    {
        creation_options(given);
    }
    catch (const InputError &error)
    {
        return error.what();
    }
    return "none";
}

class CreationOptionsTest : public testing::Test
{
protected:
    void SetUp() override { GDALAllRegister(); }
};

} // namespace

TEST_F(CreationOptionsTest, WithoutOnesTheSourcesOwnPixelsBecomeGeoTiffs)
{
    const CreationOptions options = creation_options({});
    EXPECT_TRUE(options.is_native());
    EXPECT_EQ(options.format, "GTiff");
    EXPECT_FALSE(options.tile_size);
    EXPECT_EQ(options.metatile, 1);
    EXPECT_TRUE(options.sparse);
    EXPECT_FALSE(options.statistics);
    EXPECT_FALSE(creation_options({"GRID=WebMercatorQuad"}).is_native());
    EXPECT_TRUE(creation_options({"grid=native"}).is_native());
}

TEST_F(CreationOptionsTest, TheFormatsOwnOptionsAreTakenInAnyCase)
{
    const CreationOptions options = creation_options({"compress=LZW", "Predictor=2", "tile_size=512"});
    EXPECT_EQ(options.format_options, (std::map<std::string, std::string>{{"COMPRESS", "LZW"}, {"PREDICTOR", "2"}}));
    EXPECT_EQ(options.tile_size, 512);
    EXPECT_EQ(creation_options({"FORMAT=webp", "QUALITY=80"}).format_options,
              (std::map<std::string, std::string>{{"QUALITY", "80"}}));
    EXPECT_EQ(creation_options({"FORMAT=webp"}).format, "WEBP");
    EXPECT_EQ(creation_options({"FORMAT=tiff"}).format, "GTiff");
}

TEST_F(CreationOptionsTest, UnknownOnesAreRefusedWithTheNearest)
{
    EXPECT_EQ(creation_fault({"TILESIZE=512"}),
              "creation option TILESIZE: is unknown to TileDir and to GTiff; the nearest known one is TILE_SIZE");
    EXPECT_EQ(creation_fault({"FORMAT=PNG", "COMPRES=LZW"})
                  .rfind("creation option COMPRES: is unknown to TileDir and "
                         "to PNG",
                         0),
              0U);
}

TEST_F(CreationOptionsTest, WordsOfGdalToItselfArePassedOver)
{
    EXPECT_EQ(creation_fault({"APPEND_SUBDATASET=YES", "_INTERNAL_DATASET=YES"}), "none");
}

TEST_F(CreationOptionsTest, FormatsThatHoldNoPixelsAreRefused)
{
    for (const std::string format : {"MEM", "VRT"})
    {
        EXPECT_EQ(creation_fault({"FORMAT=" + format}),
                  "creation option FORMAT: " + format + " makes no files that hold pixels; GTiff does");
    }
    EXPECT_NE(creation_fault({"FORMAT=JPGE"}).find("JPEG"), std::string::npos) << "the nearest one";
}

TEST_F(CreationOptionsTest, SizesAreWholeNumbersOfPixels)
{
    EXPECT_EQ(creation_options({"TILE_SIZE=65536", "METATILE=1"}).tile_size, 65536);
    for (const std::string text : {"0", "65537", "-256", "256px", "", "2.5"})
    {
        EXPECT_EQ(creation_fault({"TILE_SIZE=" + text}),
                  "creation option TILE_SIZE: is '" + text + "', should be a number from 1 to 65536");
    }
    EXPECT_EQ(creation_fault({"METATILE=0"}), "creation option METATILE: is '0', should be a number from 1 to 65536");
}

TEST_F(CreationOptionsTest, SwitchesAreYesOrNo)
{
    EXPECT_FALSE(creation_options({"SPARSE_OK=off"}).sparse);
    EXPECT_FALSE(creation_options({"SPARSE_OK=0"}).sparse);
    EXPECT_TRUE(creation_options({"STATISTICS=True"}).statistics);
    EXPECT_EQ(creation_fault({"STATISTICS=maybe"}), "creation option STATISTICS: is 'maybe', should be YES or NO");
}

TEST_F(CreationOptionsTest, ATemplateTellsTilesApartBelowTheFolder)
{
    for (const char *good :
         {"{z}/{x}/{y}.png", "{TileMatrix}/{TileRow}/{TileCol}.tif", "a/{z}_{x}_{-y}.tif", "{q}.jpg"})
    {
        EXPECT_EQ(creation_options({std::string("TEMPLATE=") + good}).tile_path, good);
    }
    for (const std::string bad : {"{z}/{x}.png", "{x}/{y}.png", "/tmp/{z}/{x}/{y}.png", "../{z}/{x}/{y}.png",
                                  "s3://b/{z}/{x}/{y}.png", "{z}/{x}/{y}/{time}.png"})
    {
        EXPECT_EQ(creation_fault({"TEMPLATE=" + bad}),
                  "creation option TEMPLATE: is '" + bad +
                      "', should name level, row and column of a tile below the folder, such as "
                      "{TileMatrix}/{TileRow}/{TileCol}.tif or {z}/{x}/{y}.png");
    }
}

TEST_F(CreationOptionsTest, KernelsAreThoseThatGdalHas)
{
    EXPECT_EQ(creation_options({"RESAMPLING=bilinear"}).resampling, raster::Resampling::Bilinear);
    EXPECT_EQ(creation_options({"OVERVIEW_RESAMPLING=gauss"}).overview_resampling, raster::Resampling::Gauss);
    EXPECT_EQ(creation_fault({"RESAMPLING=best"}).rfind("creation option RESAMPLING: ", 0), 0U);
    EXPECT_NE(creation_fault({"RESAMPLING=gauss"}).find("gauss"), std::string::npos) << "gdaladdo's alone";
}

TEST_F(CreationOptionsTest, TheItemsWordsAreUtf8AndItsTimeIsOne)
{
    EXPECT_EQ(creation_options({"TITLE=M\xFCnchen"}).title, "M\xC3\xBCnchen");
    EXPECT_EQ(creation_options({"TITLE=M\xC3\xBCnchen"}).title, "M\xC3\xBCnchen");
    EXPECT_EQ(creation_options({"DATETIME=2024-05-31T12:00:00Z"}).datetime, "2024-05-31T12:00:00Z");
    EXPECT_EQ(creation_fault({"DATETIME=yesterday"}),
              "creation option DATETIME: is 'yesterday', should be as 2024-05-31T12:00:00Z");
}

/// GDAL warns of options that a driver does not list.
TEST_F(CreationOptionsTest, TheirListIsXmlOfOursAndTheFormats)
{
    const CPLXMLTreeCloser root(CPLParseXMLString(CreationOptions::description().c_str()));
    ASSERT_NE(root.get(), nullptr);
    std::set<std::string> names;
    for (const CPLXMLNode *node = root->psChild; node != nullptr; node = node->psNext)
    {
        EXPECT_TRUE(names.insert(CPLGetXMLValue(node, "name", "")).second) << "twice";
    }
    for (const char *name : {"GRID", "LEVELS", "TEMPLATE", "NUM_THREADS", "PREDICTOR", "QUALITY"})
    {
        EXPECT_EQ(names.count(name), 1U) << name;
    }
}

TEST_F(CreationOptionsTest, AllDataTypesOfThisGdalAreOffered)
{
    const CPLStringList types(CSLTokenizeString(creation_data_types().c_str()));
    EXPECT_EQ(types.size(), GDT_TypeCount - 1); // but for Unknown
    for (const char *type : {"Byte", "UInt64", "CFloat64"})
    {
        EXPECT_GE(types.FindString(type), 0) << type;
    }
}

} // namespace tiledir::driver
