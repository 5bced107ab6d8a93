#include "tools/engine/resolved/input_files.h"

#include "driver/journal/output_layout.h"
#include "driver/raster/input/raster_file.h"
#include "driver/store/gdal_errors.h"
#include "driver/store/local/local_files.h"
#include "driver/store/network/folder_entries.h"
#include "driver/store/network_path.h"
#include "driver/store/task_queue.h"
#include "stac/error.h"
#include "stac/utf8.h"
#include "tools/engine/resolved/input_access.h"

#include <cpl_vsi.h>
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <climits>
#include <functional>
#include <mutex>

namespace tiledir::engine
{
namespace
{

/// In a folder of an object store: a listing tells of a thousand files at once.
constexpr std::size_t kWorthListing = 8;

constexpr const char *kWildcards = "*?[";

bool is_pattern(const std::string &text)
{
    return text.find_first_of(kWildcards) != std::string::npos;
}

/// Waits for credentials that have expired.
FileStamp stamp_with_access(const std::string &path, const StopToken &stop)
{
    const FileStamp stamp = stamp_of(path);
    const auto stopping = [&stop] { return stop.is_asked(); };
    const bool is_refused =
        stamp.size < 0 && store::is_on_network(path) && access_to_input(path, stopping, [] {}) == InputAccess::Returned;
    return is_refused ? stamp_of(path) : stamp;
}

using Entry = std::function<void(const VSIDIREntry &)>;

void for_each_entry(const std::string &folder, const Entry &visit)
{
    store::for_each_entry(folder, store::Depth::Folder, true,
                          [&visit](const VSIDIREntry &entry)
                          {
                              visit(entry);
                              return true;
                          });
}

std::string folder_of(const std::string &path)
{
    return path.substr(0, path.find_last_of('/'));
}

/// Stamps of objects that a listing tells of, by path.
std::map<std::string, FileStamp> listed_stamps(const std::vector<std::string> &paths)
{
    std::map<std::string, std::size_t> folders;
    for (const std::string &path : paths)
    {
        if (store::is_object_store(path))
        {
            ++folders[folder_of(path)];
        }
    }
    std::map<std::string, FileStamp> stamps;
    for (const auto &[folder, count] : folders)
    {
        if (count < kWorthListing)
        {
            continue;
        }
        for_each_entry(folder,
                       [&, path = folder + "/"](const VSIDIREntry &entry)
                       {
                           if (entry.bSizeKnown && entry.bMTimeKnown)
                           {
                               stamps[path + entry.pszName] = stamp_of(entry);
                           }
                       });
    }
    return stamps;
}

/// Paths under `folder` that match the rest of a pattern.
void match(const std::string &folder, const std::string &pattern, std::vector<std::string> &found)
{
    const auto slash = pattern.find('/');
    const std::string part = pattern.substr(0, slash);
    if (!is_pattern(part))
    {
        const std::string path = folder + "/" + part;
        VSIStatBufL stat;
        if (slash != std::string::npos)
        {
            match(path, pattern.substr(slash + 1), found);
        }
        else if (VSIStatL(path.c_str(), &stat) == 0)
        {
            found.push_back(path);
        }
        return;
    }
    std::vector<std::string> names;
    for_each_entry(folder,
                   [&](const VSIDIREntry &entry)
                   {
                       if (::fnmatch(part.c_str(), entry.pszName, FNM_PERIOD) == 0)
                       {
                           names.emplace_back(entry.pszName);
                       }
                   });
    for (const std::string &name : names)
    {
        slash == std::string::npos ? found.push_back(folder + "/" + name)
                                   : match(folder + "/" + name, pattern.substr(slash + 1), found);
    }
}

/// Keeps texts that are alike once. For many threads.
class Texts
{
public:
    void share(std::shared_ptr<const std::string> &text)
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        text = m_texts.emplace(*text, text).first->second;
    }

private:
    std::mutex m_mutex;
    std::map<std::string, std::shared_ptr<const std::string>> m_texts;
};

/// What is written of inputs has their names.
void check_utf8(const std::string &path)
{
    if (!stac::is_utf8(path))
    {
        throw InputError(stac::as_utf8(path), "its name is not in UTF-8; rename it");
    }
}

} // namespace

std::string fixed_part(const std::string &pattern)
{
    return is_pattern(pattern) ? pattern.substr(0, pattern.rfind('/', pattern.find_first_of(kWildcards)) + 1) : pattern;
}

std::vector<std::string> expand_pattern(const std::string &pattern)
{
    const store::GdalErrors errors;
    VSIStatBufL stat;
    if (!is_pattern(pattern) || VSIStatL(pattern.c_str(), &stat) == 0)
    {
        check_utf8(pattern);
        return {pattern};
    }
    const std::string fixed = fixed_part(pattern);
    std::vector<std::string> found;
    if (!fixed.empty())
    {
        match(fixed.substr(0, fixed.size() - 1), pattern.substr(fixed.size()), found);
    }
    if (found.empty())
    {
        throw InputError(pattern, "no file is called so");
    }
    std::sort(found.begin(), found.end());
    std::for_each(found.begin(), found.end(), check_utf8);
    return found;
}

KnownFiles::KnownFiles(const store::Store &output)
{
    const auto text = output.read_text(journal::kInputsKey);
    if (!text)
    {
        return;
    }
    try
    {
        for (auto &[input, files] : input_files_from_json(Json::parse(*text)))
        {
            for (InputFile &file : files)
            {
                m_files.emplace(file.name, std::move(file));
            }
        }
    }
    catch (const Json::exception &)
    {
        m_files.clear();
    }
}

const InputFile *KnownFiles::find(const std::string &name, const FileStamp &stamp) const
{
    const auto found = m_files.find(name);
    return found != m_files.end() && stamp.size >= 0 && is_same_state(found->second.stamp, stamp) ? &found->second
                                                                                                  : nullptr;
}

std::vector<InputFile> read_input_files(const std::vector<std::string> &paths, const KnownFiles &known, int threads,
                                        const Secrets &secrets, const StopToken &stop)
{
    const std::map<std::string, FileStamp> listed = listed_stamps(paths);
    std::vector<InputFile> files(paths.size());
    Texts texts;
    store::TaskQueue queue(threads);
    for (std::size_t i = 0; i < paths.size(); ++i)
    {
        InputFile &file = files[i];
        file.name = secrets.redacted(store::canonical_path(paths[i]));
        const auto stamp = listed.find(paths[i]);
        file.stamp = stamp != listed.end() ? stamp->second : stamp_with_access(paths[i], stop);
        if (const InputFile *same = known.find(file.name, file.stamp))
        {
            file.file = same->file;
            file.file.path = paths[i];
            texts.share(file.file.crs_wkt);
            continue;
        }
        queue.add(
            [&file, &texts, &path = paths[i]]
            {
                file.file = raster::describe_file(path, raster::open_raster);
                texts.share(file.file.crs_wkt);
            });
    }
    queue.finish();
    return files;
}

Json to_json(const InputFiles &files)
{
    Json crs = Json::array();
    std::map<std::string, std::size_t> numbers;
    Json inputs = Json::object();
    for (const auto &[name, list] : files)
    {
        Json entries = Json::array();
        for (const InputFile &each : list)
        {
            const raster::MosaicFile &file = each.file;
            const auto number = numbers.emplace(*file.crs_wkt, numbers.size());
            if (number.second)
            {
                crs.push_back(*file.crs_wkt);
            }
            const auto &transform = file.geotransform;
            Json entry = {{"path", each.name},
                          {"size", each.stamp.size},
                          {"time", each.stamp.time},
                          {"crs", number.first->second},
                          {"grid", {file.width, file.height, transform[0], transform[1], transform[3], transform[5]}},
                          {"bands", file.bands},
                          {"type", GDALGetDataTypeName(file.type)}};
            for (const auto &[key, value] :
                 {std::pair("etag", &each.stamp.etag), std::pair("inode", &each.stamp.inode)})
            {
                if (!value->empty())
                {
                    entry[key] = *value;
                }
            }
            if (!file.unit.empty())
            {
                entry["unit"] = file.unit;
            }
            if (file.scale != 1)
            {
                entry["scale"] = file.scale;
            }
            if (file.offset != 0)
            {
                entry["offset"] = file.offset;
            }
            for (const auto &[key, value] :
                 {std::pair("color_table", &file.color_table), std::pair("colors", &file.band_colors)})
            {
                if (!value->empty())
                {
                    entry[key] = *value;
                }
            }
            entries.push_back(std::move(entry));
        }
        inputs[name] = std::move(entries);
    }
    return {{"crs", std::move(crs)}, {"files", std::move(inputs)}};
}

InputFiles input_files_from_json(const Json &json)
{
    std::vector<std::shared_ptr<const std::string>> crs;
    for (const Json &text : json.at("crs"))
    {
        crs.push_back(std::make_shared<const std::string>(text.get<std::string>()));
    }
    InputFiles files;
    for (const auto &[name, entries] : json.at("files").items())
    {
        std::vector<InputFile> &list = files[name];
        list.reserve(entries.size());
        for (const Json &entry : entries)
        {
            InputFile each;
            each.name = entry.at("path");
            each.stamp = {entry.at("size").get<std::int64_t>(), entry.at("time").get<std::string>(),
                          entry.value("etag", ""), entry.value("inode", "")};
            const Json &grid = entry.at("grid");
            raster::MosaicFile &file = each.file;
            file.path = each.name;
            file.width = grid.at(0);
            file.height = grid.at(1);
            file.geotransform = {grid.at(2), grid.at(3), 0, grid.at(4), 0, grid.at(5)};
            file.bands = entry.at("bands");
            file.type = GDALGetDataTypeByName(entry.at("type").get<std::string>().c_str());
            file.unit = entry.value("unit", "");
            file.scale = entry.value("scale", 1.0);
            file.offset = entry.value("offset", 0.0);
            const Json table = entry.value("color_table", Json(""));
            file.color_table = table.is_string() ? table.get<std::string>() : "unknown";
            file.band_colors = entry.value("colors", "");
            const std::size_t number = entry.at("crs");
            static_cast<void>(json.at("crs").at(number));
            file.crs_wkt = crs[number];
            list.push_back(std::move(each));
        }
    }
    return files;
}

} // namespace tiledir::engine
