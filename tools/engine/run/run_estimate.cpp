#include "driver/journal/journal.h"
#include "driver/store/opening/open_store.h"
#include "tools/engine/run/ceilings.h"
#include "tools/engine/run/request_estimate.h"
#include "tools/engine/run/run.h"
#include "tools/engine/run/run_start.h"
#include "tools/engine/run/run_work.h"

namespace tiledir::engine
{

Json estimate(const std::shared_ptr<const ResolvedRecipe> &given, const RunOptions &options)
{
    const auto store = store::open_store(given->recipe.output_path);
    const RunStart start = begin_run(*store, given, options);
    const journal::TileStates none;
    const bool fresh = !start.state.exists() || start.wipe;
    const RunWork work =
        work_of(*store, start, options,
                fresh ? none
                      : journal::Journal(*store, journal::JournalFolder(*store, start.resolved->recipe.journal),
                                         start.resolved->grid)
                            .before());
    const ResolvedRecipe &resolved = *work.resolved;
    const Plan plan(resolved, work.done);
    check_ceilings(resolved, plan, options);
    const std::int64_t tile_pixels = static_cast<std::int64_t>(resolved.format.width) * resolved.format.height;
    Json json = {{"output", resolved.recipe.output_path},
                 {"levels", resolved.document["levels"]},
                 {"tiles", plan.count()},
                 {"pixels", plan.count() * tile_pixels}};
    json["estimated_bytes"] = bytes_of(resolved, plan.count());
    json["by_level"] = Json::object();
    for (int level = resolved.coarsest; level <= resolved.finest; ++level)
    {
        if (const std::int64_t count = plan.count_at(level); count > 0)
        {
            json["by_level"][resolved.matrix(level).id] = count;
        }
    }
    if (Json requests = estimated_requests(resolved, plan, fresh); !requests.is_null())
    {
        json["estimated_requests"] = std::move(requests);
    }
    return json;
}

} // namespace tiledir::engine
