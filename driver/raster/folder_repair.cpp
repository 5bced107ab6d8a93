#include "driver/raster/folder_repair.h"

#include "driver/raster/journal_files.h"

namespace tiledir::raster
{

VerifyResult verify_folder(const DatasetFolder &folder, VerifySettings settings)
{
    settings.overviews_from_children = !has_overviews_from_process(folder.item());
    return verify(folder.tiles(), folder.limits(), settings);
}

RefreshResult repair_folder(const DatasetFolder &folder, const VerifyResult &found, const RefreshSettings &settings)
{
    RefreshResult result;
    if (has_overviews_from_process(folder.item()))
    {
        tell_journal(folder.store(), folder.pyramid().grid, {}, found.faulty);
    }
    else
    {
        result = renew(folder.tiles(), overviews_above(folder.pyramid(), found.faulty), settings);
    }
    folder.store().sync();
    return result;
}

} // namespace tiledir::raster
