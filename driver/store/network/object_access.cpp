#include "driver/store/network/object_access.h"

#include "driver/store/http/http_client.h"
#include "driver/store/http/http_words.h"
#include "driver/store/network/network_place.h"
#include "driver/store/network/object_url.h"
#include "stac/error.h"

namespace tiledir::store
{

namespace
{

/// An answer is a byte or a few words; whoever sends more has granted access.
constexpr std::size_t kMaxAnswer = 1 << 16;

Access access_of(const HttpResponse &response)
{
    if (says_expired(response))
    {
        return Access::Expired;
    }
    if (response.status == kHttpUnauthorized || response.status == kHttpForbidden)
    {
        return Access::Refused;
    }
    const bool tells_nothing = response.status == 0 || response.status == 429 || response.status == kHttpBadRequest ||
                               response.status >= kHttpInternalError || is_absence_of_another(response);
    return tells_nothing ? Access::Unknown : Access::Granted;
}

} // namespace

AccessAnswer access_to(const std::string &path)
{
    HttpSettings settings = http_settings_of(path);
    settings.patience = 0;
    settings.max_body = kMaxAnswer;
    const auto make = [&path]
    {
        const auto url = object_url(path);
        if (!url)
        {
            throw TileError(path, "has no URL");
        }
        HttpRequest request;
        request.headers = {"Range: bytes=0-0"};
        request.url = *url;
        return request;
    };
    try
    {
        const std::string server = network_place(path.substr(0, path.find_last_of('/'))).server;
        const HttpResponse response = HttpClient::of_process().send(server, settings, make);
        return {access_of(response), words_of(response)};
    }
    catch (const TileError &)
    {
        return {};
    }
}

} // namespace tiledir::store
