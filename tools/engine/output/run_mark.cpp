#include "tools/engine/output/run_mark.h"

#include "stac/error.h"
#include "tools/engine/host/side_by_side.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace tiledir::engine
{
namespace
{

/// FNV-1a, the same on all machines.
std::string digest(const std::string &text)
{
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char letter : text)
    {
        hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
    }
    return fmt::format("{:016x}", hash);
}

/// Intents of other runs.
std::vector<journal::FoundIntent> others_in(store::Store &output, const journal::Intent &own)
{
    auto found = journal::Intent::all(output, journal::Intent::kDeadAfter, own.key());
    found.erase(std::remove_if(found.begin(), found.end(),
                               [](const journal::FoundIntent &intent) { return intent.run.empty(); }),
                found.end());
    return found;
}

} // namespace

RunMark::RunMark(store::Store &output, const std::string &run, journal::PauseWatch::Clock clock)
    : m_output(output)
    , m_run(digest(run))
    , m_intent(output, journal::Intent::kInterval, m_run)
    , m_pauses(journal::kPauseToNotice, std::move(clock))
{
}

void RunMark::refuse(const journal::FoundIntent &intent) const
{
    throw InputError(fmt::format("{}: another run makes this output, with another recipe, other inputs or another "
                                 "region: {}; wait for its end, or choose another output",
                                 m_output.path(""), intent.who));
}

void RunMark::give_way() const
{
    give_way(others_in(m_output, m_intent));
}

void RunMark::give_way(const std::vector<journal::FoundIntent> &found) const
{
    for (const journal::FoundIntent &intent : found)
    {
        if (intent.lives && intent.run.empty() && m_is_alone)
        {
            throw InputError(fmt::format("{}: is being written to, and all of it would be removed: {}; wait until that "
                                         "is done",
                                         m_output.path(""), intent.who));
        }
        if (intent.lives && !intent.run.empty() && intent.run != m_run)
        {
            refuse(intent);
        }
    }
}

void RunMark::announce(const std::string &matrix, const stac::TileSet &tiles, const std::function<void()> &look)
{
    m_intent.add(matrix, tiles);
    try
    {
        side_by_side(m_output.is_remote(), {[this] { take_over(); }, look});
    }
    catch (const InputError &)
    {
        m_intent.finish();
        throw;
    }
}

/// Gives way, or tells runs that seem dead that this one goes on in their place.
void RunMark::take_over()
{
    const auto found = journal::Intent::all(m_output, journal::Intent::kDeadAfter, m_intent.key());
    give_way(found);
    for (const journal::FoundIntent &intent : found)
    {
        if (!intent.lives && !intent.run.empty() && !journal::Intent::take(m_output, intent, m_intent))
        {
            refuse(intent);
        }
    }
}

void RunMark::check_after_pause()
{
    if (m_pauses.is_after_pause())
    {
        check();
        m_pauses.go_on();
    }
}

RunMark::Others RunMark::others() const
{
    Others others;
    for (journal::FoundIntent &intent : others_in(m_output, m_intent))
    {
        intent.lives ? static_cast<void>(others.none_lives = false) : others.ended.push_back(std::move(intent));
    }
    return others;
}

void RunMark::forget(const std::vector<journal::FoundIntent> &ended) const
{
    for (const journal::FoundIntent &intent : ended)
    {
        journal::Intent::forget(m_output, intent);
    }
}

} // namespace tiledir::engine
