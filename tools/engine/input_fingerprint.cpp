#include "tools/engine/input_fingerprint.h"

#include "stac/version.h"

#include <boost/filesystem.hpp>
#include <cpl_vsi.h>
#include <fmt/format.h>
#include <gdal.h>

namespace tiledir::engine
{
namespace
{

/// The same file by another spelling has the same name here.
std::string canonical(const std::string &path)
{
    boost::system::error_code error;
    const auto found = boost::filesystem::canonical(path, error);
    return error ? path : found.string();
}

std::string gdal_release()
{
    const std::string name = GDALVersionInfo("RELEASE_NAME");
    return name.substr(0, name.find('.', name.find('.') + 1));
}

} // namespace

Json fingerprint(const Job &job)
{
    Json json;
    json["software"] = {{"tiledir", kVersionMajorMinor}, {"gdal", gdal_release()}};
    json["inputs"] = Json::object();
    for (const auto &[name, mosaic] : job.mosaics)
    {
        Json files = Json::array();
        for (const auto &source : mosaic->sources())
        {
            VSIStatBufL stat;
            const bool known = VSIStatL(source.path.c_str(), &stat) == 0;
            files.push_back({{"path", canonical(source.path)},
                             {"size", known ? static_cast<std::int64_t>(stat.st_size) : -1},
                             {"time", known ? static_cast<std::int64_t>(stat.st_mtime) : -1}});
        }
        json["inputs"][name] = files;
    }
    return json;
}

std::vector<std::string> differences(const Json &saved, const Json &now)
{
    std::vector<std::string> lines;
    for (const char *software : {"tiledir", "gdal"})
    {
        const auto &there = saved["software"][software];
        const auto &here = now["software"][software];
        if (there != here)
        {
            lines.push_back(fmt::format("{} release: {} there, {} here", software, there.get<std::string>(),
                                        here.get<std::string>()));
        }
    }
    for (const auto &[name, files] : now["inputs"].items())
    {
        const Json &before = saved["inputs"].value(name, Json::array());
        if (before.size() != files.size())
        {
            lines.push_back(fmt::format("input.{}: {} files there, {} here", name, before.size(), files.size()));
            continue;
        }
        for (std::size_t i = 0; i < files.size(); ++i)
        {
            if (before[i]["path"] != files[i]["path"])
            {
                lines.push_back(fmt::format("input.{}: {} there, {} here", name, before[i]["path"].get<std::string>(),
                                            files[i]["path"].get<std::string>()));
            }
            else if (before[i] != files[i])
            {
                lines.push_back(
                    fmt::format("input.{}: {} has changed since", name, files[i]["path"].get<std::string>()));
            }
        }
    }
    return lines;
}

} // namespace tiledir::engine
