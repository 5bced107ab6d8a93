// Which tiles a run makes, and in which portions.
#pragma once

#include "stac/grid/level_sets.h"
#include "stac/grid/tile_parents.h"
#include "tools/engine/resolved/resolved_recipe.h"

#include <functional>
#include <vector>

namespace tiledir::engine
{

/// Tiles of so many pixels a side are computed together, and held for the overviews: enough to share what is read,
/// little enough to stay in cache. 2048, less where a pixel takes many bytes, a tile where that is larger.
std::int64_t pixels_together(const ResolvedRecipe &resolved);
/// A batch reaches no farther than this many pixels a side.
constexpr std::int64_t kMostBatchPixels = 16384;

/// How large batches are at most.
struct BatchLimits
{
    std::int64_t pixels = kMostBatchPixels; ///< a side
    std::function<std::int64_t()> tiles;    ///< asked before each; as many as there are where empty
};

/// What an executor hands to a thread: tiles of one level and, above them, the overviews that need no others.
struct Batch
{
    int level = 0;        ///< of the tiles
    stac::TileSet tiles;  ///< to be made
    int top = 0;          ///< coarsest level whose tiles lie wholly above this batch; `level` where there is none
    stac::TileRange root; ///< of `top`: the tiles whose subtrees the batch is
};

/// The work of a run, in stages: batches of a stage may run at the same time, a stage starts when the one before it
/// is done.
class Plan
{
public:
    /// `done` is what the journal says.
    Plan(const ResolvedRecipe &resolved, const stac::LevelSets &done);

    /// Base tiles (of all levels with overviews from the process) that are to be made, by level.
    const stac::LevelSets &computed() const { return m_computed; }
    /// Overviews from children to be made when those are, by level.
    const stac::LevelSets &overviews() const { return m_overviews; }
    std::int64_t count() const;
    std::int64_t computed_count() const;
    std::int64_t count_at(int level) const { return m_computed.at(level).count() + m_overviews.at(level).count(); }

    /// Calls for each batch of the first stage, in order; stops when `visit` returns false.
    void for_each_batch(const BatchLimits &limits, const std::function<bool(Batch)> &visit) const;

private:
    const ResolvedRecipe &m_resolved;
    stac::LevelSets m_computed;
    stac::LevelSets m_overviews;
};

/// Overviews of one level in batches, after all below are done.
void for_each_overview_batch(const ResolvedRecipe &resolved, int level, const stac::TileSet &tiles,
                             const BatchLimits &limits, const std::function<bool(Batch)> &visit);

/// Tiles of every level of the output that the selection stands for, made or not.
stac::LevelSets selected_tiles(const ResolvedRecipe &resolved);

} // namespace tiledir::engine
