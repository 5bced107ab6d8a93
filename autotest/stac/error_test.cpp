#include "stac/error.h"

#include <gtest/gtest.h>

namespace tiledir
{
namespace
{

TEST(Error, IsOneLineWithThePathInFront)
{
    const TileError error("a/1.tif", "is cut short");
    EXPECT_STREQ(error.what(), "a/1.tif: is cut short");
    EXPECT_EQ(error.path(), "a/1.tif");
    EXPECT_EQ(error.text(), "is cut short");
    EXPECT_EQ(error.kind(), ErrorKind::Other);
    EXPECT_STREQ(TileError("", "is cut short").what(), "is cut short");
}

TEST(Error, SaysWhereOnce)
{
    InputError error("is no JSON");
    error.at("item.json");
    error.at("folder");
    EXPECT_STREQ(error.what(), "item.json: is no JSON");
    EXPECT_EQ(error.path(), "item.json");
}

TEST(Error, SaysWhatItWasAboutHoweverOften)
{
    InputError error("dem.tif", "is absent");
    error.under("input.dem");
    error.under("recipe.yaml");
    EXPECT_STREQ(error.what(), "recipe.yaml: input.dem: dem.tif: is absent");
    EXPECT_EQ(error.path(), "dem.tif");
    EXPECT_EQ(error.text(), "is absent");
}

TEST(Error, KeepsItsKindAsAnErrorOfTheStore)
{
    TileError tile("/vsis3/a/1.tif", "cannot write");
    tile.set_kind(ErrorKind::Refused, 403);
    const StoreError store(tile);
    EXPECT_EQ(store.kind(), ErrorKind::Refused);
    EXPECT_EQ(store.http_status(), 403);
    EXPECT_STREQ(store.what(), tile.what());
}

TEST(Error, EachPartIsSpeltAnew)
{
    TileError error("/vsicurl/http://a?key=1", "of key=1");
    error.respell([](const std::string &text) { return text.substr(0, text.find("key=")) + "key=***"; });
    EXPECT_EQ(error.path(), "/vsicurl/http://a?key=***");
    EXPECT_EQ(error.text(), "of key=***");
}

} // namespace
} // namespace tiledir
