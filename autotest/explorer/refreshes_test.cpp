// Writers that die, and refreshes that take over what they have left, beside others at work.
#include "autotest/explorer/explorer_test.h"

using namespace tiledir::explorer;

namespace
{

/// Writes a whole tile beyond what the item stands for, and puts a pixel into another one.
void extends(GdalWriter &dataset)
{
    dataset.write_tile(13, 14, 50);
    dataset.write_pixel(12, 12, 3, 3, 7);
}

std::string all_is_right(const MemoryFolder &folder)
{
    return overviews_are_right(folder) + limits_hold_all(folder) + no_intent_is_left(folder);
}

Scenario base(const std::string &name, Exclusion exclusion)
{
    Scenario scenario;
    scenario.name = name;
    scenario.start = finished({100}, exclusion);
    return scenario;
}

/// A folder in which a writer has died after its tiles.
MemoryFolder with_a_dead_writer(Exclusion exclusion)
{
    MemoryFolder folder = finished({100}, exclusion);
    alone_until(
        folder, [](const Step &step) { return step.changes && step.key.rfind("4/", 0) == 0; },
        [](const OpenFolder &open)
        {
            GdalWriter dataset(open);
            extends(dataset);
            dataset.close();
        });
    return folder;
}

/// A refresh beside a writer at work in the same tiles.
Scenario adopting(const std::string &name, Exclusion exclusion)
{
    Scenario scenario = base(name, exclusion);
    scenario.start = with_a_dead_writer(exclusion);
    scenario.play = []
    {
        Play play;
        play.writers = {refresh_writer("refresh"),
                        gdal_writer("gdal", [](GdalWriter &dataset) { dataset.write_pixel(12, 13, 5, 5, 9); })};
        play.check = [](const Played &played) { return all_is_right(played.folder); };
        return play;
    };
    return scenario;
}

Scenario grow_and_shrink(const std::string &name, Exclusion exclusion)
{
    Scenario scenario = base(name, exclusion);
    scenario.play = []
    {
        Play play;
        play.writers = {gdal_writer("removes", [](GdalWriter &dataset) { dataset.write_tile(12, 13, 0); }),
                        gdal_writer("adds", [](GdalWriter &dataset) { dataset.write_tile(12, 14, 60); })};
        play.check = [](const Played &played) { return all_is_right(played.folder); };
        return play;
    };
    return scenario;
}

} // namespace

TEST_F(ExplorerTest, ARefreshMendsWhatAKilledWriterHasLeft)
{
    Scenario scenario = base("a killed GDAL writer", Exclusion::Locks);
    scenario.kills = 1;
    scenario.play = []
    {
        Play play;
        play.writers = {gdal_writer("gdal", extends)};
        play.writers.front().may_be_killed = true;
        play.check = [](const Played &played)
        {
            wait_for_the_dead(played.folder);
            alone(played.folder, refresh);
            return all_is_right(played.folder);
        };
        return play;
    };
    expect_right(scenario);
}

TEST_F(ExplorerTest, ARefreshMendsWhatAKilledRefreshHasLeft)
{
    Scenario scenario = base("a killed refresh", Exclusion::Locks);
    scenario.start = with_a_dead_writer(Exclusion::Locks);
    scenario.kills = 1;
    scenario.play = []
    {
        Play play;
        play.writers = {refresh_writer("refresh")};
        play.writers.front().may_be_killed = true;
        play.check = [](const Played &played)
        {
            wait_for_the_dead(played.folder);
            alone(played.folder, refresh);
            return all_is_right(played.folder);
        };
        return play;
    };
    expect_right(scenario);
}

TEST_F(ExplorerTest, ARefreshTakesADeadWritersTilesOverBesideALivingOne)
{
    expect_right(adopting("adopting, locks", Exclusion::Locks));
}

TEST_F(ExplorerTest, ARefreshTakesADeadWritersTilesOverBesideALivingOneOnS3)
{
    expect_right(adopting("adopting, conditional writes", Exclusion::Conditions));
}

TEST_F(ExplorerTest, TheLimitsFollowAWriterThatRemovesBesideOneThatAdds)
{
    expect_right(grow_and_shrink("grow and shrink, locks", Exclusion::Locks));
}

TEST_F(ExplorerTest, TheLimitsFollowAWriterThatRemovesBesideOneThatAddsOnS3)
{
    expect_right(grow_and_shrink("grow and shrink, conditional writes", Exclusion::Conditions));
}

TEST_F(ExplorerTest, ARunBesideAGdalWriterBesideARefreshLeaveOverviewsThatFit)
{
    Scenario scenario = base("three writers", Exclusion::Locks);
    scenario.start = with_a_dead_writer(Exclusion::Locks);
    scenario.kills = 1;
    scenario.play = []
    {
        const auto end = std::make_shared<RunEnd>();
        Play play;
        play.writers = {run_writer("run", {100}, "overwrite", end), gdal_writer("gdal", extends),
                        refresh_writer("refresh")};
        play.writers[1].may_be_killed = true;
        play.check = [](const Played &played)
        {
            wait_for_the_dead(played.folder);
            alone(played.folder, refresh);
            return all_is_right(played.folder);
        };
        return play;
    };
    expect_right(scenario);
}
