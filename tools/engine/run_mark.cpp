#include "tools/engine/run_mark.h"

#include "stac/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

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

} // namespace

RunMark::RunMark(store::Store &output, const std::string &run)
    : m_output(output)
    , m_run(digest(run))
    , m_intent(output, store::Intent::kInterval, m_run)
{
}

void RunMark::give_way() const
{
    for (const store::FoundIntent &intent : store::Intent::all(m_output))
    {
        if (intent.lives && !intent.run.empty() && intent.run != m_run && intent.key != m_intent.key())
        {
            throw InputError(
                fmt::format("{}: another run makes this output, with another recipe, other inputs or another "
                            "region: {}; wait for its end, or choose another output",
                            m_output.path(""), intent.who));
        }
    }
}

void RunMark::show(const std::string &matrix, const stac::TileSet &tiles)
{
    m_intent.add(matrix, tiles);
    try
    {
        give_way();
    }
    catch (const InputError &)
    {
        m_intent.finish();
        throw;
    }
}

bool RunMark::is_alone() const
{
    const auto intents = store::Intent::all(m_output);
    return std::none_of(intents.begin(), intents.end(),
                        [this](const store::FoundIntent &intent)
                        { return intent.lives && !intent.run.empty() && intent.key != m_intent.key(); });
}

void RunMark::forget_ended() const
{
    for (const store::FoundIntent &intent : store::Intent::adoptable(m_output))
    {
        if (!intent.run.empty())
        {
            store::Intent::forget(m_output, intent);
        }
    }
}

} // namespace tiledir::engine
