// GDAL's options for the inputs and outputs of a recipe, and what a run asks of networks.
#pragma once

#include "tools/engine/recipe/recipe.h"

namespace tiledir::engine
{

/// Sets the gdal_options of each input, the output and the journal for the paths below theirs
/// (VSISetPathSpecificOption), for this process.
void apply_gdal_options(const Recipe &recipe);

/// Applies the options of the journal alone, for whoever reads that of an output by its saved recipe, resolved.
void apply_journal_options(const Json &saved);

/// A run has more patience with networks than somebody who looks at a map: more attempts (GDAL_HTTP_MAX_RETRY), two
/// minutes for servers that are overloaded and for credentials that have expired (TILEDIR_HTTP_PATIENCE). What the user
/// has set stays. GDAL's own requests are counted from now on.
void prepare_network();

/// Requests of this process, ours and GDAL's: `{"GET": 12, "PUT": 4, "again": 0, "slow_down": 0, "bytes_received",
/// "bytes_sent"}`; those of GDAL that failed are in none of them.
Json network_counts();

} // namespace tiledir::engine
