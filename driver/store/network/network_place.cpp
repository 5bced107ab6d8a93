#include "driver/store/network/network_place.h"

#include "driver/store/network/network_cache.h"
#include "driver/store/network/object_url.h"

#include <cpl_string.h>
#include <cpl_vsi.h>

#include <memory>

namespace tiledir::store
{

namespace
{

std::string unescaped(const std::string &url)
{
    const std::unique_ptr<char, decltype(&VSIFree)> text(CPLUnescapeString(url.c_str(), nullptr, CPLES_URL), VSIFree);
    return text.get();
}

} // namespace

NetworkPlace network_place(const std::string &root)
{
    NetworkPlace place;
    const std::string probe = root + "/-";
    const auto url = object_url(probe);
    place.http = url.has_value();
    place.identity = url ? unescaped(url->substr(0, url->find('?'))) : probe;
    place.identity.pop_back();
    place.server = place.identity.substr(0, place.identity.find('/', place.identity.find("://") + 3));
    return place;
}

void forget(const NetworkPlace &place, const std::string &root, const std::string &key)
{
    // Of the whole root: GDAL's listings of folders above the object would say that it is absent.
    VSICurlPartialClearCache(root.c_str());
    NetworkCache::of_process().forget(place.identity + key);
}

} // namespace tiledir::store
