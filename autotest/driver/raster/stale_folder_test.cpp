// A dataset that was opened before a run made it anew.
#include "autotest/stac/sample_item.h"
#include "driver/journal/output_layout.h"
#include "driver/raster/folder/folder_refresh.h"
#include "driver/raster/folder/folder_repair.h"
#include "driver/store/opening/open_store.h"

#include <gtest/gtest.h>

#include <boost/filesystem.hpp>

namespace tiledir::raster
{

namespace fs = boost::filesystem;

namespace
{

class StaleFolderTest : public testing::Test
{
protected:
    ~StaleFolderTest() override { fs::remove_all(m_path); }

    void write_item(const char *base, const std::string &title)
    {
        stac::TiledAssetsItem item = stac::hillshade_item();
        item.title = title;
        item.extra_properties["tiledir:base_level"] = base;
        m_store->write_at_once(journal::kItemKey, item.to_json().dump());
    }
    std::size_t intents() const { return m_store->list(journal::kIntentFolder).size(); }
    RefreshPlan some_tiles() const
    {
        RefreshPlan plan;
        plan.base_tiles = stac::TileSet(stac::TileRange{802, 802, 543, 543});
        return plan;
    }

    fs::path m_path = fs::temp_directory_path() / fs::unique_path("tiledir stale %%%%%%%%");
    std::unique_ptr<store::Store> m_store = store::open_store(m_path.string());
};

} // namespace

TEST_F(StaleFolderTest, IsNotRefreshedAndLeavesNoIntent)
{
    write_item("11", "before");
    const DatasetFolder folder(m_path.string());
    write_item("10", "before");
    EXPECT_THROW(run_refresh(folder, some_tiles(), {}), StoreError);
    EXPECT_EQ(intents(), 0);
}

TEST_F(StaleFolderTest, IsNotRepairedAndLeavesNoIntent)
{
    write_item("11", "before");
    const DatasetFolder folder(m_path.string());
    write_item("10", "before");
    VerifyResult found;
    found.faulty[folder.pyramid().finest] = some_tiles().base_tiles;
    EXPECT_THROW(repair_folder(folder, found, {}, {}), StoreError);
    EXPECT_EQ(intents(), 0);
}

TEST_F(StaleFolderTest, IsRefreshedWhereOnlyItsDescriptionHasChanged)
{
    write_item("11", "before");
    const DatasetFolder folder(m_path.string());
    write_item("11", "after");
    EXPECT_NO_THROW(run_refresh(folder, some_tiles(), {}));
    EXPECT_EQ(intents(), 0);
}

} // namespace tiledir::raster
