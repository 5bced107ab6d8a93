#include "tools/engine/output/output_state.h"

#include "driver/journal/output_layout.h"
#include "driver/raster/crs/grid_levels.h"
#include "driver/store/environment.h"
#include "driver/store/network_path.h"
#include "stac/error.h"
#include "tools/engine/host/side_by_side.h"
#include "tools/engine/output/tiles_of_others.h"
#include "tools/engine/recipe/recipe_process.h"
#include "tools/engine/resolved/input_fingerprint.h"
#include "tools/engine/schema/yaml_document.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace tiledir::engine
{
namespace
{

using journal::kInputsKey;
using journal::kRecipeKey;
using journal::kVersionKey;
constexpr const char *kRemedy = "--overwrite removes all tiles and makes them again";

std::string show(const Json &value)
{
    return value.is_string() ? value.get<std::string>() : value.is_null() ? "none" : value.dump();
}

/// Compares two maps key by key.
void compare(const Json &saved, const Json &now, const std::string &where, bool can_be_mixed,
             std::vector<OutputState::Difference> &found)
{
    if (saved.is_object() && now.is_object())
    {
        for (const auto &[key, value] : now.items())
        {
            compare(saved.value(key, Json()), value, where + "." + key, can_be_mixed, found);
        }
        for (const auto &[key, value] : saved.items())
        {
            if (!now.contains(key))
            {
                compare(value, Json(), where + "." + key, can_be_mixed, found);
            }
        }
        return;
    }
    if (saved != now)
    {
        found.push_back({fmt::format("{}: {} there, {} here", where, show(saved), show(now)), can_be_mixed});
    }
}

/// What the recipe gives; what it does not give is as saved.
void compare_scales(const Json &saved, const std::map<std::string, raster::KernelScale> &given,
                    const std::string &input, std::vector<OutputState::Difference> &found)
{
    for (const auto &[level, there] : kernel_scales(saved, "input." + input))
    {
        const auto here = given.find(level);
        if (here != given.end() && (here->second.x != there.x || here->second.y != there.y))
        {
            found.push_back({fmt::format("input.{}.scales.{}: [{}, {}] there, [{}, {}] here", input, level, there.x,
                                         there.y, here->second.x, here->second.y)});
        }
    }
}

int read_version(const store::Store &store, const std::string &text)
{
    char *end = nullptr;
    const long version = std::strtol(text.c_str(), &end, 10);
    if (end == text.c_str() || version < 1)
    {
        throw InputError(
            fmt::format("{}: '{}' is not a version; the output is damaged", store.path(kVersionKey), text));
    }
    return static_cast<int>(version);
}

std::optional<std::string> read_stamped(const store::Store &store, const char *key, std::optional<store::Stamp> &stamp)
{
    const auto object = store.read_stamped(key);
    stamp = object ? std::optional(object->stamp) : std::nullopt;
    return object ? std::optional(std::string(object->bytes.begin(), object->bytes.end())) : std::nullopt;
}

/// The file has its name once what was written before is durable. On a local disk a run that others take for dead is
/// dead; elsewhere it may wake just before it writes.
void replace(store::Store &store, const char *key, const std::string &text, std::optional<store::Stamp> before,
             const std::function<void()> &check)
{
    if (!store.is_remote())
    {
        check();
        store.write_at_sync(key, text);
        store.sync();
        return;
    }
    while (!store.write_if(key, text, before))
    {
        before = store.stamp(key);
        check();
    }
}

/// A power cut may leave nothing of a file, or zeros: then it is as if it had not been written.
std::optional<std::string> unless_cut_short(std::optional<std::string> text, const std::string &path)
{
    if (text && text->find_first_not_of('\0') == std::string::npos)
    {
        spdlog::warn("event=file_cut_short path={} read_as=absent", path);
        text.reset();
    }
    return text;
}

/// What the files say that tell of an output; nullopt: absent.
struct OutputTexts
{
    std::optional<std::string> version;
    std::optional<std::string> recipe;
    std::optional<std::string> inputs;
    std::optional<std::string> item;
    std::optional<std::string> others; ///< tiles that no run made; nullopt: not looked for
    OutputState::Stamps stamps;
};

/// Side by side over a network.
OutputTexts read_texts(const store::Store &store, bool is_new)
{
    OutputTexts texts;
    const bool over_network = store::is_on_network(store.path(""));
    const auto reading = [&store](std::optional<std::string> &text, const char *key)
    { return [&store, &text, key] { text = unless_cut_short(store.read_text(key), store.path(key)); }; };
    const auto reading_stamped = [&store](std::optional<std::string> &text, const char *key,
                                          std::optional<store::Stamp> &stamp) {
        return [&store, &text, key, &stamp]
        { text = unless_cut_short(read_stamped(store, key, stamp), store.path(key)); };
    };
    side_by_side(over_network,
                 {reading(texts.version, kVersionKey), reading_stamped(texts.recipe, kRecipeKey, texts.stamps.recipe),
                  reading_stamped(texts.inputs, kInputsKey, texts.stamps.inputs),
                  [&, read = reading(texts.item, journal::kItemKey)]
                  {
                      if (over_network || !texts.version)
                      {
                          read();
                      }
                  },
                  [&]
                  {
                      if (over_network && is_new)
                      {
                          texts.others = tiles_of_others(store);
                      }
                  }});
    return texts;
}

/// Of a folder that no run says is its own: throws where it holds what others made. True where a run has begun to make
/// it since the texts were read.
bool has_begun_since(const store::Store &store, const OutputTexts &texts)
{
    if (texts.item)
    {
        throw InputError(fmt::format("{}: holds a dataset that tiledir-process did not make; choose another output",
                                     store.path("")));
    }
    const std::string found = texts.others ? *texts.others : tiles_of_others(store);
    if (found.empty())
    {
        return false;
    }
    if (!store.stamp(kVersionKey))
    {
        throw InputError(fmt::format("{}: holds tiles that tiledir-process did not make ({}); choose another output",
                                     store.path(""), found));
    }
    return true;
}

Json understood_recipe(const std::string &text, const std::string &path, const ProcessRegistry &processes)
{
    try
    {
        const YAML::Node document = yaml_document(text, path);
        Json recipe = recipe_schema().resolve(document, path);
        const auto read = [](const std::string &name) -> std::string
        { throw InputError(name, "should be in the recipe"); };
        read_process(document, path, processes, read, recipe);
        return recipe;
    }
    catch (const InputError &error)
    {
        throw DamagedOutput(fmt::format("{}; {}", error.what(), kRemedy));
    }
    catch (const std::exception &error) // of the libraries that read it
    {
        throw DamagedOutput(fmt::format("{}: is damaged: {}; {}", path, error.what(), kRemedy));
    }
}

} // namespace

OutputState OutputState::load(const store::Store &store, const ProcessRegistry &processes, bool is_new)
{
    OutputState state;
    OutputTexts texts = read_texts(store, is_new);
    state.m_stamps = texts.stamps;
    if (!texts.version && texts.recipe)
    {
        spdlog::warn("event=file_cut_short path={} read_as={}", store.path(kVersionKey), journal::kLayoutVersion);
        texts.version = std::to_string(journal::kLayoutVersion);
    }
    if (!texts.version)
    {
        return has_begun_since(store, texts) ? load(store, processes) : state;
    }
    if (const int number = read_version(store, *texts.version); number > journal::kLayoutVersion)
    {
        throw InputError(fmt::format("{}: is version {}, made by a newer tiledir; this one knows {}",
                                     store.path(kVersionKey), number, journal::kLayoutVersion));
    }
    if (texts.recipe) // else its first run ended before it had begun
    {
        state.m_recipe = understood_recipe(*texts.recipe, store.path(kRecipeKey), processes);
        state.m_inputs = texts.inputs ? Json::parse(*texts.inputs, nullptr, false) : Json();
        if (!state.m_inputs.is_object())
        {
            state.m_inputs = Json();
        }
    }
    return state;
}

std::vector<OutputState::Difference> OutputState::differences(const ResolvedRecipe &resolved) const
{
    std::vector<Difference> found;
    const Json now = Secrets().redacted_json(resolved.document); // as it is saved
    compare(m_recipe["process"], now["process"], "process", true, found);
    compare(m_recipe["parameters"], now["parameters"], "parameters", true, found);
    compare(m_recipe["grid"], now["grid"], "grid", false, found);
    if (const auto levels = levels_of(resolved.grid)) // of another grid, which is a difference by itself
    {
        compare(resolved.matrix(levels->finest).id, resolved.matrix(resolved.finest).id, "levels: the base", false,
                found);
    }
    compare(m_recipe["overviews"], now["overviews"], "overviews", true, found);
    for (const char *key : {"format", "data_type", "nodata", "mask"})
    {
        compare(m_recipe["output"][key], now["output"][key], std::string("output.") + key, false, found);
    }
    compare(m_recipe["output"]["options"], now["output"]["options"], "output.options", true, found);
    for (const auto &[name, input] : now["input"].items())
    {
        const Json &saved = m_recipe["input"].value(name, Json::object());
        for (const char *key : {"resampling", "nodata", "bands"})
        {
            compare(saved.value(key, Json()), input[key], fmt::format("input.{}.{}", name, key), true, found);
        }
        compare_scales(saved.value("scales", Json()), resolved.recipe.inputs.at(name).scales, name, found);
    }
    if (m_inputs.is_null())
    {
        found.push_back({".tiledir/inputs.json is gone or damaged, as where an --overwrite was "
                         "interrupted while it removed the old tiles",
                         false});
        return found;
    }
    try
    {
        const InputChanges changes = input_changes(resolved);
        for (const auto &line : changes.releases)
        {
            found.push_back({line, true});
        }
        for (const auto &line : changes.files)
        {
            found.push_back({line, true, true});
        }
    }
    catch (const DamagedOutput &error)
    {
        found.push_back({error.what(), false});
    }
    return found;
}

InputChanges OutputState::input_changes(const ResolvedRecipe &resolved) const
{
    try
    {
        return engine::input_changes(m_inputs, resolved);
    }
    catch (const Json::exception &error)
    {
        throw DamagedOutput(
            fmt::format("{}/{}: is damaged: {}; {}", resolved.recipe.output_path, kInputsKey, error.what(), kRemedy));
    }
}

raster::Pyramid OutputState::pyramid() const
{
    const Json &grid = m_recipe["grid"];
    raster::Pyramid pyramid;
    const std::string set = store::with_environment(grid["tile_matrix_set"].get<std::string>());
    pyramid.grid = raster::open_grid(set, grid["tile_size"].get<int>(), grid["metatile"]);
    pyramid.format.driver = m_recipe["output"]["format"];
    pyramid.tile_path = tile_path_of(pyramid.format.driver);
    pyramid.overview_resampling = raster::resampling_from_name(m_recipe["overviews"]["resampling"]);
    const std::string text = m_recipe["levels"];
    const stac::LevelRange levels =
        labelled(std::string(kRecipeKey) + ": levels", [&] { return stac::level_range(pyramid.grid, text); });
    pyramid.coarsest = levels.coarsest;
    pyramid.finest = levels.finest;
    return pyramid;
}

std::optional<stac::LevelRange> OutputState::levels_of(const stac::TileMatrixSet &grid) const
{
    return stac::find_level_range(grid, m_recipe["levels"].get<std::string>());
}

void OutputState::claim(store::Store &store)
{
    store.write_at_sync(kVersionKey, fmt::format("{}\n", journal::kLayoutVersion));
}

void OutputState::save(store::Store &store, const ResolvedRecipe &resolved, const Stamps &before,
                       const std::function<void()> &check)
{
    replace(store, kInputsKey, fingerprint(resolved), before.inputs, check);
    // ${NAME} stands in it as it was written
    replace(store, kRecipeKey, to_yaml(Secrets().redacted_json(resolved.document)), before.recipe, check);
}

void OutputState::begin_wipe(store::Store &store)
{
    store.remove(kInputsKey);
    store.sync();
}

void OutputState::end_wipe(store::Store &store)
{
    store.remove(kRecipeKey);
    store.sync();
}

} // namespace tiledir::engine
