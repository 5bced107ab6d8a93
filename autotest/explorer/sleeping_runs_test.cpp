// A run that sleeps so long that another one takes its place.
#include "autotest/explorer/explorer_test.h"

#include <algorithm>

using namespace tiledir::explorer;

namespace
{

constexpr std::size_t kSleeper = 0;
constexpr std::size_t kOther = 1;
constexpr const char *kJournal = ".tiledir/journal/";

/// What the sleeper has done after it woke, where the other one had begun to make the output by then.
struct AfterWaking
{
    std::size_t tiles = 0;
    std::size_t words = 0; ///< of the journal
};

AfterWaking after_waking(const std::vector<Happened> &course)
{
    AfterWaking after;
    bool taken = false; ///< by the other one
    bool woken = false;
    for (const Happened &each : course)
    {
        taken = taken || (each.writer == kOther && each.changes && each.key.rfind(kJournal, 0) == 0);
        woken = woken || (each.writer == kSleeper && each.what == "wakes" && taken);
        if (woken && each.writer == kSleeper && each.changes)
        {
            after.tiles += is_tile(each.key) ? 1 : 0;
            after.words += each.key.rfind(kJournal, 0) == 0 ? 1 : 0;
        }
    }
    return after;
}

Scenario sleeper(Exclusion exclusion, std::size_t tiles_in_flight)
{
    Scenario scenario;
    scenario.start = finished({100}, exclusion);
    scenario.sleeps = 1;
    scenario.play = [tiles_in_flight]
    {
        const auto one = std::make_shared<RunEnd>();
        const auto two = std::make_shared<RunEnd>();
        Play play;
        play.writers = {run_writer("sleeper", {150}, "overwrite", one), run_writer("other", {200}, "overwrite", two)};
        play.writers[kSleeper].may_sleep = true;
        play.check = [one, two, tiles_in_flight](const Played &played)
        {
            const AfterWaking after = after_waking(played.course);
            std::string wrong;
            if (after.words > 0)
            {
                wrong += "the sleeper has said " + std::to_string(after.words) + " words in the other one's journal; ";
            }
            if (after.tiles > 0 && one->finished())
            {
                wrong += "the sleeper has lost the output, and does not say so; ";
            }
            const Recipe *made = recorded(played.folder, {{100}, {150}, {200}});
            const Tiles there = tiles_in(played.folder);
            const Tiles right = made != nullptr ? clean(*made) : Tiles();
            const auto others = std::count_if(there.begin(), there.end(),
                                              [&right](const auto &tile)
                                              {
                                                  const auto found = right.find(tile.first);
                                                  return found == right.end() || found->second != tile.second;
                                              });
            if (static_cast<std::size_t>(others) > (after.tiles > 0 ? tiles_in_flight : 0))
            {
                wrong += "other tiles than those of the recorded recipe: " + std::to_string(others) + "; ";
            }
            return wrong + (there.size() < right.size() ? "tiles are missing; " : "");
        };
        return play;
    };
    return scenario;
}

} // namespace

TEST_F(ExplorerTest, ARunThatSleptIsOutOfTheWayOnALocalDisk)
{
    Scenario scenario = sleeper(Exclusion::Locks, 0);
    scenario.name = "a run sleeps, locks";
    expect_right(scenario);
}

TEST_F(ExplorerTest, ARunThatSleptIsOutOfTheWayWhereWritesAreConditional)
{
    Scenario scenario = sleeper(Exclusion::Conditions, 1);
    scenario.name = "a run sleeps, conditional writes";
    expect_right(scenario);
}

TEST_F(ExplorerTest, ARunThatSleptWritesATileInFlightAtMostWhereNothingKeepsWritersApart)
{
    Scenario scenario = sleeper(Exclusion::None, 1);
    scenario.name = "a run sleeps, no locks";
    expect_right(scenario);
}
