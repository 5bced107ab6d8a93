#include "driver/creating/creation_target.h"

#include "autotest/driver/raster/small_item.h"
#include "autotest/driver/scratch_folder.h"
#include "driver/journal/intent.h"

namespace tiledir::driver
{

namespace
{

class CreationTargetTest : public ScratchFolderTest
{
protected:
    void write_dataset() const
    {
        write("map/stac.json", raster::small_item(raster::pyramid_on_earth()).to_json().dump(2));
        write("map/0/0/0.tif", "tile");
    }
    std::string refusal(const std::string &name) const
    {
        return failure_of([&] { const CreationTarget target(name); });
    }
};

} // namespace

TEST_F(CreationTargetTest, AFolderIsNamedInSeveralWays)
{
    for (const std::string &name : {path("map"), path("map//"), "TILEDIR:" + path("map"),
                                    "TILEDIR:\"" + path("map") + "\"", path("map/stac.json")})
    {
        const CreationTarget target(name);
        EXPECT_EQ(target.folder(), path("map"));
        EXPECT_EQ(target.place(), path("map"));
        EXPECT_EQ(target.name(), "map");
        EXPECT_FALSE(target.was_there());
    }
    EXPECT_FALSE(is_there("map")) << "asking makes nothing";
}

TEST_F(CreationTargetTest, FilesAreNoFolders)
{
    write("a.tif", "");
    EXPECT_EQ(refusal(path("a.tif")), "input: " + path("a.tif") + ": is a file; name a folder that is new or empty");
    EXPECT_EQ(refusal(path("item.json")),
              "input: '" + path("item.json") + "': name the folder to be made, not a file in it");
    EXPECT_EQ(refusal("TILEDIR:"), "input: 'TILEDIR:': name the folder to be made, not a file in it");
}

TEST_F(CreationTargetTest, AFolderOfOtherThingsIsLeftAlone)
{
    write("map/photo.jpg", "");
    EXPECT_EQ(refusal(path("map")),
              "input: " + path("map") + ": holds something else (photo.jpg); name a folder that is new or empty");
}

TEST_F(CreationTargetTest, WhatDoesNotComeToBeLeavesNothing)
{
    {
        CreationTarget target(path("map"));
        target.make();
        EXPECT_TRUE(is_there("map"));
        write("map/0/0/0.tif", "tile");
    }
    EXPECT_FALSE(is_there("map"));
    boost::filesystem::create_directories(path("map"));
    {
        CreationTarget target(path("map"));
        EXPECT_TRUE(target.was_there());
        target.make();
        write("map/0/0/0.tif", "tile");
        write("map/.tiledir/intents/a.json", "{}");
    }
    EXPECT_TRUE(is_there("map")) << "it was there";
    EXPECT_TRUE(boost::filesystem::is_empty(path("map")));
}

TEST_F(CreationTargetTest, WhatIsKeptStays)
{
    {
        CreationTarget target(path("map"));
        target.make();
        write("map/0/0/0.tif", "tile");
        target.keep();
    }
    EXPECT_EQ(text_of("map/0/0/0.tif"), "tile");
}

TEST_F(CreationTargetTest, ADatasetStaysUntilItsSuccessorIsWhole)
{
    write_dataset();
    {
        CreationTarget target(path("map"));
        EXPECT_EQ(target.folder(), path("map"));
        EXPECT_EQ(target.place(), path("map/.tiledir/successor"));
        target.make();
        write("map/.tiledir/successor/0/0/0.tif", "newer");
        EXPECT_EQ(text_of("map/0/0/0.tif"), "tile");
    }
    EXPECT_EQ(text_of("map/0/0/0.tif"), "tile");
    EXPECT_TRUE(is_there("map/stac.json"));
    EXPECT_FALSE(is_there("map/.tiledir")) << "the beginning of the other one is gone";
}

TEST_F(CreationTargetTest, AnItemThatIsNoneKeepsOthersOut)
{
    write("map/stac.json", "{}");
    EXPECT_NE(refusal(path("map")), "none");
}

TEST_F(CreationTargetTest, WhatAnotherMakesJustNowIsNotTouched)
{
    const auto store = store::open_store(path("map"));
    journal::Intent intent(*store);
    intent.creates("{z}/{y}/{x}.tif");
    intent.add("0", raster::one_tile(0, 0));
    const std::string failure = refusal(path("map"));
    EXPECT_EQ(failure.rfind("input: " + path("map") + ": is being made by ", 0), 0U) << failure;
    EXPECT_NE(failure.find("; name another folder, or wait"), std::string::npos) << failure;
    intent.finish();
}

TEST_F(CreationTargetTest, WhatAKilledOneLeftIsTakenAwayFirst)
{
    {
        const auto store = store::open_store(path("map"));
        journal::Intent intent(*store);
        intent.creates("{z}/{y}/{x}.tif");
        intent.add("0", raster::one_tile(0, 0));
        intent.release();
        write("map/0/0/0.tif", "tile");
    }
    CreationTarget target(path("map"));
    EXPECT_TRUE(is_there("map/0/0/0.tif"));
    target.make();
    EXPECT_TRUE(is_there("map"));
    EXPECT_FALSE(is_there("map/0"));
}

TEST_F(CreationTargetTest, FilesOfOthersBesideABeginningKeepItAsItIs)
{
    {
        const auto store = store::open_store(path("map"));
        journal::Intent intent(*store);
        intent.creates("{z}/{y}/{x}.tif");
        intent.add("0", raster::one_tile(0, 0));
        intent.release();
        write("map/0/0/0.png", "not by the template");
    }
    EXPECT_EQ(refusal(path("map")),
              "input: " + path("map") + ": holds something else (0/0/0.png); name a folder that is new or empty");
}

} // namespace tiledir::driver
