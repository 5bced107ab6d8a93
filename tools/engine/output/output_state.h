// What an output folder says of how it was made: `.tiledir/version`, `recipe.yaml`, `inputs.json`.
#pragma once

#include "driver/store/store.h"
#include "stac/error.h"
#include "stac/grid/level_range.h"
#include "tools/engine/resolved/input_fingerprint.h"
#include "tools/engine/resolved/resolved_recipe.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::engine
{

/// What the output says of itself cannot be read: --overwrite makes it again.
class DamagedOutput : public InputError
{
public:
    using InputError::InputError;
};

class OutputState
{
public:
    /// Reads what is there; an output that is absent or empty has no state. Throws InputError: state of a newer
    /// version, or a folder that holds another dataset; DamagedOutput.
    /// `processes`: those that its recipe may name. `is_new`: nothing is expected there, so that what others may have
    /// left is looked for without waiting for that.
    static OutputState load(const store::Store &store, const ProcessRegistry &processes, bool is_new = false);

    bool exists() const { return !m_recipe.is_null(); }
    const Json &recipe() const { return m_recipe; } ///< resolved

    struct Difference
    {
        std::string text;         ///< `parameters.altitude: 45 there, 30 here`
        bool can_be_mixed = true; ///< tiles of both can stand side by side
        bool of_files = false;    ///< of input files: input_changes() tells where
    };
    /// What of the process, parameters, inputs, grid, base level, overviews, format, options, type, nodata and releases
    /// is not as saved.
    std::vector<Difference> differences(const ResolvedRecipe &resolved) const;

    /// How the input files and releases differ. Throws DamagedOutput.
    InputChanges input_changes(const ResolvedRecipe &resolved) const;

    /// The saved recipe's grid, where its tiles are, its levels and how overviews are made; no more of the format than
    /// the driver. Throws InputError where the grid's JSON file is gone.
    raster::Pyramid pyramid() const;
    bool has_overviews_from_process() const { return m_recipe["overviews"]["from"] == "process"; }

    /// The saved recipe's levels; nullopt where the grid has no such ones.
    std::optional<stac::LevelRange> levels_of(const stac::TileMatrixSet &grid) const;

    /// States of the files that save() writes, as they were when this was loaded; nullopt: absent.
    struct Stamps
    {
        std::optional<store::Stamp> recipe;
        std::optional<store::Stamp> inputs;
    };
    const Stamps &stamps() const { return m_stamps; }

    /// Says whose folder it is, before anything else is written there. Durable after the store's next two sync().
    static void claim(store::Store &store);
    /// Writes the state; the recipe, which makes it count, comes last. It is durable after the store's next
    /// sync(). `check` throws where this run is no longer the one to do so; over a network it is asked, and what is
    /// there looked at again, only where somebody has written since `before`.
    static void save(store::Store &store, const ResolvedRecipe &resolved, const Stamps &before,
                     const std::function<void()> &check);
    /// From now until save() the output is one that only --overwrite may go on with.
    static void begin_wipe(store::Store &store);
    /// All that was there is gone: from now until save() it is an output that no run has made yet.
    static void end_wipe(store::Store &store);

private:
    Json m_recipe;
    Json m_inputs; ///< null where they are gone or damaged
    Stamps m_stamps;
};

} // namespace tiledir::engine
