// Pixels that GDAL writers put into tiles, beside runs and beside each other.
#include "autotest/explorer/explorer_test.h"

using namespace tiledir::explorer;

namespace
{

constexpr const char *kTile = "5/12/12.png";
constexpr const char *kAbove = "4/6/6.png";
const Recipe kEmpty{-10}; ///< of tiles without data
constexpr int kPixel = 7;

struct Place
{
    int row;
    int col;
};
constexpr Place kOne{3, 3};
constexpr Place kTwo{9, 12};

std::function<void(GdalWriter &)> puts(const Place &place)
{
    return [place](GdalWriter &dataset) { dataset.write_pixel(12, 12, place.row, place.col, kPixel); };
}

bool has(const std::vector<unsigned char> &pixels, const Place &place)
{
    constexpr std::size_t kWidth = 16;
    return pixels[static_cast<std::size_t>(place.row) * kWidth + static_cast<std::size_t>(place.col)] == kPixel;
}

/// Is all of the tile but these pixels what the recipe makes?
std::string rest_is(const MemoryFolder &folder, const Recipe &recipe)
{
    const MemoryFolder::Object *tile = folder.find(kTile);
    const auto made = clean(recipe).find(kTile);
    if (tile == nullptr)
    {
        return made != clean(recipe).end() ? "the tile is gone; " : "";
    }
    const auto pixels = pixels_of(*tile->bytes);
    const auto right =
        made != clean(recipe).end() ? pixels_of(made->second) : std::vector<unsigned char>(pixels.size(), 0);
    for (std::size_t index = 0; index < pixels.size(); ++index)
    {
        if (pixels[index] != right[index] && pixels[index] != kPixel)
        {
            return "pixels of the tile are " + std::to_string(pixels[index]) + " where the recipe makes " +
                   std::to_string(right[index]) + "; ";
        }
    }
    return {};
}

using Check = std::function<std::string(const MemoryFolder &folder, const Recipe &recipe)>;

/// Only what was put there last is on the tiles that the run makes.
std::string tiles_are_the_runs(const MemoryFolder &folder, const Recipe &recipe)
{
    return rest_is(folder, recipe) + tiles_are(folder, clean(recipe), {kTile, kAbove}) +
           journal_is_true(folder, {recipe}, {kAbove}) + limits_hold_all(folder) + no_intent_is_left(folder);
}

std::string overviews_fit(const MemoryFolder &folder, const Recipe & /*recipe*/)
{
    return overviews_are_right(folder);
}

Scenario beside_a_run(const std::string &name, Exclusion exclusion, const Recipe &recipe, const std::string &option,
                      const Check &check)
{
    Scenario scenario;
    scenario.name = name;
    scenario.start = finished({100}, exclusion);
    scenario.play = [recipe, option, check]
    {
        const auto end = std::make_shared<RunEnd>();
        Play play;
        play.writers = {run_writer("run", recipe, option, end), gdal_writer("gdal", puts(kOne))};
        play.check = [recipe, check, end](const Played &played)
        { return (end->finished() ? "" : "the run ends so: " + end->refusal + "; ") + check(played.folder, recipe); };
        return play;
    };
    return scenario;
}

/// The run is killed, and the same command goes on.
Scenario beside_a_killed_run(const std::string &name, Exclusion exclusion)
{
    Scenario scenario;
    scenario.name = name;
    scenario.start = finished({100}, exclusion);
    scenario.kills = 1;
    scenario.play = []
    {
        Play play;
        play.writers = {run_writer("run", {150}, "overwrite", std::make_shared<RunEnd>()),
                        gdal_writer("gdal", puts(kOne))};
        play.writers.front().may_be_killed = true;
        play.check = [](const Played &played)
        {
            wait_for_the_dead(played.folder);
            RunEnd again = run_alone(played.folder, {150});
            again = again.finished() ? again : run_alone(played.folder, {150}, "overwrite"); // it was killed early
            return (again.finished() ? "" : "the same command ends so: " + again.refusal + "; ") +
                   rest_is(played.folder, {150}) + overviews_are_right(played.folder) + limits_hold_all(played.folder);
        };
        return play;
    };
    return scenario;
}

Scenario two_parts(const std::string &name, Exclusion exclusion, bool both_stay)
{
    Scenario scenario;
    scenario.name = name;
    scenario.start = finished({100}, exclusion);
    scenario.play = [both_stay]
    {
        Play play;
        play.writers = {gdal_writer("one", puts(kOne)), gdal_writer("two", puts(kTwo))};
        play.check = [both_stay](const Played &played)
        {
            const auto pixels = pixels_of(*played.folder.find(kTile)->bytes);
            const int there = (has(pixels, kOne) ? 1 : 0) + (has(pixels, kTwo) ? 1 : 0);
            return (there >= (both_stay ? 2 : 1) ? "" : "a pixel is lost; ") + rest_is(played.folder, {100}) +
                   overviews_are_right(played.folder) + limits_hold_all(played.folder) +
                   no_intent_is_left(played.folder);
        };
        return play;
    };
    return scenario;
}

} // namespace

TEST_F(ExplorerTest, APixelPutBesideARunIsOnTheRunsTileOrGone)
{
    expect_right(beside_a_run("a pixel beside a run", Exclusion::Locks, {150}, "overwrite", tiles_are_the_runs));
}

TEST_F(ExplorerTest, APixelPutBesideARunIsOnTheRunsTileOrGoneOnS3)
{
    expect_right(beside_a_run("a pixel beside a run, conditional writes", Exclusion::Conditions, {150}, "overwrite",
                              tiles_are_the_runs));
}

TEST_F(ExplorerTest, APixelPutBesideARunThatRemovesTheTileIsAloneThereOrGone)
{
    expect_right(
        beside_a_run("a pixel beside a run that removes", Exclusion::Locks, kEmpty, "overwrite", tiles_are_the_runs));
}

TEST_F(ExplorerTest, APixelPutBesideARunThatRemovesTheTileIsAloneThereOrGoneOnS3)
{
    expect_right(beside_a_run("a pixel beside a run that removes, conditional writes", Exclusion::Conditions, kEmpty,
                              "overwrite", tiles_are_the_runs));
}

TEST_F(ExplorerTest, OverviewsFitAfterAPixelWasPutBesideARun)
{
    expect_right(beside_a_run("overviews beside a run", Exclusion::Locks, {150}, "overwrite", overviews_fit));
}

TEST_F(ExplorerTest, OverviewsFitAfterAPixelWasPutBesideARunOnS3)
{
    expect_right(beside_a_run("overviews beside a run, conditional writes", Exclusion::Conditions, {150}, "overwrite",
                              overviews_fit));
}

TEST_F(ExplorerTest, OverviewsFitAfterAPixelWasPutBesideARunWhereNothingKeepsWritersApart)
{
    expect_right(beside_a_run("overviews beside a run, no locks", Exclusion::None, {150}, "overwrite", overviews_fit));
}

TEST_F(ExplorerTest, OverviewsFitAfterAPixelWasPutBesideARunThatWasKilled)
{
    expect_right(beside_a_killed_run("overviews beside a killed run", Exclusion::Locks));
}

TEST_F(ExplorerTest, OverviewsFitAfterAPixelWasPutBesideARunThatWasKilledOnS3)
{
    expect_right(beside_a_killed_run("overviews beside a killed run, conditional writes", Exclusion::Conditions));
}

TEST_F(ExplorerTest, TwoPartsOfATileAreBothKeptOnALocalDisk)
{
    expect_right(two_parts("two parts, locks", Exclusion::Locks, true));
}

TEST_F(ExplorerTest, TwoPartsOfATileAreBothKeptWhereWritesAreConditional)
{
    expect_right(two_parts("two parts, conditional writes", Exclusion::Conditions, true));
}

TEST_F(ExplorerTest, OfTwoPartsOfATileOneIsKeptWhereNothingKeepsWritersApart)
{
    expect_right(two_parts("two parts, no locks", Exclusion::None, false));
}
