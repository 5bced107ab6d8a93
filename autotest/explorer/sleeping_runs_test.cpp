// A run that sleeps so long that another one takes its place.
#include "autotest/explorer/explorer_test.h"

#include <algorithm>
#include <vector>

using namespace tiledir::explorer;

namespace
{

constexpr std::size_t kSleeper = 0;
constexpr std::size_t kOther = 1;
/// It may have been about to say one. That is read before the other one's, and so does not count.
constexpr std::size_t kWordsInFlight = 1;
constexpr const char *kJournal = ".tiledir/journal/";
constexpr const char *kIntents = ".tiledir/intents/";

bool is_in(const std::string &key, const char *folder)
{
    return key.rfind(folder, 0) == 0;
}

/// What the sleeper has done after it woke, where it had its intent when it fell asleep, and the other one has begun to
/// make the output since.
struct AfterWaking
{
    std::size_t tiles = 0;
    std::size_t words = 0; ///< of the journal
};

AfterWaking after_waking(const std::vector<Happened> &course)
{
    AfterWaking after;
    bool has_intent = false; ///< the sleeper
    bool sleeps = false;     ///< with it
    bool is_lost = false;    ///< the output, to the other one
    bool is_awake = false;   ///< since
    for (const Happened &each : course)
    {
        if (each.writer == kOther)
        {
            is_lost = is_lost || (sleeps && each.changes && is_in(each.key, kJournal));
            continue;
        }
        if (each.changes && is_in(each.key, kIntents))
        {
            has_intent = each.what.find("remove") == std::string::npos;
        }
        sleeps = (sleeps || (each.what == "sleeps" && has_intent)) && each.what != "wakes";
        is_awake = is_awake || (is_lost && each.what == "wakes");
        after.tiles += is_awake && each.changes && is_tile(each.key) ? 1 : 0;
        after.words += is_awake && each.changes && is_in(each.key, kJournal) ? 1 : 0;
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
            if (after.words > kWordsInFlight)
            {
                wrong += "the sleeper has said " + std::to_string(after.words) + " words in the other one's journal; ";
            }
            if (after.tiles > 0 && one->finished())
            {
                wrong += "the sleeper has lost the output, and does not say so; ";
            }
            const std::vector<Recipe> recipes = {{100}, {150}, {200}};
            const Recipe *made = recorded(played.folder, recipes);
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
    GTEST_SKIP() << "does not hold yet: a run that wakes between its look and its write still writes what it had begun";
    Scenario scenario = sleeper(Exclusion::Conditions, 1);
    scenario.name = "a run sleeps, conditional writes";
    expect_right(scenario);
}

TEST_F(ExplorerTest, ARunThatSleptWritesATileInFlightAtMostWhereNothingKeepsWritersApart)
{
    GTEST_SKIP() << "does not hold yet: a run that wakes between its look and its write still writes what it had begun";
    Scenario scenario = sleeper(Exclusion::None, 1);
    scenario.name = "a run sleeps, no locks";
    expect_right(scenario);
}
