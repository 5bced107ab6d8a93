// A set of tiles as few bytes.
#pragma once

#include "stac/grid/tile_set.h"

#include <string>

namespace tiledir::journal
{

/// Numbers of 7 bits a byte, the lowest first: for each row how far it is from the last one, its number of runs, and of
/// each run the columns left out before it and its length.
std::string pack(const stac::TileSet &tiles);

/// False where the bytes are no such set.
bool unpack(const std::string &bytes, stac::TileSet &tiles);

/// The text's size, a number as above, and what zlib makes of it; and back.
std::string deflated(const std::string &text);

enum class Inflated
{
    Whole,
    CutShort, ///< a beginning of such bytes; no text
    Damaged   ///< no text
};
Inflated inflate(const std::string &bytes, std::string &text);

} // namespace tiledir::journal
