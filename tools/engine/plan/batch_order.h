// A batch as executors hand it out: all that its maker has to know beside the resolved recipe, and what came back of
// it.
#pragma once

#include "stac/grid/level_sets.h"
#include "tools/engine/plan/plan.h"
#include "tools/engine/report/report.h"

#include <optional>
#include <vector>

namespace tiledir::engine
{

struct BatchOrder
{
    int level = 0;
    stac::TileSet tiles;
    bool from_stored = false;  ///< the tiles are overviews of stored tiles of the next finer level, else computed
    stac::LevelSets overviews; ///< planned ones that need no other tiles than those of the batch
    bool fresh = false;        ///< nothing is stored where its tiles go: there is nothing to remove for an empty one
    int attempts = 0;          ///< makers that died of these tiles before
    int alone = 0;             ///< of these, after the tiles had been reduced to one
    bool needs_all_memory = false;
};

/// With the overviews that the plan has above it.
BatchOrder order_of(const ResolvedRecipe &resolved, const Plan &plan, const Batch &batch);

/// What is left of an order whose maker died, in orders that find the tile to blame: those that were `in_work` halved
/// (all that is left where none was), the rest as it was. Overviews are left to the stage that makes them from stored
/// tiles. Empty where all tiles are `settled`: made or failed.
std::vector<BatchOrder> split(const BatchOrder &order, const stac::LevelSets &settled,
                              const std::optional<Portion> &in_work);

/// The batch protocol: see docs/explanation/executors.md. Levels are named by their tile matrices. from_json() throws
/// InputError.
Json to_json(const stac::TileMatrixSet &grid, const BatchOrder &order);
BatchOrder order_from_json(const stac::TileMatrixSet &grid, const Json &json);
Json to_json(const stac::TileMatrixSet &grid, const stac::TileId &tile);
stac::TileId tile_from_json(const stac::TileMatrixSet &grid, const Json &json);
Json to_json(const stac::TileMatrixSet &grid, const Portion &portion);
Portion portion_from_json(const stac::TileMatrixSet &grid, const Json &json);

} // namespace tiledir::engine
