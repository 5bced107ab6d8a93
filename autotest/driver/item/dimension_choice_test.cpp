#include "driver/item/dimension_choice.h"

#include "autotest/driver/failure_of.h"
#include "stac/grid/href_template.h"

#include <gtest/gtest.h>

namespace tiledir::driver
{

namespace
{

/// Of a cube whose tiles have a time and a depth.
stac::TiledAssetsItem cube(const nlohmann::json &times, const nlohmann::json &depths)
{
    stac::TiledAssetsItem item;
    item.extra_properties["cube:dimensions"]["time"]["values"] = times;
    item.extra_properties["cube:dimensions"]["depth"]["values"] = depths;
    stac::TileAsset asset;
    asset.href = "{cube:dimensions:time}/{cube:dimensions:depth}/{z}/{x}/{y}.tif";
    item.assets.push_back(asset);
    return item;
}

std::vector<std::string> choices_of(const stac::TiledAssetsItem &item, const DimensionValues &chosen = {})
{
    std::vector<std::string> texts;
    for (const DimensionValues &values : dimension_choices(item, item.assets, chosen))
    {
        texts.push_back(connection_part(values));
    }
    return texts;
}

} // namespace

TEST(DimensionChoice, AnOptionNamesValues)
{
    EXPECT_EQ(dimensions_of_option("time=2020-01-01T00:00:00Z, depth=-5"),
              (DimensionValues{{"time", "2020-01-01T00:00:00Z"}, {"depth", "-5"}}));
    EXPECT_EQ(dimensions_of_option("formula=a=b"), (DimensionValues{{"formula", "a=b"}}));
    EXPECT_TRUE(dimensions_of_option("").empty());
    for (const std::string text : {"time", "=5", "time=1,depth"})
    {
        EXPECT_EQ(failure_of([&] { dimensions_of_option(text); }),
                  "input: open option DIMENSIONS: is '" + text + "', should be NAME=VALUE,NAME=VALUE");
    }
}

TEST(DimensionChoice, AnyValueSurvivesItsConnectionString)
{
    const DimensionValues values{{"time", "2020-01-01T12:00:00Z"}, {"share", "50%:%3A"}, {"word", ""}};
    const std::string text = connection_part(values);
    EXPECT_EQ(text, "share=50%25%3A%253A:time=2020-01-01T12%3A00%3A00Z:word=");
    DimensionValues again;
    for (const char *part : {"share=50%25%3A%253A", "time=2020-01-01T12%3A00%3A00Z", "word="})
    {
        EXPECT_TRUE(add_connection_part(part, again));
    }
    EXPECT_EQ(again, values);
    EXPECT_FALSE(add_connection_part("red", again));
    EXPECT_FALSE(add_connection_part("=red", again));
}

TEST(DimensionChoice, WhatIsNotChosenIsEachOfTheListedValues)
{
    const auto item = cube({"a", "b"}, {1, 2.5, true});
    EXPECT_EQ(choices_of(item),
              (std::vector<std::string>{"depth=1:time=a", "depth=1:time=b", "depth=2.5:time=a", "depth=2.5:time=b"}));
    EXPECT_EQ(choices_of(item, {{"time", "b"}}), (std::vector<std::string>{"depth=1:time=b", "depth=2.5:time=b"}));
    EXPECT_EQ(choices_of(item, {{"time", "b"}, {"depth", "1"}}), (std::vector<std::string>{"depth=1:time=b"}));
}

TEST(DimensionChoice, TemplatesWithoutDimensionsHaveOneChoice)
{
    auto item = cube({"a", "b"}, {1});
    item.assets[0].href = "{z}/{x}/{y}.tif";
    EXPECT_EQ(choices_of(item), (std::vector<std::string>{""}));
    EXPECT_EQ(choices_of(item, {{"time", "b"}}), (std::vector<std::string>{""}));
}

TEST(DimensionChoice, ValuesThatAreNotThereAreRefused)
{
    EXPECT_EQ(failure_of(
                  [] {
                      choices_of(cube({"a", "b"}, {1}), {{"time", "c"}});
                  }),
              "input: dimension time: has no value 'c', it has a, b");
    nlohmann::json many;
    for (int depth = 0; depth < 12; ++depth)
    {
        many.push_back(depth);
    }
    EXPECT_EQ(failure_of(
                  [&] {
                      choices_of(cube({"a"}, many), {{"depth", "12"}});
                  }),
              "input: dimension depth: has no value '12', it has 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...");
}

TEST(DimensionChoice, WhereNothingIsListedAnyValueMayBeChosen)
{
    const auto item = cube({"a"}, nlohmann::json::array());
    EXPECT_EQ(choices_of(item, {{"depth", "77"}}), (std::vector<std::string>{"depth=77:time=a"}));
    EXPECT_EQ(failure_of([&] { choices_of(item); }),
              "input: dimension depth: the item lists no values; choose one with open option DIMENSIONS=depth=VALUE");
}

TEST(DimensionChoice, TenThousandCombinationsAreListedAndNoMore)
{
    nlohmann::json hundred;
    for (int number = 0; number < 100; ++number)
    {
        hundred.push_back(number);
    }
    EXPECT_EQ(choices_of(cube(hundred, hundred)).size(), 10000U);
    nlohmann::json more = hundred;
    more.push_back(100);
    EXPECT_EQ(failure_of([&] { choices_of(cube(more, hundred)); }),
              "input: dimension time: too many combinations of values to list; choose one with open option "
              "DIMENSIONS=time=VALUE, such as 0");
}

TEST(DimensionChoice, ValuesAreParametersOfTemplates)
{
    const stac::TiledAssetsItem item = cube({"a"}, {1});
    const stac::HrefTemplate href(item.assets[0].href);
    stac::TileMatrix matrix;
    matrix.id = "3";
    matrix.matrix_width = matrix.matrix_height = 8;
    EXPECT_EQ(href.expand(matrix, 2, 5, template_values({{"time", "a:b"}, {"depth", "1"}})), "a:b/1/3/5/2.tif");
}

} // namespace tiledir::driver
