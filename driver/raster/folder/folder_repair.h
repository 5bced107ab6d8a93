// Faults of a folder of tiles, and what can be mended of them.
#pragma once

#include "driver/raster/folder/dataset_folder.h"
#include "driver/raster/upkeep/refresh.h"
#include "driver/raster/upkeep/verify.h"

namespace tiledir::raster
{

/// verify() of all tiles that the item stands for.
VerifyResult verify_folder(const DatasetFolder &folder, const VerifySettings &settings);

struct RepairResult
{
    RefreshResult made;
    std::int64_t faults = 0; ///< that are left
};

/// Makes the overviews that are at fault again, and those above every tile at fault, and looks at just these again;
/// where they come from the process the run's journal is told that they are stale. Base tiles stay as they are. Where
/// it is interrupted, or fails, any refresh goes on. Throws as renew() and verify().
RepairResult repair_folder(const DatasetFolder &folder, const VerifyResult &found, const RefreshSettings &settings,
                           const VerifySettings &again);

} // namespace tiledir::raster
