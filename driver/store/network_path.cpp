#include "driver/store/network_path.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tiledir::store
{

bool is_on_network(const std::string &path)
{
    static constexpr std::array kHandlers{"/vsicurl", "/vsis3",    "/vsigs",      "/vsiaz",  "/vsiadls",
                                          "/vsioss",  "/vsiswift", "/vsiwebhdfs", "/vsihdfs"};
    return path.compare(0, 4, "/vsi") == 0 &&
           std::any_of(kHandlers.begin(), kHandlers.end(),
                       [&](const char *handler) { return path.find(handler) != std::string::npos; });
}

bool is_object_store(const std::string &path)
{
    static constexpr std::array kPrefixes{"/vsis3/", "/vsigs/", "/vsiaz/", "/vsiadls/", "/vsioss/", "/vsiswift/"};
    return std::any_of(kPrefixes.begin(), kPrefixes.end(),
                       [&](const char *prefix) { return path.rfind(prefix, 0) == 0; });
}

std::string folder_of_path(const std::string &path)
{
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, std::max<std::size_t>(slash, 1));
}

std::string vsi_path(const std::string &url)
{
    static const std::array<std::pair<std::string, const char *>, 6> kSchemes{{{"http://", "/vsicurl/http://"},
                                                                               {"https://", "/vsicurl/https://"},
                                                                               {"s3://", "/vsis3/"},
                                                                               {"gs://", "/vsigs/"},
                                                                               {"az://", "/vsiaz/"},
                                                                               {"file://", ""}}};
    const auto scheme =
        std::find_if(kSchemes.begin(), kSchemes.end(),
                     [&](const auto &each) { return url.compare(0, each.first.size(), each.first) == 0; });
    return scheme == kSchemes.end() ? url : scheme->second + url.substr(scheme->first.size());
}

} // namespace tiledir::store
