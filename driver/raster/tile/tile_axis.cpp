#include "driver/raster/tile/tile_axis.h"

#include <algorithm>

namespace tiledir::raster
{

std::optional<StoredPart> TileAxis::stored_part(int stored) const
{
    for (const Buffer &buffer : buffers)
    {
        if (stored == buffer.before + size + buffer.after)
        {
            return StoredPart{buffer.before, size, 0};
        }
    }
    const auto [before, after] = buffers[0];
    if (cut == Cut::None || stored > before + size + after)
    {
        return std::nullopt;
    }
    const int count = std::min(size, stored - (cut == Cut::End ? before : after));
    if (count <= 0)
    {
        return std::nullopt;
    }
    return cut == Cut::End ? StoredPart{before, count, 0} : StoredPart{stored - after - count, count, size - count};
}

int TileAxis::stored_size() const
{
    return buffers[0].before + size + buffers[0].after;
}

TileAxis TileAxis::part(int first, int count) const
{
    TileAxis axis = *this;
    axis.size = count;
    for (Buffer &buffer : axis.buffers)
    {
        buffer.before += first;
        buffer.after += size - first - count;
    }
    return axis;
}

} // namespace tiledir::raster
