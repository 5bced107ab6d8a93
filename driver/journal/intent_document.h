// The content of an intent: its one grammar. See docs/explanation/concurrency.md, Intents.
#pragma once

#include "stac/grid/bounds.h"
#include "stac/grid/tile_set.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::journal
{

/// By the id of their matrix: those that may be written, and perhaps some beside them, beyond the matrix too.
using IntendedTiles = std::map<std::string, std::vector<stac::TileRange>>;

/// What a writer says of itself.
struct IntentDocument
{
    std::string id;           ///< the writer's, random; empty: an older tiledir's
    std::string host;         ///< to be shown, as the next two are
    std::int64_t process = 0; ///< its id on that host
    std::string process_name; ///< own_process_name(); empty where it is not known
    std::string since;        ///< when it began, UTC
    std::string run;          ///< what tells a run of a recipe from others; empty for writers that are none
    std::string creates;      ///< template of the tiles' keys, of a writer that makes a dataset; else empty
    bool locked = false;      ///< it has the store's lock_for_life() of its id
    bool released = false;    ///< it has left its tiles to others
    std::string taken_by;     ///< id of the run that goes on in its place; empty where none does
    int writes = 0;           ///< makes each content another one
    IntendedTiles tiles;

    /// "HOST process PID since TIME".
    std::string who() const;
};

/// Tiles that are many are told coarsely.
IntendedTiles intended(const std::map<std::string, stac::TileSet> &tiles);

std::string to_text(const IntentDocument &document);

/// Nullopt where it cannot be read (a power cut). Throws InputError, which begins with `path`, for one of a newer
/// tiledir.
std::optional<IntentDocument> intent_document(const std::string &path, const std::string &text);

} // namespace tiledir::journal
