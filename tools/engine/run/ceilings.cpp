#include "tools/engine/run/ceilings.h"

#include "tools/engine/run/run_start.h"

#include <fmt/format.h>

namespace tiledir::engine
{

std::int64_t bytes_of(const ResolvedRecipe &resolved, std::int64_t tiles)
{
    const std::int64_t pixels = static_cast<std::int64_t>(resolved.format.width) * resolved.format.height;
    return tiles * pixels * resolved.format.bands * GDALGetDataTypeSizeBytes(resolved.format.type);
}

void check_ceilings(const ResolvedRecipe &resolved, const Plan &plan, const RunOptions &options)
{
    const std::int64_t tiles = plan.count();
    const std::int64_t bytes = bytes_of(resolved, tiles);
    const auto check =
        [&](const char *flag, const std::optional<std::int64_t> &most, std::int64_t planned, const char *what)
    {
        if (most && planned > *most)
        {
            refuse(resolved,
                   fmt::format("{} {} would be made, more than {} {} allows; give a smaller region or a higher "
                               "limit",
                               planned, what, flag, *most));
        }
    };
    check("--max-tiles", options.max_tiles, tiles, "tiles");
    check("--max-bytes", options.max_bytes, bytes, "bytes of pixels");
}

} // namespace tiledir::engine
