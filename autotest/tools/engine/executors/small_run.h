// A run of 16 x 16 tiles without inputs, for executors: what makes its tiles is the test's.
#pragma once

#include "driver/store/opening/open_store.h"
#include "tools/engine/executors/run_context.h"
#include "tools/engine/plan/batch_order.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>

namespace tiledir::engine
{

inline ResolvedRecipe small_recipe()
{
    ResolvedRecipe resolved;
    resolved.grid = stac::TileMatrixSet::well_known("WebMercatorQuad").value();
    resolved.coarsest = 6;
    resolved.finest = 6;
    resolved.selection.insert(stac::TileRange{0, 15, 0, 15});
    return resolved;
}

/// One batch of a row of `count` tiles.
inline BatchOrder order_of_row(std::int64_t row, std::int64_t count)
{
    BatchOrder order;
    order.level = 6;
    order.tiles.insert(stac::TileRange{row, row, 0, count - 1});
    return order;
}

struct SmallRun
{
    explicit SmallRun(const std::string &name)
        : store(store::open_store("/vsimem/small_run/" + name))
    {
    }

    std::atomic<int> stop{0};
    std::atomic<int> abandoned{0};
    ResolvedRecipe resolved = small_recipe();
    Plan plan{resolved, {}};
    std::unique_ptr<store::Store> store;
    journal::Journal journal{*store, resolved.grid};
    Report report;
    RunContext context{resolved, plan,  *store, journal, report, [this] { return stop != 0; }, [this] { ++abandoned; },
                       true,     [] {}, "",     ""};
};

} // namespace tiledir::engine
