#include "driver/reading/tile_source.h"

#include <algorithm>
#include <utility>

namespace tiledir::driver
{

namespace
{

/// Where the part of a template that is the same for all tiles ends: after the last slash before a parameter.
std::size_t folder_size(const std::string &path)
{
    const auto slash = path.rfind('/', path.find('{'));
    return slash == std::string::npos ? 0 : slash + 1;
}

std::string folder_of(const ResolvedHref &href)
{
    const auto size = folder_size(href.path);
    if (!href.folder.empty())
    {
        return size == 0 ? href.folder : href.folder + '/' + href.path.substr(0, size - 1);
    }
    return size == 0 ? "." : href.path.substr(0, size == 1 ? 1 : size - 1);
}

} // namespace

TileSource::TileSource(const ResolvedHref &path, std::map<std::string, std::string> values)
    : m_folder(folder_of(path))
    , m_template(path.path.substr(folder_size(path.path)))
    , m_values(std::move(values))
{
    m_template.expand({}, 0, 0, m_values);
}

std::string shared_folder(const std::vector<TileSource> &sources)
{
    std::string shared = sources.front().folder();
    for (const TileSource &source : sources)
    {
        const std::string &folder = source.folder();
        while (!shared.empty() && folder != shared && folder.compare(0, shared.size() + 1, shared + '/') != 0)
        {
            const auto slash = shared.rfind('/');
            shared.resize(slash == std::string::npos ? 0 : slash);
        }
    }
    const bool web = shared.rfind("/vsicurl/", 0) == 0;
    const auto parts = std::count(shared.begin(), shared.end(), '/');
    constexpr std::ptrdiff_t kWithBucket = 2; // /vsis3/bucket
    constexpr std::ptrdiff_t kWithHost = 4;   // /vsicurl/https://host
    const bool names_server = shared.rfind("/vsi", 0) != 0 || parts >= (web ? kWithHost : kWithBucket);
    return names_server ? shared : std::string();
}

} // namespace tiledir::driver
