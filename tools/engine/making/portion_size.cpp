#include "tools/engine/making/portion_size.h"

#include <algorithm>
#include <limits>

namespace tiledir::engine
{
namespace
{

constexpr double kPart = 0.25;   ///< of the time that a tile may take
constexpr double kForget = 0.75; ///< of what a slow tile has taught, at each portion after it
constexpr double kShortest = 1e-6;

} // namespace

std::int64_t PortionSize::most() const
{
    if (m_timeout <= 0)
    {
        return std::numeric_limits<std::int64_t>::max();
    }
    return m_seconds > 0 ? static_cast<std::int64_t>(std::clamp(kPart * m_timeout / m_seconds, 1.0, 1e9)) : 1;
}

void PortionSize::took(std::int64_t tiles, double seconds)
{
    m_seconds = std::max({seconds / static_cast<double>(tiles), kForget * m_seconds, kShortest});
}

} // namespace tiledir::engine
