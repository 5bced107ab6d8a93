// What tells that the inputs are still those that a run has read, and what depends on those that are not.
#pragma once

#include "stac/grid/level_sets.h"
#include "tools/engine/resolved/resolved_recipe.h"

#include <map>
#include <string>
#include <vector>

namespace tiledir::engine
{

/// `{"software": {"tiledir": "0.1", "gdal": "3.6"}, "crs": [...], "files": {"dem": [{"path", "size", "time", ...}]}}`
/// (see to_json(InputFiles)): as it is saved in `.tiledir/inputs.json`, a file a line.
std::string fingerprint(const ResolvedRecipe &resolved);

/// How the inputs of a resolved recipe differ from those of a fingerprint.
struct InputChanges
{
    std::vector<std::string> releases; ///< of software, a line each
    std::vector<std::string> files;    ///< a line for each input
    bool everywhere = false;           ///< every pixel may have changed
    /// Where not: what has changed, by input, in its CRS.
    std::map<std::string, std::vector<stac::Bounds>> where;
};

/// `saved` is a fingerprint, parsed. Throws Json::exception where it is something else.
InputChanges input_changes(const Json &saved, const ResolvedRecipe &resolved);

/// Which of the tiles that are done the changes touch, on the levels that are computed from the inputs.
stac::LevelSets touched_tiles(const ResolvedRecipe &resolved, const InputChanges &changes, const stac::LevelSets &done);

} // namespace tiledir::engine
