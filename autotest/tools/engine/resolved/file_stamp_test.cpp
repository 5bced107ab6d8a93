#include "tools/engine/resolved/file_stamp.h"

#include <gtest/gtest.h>

namespace tiledir::engine
{
namespace
{

TEST(FileStamp, EqualETagsTellOfEqualContentWhateverTheTime)
{
    EXPECT_TRUE(is_same_state({10, "1.0", "abc", ""}, {10, "2.0", "abc", ""}));
    EXPECT_FALSE(is_same_state({10, "1.0", "abc", ""}, {10, "1.0", "abd", ""}));
    EXPECT_FALSE(is_same_state({10, "1.0", "abc", ""}, {11, "1.0", "abc", ""}));
}

TEST(FileStamp, EqualWeakETagsLeaveItToTheTime)
{
    EXPECT_TRUE(is_same_state({10, "1.0", "W/abc", ""}, {10, "1.0", "W/abc", ""}));
    EXPECT_FALSE(is_same_state({10, "1.0", "W/abc", ""}, {10, "2.0", "W/abc", ""}));
    EXPECT_FALSE(is_same_state({10, "1.0", "W/abc", ""}, {10, "1.0", "W/abd", ""}));
}

TEST(FileStamp, WhatOneOfThemDoesNotTellIsNotCompared)
{
    EXPECT_TRUE(is_same_state({10, "1.0", "", ""}, {10, "1.0", "abc", ""}));
    EXPECT_TRUE(is_same_state({10, "1.0", "", "a:1"}, {10, "1.0", "", ""}));
    EXPECT_FALSE(is_same_state({10, "1.0", "", ""}, {10, "2.0", "abc", ""}));
}

TEST(FileStamp, InodesAreComparedOnOneFileSystem)
{
    EXPECT_TRUE(is_same_state({10, "1.0", "", "a:1"}, {10, "1.0", "", "a:1"}));
    EXPECT_FALSE(is_same_state({10, "1.0", "", "a:1"}, {10, "1.0", "", "a:12"}));
    EXPECT_TRUE(is_same_state({10, "1.0", "", "a:1"}, {10, "1.0", "", "b:12"}));
}

} // namespace
} // namespace tiledir::engine
