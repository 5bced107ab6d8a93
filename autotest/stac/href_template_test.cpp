#include "stac/href_template.h"

#include "stac/error.h"

#include <gtest/gtest.h>

namespace tiledir::stac
{

TEST(HrefTemplate, FillsTheParametersOfTheStandard)
{
    const HrefTemplate href("s3://bucket/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.tif");
    EXPECT_EQ(href.expand("11", 803, 543, {{"TileMatrixSet", "WebMercatorQuad"}}),
              "s3://bucket/WebMercatorQuad/11/803/543.tif");
}

TEST(HrefTemplate, FillsShortNamesToo)
{
    EXPECT_EQ(HrefTemplate("{z}/{x}/{y}.png").expand("3", 2, 1), "3/1/2.png");
}

TEST(HrefTemplate, ListsEachParameterOnceInOrder)
{
    const HrefTemplate href("{TileMatrix}/{time}_{TileRow}/{time}_{TileCol}");
    EXPECT_EQ(href.parameters(), (std::vector<std::string>{"TileMatrix", "time", "TileRow", "TileCol"}));
    EXPECT_TRUE(href.has("time"));
    EXPECT_FALSE(href.has("TileMatrixSet"));
    EXPECT_EQ(href.expand("0", 1, 2, {{"time", "t"}}), "0/t_1/t_2");
}

TEST(HrefTemplate, WithoutParametersIsItself)
{
    EXPECT_EQ(HrefTemplate("one.tif").expand("0", 0, 0), "one.tif");
    EXPECT_EQ(HrefTemplate("").expand("0", 0, 0), "");
}

TEST(HrefTemplate, RefusesAnUnclosedOrEmptyParameter)
{
    EXPECT_THROW(HrefTemplate("{TileMatrix"), InputError);
    EXPECT_THROW(HrefTemplate("{TileMatrix/{TileRow}"), InputError);
    EXPECT_THROW(HrefTemplate("a{}b"), InputError);
}

TEST(HrefTemplate, NamesTheParameterThatHasNoValue)
{
    try
    {
        HrefTemplate("{TileMatrix}/{cube:dimensions:time}.tif").expand("0", 0, 0);
        FAIL() << "no error";
    }
    catch (const InputError &error)
    {
        EXPECT_NE(std::string(error.what()).find("{cube:dimensions:time}"), std::string::npos) << error.what();
    }
}

} // namespace tiledir::stac
