// GETs of many objects at once over connections that are kept.
#pragma once

#include "driver/store/http_settings.h"
#include "driver/store/store.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tiledir::store
{

struct HttpRequest
{
    std::string url;
    std::vector<std::string> headers;
};

struct HttpResponse
{
    long status = 0;     ///< of the last attempt; 0: no whole answer came
    std::string failure; ///< why none came
    int attempts = 1;
    std::string etag;
    Bytes body;
};

/// May be used by many threads at once; connections are shared one call after the other.
class HttpClient
{
public:
    static HttpClient &of_process();

    using MakeRequest = std::function<HttpRequest(std::size_t index)>;
    using Done = std::function<void(std::size_t index, HttpResponse &&response)>;

    /// GETs `count` objects of a server (any name that tells it from others) and calls `done` for each, in this thread,
    /// as answers come. What may pass (no connection, reset, time-out, truncation, 429, 500, 502, 503, 504) is tried
    /// again after a while; `make` is asked for each attempt's request, so that signatures are fresh. After a 429 or
    /// 503 fewer requests are under way, and slowly more again. Throws what `make` and `done` throw; nothing is under
    /// way then.
    void get(const std::string &server, std::size_t count, const HttpSettings &settings, const MakeRequest &make,
             const Done &done);

private:
    HttpClient();
    class Connections;
    class Batch;
    class Pool;
    std::unique_ptr<Pool> m_pool;
};

} // namespace tiledir::store
