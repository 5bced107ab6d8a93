// How many tiles to compute at once where each of them has only so much time.
#pragma once

#include <cstdint>

namespace tiledir::engine
{

/// Tiles that are computed together can only be ended together: no more of them than are likely to be made in a part of
/// the time that one may take. Learns from those before. For one thread.
class PortionSize
{
public:
    /// Seconds that a tile may take; 0: any time.
    explicit PortionSize(double tile_timeout)
        : m_timeout(tile_timeout)
    {
    }

    std::int64_t most() const;
    void took(std::int64_t tiles, double seconds);

private:
    double m_timeout;
    double m_seconds = 0; ///< of a tile; 0: not known
};

} // namespace tiledir::engine
