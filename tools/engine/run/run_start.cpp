#include "tools/engine/run/run_start.h"

#include "driver/journal/journal.h"
#include "driver/journal/journal_reading.h"
#include "stac/error.h"
#include "tools/engine/resolved/resolve.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tiledir::engine
{
namespace
{

std::vector<std::string> texts(const std::vector<OutputState::Difference> &differences)
{
    std::vector<std::string> lines;
    lines.reserve(differences.size());
    for (const auto &difference : differences)
    {
        lines.push_back(difference.text);
    }
    return lines;
}

/// The output's levels are those of all its runs, so that no overview is left stale.
std::shared_ptr<const ResolvedRecipe> with_saved_levels(const std::shared_ptr<const ResolvedRecipe> &resolved,
                                                        const OutputState &state)
{
    const auto saved = state.levels_of(resolved->grid);
    return saved && saved->coarsest < resolved->coarsest ? with_coarsest(*resolved, saved->coarsest) : resolved;
}

/// Does the selection cover every base tile that the journal knows?
bool covers_all(store::Store &store, const ResolvedRecipe &resolved)
{
    return resolved.selection.contains(journal::Journal(store, resolved.grid).before().all().at(resolved.finest));
}

/// Goes on with an output that was made otherwise, and makes again what depends on the differences.
void begin_update(RunStart &start, const std::vector<OutputState::Difference> &differences)
{
    start.changes = start.state.input_changes(*start.resolved);
    const bool only_files =
        std::all_of(differences.begin(), differences.end(), [](const auto &difference) { return difference.of_files; });
    start.changes->everywhere = start.changes->everywhere || !only_files;
}

/// All or a part of an output is made again.
void begin_overwrite(RunStart &start, store::Store &store, const std::shared_ptr<const ResolvedRecipe> &given,
                     const std::vector<OutputState::Difference> &differences, bool can_be_mixed)
{
    if (!can_be_mixed)
    {
        start.wipe = true;
        start.resolved = given;
        return;
    }
    if (differences.empty() && start.resolved == given)
    {
        return;
    }
    bool is_all = false;
    try
    {
        is_all = covers_all(store, *start.resolved);
    }
    catch (const journal::DamagedJournal &)
    {
        start.wipe_damaged(given);
        return;
    }
    if (is_all)
    {
        start.wipe = given->finest != start.resolved->finest;
        start.resolved = given;
    }
    else if (!differences.empty())
    {
        refuse(*given, fmt::format("was made otherwise and reaches beyond the bounds: {}; --update makes again what "
                                   "that touches, --overwrite without bounds all of it, --accept-old mixes old and new",
                                   fmt::join(texts(differences), "; ")));
    }
}

} // namespace

void refuse(const ResolvedRecipe &resolved, const std::string &what)
{
    throw InputError(fmt::format("{}: {}", resolved.recipe.output_path, what));
}

RunStart begin_run(store::Store &store, const std::shared_ptr<const ResolvedRecipe> &given, const RunOptions &options)
{
    RunStart start;
    start.resolved = given;
    try
    {
        start.state = OutputState::load(store, start.resolved->recipe.processes);
    }
    catch (const DamagedOutput &)
    {
        if (!options.makes_anew())
        {
            throw;
        }
        start.wipe_damaged(given);
        return start;
    }
    if (!start.state.exists())
    {
        return start;
    }
    start.resolved = as_saved(given, start.state.recipe());
    const auto differences = start.state.differences(*start.resolved);
    start.differs = !differences.empty();
    const std::string shown = fmt::format("{}", fmt::join(texts(differences), "; "));
    const bool can_be_mixed = std::all_of(differences.begin(), differences.end(),
                                          [](const auto &difference) { return difference.can_be_mixed; });
    if (options.makes_anew())
    {
        begin_overwrite(start, store, given, differences, can_be_mixed);
    }
    else if (!can_be_mixed)
    {
        refuse(*given, (options.accept_old || options.update ? "was made otherwise, and tiles of both cannot be mixed: "
                                                             : "was made otherwise: ") +
                           shown + "; --overwrite makes it again");
    }
    else if (options.accept_old)
    {
        start.accepted = texts(differences);
    }
    else if (options.update && !differences.empty())
    {
        begin_update(start, differences);
    }
    else if (!differences.empty())
    {
        refuse(*given,
               "was made otherwise: " + shown +
                   "; --update makes again what that touches, --overwrite all of it, --accept-old keeps what is "
                   "finished");
    }
    if (!start.wipe)
    {
        start.resolved = with_saved_levels(start.resolved, start.state);
    }
    return start;
}

} // namespace tiledir::engine
