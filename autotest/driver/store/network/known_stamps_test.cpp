#include "driver/store/network/known_stamps.h"

#include <gtest/gtest.h>

namespace tiledir::store
{

TEST(KnownStampsTest, TheLastStampOfAnObjectIsKnownUntilItIsForgotten)
{
    KnownStamps stamps;
    EXPECT_FALSE(stamps.find("a"));
    stamps.note_read("a", {"1"});
    stamps.note_written("a", {"2"});
    EXPECT_EQ(stamps.find("a"), Stamp{"2"});
    stamps.note_read("a", {"3"});
    EXPECT_EQ(stamps.find("a"), Stamp{"3"});
    stamps.forget("a");
    EXPECT_FALSE(stamps.find("a"));
}

TEST(KnownStampsTest, ReadingDrivesOutOnlyWhatWasRead)
{
    KnownStamps stamps(2);
    stamps.note_written("written", {"1"});
    for (const char *key : {"a", "b", "a", "c"})
    {
        stamps.note_read(key, {key});
    }
    EXPECT_EQ(stamps.find("written"), Stamp{"1"});
    EXPECT_EQ(stamps.find("a"), Stamp{"a"});
    EXPECT_FALSE(stamps.find("b"));
    EXPECT_EQ(stamps.find("c"), Stamp{"c"});
    stamps.note_written("d", {"d"});
    stamps.note_written("e", {"e"});
    EXPECT_FALSE(stamps.find("written"));
}

} // namespace tiledir::store
