// The item beside runs: what others have said in it stays.
#include "autotest/explorer/explorer_test.h"

#include <nlohmann/json.hpp>

using namespace tiledir;
using namespace tiledir::explorer;

namespace
{

constexpr const char *kDescription = "said by another writer";
constexpr double kScale = 0.5;
constexpr const char *kAbove = "4/7/7.png"; ///< the tile that it stores

/// Says what it is, and stores a tile beyond what the item stands for.
void describe_and_extend(GdalWriter &dataset)
{
    stac::ItemChange change;
    change.texts["description"] = kDescription;
    change.bands[0].scale = kScale;
    dataset.change_item(change);
    dataset.write_tile(15, 15, 99);
}

std::string description_is_there(const MemoryFolder &folder)
{
    const auto item = nlohmann::json::parse(*folder.find("stac.json")->bytes);
    const std::string text = item.dump();
    const bool has_scale = text.find("\"scale\":0.5") != std::string::npos;
    const bool is_described = text.find(kDescription) != std::string::npos;
    return std::string(has_scale ? "" : "the scale is gone; ") + (is_described ? "" : "the description is gone; ");
}

Tiles with_the_other_tiles(const Recipe &recipe)
{
    MemoryFolder folder = finished(recipe);
    alone(folder,
          [](const OpenFolder &open)
          {
              GdalWriter dataset(open);
              describe_and_extend(dataset);
              dataset.close();
          });
    return tiles_in(folder);
}

Scenario beside_a_run(const std::string &name, Exclusion exclusion, const Recipe &recipe, const std::string &option)
{
    Scenario scenario;
    scenario.name = name;
    scenario.start = finished({100}, exclusion);
    scenario.play = [recipe, option]
    {
        const auto end = std::make_shared<RunEnd>();
        Play play;
        play.writers = {run_writer("run", recipe, option, end), gdal_writer("gdal", describe_and_extend)};
        play.check = [recipe, end](const Played &played)
        {
            static std::map<Recipe, Tiles> right;
            if (right.count(recipe) == 0)
            {
                right[recipe] = with_the_other_tiles(recipe);
            }
            return (end->finished() ? "" : "the run ends so: " + end->refusal + "; ") +
                   description_is_there(played.folder) + limits_hold_all(played.folder) +
                   tiles_are(played.folder, right[recipe]) + journal_is_true(played.folder, {recipe}, {kAbove}) +
                   no_intent_is_left(played.folder);
        };
        return play;
    };
    return scenario;
}

} // namespace

TEST_F(ExplorerTest, ARunBesideAnotherWriterKeepsWhatThatSaysInTheItem)
{
    expect_right(beside_a_run("item, overwrite", Exclusion::Locks, {100}, "overwrite"));
}

TEST_F(ExplorerTest, ARunBesideAnotherWriterKeepsWhatThatSaysInTheItemOnS3)
{
    expect_right(beside_a_run("item, overwrite, conditional writes", Exclusion::Conditions, {100}, "overwrite"));
}

TEST_F(ExplorerTest, ARunWithNothingToDoBesideAnotherWriterKeepsWhatThatSaysInTheItem)
{
    expect_right(beside_a_run("item, nothing to do", Exclusion::Locks, {100}, ""));
}

TEST_F(ExplorerTest, ARunAfterAnotherWriterKeepsWhatThatHasSaidInTheItem)
{
    Scenario scenario;
    scenario.name = "item, one after the other";
    scenario.start = finished({100}, Exclusion::Locks);
    alone(scenario.start,
          [](const OpenFolder &open)
          {
              GdalWriter dataset(open);
              describe_and_extend(dataset);
              dataset.close();
          });
    scenario.play = []
    {
        const auto end = std::make_shared<RunEnd>();
        Play play;
        play.writers = {run_writer("run", {100}, "overwrite", end)};
        play.check = [end](const Played &played)
        {
            return (end->finished() ? "" : "the run ends so: " + end->refusal + "; ") +
                   description_is_there(played.folder) + limits_hold_all(played.folder) +
                   overviews_are_right(played.folder);
        };
        return play;
    };
    expect_right(scenario);
}
