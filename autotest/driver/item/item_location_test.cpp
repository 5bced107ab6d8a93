#include "driver/item/item_location.h"

#include "autotest/driver/scratch_folder.h"

namespace tiledir::driver
{

namespace
{

class ItemLocationTest : public ScratchFolderTest
{
protected:
    ItemLocationTest()
    {
        write("map/stac.json", "{}");
        write("map/other.json", "{}");
    }
    /// Folder, file, asset, set and dimensions, of a name below the test's folder.
    std::string parts_of(const std::string &name) const
    {
        const ItemLocation location = locate_item(name);
        return location.folder.substr(folder().size()) + " | " + location.file + " | " + location.asset + " | " +
               location.tile_matrix_set + " | " + connection_part(location.dimensions);
    }
};

} // namespace

TEST_F(ItemLocationTest, AFolderAndItsItemAreTheSame)
{
    for (const std::string &name : {path("map"), path("map//"), path("map/stac.json"), "TILEDIR:" + path("map"),
                                    "tiledir:" + path("map/stac.json"), "TILEDIR:\"" + path("map") + "\""})
    {
        EXPECT_EQ(parts_of(name), "/map | stac.json |  |  | ") << name;
        EXPECT_EQ(locate_item(name).path(), path("map/stac.json"));
    }
    EXPECT_EQ(parts_of(path("map/other.json")), "/map | other.json |  |  | ");
}

TEST_F(ItemLocationTest, WhatFollowsAColonChoosesAPart)
{
    const std::string map = "TILEDIR:" + path("map");
    EXPECT_EQ(parts_of(map + ":red"), "/map | stac.json | red |  | ");
    EXPECT_EQ(parts_of(map + ":red:WebMercatorQuad"), "/map | stac.json | red | WebMercatorQuad | ");
    EXPECT_EQ(parts_of(map + ":red:WebMercatorQuad:depth=3:time=12%3A00"),
              "/map | stac.json | red | WebMercatorQuad | depth=3:time=12%3A00");
    EXPECT_EQ(locate_item(map + ":time=12%3A00").dimensions.at("time"), "12:00");
    EXPECT_EQ(parts_of("TILEDIR:\"" + path("map/other.json") + "\":red"), "/map | other.json | red |  | ");
}

TEST_F(ItemLocationTest, AColonInTheNameOfAFolderThatIsThereIsItsOwn)
{
    write("map:red/stac.json", "{}");
    EXPECT_EQ(parts_of("TILEDIR:" + path("map:red")), "/map:red | stac.json |  |  | ");
    EXPECT_EQ(parts_of("TILEDIR:" + path("map:red:blue")), "/map:red | stac.json | blue |  | ");
    EXPECT_EQ(parts_of("TILEDIR:\"" + path("map") + "\":red"), "/map | stac.json | red |  | ");
}

TEST_F(ItemLocationTest, WhatIsNotThereIsRefusedByItsPath)
{
    for (const std::string &name : {path("none"), path("map:red"), path("map/none.json")})
    {
        EXPECT_EQ(failure_of([&] { locate_item(name); }), "input: " + name + ": no such folder or STAC item");
    }
    EXPECT_EQ(failure_of([&] { locate_item("TILEDIR:" + path("map:a:b:c")); }),
              "input: " + path("map:a:b:c") + ": no such folder or STAC item");
}

TEST_F(ItemLocationTest, AFolderWithoutADocumentIsATree)
{
    write("bare/3/1/2.png", "");
    EXPECT_EQ(parts_of(path("bare")), "/bare |  |  |  | ");
    EXPECT_EQ(locate_item(path("bare")).path(), path("bare"));
    EXPECT_EQ(locate_tree("TILEDIR:" + path("map/")).path(), path("map"));
}

TEST_F(ItemLocationTest, AConnectionLeadsBackToItsPart)
{
    ItemLocation location = locate_item(path("map"));
    EXPECT_EQ(location.connection("red:time=12%3A00"), "TILEDIR:" + path("map") + ":red:time=12%3A00");
    location = locate_item(path("map/other.json"));
    EXPECT_EQ(parts_of(location.connection("red:Set")), "/map | other.json | red | Set | ");
    location = {"/vsicurl/https://example.com/map", "stac.json?se=10:00", {}, {}, {}};
    EXPECT_EQ(location.query(), "?se=10:00");
    EXPECT_EQ(location.connection("red"), "TILEDIR:\"/vsicurl/https://example.com/map/stac.json?se=10:00\":red");
}

TEST_F(ItemLocationTest, AnItemThatIsGoneIsMissed)
{
    const ItemLocation location = locate_item(path("map"));
    boost::filesystem::remove(path("map/stac.json"));
    EXPECT_EQ(failure_of([&] { read_item(location); }),
              "input: " + path("map/stac.json") +
                  ": no such file; a directory of tiles needs a STAC item named stac.json");
}

TEST_F(ItemLocationTest, HoldsTiledAssetsWhereTheExtensionIsNamedAsOne)
{
    const std::string extension = "https://stac-extensions.github.io/tiled-assets/v1.0.0/schema.json";
    const auto holds = [this](const std::string &text)
    {
        write("map/stac.json", text);
        return holds_tiled_assets(locate_item(path("map")));
    };
    EXPECT_TRUE(holds(R"({"type": "Feature", "stac_extensions": [")" + extension + "\"]}"));
    EXPECT_TRUE(holds(R"({"type": "Collection", "asset_templates": {}, "stac_extensions": ["tiled-assets"]})"));
    EXPECT_FALSE(holds(R"({"type": "Collection", "stac_extensions": [")" + extension + "\"]}"));
    EXPECT_FALSE(holds(R"({"type": "Feature", "description": "not of tiled-assets", "stac_extensions": []})"));
    EXPECT_FALSE(holds(R"({"type": "Feature", "stac_extensions": ["eo"]})"));
    EXPECT_TRUE(holds(R"({"stac_extensions": [")" + extension + "\"]")) << "it is broken: opening it says how";
    boost::filesystem::remove(path("map/stac.json"));
    EXPECT_FALSE(holds_tiled_assets({path("map"), "stac.json", {}, {}, {}}));
}

TEST(ItemLocation, UrlsThatMayLeadToAnItemEndLikeOne)
{
    for (const char *url :
         {"s3://bucket/map", "GS://bucket/map", "az://container/a.tif", "https://a.org/map/", "http://a.org/stac.json",
          "https://a.org/stac.json.gz?token=/x.tif", "/vsicurl?url=https%3A%2F%2Fa.org%2Fstac.json"})
    {
        EXPECT_TRUE(may_be_item_url(url)) << url;
    }
    for (const char *url : {"https://a.org/map", "https://a.org/a.tif", "https://a.org/a.tif?next=stac.json",
                            "ftp://a.org/stac.json", "/vsis3/bucket/map", "/data/stac.json", "s3:/bucket"})
    {
        EXPECT_FALSE(may_be_item_url(url)) << url;
    }
}

TEST(ItemLocation, JsonIsKnownByItsNameAlone)
{
    EXPECT_TRUE(names_json("a/b.JSON"));
    EXPECT_TRUE(names_json("a/b.json.gz"));
    EXPECT_FALSE(names_json("a/b.gz"));
    EXPECT_FALSE(names_json("a.json/b"));
    EXPECT_FALSE(names_json("json"));
}

} // namespace tiledir::driver
