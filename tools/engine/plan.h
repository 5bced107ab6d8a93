// Which tiles a run makes, and in which portions.
#pragma once

#include "tools/engine/resolve.h"
#include "tools/engine/tile_set.h"

#include <functional>
#include <vector>

namespace tiledir::engine
{

/// Tiles of level - 1 that have pixels of the given tiles of `level`, or `halo` pixels around them, under them.
TileSet parents(const stac::TileMatrixSet &grid, int level, const TileSet &tiles, int halo = 0);

/// What an executor hands to a thread: tiles of one level and, above them, the overviews that need no others.
struct Batch
{
    int level = 0;        ///< of the tiles
    TileSet tiles;        ///< to be made
    int top = 0;          ///< coarsest level whose tiles lie wholly above this batch; `level` where there is none
    stac::TileRange root; ///< of `top`: the tiles whose subtrees the batch is
};

/// The work of a run, in stages: batches of a stage may run at the same time, a stage starts when the one before it
/// is done.
class Plan
{
public:
    /// `done` is what the journal says.
    Plan(const Job &job, const LevelSets &done);

    /// Base tiles (of all levels with overviews from the process) that are to be made, by level.
    const LevelSets &computed() const { return m_computed; }
    /// Overviews from children to be made when those are, by level.
    const LevelSets &overviews() const { return m_overviews; }
    std::int64_t count() const;

    /// Calls for each batch of the first stage, in order; stops when `visit` returns false.
    void for_each_batch(const std::function<bool(Batch)> &visit) const;

private:
    const Job &m_job;
    LevelSets m_computed;
    LevelSets m_overviews;
};

/// Overviews of one level, each a batch's worth, after all below are done.
void for_each_overview_batch(const Job &job, int level, const TileSet &tiles, const std::function<bool(Batch)> &visit);

/// Tiles of every level of the output that the job's selection stands for, made or not.
LevelSets selected_tiles(const Job &job);

} // namespace tiledir::engine
