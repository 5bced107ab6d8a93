// Outputs of a few tiles of 16 x 16 pixels, and what writers do to them.
#pragma once

#include "autotest/explorer/memory_folder.h"
#include "autotest/explorer/scheduler.h"
#include "stac/item/item_change.h"
#include "tools/engine/resolved/resolved_recipe.h"
#include "tools/engine/run/run.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

namespace tiledir::explorer
{

/// What a run is to make: tiles (5, 12, 12) and (5, 12, 13), or the one above them, and overviews.
struct Recipe
{
    int value = 100;
    int input = 1; ///< which file lies at the input's path when the run begins
    std::string levels = "4-5";

    bool operator<(const Recipe &other) const
    {
        return std::tie(value, input, levels) < std::tie(other.value, other.input, other.levels);
    }
};

using Tiles = std::map<std::string, store::Bytes>; ///< by key

std::shared_ptr<const engine::ResolvedRecipe> resolved_of(const Recipe &recipe);

/// Does something that nobody disturbs.
void alone(MemoryFolder &folder, const std::function<void(const OpenFolder &open)> &work);
/// The same, killed before the first step of which `stop` says yes; then so much time goes by that nobody believes that
/// it lives.
void alone_until(MemoryFolder &folder, const std::function<bool(const Step &step)> &stop,
                 const std::function<void(const OpenFolder &open)> &work);
/// Nobody believes any more that a writer lives that is not at work.
void wait_for_the_dead(MemoryFolder &folder);

/// What a run has left that nobody disturbed.
const MemoryFolder &finished(const Recipe &recipe);
MemoryFolder finished(const Recipe &recipe, Exclusion exclusion);
/// Is it a tile?
bool is_tile(const std::string &key);
/// All tiles of a folder.
Tiles tiles_in(const MemoryFolder &folder);
/// Those of a run that nobody disturbed.
const Tiles &clean(const Recipe &recipe);

/// How a run has ended.
struct RunEnd
{
    std::optional<engine::RunState> state; ///< nullopt: it was refused before it changed anything, or did not end
    std::string refusal;
    bool finished() const { return state == engine::RunState::Finished; }
};

/// As `tiledir-process` does it; `option`: overwrite, update, accept_old or check; empty: none.
RunEnd run(const OpenFolder &open, const Recipe &recipe, const std::string &option = {});
/// The same where nobody disturbs it.
RunEnd run_alone(MemoryFolder &folder, const Recipe &recipe, const std::string &option = {});

/// What a program does that has the dataset open by GDAL.
class GdalWriter
{
public:
    explicit GdalWriter(const OpenFolder &open);
    ~GdalWriter();
    GdalWriter(const GdalWriter &) = delete;
    GdalWriter &operator=(const GdalWriter &) = delete;

    /// One pixel of a tile of the base level.
    void write_pixel(std::int64_t tile_row, std::int64_t tile_col, int row, int col, int value);
    /// All pixels of such a tile; 0: none has data.
    void write_tile(std::int64_t tile_row, std::int64_t tile_col, int value);
    void change_item(const stac::ItemChange &change);
    /// Makes the overviews, and lets the item follow.
    void close();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// As `tiledir refresh` without arguments does it: what is above tiles of writers that are no more.
void refresh(const OpenFolder &open);

} // namespace tiledir::explorer
