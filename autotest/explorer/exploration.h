// Plays a scenario in many orders of its writers' steps.
#pragma once

#include "autotest/explorer/memory_folder.h"
#include "autotest/explorer/scheduler.h"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace tiledir::explorer
{

/// How a schedule has ended.
struct Played
{
    MemoryFolder &folder;
    const std::vector<Ending> &endings;
    const std::vector<Happened> &course;
};

/// Writers that begin at once, and what must hold when all have ended: what is wrong, or nothing.
struct Play
{
    std::vector<Writer> writers;
    std::function<std::string(const Played &)> check;
};

struct Scenario
{
    std::string name;
    MemoryFolder start;
    std::function<Play()> play; ///< anew for each schedule
    int kills = 0;              ///< of writers that may be killed, in one schedule
    int sleeps = 0;
};

struct Breadth
{
    int preemptions = 2;      ///< at most
    std::size_t most = 1000;  ///< schedules with these, for each order of the writers' names
    std::size_t random = 200; ///< schedules

    /// A short one; or what the environment variable TILEDIR_EXPLORER says: `full`, or how many of each kind.
    static Breadth of_environment();
};

struct Explored
{
    std::size_t ordered = 0; ///< schedules, with up to so many preemptions
    std::size_t random = 0;
    std::size_t cut = 0;     ///< of both: led to where another one had been
    std::size_t strayed = 0; ///< threads of one writer came in another order than when it was planned
    std::size_t steps = 0;
    bool is_complete = false; ///< there are no others with so few preemptions
    std::string failure;      ///< the first one, with its schedule

    std::string text() const;
};

/// Ends with the first schedule after which something is wrong.
Explored explore(const Scenario &scenario, const Breadth &breadth);

} // namespace tiledir::explorer
