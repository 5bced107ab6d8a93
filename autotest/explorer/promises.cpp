#include "autotest/explorer/promises.h"

#include "driver/journal/journal.h"
#include "driver/raster/folder/dataset_folder.h"
#include "driver/raster/upkeep/refresh.h"
#include "tools/engine/output/output_state.h"
#include "tools/engine/processes/built_in/built_in_processes.h"

#include <cstdlib>

namespace tiledir::explorer
{

namespace
{

constexpr const char *kItem = "stac.json";

struct Key
{
    std::string matrix;
    std::int64_t row = 0;
    std::int64_t col = 0;
};

/// "5/12/13.tif"
Key parsed(const std::string &key)
{
    const auto first = key.find('/');
    const auto second = key.find('/', first + 1);
    return {key.substr(0, first), std::atoll(key.c_str() + first + 1), std::atoll(key.c_str() + second + 1)};
}

} // namespace

std::string overviews_are_right(const MemoryFolder &folder)
{
    MemoryFolder copy = folder;
    copy.locks.clear();
    copy.lives.clear();
    std::string wrong;
    alone(copy,
          [&](const OpenFolder &open)
          {
              const raster::DatasetFolder dataset(open(), kItem);
              const raster::Pyramid &pyramid = dataset.pyramid();
              stac::LevelSets tiles;
              for (const auto &[key, bytes] : tiles_in(folder))
              {
                  const Key at = parsed(key);
                  if (const auto level = pyramid.grid.index_of(at.matrix))
                  {
                      tiles.insert({*level, at.row, at.col});
                  }
              }
              raster::renew(dataset.tiles(), raster::overviews_above(pyramid, tiles));
          });
    for (const auto &[key, right] : tiles_in(copy))
    {
        const MemoryFolder::Object *there = folder.find(key);
        if (there == nullptr || *there->bytes != right)
        {
            wrong += key + (there == nullptr ? " is not there; " : " is not what the tiles below it give; ");
        }
    }
    for (const auto &[key, bytes] : tiles_in(folder))
    {
        wrong += copy.find(key) == nullptr ? key + " has no tiles below it; " : "";
    }
    return wrong;
}

std::string limits_hold_all(const MemoryFolder &folder)
{
    MemoryFolder copy = folder;
    std::string wrong;
    alone(copy,
          [&](const OpenFolder &open)
          {
              const raster::DatasetFolder dataset(open(), kItem);
              const auto limits = dataset.limits();
              for (const auto &[key, bytes] : tiles_in(folder))
              {
                  const Key at = parsed(key);
                  const auto level = dataset.pyramid().grid.index_of(at.matrix);
                  const auto limit = level ? limits.find(*level) : limits.end();
                  if (limit == limits.end() || !limit->second.contains(at.row, at.col))
                  {
                      wrong += key + " is there, and beyond the item's limits; ";
                  }
              }
          });
    return wrong;
}

std::string tiles_are(const MemoryFolder &folder, const Tiles &expected, const std::set<std::string> &foreign)
{
    std::string wrong;
    for (const auto &[key, bytes] : tiles_in(folder))
    {
        const auto right = expected.find(key);
        if (right == expected.end() && foreign.count(key) == 0)
        {
            wrong += key + " is there, where none is to be; ";
        }
        if (right != expected.end() && right->second != bytes && foreign.count(key) == 0)
        {
            wrong += key + " is another one (" + std::to_string(pixels_of(bytes).front()) + " where " +
                     std::to_string(pixels_of(right->second).front()) + " is to be); ";
        }
    }
    for (const auto &[key, bytes] : expected)
    {
        wrong += folder.objects.count(key) == 0 && foreign.count(key) == 0 ? key + " is not there; " : "";
    }
    return wrong;
}

const Recipe *recorded(const MemoryFolder &folder, const std::vector<Recipe> &recipes)
{
    MemoryFolder copy = folder;
    const Recipe *found = nullptr;
    alone(copy,
          [&](const OpenFolder &open)
          {
              const auto store = open();
              const auto state = engine::OutputState::load(*store, engine::built_in_processes());
              for (const Recipe &recipe : recipes)
              {
                  const bool is_it = state.exists() && state.differences(*resolved_of(recipe)).empty();
                  found = is_it ? &recipe : found;
              }
          });
    return found;
}

std::string journal_is_true(const MemoryFolder &folder, const std::vector<Recipe> &recipes,
                            const std::set<std::string> &foreign)
{
    const Recipe *recipe = recorded(folder, recipes);
    if (recipe == nullptr)
    {
        return {};
    }
    const Tiles &right = clean(*recipe);
    MemoryFolder copy = folder;
    std::string wrong;
    alone(copy,
          [&](const OpenFolder &open)
          {
              const auto store = open();
              const auto resolved = resolved_of(*recipe);
              const journal::Journal said(*store, resolved->grid);
              for (const auto &[level, set] : said.before().stored)
              {
                  set.for_each_run(
                      [&, at = level](std::int64_t row, std::int64_t first, std::int64_t last)
                      {
                          for (std::int64_t col = first; col <= last; ++col)
                          {
                              const std::string key = resolved->key(at, row, col);
                              const MemoryFolder::Object *there = folder.find(key);
                              const auto expected = right.find(key);
                              const bool is_right =
                                  there != nullptr && expected != right.end() && *there->bytes == expected->second;
                              wrong += is_right || foreign.count(key) > 0
                                           ? ""
                                           : key + " is done by the journal, and not what the recorded recipe makes; ";
                          }
                      });
              }
          });
    return wrong;
}

std::string no_intent_is_left(const MemoryFolder &folder)
{
    const auto names = folder.list(".tiledir/intents");
    return names.empty() ? "" : names.front() + " is left of an intent; ";
}

std::vector<unsigned char> pixels_of(const store::Bytes &tile)
{
    MemoryFolder folder;
    std::vector<unsigned char> pixels;
    alone(folder,
          [&](const OpenFolder &open)
          {
              const auto resolved = resolved_of({});
              const auto store = open();
              const auto block = raster::TilePyramid(*resolved, *store).decode({resolved->finest, 12, 12}, tile);
              pixels.assign(block->data(), block->data() + block->size());
          });
    return pixels;
}

} // namespace tiledir::explorer
