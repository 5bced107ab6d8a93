#include "driver/trees/tree_listing.h"

#include "driver/store/gdal_compat.h"
#include "driver/store/network/folder_entries.h"
#include "stac/error.h"

#include <cpl_string.h>
#include <cpl_vsi.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <set>

namespace tiledir::driver
{

namespace
{

constexpr std::size_t kMaxNames = 20000;
constexpr int kMaxLevel = 99;
constexpr std::size_t kMaxDigits = 15;

/// Calls `visit` for each entry below a folder until it says no. False where it did.
bool for_each_entry(const std::string &folder, store::Depth depth,
                    const std::function<bool(const VSIDIREntry &)> &visit)
{
    const store::Listing listing = store::for_each_entry(folder, depth, false, visit);
    if (listing == store::Listing::Absent)
    {
        throw StoreError(folder, "cannot list: no such folder, or one that lists nothing");
    }
    return listing == store::Listing::Whole;
}

std::optional<std::int64_t> number_of(const std::string &digits, bool zeros_before)
{
    const bool right = !digits.empty() && digits.size() <= kMaxDigits &&
                       digits.find_first_not_of("0123456789") == std::string::npos &&
                       (zeros_before || digits.size() == 1 || digits[0] != '0');
    return right ? std::optional<std::int64_t>(std::stoll(digits)) : std::nullopt;
}

/// Extensions of GDAL's raster drivers, but for those of documents that lie beside tiles.
std::set<std::string> raster_extensions()
{
    static constexpr std::array kDocuments = {"json", "kml", "kmz", "txt", "vrt", "xml"};
    std::set<std::string> extensions;
    for (int index = 0; index < GetGDALDriverManager()->GetDriverCount(); ++index)
    {
        GDALDriver *driver = GetGDALDriverManager()->GetDriver(index);
        if (driver->GetMetadataItem(GDAL_DCAP_RASTER) != nullptr)
        {
            for (const char *item : {GDAL_DMD_EXTENSION, GDAL_DMD_EXTENSIONS})
            {
                const char *names = driver->GetMetadataItem(item);
                const CPLStringList list(CSLTokenizeString(names == nullptr ? "" : names));
                extensions.insert(list.List(), list.List() + list.Count());
            }
        }
    }
    for (const char *document : kDocuments)
    {
        extensions.erase(document);
    }
    return extensions;
}

/// Finds tiles among the names of files.
class TileNames
{
public:
    explicit TileNames(std::string extension)
        : m_wanted(std::move(extension))
        , m_rasters(raster_extensions())
    {
    }

    /// The tile that a path below its level's folder names: "12/34.png".
    std::optional<TileName> tile_of(const std::string &path)
    {
        const std::size_t slash = path.find('/');
        const std::size_t dot = path.find('.', slash == std::string::npos ? 0 : slash);
        if (slash == std::string::npos || dot == std::string::npos)
        {
            return std::nullopt;
        }
        const auto folder = number_of(path.substr(0, slash), false);
        const auto file = number_of(path.substr(slash + 1, dot - slash - 1), false);
        const std::string extension = path.substr(dot + 1);
        if (!folder || !file || (m_wanted.empty() ? !is_raster(extension) : extension != m_wanted))
        {
            return std::nullopt;
        }
        m_extensions.insert(extension);
        return TileName{*folder, *file};
    }

    const std::set<std::string> &extensions() const { return m_extensions; }

private:
    bool is_raster(const std::string &extension) const { return m_rasters.count(CPLString(extension).tolower()) > 0; }

    std::string m_wanted;
    std::set<std::string> m_rasters;
    std::set<std::string> m_extensions; ///< of the tiles found
};

std::vector<StoredLevel> level_folders(const std::string &folder)
{
    std::vector<StoredLevel> levels;
    std::size_t seen = 0;
    for_each_entry(folder, store::Depth::Folder,
                   [&](const VSIDIREntry &entry)
                   {
                       const auto number = number_of(entry.pszName, true);
                       if (VSI_ISDIR(entry.nMode) && number && *number <= kMaxLevel)
                       {
                           StoredLevel level;
                           level.name = entry.pszName;
                           level.number = static_cast<int>(*number);
                           levels.push_back(level);
                       }
                       return ++seen < kMaxNames;
                   });
    std::sort(levels.begin(), levels.end(),
              [](const StoredLevel &one, const StoredLevel &other) { return one.number < other.number; });
    return levels;
}

/// Takes from `names_left` what it lists; one tile at least is found even if nothing is left.
void list_level(const std::string &folder, TileNames &names, std::size_t &names_left, StoredLevel &level)
{
    std::size_t seen = 0;
    level.complete = for_each_entry(folder, store::Depth::Tree,
                                    [&](const VSIDIREntry &entry)
                                    {
                                        if (names_left == 0 && (!level.tiles.empty() || ++seen > kMaxNames))
                                        {
                                            return false;
                                        }
                                        names_left -= names_left == 0 ? 0 : 1;
                                        if (const auto tile = names.tile_of(entry.pszName))
                                        {
                                            level.tiles.push_back(*tile);
                                            level.folders.include(tile->folder);
                                            level.files.include(tile->file);
                                        }
                                        return true;
                                    });
    if (level.complete)
    {
        return;
    }
    std::size_t left = kMaxNames;
    const bool all = for_each_entry(folder, store::Depth::Folder,
                                    [&](const VSIDIREntry &entry)
                                    {
                                        const auto number = number_of(entry.pszName, false);
                                        if (VSI_ISDIR(entry.nMode) && number)
                                        {
                                            level.folders.include(*number);
                                        }
                                        return --left > 0;
                                    });
    level.folders = all ? level.folders : NameRange{};
}

} // namespace

void NameRange::include(std::int64_t number)
{
    *this = empty() ? NameRange{number, number} : NameRange{std::min(min, number), std::max(max, number)};
}

std::string TreeListing::path(const StoredLevel &level, const TileName &tile) const
{
    return folder + '/' + level.name + '/' + std::to_string(tile.folder) + '/' + std::to_string(tile.file) + '.' +
           extension;
}

TreeListing list_tree(const std::string &folder, const std::string &extension)
{
    TreeListing tree;
    tree.folder = folder;
    TileNames names(extension);
    std::size_t names_left = kMaxNames;
    for (StoredLevel &level : level_folders(folder))
    {
        list_level(folder + '/' + level.name, names, names_left, level);
        if (!level.tiles.empty())
        {
            tree.levels.push_back(std::move(level));
        }
    }
    if (names.extensions().empty())
    {
        throw InputError(folder, "no tiles: without a stac.json they are LEVEL/NUMBER/NUMBER." +
                                     (extension.empty() ? "EXT" : extension) + ", numbers without zeros before them");
    }
    if (names.extensions().size() > 1)
    {
        std::string all;
        for (const std::string &each : names.extensions())
        {
            all += (all.empty() ? "" : ", ") + each;
        }
        throw InputError(folder, "tiles of several formats (" + all + "), should be one; open option SCHEME={z}/" +
                                     "{x}/{y}." + *names.extensions().begin() + " takes those alone");
    }
    tree.extension = *names.extensions().begin();
    return tree;
}

} // namespace tiledir::driver
