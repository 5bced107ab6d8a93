// What lies in an output's `.tiledir/`, by its key in the output's store.
#pragma once

#include "driver/store/own_folder.h"

namespace tiledir::journal
{

/// The layout's version, a number: the first that a run writes, and whose folder it is.
constexpr const char *kVersionKey = ".tiledir/version";
constexpr int kLayoutVersion = 1;
/// The recipe that the tiles are made by; what makes a run's output count.
constexpr const char *kRecipeKey = ".tiledir/recipe.yaml";
/// Fingerprints of the inputs; absent while an --overwrite removes tiles of another grid.
constexpr const char *kInputsKey = ".tiledir/inputs.json";
/// Files of the journal, or `elsewhere`: where they are.
constexpr const char *kJournalFolder = ".tiledir/journal";
/// Files of writers at work, and of those that died.
constexpr const char *kIntentFolder = ".tiledir/intents";
/// The item, beside `.tiledir/`.
constexpr const char *kItemKey = "stac.json";

} // namespace tiledir::journal
