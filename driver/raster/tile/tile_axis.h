// Along one axis: which pixels of a stored tile are those of the tile, beside buffers and cuts.
#pragma once

#include <array>
#include <optional>

namespace tiledir::raster
{

/// Pixels [from, from + count) of the stored tile are those of the tile from `to` on.
struct StoredPart
{
    int from = 0;
    int count = 0;
    int to = 0;
};

/// Which pixels of a stored tile are those of the tile, along one axis.
struct TileAxis
{
    struct Buffer
    {
        int before = 0;
        int after = 0;
    };
    /// Where a stored tile may end early: some writers cut tiles where the grid's extent ends.
    enum class Cut
    {
        None,
        Begin,
        End
    };

    /// Of an axis that is not cut: a part of the tile, as if the rest were a buffer.
    TileAxis part(int first, int count) const;
    /// Of a tile that is stored with that many pixels; nullopt where none of the ways to store it has as many.
    std::optional<StoredPart> stored_part(int stored) const;
    /// Of a tile that is not cut.
    int stored_size() const;

    int size = 0;                    ///< of the tile
    std::array<Buffer, 2> buffers{}; ///< pixels stored beside it: one of the two, told from the stored size
    Cut cut = Cut::None;
};

} // namespace tiledir::raster
