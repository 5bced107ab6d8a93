#include "driver/store/http/http_transfer.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <new>
#include <string_view>

namespace tiledir::store
{

namespace
{

std::size_t take_body(char *data, std::size_t size, std::size_t count, void *transfer)
{
    auto &self = *static_cast<HttpTransfer *>(transfer);
    auto &response = self.response;
    self.too_large = response.body.size() + size * count > self.max_body;
    if (self.too_large)
    {
        return 0;
    }
    try
    {
        if (response.body.empty())
        {
            response.body.reserve(std::min<std::size_t>(std::strtoull(response.length.c_str(), nullptr, 10), 64 << 20));
        }
        const auto *bytes = reinterpret_cast<unsigned char *>(data);
        response.body.insert(response.body.end(), bytes, bytes + size * count);
    }
    catch (const std::bad_alloc &)
    {
        return 0;
    }
    return size * count;
}

std::optional<std::time_t> parsed_time(const std::string &text)
{
    const std::time_t time = curl_getdate(text.c_str(), nullptr);
    return time == -1 ? std::nullopt : std::optional(time);
}

std::size_t take_header(char *data, std::size_t size, std::size_t count, void *transfer)
{
    auto &response = static_cast<HttpTransfer *>(transfer)->response;
    std::string line(data, size * count);
    while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back())) != 0)
    {
        line.pop_back();
    }
    if (line.rfind("HTTP/", 0) == 0)
    {
        // The last ones were of an answer that led elsewhere.
        response.etag.clear();
        response.length.clear();
        response.last_modified.reset();
    }
    const auto colon = line.find(':');
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto begin = colon == std::string::npos ? colon : line.find_first_not_of(" \t", colon + 1);
    if (begin == std::string::npos)
    {
        return size * count;
    }
    const std::string value = line.substr(begin);
    if (name == "etag")
    {
        response.etag = value;
    }
    if (name == "date")
    {
        response.date = parsed_time(value);
    }
    if (name == "last-modified")
    {
        response.last_modified = parsed_time(value);
    }
    if (name == "content-length")
    {
        response.length = value;
    }
    return size * count;
}

int note_sending(void *transfer, char *, char *, int, int)
{
    ++static_cast<HttpTransfer *>(transfer)->sendings;
    return CURL_PREREQFUNC_OK;
}

void set_text(CURL *easy, CURLoption option, const std::string &text)
{
    if (!text.empty())
    {
        curl_easy_setopt(easy, option, text.c_str());
    }
}

long milliseconds(double seconds)
{
    return std::lround(std::min(seconds, 1e6) * 1000);
}

} // namespace

void HttpTransfer::prepare(const HttpSettings &settings, const HttpRequest &request)
{
    CURL *const handle = easy.get();
    const bool https = request.url.rfind("https:", 0) == 0;
    curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error.data());
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_MAXREDIRS, 10L);
    // A redirect never leaves HTTP.
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    max_body = settings.max_body;
    verb = request.method;
    body_size = request.body.size();
    curl_easy_setopt(handle, CURLOPT_PIPEWAIT, https ? 1L : 0L); // HTTP/2 where the server has it
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, milliseconds(settings.timeout));
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(settings.connect_timeout));
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, settings.low_speed_limit);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, settings.low_speed_time);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, settings.verify_peer ? 1L : 0L);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, settings.verify_peer ? 2L : 0L);
    set_text(handle, CURLOPT_CAINFO, settings.certificates);
    set_text(handle, CURLOPT_PROXY, https && !settings.https_proxy.empty() ? settings.https_proxy : settings.proxy);
    set_text(handle, CURLOPT_PROXYUSERPWD, settings.proxy_user);
    set_text(handle, CURLOPT_USERPWD, settings.user);
    set_text(handle, CURLOPT_COOKIE, settings.cookie);
    set_text(handle, CURLOPT_USERAGENT, settings.user_agent);
    set_text(handle, CURLOPT_NETRC_FILE, settings.netrc_file);
    curl_easy_setopt(handle, CURLOPT_NETRC,
                     static_cast<long>(settings.netrc ? CURL_NETRC_OPTIONAL : CURL_NETRC_IGNORED));
    // What is stored compressed comes out plain; nothing else is to be compressed for us. A part of it cannot be.
    const bool of_part = std::any_of(request.headers.begin(), request.headers.end(),
                                     [](const std::string &line) { return line.rfind("Range:", 0) == 0; });
    if (request.method == std::string_view("GET") && !of_part)
    {
        curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "identity");
    }
    for (const auto *lines : {&settings.headers, &request.headers})
    {
        for (const std::string &line : *lines)
        {
            add_header(line.c_str());
        }
    }
    set_method(request);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
}

void HttpTransfer::add_header(const char *line)
{
    curl_slist *longer = curl_slist_append(headers.get(), line);
    if (longer == nullptr)
    {
        throw std::bad_alloc();
    }
    static_cast<void>(headers.release());
    headers.reset(longer);
}

/// Only reading follows a redirect.
void HttpTransfer::set_method(const HttpRequest &request)
{
    CURL *const handle = easy.get();
    const std::string method = request.method;
    const bool reads = method == "GET" || method == "HEAD";
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, reads ? 1L : 0L);
    curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, note_sending);
    curl_easy_setopt(handle, CURLOPT_PREREQDATA, this);
    if (method == "HEAD")
    {
        curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    }
    if (method == "PUT")
    {
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.data());
        // What libcurl would say of a form.
        add_header("Content-Type:");
        add_header("Expect:");
    }
    if (!reads)
    {
        curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method);
    }
}

} // namespace tiledir::store
