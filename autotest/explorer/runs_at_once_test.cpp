// Two runs that make one output at the same time.
#include "autotest/explorer/explorer_test.h"

using namespace tiledir::explorer;

namespace
{

/// Two runs, of which at most one may go on at a time. At the end the output is what one of them makes, whole.
Scenario two_runs(const std::string &name, const MemoryFolder &start, const std::vector<Recipe> &recipes,
                  const std::string &option)
{
    Scenario scenario;
    scenario.name = name;
    scenario.start = start;
    scenario.play = [recipes, option]
    {
        const auto one = std::make_shared<RunEnd>();
        const auto two = std::make_shared<RunEnd>();
        Play play;
        play.writers = {run_writer("one", recipes[0], option, one), run_writer("two", recipes[1], option, two)};
        play.check = [recipes, option, one, two](const Played &played)
        {
            const std::vector<Recipe> all = {recipes[0], recipes[1], Recipe()};
            std::string wrong = journal_is_true(played.folder, all) + no_intent_is_left(played.folder);
            if (!one->finished() && !two->finished())
            {
                const RunEnd again = run_alone(played.folder, recipes[0], option);
                wrong +=
                    again.finished() ? "" : "both have given way, and the same command is refused: " + again.refusal;
            }
            const Recipe *made = recorded(played.folder, all);
            return wrong + (made != nullptr ? tiles_are(played.folder, clean(*made)) : "no recipe is recorded; ");
        };
        return play;
    };
    return scenario;
}

} // namespace

TEST_F(ExplorerTest, OfTwoRecipesThatBeginAtOnceInAnEmptyFolderOneMakesAll)
{
    expect_right(two_runs("two recipes, an empty folder", {}, {{100}, {150}}, ""));
}

TEST_F(ExplorerTest, OfTwoRecipesThatOverwriteAtOnceTheLastMakesAll)
{
    expect_right(two_runs("two recipes overwrite", finished({100}, Exclusion::Locks), {{150}, {200}}, "overwrite"));
}

TEST_F(ExplorerTest, RunsOfOneRecipeAfterTwoChangesOfItsInputMixNothing)
{
    expect_right(
        two_runs("one recipe, two inputs", finished({100}, Exclusion::Locks), {{100, 2}, {100, 3}}, "overwrite"));
}

TEST_F(ExplorerTest, RunsOfOneRecipeSideBySideLeaveTheSameTiles)
{
    expect_right(two_runs("one recipe twice", {}, {{100}, {100}}, ""));
}

TEST_F(ExplorerTest, OverwritesOfOneRecipeSideBySideLeaveTheSameTiles)
{
    expect_right(
        two_runs("one recipe overwrites twice", finished({100}, Exclusion::Locks), {{150}, {150}}, "overwrite"));
}

TEST_F(ExplorerTest, OneThatMakesAnotherGridBesideOneOfTheOldLeavesNoTileOfBoth)
{
    expect_right(two_runs("two grids", finished({100}, Exclusion::Locks), {{150, 1, "3-4"}, {150}}, "overwrite"));
}
