#include "driver/store/gdal_errors.h"

#include "driver/store/network_path.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>

namespace tiledir::store
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
    return begin != std::string::npos && is_on_network(text.substr(begin, text.find_first_of(" :", begin) - begin));
}

} // namespace

GdalErrors::GdalErrors()
    : m_type_before(CPLGetLastErrorType())
    , m_number_before(CPLGetLastErrorNo())
    , m_message_before(CPLGetLastErrorMsg())
{
    CPLPushErrorHandlerEx(collect, this);
}

GdalErrors::~GdalErrors()
{
    CPLPopErrorHandler();
    CPLErrorSetState(m_type_before, m_number_before, m_message_before.c_str());
}

void CPL_STDCALL GdalErrors::collect(CPLErr type, CPLErrorNum, const char *message)
{
    auto *self = static_cast<GdalErrors *>(CPLGetErrorHandlerUserData());
    if (type == CE_Failure || type == CE_Fatal)
    {
        self->m_failed = true;
        if (self->m_failure.empty())
        {
            self->m_failure = message;
        }
    }
    else if (type == CE_Warning && self->m_warning.empty())
    {
        self->m_warning = message;
    }
}

std::string GdalErrors::cause(const std::string &otherwise) const
{
    std::string text = !m_failure.empty() ? m_failure : !m_warning.empty() ? m_warning : otherwise;
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

std::string GdalErrors::cause_at(const std::string &path) const
{
    const std::string text = cause("unknown cause");
    const std::string prefix = path + ": ";
    return text.rfind(prefix, 0) == 0 ? text.substr(prefix.size()) : text;
}

ErrorKind kind_of_http_status(int status)
{
    switch (status)
    {
    case 401:
    case 403:
        return ErrorKind::Refused;
    case 404:
    case 410:
        return ErrorKind::Absent;
    case 507:
        return ErrorKind::Full;
    case 408:
    case 429:
        return ErrorKind::Passing;
    default:
        return status >= 500 ? ErrorKind::Passing : ErrorKind::Other;
    }
}

TileError gdal_failure(const std::string &path, const std::string &what)
{
    TileError error(path, what);
    std::string text = what;
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char letter) { return std::tolower(letter); });
    const int status = http_status(text);
    const bool can_pass = names_network_path(what) ||
                          std::any_of(kPassingWords.begin(), kPassingWords.end(),
                                      [&](const char *words) { return text.find(words) != std::string::npos; });
    const ErrorKind kind = kind_of_http_status(status);
    error.set_kind(status < 400 && can_pass ? ErrorKind::Passing : kind, status);
    return error;
}

} // namespace tiledir::store
