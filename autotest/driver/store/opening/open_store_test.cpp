#include "driver/store/opening/open_store.h"

#include "driver/store/opening/object_reader.h"

#include <cpl_vsi.h>

#include <gtest/gtest.h>

#include <boost/filesystem.hpp>

namespace tiledir::store
{

namespace
{

std::string text_by_gdal(const std::string &path)
{
    std::string text(100, '\0');
    VSILFILE *file = VSIFOpenL(path.c_str(), "rb");
    if (file == nullptr)
    {
        return "absent";
    }
    text.resize(VSIFReadL(text.data(), 1, text.size(), file));
    VSIFCloseL(file);
    return text;
}

} // namespace

TEST(OpenStore, OfAVirtualPathIsGdals)
{
    const std::string root = "/vsimem/tiledir_open_store";
    const auto store = open_store(root);
    store->write("3/a.tif", "text");
    EXPECT_EQ(store->path("3/a.tif"), root + "/3/a.tif");
    EXPECT_EQ(text_by_gdal(root + "/3/a.tif"), "text");
    EXPECT_EQ(store->lock("3/a.tif"), nullptr) << "GDAL has no locks";
    VSIRmdirRecursive(root.c_str());
}

TEST(OpenStore, OfAnyOtherPathIsTheDisks)
{
    namespace fs = boost::filesystem;
    const fs::path root = fs::temp_directory_path() / fs::unique_path("tiledir opening %%%%%%%%");
    const auto store = open_store(root.string());
    EXPECT_FALSE(fs::exists(root));
    store->write("3/a.tif", "text");
    EXPECT_EQ(text_by_gdal((root / "3/a.tif").string()), "text");
    EXPECT_NE(store->lock("3/a.tif"), nullptr);
    EXPECT_FALSE(store->is_remote());
    fs::remove_all(root);
}

TEST(OpenStore, ALookIsARequestOverANetworkAlone)
{
    EXPECT_TRUE(is_remote("/vsis3/bucket/map"));
    EXPECT_TRUE(is_remote("/vsicurl/http://tiles.invalid/map"));
    EXPECT_FALSE(is_remote("/vsimem/map"));
    EXPECT_FALSE(is_remote("/data/vsis3/map"));
    EXPECT_FALSE(is_remote("vsis3/map"));
}

} // namespace tiledir::store
