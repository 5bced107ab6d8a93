// Runs that are killed at each of their steps, and what the next command makes of what they have left.
#include "autotest/explorer/explorer_test.h"

using namespace tiledir::explorer;

namespace
{

struct Command
{
    Recipe recipe;
    std::string option;
};

/// The first command is killed at some step; the second one then leaves what a run leaves that finds an empty folder.
Scenario killed(const std::string &name, const MemoryFolder &start, const Command &first, const Command &second)
{
    Scenario scenario;
    scenario.name = name;
    scenario.start = start;
    scenario.kills = 1;
    scenario.play = [first, second]
    {
        const auto end = std::make_shared<RunEnd>();
        Play play;
        play.writers = {run_writer("run", first.recipe, first.option, end)};
        play.writers.front().may_be_killed = true;
        play.check = [first, second](const Played &played)
        {
            std::string wrong = journal_is_true(played.folder, {first.recipe, second.recipe, Recipe()});
            wait_for_the_dead(played.folder);
            const RunEnd again = run_alone(played.folder, second.recipe, second.option);
            wrong += again.finished() ? "" : "the next command ends so: " + again.refusal + "; ";
            return wrong + tiles_are(played.folder, clean(second.recipe)) +
                   journal_is_true(played.folder, {second.recipe}) + no_intent_is_left(played.folder);
        };
        return play;
    };
    return scenario;
}

} // namespace

TEST_F(ExplorerTest, AKilledRunIsGoneOnWithByTheSameCommand)
{
    expect_right(killed("killed", {}, {{100}, ""}, {{100}, ""}));
}

TEST_F(ExplorerTest, AKilledOverwriteIsGoneOnWithByTheSameCommand)
{
    expect_right(
        killed("killed overwrite", finished({100}, Exclusion::Locks), {{150}, "overwrite"}, {{150}, "overwrite"}));
}

TEST_F(ExplorerTest, AKilledUpdateIsGoneOnWithByTheSameCommand)
{
    expect_right(
        killed("killed update", finished({100}, Exclusion::Locks), {{100, 2}, "update"}, {{100, 2}, "update"}));
}

TEST_F(ExplorerTest, AnOverwriteOntoAnotherGridAfterAKilledOverwriteLeavesNoOldTile)
{
    expect_right(killed("killed overwrite, then another grid", finished({100}, Exclusion::Locks), {{150}, "overwrite"},
                        {{150, 1, "3-4"}, "overwrite"}));
}

TEST_F(ExplorerTest, AKilledOverwriteOntoAnotherGridIsGoneOnWithByTheSameCommand)
{
    expect_right(killed("killed overwrite onto another grid", finished({100}, Exclusion::Locks),
                        {{150, 1, "3-4"}, "overwrite"}, {{150, 1, "3-4"}, "overwrite"}));
}

TEST_F(ExplorerTest, AKilledOverwriteOntoAnotherGridMayBeTakenBack)
{
    expect_right(killed("killed overwrite onto another grid, and back", finished({100}, Exclusion::Locks),
                        {{150, 1, "3-4"}, "overwrite"}, {{100}, "overwrite"}));
}
