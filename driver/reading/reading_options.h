// How the tiles of a dataset are read.
#pragma once

#include "driver/store/opening/object_reader.h"

namespace tiledir::driver
{

struct ReadingOptions
{
    bool missing_is_error = false; ///< a tile within the limits must be there
    bool warns_of_none = true;     ///< where not one tile is there
    bool whole_tiles = false;      ///< small reads decode tiles whole, too
    int threads = 1;               ///< that decode tiles of one read
    store::ReadSettings store;
};

} // namespace tiledir::driver
