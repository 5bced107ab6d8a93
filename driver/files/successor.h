// A dataset that is made where another one is whole: beside it, and in its place once it is whole itself.
#pragma once

#include "stac/grid/tile_set.h"

#include <string>

namespace tiledir::driver
{

/// Where in the folder of a dataset its successor is made.
constexpr const char *kSuccessorFolder = ".tiledir/successor";

/// The successor's tiles, as its makers say in an intent.
struct SuccessorTiles
{
    std::string path;   ///< template of their keys
    std::string matrix; ///< id of the finest level's
    stac::TileSet base;
};

/// Removes the dataset in the folder and puts its successor there. From the first tile that goes to
/// the last one that comes the folder is that of a dataset that is not whole. Durable. Throws StoreError, InputError.
void put_in_place(const std::string &folder, const SuccessorTiles &tiles);

} // namespace tiledir::driver
