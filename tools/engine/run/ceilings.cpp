#include "tools/engine/run/ceilings.h"

#include "tools/engine/run/run_start.h"

#include <fmt/format.h>

namespace tiledir::engine
{

std::int64_t bytes_of(const Job &job, std::int64_t tiles)
{
    const std::int64_t pixels = static_cast<std::int64_t>(job.format.width) * job.format.height;
    return tiles * pixels * job.format.bands * GDALGetDataTypeSizeBytes(job.format.type);
}

void check_ceilings(const Job &job, const Plan &plan, const RunOptions &options)
{
    const std::int64_t tiles = plan.count();
    const std::int64_t bytes = bytes_of(job, tiles);
    const auto check =
        [&](const char *flag, const std::optional<std::int64_t> &most, std::int64_t planned, const char *what)
    {
        if (most && planned > *most)
        {
            refuse(job, fmt::format("{} {} would be made, more than {} {} allows; give a smaller region or a higher "
                                    "limit",
                                    planned, what, flag, *most));
        }
    };
    check("--max-tiles", options.max_tiles, tiles, "tiles");
    check("--max-bytes", options.max_bytes, bytes, "bytes of pixels");
}

} // namespace tiledir::engine
