#include "driver/store/http/http_settings.h"

#include "driver/store/network_path.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>

#include <algorithm>
#include <fstream>

namespace tiledir::store
{

namespace
{

class PathOptions
{
public:
    explicit PathOptions(const std::string &path)
        : m_path(path)
    {
    }
    std::string text(const char *key, const char *otherwise = "") const
    {
        return VSIGetPathSpecificOption(m_path.c_str(), key, otherwise);
    }
    double number(const char *key, double least, double otherwise) const
    {
        const std::string value = text(key);
        return value.empty() ? otherwise : std::max(least, CPLAtof(value.c_str()));
    }
    bool flag(const char *key, bool otherwise) const
    {
        return CPLTestBool(text(key, otherwise ? "YES" : "NO").c_str());
    }

private:
    const std::string &m_path;
};

/// "Name: value" lines; GDAL separates those of GDAL_HTTP_HEADERS by commas (CSV-like, values may be quoted) or by
/// line ends.
std::vector<std::string> headers_of(const PathOptions &options)
{
    const std::string text = options.text("GDAL_HTTP_HEADERS");
    const bool lines = text.find("\r\n") != std::string::npos;
    const CPLStringList parts(CSLTokenizeString2(text.c_str(), lines ? "\r\n" : ",",
                                                 CSLT_HONOURSTRINGS | CSLT_STRIPLEADSPACES | CSLT_STRIPENDSPACES));
    std::vector<std::string> headers(parts.List(), parts.List() + parts.size());
    if (const std::string file = options.text("GDAL_HTTP_HEADER_FILE"); !file.empty())
    {
        std::ifstream stream(file);
        for (std::string line; std::getline(stream, line);)
        {
            while (!line.empty() && line.back() == '\r')
            {
                line.pop_back();
            }
            if (!line.empty())
            {
                headers.push_back(line);
            }
        }
    }
    if (const std::string bearer = options.text("GDAL_HTTP_BEARER"); !bearer.empty())
    {
        headers.push_back("Authorization: Bearer " + bearer);
    }
    return headers;
}

} // namespace

HttpSettings http_settings_of(const std::string &path)
{
    const PathOptions options(path);
    HttpSettings settings;
    settings.retries = static_cast<int>(options.number("GDAL_HTTP_MAX_RETRY", 0, settings.retries));
    settings.retry_delay = options.number("GDAL_HTTP_RETRY_DELAY", 0, settings.retry_delay);
    settings.patience = options.number("TILEDIR_HTTP_PATIENCE", 0, settings.patience);
    settings.timeout = options.number("GDAL_HTTP_TIMEOUT", 0, settings.timeout);
    settings.connect_timeout = options.number("GDAL_HTTP_CONNECTTIMEOUT", 0, settings.connect_timeout);
    settings.low_speed_limit = static_cast<long>(options.number("GDAL_HTTP_LOW_SPEED_LIMIT", 0, 1));
    settings.low_speed_time = static_cast<long>(options.number("GDAL_HTTP_LOW_SPEED_TIME", 0, 10));
    settings.max_connections = static_cast<int>(options.number("TILEDIR_MAX_CONNECTIONS", 1, settings.max_connections));
    settings.has_codes = is_object_store(path);
    settings.verify_peer = !options.flag("GDAL_HTTP_UNSAFESSL", false);
    settings.certificates = options.text("CURL_CA_BUNDLE", options.text("SSL_CERT_FILE").c_str());
    settings.proxy = options.text("GDAL_HTTP_PROXY");
    settings.https_proxy = options.text("GDAL_HTTPS_PROXY");
    settings.proxy_user = options.text("GDAL_HTTP_PROXYUSERPWD");
    settings.user = options.text("GDAL_HTTP_USERPWD");
    settings.cookie = options.text("GDAL_HTTP_COOKIE");
    settings.netrc = options.flag("GDAL_HTTP_NETRC", true);
    settings.netrc_file = options.text("GDAL_HTTP_NETRC_FILE");
    settings.user_agent =
        options.text("GDAL_HTTP_USERAGENT", ("tiledir, GDAL/" + std::string(GDALVersionInfo("RELEASE_NAME"))).c_str());
    settings.headers = headers_of(options);
    return settings;
}

} // namespace tiledir::store
