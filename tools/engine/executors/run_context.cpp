#include "tools/engine/executors/run_context.h"

#include <spdlog/spdlog.h>

namespace tiledir::engine
{

void RunContext::made(const stac::TileId &tile, bool stored, std::size_t bytes) const
{
    report.made(tile, stored, bytes);
    journal.add(tile, stored);
}

void RunContext::failed(const TileFailure &failure) const
{
    report.failed(failure);
    spdlog::error("event=tile_failed tile={} cause={} attempts={} reason=\"{}\"",
                  resolved.name(failure.tile.level, failure.tile.row, failure.tile.col), failure.cause,
                  failure.attempts, failure.reason);
}

} // namespace tiledir::engine
