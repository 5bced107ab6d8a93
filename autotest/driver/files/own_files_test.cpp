#include "driver/files/own_files.h"

#include "autotest/driver/raster/small_item.h"
#include "autotest/driver/scratch_folder.h"

#include <algorithm>

namespace tiledir::driver
{

namespace
{

using Keys = std::vector<std::string>;

class OwnFilesTest : public ScratchFolderTest
{
protected:
    void write_item(const std::vector<std::string> &hrefs = {"{TileMatrix}/{TileRow}/{TileCol}.tif"}) const
    {
        auto item = raster::small_item(raster::pyramid_on_earth());
        const stac::TileAsset asset = item.assets[0];
        item.assets.clear();
        for (const std::string &href : hrefs)
        {
            item.assets.push_back(asset);
            item.assets.back().key = "asset" + std::to_string(item.assets.size());
            item.assets.back().href = href;
        }
        write("stac.json", item.to_json().dump(2));
    }
    static Keys sorted(Keys keys)
    {
        std::sort(keys.begin(), keys.end());
        return keys;
    }
};

} // namespace

TEST_F(OwnFilesTest, TilesByTheTemplateAndTheirSideFilesAreItsOwn)
{
    write_item();
    for (const char *name : {"stac.json.aux.xml", "3/1/2.tif", "3/1/2.tif.aux.xml", ".tiledir/recipe.json"})
    {
        write(name, "");
    }
    EXPECT_EQ(sorted(OwnFiles(folder()).find().own),
              (Keys{".tiledir/recipe.json", "3/1/2.tif", "3/1/2.tif.aux.xml", "stac.json", "stac.json.aux.xml"}));
    EXPECT_EQ(OwnFiles(folder()).find().foreign, "");
}

TEST_F(OwnFilesTest, WhatTheTemplateDoesNotNameIsOfOthers)
{
    for (const char *name : {"3/1/2.png", "3/1/two.tif", "3/1/2.tif.ovr", "README", "3/1/2/3.tif"})
    {
        write_item();
        write("3/1/2.tif", "");
        write(name, "");
        EXPECT_EQ(OwnFiles(folder()).find().foreign, name);
        EXPECT_EQ(sorted(OwnFiles(folder()).find().own), (Keys{"3/1/2.tif", "stac.json"})) << name;
        boost::filesystem::remove_all(path("3"));
        boost::filesystem::remove(path("README"));
    }
}

TEST_F(OwnFilesTest, TheItemIsTheLastToGoAndTheDeepestFolderTheFirst)
{
    write_item();
    for (const char *name : {"3/1/2.tif", ".tiledir/intents/a.json", ".tiledir/tmp/a", "3/2/2.tif"})
    {
        write(name, "");
    }
    const OwnFiles::Found found = OwnFiles(folder()).find();
    ASSERT_GE(found.own.size(), 2U);
    EXPECT_EQ(found.own.back(), "stac.json");
    EXPECT_EQ(found.own[found.own.size() - 2], ".tiledir/intents/a.json");
    const auto at = [&](const std::string &name)
    { return std::find(found.folders.begin(), found.folders.end(), name) - found.folders.begin(); };
    EXPECT_LT(at("3/1"), at("3"));
    EXPECT_LT(at("3"), at(".tiledir/intents"));
    EXPECT_EQ(found.folders.back(), ".tiledir");
    EXPECT_EQ(found.folders.size(), 6U);
}

TEST_F(OwnFilesTest, TemplatesThatLeadElsewhereOwnNothingHere)
{
    write_item({"{z}/{x}/{y}.tif", "./b/{z}/{x}/{y}.tif", "../other/{z}/{x}/{y}.tif", "/data/{z}/{x}/{y}.tif",
                "https://example.com/{z}/{x}/{y}.tif", "s3://bucket/{z}/{x}/{y}.tif", "whole.tif"});
    write("b/3/1/2.tif", "");
    write("whole.tif", "");
    const OwnFiles files(folder());
    EXPECT_EQ(files.templates(), (std::vector<std::string>{"{TileMatrix}/{TileCol}/{TileRow}.tif",
                                                           "./b/{TileMatrix}/{TileCol}/{TileRow}.tif"}));
    EXPECT_EQ(files.find().foreign, "whole.tif");
    EXPECT_EQ(sorted(files.find().own), (Keys{"b/3/1/2.tif", "stac.json"}));
}

TEST_F(OwnFilesTest, WithoutAnItemNothingTellsWhatIsItsOwn)
{
    write("3/1/2.tif", "");
    EXPECT_EQ(failure_of([this] { const OwnFiles files(folder()); }),
              "input: " + folder() + ": has no STAC item that says which files are its own");
    write("stac.json", "{}");
    EXPECT_EQ(failure_of([this] { const OwnFiles files(folder()); }),
              "input: " + folder() + ": has no STAC item that says which files are its own");
    EXPECT_EQ(failure_of([this] { const OwnFiles files(path("none")); }),
              "input: " + path("none") + ": no such folder or STAC item");
}

TEST_F(OwnFilesTest, OfWhatIsBeingMadeAreTheTilesOfItsMakers)
{
    journal::FoundIntent maker;
    maker.creates = "{z}/{x}/{y}.tif";
    write("3/1/2.tif", "");
    write("3/1/2.png", "");
    write(".tiledir/intents/a.json", "");
    const OwnFiles files({folder(), "stac.json", {}, {}, {}}, {maker, journal::FoundIntent()});
    EXPECT_EQ(files.templates().size(), 1U);
    EXPECT_EQ(files.find().foreign, "3/1/2.png");
    EXPECT_EQ(files.find().own, (Keys{"3/1/2.tif", ".tiledir/intents/a.json", "stac.json"}));
}

TEST(OwnFiles, WhatWritersHaveThereIsToldByItsFolder)
{
    EXPECT_TRUE(is_intent(".tiledir/intents/a.json"));
    EXPECT_FALSE(is_intent(".tiledir/intents"));
    EXPECT_TRUE(belongs_to_writers(".tiledir/tmp/a"));
    EXPECT_TRUE(belongs_to_writers(".tiledir/successor/3/1/2.tif"));
    EXPECT_FALSE(belongs_to_writers(".tiledir/recipe.json"));
    EXPECT_FALSE(belongs_to_writers(".tiledir/successors"));
    EXPECT_FALSE(belongs_to_writers("tmp/a"));
}

} // namespace tiledir::driver
