#include "stac/grid/href_template.h"

#include "stac/error.h"
#include "stac/grid/tile_matrix_set.h"

#include <gtest/gtest.h>

namespace tiledir::stac
{

namespace
{

TileMatrix matrix(const std::string &id)
{
    TileMatrix matrix;
    matrix.id = id;
    return matrix;
}

} // namespace

TEST(HrefTemplate, FillsTheParametersOfTheStandard)
{
    const HrefTemplate href("s3://bucket/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.tif");
    EXPECT_EQ(href.expand(matrix("11"), 803, 543, {{"TileMatrixSet", "WebMercatorQuad"}}),
              "s3://bucket/WebMercatorQuad/11/803/543.tif");
}

TEST(HrefTemplate, FillsShortNamesToo)
{
    EXPECT_EQ(HrefTemplate("{z}/{x}/{y}.png").expand(matrix("3"), 2, 1), "3/1/2.png");
}

TEST(HrefTemplate, CountsRowsFromTheOtherEnd)
{
    TileMatrix three = matrix("3");
    three.matrix_height = 8;
    EXPECT_EQ(HrefTemplate("{z}/{x}/{-y}.png").expand(three, 2, 1), "3/1/5.png");
}

TEST(HrefTemplate, FillsQuadkeysAsBingMapsTileSystemDoes)
{
    // Its own example: tile (3, 5) of level 3 is 213.
    const TileMatrixSet web = *TileMatrixSet::well_known("WebMercatorQuad");
    EXPECT_EQ(HrefTemplate("{q}.jpg").expand(web.matrices[3], 5, 3), "213.jpg");
    EXPECT_EQ(HrefTemplate("{q}.jpg").expand(web.matrices[1], 0, 0), "0.jpg");
}

TEST(HrefTemplate, ListsEachParameterOnceInOrder)
{
    const HrefTemplate href("{TileMatrix}/{time}_{TileRow}/{time}_{TileCol}");
    EXPECT_EQ(href.parameters(), (std::vector<std::string>{"TileMatrix", "time", "TileRow", "TileCol"}));
    EXPECT_TRUE(href.has("time"));
    EXPECT_FALSE(href.has("TileMatrixSet"));
    EXPECT_EQ(href.expand(matrix("0"), 1, 2, {{"time", "t"}}), "0/t_1/t_2");
}

TEST(HrefTemplate, WithoutParametersIsItself)
{
    EXPECT_EQ(HrefTemplate("one.tif").expand(matrix("0"), 0, 0), "one.tif");
    EXPECT_EQ(HrefTemplate("").expand(matrix("0"), 0, 0), "");
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
        HrefTemplate("{TileMatrix}/{cube:dimensions:time}.tif").expand(matrix("0"), 0, 0);
        FAIL() << "no error";
    }
    catch (const InputError &error)
    {
        EXPECT_NE(std::string(error.what()).find("{cube:dimensions:time}"), std::string::npos) << error.what();
    }
}

TEST(HrefTemplate, ATileIsFoundByItsPath)
{
    TileMatrix matrix;
    matrix.id = "7";
    matrix.matrix_width = 128;
    matrix.matrix_height = 128;
    using Tile = std::optional<std::pair<std::int64_t, std::int64_t>>;
    for (const char *text : {"{TileMatrix}/{TileRow}/{TileCol}.tif", "{z}/{x}_{y}.png", "a/{z}-{-y}/{x}", "{q}.jpg",
                             "{Set}/{TileMatrix}{TileRow}x{TileCol}"})
    {
        const HrefTemplate href(text);
        for (const auto &[row, col] : {std::pair(0, 0), std::pair(12, 127), std::pair(127, 3)})
        {
            EXPECT_EQ(href.tile_of(href.expand(matrix, row, col, {{"Set", "S"}}), matrix, {{"Set", "S"}}),
                      Tile({row, col}))
                << text;
        }
    }
    const HrefTemplate href("{TileMatrix}/{TileRow}/{TileCol}.tif");
    for (const char *other : {"", "7", "7/1/2.png", "6/1/2.tif", "7/01/2.tif", "7/-1/2.tif", "7/128/2.tif",
                              "7/1/2.tif.aux.xml", "7/99999999999999999999/2.tif", "stac.json"})
    {
        EXPECT_EQ(href.tile_of(other, matrix), std::nullopt) << other;
    }
}

TEST(HrefTemplate, WhatATileMayBeCalled)
{
    const HrefTemplate href("{TileMatrix}/{TileRow}/{TileCol}.tif");
    for (const char *tile : {"7/1/2.tif", "EPSG:3857:7/1/2.tif", "7/001/20000.tif"})
    {
        EXPECT_TRUE(href.may_be(tile)) << tile;
    }
    for (const char *other : {"", "7/1/2.tif.aux.xml", "7/1/2", "/1/2.tif", "7/a/2.tif", "7/1/.tif", "6/7/1/2.tif",
                              "7/1/2xtif", "7//2.tif", "x7/1/2.tif/"})
    {
        EXPECT_FALSE(href.may_be(other)) << other;
    }
    const HrefTemplate joined("a{z}{Band}b{x}{y}");
    EXPECT_TRUE(joined.may_be("a7bb12"));
    EXPECT_FALSE(joined.may_be("a7b12")) << "a parameter stands for one letter at least";
    EXPECT_TRUE(HrefTemplate(std::string(60000, 'a') + "{x}").may_be(std::string(60000, 'a') + "1"));
}

} // namespace tiledir::stac
