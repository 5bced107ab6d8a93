// How what is written into a dataset is stored, and what comes of it.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace tiledir::driver
{

/// When the overviews above what was written are made again.
enum class Refresh
{
    AtFlush,
    AtClose,
    Never ///< what changed is recorded, for `tiledir refresh`
};

struct WritingOptions
{
    Refresh refresh = Refresh::AtFlush;
    int threads = 1; ///< that encode and store
    bool lossy = false;
    bool overviews_from_process = false; ///< they are recorded as stale, not made again
    std::string asset;                   ///< key of the item's asset template
    nlohmann::json layout;               ///< stac::tile_layout() of the item as it was opened
};

} // namespace tiledir::driver
