// A dataset of tiles as what asks for its files sees it.
#pragma once

#include <string>
#include <vector>

namespace tiledir::driver
{

/// Of a GDALDataset that is read from folders of tiles.
class TiledFolders
{
public:
    /// Paths of the folders that tiles lie in, at any depth.
    virtual std::vector<std::string> tile_folders() const = 0;

protected:
    ~TiledFolders() = default;
};

} // namespace tiledir::driver
