// What a run finds at its output, and how it goes on with that.
#pragma once

#include "driver/store/store.h"
#include "tools/engine/output/output_state.h"
#include "tools/engine/resolved/input_fingerprint.h"
#include "tools/engine/run/run_options.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::engine
{

/// A run with what it found at its output.
struct RunStart
{
    std::shared_ptr<const ResolvedRecipe> resolved;
    OutputState state;
    std::vector<std::string> accepted;   ///< differences that --accept-old lets pass
    std::optional<InputChanges> changes; ///< that --update follows
    bool differs = false;                ///< from what was made there before
    bool wipe = false;                   ///< on another grid or in another format before, or damaged
    bool is_damaged = false;             ///< what it says of itself: only a listing tells which tiles there are

    /// All of it goes, by a listing, and `made` is made.
    void wipe_damaged(const std::shared_ptr<const ResolvedRecipe> &made)
    {
        resolved = made;
        wipe = true;
        is_damaged = true;
    }
};

/// Changes nothing. Throws InputError: the output was made otherwise, and no option says what to do about it.
RunStart begin_run(store::Store &store, const std::shared_ptr<const ResolvedRecipe> &given, const RunOptions &options);

/// Throws InputError that names the output.
[[noreturn]] void refuse(const ResolvedRecipe &resolved, const std::string &what);

} // namespace tiledir::engine
