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
constexpr const char *kBaseLevel = "5/";
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
    /// Its intent, looked at before the other one took it away, was written after that: so it has it again.
    bool has_intent_again = false;
};

AfterWaking after_waking(const std::vector<Happened> &course)
{
    AfterWaking after;
    bool has_intent = false; ///< the sleeper
    bool sleeps = false;     ///< with it
    bool is_lost = false;    ///< the output, to the other one
    bool is_awake = false;   ///< since
    bool looks = false;      ///< the sleeper, at its intent, to write it
    bool is_late = false;    ///< that
    for (const Happened &each : course)
    {
        if (each.writer == kOther)
        {
            is_lost = is_lost || (sleeps && each.changes && is_in(each.key, kJournal));
            is_late = is_late || (looks && each.changes && is_in(each.key, kJournal));
            continue;
        }
        if (is_in(each.key, kIntents))
        {
            after.has_intent_again = after.has_intent_again || (is_late && each.what.find("write") == 0);
            looks = each.what == "look at";
            is_late = false;
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

/// How many tiles are others than the right ones; an overview of such a tile is as it has to be.
std::size_t others_than(const Tiles &right, const Tiles &there)
{
    std::size_t base = 0;
    std::size_t above = 0;
    for (const auto &[key, bytes] : there)
    {
        const auto found = right.find(key);
        if (found == right.end() || found->second != bytes)
        {
            ++(is_in(key, kBaseLevel) ? base : above);
        }
    }
    return base > 0 ? base : above;
}

/// Where nothing keeps writers apart, the recipe may have been in flight too.
Scenario sleeper(Exclusion exclusion, std::size_t tiles_in_flight)
{
    Scenario scenario;
    scenario.start = finished({100}, exclusion);
    scenario.sleeps = 1;
    const bool recipe_in_flight = exclusion == Exclusion::None;
    scenario.play = [tiles_in_flight, recipe_in_flight]
    {
        const auto one = std::make_shared<RunEnd>();
        const auto two = std::make_shared<RunEnd>();
        Play play;
        play.writers = {run_writer("sleeper", {150}, "overwrite", one), run_writer("other", {200}, "overwrite", two)};
        play.writers[kSleeper].may_sleep = true;
        play.check = [one, two, tiles_in_flight, recipe_in_flight](const Played &played)
        {
            const AfterWaking after = after_waking(played.course);
            std::string wrong;
            if (after.has_intent_again) // a whole run between look and write: only time could tell, and none went by
            {
                return wrong;
            }
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
            if (made != nullptr && !one->finished() && !two->finished()) // it took over, and then saw another recipe
            {
                wait_for_the_dead(played.folder);
                run_alone(played.folder, *made);
            }
            const Tiles there = tiles_in(played.folder);
            const Tiles right = made != nullptr ? clean(*made) : Tiles();
            std::size_t others = others_than(right, there);
            if (recipe_in_flight && two->finished())
            {
                others = std::min(others, others_than(clean({200}), there));
            }
            if (others > (after.tiles > 0 ? tiles_in_flight : 0))
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
