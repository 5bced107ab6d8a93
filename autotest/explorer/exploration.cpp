#include "autotest/explorer/exploration.h"

#include "autotest/explorer/choosers.h"

#include <cstdlib>
#include <utility>

namespace tiledir::explorer
{

namespace
{

constexpr std::size_t kFirstLooks = 20; ///< random schedules, to learn which keys are shared
constexpr Breadth kShort{1, 150, 60};
constexpr int kFullPreemptions = 3;
constexpr std::size_t kAll = 100000000;
constexpr std::size_t kFullRandom = 5000;

class Exploring
{
public:
    explicit Exploring(const Scenario &scenario)
        : m_scenario(scenario)
    {
    }

    Explored explored;

    void at_random(unsigned seed)
    {
        AtRandom chooser(m_keys, budget(0), seed);
        play(chooser, seed % 2 == 1, "random, seed " + std::to_string(seed));
        ++explored.random;
    }

    void in_order(int preemptions, std::size_t most, bool last_is_first)
    {
        std::size_t count = 0;
        bool is_complete = false;
        while (!is_complete && count < most && explored.failure.empty())
        {
            const std::size_t known = m_keys.size(); // where more are shared than was known it begins again
            InOrder chooser(m_keys, budget(preemptions));
            for (bool more = true; more && count < most && explored.failure.empty(); ++count)
            {
                play(chooser, last_is_first, "up to " + std::to_string(preemptions) + " preemptions");
                explored.strayed += chooser.has_strayed() ? 1 : 0;
                is_complete = !chooser.next();
                more = !is_complete && known == m_keys.size();
            }
            is_complete = is_complete && known == m_keys.size();
        }
        explored.ordered += count;
        explored.is_complete = explored.is_complete && is_complete;
    }

private:
    Budget budget(int preemptions) const { return {preemptions, m_scenario.kills, m_scenario.sleeps}; }

    void play(Chooser &chooser, bool last_is_first, const std::string &how)
    {
        const Play play = m_scenario.play();
        MemoryFolder folder = m_scenario.start;
        Scheduler scheduler(folder, play.writers, chooser, last_is_first);
        const bool is_whole = scheduler.run();
        explored.steps += scheduler.course().size();
        explored.cut += is_whole ? 0 : 1;
        std::string failure = scheduler.failure();
        for (std::size_t index = 0; index < play.writers.size(); ++index)
        {
            const std::string &thrown = scheduler.endings()[index].thrown;
            failure += thrown.empty() ? "" : play.writers[index].name + " ended with an exception: " + thrown;
        }
        if (failure.empty() && is_whole)
        {
            failure = play.check({folder, scheduler.endings(), scheduler.course()});
        }
        if (!failure.empty() && explored.failure.empty())
        {
            explored.failure =
                m_scenario.name + ": " + failure + "\nby the schedule (" + how + ")\n" + scheduler.trace();
        }
    }

    const Scenario &m_scenario;
    SharedKeys m_keys;
};

} // namespace

Breadth Breadth::of_environment()
{
    const char *said = std::getenv("TILEDIR_EXPLORER");
    if (said == nullptr)
    {
        return kShort;
    }
    const std::size_t count = std::strtoul(said, nullptr, 10);
    return count > 0 ? Breadth{kFullPreemptions, count, count} : Breadth{kFullPreemptions, kAll, kFullRandom};
}

std::string Explored::text() const
{
    return std::to_string(ordered + random) + " schedules (" + std::to_string(ordered) +
           (is_complete ? " in order, all there are, " : " in order, ") + std::to_string(random) + " at random; " +
           std::to_string(cut) + " cut short, " + std::to_string(strayed) + " strayed), " + std::to_string(steps) +
           " steps";
}

Explored explore(const Scenario &scenario, const Breadth &breadth)
{
    Exploring exploring(scenario);
    for (unsigned seed = 1; seed <= kFirstLooks && exploring.explored.failure.empty(); ++seed)
    {
        exploring.at_random(seed);
    }
    exploring.explored.is_complete = true;
    for (const bool last_is_first : {false, true})
    {
        exploring.in_order(breadth.preemptions, breadth.most, last_is_first);
    }
    for (unsigned seed = kFirstLooks + 1; seed <= breadth.random && exploring.explored.failure.empty(); ++seed)
    {
        exploring.at_random(seed);
    }
    return std::move(exploring.explored);
}

} // namespace tiledir::explorer
