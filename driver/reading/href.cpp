#include "driver/reading/href.h"

#include "driver/raster/folder/local_href.h"
#include "driver/reading/url_query.h"
#include "driver/store/network_path.h"
#include "stac/begins_with.h"
#include "stac/error.h"
#include "stac/percent_encoding.h"

#include <algorithm>
#include <array>

namespace tiledir::driver
{

namespace
{

} // namespace

ResolvedHref resolved_href(const std::string &href, const std::string &item_folder, bool allow_local,
                           const std::string &item_query)
{
    static const std::array<std::string, 6> kOpen{"/vsicurl/http://", "/vsicurl/https://", "/vsis3/",
                                                  "/vsigs/",          "/vsiaz/",           "/vsiadls/"};
    std::string path = vsi_path(href);
    const bool is_relative = !stac::begins_with(path, "/");
    if (!store::is_on_network(is_relative ? item_folder : path))
    {
        path =
            stac::begins_with(href, "file://") ? stac::percent_decoded(path) : raster::local_path_of(path, item_folder);
    }
    if (is_relative)
    {
        const std::string query = path.find('?') == std::string::npos ? query_of_neighbours(item_query) : "";
        return {item_folder, (stac::begins_with(path, "./") ? path.substr(2) : path) + query};
    }
    const bool open = std::any_of(kOpen.begin(), kOpen.end(),
                                  [&](const std::string &beginning) { return stac::begins_with(path, beginning); });
    if (!open && !allow_local && store::is_on_network(item_folder))
    {
        throw InputError("href '" + href +
                         "': an item read over a network may lead to http, https, s3, gs and az only; " +
                         "open option ALLOW_LOCAL=YES trusts it");
    }
    return {"", path};
}

} // namespace tiledir::driver
