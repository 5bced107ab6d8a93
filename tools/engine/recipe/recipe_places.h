// The texts of a recipe that name files and folders.
#pragma once

#include "driver/store/environment.h"
#include "tools/engine/schema/schema.h"

#include <boost/filesystem/path.hpp>

#include <map>
#include <string>

namespace tiledir::engine
{

/// A path as GDAL opens it: absolute below a folder, or a /vsi path. Without a slash at its end.
std::string absolute_path(const std::string &path, const boost::filesystem::path &folder);

/// What a text file says. Throws InputError: it is absent, or a folder where `should_be` is expected.
std::string text_of_file(const std::string &path, const char *should_be);

/// Reads what a recipe says of places, relative to its folder. Immutable.
class RecipePlaces
{
public:
    /// `source`: the recipe, for messages.
    RecipePlaces(std::string source, boost::filesystem::path folder);

    /// Makes the text absolute, ${NAME} as it is; what it stands for. Variables are noted in `used`. Throws InputError:
    /// a variable is not set.
    std::string open(Json &text, const std::string &key, store::Variables *used = nullptr) const;

    /// What the values of a map stand for; they stay as they are written.
    std::map<std::string, std::string> values(const Json &map, const std::string &key, store::Variables &used) const;

    /// What a text file says.
    std::string read(const std::string &path) const { return text_of_file(absolute_path(path, m_folder), "text file"); }

private:
    std::string with_variables(const std::string &text, const std::string &key, store::Variables *used) const;

    std::string m_source;
    boost::filesystem::path m_folder;
};

} // namespace tiledir::engine
