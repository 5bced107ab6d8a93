#include "stac/grid/level_range.h"

#include "stac/error.h"

#include <gtest/gtest.h>

namespace tiledir::stac
{
namespace
{

TileMatrixSet grid_of(const std::vector<std::string> &ids)
{
    TileMatrixSet grid;
    grid.id = "Ours";
    for (const std::string &id : ids)
    {
        grid.matrices.emplace_back();
        grid.matrices.back().id = id;
    }
    return grid;
}

const TileMatrixSet kNumbers = grid_of({"0", "1", "2", "3", "4"});

/// "COARSEST FINEST", or what is wrong.
std::string read(const TileMatrixSet &grid, const std::string &text)
{
    try
    {
        const LevelRange range = level_range(grid, text);
        const auto found = find_level_range(grid, text);
        EXPECT_TRUE(found && found->coarsest == range.coarsest && found->finest == range.finest);
        return std::to_string(range.coarsest) + " " + std::to_string(range.finest);
    }
    catch (const InputError &error)
    {
        EXPECT_FALSE(find_level_range(grid, text));
        return error.what();
    }
}

TEST(LevelRange, IsOneMatrixOrTwoWithADash)
{
    EXPECT_EQ(read(kNumbers, "3"), "3 3");
    EXPECT_EQ(read(kNumbers, "1-4"), "1 4");
    EXPECT_EQ(read(kNumbers, " 1 - 4 "), "1 4");
    EXPECT_EQ(read(kNumbers, "2-2"), "2 2");
}

TEST(LevelRange, IdsMayHaveDashes)
{
    const TileMatrixSet grid = grid_of({"EPSG-3857-a", "EPSG-3857-b", "-1"});
    EXPECT_EQ(read(grid, "EPSG-3857-b"), "1 1");
    EXPECT_EQ(read(grid, "EPSG-3857-a-EPSG-3857-b"), "0 1");
    EXPECT_EQ(read(grid, "EPSG-3857-b--1"), "1 2");
    EXPECT_EQ(read(grid, "-1"), "2 2");
}

TEST(LevelRange, WhatCannotBeUnderstoodIsTold)
{
    EXPECT_EQ(read(kNumbers, "4-1"), "'4-1' is upside down; the coarsest comes first: 1-4");
    EXPECT_EQ(read(kNumbers, "5"), "'5' is finer than the finest matrix of Ours (0 to 4)");
    EXPECT_EQ(read(kNumbers, "1-5"), "'1-5' is finer than the finest matrix of Ours (0 to 4)");
    EXPECT_EQ(read(kNumbers, "x"), "'x' is neither auto, a matrix of Ours (0 to 4) nor two of them as 0-4");
    for (const char *text : {"", "-", "1-", "-4", "1-2-3", "1--4"})
    {
        EXPECT_NE(read(kNumbers, text).find("is neither auto"), std::string::npos) << text;
    }
    const TileMatrixSet twice = grid_of({"a", "a-b", "b-c", "c"});
    EXPECT_NE(read(twice, "a-b-c").find("in more than one way"), std::string::npos);
}

TEST(LevelRange, IsWrittenAsItIsRead)
{
    EXPECT_EQ(level_range_text(kNumbers, {1, 4}), "1-4");
    EXPECT_EQ(level_range_text(kNumbers, {2, 2}), "2");
}

} // namespace
} // namespace tiledir::stac
