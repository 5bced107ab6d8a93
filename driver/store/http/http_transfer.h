// One request by libcurl.
#pragma once

#include "driver/store/http/http_client.h"
#include "driver/store/http/throttle.h"

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <memory>

namespace tiledir::store
{

/// One attempt that is under way. Does not move: libcurl writes into it.
struct HttpTransfer
{
    struct CloseEasy
    {
        void operator()(CURL *handle) const { curl_easy_cleanup(handle); }
    };
    struct FreeList
    {
        void operator()(curl_slist *list) const { curl_slist_free_all(list); }
    };
    using Easy = std::unique_ptr<CURL, CloseEasy>;

    /// Tells the handle what to ask for and how; it is new, or reset.
    void prepare(const HttpSettings &settings, const HttpRequest &request);

    void set_method(const HttpRequest &request);
    void add_header(const char *line);

    Throttle::Place place;
    std::size_t index = 0;
    int attempt = 1;
    std::chrono::steady_clock::time_point first; ///< when the first attempt was made
    const char *verb = "GET";                    ///< its method
    std::size_t body_size = 0;                   ///< of what is sent
    std::chrono::steady_clock::time_point sent = std::chrono::steady_clock::now();
    Easy easy;
    std::unique_ptr<curl_slist, FreeList> headers;
    HttpResponse response;
    int sendings = 0; ///< libcurl sends again by itself where a kept connection has just been closed
    std::size_t max_body = 0;
    bool too_large = false;
    std::array<char, CURL_ERROR_SIZE> error{};
};

} // namespace tiledir::store
