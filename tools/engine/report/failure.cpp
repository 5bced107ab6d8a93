#include "tools/engine/report/failure.h"

#include "driver/store/network_path.h"
#include "stac/error.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <new>
#include <random>
#include <regex>

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

/// Of `HTTP error code : 503`, `HTTP response code on URL: 503` or `HTTP 503`; 0 where there is none.
int http_status(const std::string &text)
{
    static const std::regex kStatus(R"(http(?: error| response| status)?(?: code)?(?: on \S+)?[ :=]+(\d{3})\b)",
                                    std::regex::icase);
    std::smatch found;
    return std::regex_search(text, found, kStatus) ? std::stoi(found[1]) : 0;
}

/// Does it tell of something that lies over a network? A part of it may have been cut off on its way.
bool names_network_path(const std::string &text)
{
    const auto begin = text.find("/vsi");
    return begin != std::string::npos &&
           store::is_on_network(text.substr(begin, text.find_first_of(" :", begin) - begin));
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
    if (status >= 400 && status < 500 && status != 408 && status != 429)
    {
        return Cause::Tile;
    }
    const bool can_pass = names_network_path(error.what()) || status == 408 || status == 429 || status >= 500 ||
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
