#include "tools/engine/recipe/recipe_places.h"

#include "driver/store/network_path.h"
#include "stac/error.h"

#include <boost/filesystem.hpp>
#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <utility>

namespace tiledir::engine
{

namespace fs = boost::filesystem;

std::string absolute_path(const std::string &path, const fs::path &folder)
{
    const std::string known = store::vsi_path(path);
    const bool is_of_gdal = known.rfind("/vsi", 0) == 0;
    const std::string text = is_of_gdal ? known : fs::absolute(known, folder).lexically_normal().string();
    return text.size() > 1 && text.back() == '/' ? text.substr(0, text.size() - 1) : text;
}

std::string text_of_file(const std::string &path, const char *should_be)
{
    if (fs::is_directory(path))
    {
        throw InputError(path, fmt::format("is a folder, should be a {}", should_be));
    }
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
    {
        throw InputError(path + (fs::exists(path) ? ": cannot be read" : ": no such file"));
    }
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

RecipePlaces::RecipePlaces(std::string source, fs::path folder)
    : m_source(std::move(source))
    , m_folder(std::move(folder))
{
}

std::string RecipePlaces::open(Json &text, const std::string &key, store::Variables *used) const
{
    const std::string written = text.get<std::string>();
    const std::string meant = with_variables(written, key, used);
    std::string place = absolute_path(meant, m_folder);
    text = meant == written                                 ? place
           : fs::path(store::vsi_path(meant)).is_relative() ? (m_folder / written).string()
                                                            : written;
    return place;
}

std::map<std::string, std::string> RecipePlaces::values(const Json &map, const std::string &key,
                                                        store::Variables &used) const
{
    std::map<std::string, std::string> meant;
    if (!map.is_null())
    {
        for (const auto &[name, value] : map.items())
        {
            meant[name] = with_variables(value.get<std::string>(), key + "." + name, &used);
        }
    }
    return meant;
}

std::string RecipePlaces::with_variables(const std::string &text, const std::string &key, store::Variables *used) const
{
    return labelled(m_source + ": " + key, [&] { return store::with_environment(text, used); });
}

} // namespace tiledir::engine
