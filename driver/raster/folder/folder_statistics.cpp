#include "driver/raster/folder/folder_statistics.h"

#include "driver/raster/folder/stored_item.h"
#include "driver/store/random_id.h"
#include "stac/error.h"
#include "stac/item/item_extent.h"
#include "stac/item/item_statistics.h"

#include <string>

namespace tiledir::raster
{

namespace
{

constexpr int kMostAttempts = 5;

stac::PixelWindow extent_of(const DatasetFolder &folder)
{
    const Pyramid &pyramid = folder.pyramid();
    const stac::TileMatrix &base = pyramid.matrix(pyramid.finest);
    const auto told = stac::item_extent(folder.item(), base);
    return told ? *told : base.range_window(folder.limits().at(pyramid.finest));
}

} // namespace

void store_statistics(const DatasetFolder &folder, const StatisticsSettings &settings)
{
    store::Store &store = folder.store();
    const std::string who = store::random_id();
    for (int tries = 0; tries < kMostAttempts; ++tries)
    {
        change_item(store, folder.item_key(),
                    [&](nlohmann::ordered_json &item)
                    {
                        stac::begin_statistics(item, who);
                        return true;
                    });
        const DatasetFolder now(store.path(folder.item_key()));
        const auto statistics = base_statistics(now.tiles(), extent_of(now), settings);
        bool done = false;
        change_item(store, folder.item_key(),
                    [&](nlohmann::ordered_json &item) { return done = stac::end_statistics(item, who, statistics); });
        if (done)
        {
            store.sync();
            return;
        }
    }
    throw TileError(store.path(folder.item_key()), "statistics: others keep writing; there are none now");
}

} // namespace tiledir::raster
