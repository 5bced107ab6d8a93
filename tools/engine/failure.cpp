#include "tools/engine/failure.h"

#include "stac/error.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstring>
#include <new>
#include <random>

namespace tiledir::engine
{
namespace
{

/// libcurl's and GDAL's words, in lower case, for what may pass.
constexpr std::array kPassingWords = {"timed out",
                                      "time-out",
                                      "timeout was reached",
                                      "connection reset",
                                      "couldn't connect",
                                      "could not connect",
                                      "failed to connect",
                                      "couldn't resolve",
                                      "could not resolve",
                                      "connection refused",
                                      "recv failure",
                                      "send failure",
                                      "transfer closed",
                                      "empty reply",
                                      "slowdown",
                                      "ssl connect error",
                                      "server returned nothing",
                                      "partial file",
                                      "http2 framing"};

/// The number behind the first `HTTP`, `HTTP error code`, `response_code=` or the like; 0 where there is none.
int http_status(const std::string &text)
{
    for (const char *mark : {"http error code", "response code", "response_code", "http status", "http"})
    {
        for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1))
        {
            const std::size_t digits = text.find_first_not_of(" :=", at + std::strlen(mark));
            const bool is_number =
                digits != std::string::npos && digits + 3 <= text.size() &&
                std::all_of(text.begin() + static_cast<std::ptrdiff_t>(digits),
                            text.begin() + static_cast<std::ptrdiff_t>(digits + 3),
                            [](unsigned char letter) { return std::isdigit(letter) != 0; }) &&
                (digits + 3 == text.size() || std::isalnum(static_cast<unsigned char>(text[digits + 3])) == 0);
            if (is_number)
            {
                return std::stoi(text.substr(digits, 3));
            }
        }
    }
    return 0;
}

} // namespace

Cause cause_of(const std::exception &error)
{
    if (dynamic_cast<const StoreError *>(&error) != nullptr)
    {
        return Cause::Run;
    }
    if (dynamic_cast<const TileError *>(&error) == nullptr)
    {
        return Cause::Tile;
    }
    std::string text = error.what();
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char letter) { return std::tolower(letter); });
    const int status = http_status(text);
    if (status == 401 || status == 403)
    {
        return Cause::Run;
    }
    const bool can_pass = status == 408 || status == 429 || status >= 500 ||
                          std::any_of(kPassingWords.begin(), kPassingWords.end(),
                                      [&](const char *words) { return text.find(words) != std::string::npos; });
    return can_pass ? Cause::Passing : Cause::Tile;
}

std::string cause_name(const std::exception &error)
{
    if (dynamic_cast<const std::bad_alloc *>(&error) != nullptr)
    {
        return "memory";
    }
    return cause_of(error) == Cause::Passing ? "network" : "tile";
}

double seconds_before_attempt(int attempts_made)
{
    thread_local std::minstd_rand random{std::random_device{}()};
    const double least = 0.5 * std::pow(2.0, attempts_made - 1);
    return std::uniform_real_distribution<double>(least, 1.5 * least)(random);
}

} // namespace tiledir::engine
