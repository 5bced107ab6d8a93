#include "driver/store/opening/object_reader.h"

#include "autotest/driver/scratch_folder.h"

#include <map>

namespace tiledir::store
{

namespace
{

using ObjectReaderTest = driver::ScratchFolderTest;

} // namespace

TEST_F(ObjectReaderTest, OfADiskLooksEachTime)
{
    const auto reader = open_object_reader(folder());
    EXPECT_FALSE(reader->is_remote());
    EXPECT_EQ(reader->path("3/a.tif"), path("3/a.tif"));
    EXPECT_EQ(reader->read_text("3/a.tif"), std::nullopt);
    EXPECT_FALSE(reader->known("3/a.tif").value().stamp) << "known to be absent";
    write("3/a.tif", "old");
    EXPECT_EQ(reader->read_text("3/a.tif"), "old");
    const auto before = reader->known("3/a.tif").value().stamp;
    EXPECT_EQ(reader->read("3/a.tif").stamp, before);
    write("3/a.tif", "newer");
    EXPECT_EQ(reader->read_text("3/a.tif"), "newer");
    EXPECT_NE(reader->known("3/a.tif").value().stamp, before);
}

TEST_F(ObjectReaderTest, ReadsManyAndTellsWhichIsWhich)
{
    write("a", "first");
    write("c", "");
    std::map<std::size_t, std::string> found;
    open_object_reader(folder())->read(
        {"a", "b", "c"}, [&](std::size_t index, const ReadObject &object)
        { found[index] = object.bytes ? std::string(object.bytes->begin(), object.bytes->end()) : "absent"; });
    EXPECT_EQ(found, (std::map<std::size_t, std::string>{{0, "first"}, {1, "absent"}, {2, ""}}));
}

TEST_F(ObjectReaderTest, WhatItsCallerThrowsEndsIt)
{
    write("a", "first");
    write("b", "second");
    int calls = 0;
    EXPECT_EQ(failure_of(
                  [&]
                  {
                      open_object_reader(folder())->read({"a", "b"},
                                                         [&](std::size_t, const ReadObject &)
                                                         {
                                                             ++calls;
                                                             throw TileError("enough");
                                                         });
                  }),
              "tile: enough");
    EXPECT_EQ(calls, 1);
}

} // namespace tiledir::store
