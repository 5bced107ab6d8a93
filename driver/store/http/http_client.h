// Requests for many objects at once over connections that are kept.
#pragma once

#include "driver/store/http/http_settings.h"
#include "driver/store/store.h"

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiledir::store
{

struct HttpRequest
{
    std::string url;
    std::vector<std::string> headers;
    const char *method = "GET"; ///< or HEAD, PUT, DELETE
    std::string_view body;      ///< of a PUT; not copied
};

struct HttpResponse
{
    long status = 0;        ///< of the last attempt; 0: no whole answer came
    std::string failure;    ///< why none came
    bool no_server = false; ///< it could not be reached
    int attempts = 1;
    bool has_codes = false;  ///< of a store, whose errors have a code in their body (S3's NoSuchKey), but a HEAD's: an
                             ///< error without one is of somebody in between
    bool sent_again = false; ///< an earlier sending may have reached the server, whose answer was lost or a failure
    std::string etag;
    std::optional<std::time_t> date;          ///< by the server's clock
    std::optional<std::time_t> last_modified; ///< by the server's clock
    std::string length;                       ///< of the body, where the server tells it
    Bytes body;
};

/// Of this process and all servers.
struct HttpCounts
{
    std::map<std::string, std::int64_t> requests; ///< by method, those made again too
    std::int64_t again = 0;                       ///< made again after a failure that may pass
    std::int64_t slow_downs = 0;                  ///< answers that asked for fewer requests (429, 503)
    std::int64_t unanswered = 0; ///< attempts without an answer, from a request's third one on, made again
    std::string no_answer;       ///< why the last one of these had none
    std::int64_t sent = 0;       ///< bytes of bodies
    std::int64_t received = 0;   ///< bytes of bodies
    double rate = 0;             ///< requests a second that the slowest server is asked for; 0: there is no limit
};

/// May be used by many threads at once; connections are shared one call after the other.
class HttpClient
{
public:
    static HttpClient &of_process();

    using MakeRequest = std::function<HttpRequest(std::size_t index)>;
    using Done = std::function<void(std::size_t index, HttpResponse &&response)>;

    /// Makes `count` requests to a server (any name that tells it from others) and calls `done` for each, in this
    /// thread, as answers come. What may pass (no connection, reset, time-out, truncation, a conflict with another
    /// writer, 429, 500, 502, 503, 504, a 404 that is not the store's) is tried again after a while; `make` is asked
    /// for each attempt's request, so that signatures are fresh. After a 429 or 503 fewer requests are under way, and
    /// slowly more again; for these, and where credentials have expired, the settings' patience counts instead of a
    /// number of attempts, if it lasts longer. Throws what `make` and `done` throw; nothing is under way then.
    void send(const std::string &server, std::size_t count, const HttpSettings &settings, const MakeRequest &make,
              const Done &done);

    HttpCounts counts() const;

    /// One request.
    HttpResponse send(const std::string &server, const HttpSettings &settings,
                      const std::function<HttpRequest()> &make);

private:
    HttpClient();
    class Connections;
    class Batch;
    class Pool;
    std::unique_ptr<Pool> m_pool;
};

} // namespace tiledir::store
