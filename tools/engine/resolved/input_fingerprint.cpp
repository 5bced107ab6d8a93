#include "tools/engine/resolved/input_fingerprint.h"

#include "stac/version.h"
#include "tools/engine/resolved/input_tiles.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gdal.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace tiledir::engine
{
namespace
{

using Files = std::vector<InputFile>;

constexpr std::size_t kMostNames = 3;

std::string gdal_release()
{
    const std::string name = GDALVersionInfo("RELEASE_NAME");
    return name.substr(0, name.find('.', name.find('.') + 1));
}

Json software()
{
    return {{"tiledir", kVersionMajorMinor}, {"gdal", gdal_release()}};
}

/// Which elements of a sequence are out of order: all but the longest part that rises.
std::vector<bool> out_of_order(const std::vector<std::size_t> &sequence)
{
    std::vector<std::size_t> ends; ///< index of the least end of a rising part of each length
    std::vector<std::ptrdiff_t> before(sequence.size(), -1);
    for (std::size_t i = 0; i < sequence.size(); ++i)
    {
        const auto place = std::lower_bound(ends.begin(), ends.end(), sequence[i],
                                            [&](std::size_t end, std::size_t value) { return sequence[end] < value; });
        before[i] = place == ends.begin() ? -1 : static_cast<std::ptrdiff_t>(*std::prev(place));
        place == ends.end() ? ends.push_back(i) : void(*place = i);
    }
    std::vector<bool> moved(sequence.size(), true);
    for (std::ptrdiff_t i = ends.empty() ? -1 : static_cast<std::ptrdiff_t>(ends.back()); i >= 0;
         i = before[static_cast<std::size_t>(i)])
    {
        moved[static_cast<std::size_t>(i)] = false;
    }
    return moved;
}

/// Names the first few.
std::string counted(const std::vector<std::string> &names, const std::string &what)
{
    const std::vector<std::string> first(
        names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kMostNames)));
    const std::string more = names.size() > kMostNames ? fmt::format(" and {} more", names.size() - kMostNames) : "";
    return fmt::format("{}{} {}", fmt::join(first, ", "), more, what);
}

/// Two lists of files of one input, compared.
class Comparison
{
public:
    Comparison(const Files &saved, const Files &now)
    {
        std::map<std::string, std::size_t> before;
        for (std::size_t i = 0; i < saved.size(); ++i)
        {
            before[saved[i].name] = i;
        }
        std::vector<std::size_t> sequence;
        std::vector<const InputFile *> kept;
        std::set<std::string> seen;
        for (const InputFile &file : now)
        {
            const auto old = before.find(file.name);
            if (old == before.end())
            {
                note(file, m_added);
                continue;
            }
            seen.insert(file.name);
            sequence.push_back(old->second);
            kept.push_back(&file);
            if (!is_same_state(saved[old->second].stamp, file.stamp))
            {
                note(file, m_changed);
                rectangles.push_back(saved[old->second].file.bounds());
            }
        }
        for (const InputFile &file : saved)
        {
            if (seen.count(file.name) == 0)
            {
                note(file, m_removed);
            }
        }
        const std::vector<bool> moved = out_of_order(sequence);
        for (std::size_t i = 0; i < moved.size(); ++i)
        {
            if (moved[i])
            {
                note(*kept[i], m_moved);
            }
        }
    }

    std::string text() const
    {
        std::vector<std::string> parts;
        for (const auto &[names, what] : {std::pair(&m_changed, "changed since"), std::pair(&m_added, "new"),
                                          std::pair(&m_removed, "gone"), std::pair(&m_moved, "in another place")})
        {
            if (!names->empty())
            {
                const bool is_change = names == &m_changed;
                const bool one = names->size() == 1;
                parts.push_back(counted(*names, (is_change ? (one ? "has " : "have ") : (one ? "is " : "are ")) +
                                                    std::string(what)));
            }
        }
        return fmt::format("{}", fmt::join(parts, ", "));
    }

    std::vector<stac::Bounds> rectangles; ///< of all that is not the same

private:
    void note(const InputFile &file, std::vector<std::string> &names)
    {
        names.push_back(file.name);
        rectangles.push_back(file.file.bounds());
    }

    std::vector<std::string> m_changed;
    std::vector<std::string> m_added;
    std::vector<std::string> m_removed;
    std::vector<std::string> m_moved;
};

bool same_lattice(const raster::Mosaic &one, const raster::Mosaic &other)
{
    const auto &a = one.geotransform();
    const auto &b = other.geotransform();
    const auto whole = [](double value) { return std::abs(value - std::round(value)) < 1e-6; };
    return a[1] == b[1] && a[5] == b[5] && whole((a[0] - b[0]) / a[1]) && whole((a[3] - b[3]) / a[5]);
}

/// Does every pixel of a mosaic look the same where its files do?
bool comparable(const raster::Mosaic &one, const raster::Mosaic &other)
{
    return one.crs_wkt() == other.crs_wkt() && one.bands() == other.bands() && one.unit() == other.unit() &&
           one.has_color_table() == other.has_color_table() && same_lattice(one, other);
}

/// Along the mosaic's edges that have moved: kernels end there.
void add_moved_edges(const raster::Mosaic &before, const raster::Mosaic &now, std::vector<stac::Bounds> &rectangles)
{
    const stac::Bounds all = before.bounds().united(now.bounds());
    const double cell = now.geotransform()[1];
    const auto add_x = [&](double x) { rectangles.push_back({x - cell, all.min_y, x + cell, all.max_y}); };
    const auto add_y = [&](double y) { rectangles.push_back({all.min_x, y - cell, all.max_x, y + cell}); };
    const stac::Bounds a = before.bounds();
    const stac::Bounds b = now.bounds();
    for (const auto &[from, to] : {std::pair(a.min_x, b.min_x), std::pair(a.max_x, b.max_x)})
    {
        if (from != to)
        {
            add_x(from);
            add_x(to);
        }
    }
    for (const auto &[from, to] : {std::pair(a.min_y, b.min_y), std::pair(a.max_y, b.max_y)})
    {
        if (from != to)
        {
            add_y(from);
            add_y(to);
        }
    }
}

raster::Mosaic mosaic_of(const Files &files)
{
    std::vector<raster::MosaicFile> list;
    list.reserve(files.size());
    for (const InputFile &file : files)
    {
        list.push_back(file.file);
    }
    return raster::Mosaic::of(list, std::nullopt);
}

} // namespace

std::string fingerprint(const ResolvedRecipe &resolved)
{
    const Json files = to_json(resolved.files);
    std::string text =
        fmt::format("{{\n\"software\": {},\n\"crs\": {},\n\"files\": {{", software().dump(), files["crs"].dump());
    const char *between = "\n";
    for (const auto &[name, list] : files["files"].items())
    {
        text += fmt::format("{}{}: [", between, Json(name).dump());
        between = ",\n";
        for (std::size_t i = 0; i < list.size(); ++i)
        {
            text += (i == 0 ? "\n" : ",\n") + list[i].dump();
        }
        text += ']';
    }
    return text + "}}\n";
}

InputChanges input_changes(const Json &saved, const ResolvedRecipe &resolved)
{
    InputChanges changes;
    const Json now = software();
    for (const auto &[name, release] : now.items())
    {
        const Json &there = saved.at("software").at(name);
        if (there != release)
        {
            changes.releases.push_back(fmt::format("{} release: {} there, {} here", name, there.get<std::string>(),
                                                   release.get<std::string>()));
        }
    }
    changes.everywhere = !changes.releases.empty();
    const InputFiles before = input_files_from_json(saved);
    for (const auto &[name, files] : resolved.files)
    {
        const auto found = before.find(name);
        if (found == before.end() || found->second.empty())
        {
            changes.files.push_back(fmt::format("input.{}: is new", name));
            changes.everywhere = true;
            continue;
        }
        Comparison comparison(found->second, files);
        if (comparison.rectangles.empty())
        {
            continue;
        }
        changes.files.push_back(fmt::format("input.{}: {}", name, comparison.text()));
        const raster::Mosaic mosaic = mosaic_of(found->second);
        if (!comparable(mosaic, *resolved.mosaics.at(name)))
        {
            changes.everywhere = true;
        }
        add_moved_edges(mosaic, *resolved.mosaics.at(name), comparison.rectangles);
        changes.where[name] = std::move(comparison.rectangles);
    }
    return changes;
}

stac::LevelSets touched_tiles(const ResolvedRecipe &resolved, const InputChanges &changes, const stac::LevelSets &done)
{
    stac::LevelSets tiles;
    for (const auto &[level, there] : done)
    {
        if (level < (resolved.recipe.overviews_from_process ? resolved.coarsest : resolved.finest))
        {
            continue;
        }
        if (changes.everywhere)
        {
            tiles[level] = there;
            continue;
        }
        for (const auto &[input, rectangles] : changes.where)
        {
            tiles[level].insert(tiles_of_input(resolved, input, rectangles, level, there.bounding()).common(there));
        }
    }
    return tiles;
}

} // namespace tiledir::engine
