#include "tools/engine/report/failure.h"

#include "driver/store/network_path.h"
#include "stac/error.h"

#include <cmath>
#include <new>
#include <random>

namespace tiledir::engine
{
Cause cause_of(const std::exception &error)
{
    if (dynamic_cast<const StoreError *>(&error) != nullptr)
    {
        return Cause::Run;
    }
    const auto *const failure = dynamic_cast<const TileError *>(&error);
    if (failure == nullptr)
    {
        return Cause::Tile;
    }
    if (failure->kind() == ErrorKind::Refused)
    {
        return Cause::Run;
    }
    // Of what lies over a network a part may have been cut off on its way.
    const bool is_answered = failure->http_status() >= 400 && failure->http_status() < 500;
    const bool can_pass =
        failure->kind() == ErrorKind::Passing || (!is_answered && store::is_on_network(failure->path()));
    return can_pass ? Cause::Passing : Cause::Tile;
}

std::string cause_name(const std::exception &error)
{
    if (dynamic_cast<const std::bad_alloc *>(&error) != nullptr)
    {
        return "memory";
    }
    return cause_of(error) == Cause::Passing ? "network" : "tile";
}

double seconds_before_attempt(int attempts_made)
{
    thread_local std::minstd_rand random{std::random_device{}()};
    const double least = 0.5 * std::pow(2.0, attempts_made - 1);
    return std::uniform_real_distribution<double>(least, 1.5 * least)(random);
}

} // namespace tiledir::engine
