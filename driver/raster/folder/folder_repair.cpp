#include "driver/raster/folder/folder_repair.h"

#include "driver/journal/intent.h"
#include "driver/journal/tell_journal.h"
#include "driver/raster/folder/stored_item.h"
#include "driver/raster/pyramid/tile_listing.h"
#include "driver/store/network_path.h"

namespace tiledir::raster
{

namespace
{

VerifySettings settings_for(const DatasetFolder &folder, VerifySettings settings)
{
    settings.overviews_from_children = !has_overviews_from_process(folder.item());
    return settings;
}

} // namespace

VerifyResult verify_folder(const DatasetFolder &folder, const VerifySettings &settings)
{
    const auto limits = folder.limits();
    const bool can_be_listed = !folder.store().is_remote() || store::is_object_store(folder.store().path(""));
    if (!can_be_listed || !folder.pyramid().can_be_absent())
    {
        return verify(folder.tiles(), limits, settings_for(folder, settings));
    }
    VerifyResult result = verify(folder.tiles(), listed_tiles(folder.tiles(), limits), settings_for(folder, settings));
    for (const auto &[level, range] : limits)
    {
        result.tiles[level] += 0; // also of levels that have none
    }
    return result;
}

RepairResult repair_folder(const DatasetFolder &folder, const VerifyResult &found, const RefreshSettings &settings,
                           const VerifySettings &again)
{
    RepairResult result;
    const Pyramid &pyramid = folder.pyramid();
    store::Store &store = folder.store();
    if (has_overviews_from_process(folder.item()))
    {
        journal::TileStates said;
        said.pending = found.faulty;
        journal::tell_journal(store, pyramid.grid, said);
        store.sync();
        result.faults = found.faults;
        return result;
    }
    journal::Intent intent(store);
    for (const auto &[level, tiles] : found.faulty)
    {
        intent.add(pyramid.matrix(level).id, tiles);
    }
    check_layout(store, folder.item_key(), folder.layout(), intent);
    const stac::LevelSets overviews = overviews_above(pyramid, found.faulty);
    try
    {
        result.made = renew(folder.tiles(), overviews, settings);
    }
    catch (const TileError &)
    {
        intent.finish(); // all are made that can be
        throw;
    }
    store.sync();
    intent.finish();
    result.faults =
        found.faulty.at(pyramid.finest).count() + verify(folder.tiles(), overviews, settings_for(folder, again)).faults;
    return result;
}

} // namespace tiledir::raster
